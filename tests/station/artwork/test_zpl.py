"""What printers make of our ZPL, in the judgement of two renderers that know no artwork."""

import base64
import binascii
import re
import zlib
from collections.abc import Sequence

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from zplkit import Options, render
from zplkit.parse import parse
from zplkit.rendering import Limits

from drivers.zpl.interpreter import Interpreter, render_stream
from station.artwork import zpl
from station.artwork.items import Artwork, LinearSymbol
from station.artwork.layout import layout
from station.artwork.picture import expected_picture
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Refused

Case = tuple[Template, dict[str, str], ElementString]
Picture = NDArray[np.uint8]

FONT = Font.load()
DPI = {8: 203, 12: 300}
RESOLUTIONS = st.sampled_from((8, 12))
PRINTER_ONLY = (b"^PQ", b"^CV", b"^LS")
"""What steers a printer and draws nothing; zplkit refuses to guess at it."""

ALLOWED = {
    *("^XA", "^PW", "^LL", "^LH", "^LS", "^PO", "^PM", "^LR", "^CV", "^FO", "^XG", "^GF"),
    *("^BX", "^BY", "^BC", "^FH", "^FD", "^FS", "^PQ", "^XZ"),
}
CSET_82 = "".join(chr(each) for each in range(33, 127) if chr(each) not in "#$@[\\]^`{|}~")
GTIN = ("01", "06972869182019")
NASTY = st.text(st.sampled_from("^~\\_,:;>.{}ABFDJRSXYZ0189升温 "), min_size=1, max_size=12)


def commands(data: bytes) -> tuple[str, ...]:
    """Prefix and letters of every command, by zplkit's parser."""
    return tuple(bytes(each)[:3].decode("latin-1") for each in parse(data).elements)


def drawn(artwork: Artwork) -> Picture:
    """The label as zplkit draws it: 0 is ink, 255 is paper."""
    kept = b"".join(
        bytes(each)
        for each in parse(zpl.standalone(artwork)).elements
        if not bytes(each).startswith(PRINTER_ONLY)
    )
    options = Options(width=artwork.width, height=artwork.height, dpi=DPI[artwork.dots_per_mm])
    document = render(kept, options, limits=Limits(graphic_bytes=1_000_000))
    assert document.warnings == []
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


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_another_renderer_draws_exactly_the_expected_picture(case: Case, dots_per_mm: int) -> None:
    artwork = laid_out(case, dots_per_mm=dots_per_mm)
    assert np.array_equal(drawn(artwork), expected_picture(artwork))


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_the_simulated_printer_draws_exactly_the_expected_picture(
    case: Case, dots_per_mm: int
) -> None:
    """From the stored graphic as well as from the self-contained format."""
    artwork = laid_out(case, dots_per_mm=dots_per_mm)
    stored = render_stream(zpl.setup(artwork) + zpl.label(artwork), dots_per_mm=dots_per_mm)
    whole = render_stream(zpl.standalone(artwork), dots_per_mm=dots_per_mm)
    for (rendering,) in (stored, whole):
        assert rendering.unknown == ()
        assert rendering.copies == 1
        assert rendering.picture is not None
        assert np.array_equal(rendering.picture, expected_picture(artwork))


def test_a_label_without_its_stored_graphic_is_not_printed_whole(case: Case) -> None:
    """A printer that lost R: prints a label that no comparison with the picture can pass."""
    artwork = laid_out(case)
    rendering = Interpreter().render(zpl.label(artwork))
    assert rendering.picture is not None
    assert not np.array_equal(rendering.picture, expected_picture(artwork))


def test_a_label_is_one_format_of_allowed_commands_that_prints_once(case: Case) -> None:
    for data in (zpl.label(laid_out(case)), zpl.standalone(laid_out(case))):
        found = commands(data)
        assert set(found) <= ALLOWED
        assert found.count("^XA") == found.count("^XZ") == found.count("^PQ") == 1
        assert data.startswith(b"^XA^PW480^LL320^LH0,0^LS0^PON^PMN^LRN^CVY^FO")
        assert data.endswith(b"^PQ1,0,1,Y^XZ")
        assert data.isascii()
        assert not re.search(rb"[\x00-\x1f]", data)


def test_the_set_up_is_one_download_and_prints_nothing(case: Case) -> None:
    data = zpl.setup(laid_out(case))
    assert commands(data) == ("~DG",)
    assert render_stream(data) == ()


def test_the_stored_graphic_is_named_by_its_dots(unit: Case, primary: Case) -> None:
    def name(artwork: Artwork) -> bytes:
        stored = re.match(rb"~DGR:([0-9A-F]{8})\.GRF,", zpl.setup(artwork))
        recalled = re.search(rb"\^XGR:([0-9A-F]{8})\.GRF,1,1", zpl.label(artwork))
        assert stored is not None
        assert recalled is not None
        assert stored[1] == recalled[1]
        return stored[1]

    same = {name(laid_out(unit, serial=serial)) for serial in ("CN010123", "CN010124")}
    others = {
        name(laid_out(unit, model="HAS-MHB-HD")),
        name(laid_out(primary)),
        name(laid_out(unit, dots_per_mm=12)),
    }
    assert len(same) == 1
    assert len(same | others) == 4


def test_a_design_without_a_fixed_part_needs_no_set_up(wide: Template) -> None:
    artwork = layout(wide, {}, ElementString.of(GTIN), dots_per_mm=8, font=FONT)
    assert zpl.setup(artwork) == b""
    assert "^XG" not in commands(zpl.label(artwork))
    assert zpl.label(artwork) == zpl.standalone(artwork)


def test_graphics_are_whole_rows_and_carry_their_check(unit: Case) -> None:
    found = re.findall(
        rb"\^GFA,(\d+),(\d+),(\d+),:Z64:([^:]+):([0-9A-F]{4})", zpl.label(laid_out(unit))
    )
    assert len(found) == 5
    for total, same, row, text, check in found:
        assert total == same
        assert binascii.crc_hqx(text, 0) == int(check, 16)
        unpacked = zlib.decompress(base64.b64decode(text))
        assert len(unpacked) == int(total)
        assert int(total) % int(row) == 0


def test_the_symbol_commands_are_those_that_printers_agree_on(wide: Template) -> None:
    elements = ElementString.of(GTIN, ("11", "200229"), ("10", "A_>B"), ("21", "CN010123"))
    data = zpl.label(layout(wide, {}, elements, dots_per_mm=8, font=FONT))
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
    assert commands(zpl.setup(artwork)) == ("~DG",)


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
