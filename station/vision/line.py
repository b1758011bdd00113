"""The line around a glyph as it came out: where it lies, and how fat and how soft it is there.

Paper does not run evenly, a lens is not sharp everywhere, a head does not press alike at both ends.
What moves or spreads a whole line is no other character; but a character by itself is never moved
or changed to fit, because it would be found where it is most like another one.
"""

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.rectify import Light, Rectified
from station.vision.registration import between
from station.vision.sheet import Area

Here = tuple[slice, slice]
"""Rows and columns of the grid."""

NEARBY = 60
"""Dots left and right of a glyph that are taken for its line."""

REACH = 1.0
"""Dots by which a line may lie elsewhere than the label says."""

STAY = 0.1
"""Share by which a line has to fit better at the end of REACH than where it should be."""

FATTER = 0.3
"""Dots on every side by which a line may be fatter or thinner than the label."""

SOFTER = 0.7
"""Of the way to twice as soft, by which it may be softer."""


def as_it_is(rectified: Rectified, area: Area) -> tuple[Light, Light]:
    """What was seen of a glyph where its line lies, and what was meant as its line looks."""
    glyph = rectified.part(area, around=1)
    line = _inside(rectified, Area(area.x - NEARBY, area.y, area.width + 2 * NEARBY, area.height))
    seen = _moved(rectified.seen, line, _drift(rectified, line))
    meant = _alike(rectified.meant[line], seen, rectified.scale)
    within = tuple(
        slice(each.start - of.start, each.stop - of.start)
        for each, of in zip(glyph, line, strict=True)
    )
    return seen[within], meant[within]


def _inside(rectified: Rectified, area: Area) -> Here:
    """As far as it can be moved on the grid."""
    reach = _reach(rectified)
    rows, columns = (
        slice(max(reach, each.start), min(size - reach, each.stop))
        for each, size in zip(rectified.part(area, around=1), rectified.seen.shape, strict=True)
    )
    return rows, columns


def _reach(rectified: Rectified) -> int:
    return math.ceil(REACH * rectified.scale)


def _drift(rectified: Rectified, line: Here) -> tuple[float, float]:
    """By how many pixels, to the right and down, it lies elsewhere."""
    reach = _reach(rectified)
    wide = tuple(slice(each.start - reach, each.stop + reach) for each in line)
    unlike = np.asarray(
        cv2.matchTemplate(rectified.seen[wide], rectified.meant[line], cv2.TM_SQDIFF), np.float32
    )
    unlike *= _stay(reach)
    _, _, (x, y), _ = cv2.minMaxLoc(unlike)
    return x + between(-unlike[y], x) - reach, y + between(-unlike[:, x], y) - reach


@lru_cache(maxsize=8)
def _stay(reach: int) -> NDArray[np.float32]:
    """Along a rule every place is as good as another: then nothing has moved."""
    away = np.arange(-reach, reach + 1) ** 2 / reach**2
    return np.asarray(1 + STAY * (away[:, None] + away[None, :]), np.float32)


def _moved(seen: Light, here: Here, by: tuple[float, float]) -> Light:
    """A part of the picture, so many pixels to the right and down of where it should be."""
    rows, columns = here
    (height, width), (right, down) = seen[here].shape, by
    there = np.array([[1, 0, columns.start + right], [0, 1, rows.start + down]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(seen, there, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _alike(meant: Light, seen: Light, scale: float) -> Light:
    """What was meant, as much fatter and softer as comes nearest to what was seen.

    Least squares of two small changes; within their bounds neither makes another character.
    """
    box = np.ones((3, 3), np.uint8)
    plain = meant.astype(np.float32)
    fatter = (cv2.erode(meant, box).astype(np.float32) - cv2.dilate(meant, box)) / 2
    softer = cv2.GaussianBlur(plain, (0, 0), scale) - plain
    changes = np.stack([fatter.ravel(), softer.ravel()])
    wanted = seen.astype(np.float32).ravel() - plain.ravel()
    normal = changes @ changes.T + np.eye(2, dtype=np.float32)
    by_fat, by_soft = np.linalg.solve(normal, changes @ wanted)
    most = FATTER * scale
    changed = (
        plain
        + float(np.clip(by_fat, -most, most)) * fatter
        + float(np.clip(by_soft, -SOFTER, SOFTER)) * softer
    )
    return np.asarray(np.clip(changed, 0, 255), np.uint8)
