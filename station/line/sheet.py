"""What a picture of a label is compared with, made of its artwork."""

import numpy as np

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap, LinearSymbol, SymbolItem
from station.artwork.picture import expected_picture
from station.vision.sheet import Area, Part, Sheet, SymbolPlace

QUIET_X = 10
"""Modules left and right of a GS1-128 (GS1 General Specifications 5.4.2)."""


def compared_with(artwork: Artwork) -> Sheet | None:
    """None for a design that another designer wrote: its texts are in the printer's own fonts, of
    which nobody knows how they look, unless they were taught (`station.line.limits`).
    """
    return None if artwork.foreign else sheet_of(artwork)


def symbols_of(artwork: Artwork) -> Sheet:
    """Its symbols, on a label that is bare otherwise."""
    places = tuple(map(_place, artwork.symbols))
    picture = np.full((artwork.height, artwork.width), 255, np.uint8)
    for each in places:
        each.area.of(picture)[:] = each.area.of(expected_picture(artwork))
    return Sheet(picture, artwork.dots_per_mm, (), places)


def sheet_of(artwork: Artwork) -> Sheet:
    return Sheet(
        expected_picture(artwork),
        artwork.dots_per_mm,
        tuple(
            Part(each.name, _area(each.area), each.text)
            if isinstance(each, Bitmap)
            else Part("rule", _area(each.area))
            for each in artwork.items
            if not isinstance(each, SymbolItem)
        ),
        tuple(map(_place, artwork.symbols)),
    )


def _place(symbol: SymbolItem) -> SymbolPlace:
    rows, quiet = _modules(symbol)
    module = symbol.module
    if module == 1:  # drawn dot by dot: another designer's
        module = _step(rows)
        rows = rows[:: min(module, len(rows)), ::module]
    return SymbolPlace(symbol.identifier, symbol.data, _area(symbol.area), module, rows, quiet)


def _step(dots: Ink) -> int:
    """Dots to a module: what all runs of ink and of paper across are multiples of.

    >>> _step(np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1]], np.bool_))
    3
    """
    rows, columns = np.nonzero(np.diff(dots.astype(np.int8), axis=1))
    return int(np.gcd.reduce(columns + 1, initial=dots.shape[1])) if len(rows) else 1


def _modules(symbol: SymbolItem) -> tuple[Ink, int]:
    """Rows of modules, and how many of them are kept free beside it."""
    if isinstance(symbol, LinearSymbol):
        return symbol.bars[None, :], QUIET_X
    return symbol.modules, symbol.quiet


def _area(area: Rectangle) -> Area:
    return Area(area.x, area.y, area.width, area.height)
