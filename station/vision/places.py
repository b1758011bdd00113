"""Where symbols are: whether two readings are of one and the same symbol.

Places, not data, tell symbols apart: the same serial printed twice is two symbols, and one symbol
read in two ways is a disagreement.

>>> same_place(((0, 0), (40, 0), (40, 40), (0, 40)), ((2, 2), (42, 1), (41, 42), (1, 41)))
True
>>> same_place(((0, 0), (40, 0), (40, 40), (0, 40)), ((60, 0), (100, 0), (100, 40), (60, 40)))
False

Of a linear symbol a decoder may report only the few rows that it could read, so its place is
taken to be at least as tall as bars of that length are (GS1 General Specifications 5.12.3 wants
much more than this tenth).

>>> same_place(((0, 0), (400, 0), (400, 2), (0, 2)), ((0, 15), (400, 15), (400, 17), (0, 17)),
...            linear=True)
True
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Point

Corners = tuple[Point, Point, Point, Point]

SHARED = 0.25
"""Least part of the smaller place that both cover."""

BAR_SHARE = 0.1
"""A linear symbol's least height, as a share of its length."""


_HALF_PIXELS = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))


def same_place(one: Corners, other: Corners, *, linear: bool = False) -> bool:
    """Whether two quadrilaterals, corners in order, cover each other. `linear` for bars."""
    first, second = (_hull(_tall(each) if linear else _array(each)) for each in (one, other))
    smaller = min(cv2.contourArea(first), cv2.contourArea(second))
    shared, _ = cv2.intersectConvexConvex(first, second)
    return shared > SHARED * smaller


def height(corners: Corners) -> float:
    """Length of a symbol's left and right sides, in pixels."""
    left, right = sides(corners)
    return float((np.linalg.norm(left) + np.linalg.norm(right)) / 2)


def sides(corners: Corners) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """From the top left to the bottom left corner, and the same on the right."""
    top_left, top_right, bottom_right, bottom_left = _array(corners)
    return bottom_left - top_left, bottom_right - top_right


def _tall(corners: Corners) -> NDArray[np.float32]:
    """The place, stretched on both sides of its middle line if it is too thin for bars."""
    top_left, top_right, bottom_right, bottom_left = _array(corners)
    left, right = (top_left + bottom_left) / 2, (top_right + bottom_right) / 2
    length = float(np.linalg.norm(right - left))
    if height(corners) >= BAR_SHARE * length:
        return _array(corners)
    along = (right - left) / max(length, 1.0)
    reach = np.array([-along[1], along[0]]) * BAR_SHARE * length / 2
    return np.array([left - reach, right - reach, right + reach, left + reach], np.float32)


def _hull(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """At least a pixel wide everywhere, so that a line covers something."""
    padded = np.concatenate([corners + shift for shift in _HALF_PIXELS])
    return np.asarray(cv2.convexHull(padded.astype(np.float32)), np.float32)


def _array(corners: Corners) -> NDArray[np.float32]:
    return np.array(corners, np.float32)
