"""No value of any field is a command. Witnesses: our interpreter, zplkit, and zxing."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from zplkit import Options, render
from zplkit.parse import parse as elements_of
from zplkit.rendering import Limits

from drivers.symbology import datamatrix
from drivers.zpl.interpreter import Interpreter
from station.artwork.foreign.design import read
from station.artwork.foreign.filling import filled
from station.artwork.foreign.template import ForeignTemplate
from station.artwork.picture import Picture
from station.core.gs1 import ElementString
from station.core.problem import Refused

CSET_82 = "".join(chr(each) for each in range(33, 127) if chr(each) not in "#$@[\\]^`{|}~")
GTIN = ("01", "06972869182019")
EVERY_KIND = (
    b"^XA^PW1200^LL480\n"
    rb"^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS" + b"\n"
    b"^FO240,40^BY2^BCN,104,N,N,N,N^FD${udi}^FS\n"
    b"^FO24,200^A0N,20^FD${hri}^FS\n"
    b"^FO24,230^A0N,20^FH^FDName ${product_name}^FS\n"
    b"^FO24,260^A0N,20^FB1100,9^FD${model}^FS\n"
    b"^CI27^FO24,450^ADN^FD${lot}^FS\n"
    b"^XZ"
)
"""Both symbols, plain text, a block, and a text that is not UTF-8."""

TEMPLATE = ForeignTemplate.parse(
    {
        "name": "every-kind",
        "revision": "1",
        "design": "every-kind.zpl",
        "size": {"width": 150, "height": 60},
        "dots_per_mm": (8,),
        "not_compared": ("product_name", "model", "lot", "hri"),
    },
    EVERY_KIND,
)
NASTY = st.text(st.sampled_from("^~\\_,:;>.{}$&ABFDJRSXYZ0189升温 "), min_size=1, max_size=12)
VALUES = st.one_of(
    st.text(min_size=1, max_size=40),
    NASTY,
    st.binary(min_size=1, max_size=20).map(lambda each: each.decode("latin-1")),
    st.binary(min_size=1, max_size=20).map(lambda each: each.decode("utf-8", "surrogateescape")),
    st.sampled_from(["^XZ~JR", "\\5EXZ", "~JA", "^CC!", ">8", "_1", "\\&", "${lot}", "\x10JR"]),
)
USUAL = {"product_name": "x", "model": "x", "lot": "x"}


def executed(zpl: bytes) -> tuple[str, ...]:
    return Interpreter(dots_per_mm=8, width_mm=150).render(zpl).executed


def seen_by_zplkit(zpl: bytes) -> Picture:
    """0 is ink, 255 is paper; without what steers a printer and draws nothing."""
    steering = (b"^PQ", b"^CV", b"^LS", b"^MU")
    kept = b"".join(
        bytes(each) for each in elements_of(zpl).elements if not bytes(each).startswith(steering)
    )
    options = Options(width=1200, height=480, dpi=203)
    raster = render(kept, options, limits=Limits(graphic_bytes=1_000_000)).labels[0].rasterize()
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)
    return pixels[:, :, 0]


def symbols(picture: Picture) -> list[tuple[str, bytes]]:
    kinds = zxingcpp.BarcodeFormats(
        [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128]
    )
    found = zxingcpp.read_barcodes(np.pad(picture, 20, constant_values=255), formats=kinds)
    return sorted((each.symbology_identifier, each.bytes) for each in found)


@settings(max_examples=150)
@given(st.sampled_from(sorted(USUAL)), VALUES)
def test_no_value_of_a_text_changes_the_commands(name: str, value: str) -> None:
    """Whatever it is, it is refused or it is data."""
    elements = ElementString.of(GTIN, ("21", "CN010123"))
    usual = TEMPLATE.artwork(USUAL, elements, dots_per_mm=8).zpl
    try:
        zpl = TEMPLATE.artwork(USUAL | {name: value}, elements, dots_per_mm=8).zpl
    except Refused:
        return
    assert executed(zpl) == executed(usual)
    assert len(elements_of(zpl).elements) == len(elements_of(usual).elements)


@settings(max_examples=40)
@given(st.text(CSET_82, min_size=1, max_size=12), st.text(CSET_82, min_size=1, max_size=3))
def test_every_element_string_comes_back_from_the_paper(serial: str, lot: str) -> None:
    """Drawn by our interpreter and by zplkit, read by zxing: exactly the bytes that are meant."""
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    artwork = TEMPLATE.artwork(USUAL, elements, dots_per_mm=8)
    expected = [("]C1", elements.encode()), ("]d2", elements.encode())]
    assert sorted((each.identifier, each.data) for each in artwork.symbols) == expected
    assert symbols(artwork.picture) == expected
    assert symbols(seen_by_zplkit(artwork.zpl)) == expected
    assert executed(artwork.zpl) == executed(
        TEMPLATE.artwork(USUAL, ElementString.of(GTIN), dots_per_mm=8).zpl
    )


@pytest.mark.parametrize("escape", "_#!%&*+.:;=@|{}")
def test_any_escape_of_the_design_is_kept_and_doubled_in_data(
    small: bytes, parsed: Callable[..., ForeignTemplate], escape: str
) -> None:
    template = parsed(small.replace(b",_,1", f",{escape},1".encode()))
    elements = ElementString.of(GTIN, ("10", "A_1%&*+."), ("21", ":;=!_1"))
    artwork = template.artwork({"lot": "x"}, elements, dots_per_mm=8)
    assert symbols(artwork.picture) == [("]d2", elements.encode())]


def test_a_size_left_to_the_printer_is_stated(small: bytes) -> None:
    elements = ElementString.of(GTIN, ("21", "CN010123"))
    zpl = filled(read(small), {"lot": "x"}, elements, width=480, height=320)
    characters = (datamatrix.FNC1, *elements.encode())
    rows, columns = datamatrix.encode(characters).shape
    assert f"^BXN,4,200,{columns},{rows},6,_,1^FH\\^FD_1".encode() in zpl


def test_a_rectangular_symbol_stays_one(
    small: bytes, parsed: Callable[..., ForeignTemplate]
) -> None:
    template = parsed(small.replace(b",_,1", b",_,2"))
    elements = ElementString.of(GTIN, ("21", "CN010123"))
    artwork = template.artwork({"lot": "x"}, elements, dots_per_mm=8)
    (symbol,) = artwork.symbols
    assert symbol.area.width > symbol.area.height
    assert symbols(artwork.picture) == [("]d2", elements.encode())]


def test_data_that_no_symbol_of_the_asked_size_holds_are_refused(
    small: bytes, parsed: Callable[..., ForeignTemplate]
) -> None:
    template = parsed(small.replace(b"200,0,0", b"200,16,16"))
    elements = ElementString.of(GTIN, ("21", "CN010123-AND-MORE"))
    with pytest.raises(Refused, match=r"could not carry this out: \^BX: .* do not fit"):
        template.artwork({"lot": "x"}, elements, dots_per_mm=8)


@pytest.mark.parametrize(
    ("command", "value", "sentence"),
    [
        (b"^A0N,20", "", "design.line 4.^FD: The label has no lot, which the design prints."),
        (b"^A0N,20", "a\x1b", "design.line 4.^FD.lot: Character 2 is a control character"),
        (b"^A0N,20", "\ud800", "design.line 4.^FD.lot: Character 1 is"),
        (b"^A0N,20", "\u202e", "design.line 4.^FD.lot: Character 1 is RIGHT-TO-LEFT OVERRIDE"),
        (b"^A0N,20", "升", "'升' is printed in a font of the printer's own, which the expected"),
        (b"^A0N,20^CI0", "A[1]", "Under ^CI0 other signs may be printed for '[]' of 'A[1]'"),
        (b"^A0N,20^FB200", "a\\&b", "has a backslash, about which printers disagree in a ^FB"),
        (b"^A0N,20^FB200", "word " * 20, "could not carry this out: ^FB: 6 lines in the room of"),
        (b"^A0N,20^FB60", "W" * 20, "could not carry this out: ^FB: a line of"),
        (b"^A0N,20", "W" * 60, "The text with what it keeps clear reaches out of the label"),
    ],
)
def test_a_value_that_would_not_be_printed_as_it_is_is_refused(
    small: bytes, refusing: Callable[..., str], command: bytes, value: str, sentence: str
) -> None:
    zpl = small.replace(b"^A0N,20^FD${lot}", command + b"^FD${lot}")
    assert sentence in refusing(zpl, {"lot": value})


def test_the_bytes_sent_are_letters_of_ascii_in_one_line(
    template: ForeignTemplate, fields: dict[str, str], elements: ElementString
) -> None:
    zpl = template.artwork(fields, elements, dots_per_mm=8).zpl
    assert re.fullmatch(rb"[!-~]+", zpl)
    assert zpl.startswith(b"^XA^PW480^LL320^LH0,0^LS0^PON^PMN^LRN^CVY^MUD^FWN^CFA,9,5^BY2,3,10")
    assert zpl.endswith(b"^PQ1,0,1,Y^XZ")
    assert zpl.count(b"^PQ") == zpl.count(b"^PW") == zpl.count(b"^LL") == 1
    assert b"^FX" not in zpl


def test_what_the_printer_was_told_before_does_not_change_the_label(
    template: ForeignTemplate, fields: dict[str, str], elements: ElementString
) -> None:
    artwork = template.artwork(fields, elements, dots_per_mm=8)
    printer = Interpreter(dots_per_mm=8, width_mm=60)
    printer.render(b"^XA^PW99^LL99^LH9,9^LS9^POI^PMY^LRY^CFG^BY5,2,99^FWR^CI0^PQ5^XZ")
    rendering = printer.render(artwork.zpl)
    assert rendering.picture is not None
    assert np.array_equal(rendering.picture, artwork.picture)
    assert rendering.copies == 1
