"""How it may be used, and what the user must know first."""

from math import cos, radians, sin

from station.artwork.pictograms.sheet import Sheet
from station.artwork.pictograms.sterility import slash

BOOK = 1.4
"""Heights; how wide the open book is."""


def consult(sheet: Sheet) -> None:
    """An open book with an i."""
    spine = BOOK / 2
    sheet.outline((0.0, 0.0), (spine, 0.16), (BOOK, 0.0), (BOOK, 0.84), (spine, 1.0), (0.0, 0.84))
    sheet.line((spine, 0.16), (spine, 1.0))
    sheet.disc(1.06, 0.3, 0.075)
    sheet.bar(1.0, 0.43, 1.12, 0.72)


def electronic_instructions(sheet: Sheet) -> None:
    """The book, and beside it that it is not made of paper."""
    consult(sheet)
    left = BOOK + 0.14
    sheet.text("eIFU", (left + sheet.width) / 2, 0.5, height=0.6, width=sheet.width - left)


def do_not_reuse(sheet: Sheet) -> None:
    sheet.ring(0.5, 0.5, 0.5)
    sheet.text("2", 0.5, 0.5, height=0.64)
    sheet.strike(slash(sheet))


def single_patient(sheet: Sheet) -> None:
    """A patient with a 1, and arrows round about."""
    c = sheet.width / 2
    sheet.disc(c, 0.3, 0.13)
    side = ((c + 0.13, 0.46), (c + 0.2, 0.54), (c + 0.2, 0.8))
    sheet.fill(*side, *((2 * c - x, y) for x, y in reversed(side)))
    sheet.text("1", c, 0.64, height=0.24, black=False)
    for start in (-100, 80):
        sheet.arc(c, 0.5, 0.5, start, start + 120)
        head = ((0.34, 120), (0.47, 155), (0.6, 120))
        sheet.fill(*(_round(c, radius, start + turn) for radius, turn in head))


def _round(x: float, radius: float, turn: float) -> tuple[float, float]:
    return x + radius * cos(radians(turn)), 0.5 + radius * sin(radians(turn))


def caution(sheet: Sheet) -> None:
    """A triangle with an exclamation mark."""
    triangle(sheet)
    c, dots = sheet.width / 2, sheet.stroke if sheet.stroke == 2 else sheet.stroke + 2
    half = dots / 2 / sheet.height
    sheet.bar(c - half, 0.36, c + half, 0.66)
    sheet.bar(c - half, 0.86 - 2 * half, c + half, 0.86)


def triangle(sheet: Sheet) -> None:
    """Standing on its side, as large as the sheet."""
    c, half, w = sheet.width / 2, sheet.thin / 2, sheet.width
    sheet.line((c, half), (w - 1.7 * half, 1 - half), (1.7 * half, 1 - half), closed=True)
    sheet.mirror()


def latex(sheet: Sheet) -> None:
    """LATEX in a triangle."""
    triangle(sheet)
    sheet.text("LATEX", sheet.width / 2, 0.74, height=0.28, width=sheet.width * 0.52)


def non_pyrogenic(sheet: Sheet) -> None:
    """A flame, crossed out."""
    c = sheet.width / 2
    sheet.disc(c, 0.68, 0.28)
    sheet.fill(
        (c + 0.02, -0.05), (c + 0.28, 0.68), (c - 0.28, 0.68), (c - 0.2, 0.36), (c - 0.1, 0.46)
    )
    left, right = 0.02, sheet.width - 0.02
    sheet.strike(((left, 0.0), (right, 1.0)), ((right, 0.0), (left, 1.0)))
