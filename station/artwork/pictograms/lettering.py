"""Letters of pictograms: bold, as large as fit, and boxes of them.

>>> boxed(("EC", "REP"), height=24, font=Font.load()).shape
(24, 73)
"""

from collections.abc import Iterator
from math import ceil

import numpy as np

from station.artwork.ink import Ink, blank
from station.artwork.text import Font
from station.core.problem import Problem, problem, refuse

_LEAST = 4
"""Dots of the em square; a drawing that would need less is refused as too small before."""

_ROUND = "ODU0"
"""Round letters are a little higher: with them measured, all boxes have letters of one size."""


def stroke_of(height: int) -> int:
    """Dots of a stroke: two at least, so that one dead dot of the head cannot take a line away."""
    return max(2, ceil(height / 16))


def letters(text: str, *, height: int, width: int = 10_000, font: Font) -> Ink:
    """The largest bold letters that are at most so many dots high and wide.

    Raises Refused when the font does not hold them: a box in their place would be drawn for all.
    """
    refuse(_glyph_problems(text, font))
    rows, columns = _extent(text, height, font)
    size = min(height * height // rows, height * width // columns)
    while size < 2 * height and _fits(text, size + 1, font, height=height, width=width):
        size += 1
    while size > _LEAST and not _fits(text, size, font, height=height, width=width):
        size -= 1
    return _bold(text, max(size, _LEAST), font)


def _fits(text: str, size: int, font: Font, *, height: int, width: int) -> bool:
    rows, columns = _extent(text, max(size, _LEAST), font)
    return rows <= height and columns <= width


def _extent(text: str, size: int, font: Font) -> tuple[int, int]:
    """Dots of height, with room for round letters, and of width."""
    rows, columns = _bold(text, size, font).shape
    return max(1, rows, _bold(_ROUND, size, font).shape[0]), max(1, columns)


def _glyph_problems(text: str, font: Font) -> Iterator[Problem]:
    for each in font.missing(text):
        yield problem(
            "The font has no glyph for {character!r} (U+{code}).",
            character=each,
            code=f"{ord(each):04X}",
        )


def _bold(text: str, size: int, font: Font) -> Ink:
    """Upright strokes grow by half, level ones by a quarter: the white in an E stays open."""
    ink = font.line(text, size=size).ink
    across = max(1, round(size / 17))
    return _grown(_grown(ink, by=across, axis=1), by=across // 2, axis=0)


def _grown(ink: Ink, *, by: int, axis: int) -> Ink:
    """With every dot repeated so many times to its right, or below."""
    grown = wider = np.pad(ink, [(0, by if each == axis else 0) for each in (0, 1)])
    for shift in range(1, by + 1):
        grown = grown | np.roll(wider, shift, axis=axis)
    return grown


def boxed(words: tuple[str, ...], *, height: int, font: Font) -> Ink:
    """Words in compartments of one box, as wide as they need."""
    margin = margin_of(height)
    return compartments(
        tuple(letters(each, height=height - 2 * margin, font=font) for each in words),
        height=height,
    )


def compartments(contents: tuple[Ink, ...], *, height: int) -> Ink:
    """Drawings side by side in one box, with a rule between them."""
    stroke, gap = stroke_of(height), margin_of(height) - stroke_of(height)
    rule = np.ones((height, stroke), dtype=np.bool_)
    parts = [rule]
    for content in contents:
        rows, columns = content.shape
        cell = blank(width=columns + 2 * gap, height=height)
        top = (height - rows) // 2
        cell[top : top + rows, gap : gap + columns] = content
        parts += [cell, rule]
    ink = np.concatenate(parts, axis=1)
    ink[:stroke] = ink[-stroke:] = True
    return ink


def margin_of(height: int) -> int:
    """Dots from the outer edge of a box to its letters."""
    return stroke_of(height) + max(2, round(height / 7))
