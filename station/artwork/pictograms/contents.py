"""What it contains of medicine, blood, animals and people."""

from station.artwork.pictograms.patient import bust
from station.artwork.pictograms.sheet import Point, Sheet

COW: tuple[Point, ...] = (
    (-0.95, 0.2),
    (0.6, 0.2),
    (0.62, 0.0),
    (0.8, 0.14),
    (1.0, 0.0),
    (0.98, 0.2),
    (1.25, 0.42),
    (1.1, 0.56),
    (0.75, 0.5),
    (0.6, 0.7),
    (0.6, 1.0),
    (0.4, 1.0),
    (0.4, 0.72),
    (-0.5, 0.72),
    (-0.5, 1.0),
    (-0.72, 1.0),
    (-0.72, 0.6),
    (-0.82, 0.4),
    (-0.9, 0.7),
)
"""In heights of the cow, from its middle and its horns."""


def medicinal(sheet: Sheet) -> None:
    """A capsule and a tablet, in a box."""
    sheet.box(0.0, 0.0, sheet.width, 1.0)
    capsule(sheet, 0.46, 0.44, length=0.34, radius=0.15)
    sheet.disc(0.71, 0.72, 0.14)
    sheet.line((0.62, 0.72), (0.8, 0.72), strokes=0.6, ink=False)


def capsule(sheet: Sheet, x: float, y: float, *, length: float, radius: float) -> None:
    """Leaning to the right: one half full, the other empty."""
    reach = length / 2 * 0.7071
    ends = (x - reach, y + reach), (x + reach, y - reach)
    across = 2 * radius / sheet.thin
    for end in ends:
        sheet.disc(*end, radius)
    sheet.curve(*ends, strokes=across)
    sheet.disc(*ends[1], radius - sheet.thin, ink=False)
    sheet.curve((x, y), ends[1], strokes=across - 2, ink=False)


def human_blood(sheet: Sheet) -> None:
    """A drop with a person in it."""
    c = sheet.width / 2
    drop(sheet, c, -0.05, 1.0, radius=0.36)
    sheet.disc(c, 0.52, 0.1, ink=False)
    side = ((c + 0.09, 0.66), (c + 0.17, 0.74), (c + 0.17, 0.86))
    sheet.fill(*side, *((2 * c - x, y) for x, y in reversed(side)), ink=False)


def human_origin(sheet: Sheet) -> None:
    """A person over BIO."""
    _bio(sheet)
    bust(sheet, sheet.width / 2, 0.14, 0.5)


def animal_origin(sheet: Sheet) -> None:
    """A cow over BIO."""
    _bio(sheet)
    x, high = sheet.width / 2 - 0.04, 0.36
    sheet.fill(*((x + across * high, 0.14 + down * high) for across, down in COW))


def _bio(sheet: Sheet) -> None:
    sheet.box(0.0, 0.0, sheet.width, 1.0)
    sheet.text("BIO", sheet.width / 2, 0.71, height=0.32)


def drop(
    sheet: Sheet, x: float, top: float, bottom: float, *, radius: float, ink: bool = True
) -> None:
    """A falling drop, filled; its sides touch the circle."""
    y = bottom - radius
    sine = radius / (y - top)
    across, up = radius * (1 - sine**2) ** 0.5, radius * sine
    sheet.disc(x, y, radius, ink=ink)
    sheet.fill((x, top), (x + across, y - up), (x - across, y - up), ink=ink)
