"""The mark of a specimen: CHALLENGE and 挑战样 wherever the label is white, as large as they go.

Nobody may take a specimen for a product, and the mark may not be why it is rejected. So it touches
no text and no symbol, and it is part of what the specimen is compared with.

>>> from station.artwork.items import Box
>>> found = marks(Artwork(240, 160, 8, (Box(0, 0, 240, 160, 2),)), font=Font.load())
>>> [each.name for each in found][:2]
['challenge mark 1', 'challenge mark 2']
"""

from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from station.artwork.ink import Ink, blank, sealed
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.artwork.text import Font
from station.core.problem import Refused, problem

WORDS = ("CHALLENGE", "挑战样")
"""What the font cannot write is left out."""

MOST = 4
"""Marks on one label."""

LARGEST, SMALLEST = 5.0, 1.25
"""Millimetres of the letters: the law asks no more of any text on a label."""

CLEAR = 0.5
"""Millimetres kept free around each mark, between it and everything else."""

GAP = 0.4
"""Between two words, as a share of their size."""


def marks(artwork: Artwork, *, font: Font) -> tuple[Bitmap, ...]:
    """As many as there is room for, the largest first. Raises Refused where there is none."""
    taken = _taken(artwork)
    found: list[Bitmap] = []
    for number, mark in enumerate(islice(_placed(taken, artwork, font), MOST), start=1):
        found.append(Bitmap(*mark[:2], sealed(mark[2]), f"challenge mark {number}", static=False))
    if not found:
        raise Refused(
            problem(
                "The label has no free place of {least} mm for the words that mark a specimen.",
                least=f"{SMALLEST:g}",
            )
        )
    return tuple(found)


def _taken(artwork: Artwork) -> Ink:
    """Every dot that is printed on, or kept free beside a symbol, and what is too near to them."""
    taken = inked(artwork, artwork.items)
    for symbol in artwork.symbols:
        kept = symbol.with_quiet_zone
        taken[max(0, kept.y) : kept.bottom, max(0, kept.x) : kept.right] = True
    return _grown(taken, round(CLEAR * artwork.dots_per_mm))


def _placed(taken: Ink, artwork: Artwork, font: Font) -> Iterator[tuple[int, int, Ink]]:
    """One mark after the other, each where the others have left room for it."""
    clear = round(CLEAR * artwork.dots_per_mm)
    for size in _sizes(artwork.dots_per_mm):
        for drawn in _drawings(font, size):
            while (place := _room(taken, drawn, clear)) is not None:
                left, top = place
                height, width = drawn.shape
                rows = slice(max(0, top - clear), top + height + clear)
                taken[rows, max(0, left - clear) : left + width + clear] = True
                yield left, top, drawn


def _sizes(dots_per_mm: int) -> Iterator[int]:
    largest, least = round(LARGEST * dots_per_mm), round(SMALLEST * dots_per_mm)
    for step in count():
        size = round(largest * 0.9**step)
        if size < least:
            return
        yield size


def _drawings(font: Font, size: int) -> Iterator[Ink]:
    """Beside each other, below each other, and either of them along the label's side."""
    words = [font.line(each, size=size, bold=True).ink for each in WORDS if not font.missing(each)]
    gap = round(size * GAP)
    for whole in (_beside(words, gap), _beside([each.T for each in words], gap).T):
        yield whole.copy()
        yield np.rot90(whole).copy()


def _beside(words: list[Ink], gap: int) -> Ink:
    width = sum(each.shape[1] for each in words) + gap * (len(words) - 1)
    drawn = blank(width=width, height=max(each.shape[0] for each in words))
    left = 0
    for each in words:
        drawn[: each.shape[0], left : left + each.shape[1]] = each
        left += each.shape[1] + gap
    return drawn


def _room(taken: Ink, drawn: Ink, clear: int) -> tuple[int, int] | None:
    """Left and top of the first place, from the bottom up, where nothing is; None if it is full."""
    height, width = drawn.shape
    if height + 2 * clear > taken.shape[0] or width + 2 * clear > taken.shape[1]:
        return None
    sums = np.pad(taken, ((1, 0), (1, 0))).cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)
    held = sums[height:, width:] - sums[:-height, width:]
    held = held - sums[height:, :-width] + sums[:-height, :-width]
    free = held[clear : len(held) - clear, clear : held.shape[1] - clear] == 0
    rows, columns = np.nonzero(free)
    return (int(columns[-1]) + clear, int(rows[-1]) + clear) if rows.size else None


def _grown(ink: Ink, by: int) -> Ink:
    """With so many dots more on every side."""
    wide = np.pad(ink, by)
    height, width = ink.shape
    rows = np.logical_or.reduce([wide[:, at : at + width] for at in range(2 * by + 1)])
    grown: Ink = np.logical_or.reduce([rows[at : at + height] for at in range(2 * by + 1)])
    return grown
