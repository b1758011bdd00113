"""What the print head does to the ink: dots that do not heat, and too much or too little energy.

Ink is (height, width) in dots, 255 where all of it is, 0 where there is none. Nothing here changes
the array it is given.
"""

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.wear.amounts import Wear

Ink = NDArray[np.uint8]

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))

_BANK_SIDE = 1024


def dead(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """White lines along the feed."""
    columns = _columns(ink, wear.dead_dots, wear.head_left) + run(ink, wear.dead_run, drawn)
    return _lightened(ink, columns, 0.0) if columns else ink


def weak(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Grey lines along the feed."""
    columns = _columns(ink, wear.weak_dots, wear.head_left) + run(ink, wear.weak_run, drawn)
    return _lightened(ink, columns, max(0.0, 1 - wear.weakness)) if columns else ink


def grown(ink: Ink, wear: Wear, _drawn: np.random.Generator) -> Ink:
    """Whole dots at a time, and a rim of grey for the rest."""
    spread = cv2.dilate if wear.growth_dots > 0 else cv2.erode
    left = abs(wear.growth_dots)
    while left >= 1:
        ink = cast("Ink", spread(ink, _CROSS))
        left -= 1
    if left:
        ink = cast("Ink", cv2.addWeighted(ink, 1 - left, spread(ink, _CROSS), left, 0))
    return ink


def faint(ink: Ink, wear: Wear, _drawn: np.random.Generator) -> Ink:
    return (
        cast("Ink", cv2.convertScaleAbs(ink, alpha=max(0.0, 1 - wear.faintness)))
        if wear.faintness
        else ink
    )


def mottled(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Patches a dot or two wide that took no ink, as on rough paper or with too little energy."""
    if not wear.mottling:
        return ink
    missing = _patches(ink.shape, drawn) < wear.mottling * 65536
    return np.where(missing, 0, ink).astype(np.uint8)


def faded(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Along the feed, and from one side to the other."""
    rows, columns = ink.shape
    across = drawn.choice((-1, 1))
    if wear.fade:
        along = np.linspace(1, max(0.0, 1 - wear.fade), rows, dtype=np.float32)
        ink = (ink * along[:, None]).astype(np.uint8)
    if wear.fade_across:
        side = np.linspace(1, max(0.0, 1 - wear.fade_across), columns, dtype=np.float32)
        ink = (ink * side[None, ::across]).astype(np.uint8)
    return ink


def run(ink: Ink, length: int, drawn: np.random.Generator) -> tuple[int, ...]:
    """So many columns side by side, the first of them with ink where there is any.

    Columns are drawn until one has ink: another serial does not move the run.
    """
    if length <= 0:
        return ()
    width = ink.shape[1]
    order = drawn.permutation(width)
    first = int(order[np.argmax(ink.max(axis=0)[order] > 0)])
    first = max(0, min(first, width - length))
    return tuple(range(first, min(width, first + length)))


def _columns(ink: Ink, dots: tuple[int, ...], left: int) -> tuple[int, ...]:
    """Of the label, under these dots of the head."""
    return tuple(dot - left for dot in dots if 0 <= dot - left < ink.shape[1])


def _lightened(ink: Ink, columns: tuple[int, ...], share: float) -> Ink:
    lighter = ink.copy()
    lighter[:, list(columns)] = (ink[:, list(columns)] * np.float32(share)).astype(np.uint8)
    return lighter


def _patches(shape: tuple[int, ...], drawn: np.random.Generator) -> NDArray[np.uint16]:
    """A piece of the bank of this size, from a place of its own."""
    top, left = (int(at) for at in drawn.integers(0, _BANK_SIDE, 2))
    rows = (np.arange(shape[0]) + top) % _BANK_SIDE
    columns = (np.arange(shape[1]) + left) % _BANK_SIDE
    return _bank()[rows[:, None], columns]


@lru_cache(maxsize=1)
def _bank() -> NDArray[np.uint16]:
    """Soft noise as ranks: a share of them lies below that share of 65536."""
    side = _BANK_SIDE
    noise = np.random.default_rng(3).standard_normal((side, side), dtype=np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT)
    ranks = np.empty(side * side, np.uint16)
    ranks[np.argsort(soft, axis=None)] = np.arange(side * side) * 65536 // (side * side)
    ranks.flags.writeable = False
    return ranks.reshape(side, side)
