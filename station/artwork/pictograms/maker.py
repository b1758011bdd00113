"""Who made it, when and where, and who brought it: factory, hourglass, globe and lorry."""

from station.artwork.ink import Ink
from station.artwork.pictograms.sheet import Point, Sheet
from station.artwork.text import Font

FACTORY: tuple[Point, ...] = (
    (0.0, 1.0),
    (0.0, 0.0),
    (0.2, 0.0),
    (0.2, 0.56),
    (0.5, 0.34),
    (0.5, 0.56),
    (0.8, 0.34),
    (0.8, 0.56),
    (1.1, 0.34),
    (1.1, 1.0),
)
"""A chimney and three saw-tooth roofs."""

WORKS: tuple[Point, ...] = (
    (0.0, 1.0),
    (0.0, 0.0),
    (0.22, 0.0),
    (0.22, 0.3),
    (0.66, 0.1),
    (0.66, 0.3),
    (1.1, 0.1),
    (1.1, 0.3),
    (1.54, 0.1),
    (1.54, 1.0),
)
"""The same with a body high enough for a code."""


def manufacturer(sheet: Sheet) -> None:
    sheet.fill(*FACTORY)


def manufactured(sheet: Sheet) -> None:
    sheet.outline(*FACTORY)


def country(code: str, *, height: int, font: Font) -> Ink:
    """A factory with the letters of its country."""
    sheet = Sheet.blank(WORKS[-1][0], height=height, font=font)
    sheet.outline(*WORKS)
    sheet.text(code, sheet.width / 2, 0.66, height=0.4)
    return sheet.ink()


def use_by(sheet: Sheet) -> None:
    """An hourglass."""
    half = sheet.thin / 2
    middle, side = sheet.width / 2, 0.1 + half
    for end, shoulder in ((half, 0.22), (1 - half, 0.78)):
        sheet.line((0.0, end), (sheet.width, end))
        sheet.line((side, end), (side, shoulder), (middle, 0.5))
    sheet.mirror()


def importer(sheet: Sheet) -> None:
    """From the world, an arrow into a place."""
    globe(sheet, 0.46, 0.5, 0.46)
    half = sheet.thin / 2
    sheet.line((1.3, half), (1.7 - half, half), (1.7 - half, 1 - half), (1.3, 1 - half))
    sheet.line((0.98, 0.5), (1.3, 0.5), strokes=1.5)
    sheet.fill((1.24, 0.26), (1.52, 0.5), (1.24, 0.74))


def distributor(sheet: Sheet) -> None:
    """A lorry."""
    bed = 0.78
    sheet.bar(0.0, 0.0, 0.92, bed)
    sheet.fill((0.98, 0.28), (1.28, 0.28), (1.5, 0.52), (1.5, bed), (0.98, bed))
    sheet.fill((1.08, 0.36), (1.24, 0.36), (1.36, 0.52), (1.08, 0.52), ink=False)
    for wheel in (0.3, 1.18):
        sheet.disc(wheel, 0.8, 0.2 + sheet.thin / 2, ink=False)
        sheet.disc(wheel, 0.8, 0.2)
        sheet.disc(wheel, 0.8, 0.07, ink=False)


def globe(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A sphere with its axis, its equator and a meridian on either side."""
    sheet.ring(x, y, radius)
    sheet.ring(x, y, radius * 0.5, radius)
    sheet.line((x - radius, y), (x + radius, y))
