"""Pictograms after ISO 15223-1, drawn as vectors for the dots they will have.

Coordinates are in heights of the pictogram: (0, 0) is its top left, y runs down to 1. Strokes and
straight edges lie on whole dots, so that a rule is as thin on its left as on its right.

| name | clause | drawn as |
|---|---|---|
| manufacturer | 5.1.1 | factory, filled |
| manufactured | 5.1.3 | factory, in outline |
| use-by | 5.1.4 | hourglass |
| lot, ref, serial | 5.1.5, 5.1.6, 5.1.7 | LOT, REF, SN in a box |
| consult | 5.4.3 | open book with an i |
| md, udi | 5.7.7, 5.7.10 | MD, UDI in a box |
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from station.artwork.ink import Ink, blank, sealed
from station.artwork.text import Font
from station.core.problem import Refused, problem

SMALLEST = 16
"""Dots; ISO 15223-1 leaves the size to legibility, and below this a factory is a blot."""

_FINE = 8
"""Each dot is drawn as so many by so many, and inked where at least half of them are."""

Point = tuple[float, float]

_LETTERED = {"lot": "LOT", "ref": "REF", "serial": "SN", "udi": "UDI", "md": "MD"}


@lru_cache(256)
def pictogram(name: str, *, height: int, font: Font) -> Ink:
    """The dots of one pictogram, `height` dots high. Raises Refused when that is too small."""
    if height < SMALLEST:
        raise Refused(
            problem(
                "A pictogram needs at least {least} dots, got {got}.", least=SMALLEST, got=height
            )
        )
    if name in _LETTERED:
        return sealed(_lettered(_LETTERED[name], height, font))
    draw, ratio = _DRAWN[name]
    sheet = _Sheet.blank(round(height * ratio), height)
    draw(sheet)
    return sealed(sheet.ink())


def _stroke(height: int) -> int:
    return max(2, round(height / 16))


def _lettered(letters: str, height: int, font: Font) -> Ink:
    """Bold capitals in a box as wide as they need: all boxes have letters of one size."""
    stroke = _stroke(height)
    margin = stroke + max(2, round(height / 7))
    drawn = _capitals(letters, height - 2 * margin, font)
    rows, columns = drawn.shape
    top, left = (height - rows) // 2, margin
    ink = ~blank(width=columns + 2 * margin, height=height)
    ink[stroke:-stroke, stroke:-stroke] = False
    ink[top : top + rows, left : left + columns] |= drawn
    return ink


def _capitals(letters: str, height: int, font: Font) -> Ink:
    """The largest letters of which the round ones, too, are no higher than this."""
    size = 2 * height
    while font.line("ODU", size=size, bold=True).ink.shape[0] > height:
        size -= 1
    return font.line(letters, size=size, bold=True).ink


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where vectors are drawn, each dot as _FINE × _FINE."""

    image: Image.Image
    height: int

    @classmethod
    def blank(cls, width: int, height: int) -> "_Sheet":
        return cls(Image.new("1", (width * _FINE, height * _FINE)), height)

    @property
    def stroke(self) -> int:
        return _stroke(self.height)

    def fill(self, points: Sequence[Point]) -> None:
        corners = [(self._at(x) * _FINE, self._at(y) * _FINE) for x, y in points]
        ImageDraw.Draw(self.image).polygon(corners, fill=1)

    def outline(self, points: Sequence[Point]) -> None:
        """A closed line whose outer edge runs through the points."""
        inner = Image.new("1", self.image.size)
        area = _Sheet(inner, self.height)
        area.fill(points)
        whole = np.asarray(inner)
        self._add(whole & ~_eroded(whole, by=self.stroke * _FINE))

    def line(self, points: Sequence[Point]) -> None:
        """An open line; the stroke lies to both sides of the points."""
        corners = [(self._at(x) * _FINE, self._at(y) * _FINE) for x, y in points]
        draw = ImageDraw.Draw(self.image)
        draw.line(corners, fill=1, width=self.stroke * _FINE, joint="curve")

    def disc(self, x: float, y: float, radius: float) -> None:
        cx, cy, r = self._at(x) * _FINE, self._at(y) * _FINE, radius * self.height * _FINE
        ImageDraw.Draw(self.image).ellipse((cx - r, cy - r, cx + r - 1, cy + r - 1), fill=1)

    def ink(self) -> Ink:
        fine = np.asarray(self.image)
        rows, columns = fine.shape[0] // _FINE, fine.shape[1] // _FINE
        covered = fine.reshape(rows, _FINE, columns, _FINE).sum(axis=(1, 3))
        return np.asarray(covered * 2 >= _FINE * _FINE, dtype=np.bool_)

    def _at(self, part: float) -> int:
        return round(part * self.height)

    def _add(self, fine: Ink) -> None:
        added = Image.fromarray(fine)
        self.image.paste(1, (0, 0), added)


def _eroded(area: Ink, *, by: int) -> Ink:
    """What is left after taking `by` off every edge."""
    left = area
    for axis in (0, 1):
        padded = np.pad(left, [(by, by) if each == axis else (0, 0) for each in (0, 1)])
        counted = np.cumsum(padded, axis=axis, dtype=np.int32)
        length = left.shape[axis]
        start = np.zeros_like(counted.take([0], axis=axis))
        summed = np.concatenate([start, counted], axis=axis)
        upper = summed.take(range(2 * by + 1, 2 * by + 1 + length), axis=axis)
        left = (upper - summed.take(range(length), axis=axis)) == 2 * by + 1
    return left


_FACTORY: tuple[Point, ...] = (
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


def _manufacturer(sheet: _Sheet) -> None:
    sheet.fill(_FACTORY)


def _manufactured(sheet: _Sheet) -> None:
    sheet.outline(_FACTORY)


def _use_by(sheet: _Sheet) -> None:
    half = sheet.stroke / 2 / sheet.height
    left, right, middle = 0.1 + half, 0.6 - half, 0.35
    for end, shoulder in ((half, 0.22), (1 - half, 0.78)):
        sheet.line([(0.0, end), (0.7, end)])
        for side in (left, right):
            sheet.line([(side, end), (side, shoulder), (middle, 0.5)])


def _consult(sheet: _Sheet) -> None:
    spine = 0.7
    pages = ((0.0, 0.0), (spine, 0.16), (1.4, 0.0), (1.4, 0.84), (spine, 1.0), (0.0, 0.84))
    sheet.outline(pages)
    sheet.line([(spine, 0.16), (spine, 1.0)])
    sheet.disc(1.06, 0.3, 0.075)
    sheet.fill(((1.0, 0.43), (1.12, 0.43), (1.12, 0.72), (1.0, 0.72)))


_DRAWN: dict[str, tuple[Callable[[_Sheet], None], float]] = {
    "manufacturer": (_manufacturer, 1.1),
    "manufactured": (_manufactured, 1.1),
    "use-by": (_use_by, 0.7),
    "consult": (_consult, 1.4),
}
"""How it is drawn, and how wide it is."""
