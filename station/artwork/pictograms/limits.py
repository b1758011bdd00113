"""Limits of temperature, humidity and pressure: a figure, and the values beside it.

The upper limit stands at the upper right of the figure, the lower one at its lower left
(ISO 15223-1, 5.3.5 to 5.3.9). A value stands on its mark or hangs from it: with the mark before
it, it would have a minus that is none.
"""

import numpy as np

from station.artwork.ink import Ink, blank
from station.artwork.pictograms.contents import drop
from station.artwork.pictograms.lettering import letters, stroke_of
from station.artwork.pictograms.sheet import Sheet
from station.artwork.text import Font

VALUE = 0.34
"""Heights; how high the values are."""


def thermometer(sheet: Sheet) -> None:
    c, t = sheet.width / 2, sheet.thin
    sheet.disc(c, 0.82, 0.18)
    sheet.line((c - 1.5 * t, 0.8), (c - 1.5 * t, t / 2), (c + 1.5 * t, t / 2), (c + 1.5 * t, 0.8))
    sheet.bar(c - t / 2, 0.3, c + t / 2, 0.8)


def hygrometer(sheet: Sheet) -> None:
    """A drop with a per cent sign."""
    c = sheet.width / 2
    drop(sheet, c, -0.05, 1.0, radius=0.38)
    drop(sheet, c, 2.2 * sheet.thin, 1 - sheet.thin, radius=0.38 - sheet.thin, ink=False)
    sheet.text("%", c, 0.62, height=0.36, width=0.5)


def barometer(sheet: Sheet) -> None:
    """Something pressed from both sides."""
    c = sheet.width / 2
    sheet.ring(c, 0.5, 0.22)
    for side in (-1, 1):
        sheet.fill((c + side * 0.26, 0.5), (c + side * 0.54, 0.26), (c + side * 0.54, 0.74))


def limited(figure: Ink, *, upper: str, lower: str, font: Font) -> Ink:
    """The figure between its limits; either may be empty."""
    height = figure.shape[0]
    parts = [figure]
    if upper:
        parts.append(_marked(_value(upper, height=height, font=font), height=height))
    if lower:
        value = np.rot90(_value(lower, height=height, font=font), 2)
        parts.insert(0, np.rot90(_marked(value, height=height), 2))
    return np.concatenate(parts, axis=1)


def _marked(value: Ink, *, height: int) -> Ink:
    """A value at the top, and the mark it stands on, which begins a little before it."""
    rows, columns = value.shape
    stroke, gap = stroke_of(height), stroke_of(height) + 1
    part = blank(width=columns + gap, height=height)
    part[:rows, gap:] = value
    level = round(VALUE * height) + max(2, height // 20)
    part[level : level + stroke] = True
    return part


def _value(text: str, *, height: int, font: Font) -> Ink:
    """A value, with a minus as thick as a stroke: it decides between frost and heat."""
    high, stroke = round(VALUE * height), stroke_of(height)
    if not text.startswith("−"):
        return letters(text, height=high, font=font)
    digits = letters(text[1:], height=high, font=font)
    dash = round(0.6 * high)
    minus = blank(width=dash + stroke, height=digits.shape[0])
    top = (digits.shape[0] - stroke) // 2
    minus[top : top + stroke, :dash] = True
    return np.concatenate([minus, digits], axis=1)
