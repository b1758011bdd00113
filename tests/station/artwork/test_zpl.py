"""What printers make of our ZPL, in the judgement of two renderers that know no artwork."""

import base64
import binascii
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, reject
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from zplkit import Options, render
from zplkit.parse import parse
from zplkit.rendering import Limits

from drivers.zpl import graphics
from drivers.zpl.formats import Format, FormatReader
from drivers.zpl.interpreter import Interpreter, render_stream
from drivers.zpl.memory import Memory
from station.artwork import zpl
from station.artwork.items import Artwork, LinearSymbol
from station.artwork.layout import layout
from station.artwork.picture import expected_picture
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Refused
from station.vision.decode import decode

Case = tuple[Template, dict[str, str], ElementString]
Picture = NDArray[np.uint8]

FONT = Font.load()
DPI = {6: 152, 8: 203, 12: 300, 24: 600}
RESOLUTIONS = st.sampled_from((8, 12))
PRINTER_ONLY = (b"^PQ", b"^CV", b"^LS")
"""What steers a printer and draws nothing; zplkit refuses to guess at it."""

ALLOWED = {
    *("^XA", "^PW", "^LL", "^LH", "^LS", "^PO", "^PM", "^LR", "^CV", "^FO", "^XG", "^GF"),
    *("^BX", "^BY", "^BC", "^FH", "^FD", "^FN", "^FS", "^PQ", "^XF", "^XZ"),
}
CSET_82 = "".join(chr(each) for each in range(33, 127) if chr(each) not in "#$@[\\]^`{|}~")
GTIN = ("01", "06972869182019")
NASTY = st.text(st.sampled_from("^~\\_,:;>.{}ABFDJRSXYZ0189升温 "), min_size=1, max_size=12)


def commands(data: bytes) -> tuple[str, ...]:
    """Prefix and letters of every command, by zplkit's parser."""
    return tuple(bytes(each)[:3].decode("latin-1") for each in parse(data).elements)


def recalled(artwork: Artwork) -> bytes:
    """What an order's first label needs, and that label."""
    return zpl.setup(artwork) + zpl.label(artwork)


def drawn(artwork: Artwork, data: bytes = b"") -> Picture:
    """The label as zplkit draws it: 0 is ink, 255 is paper."""
    kept = b"".join(
        bytes(each)
        for each in parse(data or zpl.standalone(artwork)).elements
        if not bytes(each).startswith(PRINTER_ONLY)
    )
    options = Options(width=artwork.width, height=artwork.height, dpi=DPI[artwork.dots_per_mm])
    document = render(kept, options, limits=Limits(graphic_bytes=8_000_000))
    assert document.warnings == []
    assert len(document.labels) == 1
    raster = document.labels[0].rasterize()
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)
    return pixels[:, :, 0]


def read(picture: Picture) -> Sequence[tuple[str, bytes]]:
    """AIM identifier and bytes of every symbol, in the order of the identifiers."""
    framed = np.pad(picture, 20, constant_values=255)
    return sorted(
        (each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(framed)
    )


def without_symbols(picture: Picture, artwork: Artwork) -> Picture:
    left = picture.copy()
    for symbol in artwork.symbols:
        area = symbol.area
        left[area.y : area.bottom, area.x : area.right] = 255
    return left


def laid_out(case: Case, *, dots_per_mm: int = 8, **fields: str) -> Artwork:
    template, known, elements = case
    return layout(template, known | fields, elements, dots_per_mm=dots_per_mm, font=FONT)


@pytest.mark.parametrize("dots_per_mm", [8, 12, 24])
def test_another_renderer_draws_exactly_the_expected_picture(case: Case, dots_per_mm: int) -> None:
    """From the stored format and graphic as well as from the self-contained format."""
    artwork = laid_out(case, dots_per_mm=dots_per_mm)
    assert np.array_equal(drawn(artwork), expected_picture(artwork))
    assert np.array_equal(drawn(artwork, recalled(artwork)), expected_picture(artwork))


@pytest.mark.parametrize("dots_per_mm", [8, 12, 24])
def test_the_simulated_printer_draws_exactly_the_expected_picture(
    case: Case, dots_per_mm: int
) -> None:
    """From the stored format and graphic as well as from the self-contained format."""
    artwork = laid_out(case, dots_per_mm=dots_per_mm)
    stored = render_stream(recalled(artwork), dots_per_mm=dots_per_mm)
    whole = render_stream(zpl.standalone(artwork), dots_per_mm=dots_per_mm)
    for *silent, rendering in (stored, whole):
        assert [each.picture for each in silent] == [None] * len(silent)
        assert {each.unknown for each in (*silent, rendering)} == {()}
        assert rendering.copies == 1
        assert rendering.picture is not None
        assert np.array_equal(rendering.picture, expected_picture(artwork))


QR = {"kind": "gs1_qr", "x": 5, "y": 5, "module": "0.4"}
RECTANGLE = {"kind": "datamatrix", "x": 30, "y": 5, "module": "0.4", "shape": "rectangular"}
DI = {"kind": "gs1_128", "part": "di", "x": 6, "y": 30, "module": "0.25", "height": "12.7"}
PI = DI | {"part": "pi", "y": 45, "module": "0.333"}
WIDE = DI | {"part": "all", "x": 8, "module": "0.458"}
"""At 24 dots/mm its bars are wider than ^BY knows; in whole dots of other heads, than X may be."""

HRI = {"kind": "hri", "x": 88, "y": 2, "width": 9, "height": 50, "size": 2, "rotate": 90}
TURNED = {
    "kind": "text",
    "x": 62,
    "y": 2,
    "width": 12,
    "height": 20,
    "size": 3,
    "content": "{lot} 生产",
    "valign": "middle",
}
MARK = {"kind": "box", "x": 76, "y": 2, "width": 8, "height": 8, "thickness": 1, "when": "lot"}
LOGO = {"kind": "picture", "file": "logo.png", "x": 76, "y": 14, "width": 8, "height": 7}
UNIT_DATA = ElementString.of(GTIN, ("11", "200229"), ("21", "CN010123"))


def logo() -> bytes:
    pixels = np.random.default_rng(1).integers(0, 2, (9, 11), np.uint8) > 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


KINDS = {
    "qr": (QR,),
    "rectangle": (RECTANGLE,),
    "two parts": (DI, PI),
    "wide bars": (WIDE,),
    "all at once": (QR, RECTANGLE, DI, PI),
    "turned": (RECTANGLE, *(TURNED | {"y": 2 + 22 * n, "rotate": 90 + 180 * n} for n in (0, 1))),
    "upside down": (QR, TURNED | {"rotate": 180, "align": "right"}),
    "conditional": (QR, MARK),
    "picture": (QR, LOGO | {"scale": "nearest"}),
}


def designed(name: str, *, dots_per_mm: int, across: int = 1) -> Artwork:
    template = Template.parse(
        {
            "name": name,
            "revision": "1",
            "size": {"width": 98, "height": 60},
            "elements": (*KINDS[name], HRI),
            "repeat": {"across": across, "pitch": "100.1"},
        },
        pictures={"logo.png": logo()},
    )
    data = ElementString.of(GTIN) if name == "wide bars" else UNIT_DATA
    return layout(template, {"lot": "A1"}, data, dots_per_mm=dots_per_mm, font=FONT)


def simulated(artwork: Artwork, data: bytes) -> Picture:
    *silent, found = render_stream(data, dots_per_mm=artwork.dots_per_mm, width_mm=300)
    assert {each.unknown for each in (*silent, found)} == {()}
    assert found.picture is not None
    return found.picture


EVERY_KIND = [
    (name, dots_per_mm)
    for name in KINDS
    for dots_per_mm in (6, 8, 12, 24)
    if name != "wide bars" or dots_per_mm == 24
]


@pytest.mark.parametrize(("name", "dots_per_mm"), EVERY_KIND)
def test_every_kind_is_printed_as_expected_by_two_renderers(name: str, dots_per_mm: int) -> None:
    """Dot for dot, and the symbols say what was meant: with the AIM identifier that was meant."""
    artwork = designed(name, dots_per_mm=dots_per_mm)
    expected = expected_picture(artwork)
    assert np.array_equal(simulated(artwork, recalled(artwork)), expected)
    assert np.array_equal(drawn(artwork), expected)
    assert np.array_equal(drawn(artwork, recalled(artwork)), expected)
    assert read(expected) == sorted((each.identifier, each.data) for each in artwork.meant)


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_labels_side_by_side_are_one_format_and_each_is_read(dots_per_mm: int) -> None:
    artwork = designed("all at once", dots_per_mm=dots_per_mm, across=3)
    expected = expected_picture(artwork)
    assert commands(zpl.label(artwork)).count("^XA") == 1
    assert np.array_equal(simulated(artwork, zpl.standalone(artwork)), expected)
    assert np.array_equal(simulated(artwork, recalled(artwork)), expected)
    assert np.array_equal(drawn(artwork), expected)
    assert zpl.label(artwork).count(b"^FD") == 2, "the copies of a symbol are filled in at once"
    every = [(each.identifier, each.data) for each in artwork.meant for _ in range(3)]
    assert read(expected) == sorted(every)


def test_what_printers_would_draw_in_their_own_way_goes_as_a_graphic() -> None:
    """^BQ takes no FNC1, older printers know no rectangular ^BX, and ^BY ends at ten dots."""
    for name in ("qr", "rectangle"):
        found = set(commands(zpl.standalone(designed(name, dots_per_mm=8))))
        assert not found & {"^BX", "^BC", "^BQ"}
    assert "^BC" not in commands(zpl.standalone(designed("wide bars", dots_per_mm=24)))
    assert b"^BY8^BCN" in zpl.standalone(designed("two parts", dots_per_mm=24))


def test_the_two_parts_are_two_commands_that_printers_agree_on() -> None:
    data = zpl.standalone(designed("two parts", dots_per_mm=8))
    assert rb"^BY2^BCN,102,N,N,N,N^FH\^FD>;>80106972869182019^FS" in data
    assert rb"^BCN,102,N,N,N,N^FH\^FD>;>81120022921>6CN>5010123^FS" in data


@given(st.text(CSET_82, min_size=1, max_size=20), st.text(CSET_82, min_size=1, max_size=10))
def test_every_element_string_comes_back_from_a_qr_code_and_from_its_parts(
    serial: str, lot: str
) -> None:
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    hri = HRI | {"x": 150, "flow": "flowing"}
    template = Template.parse(
        {
            "name": "t",
            "revision": "1",
            "size": {"width": 160, "height": 60},
            "elements": (QR, DI, PI | {"module": "0.25"}, hri),
        }
    )
    artwork = layout(template, {}, elements, dots_per_mm=8, font=FONT)
    picture = drawn(artwork)
    assert np.array_equal(picture, expected_picture(artwork))
    assert read(picture) == sorted((each.identifier, each.data) for each in artwork.meant)


@pytest.mark.parametrize(("name", "dots_per_mm"), EVERY_KIND)
def test_a_printer_that_lost_its_memory_prints_no_symbol_that_can_be_read(
    name: str, dots_per_mm: int
) -> None:
    """Of those that travel as dots, what a reader finds them by is stored with the rest."""
    artwork = designed(name, dots_per_mm=dots_per_mm)
    interpreter = Interpreter(dots_per_mm=dots_per_mm, width_mm=300)
    picture = interpreter.render(zpl.label(artwork)).picture
    assert picture is not None
    assert zpl.stored(artwork) != zpl.MARK
    assert read(picture) == []
    decoded = decode(np.pad(picture, 20, constant_values=255), expected=artwork.carriers)
    assert decoded.symbols == (), "whatever our own decoder tries"


@given(st.text(CSET_82, min_size=1, max_size=20), st.text(CSET_82, min_size=1, max_size=20))
def test_a_label_is_printed_as_expected_with_what_its_neighbour_stored_or_not_at_all(
    unit: Case, first: str, second: str
) -> None:
    """A longer serial may need a larger symbol, or smaller letters in every line of the HRI."""
    stored, artwork = (_with_serial(unit, serial) for serial in (first, second))
    *_, found = render_stream(zpl.setup(stored) + zpl.label(artwork))
    assert found.picture is not None
    if zpl.stored(stored) == zpl.stored(artwork):
        assert np.array_equal(found.picture, simulated(artwork, zpl.standalone(artwork)))
    else:
        assert read(found.picture) == []


def _with_serial(case: Case, serial: str) -> Artwork:
    template, known, _ = case
    elements = ElementString.of(GTIN, ("11", "200229"), ("21", serial))
    try:
        return layout(template, known | {"serial": serial}, elements, dots_per_mm=8, font=FONT)
    except Refused:
        reject()


def test_a_label_is_one_format_of_allowed_commands_that_prints_once(case: Case) -> None:
    for data in (zpl.label(laid_out(case)), zpl.standalone(laid_out(case))):
        found = commands(data)
        assert set(found) <= ALLOWED
        assert found.count("^XA") == found.count("^XZ") == found.count("^PQ") == 1
        assert data.startswith(b"^XA^PW480^LL320")
        assert data.endswith(b"^PQ1,0,1,Y^XZ")
        assert data.isascii()
        assert not re.search(rb"[\x00-\x1f]", data)


def test_the_set_up_is_a_graphic_and_a_format_and_prints_nothing(case: Case) -> None:
    data = zpl.setup(laid_out(case))
    download, *rest = commands(data)
    assert download == "~DG"
    assert rest[:7] == ["^XA", "^DF", "^FS", "^PW", "^LL", "^LH", "^LS"]
    assert rest.count("^FN") == 1
    assert not {"^FD", "^PQ", "^GF"} & set(rest)
    assert [each.picture for each in render_stream(data)] == [None]


def kept(memory: Memory) -> set[str]:
    return {name for name, _ in memory.sizes()}


def send(data: bytes, memory: Memory) -> None:
    interpreter = Interpreter(memory=memory)
    for found in FormatReader().feed(data):
        if isinstance(found, Format):
            interpreter.render(found.zpl)
        else:
            graphics.download(found, memory)


def test_other_objects_on_the_printer_stay_and_ours_do_not_pile_up(unit: Case) -> None:
    memory = Memory()
    memory.keep_format("R:PLANT.ZPL", ())
    memory.keep_graphic("R:LSLOGO.GRF", np.zeros((8, 8), dtype=bool))
    for model in ("HAS-1", "HAS-2", "HAS-3"):
        stored = zpl.stored(laid_out(unit, model=model))
        send(zpl.FORGET, memory)
        send(stored.zpl, memory)
        ours = {f"R:{each}" for each in stored.names}
        assert kept(memory) == {"R:PLANT.ZPL", "R:LSLOGO.GRF"} | ours
    send(zpl.FORGET, memory)
    assert kept(memory) == {"R:PLANT.ZPL", "R:LSLOGO.GRF"}


def test_what_is_stored_is_named_by_what_is_in_it(unit: Case, primary: Case) -> None:
    def names(artwork: Artwork) -> frozenset[str]:
        stored = zpl.stored(artwork)
        assert f"^XFR:{stored.format}^FS".encode() in zpl.label(artwork)
        assert f"^XGR:{stored.graphic},1,1".encode() in stored.zpl
        assert re.fullmatch(r"LSQ[A-Z2-7]{5}\.GRF", stored.graphic)
        assert re.fullmatch(r"LSQ[A-Z2-7]{5}\.ZPL", stored.format)
        return stored.names

    same = {names(laid_out(unit, serial=serial)) for serial in ("CN010123", "CN010124")}
    others = {
        names(laid_out(unit, model="HAS-MHB-HD")),
        names(laid_out(unit, production_date="2020-03-01")),
        names(laid_out(primary)),
        names(laid_out(unit, dots_per_mm=12)),
    }
    assert len(same) == 1
    assert len(same | others) == 5


def test_a_design_without_a_fixed_part_leaves_a_mark_and_brings_all_of_itself(
    wide: Template,
) -> None:
    artwork = layout(wide, {}, ElementString.of(("21", "1"), GTIN), dots_per_mm=8, font=FONT)
    moving = tuple(each for each in artwork.items if each not in artwork.static)
    artwork = replace(artwork, items=moving)
    assert zpl.stored(artwork) == zpl.MARK
    assert zpl.MARK.names == {"LSQMARK.GRF"}
    assert render_stream(zpl.MARK.zpl) == ()
    assert zpl.label(artwork) == zpl.standalone(artwork)


def test_graphics_are_whole_rows_and_carry_their_check(unit: Case) -> None:
    found = re.findall(
        rb"\^GFA,(\d+),(\d+),(\d+),:Z64:([^:]+):([0-9A-F]{4})", zpl.label(laid_out(unit))
    )
    assert len(found) == 2
    for total, same, row, text, check in found:
        assert total == same
        assert binascii.crc_hqx(text, 0) == int(check, 16)
        unpacked = zlib.decompress(base64.b64decode(text))
        assert len(unpacked) == int(total)
        assert int(total) % int(row) == 0


def test_the_symbol_commands_are_those_that_printers_agree_on(wide: Template) -> None:
    elements = ElementString.of(GTIN, ("11", "200229"), ("10", "A_>B"), ("21", "CN010123"))
    data = zpl.standalone(layout(wide, {}, elements, dots_per_mm=8, font=FONT))
    matrix = rb"^BXN,3,200,22,22,6,_,1^FH\^FD_101069728691820191120022910A__>B_121CN010123^FS"
    assert matrix in data
    linear = rb"^BY2^BCN,102,N,N,N,N^FH\^FD>;>801069728691820191120022910>6A_>0B>821CN>5010123^FS"
    assert linear in data


@pytest.mark.parametrize("length", range(1, 9))
def test_digits_of_any_number_are_drawn_as_expected(wide: Template, length: int) -> None:
    for serial in ("99100"[:length] + "7" * (length - 5), "A" + "96" * (length // 2), "0" * length):
        elements = ElementString.of(GTIN, ("21", serial))
        artwork = layout(wide, {}, elements, dots_per_mm=8, font=FONT)
        assert np.array_equal(drawn(artwork), expected_picture(artwork))


@given(st.text(CSET_82, min_size=1, max_size=20), st.integers(0, 6), RESOLUTIONS)
def test_every_element_string_comes_back_from_the_paper(
    wide: Template, serial: str, lot_length: int, dots_per_mm: int
) -> None:
    """Drawn by zplkit, read by zxing: the bytes and the carriers are the ones meant."""
    lot = serial[::-1][:lot_length]
    pairs = [GTIN, ("10", lot), ("21", serial)] if lot else [GTIN, ("21", serial)]
    elements = ElementString.of(*pairs)
    artwork = layout(wide, {}, elements, dots_per_mm=dots_per_mm, font=FONT)
    picture = drawn(artwork)
    expected = [("]C1", elements.encode()), ("]d2", elements.encode())]
    assert read(picture) == expected
    assert read(expected_picture(artwork)) == expected
    assert np.array_equal(
        without_symbols(picture, artwork), without_symbols(expected_picture(artwork), artwork)
    )
    _, linear = artwork.symbols
    assert isinstance(linear, LinearSymbol)
    area = linear.area
    bars = (slice(area.y, area.bottom), slice(area.x, area.right))
    assert np.array_equal(picture[bars], expected_picture(artwork)[bars])


@given(st.text(CSET_82, min_size=1, max_size=20))
def test_no_serial_changes_the_commands(wide: Template, serial: str) -> None:
    def sent(value: str) -> bytes:
        elements = ElementString.of(GTIN, ("21", value))
        return zpl.label(layout(wide, {}, elements, dots_per_mm=8, font=FONT))

    data = sent(serial)
    assert commands(data) == commands(sent("1"))
    assert Interpreter(width_mm=150).render(data).executed == commands(data)


@given(st.tuples(NASTY, NASTY, NASTY))
def test_no_text_in_any_field_changes_the_commands(unit: Case, texts: tuple[str, str, str]) -> None:
    name, model, serial = texts
    try:
        artwork = laid_out(unit, product_name=name, model=model, serial=serial)
    except Refused:
        return
    for data, usual in (
        (zpl.label(artwork), zpl.label(laid_out(unit))),
        (zpl.standalone(artwork), zpl.standalone(laid_out(unit))),
    ):
        assert commands(data) == commands(usual)
    assert commands(zpl.setup(artwork)) == commands(zpl.setup(laid_out(unit)))


@pytest.mark.parametrize("text", ["^XZ~JR", "^FD_1", "\\5EXZ", "~JA", "^XA^XZ", "^CC!", ":Z64:"])
def test_a_command_in_a_field_is_printed_as_text(unit: Case, text: str) -> None:
    """The name on the label reads "^XZ~JR"; the printer is none the wiser."""
    artwork = laid_out(unit, serial=text, product_name=text)
    assert commands(zpl.standalone(artwork)) == commands(zpl.standalone(laid_out(unit)))
    assert np.array_equal(drawn(artwork), expected_picture(artwork))


@given(st.binary(max_size=40))
def test_any_bytes_as_field_data_stay_one_field(data: bytes) -> None:
    field = zpl.field_data(data)
    assert re.fullmatch(r"[!-\[\]_a-z]*", re.sub(r"\\[0-9A-F]{2}", "", field))
    found = commands(f"^XA^FO0,0^BXN,3,200,,,6,_,1^FH\\^FD{field}^FS^XZ".encode("ascii"))
    assert found == ("^XA", "^FO", "^BX", "^FH", "^FD", "^FS", "^XZ")


@given(st.binary(max_size=40))
def test_field_data_are_the_bytes_once_the_escapes_are_undone(data: bytes) -> None:
    def byte(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 16)])

    field = zpl.field_data(data).encode("ascii")
    assert re.sub(rb"\\([0-9A-F]{2})", byte, field) == data
