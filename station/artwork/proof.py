"""A proof: a label to look at, which nobody can take for one that may be used.

PROOF and 样张 stand across it in outlined, hatched letters, and every symbol is struck out, at its
real place and size. A symbol that scanned like a product's would be a label lying about, so a
proof has none: it is one picture, and nothing is left for a printer to draw.

>>> from station.artwork.items import Box
>>> drawn = proof(Artwork(240, 160, 8, (Box(0, 0, 240, 160, 2),)), font=Font.load())
>>> drawn.symbols, [each.name for each in drawn.static]
((), ['proof'])
"""

from collections.abc import Iterator

import numpy as np

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink, blank, sealed, trimmed
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.artwork.text import Font

WORDS = ("PROOF", "样张")
"""One below the other; what the font cannot write is left out."""

SHARE = 0.92
"""Of the room that a word has, which it fills at most."""

STROKE_PER_MM = 0.3
"""Thickness of the outlines in millimetres."""

BAND = 0.16
"""Half the width of each diagonal that strikes a symbol out, as a share of the symbol's sides.

Both together take half of it. A DataMatrix mends a quarter of its codewords at most (ISO/IEC
16022), and of a GS1-128 no row of dots is left whole."""

CORE = 0.05
"""Half the width of the black line in the middle of the white band, same."""


def proof(artwork: Artwork, *, font: Font) -> Artwork:
    """The same label as one picture, marked, its symbols struck out."""
    ink = inked(artwork, artwork.items)
    stroke = max(1, round(STROKE_PER_MM * artwork.dots_per_mm))
    _mark(ink, _letters(artwork.area, font), stroke)
    for symbol in artwork.symbols:
        _strike_out(ink, symbol.area)
    found = trimmed(ink)
    assert found, "there are letters on it"
    left, top, cut = found
    whole = Bitmap(left, top, sealed(cut.copy()), "proof", static=True)
    return Artwork(artwork.width, artwork.height, artwork.dots_per_mm, (whole,))


def _letters(label: Rectangle, font: Font) -> Ink:
    """The words as large as they go, each in its share of the label's height."""
    words = [each for each in WORDS if not font.missing(each)]
    room = label.height // len(words)
    ink = blank(width=label.width, height=label.height)
    for place, word in enumerate(words):
        drawn = _largest(word, font, width=label.width, height=room)
        height, width = drawn.shape
        left, top = (label.width - width) // 2, place * room + (room - height) // 2
        ink[top : top + height, left : left + width] |= drawn
    return ink


def _largest(word: str, font: Font, *, width: int, height: int) -> Ink:
    """The word in the largest size that leaves some white around it."""
    for size in _sizes(width, height):
        drawn = font.line(word, size=size, bold=True).ink
        if drawn.shape[0] <= SHARE * height and drawn.shape[1] <= SHARE * width:
            return drawn
    return drawn[:height, :width]


def _sizes(width: int, height: int) -> Iterator[int]:
    size = max(width, height)
    while size > 6:
        yield size
        size = size * 9 // 10
    yield 6


def _mark(ink: Ink, letters: Ink, stroke: int) -> None:
    """Outline and hatch the letters, and keep what lies beneath them readable."""
    outline = _grown(letters, stroke) & ~letters
    ink &= ~(_grown(letters, 2 * stroke) & ~letters)
    rows, columns = np.indices(ink.shape)
    ink |= outline | (letters & ((rows + columns) % (6 * stroke) < stroke))


def _grown(ink: Ink, by: int) -> Ink:
    """With so many dots more on every side."""
    wide = np.pad(ink, by)
    height, width = ink.shape
    rows = np.logical_or.reduce([wide[:, at : at + width] for at in range(2 * by + 1)])
    grown: Ink = np.logical_or.reduce([rows[at : at + height] for at in range(2 * by + 1)])
    return grown


def _strike_out(ink: Ink, area: Rectangle) -> None:
    """Both diagonals, white with a black line in the middle, over the whole symbol."""
    rows = (np.arange(area.height) + 0.5)[:, None] / area.height
    columns = (np.arange(area.width) + 0.5)[None, :] / area.width
    away = np.minimum(abs(rows - columns), abs(rows + columns - 1))
    part = ink[area.y : area.bottom, area.x : area.right]
    part &= away >= BAND
    part |= away < CORE
