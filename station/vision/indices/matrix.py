"""Modules: each measured in its middle, every edge between two of them measured for itself.

ISO/IEC 15415:2011, clause 7, on modules whose reflectance is the mean of the middle 0.6 by 0.6 of
them. GT is the middle between the lightest and the darkest, SC their distance.

    modulation          2 |R - GT| / SC of a module, 0 where it is on the wrong side; of a codeword
                        that of its worst module; of the symbol the best level at which enough
                        error correction would be left if all codewords below it were wrong
    unused error correction    1 - 2 t / E, t codewords wrong of the E that correct them
    fixed pattern damage       share of wrong modules in the worst of finder and clock tracks
    growth, grid        from where edges are: growth moves the two sides of a module apart, a
                        distorted grid moves them together
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.symbology.datamatrix import SIZES, Size, codeword_places
from station.vision.homography import Matrix
from station.vision.indices.sampling import Reflectance, evened, sampled
from station.vision.picture import Picture
from station.vision.sheet import Area, SymbolPlace

Numbers = NDArray[np.float32]
Bits = NDArray[np.bool_]

STEPS = 5
"""Samples along a module's side."""

MIDDLE = slice(1, 4)
"""Those that make its reflectance."""

SAME = 0.85
"""Least share of modules that are as they were meant, in the same encodation
(`station.vision.voids`)."""

LEAST_CONTRAST = 0.02

LEFT_OVER = ((0.0, 0.25, 0.37, 0.50, 0.62, 1.0), (0.0, 0.2, 0.3, 0.4, 0.5, 1.0))
"""Unused error correction, and the modulation of the same standing: the limits between the method's
levels, clause 7.8.4.2."""


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """A symbol and the quiet zone around it."""

    fine: Reflectance
    """(rows, STEPS, columns, STEPS) of reflectance, quiet zone included."""

    values: Reflectance
    """(rows, columns): of each module's middle, quiet zone included."""

    quiet: int

    @property
    def lightest(self) -> float:
        return float(self.values.max())

    @property
    def darkest(self) -> float:
        return float(self.values.min())

    @property
    def contrast(self) -> float:
        return max(LEAST_CONTRAST, self.lightest - self.darkest)

    @property
    def threshold(self) -> float:
        return (self.lightest + self.darkest) / 2

    @property
    def symbol(self) -> Reflectance:
        """Without its quiet zone."""
        return self.values[self.quiet : -self.quiet, self.quiet : -self.quiet]


def matrix_indices(picture: Picture, place: SymbolPlace, homography: Matrix) -> dict[str, float]:
    """As shares of 1. What needs the codewords is told of a Data Matrix only."""
    grid = _grid(picture, place, homography)
    seen = grid.symbol < grid.threshold
    as_meant = float(np.mean(seen == place.modules)) >= SAME
    dark = place.modules if as_meant else seen
    edges = _edges(grid, dark)
    found = {
        "contrast": grid.contrast,
        **_geometry(edges, homography, place.area),
        "quiet_zone": _quiet_zone(grid),
    }
    known = {(each.rows, each.columns) for each in SIZES}
    if place.identifier.startswith("]d") and place.modules.shape in known:
        size, places = codeword_places(*place.modules.shape)
        found |= _codewords(grid, dark, size, places)
        found["fixed_pattern_damage"] = _fixed_pattern(seen != dark, places)
        if not as_meant:  # what is wrong cannot be known of an encodation that is not known
            del found["unused_error_correction"]
    return found


def _grid(picture: Picture, place: SymbolPlace, homography: Matrix) -> _Grid:
    rows, columns = (count + 2 * place.quiet for count in place.modules.shape)
    area, module, quiet = place.area, place.module, place.quiet
    x = area.x + module * ((np.arange(columns * STEPS) + 0.5) / STEPS - quiet)
    y = area.y + module * ((np.arange(rows * STEPS) + 0.5) / STEPS - quiet)
    levels = sampled(picture, homography, x.astype(np.float32), y.astype(np.float32))
    fine = evened(levels, quiet * STEPS, above=True).reshape(rows, STEPS, columns, STEPS)
    values = fine[:, MIDDLE, :, MIDDLE].mean(axis=(1, 3))
    return _Grid(fine, np.asarray(values, np.float32), quiet)


def _quiet_zone(grid: _Grid) -> float:
    """Its darkest module, 0 as the symbol's ink and 1 as its paper."""
    around = grid.values.copy()
    around[grid.quiet : -grid.quiet, grid.quiet : -grid.quiet] = np.inf
    return float((around.min() - grid.darkest) / grid.contrast)


# -- codewords -----------------------------------------------------------------------------


def _codewords(grid: _Grid, dark: Bits, size: Size, places: NDArray[np.int32]) -> dict[str, float]:
    side = np.where(dark, np.float32(-2), np.float32(2)) / np.float32(grid.contrast)
    modulation = np.maximum(0.0, (grid.symbol - np.float32(grid.threshold)) * side)
    carrying = places >= 0
    worst = np.ones(size.data + size.check, np.float32)
    np.minimum.at(worst, places[carrying], modulation[carrying])
    blocks = [
        np.concatenate([worst[: size.data][n :: size.blocks], worst[size.data :][n :: size.blocks]])
        for n in range(size.blocks)
    ]
    capacity = size.check // size.blocks
    wrong = max(int((each <= 0).sum()) for each in blocks)
    return {
        "modulation": min(_modulation(each, capacity) for each in blocks),
        "unused_error_correction": max(0.0, 1 - 2 * wrong / capacity),
    }


def _modulation(worst: Numbers, capacity: int) -> float:
    """The best level that holds when every codeword below it is given up.

    >>> five_can_be_wrong = np.array([0.1, *19 * [0.8]], np.float32)
    >>> round(_modulation(five_can_be_wrong, 10), 3)  # as good as what is left of them
    0.737
    >>> five_can_be_wrong[:4] = 0.1
    >>> round(_modulation(five_can_be_wrong, 10), 3)
    0.16
    """
    levels = np.sort(worst)
    left = np.maximum(0.0, 1 - 2 * np.arange(len(levels)) / capacity)
    return round(float(np.minimum(levels, np.interp(left, *LEFT_OVER)).max()), 6)


def _fixed_pattern(wrong: Bits, places: NDArray[np.int32]) -> float:
    """The worst of the four sides, and of what lies between the regions of a large symbol."""
    inner = wrong[1:-1, 1:-1][places[1:-1, 1:-1] < 0]
    sides = (wrong[0], wrong[-1], wrong[:, 0], wrong[:, -1])
    parts = (*sides, inner) if len(inner) > 4 else sides
    return max(float(each.mean()) for each in parts)


# -- edges ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Of one direction: (rows, columns) of lines between modules, along it."""

    sign: Numbers
    """1 where light becomes dark, -1 where dark becomes light, 0 where there is no edge."""

    away: Numbers
    """Modules by which an edge lies after its place; 0 where there is none."""

    @property
    def growth(self) -> float:
        """Modules by which one side of what is dark lies outside its place."""
        return -float((self.sign * self.away).sum()) / max(1.0, float(np.abs(self.sign).sum()))

    @property
    def displaced(self) -> Numbers:
        """As `away`, growth taken out."""
        return np.asarray(self.away + self.sign * np.float32(self.growth), np.float32)


_ACROSS_AN_EDGE = np.array([0.5, 1, 1, 1, 1, 0.5], np.float32) / 5


def _edges(grid: _Grid, dark: Bits) -> tuple[_Edges, _Edges]:
    """Of the rows, then of the columns turned into rows."""
    ink, paper = _levels(grid.symbol, dark)
    q = grid.quiet
    rows = grid.fine[q:-q, MIDDLE].mean(axis=1)
    columns = grid.fine[:, :, q:-q, MIDDLE].mean(axis=3).transpose(2, 0, 1)
    return _along(rows, dark, q, ink, paper), _along(columns, dark.T, q, ink, paper)


def _levels(symbol: Reflectance, dark: Bits) -> tuple[float, float]:
    """Reflectance of a usual dark and of a usual light module."""
    if dark.all() or not dark.any():
        return 0.0, 1.0
    return float(np.median(symbol[dark])), float(np.median(symbol[~dark]))


def _along(fine: Reflectance, dark: Bits, quiet: int, ink: float, paper: float) -> _Edges:
    """`fine` is (rows, columns with their quiet zone, STEPS)."""
    before = fine[:, quiet - 1 : 1 - quiet or None]  # one module of the quiet zone on each side
    halves = np.concatenate([before[:, :-1, 2:], before[:, 1:, :3]], axis=2)
    light = (halves @ _ACROSS_AN_EDGE - np.float32(ink)) / np.float32(max(paper - ink, 0.02))
    padded = np.pad(dark, ((0, 0), (1, 1))).astype(np.int8)
    sign = np.diff(padded, axis=1).astype(np.float32)
    # From the middle of one module to that of the next, half is light if the edge is in its place.
    away = np.clip((light - np.float32(0.5)) * sign, -0.5, 0.5)
    return _Edges(sign, np.asarray(away, np.float32))


def _geometry(edges: tuple[_Edges, _Edges], homography: Matrix, area: Area) -> dict[str, float]:
    across, down = edges
    stretch_x, residual_x = _fitted(across)
    stretch_y, residual_y = _fitted(down)
    size_x, size_y = _spacing(homography, area)
    spacing_x, spacing_y = size_x * (1 + stretch_x), size_y * (1 + stretch_y)
    rows, columns = len(residual_x), len(residual_y)
    away = np.hypot(residual_x[:, :columns], residual_y.T[:rows])
    return {
        "axial_nonuniformity": 2 * abs(spacing_x - spacing_y) / (spacing_x + spacing_y),
        "grid_nonuniformity": float(away.max()),
        "print_growth_x": 2 * across.growth,
        "print_growth_y": 2 * down.growth,
    }


AROUND = (5, 5)
"""Places whose edges are averaged: one alone may be a scratch."""


def _fitted(edges: _Edges) -> tuple[float, Numbers]:
    """By how much the grid is longer than meant along the direction, as a share of it, and what no
    even stretch or turn explains, in modules (rows, columns of lines).
    """
    there = np.abs(edges.sign)
    y, x = np.nonzero(there)
    known = edges.displaced[y, x].astype(np.float64)
    terms = np.stack([np.ones(len(x)), x, y], axis=1)
    found = np.linalg.solve(terms.T @ terms + 1e-9 * np.eye(3), terms.T @ known)
    left = np.zeros(there.shape, np.float32)
    left[y, x] = known - terms @ found
    total = cv2.boxFilter(left, -1, AROUND, normalize=False, borderType=cv2.BORDER_CONSTANT)
    count = cv2.boxFilter(there, -1, AROUND, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return float(found[1]), np.where(count >= 3, total / np.maximum(count, 1), 0).astype(np.float32)


def _spacing(homography: Matrix, area: Area) -> tuple[float, float]:
    """Pixels a dot in the middle of the symbol, to the right and down."""
    middle = np.array([area.x + area.width / 2, area.y + area.height / 2, 1.0])
    here = homography @ middle
    place = here[:2] / here[2]
    right, below = (
        (homography[:2, axis] - place * homography[2, axis]) / here[2] for axis in (0, 1)
    )
    return float(np.linalg.norm(right)), float(np.linalg.norm(below))
