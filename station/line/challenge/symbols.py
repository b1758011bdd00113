r"""Symbols that are wrong in how they say it, drawn as dots in the place of the right one.

>>> without_separators(b"10A1\x1d21B2")
b'10A121B2'
>>> bracketed(ElementString.of(("01", "06972869182019"), ("21", "B2")))
b'(01)06972869182019(21)B2'
>>> foreign()
b'+Z999CHALLENGE0-'

The size is that of the right symbol wherever the data fit, so that nothing but the data differ.

Source: GS1 General Specifications 5 (FNC1 in first position, separators), ISO/IEC 15417 and 16022
(symbols without it), ANSI/HIBC 2.6 (other system).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from drivers.symbology import code128, datamatrix
from station.artwork.dots import Rectangle
from station.artwork.ink import Ink
from station.artwork.items import Artwork, LinearSymbol, MatrixSymbol, SymbolItem
from station.core.gs1 import ElementString
from station.core.hibcc import check_character
from station.core.problem import Refused, problem

SEPARATOR = b"\x1d"
LEAST_MODULE = 2
"""Dots: fewer are not read by any camera."""

MATRIX, LINEAR, QR = "]d2", "]C1", "]Q3"


def without_separators(data: bytes) -> bytes:
    """As a scanner or a program sends them that loses FNC1 between elements."""
    return data.replace(SEPARATOR, b"")


def bracketed(elements: ElementString) -> bytes:
    """The brackets of the human-readable text, encoded as if they were data."""
    return "".join(f"({each.ai}){each.value}" for each in elements.elements).encode()


def foreign() -> bytes:
    """A primary HIBC of a labeler and a product that say what they are."""
    primary = "+Z999CHALLENGE0"
    return f"{primary}{check_character(primary)}".encode()


def reordered(elements: ElementString) -> bytes:
    """The same elements, the last one first. Raises Refused where there is one only."""
    if len(elements.elements) < 2:
        raise Refused(problem("The symbol has one element only."))
    *others, last = elements.elements
    return ElementString((last, *others)).encode()


def drawn(symbol: SymbolItem, data: bytes, *, gs1: bool) -> Ink:
    """One row of modules, or all rows of a matrix, that say these data; `gs1` with FNC1 first.

    Raises Refused where no such symbol can be drawn.
    """
    if symbol.identifier == QR:
        raise Refused(problem("No wrong QR Code can be drawn here."))
    try:
        if isinstance(symbol, LinearSymbol):
            return _linear(data, gs1=gs1)
        return _matrix(data, symbol, gs1=gs1)
    except (code128.NotEncodable, datamatrix.DoesNotFit):
        raise Refused(problem("The wrong data do not go into a symbol.")) from None


def _linear(data: bytes, *, gs1: bool) -> Ink:
    first = (code128.FNC1_CHARACTER,) if gs1 else ()
    return code128.encode(code128.automatic((*first, *_characters(data, 256, gs1=gs1))))[None, :]


def _matrix(data: bytes, symbol: MatrixSymbol, *, gs1: bool) -> Ink:
    first = (datamatrix.FNC1,) if gs1 else ()
    characters = (*first, *_characters(data, datamatrix.FNC1, gs1=gs1))
    rows, columns = symbol.modules.shape
    try:
        return datamatrix.encode(characters, rows=rows, columns=columns)
    except datamatrix.DoesNotFit:
        return datamatrix.encode(characters)


def _characters(data: bytes, fnc1: int, *, gs1: bool) -> Sequence[int]:
    """Separators are FNC1 in GS1 data, and in others the control character."""
    return tuple(fnc1 if gs1 and each == SEPARATOR[0] else each for each in data)


def exchanged(artwork: Artwork, ink: Ink, symbol: SymbolItem, modules: Ink) -> Ink:
    """The label's dots with these modules in the place of a symbol.

    Raises Refused where there is no room for them.
    """
    cleared = ink.copy()
    old = symbol.area
    cleared[old.y : old.bottom, old.x : old.right] = False
    for module in range(_module(artwork, symbol), LEAST_MODULE - 1, -1):
        new = _enlarged(modules, module, symbol)
        area = Rectangle(old.x, old.y, new.shape[1], new.shape[0])
        if _free(cleared, _with_quiet_zone(area, symbol, module), artwork.area):
            cleared[area.y : area.bottom, area.x : area.right] = new
            return cleared
    raise Refused(problem("The wrong symbol has no room on this label."))


def _module(artwork: Artwork, symbol: SymbolItem) -> int:
    """Dots; of a symbol that another designer drew only its dots are known."""
    return max(2, artwork.dots_per_mm * 3 // 8) if artwork.foreign else symbol.module


def _enlarged(modules: Ink, module: int, symbol: SymbolItem) -> Ink:
    if isinstance(symbol, LinearSymbol):
        row = modules[0].repeat(module)
        return np.broadcast_to(row, (symbol.height, len(row)))
    return modules.repeat(module, axis=0).repeat(module, axis=1)


def _with_quiet_zone(area: Rectangle, symbol: SymbolItem, module: int) -> Rectangle:
    if isinstance(symbol, LinearSymbol):
        return area.grown(horizontally=10 * module)
    return area.grown(horizontally=symbol.quiet * module, vertically=symbol.quiet * module)


def _free(ink: Ink, area: Rectangle, label: Rectangle) -> bool:
    inside = label.holds(area)
    return inside and not ink[area.y : area.bottom, area.x : area.right].any()


def of_kind(artwork: Artwork, identifier: str) -> SymbolItem:
    """The first symbol of this kind. Raises Refused where there is none."""
    for symbol in artwork.symbols:
        if symbol.identifier == identifier:
            return symbol
    raise Refused(problem("The label has no symbol {identifier}.", identifier=identifier))


def smallest(artwork: Artwork) -> SymbolItem:
    """The one that takes the least of the label's width. Raises Refused."""
    found = min(_own(artwork), key=lambda each: each.area.width, default=None)
    if found is None:
        raise Refused(problem("No wrong QR Code can be drawn here."))
    return found


def with_separator(artwork: Artwork) -> SymbolItem:
    """The first symbol in which a separator stands. Raises Refused."""
    for symbol in _own(artwork):
        if SEPARATOR in symbol.data:
            return symbol
    raise Refused(problem("No separator stands between its elements."))


def with_all(artwork: Artwork, elements: ElementString) -> SymbolItem:
    """The first symbol that carries all of the data. Raises Refused."""
    for symbol in _own(artwork):
        if symbol.data == elements.encode():
            return symbol
    raise Refused(problem("No one symbol carries all of the data."))


def _own(artwork: Artwork) -> Iterator[SymbolItem]:
    """Those that can be drawn wrong."""
    return (each for each in artwork.symbols if each.identifier != QR)
