"""Symbols looked for where they must be: the label was laid over its sheet by what else is on it.

A place cut out and laid straight is read in a fraction of a millisecond, and in more pictures than
a whole frame is: nothing has to be found any more. A linear symbol is shown as the average of its
rows, of all of them and of each half: a hole in one half leaves the other.
"""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from station.vision.bars import REPEATED
from station.vision.homography import laid
from station.vision.picture import Picture
from station.vision.registration import Registration
from station.vision.sheet import Area, Sheet, SymbolPlace

MODULE = 5
"""Pixels to a module in which a place is laid straight."""

QUIET = 3
"""Modules around a matrix that are laid straight with it."""


def views(
    picture: Picture, sheet: Sheet, place: SymbolPlace, registration: Registration
) -> Iterator[Picture]:
    """The place of a symbol, upright, with its quiet zone: in several ways, the plainest first."""
    cut = _laid(picture, sheet, place, registration)
    if len(place.modules) > 1:
        yield from _of_matrix(cut)
    else:
        yield from _of_bars(cut)


def _laid(
    picture: Picture, sheet: Sheet, place: SymbolPlace, registration: Registration
) -> Picture:
    quiet = (QUIET if len(place.modules) > 1 else place.quiet) * place.module
    area = place.area
    upright = 0 if len(place.modules) == 1 else quiet
    wanted = Area(
        area.x - quiet, area.y - upright, area.width + 2 * quiet, area.height + 2 * upright
    )
    shift = np.array([[1.0, 0.0, wanted.x], [0.0, 1.0, wanted.y], [0.0, 0.0, 1.0]])
    empty = np.zeros((wanted.height, wanted.width), np.uint8)
    return laid(
        picture,
        replace(sheet, picture=empty),
        registration.homography @ shift,
        scale=MODULE / place.module,
        margin=0,
    )


def _of_matrix(cut: Picture) -> Iterator[Picture]:
    yield cut
    smooth = np.asarray(cv2.GaussianBlur(cut, (0, 0), 1.0), np.uint8)
    yield _stretched(smooth)
    yield _sharpened(smooth)
    yield np.asarray(cv2.erode(smooth, np.ones((3, 3), np.uint8)), np.uint8)
    yield np.asarray(cv2.dilate(_sharpened(smooth), np.ones((2, 2), np.uint8)), np.uint8)


def _of_bars(cut: Picture) -> Iterator[Picture]:
    rows = len(cut)
    inner = cut[rows // 8 : rows - rows // 8]
    half = len(inner) // 2
    for some in (inner, inner[:half], inner[half:]):
        row = np.asarray(some.mean(axis=0, keepdims=True).round(), np.uint8)
        yield np.repeat(_stretched(row), REPEATED, axis=0)
        yield np.repeat(_sharpened(_stretched(row)), REPEATED, axis=0)


def _stretched(picture: Picture) -> Picture:
    """In light evened out along the picture, from ink to paper."""
    columns = picture.shape[1]
    wide = (1, max(3, columns // 6) | 1) if len(picture) == 1 else (len(picture) | 1,) * 2
    paper = cv2.blur(cv2.dilate(picture, np.ones(wide, np.uint8)), wide[::-1])
    even = np.asarray(cv2.divide(picture, np.maximum(paper, 8), scale=255), np.uint8)
    darkest = int(even.min())
    return np.asarray(
        cv2.subtract(even, np.full_like(even, darkest)) * (255 / max(1, 255 - darkest)), np.uint8
    )


def _sharpened(picture: Picture) -> Picture:
    wide = cv2.GaussianBlur(picture, (0, 0), MODULE * 0.6)
    return np.asarray(cv2.addWeighted(picture, 2.5, wide, -1.5, 0), np.uint8)
