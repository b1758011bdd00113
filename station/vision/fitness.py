"""Is a picture fit to judge a label by?

Asked only of a picture in which nothing could be read: whatever was read proves its picture. The
rule, in this order:

1. **Black.** Nothing in it is brighter than `BLACK`; or something lies there, and nothing is
   brighter than `DIM`, which paper under a lamp always is.
2. **Blown out.** A share of `BURNT` of it is white with no ink for a window around: print that is
   there could not be seen. White paper that just saturates has its ink, or levels below `WHITE`.
3. **Out of focus.** Something lies there, and even the sharpest of its strong edges are `SOFT`
   pixels wide or wider. Only edges are asked, and the edge of the paper is one: a label printed
   faintly, badly or not at all lies sharp in a sharp picture. Where no edge is strong, nothing is
   said about focus.

A picture that is none of these is fit, and what could not be read in it is a fact about the label.
What one picture cannot tell apart is left where a person looks: a reflection that burns out a part
of the label only is blank paper, a blank label under so much light that all of it saturates is
blown out, and smeared print that fills the view, with no edge of paper in it, is out of focus.

Measured on the 13 labels that come with the station, under the simulated camera, with its mild and
its harsh optics; n pictures of a kind, every one different. Exposure 1 gives paper 225 levels.

| measure | fit pictures | unfit pictures |
|---|---|---|
| brightest levels, a label there | n = 104: 44 and more, exposure 0.2 | n = 104: 33 to 40 at 0.15 |
| brightest levels, nothing there | n = 104: 17 and more, exposure 0.2 | n = 104: 9 to 14 at 0.1 |
| share burnt, spoilt print | n = 312: up to 0.23, exposure 1 to 2 | n = 156: 0.38 and more at 10 |
| edge width in pixels | n = 1580: up to 1.41 | n = 1123: 1.91 and more, blur of 6 to 30 |

At a blur of 4 pixels 10 of 28 labels are read and edges are 1.56 to 1.88 wide; at 5, two of 28.
The fit pictures are of labels damaged, blank, printed at a quarter of the contrast and smeared,
640 to 2560 pixels wide, on dark and on light tables, and moved by up to 24 pixels.

>>> lit = np.full((480, 640), 90, np.uint8)
>>> unfit(lit, label=False), unfit(lit // 20, label=False)
(None, <Condition.BLACK_PICTURE: 'black-picture'>)
>>> pixels_per_module(((0, 0), (60, 0), (60, 60), (0, 60)), rows=20, columns=20)
3.0
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Condition
from station.vision.picture import Picture, grey, reduced
from station.vision.places import Corners

LIGHT_WIDTH = 160
"""Pixels across the picture that light is judged on: each is the mean of many, without noise."""

BLACK = 16
"""Levels of 255 that the brightest thousandth has to pass."""

DIM = 40
"""The same where something lies there."""

WHITE = 245
"""Levels that are as good as saturated: sensor noise takes a few off the mean of many."""

WINDOW = 13
"""Pixels of its side, at LIGHT_WIDTH: print leaves no such window of its label without any ink."""

BURNT = 0.3
"""Share of the picture around which such a window has no ink, but for the margins of a label."""

FOCUS_WIDTH = 640
"""Pixels across the picture that focus is judged on. Labels fill the view, so a width measured at
this size stands in one relation to a module, whatever the camera."""

STRONG = 40
"""Levels between ink, paper and table across an edge that counts: several times the noise."""

REACH = 25
"""Pixels of the window in which the two sides of an edge are looked for."""

LEAST_EDGE = 20
"""So many points of strong edges, each the steepest of its window, or nothing is said."""

SHARPEST = 10
"""Per cent of them that decide: modules side by side look softer than one edge, never sharper, and
so does smeared print."""

SOFT = 1.65
"""Standard deviation of an edge's blur, in pixels at FOCUS_WIDTH: the middle of what was measured.
"""

LEAST_MATRIX_PIXELS = 3.0
"""Pixels per module of a Data Matrix or QR Code. Of 40 mild pictures of a Data Matrix all are read
at 3, 37 at 2.5 and none at 2; of harsh ones six at 4."""

LEAST_LINEAR_PIXELS = 2.5
"""Pixels per X-dimension of a GS1-128. Of 40 mild pictures all are read at 2.5, and ten at 1.5; of
harsh ones half at 3.5."""

_SLOPE = float(np.sqrt(2 * np.pi))
"""Contrast over steepest slope of an edge blurred by one pixel."""

_SLOPE_SCALE = 2
"""So that half a level a pixel is told from none."""

_SOBEL = 8
"""What a slope of one level a pixel gives."""


def unfit(pixels: Picture, *, label: bool, empty: Picture | None = None) -> Condition | None:
    """What makes the picture useless, or None. `label`: something lies in view.

    `empty` is a picture of the place without a label. Raises Refused for what is no picture.
    """
    found = unlit(pixels, label=label)
    if not found and label and out_of_focus(pixels, empty=empty):
        return Condition.BLURRED_PICTURE
    return found


def unlit(pixels: Picture, *, label: bool) -> Condition | None:
    """BLACK_PICTURE, BLOWN_OUT_PICTURE or None. Raises Refused."""
    small = reduced(grey(pixels), LIGHT_WIDTH)
    if np.percentile(small, 99.9) <= (DIM if label else BLACK):
        return Condition.BLACK_PICTURE
    return Condition.BLOWN_OUT_PICTURE if burnt(small) >= BURNT else None


def out_of_focus(pixels: Picture, *, empty: Picture | None = None) -> bool:
    """Whether a picture that shows a label shows no sharp edge. Raises Refused."""
    width = edge_width(pixels, empty=empty)
    return width is not None and width >= SOFT


def burnt(small: Picture) -> float:
    """Share of a picture of LIGHT_WIDTH in which no ink could be seen for light."""
    darkest = cv2.erode(small, np.ones((WINDOW, WINDOW), np.uint8))
    return float(np.count_nonzero(darkest >= WHITE) / darkest.size)


def edge_width(pixels: Picture, *, empty: Picture | None = None) -> float | None:
    """Blur of the sharpest strong edges, in pixels at FOCUS_WIDTH; None where there are too few.

    An edge of contrast c, blurred by a Gaussian of deviation s, has a slope of c / (s √2π). Edges
    that `empty` shows as well are the fixture's, and do not count. Raises Refused.
    """
    picture = reduced(grey(pixels), FOCUS_WIDTH)
    window = np.ones((REACH, REACH), np.uint8)
    contrast = cv2.subtract(cv2.dilate(picture, window), cv2.erode(picture, window))
    slope = _slope(picture)
    steepest = slope >= cv2.dilate(slope, window)
    edges = steepest & (contrast >= STRONG) & (slope > 0)
    if empty is not None:
        edges &= _new(picture, reduced(grey(empty), FOCUS_WIDTH))
    if np.count_nonzero(edges) < LEAST_EDGE:
        return None
    widths = contrast[edges] * (_SLOPE_SCALE / _SLOPE) / slope[edges]
    return float(np.percentile(widths, SHARPEST))


def pixels_per_module(corners: Corners, *, rows: int, columns: int) -> float:
    """Of a symbol with so many modules down and across; the tighter of the two directions.

    `rows` is 1 for a linear symbol, whose bars have no modules along them.
    """
    top_left, top_right, bottom_right, bottom_left = (np.array(each, float) for each in corners)
    across = np.linalg.norm(top_right - top_left + bottom_right - bottom_left) / 2 / columns
    if rows <= 1:
        return float(across)
    down = np.linalg.norm(bottom_left - top_left + bottom_right - top_right) / 2 / rows
    return float(min(across, down))


def least_pixels(identifier: str) -> float:
    """Pixels per module that a symbol of this AIM identifier needs to be read.

    >>> least_pixels("]d2"), least_pixels("]C1")
    (3.0, 2.5)
    """
    return LEAST_LINEAR_PIXELS if identifier.startswith("]C") else LEAST_MATRIX_PIXELS


def _slope(picture: Picture) -> Picture:
    """Levels per pixel in the direction in which it is steepest, times _SLOPE_SCALE."""
    across, down = cv2.spatialGradient(picture)
    steep = cv2.magnitude(across.astype(np.float32), down.astype(np.float32))
    return np.asarray(cv2.convertScaleAbs(steep, alpha=_SLOPE_SCALE / _SOBEL), np.uint8)


def _new(picture: Picture, empty: Picture) -> NDArray[np.bool_]:
    """Where the picture is not that of the empty fixture; everywhere if the two do not compare."""
    if picture.shape != empty.shape:
        return np.ones(picture.shape, np.bool_)
    changed = (cv2.absdiff(picture, empty) >= STRONG // 2).astype(np.uint8)
    return np.asarray(cv2.dilate(changed, np.ones((5, 5), np.uint8)) > 0)
