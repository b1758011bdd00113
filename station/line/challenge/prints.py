"""What goes wrong at the print head, done to the dots of a label: the data stay right.

Every defect is of the size from which a person would throw the label away. It is drawn into the
label, so no printer has to be spoilt for it; and it goes through the mark of the specimen as well,
as it would in earnest.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink, blank
from station.artwork.items import Artwork, Bitmap, SymbolItem
from station.core.problem import Refused, problem

DEAD = 1
"""Dots beside each other that are dead: more of them make many a symbol unreadable, and it is not
for that that a dead dot has to be found."""

SMEARED, SMEAR = 1.2, 0.5
"""Millimetres that the ink is drawn out by, away from the print head, and how dark it begins."""

FAINT = 0.4
"""Share of its ink that faint print has left."""

HOLE = 2.5
"""Millimetres across of each hole in the print."""

SHIFT = 1.25
"""Millimetres."""

APART = 1.0
"""Millimetres between the two symbols of two labels in view."""


def dead_dots(artwork: Artwork, ink: Ink) -> Ink:
    """Two dots of the print head leave no ink, from the top of the label to its bottom."""
    area = _first(artwork).area
    columns = ink[:, area.x : area.right].sum(axis=0)
    inner = columns[4:-4]
    at = area.x + 4 + int(np.argmax(inner[:-1] + inner[1:]))
    spoilt = ink.copy()
    spoilt[:, at : at + DEAD] = False
    return spoilt


def low_contrast(_: Artwork, ink: Ink) -> Ink:
    """Some of its dots only, as a cold head or the wrong ribbon leaves them."""
    return ink & (_screen(ink) < FAINT)


def smear(artwork: Artwork, ink: Ink) -> Ink:
    """Fresh ink that something was drawn over: trails that fade, behind all that is printed."""
    spoilt, screen = ink.copy(), _screen(ink)
    length = round(SMEARED * artwork.dots_per_mm)
    for by in range(1, length + 1):
        trail = np.zeros_like(ink)
        trail[by:] = ink[:-by]
        spoilt |= trail & (screen < SMEAR * (1 - by / (length + 1)))
    return spoilt


def void(artwork: Artwork, ink: Ink) -> Ink:
    """Two holes: in a corner of a symbol, and in a line of text."""
    spoilt = ink.copy()
    symbol = _first(artwork).area
    centres = [(symbol.x + symbol.width * 3 // 4, symbol.y + symbol.height // 3)]
    radius = HOLE * artwork.dots_per_mm / 2
    texts = [each for each in artwork.items if isinstance(each, Bitmap)]
    if texts:
        widest = max(texts, key=lambda each: each.area.width)
        centres.append(_densest(widest, round(radius)))
    rows, columns = np.indices(ink.shape)
    for x, y in centres:
        spoilt &= (columns - x) ** 2 + (rows - y) ** 2 > radius**2
    return spoilt


def shift(artwork: Artwork, ink: Ink) -> Ink:
    """All of it lies off its place, to the side on which the label has most room."""
    by = round(SHIFT * artwork.dots_per_mm)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    height, width = ink.shape
    room = {
        (0, -by): int(columns[0]),
        (0, by): width - 1 - int(columns[-1]),
        (-by, 0): int(rows[0]),
        (by, 0): height - 1 - int(rows[-1]),
    }
    down, right = max(room, key=lambda each: room[each])
    return _moved(ink, down=down, right=right)


def half_label(_: Artwork, ink: Ink) -> Ink:
    """The printer stopped in the middle: the rest of the label is white."""
    spoilt = ink.copy()
    spoilt[len(ink) // 2 :] = False
    return spoilt


def two_labels(artwork: Artwork, ink: Ink) -> Ink:
    """A symbol and the text beside it lie there once more, as if of a label below.

    They take the place of other print where there is no free one. Raises Refused where a second
    symbol has no place at all.
    """
    symbol = _first(artwork)
    kept = symbol.with_quiet_zone.grown(
        horizontally=2, vertically=round(APART * artwork.dots_per_mm)
    )
    others = _others(artwork)
    for taken in (ink, others):
        for x, y in _places(taken, kept, artwork.area):
            return _stamped(ink, symbol, dx=x - kept.x, dy=y - kept.y, kept=kept)
    raise Refused(problem("The label has no room for a second symbol."))


def _densest(item: Bitmap, reach: int) -> tuple[int, int]:
    """Its middle row, at the column around which it has most ink."""
    columns = np.convolve(item.pixels.sum(axis=0), np.ones(2 * reach + 1), mode="same")
    densest = min(int(np.argmax(columns)), item.area.width - 1)
    return item.x + densest, item.y + item.area.height // 2


def _screen(ink: Ink) -> NDArray[np.float64]:
    """Thresholds from 0 to 1, spread evenly: what is under a density is printed with it."""
    square = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16
    rows, columns = np.indices(ink.shape)
    return np.asarray(square[rows % 4, columns % 4])


def _others(artwork: Artwork) -> Ink:
    """What a second symbol may not cover: the symbols."""
    found = blank(width=artwork.width, height=artwork.height)
    for symbol in artwork.symbols:
        area = symbol.with_quiet_zone
        found[max(0, area.y) : area.bottom, max(0, area.x) : area.right] = True
    return found


def _places(taken: Ink, kept: Rectangle, label: Rectangle) -> Iterator[tuple[int, int]]:
    """Where so much room is free, from the top left."""
    sums = np.pad(taken, ((1, 0), (1, 0))).cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)
    height, width = kept.height, kept.width
    if height > label.height or width > label.width:
        return
    held = sums[height:, width:] - sums[:-height, width:]
    held = held - sums[height:, :-width] + sums[:-height, :-width]
    for y, x in zip(*np.nonzero(held == 0), strict=True):
        yield int(x), int(y)


def _stamped(ink: Ink, symbol: SymbolItem, *, dx: int, dy: int, kept: Rectangle) -> Ink:
    spoilt = ink.copy()
    spoilt[kept.y + dy : kept.bottom + dy, kept.x + dx : kept.right + dx] = False
    area = symbol.area
    spoilt[area.y + dy : area.bottom + dy, area.x + dx : area.right + dx] = symbol.ink
    return spoilt


def _first(artwork: Artwork) -> SymbolItem:
    """A matrix where there is one: it takes less room. Every label has a symbol."""
    return min(artwork.symbols, key=lambda each: each.area.width)


def _moved(ink: Ink, *, down: int, right: int) -> Ink:
    """What leaves the label is cut off."""
    moved = np.roll(ink, (down, right), axis=(0, 1))
    height, width = ink.shape
    moved[: max(0, down)] = False
    moved[height + min(0, down) :] = False
    moved[:, : max(0, right)] = False
    moved[:, width + min(0, right) :] = False
    return moved
