"""Electrical safety, after IEC 60417."""

import numpy as np

from station.artwork.pictograms.sheet import Sheet


def type_b(sheet: Sheet) -> None:
    person(sheet, sheet.width / 2, 0.0, 1.0)


def type_bf(sheet: Sheet) -> None:
    sheet.box(0.0, 0.0, sheet.width, 1.0)
    person(sheet, sheet.width / 2, 0.14, 0.88)


def class_ii(sheet: Sheet) -> None:
    """A square in a square."""
    sheet.box(0.0, 0.0, sheet.width, 1.0)
    sheet.box(0.25, 0.25, sheet.width - 0.25, 0.75)


def alternating(sheet: Sheet) -> None:
    """One wave."""
    half = sheet.thin / 2
    steps = np.linspace(0, 2 * np.pi, 49)
    w = sheet.width - sheet.thin
    sheet.curve(*((half + w * s / (2 * np.pi), 0.5 - (0.5 - half) * np.sin(s)) for s in steps))


def person(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    """Standing, arms and legs apart."""
    high = bottom - top
    sheet.disc(x, top + 0.13 * high, 0.13 * high)
    sheet.line((x - 0.3 * high, top + 0.36 * high), (x + 0.3 * high, top + 0.36 * high))
    sheet.line((x, top + 0.3 * high), (x, top + 0.62 * high))
    for side in (-1, 1):
        sheet.line((x, top + 0.6 * high), (x + side * 0.2 * high, bottom))
