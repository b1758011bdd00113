"""Can this picture be judged by at all? A camera in the dark is a fault of the machine, no verdict.

Only a picture in which nothing could be read is asked. It is unfit when it is

- black: nothing in it is brighter than `DARK`;
- blown out: half of it is saturated, and its darkest parts are bright;
- out of focus: it shows print, and the sharpest edges of that are wider than `SOFT` pixels.

A blank label, or one that is printed faintly, shows no strong edges: it is not called out of focus,
but unreadable, which is a verdict.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Condition
from station.vision.picture import Picture, grey

DARK = 45
"""Level of 255 that one pixel in a hundred reaches in a picture that is not black. Simulated, mild
and harsh light: 150 at least with a label, 75 without; lamp off: 20 at most."""

SATURATED = 250
SATURATED_SHARE = 0.5
BRIGHT = 180
"""Level under which one pixel in twenty lies where print or a table can be seen."""

SOFT = 5.0
"""Width in pixels of the sharpest edges from which on a label is not to be read. Simulated: 2.2 to
4.7 on 120 labels in mild and harsh light; nothing was read from 8.9 on, or from 4.8 on with half
the pixels. A label full of voids has 3.0: its edges are sharp."""

CONTRAST = 70
"""Levels between the light and the dark side of an edge that counts."""

BLOCK = 32
"""Side of the places in which edges are looked for, in pixels."""

LEAST_BLOCKS = 12
"""With fewer places that have print no focus can be told."""

WIDTH = 1280
"""Larger pictures are made smaller first: a camera of many pixels is not out of focus by that."""


def unfit(pixels: Picture) -> Condition | None:
    """Why nothing can be judged by it; None where it is fit. Raises Refused for no picture."""
    light = bad_light(pixels)
    if light:
        return light
    width = edge_width(pixels)
    return Condition.BLURRED_PICTURE if width is not None and width > SOFT else None


def bad_light(pixels: Picture) -> Condition | None:
    """Whether it is too dark or too bright to see anything. Raises Refused for no picture."""
    picture = grey(pixels)
    low, high = np.percentile(picture[::4, ::4], (5, 99))
    if high < DARK:
        return Condition.BLACK_PICTURE
    if low > BRIGHT and np.mean(picture[::4, ::4] >= SATURATED) > SATURATED_SHARE:
        return Condition.BLOWN_OUT_PICTURE
    return None


def edge_width(pixels: Picture) -> float | None:
    """How many pixels the sharpest edges take from dark to light; None where there is no print.

    In each place of the picture: the difference between its lightest and darkest pixel, over the
    steepest slope between two neighbours. A tenth of the places that have contrast is sharper.
    """
    picture = _no_wider(grey(pixels))
    rows, columns = (side // BLOCK * BLOCK for side in picture.shape)
    if not rows or not columns:
        return None
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.0)[:rows, :columns].astype(np.int16)
    slope = np.maximum(
        np.abs(np.diff(smooth, axis=0, append=smooth[-1:])),
        np.abs(np.diff(smooth, axis=1, append=smooth[:, -1:])),
    )
    places = _blocks(smooth)
    span, steepest = places.max(axis=2) - places.min(axis=2), _blocks(slope).max(axis=2)
    found = (span > CONTRAST) & (steepest > 0)
    if np.count_nonzero(found) < LEAST_BLOCKS:
        return None
    return float(np.quantile(span[found] / steepest[found], 0.1))


def _blocks(values: NDArray[np.int16]) -> NDArray[np.int16]:
    """(rows, columns, pixels): one row of pixels for each place."""
    rows, columns = (side // BLOCK for side in values.shape)
    cut = values.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    return cut.reshape(rows, columns, BLOCK * BLOCK)


def _no_wider(picture: Picture) -> Picture:
    height, width = picture.shape
    if width <= WIDTH:
        return picture
    size = (WIDTH, max(1, round(height * WIDTH / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
