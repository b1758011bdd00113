"""The sheet a pictogram is drawn on: vectors that become dots, crisp on a head of 8 to 24 dots/mm.

Coordinates are in heights of the sheet: (0, 0) is its top left, y runs down to 1. Strokes and
straight edges lie on whole dots, so that a rule is as thin on its left as on its right. The width
is such that a stroke can stand exactly in the middle.

>>> sheet = Sheet.blank(1.0, height=16, font=Font.load())
>>> sheet.line((0.5, 0.0), (0.5, 1.0))
>>> sheet.ink().sum(axis=0).tolist()
[0, 0, 0, 0, 0, 0, 0, 16, 16, 0, 0, 0, 0, 0, 0, 0]
"""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
from PIL import Image, ImageDraw

from station.artwork.ink import Ink
from station.artwork.pictograms.lettering import letters, stroke_of
from station.artwork.text import Font

_FINE_DOTS = 2048
"""A sheet is about so many fine dots high: 8 to a dot at 256 dots, and less above."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    image: Image.Image
    """Each dot as `fine` by `fine`, and inked where at least half of them are."""

    height: int
    """Dots."""

    font: Font

    @classmethod
    def blank(cls, width: float, *, height: int, font: Font) -> "Sheet":
        """A white sheet `height` dots high and about `width` heights wide."""
        stroke = stroke_of(height)
        columns = 2 * round((width * height - stroke) / 2) + stroke
        fine = max(1, min(8, _FINE_DOTS // height))
        return cls(Image.new("1", (columns * fine, height * fine)), height, font)

    @property
    def stroke(self) -> int:
        """Dots."""
        return stroke_of(self.height)

    @property
    def fine(self) -> int:
        """Fine dots along the side of a dot."""
        return self.image.height // self.height

    @property
    def columns(self) -> int:
        """Dots."""
        return self.image.width // self.fine

    @property
    def width(self) -> float:
        """In heights; about what was asked for."""
        return self.columns / self.height

    @property
    def thin(self) -> float:
        """The stroke in heights."""
        return self.stroke / self.height

    def fill(self, *points: Point, ink: bool = True) -> None:
        """A polygon; its corners go to whole dots. Without ink it is wiped out."""
        self._polygon([(self._edge(x), self._edge(y)) for x, y in points], ink=ink)

    def line(
        self, *points: Point, strokes: float = 1, closed: bool = False, ink: bool = True
    ) -> None:
        """A line through the points, round at its corners, cut off at its ends."""
        path = [(self._middle(x), self._middle(y)) for x, y in points]
        self._path([*path, *path[:2]] if closed else path, strokes * self.stroke, ink=ink)

    def curve(self, *points: Point, strokes: float = 1, ink: bool = True) -> None:
        """As `line`, but with the points where they are: for bends, and what lies askew."""
        h = self.height
        self._path([(x * h, y * h) for x, y in points], strokes * self.stroke, ink=ink)

    def bar(
        self, left: float, top: float, right: float, bottom: float, *, ink: bool = True
    ) -> None:
        """A filled rectangle between these edges."""
        self.fill((left, top), (right, top), (right, bottom), (left, bottom), ink=ink)

    def box(self, left: float, top: float, right: float, bottom: float) -> None:
        """An outline whose outer edges are these."""
        self.bar(left, top, right, bottom)
        x0, y0 = self._edge(left) / self.height, self._edge(top) / self.height
        x1, y1 = self._edge(right) / self.height, self._edge(bottom) / self.height
        t = self.thin
        self.bar(x0 + t, y0 + t, x1 - t, y1 - t, ink=False)

    def outline(self, *points: Point) -> None:
        """A closed line whose outer edge runs through the points."""
        area = Sheet(Image.new("1", self.image.size), self.height, self.font)
        area.fill(*points)
        whole = np.asarray(area.image)
        self._add(whole & ~_eroded(whole, by=self.stroke * self.fine))

    def disc(self, x: float, y: float, radius: float, *, ink: bool = True) -> None:
        self.oval(x, y, radius, radius, ink=ink)

    def oval(self, x: float, y: float, across: float, down: float, *, ink: bool = True) -> None:
        """Filled; `across` and `down` are its radii."""
        ImageDraw.Draw(self.image).ellipse(self._around(x, y, across, down), fill=int(ink))

    def ring(self, x: float, y: float, across: float, down: float | None = None) -> None:
        """The outline of an oval; the radii are those of its outer edge."""
        self._ring(self.image, x, y, across, down or across)

    def dashes(self, x: float, y: float, across: float, down: float, *, count: int) -> None:
        """As `ring`, in so many dashes, with the gaps as long as half of them."""
        whole = Image.new("1", self.image.size)
        self._ring(whole, x, y, across, down)
        self._add(np.asarray(whole) & self._wedges(x, y, across, down, count=count))

    def arc(self, x: float, y: float, radius: float, start: float, end: float) -> None:
        """Part of a circle, in degrees clockwise from the right; the radius is the outer one."""
        box = self._around(x, y, radius, radius)
        ImageDraw.Draw(self.image).arc(box, start, end, fill=1, width=self.stroke * self.fine)

    def strike(self, *strokes: tuple[Point, Point]) -> None:
        """Strokes across what is there, with a dot of white beside them."""
        for each in strokes:
            self.line(*each, strokes=1 + 2 / self.stroke, ink=False)
        for each in strokes:
            self.line(*each)

    def stamp(self, ink: Ink, x: float, y: float, *, black: bool = True) -> None:
        """Dots with their middle at (x, y); only ink is taken over, or wiped out."""
        rows, columns = ink.shape
        left, top = round(x * self.height - columns / 2), round(y * self.height - rows / 2)
        fine = Image.fromarray(ink.repeat(self.fine, axis=0).repeat(self.fine, axis=1))
        self.image.paste(int(black), (left * self.fine, top * self.fine), fine)

    def text(
        self, text: str, x: float, y: float, *, height: float, width: float = 9, black: bool = True
    ) -> None:
        """Letters with their middle at (x, y), as large as fit the height and the width."""
        high, wide = round(height * self.height), round(width * self.height)
        self.stamp(letters(text, height=high, width=wide, font=self.font), x, y, black=black)

    def mirror(self) -> None:
        """The right half becomes what the left is in a mirror."""
        fine = np.asarray(self.image)
        half = fine[:, : (fine.shape[1] + 1) // 2]
        whole = np.concatenate([half, half[:, ::-1][:, fine.shape[1] % 2 :]], axis=1)
        self.image.paste(Image.fromarray(whole))

    def ink(self) -> Ink:
        covered = np.asarray(self.image).reshape(self.height, self.fine, self.columns, self.fine)
        return np.asarray(covered.mean(axis=(1, 3)) >= 0.5, dtype=np.bool_)

    def _edge(self, part: float) -> int:
        """The dot edge nearest to a coordinate."""
        return round(part * self.height)

    def _middle(self, part: float) -> float:
        """The middle of the stroke nearest to a coordinate that lies on whole dots."""
        half = self.stroke / 2
        return round(part * self.height - half) + half

    def _path(self, path: list[Point], width: float, *, ink: bool) -> None:
        for start, end in pairwise(path):
            self._polygon(_band(start, end, width), ink=ink)
        for x, y in path[1:-1]:
            self.disc(x / self.height, y / self.height, width / 2 / self.height, ink=ink)

    def _polygon(self, dots: list[Point], *, ink: bool) -> None:
        """Pillow fills both edges of a polygon: the far ones are drawn one fine dot short."""
        corners = [(x * self.fine, y * self.fine) for x, y in dots]
        middle_x = sum(x for x, _ in corners) / len(corners)
        middle_y = sum(y for _, y in corners) / len(corners)
        inner = [(x - (x > middle_x), y - (y > middle_y)) for x, y in corners]
        ImageDraw.Draw(self.image).polygon(inner, fill=int(ink))

    def _ring(self, image: Image.Image, x: float, y: float, across: float, down: float) -> None:
        box = self._around(x, y, across, down)
        ImageDraw.Draw(image).ellipse(box, outline=1, width=self.stroke * self.fine)

    def _around(
        self, x: float, y: float, across: float, down: float
    ) -> tuple[float, float, float, float]:
        """The fine dots an oval reaches to; Pillow counts the far ones in."""
        h = self.height * self.fine
        return (x - across) * h, (y - down) * h, (x + across) * h - 1, (y + down) * h - 1

    def _wedges(self, x: float, y: float, across: float, down: float, *, count: int) -> Ink:
        rows, columns = np.mgrid[: self.image.height, : self.image.width] / (
            self.height * self.fine
        )
        turn = np.arctan2((rows - y) / down, (columns - x) / across) / (2 * np.pi) * count
        return np.asarray((turn + 1 / 3) % 1 < 2 / 3)

    def _add(self, fine: Ink) -> None:
        self.image.paste(1, (0, 0), Image.fromarray(fine))


def _band(start: Point, end: Point, width: float) -> list[Point]:
    """The four corners of a straight stroke."""
    (x0, y0), (x1, y1) = start, end
    length = hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy = (y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
    return [(x0 - dx, y0 + dy), (x1 - dx, y1 + dy), (x1 + dx, y1 - dy), (x0 + dx, y0 - dy)]


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
