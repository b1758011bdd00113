"""Formats to pictures. A second renderer (zplkit) and a decoder are the witnesses."""

import base64
import binascii
import io
import zlib

import numpy as np
import pytest
import zplkit
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from drivers.zpl.interpreter import Interpreter, Rendering, render_stream

GS = b"\x1d"


def rendered(fields: bytes, *, interpreter: Interpreter | None = None) -> Rendering:
    printer = interpreter or Interpreter(dots_per_mm=8, width_mm=60)
    return printer.render(b"^XA^PW480^LL320" + fields + b"^XZ")


def ink(fields: bytes) -> NDArray[np.bool_]:
    rendering = rendered(fields)
    assert rendering.picture is not None
    assert rendering.unknown == ()
    return np.asarray(rendering.picture == 0)


def bounds(dots: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom; the last two are beyond the last dot."""
    rows, columns = np.flatnonzero(dots.any(axis=1)), np.flatnonzero(dots.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def read(fields: bytes) -> list[tuple[str, bytes]]:
    picture = np.where(ink(fields), np.uint8(0), np.uint8(255)).repeat(2, axis=0).repeat(2, axis=1)
    return [(found.symbology_identifier, found.bytes) for found in zxingcpp.read_barcodes(picture)]


def seen_by_zplkit(fields: bytes) -> NDArray[np.bool_]:
    document = zplkit.render(
        b"^XA^PW480^LL320" + fields + b"^XZ", zplkit.Options(width=480, height=320, dpi=203)
    )
    picture = Image.open(io.BytesIO(document.labels[0].png())).convert("L")
    return np.asarray(picture) < 128


MATRIX = rb"^BX%b,4,200,0,0,6,_,1^FH\^FD_101069728691820191120022921CN__1^FS"
BARS = rb"^BY2^BC%b,64,N,N,N,N^FH\^FD>;>80106972869182019>6-A^FS"


@pytest.mark.parametrize(
    "fields",
    [
        *(b"^FO100,20" + MATRIX % turn for turn in (b"N", b"R", b"I", b"B")),
        *(b"^FT150,170" + MATRIX % turn for turn in (b"N", b"R", b"I", b"B")),
        *(b"^FO10,20" + BARS % turn for turn in (b"N", b"R", b"I", b"B")),
        b"^FO300,20,1" + MATRIX % b"N",
        b"^FO10,10^BXN,4,200,0,0,6,_,2^FD0123456789^FS",
        b"^FO10,10^BXN,4,200,32,32,6,_,1^FD0123456789^FS",
        rb"^FO10,10^BXN,4,200,0,0,6,_,1^FH\^FD\41\5e\5F_^FS",
        b"^FO10,10^BY2^BCN,50,N,N,N,D^FD(01)06972869182019(21)AB^FS",
        b"^FO10,10^BY2^BCN,50,N,N,N,A^FDABC123456x^FS",
        b"^FO10,10^BY2^BCN,50,N,N,N,U^FD0697286918201912345^FS",
        b"^FO10,10^GB50,30,5^FS",
        b"^FO10,10^GB50,30,30^FS",
        b"^FO10,10^GB0,30,5^FS",
        b"^FO10,10^GFA,8,8,2,F0F0AA551234FFFF^FS",
        b"^LH20,30^FO10,10^GB50,30,5^FS",
        b"^LS5^FO10,10^GB50,30,5^FS",
        b"^FO10,10^GB50,50,50^FS^FO20,20^FR^GB60,10,10^FS",
        b"^LRY^FO10,10^GB50,50,50^FS^FO20,20^GB60,10,10^FS",
        b"^FO10,10^GB50,50,50^FS^FO20,20^GB60,10,10,W^FS",
        b"^FO200,10,1^GB50,30,5^FS",
        b"^CC++FO1,1+GB20,20,3+FS+CC^",
    ],
)
def test_two_independent_renderers_agree_dot_by_dot(fields: bytes) -> None:
    assert np.array_equal(ink(fields), seen_by_zplkit(fields))


def test_a_gs1_data_matrix_is_read_with_its_separator() -> None:
    """Domain fact: the form of the field that every renderer and decoder agrees on."""
    fields = rb"^FO30,30^BXN,4,200,0,0,6,_,1^FH\^FD_10106972869182019112002292110LOT_121CN^FS"
    assert read(fields) == [("]d2", b"0106972869182019112002292110LOT" + GS + b"21CN")]


def test_a_gs1_128_is_read_with_its_separator() -> None:
    fields = rb"^FO30,30^BY1^BCN,64,N,N,N,N^FH\^FD>;>80106972869182019>610LOT>821>>0<^FS"
    with pytest.raises(AssertionError, match="expected an invocation"):
        read(fields)
    fields = rb"^FO30,30^BY1^BCN,64,N,N,N,N^FH\^FD>;>80106972869182019>610LOT>821>0<^FS"
    assert read(fields) == [("]C1", b"010697286918201910LOT" + GS + b"21><")]


GS1_TEXT = st.text(
    alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7A, exclude_characters="#$@[\\]^`"),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(lot=GS1_TEXT, serial=GS1_TEXT)
def test_any_lot_and_serial_are_read_back_from_both_symbols(lot: str, serial: str) -> None:
    data = b"10" + lot.encode("ascii") + GS + b"21" + serial.encode("ascii")
    matrix = data.replace(b"_", b"__").replace(GS, b"_1")
    bars = data.replace(b">", b">0").replace(GS, b">8")
    fields = (
        rb"^FO30,20^BXN,4,200,0,0,6,_,1^FD_1" + matrix + b"^FS"
        rb"^FO12,200^BY1^BCN,64,N,N,N,N^FD>:>8" + bars + b"^FS"
    )
    assert set(read(fields)) == {("]d2", data), ("]C1", data)}


def test_the_default_hexadecimal_indicator_destroys_the_fnc1_escape() -> None:
    """^FH is evaluated before the escapes of ^BX: of _121CN it takes _12."""
    assert read(b"^FO9,9^BXN,4,200,0,0,6,_,1^FH^FDA_121CN^FS") == [("]d1", b"A\x121CN")]


def test_without_the_escape_parameter_an_underscore_is_data() -> None:
    assert read(b"^FO9,9^BXN,6,200^FD_101069^FS") == [("]d1", b"_101069")]


def test_data_bytes_can_be_given_by_number() -> None:
    assert read(b"^FO9,9^BXN,6,200,0,0,6,_,1^FD_d065_d200_@__^FS") == [("]d1", b"A\xc8\0_")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (b"^BXN,4,200,10,10,6,_,1^FDABCDEFGH^FS", "^BX: 8 codewords do not fit: at most 3 do"),
        (b"^BXN,4,200,11,11,6,_,1^FDA^FS", "^BX: no Data Matrix symbol has 11 rows and 11 columns"),
        (b"^BXN,4,140^FDA^FS", "^BX: expected quality 200, got '140'"),
        (b"^BXN,4,200,0,0,6,_,1^FD_2000^FS", "^BX: escape _'2000' is not known"),
        (b"^BXN,4095,200^FDA^FS", "larger than 8388608 dots"),
        (b"^BCN,50,N,N,N,N^FD>x^FS", "^BC: expected an invocation after >, got b'x'"),
        (b"^BCN,50,N,N,N,N^FD\xc3\xa9^FS", "^BC: subset B has no byte 195"),
        (b"^BCN,50,N,N,N,N^FD>;12A45^FS", "^BC: left out 'A' in subset C"),
        (b"^GFC,8,8,2,xx^FS", "^GF: the compressed binary form C is not known"),
        (b"^XGR:NONE.GRF,1,1^FS", "^XG: no graphic R:NONE.GRF is stored"),
        (b"^XFR:NONE.ZPL^FS", "^XF: no format R:NONE.ZPL is stored"),
        (b"^GB1.5,2,1^FS", "^GB: expected a whole number, got '1.5'"),
        (b"^FOx,2^FS", "^FO: expected a whole number, got 'x'"),
        (b"^MUM^FS", "^MU: only D is known, got 'M'"),
        (b"^CI99^FS", "^CI: encoding 99 is not known"),
        (b"^A0X,20^FDx^FS", "^A: expected one of NRIB, got 'X'"),
        (b"^POX^FS", "^PO: expected one of NI, got 'X'"),
    ],
)
def test_what_cannot_be_obeyed_is_listed_in_one_sentence(fields: bytes, sentence: str) -> None:
    assert rendered(fields).unknown == (sentence,)


def test_a_damaged_graphic_is_left_out_and_listed() -> None:
    encoded = base64.b64encode(zlib.compress(b"\xff" * 8))
    right = binascii.crc_hqx(encoded, 0)
    rendering = rendered(b"^GFA,8,8,2,:Z64:%b:%04X^FS" % (encoded, right ^ 1))
    expected = f"^GF: graphic damaged: expected check {right:04X}, got {right ^ 1:04X}"
    assert rendering.unknown == (expected,)
    assert rendering.picture is not None
    assert rendering.picture.all()


def test_an_unknown_command_is_listed_and_its_field_is_not_printed_as_text() -> None:
    rendering = rendered(b"^RB1,2^FO10,10^BQN,2,3^FDQA,data^FS~WC^FO1,1^GB9,9,9^FS")
    assert rendering.unknown == ("^RB", "^BQ", "~WC")
    assert rendering.picture is not None
    assert int((rendering.picture == 0).sum()) == 81


def test_with_code_validation_a_bad_symbol_says_invalid() -> None:
    rendering = rendered(b"^CVY^FO10,10^BXN,4,200,10,10,6,_,1^FDABCDEFGH^FS")
    assert rendering.unknown == ("^BX: 8 codewords do not fit: at most 3 do",)
    assert rendering.picture is not None
    assert int((rendering.picture == 0).sum()) > 100


def test_a_stored_format_waits_for_its_fields() -> None:
    interpreter = Interpreter(dots_per_mm=8, width_mm=60)
    stored = rendered(
        b"^DFR:LOT.ZPL^FS^FO10,10^BXN,6,200,0,0,6,_,1^FN1^FS^FO200,10^GB20,20,20^FS",
        interpreter=interpreter,
    )
    assert (stored.picture, stored.unknown) == (None, ())
    for data in (b"_1010697", b"_1010698"):
        picture = rendered(
            b"^XFR:LOT.ZPL^FS^FN1^FD" + data + b"^FS", interpreter=interpreter
        ).picture
        assert picture is not None
        assert picture[15, 205] == 0
        assert [found.bytes for found in zxingcpp.read_barcodes(picture)] == [data[2:]]


def test_a_stored_format_cannot_recall_itself() -> None:
    interpreter = Interpreter()
    interpreter.render(b"^XA^DFR:A.ZPL^FS^XFR:A.ZPL^FO1,1^GB5,5,5^FS^XZ")
    rendering = interpreter.render(b"^XA^XFR:A.ZPL^FS^XZ")
    assert rendering.unknown == ("^XF: a recalled format cannot recall another",)
    assert rendering.picture is not None


def test_a_field_number_without_a_stored_format_is_an_ordinary_field() -> None:
    assert read(b"^FO9,9^BXN,6,200^FN7^FDA^FS^FO150,9^BXN,6,200^FN7^FS") == [("]d1", b"A")] * 2


def test_a_stored_graphic_is_laid_down_enlarged() -> None:
    stream = b"~DGR:DOT.GRF,2,1,F0F0^XA^PW80^LL40^FO8,4^XGR:DOT.GRF,2,3^FS^XZ"
    picture = render_stream(stream)[0].picture
    assert picture is not None
    assert bounds(picture == 0) == (8, 4, 16, 10)


def test_deleted_objects_are_gone() -> None:
    stream = b"~DGR:A.GRF,1,1,F0^XA^IDR:A.GRF^FS^XZ^XA^XGR:A.GRF,1,1^FS^XZ"
    assert render_stream(stream)[1].unknown == ("^XG: no graphic R:A.GRF is stored",)


def test_an_image_fills_the_label_from_its_corner() -> None:
    stream = b"~DGR:A.GRF,2,1,FFFF^XA^PW80^LL40^ILR:A.GRF^FS^XZ"
    picture = render_stream(stream)[0].picture
    assert picture is not None
    assert bounds(picture == 0) == (0, 0, 8, 2)


def test_the_label_can_be_turned_mirrored_and_moved() -> None:
    box = b"^FO10,20^GB30,5,5^FS"
    assert bounds(ink(b"^PON" + box)) == (10, 20, 40, 25)
    assert bounds(ink(b"^POI" + box)) == (440, 295, 470, 300)
    assert bounds(ink(b"^PMY" + box)) == (440, 20, 470, 25)
    assert bounds(ink(b"^LT7" + box)) == (10, 27, 40, 32)


def test_lines_circles_and_round_corners_stay_in_their_bounds() -> None:
    assert bounds(ink(b"^FO10,20^GE60,40,3^FS")) == (10, 20, 70, 60)
    assert bounds(ink(b"^FO10,20^GC40,3^FS")) == (10, 20, 50, 60)
    assert bounds(ink(b"^FO10,20^GB60,40,40,B,8^FS")) == (10, 20, 70, 60)
    rising, falling = (ink(b"^FO10,20^GD40,40,4,B," + way + b"^FS") for way in (b"R", b"L"))
    assert np.array_equal(rising[20:60], falling[20:60][::-1])
    assert bounds(ink(b"^FT10,60^GB30,5,5^FS")) == (10, 55, 40, 60)


def test_text_stands_where_it_is_put_and_is_as_high_as_it_says() -> None:
    left, top, _right, bottom = bounds(ink(b"^FO100,50^A0N,40^FDHHH^FS"))
    assert (left in range(100, 108), top in range(50, 55), bottom - top in range(25, 32)) == (
        True,
        True,
        True,
    )
    assert bounds(ink(b"^FT100,90^A0N,40^FDHHH^FS"))[3] == 90
    tall = bounds(ink(b"^FO100,50^A0R,40^FDHHH^FS"))
    assert tall[3] - tall[1] > tall[2] - tall[0]


def test_a_wider_font_is_wider() -> None:
    narrow, wide = (bounds(ink(b"^FO9,9^A0N,30," + w + b"^FDHHH^FS")) for w in (b"30", b"60"))
    assert wide[2] - wide[0] > 1.8 * (narrow[2] - narrow[0])


def test_a_block_breaks_lines_and_justifies_them() -> None:
    words = b"^FDeins zwei drei vier^FS"
    left = bounds(ink(b"^FO10,10^A0N,30^FB150,4,0,L" + words))
    right = bounds(ink(b"^FO10,10^A0N,30^FB150,4,0,R" + words))
    assert left[3] - left[1] > 40
    assert left[0] < 15
    assert right[2] > 150
    assert bounds(ink(rb"^FO10,10^A0N,30^FB400,4^FDa\&b^FS"))[3] > 45
    assert bounds(ink(b"^FO10,10^A0N,30^TBN,150,60" + words))[3] <= 75


def test_the_interpretation_line_hangs_outside_the_place_of_the_bars() -> None:
    bars = bounds(ink(b"^FO50,100^BY2^BCN,60,N,N,N,N^FD>:ABC^FS"))
    below = bounds(ink(b"^FO50,100^BY2^BCN,60,Y,N,N,N^FD>:ABC^FS"))
    above = bounds(ink(b"^FO50,100^BY2^BCN,60,Y,Y,N,N^FD>:ABC^FS"))
    assert bars[1] == below[1] == 100
    assert bars[3] == above[3] == 160
    assert below[3] > 165
    assert above[1] < 95


def test_settings_last_from_one_format_to_the_next() -> None:
    interpreter = Interpreter(dots_per_mm=8, width_mm=60)
    interpreter.render(b"^XA^PW200^LL100^JZN^XZ")
    picture = interpreter.render(b"^XA^FO1,1^GB5,5,5^FS^XZ").picture
    assert picture is not None
    assert picture.shape == (100, 200)
    assert not interpreter.settings.reprint


def test_a_label_is_never_wider_than_the_print_head() -> None:
    picture = Interpreter(dots_per_mm=8, width_mm=50).render(b"^XA^PW999^LL40^FDx^FS^XZ").picture
    assert picture is not None
    assert picture.shape == (40, 400)


def test_a_size_that_is_set_late_counts_for_the_whole_label() -> None:
    picture = Interpreter().render(b"^XA^FO1,1^GB5,5,5^FS^PW80^LL40^XZ").picture
    assert picture is not None
    assert picture.shape == (40, 80)


def test_a_format_without_fields_prints_nothing() -> None:
    assert Interpreter().render(b"^XA^JZN^MMT^PQ3^XZ").picture is None


def test_copies_are_counted() -> None:
    assert rendered(b"^FDx^FS^PQ3,0,1,Y").copies == 3


def test_the_executed_commands_are_told_in_their_order() -> None:
    rendering = rendered(b"^FO1,1^A0N,20^FDx^XG~JR^FS")
    codes = "^XA ^PW ^LL ^FO ^A ^FD ^XG ~JR ^FS ^XZ"
    assert rendering.executed == tuple(codes.split())


def test_a_hostile_format_ends_soon() -> None:
    """Work is accounted for: the label comes out with a sentence instead of never."""
    rendering = Interpreter(width_mm=104).render(
        b"^XA^PW832^LL9999" + b"^FO0,0^GE9999,9999,9999^FS" * 1600 + b"^XZ"
    )
    assert rendering.unknown == ("label: more than 536870912 dots to paint",)


def test_a_label_longer_than_memory_is_cut_and_says_so() -> None:
    rendering = Interpreter(width_mm=104).render(b"^XA^PW832^LL32000^FDx^FS^XZ")
    assert rendering.unknown == ("^LL: expected at most 10082 dots, got 32000",)


COMMANDS = st.sampled_from(
    b"^XA ^XZ ^FO ^FT ^FS ^FD ^FH ^FN ^BX ^BC ^BY ^A0 ^CF ^FB ^TB ^GB ^GC ^GE ^GD ^GF ^XG ^IL ^ID "
    b"^DF ^XF ^PW ^LL ^LH ^LS ^LT ^PO ^PM ^FR ^LR ^CI ^PQ ^JZ ^CV ^CC ^CD ^MU ~DG ~DY ~JR".split()
)
ARGUMENTS = st.one_of(
    st.sampled_from(
        [b"", b"10,10", b"N,4,200,0,0,6,_,1", b"N,50,Y,Y,N,D", b"R:A.GRF", b"A,8,8,2,"]
    ),
    st.lists(st.integers(-99999, 99999), max_size=6).map(lambda n: ",".join(map(str, n)).encode()),
    st.binary(max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(COMMANDS, ARGUMENTS), max_size=15))
def test_no_sequence_of_commands_makes_it_fail(sequence: list[tuple[bytes, bytes]]) -> None:
    stream = b"".join(code + body for code, body in sequence)
    for rendering in render_stream(b"^XA^PW80^LL40" + stream + b"^XZ"):
        if rendering.picture is not None:
            assert rendering.picture.dtype == np.uint8
            assert set(np.unique(rendering.picture)) <= {0, 255}


@pytest.mark.parametrize("turn", [b"N", b"R", b"I", b"B"])
def test_every_field_is_recorded_as_it_was_laid_down(turn: bytes) -> None:
    rendering = rendered(b"^FO100,20" + MATRIX % turn + b"^FO20,280^A0N,20^FDLOT^FS^FO9,9^FD^FS")
    symbol, words = rendering.printed
    assert rendering.picture is not None
    assert symbol.carried == ("]d2", b"01069728691820191120022921CN_1", 4)
    rows, columns = symbol.bitmap.shape
    area = rendering.picture[symbol.y : symbol.y + rows, symbol.x : symbol.x + columns]
    assert np.array_equal(area == 0, symbol.bitmap)
    assert (words.carried, words.data, words.x, words.y) == (None, b"LOT", 20, 280)


def test_the_record_of_bars_is_what_a_reader_reports() -> None:
    (bars,) = rendered(b"^FO10,20" + BARS % b"I").printed
    (upright,) = rendered(b"^FO10,20" + BARS % b"B").printed
    assert bars.carried is not None
    assert [(bars.carried.identifier, bars.carried.data)] == read(b"^FO10,20" + BARS % b"I")
    assert upright.carried == bars.carried
    assert (bars.turned, upright.turned) == (False, True)


def test_a_symbol_that_became_the_word_invalid_carries_nothing() -> None:
    (invalid,) = rendered(b"^CVY^FO10,10^BXN,4,200,10,10,6,_,1^FDtoo long for it^FS").printed
    assert invalid.carried is None


def test_a_block_that_is_too_small_says_so() -> None:
    full = rendered(b"^FO10,10^A0N,20^FB90,2^FDone two three four five^FS").unknown
    assert full == ("^FB: 3 lines in the room of 2, printed over each other",)
    (wide,) = rendered(b"^FO10,10^A0N,20^FB20,1^FDWWWW^FS").unknown
    assert wide.startswith("^FB: a line of")
