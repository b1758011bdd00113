"""Marks of conformity and of disposal."""

import numpy as np

from station.artwork.ink import Ink, blank
from station.artwork.pictograms.lettering import letters
from station.artwork.pictograms.sheet import Sheet
from station.artwork.text import Font

CE = 1.4
"""Heights; 28 by 20 squares of the grid in Regulation (EU) 2017/745, Annex V."""

_SQUARE = 1 / 20
_NUMBER = 0.5
"""Height of the notified body's number by that of the mark; no rule sets it."""


def ce(sheet: Sheet) -> None:
    """Two arcs of one circle, 3 squares thick, cut 1 square beyond their middles; and a bar."""
    for middle in (10 * _SQUARE, 27 * _SQUARE):
        sheet.disc(middle, 0.5, 10 * _SQUARE)
        sheet.disc(middle, 0.5, 7 * _SQUARE, ink=False)
        sheet.bar(middle + _SQUARE, 0.0, CE + 1, 1.0, ink=False)
    sheet.bar(19 * _SQUARE, 8.5 * _SQUARE, 26 * _SQUARE, 11.5 * _SQUARE)


def ce_with_number(number: str, *, height: int, font: Font) -> Ink:
    """The mark followed by the number of the notified body (same, Article 20(5))."""
    sheet = Sheet.blank(CE, height=height, font=font)
    ce(sheet)
    digits = letters(number, height=round(_NUMBER * height), font=font)
    rows, columns = digits.shape
    gap = max(2, height // 8)
    beside = blank(width=gap + columns, height=height)
    beside[height - rows :, gap:] = digits
    return np.concatenate([sheet.ink(), beside], axis=1)


def weee(sheet: Sheet) -> None:
    """A bin on wheels, crossed out, over a bar: put on the market after 2005-08-13 (EN 50419)."""
    c = sheet.width / 2
    sheet.bar(c - 0.1, 0.06, c + 0.1, 0.16)
    sheet.bar(c - 0.34, 0.12, c + 0.34, 0.12 + sheet.thin)
    sheet.line((c - 0.26, 0.14), (c - 0.2, 0.72), (c + 0.2, 0.72), (c + 0.26, 0.14))
    sheet.disc(c + 0.18, 0.74, 0.08)
    right = sheet.width
    sheet.strike(((0.0, 0.0), (right, 0.8)), ((right, 0.0), (0.0, 0.8)))
    sheet.bar(c - 0.3, 0.88, c + 0.3, 1.0)
