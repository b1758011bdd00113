"""Where on a picture each dot of the label lies, and what the camera saw there.

The corners of the symbols that were read say roughly how the label lies. Then small pieces of the
label, wherever it has texture in both directions, are looked for near where they should be: twice,
coarsely and finely, and a homography is fitted to where they were found. Pieces that were found
somewhere else than the others say (another character, a smear) are left out, and a label of which
too few pieces agree is not registered: nothing is compared with a guess.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from station.vision.picture import Picture
from station.vision.places import Corners
from station.vision.sheet import Area, Dots, Sheet, SymbolPlace

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]
Light = NDArray[np.float32]

PIECE = 32
"""Dots: the side of the pieces that are looked for."""

MOST_PIECES = 28

REACH = (14, 4)
"""Dots around its place in which a piece is looked for, in the first and in the second pass."""

LIKENESS = 0.55
"""Least correlation of a piece with what was found."""

AGREED = 0.6
"""Least share of the pieces that say the same about where the label lies."""

APART = (3.0, 1.0)
"""Dots by which a piece may lie elsewhere than the others say, in each pass."""

LEAST_PAPER = 0.05
"""Share of the picture that a label fills at least."""

MARGIN = 24
"""Dots around the sheet that are laid straight with it."""

MOST_SCALE = 1.5


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
        found = _through(self.homography, _corners_of(area))
        one, two, three, four = found.round().astype(int).tolist()
        return tuple(one), tuple(two), tuple(three), tuple(four)


@dataclass(frozen=True, slots=True, eq=False)
class Rectified:
    """The label laid straight, in even light: what the camera saw of each dot.

    A grid of `scale` pixels to a dot over the sheet and `margin` dots around it; dot (x, y) begins
    at column (x + margin) * scale, row (y + margin) * scale.
    """

    pixels: Picture
    """(rows, columns) as they came."""

    seen: Light
    """The same as reflectance between the label's own ink, 0, and its paper, 1."""

    meant: Light
    """What was meant on the same grid, 0 ink and 1 paper, as soft as the picture is."""

    paper: float
    """Median level of the paper, 0 to 255."""

    softness: float
    """Standard deviation of the picture's blur, in dots."""

    growth: float
    """Dots by which ink has spread on every side; below zero it has shrunk."""

    contrast: float
    """Of the label's ink against its paper: 1 is black on white, 0 nothing."""

    scale: float
    margin: int
    registration: Registration

    def part(self, area: Area, *, around: int = 0) -> tuple[slice, slice]:
        """Rows and columns of an area in dots, and so many dots around it."""
        top, left = (area.y + self.margin - around), (area.x + self.margin - around)
        bottom, right = (area.bottom + self.margin + around), (area.right + self.margin + around)
        return (
            slice(max(0, round(top * self.scale)), max(0, round(bottom * self.scale))),
            slice(max(0, round(left * self.scale)), max(0, round(right * self.scale))),
        )


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
    for reach, apart, straight in zip(REACH, APART, (True, False), strict=True):
        fitted = _fitted(picture, sheet, found, pieces, reach=reach, apart=apart, affine=straight)
        if fitted is None:
            return None
        found, error = fitted
    return Registration(found, error, _scale_of(found, sheet))


# -- the first guess -----------------------------------------------------------------------


def _from_symbols(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Matrix | None:
    pairs = [
        (_corners_of(place.area), np.array(symbol.corners, np.float64))
        for symbol, place in _matched(sheet, symbols)
    ]
    if not pairs:
        return None
    dots = np.concatenate([each for each, _ in pairs])
    pixels = np.concatenate([each for _, each in pairs])
    return _matrix(cv2.estimateAffinePartial2D(dots, pixels, method=cv2.LMEDS)[0])


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
    return _matrix(
        cv2.findHomography(_corners_of(Area(0, 0, sheet.width, sheet.height)), ordered)[0]
    )


def _matched(sheet: Sheet, symbols: tuple[Symbol, ...]) -> Iterator[tuple[Symbol, SymbolPlace]]:
    """Each symbol with its place: the one of its data, or the only one of its kind."""
    for symbol in symbols:
        kind = [each for each in sheet.symbols if each.identifier[:2] == symbol.identifier[:2]]
        same = [each for each in kind if each.data == symbol.data] or kind
        if symbol.corners is not None and len(same) == 1:
            yield symbol, same[0]


def _corners_of(area: Area) -> Points:
    return np.array(
        [
            [area.x, area.y],
            [area.right, area.y],
            [area.right, area.bottom],
            [area.x, area.bottom],
        ],
        np.float64,
    )


# -- pieces --------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _pieces(content: bytes, shape: tuple[int, int]) -> tuple[Area, ...]:
    """The places of a sheet that tell best where they are, spread over all of it."""
    ink = 255 - np.frombuffer(content, np.uint8).reshape(shape)
    smooth = cv2.GaussianBlur(ink, (0, 0), 1.2)
    half = PIECE // 2
    height, width = shape
    corners = cv2.goodFeaturesToTrack(
        smooth, MOST_PIECES, qualityLevel=0.08, minDistance=PIECE * 0.7, blockSize=PIECE // 2
    )
    found: Points = np.zeros((0, 2))
    if isinstance(corners, np.ndarray):  # None where there is no texture at all
        found = corners.reshape(-1, 2).astype(np.float64)
    return tuple(
        Area(
            min(max(0, x - half), max(0, width - PIECE)),
            min(max(0, y - half), max(0, height - PIECE)),
            min(PIECE, width),
            min(PIECE, height),
        )
        for x, y in found.round().astype(int).tolist()
    )


def _fitted(
    picture: Picture,
    sheet: Sheet,
    found: Matrix,
    pieces: tuple[Area, ...],
    *,
    reach: int,
    apart: float,
    affine: bool,
) -> tuple[Matrix, float] | None:
    """A better homography, and how far the pieces that agree are still from it in dots."""
    margin = reach + 2
    straight = _laid(picture, sheet, found, scale=1.0, margin=margin)
    meant = np.asarray(cv2.GaussianBlur(sheet.picture, (0, 0), 0.8), np.uint8)
    here, there = [], []
    for area in pieces:
        met = _met(area.of(meant), straight, area, reach=reach, margin=margin)
        if met is not None:
            here.append((area.x + area.width / 2, area.y + area.height / 2))
            there.append((here[-1][0] + met[0], here[-1][1] + met[1]))
    if len(here) < 4:
        return None
    source, target = np.array(here), np.array(there)
    step = _step(source, target, apart=apart, affine=affine or len(here) < 8)
    if step is None:
        return None
    away = np.linalg.norm(_through(step, source) - target, axis=1)
    agree = away < apart
    if np.count_nonzero(agree) < max(4, AGREED * len(pieces)):
        return None
    return found @ step, float(away[agree].mean())


def _step(source: Points, target: Points, *, apart: float, affine: bool) -> Matrix | None:
    """From where pieces were meant to where they are, both in dots."""
    if affine:
        return _matrix(cv2.estimateAffine2D(source, target, ransacReprojThreshold=apart)[0])
    return _matrix(cv2.findHomography(source, target, cv2.RANSAC, apart)[0])


def _matrix(found: object) -> Matrix | None:
    """What OpenCV has fitted, (2, 3) or (3, 3); it gives None, or nonsense, where nothing fits."""
    if not isinstance(found, np.ndarray) or not np.isfinite(found).all():
        return None
    return found if len(found) == 3 else np.vstack([found, [0.0, 0.0, 1.0]])


def _met(
    piece: Dots, straight: Picture, area: Area, *, reach: int, margin: int
) -> tuple[float, float] | None:
    """By how many dots the piece lies elsewhere; None where nothing is like it."""
    top, left = area.y + margin - reach, area.x + margin - reach
    window = straight[top : top + area.height + 2 * reach, left : left + area.width + 2 * reach]
    if window.shape[0] < piece.shape[0] or window.shape[1] < piece.shape[1]:
        return None
    likeness = np.asarray(cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < LIKENESS:
        return None
    return x - reach + between(likeness[y], x), y - reach + between(likeness[:, x], y)


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


# -- laying straight -----------------------------------------------------------------------


def rectify(picture: Picture, sheet: Sheet, registration: Registration) -> Rectified:
    scale = min(MOST_SCALE, max(1.0, round(registration.pixels_per_dot * 4) / 4))
    pixels = _laid(picture, sheet, registration.homography, scale=scale, margin=MARGIN)
    dots = _enlarged(sheet, scale)
    paper = _paper(pixels, dots)
    seen: Light = pixels.astype(np.float32) / paper
    softness, growth = _look_of(seen, dots, scale)
    meant = _soft(_grown(dots, growth, scale), softness * scale)
    ink = _ink_of(seen, meant)
    seen -= np.float32(ink)
    seen *= np.float32(1 / max(0.05, 1.0 - ink))
    np.clip(seen, 0.0, 1.0, out=seen)
    return Rectified(
        pixels,
        seen,
        meant,
        float(np.median(paper[::8, ::8])),
        softness,
        growth,
        1.0 - ink,
        scale,
        MARGIN,
        registration,
    )


def _laid(
    picture: Picture, sheet: Sheet, homography: Matrix, *, scale: float, margin: int
) -> Picture:
    """The picture on a grid of `scale` pixels to a dot, `margin` dots around the sheet."""
    size = (
        round((sheet.width + 2 * margin) * scale),
        round((sheet.height + 2 * margin) * scale),
    )
    back = np.array([[1 / scale, 0, -margin], [0, 1 / scale, -margin], [0, 0, 1.0]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    # Dots are measured at their corners, pixels at their middles.
    whole = np.linalg.inv(half) @ homography @ back @ half
    shrunk, whole = _shrunk(picture, whole, scale / _scale_of(homography, sheet))
    return np.asarray(
        cv2.warpPerspective(
            shrunk,
            whole,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _shrunk(picture: Picture, whole: Matrix, share: float) -> tuple[Picture, Matrix]:
    """The picture averaged down first, where the grid is coarser: what would alias is lost."""
    if share > 0.75:
        return picture, whole
    rows, columns = picture.shape
    size = (max(1, round(columns * share)), max(1, round(rows * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    down = np.diag([size[0] / columns, size[1] / rows, 1.0])
    down[:2, 2] = (np.diag(down)[:2] - 1) / 2
    return np.asarray(small, np.uint8), down @ whole


def _enlarged(sheet: Sheet, scale: float) -> Light:
    """The sheet on the grid, 0 ink and 1 paper, with paper around it."""
    wide = cv2.copyMakeBorder(
        sheet.picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=255
    )
    size = (
        round((sheet.width + 2 * MARGIN) * scale),
        round((sheet.height + 2 * MARGIN) * scale),
    )
    method = cv2.INTER_NEAREST if scale == int(scale) else cv2.INTER_LINEAR
    large = cv2.resize(wide, size, interpolation=method)
    return np.asarray(large, np.float32) / np.float32(255)


COARSE = 8
"""Pixels of the grid on which light is measured: it does not change faster."""


def _paper(pixels: Picture, dots: Light) -> Light:
    """How bright the paper is around each pixel: where none is near, as the next one that is."""
    bare = cv2.erode(
        np.where(dots > np.float32(0.99), np.uint8(255), np.uint8(0)), np.ones((5, 5), np.uint8)
    )
    cv2.bitwise_and(bare, _within(bare.shape), dst=bare)
    size = (max(1, pixels.shape[1] // COARSE), max(1, pixels.shape[0] // COARSE))
    weight = cv2.resize(bare, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    level = cv2.resize(cv2.bitwise_and(pixels, bare), size, interpolation=cv2.INTER_AREA)
    wide_level = cv2.GaussianBlur(level.astype(np.float32), (0, 0), 6.0)
    wide_weight = cv2.GaussianBlur(weight, (0, 0), 6.0)
    paper = 255 * wide_level / np.maximum(wide_weight, 1e-2)
    whole = cv2.resize(np.maximum(paper, 8.0), pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.float32)


@lru_cache(maxsize=4)
def _within(shape: tuple[int, int]) -> NDArray[np.uint8]:
    """255 on the label, 0 in the margin, where the paper may have ended."""
    found = np.zeros(shape, np.uint8)
    inset = MARGIN + 4
    found[inset:-inset, inset:-inset] = 255
    return found


_SOFT = (0.3, 0.5, 0.7, 0.9, 1.2, 1.6)

_GROWTH = (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6)

SAMPLE = 256
"""Pixels of the side of the place whose blur is measured: it has a symbol's edges, or a text's."""


def _look_of(reflectance: Light, dots: Light, scale: float) -> tuple[float, float]:
    """Blur and growth, in dots, with which what was meant looks most like what was seen."""
    small = cv2.resize(dots, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    bare = cv2.blur(small, (SAMPLE // 8, SAMPLE // 8), borderType=cv2.BORDER_REPLICATE)
    _, _, (x, y), _ = cv2.minMaxLoc(bare)
    top, left = max(0, 8 * y - SAMPLE // 2), max(0, 8 * x - SAMPLE // 2)
    here = (slice(top, top + SAMPLE), slice(left, left + SAMPLE))
    seen, sharp = reflectance[here], np.ascontiguousarray(dots[here])
    growth, softest = 0.0, 0
    for _ in range(2):
        softest = _likest(seen, (_soft(_grown(sharp, growth, scale), at * scale) for at in _SOFT))
        soft = _SOFT[softest] * scale
        growth = _GROWTH[_likest(seen, (_soft(_grown(sharp, by, scale), soft) for by in _GROWTH))]
    return _SOFT[softest], growth


def _likest(seen: Light, choices: Iterable[Light]) -> int:
    """Which one correlates best; a point in four is enough to tell."""
    some = _centred(seen)
    likeness = [float(some @ other / np.sqrt(other @ other + 1e-9))
                for other in map(_centred, choices)]  # fmt: skip
    return int(np.argmax(likeness))


def _centred(light: Light) -> NDArray[np.float32]:
    some = light[::2, ::2].ravel()
    return np.asarray(some - some.mean(), np.float32)


def _grown(dots: Light, growth: float, scale: float) -> Light:
    """Ink spread by a part of a dot on every side; below zero it has shrunk."""
    if not growth:
        return dots
    around = 2 * round(scale) + 1
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (around, around))
    spread = (cv2.erode if growth > 0 else cv2.dilate)(dots, cross)
    mixed = cv2.addWeighted(dots, 1 - abs(growth), spread, abs(growth), 0.0)
    return np.asarray(mixed, np.float32)


def _soft(dots: Light, sigma: float) -> Light:
    return np.asarray(cv2.GaussianBlur(dots, (0, 0), max(0.3, sigma)), np.float32)


def _ink_of(reflectance: Light, meant: Light) -> float:
    """Reflectance of solid ink, as a share of that of the paper."""
    some, of = reflectance[::3, ::3], meant[::3, ::3]
    solid = of < 0.08
    if np.count_nonzero(solid) < 50:
        solid = of <= np.percentile(of, 2)
    return float(np.median(some[solid]))


def _scale_of(homography: Matrix, sheet: Sheet) -> float:
    """Pixels per dot in the middle of the label."""
    middle = np.array([[sheet.width / 2, sheet.height / 2]])
    around = middle + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    here, right, down = _through(homography, around)
    across, along = right - here, down - here
    return float(np.sqrt(abs(across[0] * along[1] - across[1] * along[0])))


def _through(homography: Matrix, points: Points) -> Points:
    return np.asarray(
        cv2.perspectiveTransform(points[:, None, :].astype(np.float64), homography)[:, 0],
        np.float64,
    )
