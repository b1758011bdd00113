"""From dots of a label to pixels of a picture and back, by a (3, 3) matrix.

Dots and pixels are measured at their top left corners: the middle of the first one is (0.5, 0.5).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.picture import Picture
from station.vision.places import Corners
from station.vision.sheet import Area, Sheet

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]

HALVED_FROM = 0.55
"""Share of the picture's scale that a grid has, below which half of the picture is enough."""

_HALVED = np.diag([0.5, 0.5, 1.0])

_TO_MIDDLES = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])


def fitted_matrix(found: object) -> Matrix | None:
    """What OpenCV has fitted, (2, 3) or (3, 3); it gives None, or nonsense, where nothing fits."""
    if not isinstance(found, np.ndarray) or not np.isfinite(found).all():
        return None
    return found if len(found) == 3 else np.vstack([found, [0.0, 0.0, 1.0]])


def through(homography: Matrix, points: Points) -> Points:
    """(n, 2) points of the label as points of the picture."""
    return np.asarray(
        cv2.perspectiveTransform(points[:, None, :].astype(np.float64), homography)[:, 0],
        np.float64,
    )


def corners_of(area: Area) -> Points:
    """(4, 2), clockwise from the top left."""
    return np.array(
        [
            [area.x, area.y],
            [area.right, area.y],
            [area.right, area.bottom],
            [area.x, area.bottom],
        ],
        np.float64,
    )


def outline_of(corners: Points, homography: Matrix) -> Corners:
    """Four points of the label in whole pixels of the picture."""
    found = through(homography, corners)
    one, two, three, four = found.round().astype(int).tolist()
    return tuple(one), tuple(two), tuple(three), tuple(four)


def scale_of(homography: Matrix, sheet: Sheet) -> float:
    """Pixels per dot in the middle of the label."""
    middle = np.array([[sheet.width / 2, sheet.height / 2]])
    around = middle + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    here, right, down = through(homography, around)
    across, along = right - here, down - here
    return float(np.sqrt(abs(across[0] * along[1] - across[1] * along[0])))


def laid(
    picture: Picture, sheet: Sheet, homography: Matrix, *, scale: float, margin: int
) -> Picture:
    """The label on a grid of `scale` pixels to a dot, with `margin` dots around the sheet."""
    size = (
        round((sheet.width + 2 * margin) * scale),
        round((sheet.height + 2 * margin) * scale),
    )
    to_dots = np.array([[1 / scale, 0, -margin], [0, 1 / scale, -margin], [0, 0, 1.0]])
    source, to_pixels = _no_finer(picture, homography, scale / scale_of(homography, sheet))
    whole = np.linalg.inv(_TO_MIDDLES) @ to_pixels @ to_dots @ _TO_MIDDLES
    return np.asarray(
        cv2.warpPerspective(
            source,
            whole,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _no_finer(picture: Picture, homography: Matrix, share: float) -> tuple[Picture, Matrix]:
    """The picture halved while the grid is coarser: what would alias is averaged away.

    Halves only: any other share takes fifty times as long.
    """
    while share < HALVED_FROM and min(picture.shape) > 1:
        rows, columns = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: 2 * rows, : 2 * columns]
        half = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
        picture, homography, share = np.asarray(half, np.uint8), _HALVED @ homography, 2 * share
    return picture, homography
