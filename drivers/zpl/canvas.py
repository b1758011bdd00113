"""The label while it is being printed: True is ink, row 0 is the top.

>>> canvas = Canvas(rows=3, columns=5)
>>> canvas.stamp(np.ones((2, 2), dtype=bool), x=4, y=-1)
>>> canvas.box(x=0, y=1, width=3, height=2, thickness=1)
>>> canvas.ink.astype(int)
array([[0, 0, 0, 0, 1],
       [1, 1, 1, 0, 0],
       [1, 1, 1, 0, 0]])
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drivers.zpl.commands import Complaint

Bitmap = NDArray[np.bool_]
_Grid = NDArray[np.float64]

AREA_LIMIT = 8 << 20
"""Dots of one label, one symbol or one piece of text."""

WORK_LIMIT = 1 << 29
"""Dots painted on one label, counted with every repetition: what keeps a hostile label short."""


class Ink(Enum):
    BLACK = "black"
    WHITE = "white"
    REVERSE = "reverse"
    """^FR, ^LR: black where it was white, white where it was black."""


def enlarged(bitmap: Bitmap, across: int, down: int) -> Bitmap:
    """Every dot repeated; refuses what no label can hold."""
    if bitmap.size * across * down > AREA_LIMIT:
        raise Complaint(f"larger than {AREA_LIMIT} dots")
    return bitmap.repeat(down, axis=0).repeat(across, axis=1)


class Canvas:
    def __init__(self, *, rows: int, columns: int) -> None:
        self.ink: Bitmap = np.zeros((rows, columns), dtype=bool)
        self._work = WORK_LIMIT

    def spend(self, dots: int) -> None:
        """Account for work that is about to be done. Raises Complaint when it is too much."""
        self._work -= dots
        if self._work < 0:
            raise Complaint(f"label: more than {WORK_LIMIT} dots to paint")

    def stamp(self, bitmap: Bitmap, *, x: int, y: int, ink: Ink = Ink.BLACK) -> None:
        """Lay the bitmap with its top left dot at (x, y); what hangs over is cut off."""
        height, width = bitmap.shape
        self.spend(bitmap.size)
        rows, columns = self._window(_Place(x, y, width, height))
        self._paint(rows, columns, bitmap[_moved(rows, y), _moved(columns, x)], ink)

    def box(
        self,
        *,
        x: int,
        y: int,
        width: int,
        height: int,
        thickness: int,
        rounding: int = 0,
        ink: Ink = Ink.BLACK,
    ) -> None:
        """^GB. rounding 0–8 is in eighths of half the shorter side."""
        radius = rounding * min(width, height) / 16

        def frame(across: _Grid, down: _Grid) -> Bitmap:
            outer = _rounded(across, down, width, height, radius)
            inner = _rounded(
                across - thickness,
                down - thickness,
                width - 2 * thickness,
                height - 2 * thickness,
                max(0.0, radius - thickness),
            )
            return outer & ~inner

        self._shape(_Place(x, y, width, height), frame, ink)

    def ellipse(
        self, *, x: int, y: int, width: int, height: int, thickness: int, ink: Ink = Ink.BLACK
    ) -> None:
        """^GE, ^GC"""

        def ring(across: _Grid, down: _Grid) -> Bitmap:
            middle = across - width / 2, down - height / 2
            hole = width - 2 * thickness, height - 2 * thickness
            return _oval(*middle, width, height) & ~_oval(*middle, *hole)

        self._shape(_Place(x, y, width, height), ring, ink)

    def diagonal(
        self,
        *,
        x: int,
        y: int,
        width: int,
        height: int,
        thickness: int,
        rising: bool,
        ink: Ink = Ink.BLACK,
    ) -> None:
        """^GD: from corner to corner, as wide as it is thick, which adds to the width."""

        def line(across: _Grid, down: _Grid) -> Bitmap:
            way = (height - down if rising else down) / height * width
            return (across >= way) & (across < way + thickness)

        self._shape(_Place(x, y, width + thickness, height), line, ink)

    def _shape(self, place: "_Place", inside: Callable[[_Grid, _Grid], Bitmap], ink: Ink) -> None:
        """Ask `inside` for the middle of every visible dot, seen from the shape's top left."""
        rows, columns = self._window(place)
        across = np.arange(columns.start, columns.stop)[None, :] + 0.5 - place.x
        down = np.arange(rows.start, rows.stop)[:, None] + 0.5 - place.y
        self._paint(rows, columns, inside(across, down), ink)

    def _window(self, place: "_Place") -> tuple[slice, slice]:
        """The visible rows and columns, paid for before anything is computed."""
        rows = _visible(place.y, place.height, self.ink.shape[0])
        columns = _visible(place.x, place.width, self.ink.shape[1])
        self.spend((rows.stop - rows.start) * (columns.stop - columns.start))
        return rows, columns

    def _paint(self, rows: slice, columns: slice, dots: Bitmap, ink: Ink) -> None:
        target = self.ink[rows, columns]
        match ink:
            case Ink.BLACK:
                target |= dots
            case Ink.WHITE:
                target &= ~dots
            case Ink.REVERSE:
                target ^= dots


class _Place(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def _visible(start: int, length: int, limit: int) -> slice:
    first = min(max(start, 0), limit)
    return slice(first, max(first, min(start + length, limit)))


def _moved(visible: slice, origin: int) -> slice:
    return slice(visible.start - origin, visible.stop - origin)


def _rounded(across: _Grid, down: _Grid, width: float, height: float, radius: float) -> Bitmap:
    inside = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    if radius <= 0:
        return np.asarray(inside)
    over = np.maximum(0, np.abs(across - width / 2) - (width / 2 - radius))
    under = np.maximum(0, np.abs(down - height / 2) - (height / 2 - radius))
    return np.asarray(inside & (over**2 + under**2 <= radius**2))


def _oval(across: _Grid, down: _Grid, width: float, height: float) -> Bitmap:
    if width <= 0 or height <= 0:
        return np.zeros(np.broadcast_shapes(across.shape, down.shape), dtype=bool)
    return np.asarray((across * 2 / width) ** 2 + (down * 2 / height) ** 2 <= 1)
