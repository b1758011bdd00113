"""A symbol as the camera saw it, on a grid of the symbol's own: one look-up in the picture.

The light is evened out by the paper of the quiet zone, as seen on the sides of the symbol. A value
is reflectance as a share of that of this paper: near 1 on paper, and what is left of it on ink.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.homography import Matrix
from station.vision.picture import Picture

Reflectance = NDArray[np.float32]
Places = NDArray[np.float32]
"""(n,) in dots of the sheet."""

DARKEST_PAPER = 8.0
"""Levels: what is darker is no paper to measure against."""

STEEPEST = 0.85
"""Reflectance on one side of a symbol is never less of that on another."""


def sampled(picture: Picture, homography: Matrix, x: Places, y: Places) -> Reflectance:
    """Levels (len(y), len(x)) between the pixels of a picture, 0 to 255.

    `homography` (3, 3) leads from dots to pixels, both measured at their corners.
    """
    fine = homography.astype(np.float32)  # to a thousandth of a pixel
    across, down = fine[:, :1] * x + fine[:, 2:], fine[:, 1:2, None] * y[:, None]
    share = 1 / (across[2] + down[2])
    half = np.float32(0.5)
    columns = (across[0] + down[0]) * share - half
    rows = (across[1] + down[1]) * share - half
    levels = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return levels.astype(np.float32)


def evened(levels: Reflectance, quiet: int, *, above: bool) -> Reflectance:
    """Reflectance against paper; `quiet` columns on each side are paper, and with `above` as many
    rows at the top and at the bottom.

    >>> darker_to_the_right = np.array([[200, 50, 50, 180]], np.float32)
    >>> [round(float(each), 2) for each in evened(darker_to_the_right, 1, above=False)[0]]
    [1.0, 0.26, 0.27, 1.0]
    """
    beside = (levels[:, :quiet], levels[:, -quiet:])
    ends = (levels[:quiet], levels[-quiet:]) if above else beside
    left, right, top, bottom = _sides(*beside, *ends)
    rows, columns = levels.shape
    paper = np.linspace(left, right, columns, dtype=np.float32)[None, :]
    if above:
        fall = np.linspace(top, bottom, rows, dtype=np.float32)[:, None]
        paper = paper + fall - np.float32((left + right + top + bottom) / 4)
    return np.asarray(levels / np.maximum(paper, np.float32(DARKEST_PAPER)), np.float32)


def _sides(*sides: Reflectance) -> list[float]:
    """How bright each is. One that is far darker than another is dirty, not in the shade."""
    found = [float(np.median(each)) for each in sides]
    return [max(each, STEEPEST * max(found)) for each in found]
