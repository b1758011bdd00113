"""Is there a label in this picture at all?

Used only to say "no label came" instead of "cannot be read"; in doubt the answer is yes. Print and
the edge of the paper are sharp edges, and an empty table has none.

A fixture with edges of its own (rails, screws) never looks empty that way. Give it a picture of
itself, `empty`, and whatever differs from that counts as a label.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.picture import Picture, grey, reduced

WIDTH = 320
"""Pixels across the picture that is judged: small enough to take noise out."""

STEP = 60
"""Sobel response of an edge that counts: 15 levels of 255, several times the noise left."""

DIFFERENCE = 25
"""Levels by which a pixel differs from the empty fixture."""

SHARE = 0.002
"""Least share of such pixels: about a twentieth of a label's outline."""


def label_present(pixels: Picture, *, empty: Picture | None = None) -> bool:
    """Whether something like a label lies in view. Raises Refused for what is no picture."""
    small = reduced(grey(pixels), WIDTH)
    if empty is not None:
        nothing = reduced(grey(empty), WIDTH)
        if nothing.shape == small.shape:
            return _many(cv2.absdiff(small, nothing) > DIFFERENCE)
    across, down = cv2.Sobel(small, cv2.CV_16S, 1, 0), cv2.Sobel(small, cv2.CV_16S, 0, 1)
    return _many((np.abs(across) > STEP) | (np.abs(down) > STEP))


def _many(marked: NDArray[np.bool_]) -> bool:
    return bool(np.count_nonzero(marked) > SHARE * marked.size)
