"""What one trouble has done to many glyphs at once: a fold of the ribbon, ink drawn over the paper.

Each of the glyphs differs and rejects the label already. This says why, because a folded ribbon and
a dirty roller are mended in different places.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.places import Corners
from station.vision.rectify import Rectified
from station.vision.sheet import Area
from station.vision.sighting import Finding

APART = 90
"""Levels by which ink is surely missing, or surely too much."""

LEAST_GLYPHS = 3

OF_ALL = 0.25
"""Least share of the glyphs that ink drawn over the paper spoils."""

ONE_SIDED = 3
"""Times more ink too much than missing."""

BAND = 5
"""Dots on either side of the middle of a fold."""

WITHIN = 0.6
"""Least share of the missing ink that lies within its band."""

SLANT = (5, 80)
"""Degrees from the feed: what is more upright is a dead dot's line, what lies across a line of
text."""


def trace_findings(
    rectified: Rectified, differing: Sequence[Area], glyphs: int, limits: Limits
) -> Iterator[Finding]:
    """`differing` are the glyphs that differ and are not missing, `glyphs` how many there are."""
    if len(differing) < LEAST_GLYPHS:
        return
    here = np.zeros(rectified.seen.shape, np.bool_)
    for area in differing:
        here[rectified.part(area, around=1)] = True
    seen, meant = rectified.seen.astype(np.int16), rectified.meant.astype(np.int16)
    missing, added = (seen - meant > APART) & here, (meant - seen > APART) & here
    if np.count_nonzero(added) > ONE_SIDED * np.count_nonzero(missing):
        bold = rectified.growth * 1000 >= limits.growth
        if len(differing) >= OF_ALL * glyphs and not bold:
            yield Finding(Code.SMEAR, seen=f"{len(differing)} / {glyphs}")
        return
    fold = _fold(missing, rectified)
    if fold:
        yield Finding(Code.WRINKLE, outline=fold)


def _fold(missing: NDArray[np.bool_], rectified: Rectified) -> Corners | None:
    """The band in which most of the missing ink lies, if there is one, in pixels."""
    rows, columns = np.nonzero(missing)
    if len(rows) < 2 * LEAST_GLYPHS:
        return None
    points = np.column_stack([columns, rows]).astype(np.float32)
    lines = cv2.HoughLines(missing.astype(np.uint8), 2 * rectified.scale, np.radians(2), 4)
    if lines is None:
        return None
    rho, theta = lines[0, 0, :2].tolist()
    across = np.array([np.cos(theta), np.sin(theta)], np.float32)
    along = np.array([-across[1], across[0]], np.float32)
    lean = float(np.degrees(theta))
    inside = np.abs(points @ across - rho) <= BAND * rectified.scale
    if not SLANT[0] <= min(lean, 180 - lean) <= SLANT[1] or inside.mean() < WITHIN:
        return None
    reach = points[inside] @ along
    if np.ptp(reach) < min(missing.shape) / 3:
        return None
    return _outline(rho * across, along, across, (reach.min(), reach.max()), rectified)


def _outline(
    foot: NDArray[np.float32],
    along: NDArray[np.float32],
    across: NDArray[np.float32],
    reach: tuple[float, float],
    rectified: Rectified,
) -> Corners:
    side = BAND * rectified.scale * across
    ends = [foot + each * along for each in reach]
    corners = np.array([ends[0] - side, ends[1] - side, ends[1] + side, ends[0] + side])
    dots = corners / rectified.scale - rectified.margin
    return rectified.registration.corners(dots)
