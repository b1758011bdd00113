"""Where on a picture each dot of the label lies.

The corners of the symbols that were read say roughly how the label lies. Then small pieces of the
label, wherever it has texture in both directions, are looked for near where they should be: twice,
coarsely and finely, and a homography is fitted to where they were found. Pieces that were found
somewhere else than the others say (another character, a smear) are left out, and a label of which
too few pieces agree is not registered: nothing is compared with a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from station.vision.homography import (
    Matrix,
    Points,
    corners_of,
    fitted_matrix,
    laid,
    outline_of,
    scale_of,
    through,
)
from station.vision.picture import Picture
from station.vision.places import Corners
from station.vision.sheet import Area, Dots, Sheet, SymbolPlace

PIECE = 32
"""Dots: the side of the pieces that are looked for."""

MOST_PIECES = 28


@dataclass(frozen=True, slots=True)
class _Pass:
    scale: float
    """Pixels to a dot."""

    reach: int
    """Dots around its place in which a piece is looked for."""

    apart: float
    """Dots by which a piece may lie elsewhere than the others say."""

    affine: bool


PASSES = (
    _Pass(scale=0.5, reach=14, apart=3.0, affine=True),
    _Pass(scale=1.0, reach=4, apart=1.0, affine=False),
)

LIKENESS = 0.55
"""Least correlation of a piece with what was found."""

AGREED = 0.6
"""Least share of the pieces that say the same about where the label lies."""

LEAST_PAPER = 0.05
"""Share of the picture that a label fills at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    homography: Matrix
    """(3, 3): from dots of the sheet, measured at their top left corner, to pixels."""

    error: float
    """Mean distance in dots between where the label's pieces were meant and where they are, after
    the fit."""

    pixels_per_dot: float

    def outline(self, area: Area) -> Corners:
        """Its corners in pixels of the picture."""
        return self.corners(corners_of(area))

    def corners(self, dots: Points) -> Corners:
        """Four points of the label in pixels of the picture."""
        return outline_of(dots, self.homography)


def register(picture: Picture, sheet: Sheet, symbols: tuple[Symbol, ...]) -> Registration | None:
    """Lay the sheet over a grey picture (height, width); None where they do not fit together.

    `symbols` are those that were read in it, with their corners.
    """
    guesses = (_from_symbols(sheet, symbols), _from_outline(sheet, picture, symbols))
    found = next((each for each in guesses if each is not None), None)
    if found is None:
        return None
    pieces = _pieces(sheet.picture.tobytes(), sheet.picture.shape)
    error = float("inf")
    for each in PASSES:
        fitted = _fitted(picture, sheet, found, pieces, each)
        if fitted is None:
            return None
        found, error = fitted
    return Registration(found, error, scale_of(found, sheet))


# -- the first guess -----------------------------------------------------------------------


def _from_symbols(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Matrix | None:
    pairs = [
        (corners_of(place.area), np.array(symbol.corners, np.float64))
        for symbol, place in _matched(sheet, symbols)
    ]
    if not pairs:
        return None
    dots = np.concatenate([each for each, _ in pairs])
    pixels = np.concatenate([each for _, each in pairs])
    return fitted_matrix(cv2.estimateAffinePartial2D(dots, pixels, method=cv2.LMEDS)[0])


def _from_outline(sheet: Sheet, picture: Picture, symbols: tuple[Symbol, ...]) -> Matrix | None:
    """From the edge of the paper, where no symbol could be read: bright on a darker table, and
    upright within an eighth of a turn.
    """
    if any(each.corners for each in symbols):
        return None
    _, bright = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    whole = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    outlines, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < LEAST_PAPER * picture.size:
        return None
    hull = cv2.convexHull(largest)
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True)
    if len(corners) != 4:
        return None
    found = corners.reshape(4, 2).astype(np.float64)
    sums, steps = found.sum(axis=1), found[:, 0] - found[:, 1]
    ordered = found[[sums.argmin(), steps.argmax(), sums.argmax(), steps.argmin()]]
    return fitted_matrix(
        cv2.findHomography(corners_of(Area(0, 0, sheet.width, sheet.height)), ordered)[0]
    )


def _matched(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Iterator[tuple[Symbol, SymbolPlace]]:
    """Each symbol with its place: the one of its data, or the only one of its kind."""
    for symbol in symbols:
        kind = [each for each in sheet.symbols if each.identifier[:2] == symbol.identifier[:2]]
        same = [each for each in kind if each.data == symbol.data] or kind
        if symbol.corners is not None and len(same) == 1:
            yield symbol, same[0]


# -- pieces --------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _pieces(content: bytes, shape: tuple[int, int]) -> tuple[Area, ...]:
    """The places of a sheet that tell best where they are, spread over all of it."""
    height, width = shape
    dots = np.frombuffer(content, np.uint8).reshape(shape)
    half = cv2.resize(dots[: height & ~1, : width & ~1], None, fx=0.5, fy=0.5,
                      interpolation=cv2.INTER_AREA)  # fmt: skip
    corners = cv2.goodFeaturesToTrack(
        cv2.bitwise_not(half),
        MOST_PIECES,
        qualityLevel=0.08,
        minDistance=PIECE * 0.35,
        blockSize=PIECE // 4,
    )
    found: Points = np.zeros((0, 2))
    if isinstance(corners, np.ndarray):  # None where there is no texture at all
        found = 2 * corners.reshape(-1, 2).astype(np.float64)
    return tuple(
        Area(
            min(max(0, x - PIECE // 2), max(0, (width - PIECE) & ~1)),
            min(max(0, y - PIECE // 2), max(0, (height - PIECE) & ~1)),
            min(PIECE, width),
            min(PIECE, height),
        )
        for x, y in (2 * (found / 2).round()).astype(int).tolist()
    )


def _fitted(
    picture: Picture, sheet: Sheet, found: Matrix, pieces: tuple[Area, ...], how: _Pass
) -> tuple[Matrix, float] | None:
    """A better homography, and how far the pieces that agree are still from it in dots."""
    source, target = _met(picture, sheet, found, pieces, how)
    if len(source) < 4:
        return None
    step = _step(source, target, apart=how.apart, affine=how.affine or len(source) < 8)
    if step is None:
        return None
    away = np.linalg.norm(through(step, source) - target, axis=1)
    agree = away < how.apart
    if np.count_nonzero(agree) < max(4, AGREED * len(pieces)):
        return None
    return found @ step, float(away[agree].mean())


def _step(source: Points, target: Points, *, apart: float, affine: bool) -> Matrix | None:
    """From where pieces were meant to where they are, both in dots."""
    if affine:
        return fitted_matrix(cv2.estimateAffine2D(source, target, ransacReprojThreshold=apart)[0])
    return fitted_matrix(cv2.findHomography(source, target, cv2.RANSAC, apart)[0])


def _met(
    picture: Picture, sheet: Sheet, found: Matrix, pieces: tuple[Area, ...], how: _Pass
) -> tuple[Points, Points]:
    """Middles of the pieces in dots, where they were meant and where something like them is."""
    margin = how.reach + 2
    straight = laid(picture, sheet, found, scale=how.scale, margin=margin)
    meant = _on_grid(sheet.picture, how.scale)
    here, there = [], []
    for area in pieces:
        piece = _scaled(area, how.scale).of(meant)
        around = Area(
            area.x + margin - how.reach,
            area.y + margin - how.reach,
            area.width + 2 * how.reach,
            area.height + 2 * how.reach,
        )
        away = _away(piece, _scaled(around, how.scale).of(straight))
        if away is not None:
            right, down = (each / how.scale - how.reach for each in away)
            here.append((area.x + area.width / 2, area.y + area.height / 2))
            there.append((here[-1][0] + right, here[-1][1] + down))
    return np.array(here).reshape(-1, 2), np.array(there).reshape(-1, 2)


def _on_grid(dots: Dots, scale: float) -> Dots:
    """As soft as a camera sees it."""
    small = cv2.resize(dots, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8 * scale), np.uint8)


def _scaled(area: Area, scale: float) -> Area:
    """All of `area` are even numbers where the grid has half a pixel to a dot."""
    return Area(*(int(each * scale) for each in (area.x, area.y, area.width, area.height)))


def _away(piece: Dots, window: Picture) -> tuple[float, float] | None:
    """Where in the window the piece lies, in its pixels; None where nothing is like it."""
    if window.shape[0] < piece.shape[0] or window.shape[1] < piece.shape[1]:
        return None
    likeness = np.asarray(cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < LIKENESS:
        return None
    return x + between(likeness[y], x), y + between(likeness[:, x], y)


def between(values: NDArray[np.float32], place: int) -> float:
    """Where between its neighbours a peak is: the top of the parabola through the three.

    >>> round(between(np.array([0.0, 0.9, 1.0, 0.7], np.float32), 2), 2)
    -0.25
    """
    if not 0 < place < len(values) - 1:
        return 0.0
    before, top, after = (float(each) for each in values[place - 1 : place + 2])
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend
