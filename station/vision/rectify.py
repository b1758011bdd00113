"""The label laid straight and in even light: what the camera saw of each dot, and what was meant.

Both are on one grid, as soft as the picture is, between the label's own ink (0) and its paper
(255): a picture that is darker, blurred or a little fat is no other label.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.homography import laid
from station.vision.picture import Picture
from station.vision.registration import Registration, between
from station.vision.sheet import Area, Dots, Sheet

Light = NDArray[np.uint8]
"""(rows, columns) of the grid: 0 is ink, 255 is paper."""

MARGIN = 24
"""Dots around the sheet that are laid straight with it."""

MOST_SCALE = 1.5
"""Pixels of the grid to a dot."""


@dataclass(frozen=True, slots=True, eq=False)
class Rectified:
    """A grid of `scale` pixels to a dot over the sheet and `margin` dots around it.

    Dot (x, y) begins at column (x + margin) * scale, row (y + margin) * scale.
    """

    pixels: Picture
    """As they came from the camera."""

    seen: Light
    meant: Light
    paper: float
    """Median level of the paper in the picture, 0 to 255."""

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


def rectify(picture: Picture, sheet: Sheet, registration: Registration) -> Rectified:
    scale = min(MOST_SCALE, max(1.0, round(registration.pixels_per_dot * 4) / 4))
    pixels = laid(picture, sheet, registration.homography, scale=scale, margin=MARGIN)
    dots = _on_grid(sheet.picture, scale, pixels.shape)
    paper = _paper(pixels, sheet)
    seen: Light = np.asarray(cv2.divide(pixels, paper, scale=255), np.uint8)
    softness, growth = _look_of(seen, dots, scale)
    meant = _soft(_grown(dots, growth, scale), softness * scale)
    ink = _ink_of(seen, meant)
    return Rectified(
        pixels,
        _between(ink, seen),
        meant,
        float(np.median(paper[::8, ::8])),
        softness,
        growth,
        1.0 - ink / 255,
        scale,
        MARGIN,
        registration,
    )


def with_worn(rectified: Rectified, sheet: Sheet, missing: Mapping[int, float]) -> Rectified:
    """What was meant, less what worn dots of the print head leave out.

    `missing` has the share of its ink that each of them, by its column, does not bring.
    """
    if not missing:
        return rectified
    dots = sheet.picture.copy()
    for dot, share in missing.items():
        dots[:, dot] = np.maximum(dots[:, dot], round(255 * share))
    scale = rectified.scale
    grid = _on_grid(dots, scale, rectified.meant.shape)
    meant = _soft(_grown(grid, rectified.growth, scale), rectified.softness * scale)
    return replace(rectified, meant=meant)


def _on_grid(dots: Dots, scale: float, shape: tuple[int, ...]) -> Light:
    """The sheet, with paper around it."""
    wide = cv2.copyMakeBorder(
        dots, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=(255,)
    )
    method = cv2.INTER_NEAREST if scale == int(scale) else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(wide, shape[::-1], interpolation=method), np.uint8)


def _between(ink: float, reflectance: Light) -> Light:
    """Reflectance in shares of the paper's, as one between ink and paper."""
    levels = (np.arange(256) - ink) * (255 / max(12.0, 255 - ink))
    return np.asarray(cv2.LUT(reflectance, np.clip(levels.round(), 0, 255).astype(np.uint8)))


# -- light ---------------------------------------------------------------------------------

COARSE = 8
"""Pixels of the grid on which light is measured: it does not change faster."""

DARKEST = 8
"""Level of the camera below which no paper is."""

NO_PAPER = 0.5
"""Share of the paper's median level below which it is something else that lies there."""

INSET = 4
"""Dots from the label's edge in which the paper may have ended."""


def _paper(pixels: Picture, sheet: Sheet) -> Picture:
    """How bright the paper is around each pixel: where none is near, as the next one that is."""
    bare = _bare(sheet, (pixels.shape[1] // 2, pixels.shape[0] // 2))
    size = (max(1, pixels.shape[1] // COARSE), max(1, pixels.shape[0] // COARSE))
    some = cv2.bitwise_and(pixels[: 2 * bare.shape[0] : 2, : 2 * bare.shape[1] : 2], bare)
    level, weight = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA), np.float32)
        for each in (some, bare)
    )
    no_paper = level < NO_PAPER * weight * _level_of(level, weight)
    level[no_paper], weight[no_paper] = 0, 0
    wide_level, wide_weight = (cv2.GaussianBlur(each, (0, 0), 6.0) for each in (level, weight))
    paper = np.clip(255 * wide_level / np.maximum(wide_weight, 1e-2), DARKEST, 255).round()
    whole = cv2.resize(paper.astype(np.uint8), pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)


def _level_of(level: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    """Median of the paper, as a share of white."""
    there = weight > 0
    return float(np.median(level[there] / weight[there])) if there.any() else 0.0


def _bare(sheet: Sheet, size: tuple[int, int]) -> Light:
    """255 where paper is sure to be seen."""
    around = MARGIN + INSET
    sure = sheet.picture
    if sheet.unseen:
        sure = sure.copy()
        for area in sheet.unseen:
            area.of(sure)[:] = 0
    free = cv2.erode(sure[INSET:-INSET, INSET:-INSET], np.ones((5, 5), np.uint8))
    whole = cv2.copyMakeBorder(
        free, around, around, around, around, cv2.BORDER_CONSTANT, value=(0,)
    )
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _ink_of(reflectance: Light, meant: Light) -> float:
    """Level of solid ink where paper is 255."""
    some, of = reflectance[::3, ::3], meant[::3, ::3]
    solid = of < SOLID
    if np.count_nonzero(solid) < LEAST_SOLID:
        solid = of <= np.percentile(of, 2)
    return float(np.median(some[solid]))


SOLID = 20
"""What is meant to be darker than this is ink and nothing else."""

LEAST_SOLID = 50
"""Pixels of it that tell how dark ink is."""


# -- blur and growth -----------------------------------------------------------------------

_SOFT = (0.3, 0.5, 0.7, 0.9, 1.2, 1.6)

_GROWTH = (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6)

_START = (_SOFT.index(0.5), _GROWTH.index(0.0))

_STEPS = tuple((one, other) for one in (0, -1, 1) for other in (0, -1, 1))
"""In both at a time as well; the first is to stay."""

SAMPLE = 256
"""Pixels of the side of the place whose blur is measured: it has a symbol's edges, or a text's."""


def _look_of(reflectance: Light, dots: Light, scale: float) -> tuple[float, float]:
    """Blur and growth, in dots, with which what was meant looks most like what was seen.

    Both make ink wider, so neither can be found without the other: from step to step uphill in
    both, and the top between the steps.
    """
    here = _sample(dots)
    seen, sharp = _centred(reflectance[here]), np.ascontiguousarray(dots[here])

    @cache
    def like(soft: int, grown: int) -> float:
        if not (0 <= soft < len(_SOFT) and 0 <= grown < len(_GROWTH)):
            return -1.0
        return _likeness(seen, _soft(_grown(sharp, _GROWTH[grown], scale), _SOFT[soft] * scale))

    at, best = _START, (-1, -1)
    while at != best:
        best = at
        at = max(
            ((best[0] + one, best[1] + other) for one, other in _STEPS), key=lambda to: like(*to)
        )
    return (
        _top(_SOFT, best[0], lambda soft: like(soft, best[1])),
        _top(_GROWTH, best[1], lambda grown: like(best[0], grown)),
    )


def _top(steps: tuple[float, ...], best: int, like: Callable[[int], float]) -> float:
    """Between the best step and its better neighbour; at an end, the end itself."""
    if not 0 < best < len(steps) - 1:
        return steps[best]
    off = between(np.array([like(best - 1), like(best), like(best + 1)], np.float32), 1)
    other = steps[best + (1 if off > 0 else -1)]
    return steps[best] + abs(off) * (other - steps[best])


def _sample(dots: Light) -> tuple[slice, slice]:
    """Where most ink is."""
    small = cv2.resize(dots, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    side = SAMPLE // 8
    inked = cv2.blur(small, (side, side), borderType=cv2.BORDER_REPLICATE)
    _, _, (x, y), _ = cv2.minMaxLoc(inked)
    top, left = max(0, 8 * y - SAMPLE // 2), max(0, 8 * x - SAMPLE // 2)
    return slice(top, top + SAMPLE), slice(left, left + SAMPLE)


def _likeness(seen: NDArray[np.float32], meant: Light) -> float:
    other = _centred(meant)
    return float(seen @ other / np.sqrt(other @ other + 1e-9))


def _centred(light: Light) -> NDArray[np.float32]:
    """A point in four is enough to tell."""
    some = light[::2, ::2].ravel().astype(np.float32)
    return np.asarray(some - some.mean(), np.float32)


def _grown(dots: Light, growth: float, scale: float) -> Light:
    """Ink spread by a part of a dot on every side; below zero it has shrunk."""
    if not growth:
        return dots
    around = 2 * round(scale) + 1
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (around, around))
    spread = (cv2.erode if growth > 0 else cv2.dilate)(dots, cross)
    return np.asarray(cv2.addWeighted(dots, 1 - abs(growth), spread, abs(growth), 0.0), np.uint8)


def _soft(dots: Light, sigma: float) -> Light:
    return np.asarray(cv2.GaussianBlur(dots, (0, 0), max(0.3, sigma)), np.uint8)
