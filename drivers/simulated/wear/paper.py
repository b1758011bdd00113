"""Where the ink comes to lie on the paper, and how much paper there is. Ink as in `head`."""

from typing import cast

import cv2
import numpy as np

from drivers.simulated.wear.amounts import Wear
from drivers.simulated.wear.head import Ink


def placed(ink: Ink, wear: Wear, _drawn: np.random.Generator) -> Ink:
    """Shifted, turned about the middle of the label, stretched from its beginning; what comes to
    lie beside the label is lost.
    """
    if not (wear.shift_x or wear.shift_y or wear.skew_degrees or wear.stretch):
        return ink
    rows, columns = ink.shape
    # OpenCV turns counter-clockwise; a pixel's own middle is half a dot from its corner.
    turn = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), -wear.skew_degrees, 1.0)
    longer = np.diag([1.0, 1.0 + wear.stretch, 1.0])
    longer[1, 2] = wear.stretch / 2
    moved = turn @ longer
    moved[:, 2] += np.array([wear.shift_x, wear.shift_y])
    return cast("Ink", cv2.warpAffine(ink, moved, (columns, rows), flags=cv2.INTER_LINEAR))


def ended(ink: Ink, wear: Wear, _drawn: np.random.Generator) -> Ink:
    """Nothing is printed from some row on; and the paper may end before that."""
    rows = ink.shape[0]
    if wear.unprinted:
        blank = min(rows, round(rows * wear.unprinted))
        ink = np.concatenate([ink[: rows - blank], np.zeros_like(ink[rows - blank :])])
    return ink[: max(1, rows - round(wear.cut_dots))] if wear.cut_dots else ink
