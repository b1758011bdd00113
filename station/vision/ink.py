"""Is anything printed in this picture, or does a blank label lie there?

On a web of labels the camera never sees an empty table, so `station.vision.presence` would always
say yes. Print is many edges close together; the outline of a blank label is few, on a line.
"""

import cv2
import numpy as np

from station.vision.picture import Picture, grey

WIDTH = 640
"""Pixels across the picture that is judged."""

STEP = 60
"""Sobel response of an edge that counts: 15 levels of 255."""

BLOCK = 24
"""Side of the place in which edges are counted: a few millimetres, less than any symbol."""

DENSITY = 0.6
"""Share of such a place that is edge. The corner of a blank label gave 0.41 at most, labels 0.86 at
least (simulated optics, mild and harsh, 60 pictures each)."""


def printed(pixels: Picture) -> bool:
    """Whether there is print in view. Raises Refused for what is no picture."""
    picture = grey(pixels)
    height, width = picture.shape
    if width > WIDTH:
        size = (WIDTH, max(1, round(height * WIDTH / width)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    across, down = cv2.Sobel(picture, cv2.CV_16S, 1, 0), cv2.Sobel(picture, cv2.CV_16S, 0, 1)
    edges = ((np.abs(across) > STEP) | (np.abs(down) > STEP)).astype(np.float32)
    return bool(cv2.blur(edges, (BLOCK, BLOCK)).max(initial=0.0) > DENSITY)
