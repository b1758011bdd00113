"""What ribbon, dirt and touch do to the ink. Ink as in `head`."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.wear.amounts import Wear
from drivers.simulated.wear.head import Ink

Places = NDArray[np.float64]
"""(2,) or (n, 2): x and y in dots."""

_POINTS = 200
"""Drawn for each place; a tenth of a label is ink."""

_FRACTION = 4
_FINE = 8
"""Pixels to a dot in which blots are drawn."""

"""Bits of a dot in OpenCV's drawing functions."""


def wrinkled(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Bands across the label at 15 to 60 degrees to the feed, in broken strokes."""
    if not wear.wrinkle_dots:
        return ink
    folded = ink.copy()
    middle = drawn.uniform(0.25, 0.75, (wear.wrinkles, 2)) * ink.shape[::-1]
    for place in middle:
        _fold(folded, place, wear.wrinkle_dots, drawn)
    return folded


def ghosted(ink: Ink, before: Ink, wear: Wear) -> Ink:
    """The label before, as ink or as gaps in it."""
    last = np.zeros_like(ink)
    rows, columns = np.minimum(ink.shape, before.shape)
    last[:rows, :columns] = before[:rows, :columns]
    trace = cv2.convertScaleAbs(last, alpha=abs(wear.ghost))
    if wear.ghost > 0:
        return cast("Ink", cv2.max(ink, trace))
    return cast("Ink", cv2.multiply(ink, cv2.bitwise_not(trace), scale=1 / 255))


def voided(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Blots without ink, where ink was meant."""
    if not wear.void_dots:
        return ink
    dusty = ink.copy()
    for place in _inked(ink, wear.voids, drawn):
        _blot(dusty, place, wear.void_dots, 0, drawn)
    return dusty


def spotted(ink: Ink, wear: Wear, drawn: np.random.Generator) -> Ink:
    """Blots of ink, anywhere."""
    if not wear.spot_dots:
        return ink
    spotty = ink.copy()
    for place in drawn.uniform((0, 0), ink.shape[::-1], (wear.spots, 2)):
        _blot(spotty, place, wear.spot_dots, 255, drawn)
    return spotty


def smeared(ink: Ink, wear: Wear, _drawn: np.random.Generator) -> Ink:
    """Ink is dragged towards the end of the feed, less and less of it."""
    reach = min(wear.smear_dots, float(ink.shape[0]))
    dragged = ink.copy() if reach else ink
    for step in range(1, min(int(np.ceil(reach)), ink.shape[0] - 1) + 1):
        share = wear.smear * max(0.0, 1 - (step - 1) / reach)
        tail = cv2.convertScaleAbs(ink[:-step], alpha=share)
        np.maximum(dragged[step:], tail, out=dragged[step:])
    return dragged


def _inked(ink: Ink, count: int, drawn: np.random.Generator) -> Places:
    """So many places where some ink is, as long as there are any.

    For each, points are drawn over the whole label until one falls on ink: another serial moves
    none of them.
    """
    points = drawn.integers(0, ink.shape[::-1], (count, _POINTS, 2))
    hits = ink[points[..., 1], points[..., 0]] > 0
    found = points[np.arange(count), hits.argmax(axis=1)]
    missed = np.flatnonzero(~hits.any(axis=1))
    if missed.size and cv2.hasNonZero(ink):
        # OpenCV 4 gives (n, 1, 2), OpenCV 5 (n, 2).
        inked = np.asarray(cv2.findNonZero(ink)).reshape(-1, 2)
        found[missed] = inked[drawn.integers(len(inked), size=missed.size)]
    return np.asarray(found, np.float64)


def _blot(
    ink: Ink,
    place: Places,
    width: float,
    level: int,
    drawn: np.random.Generator,
) -> None:
    """Three overlapping discs: no dust is round. Drawn finely: one can be smaller than a dot."""
    half = int(np.ceil(width)) + 1
    left, top = (int(at) - half for at in place)
    side = (2 * half + 1) * _FINE
    fine = np.zeros((side, side), np.uint8)
    for _ in range(3):
        x, y = (place + drawn.uniform(-0.2, 0.2, 2) * width - (left, top) + 0.5) * _FINE
        radius = drawn.uniform(0.3, 0.5) * width * _FINE
        cv2.circle(fine, (round(x), round(y)), round(radius), (255,), -1)
    cover = cv2.resize(fine, None, fx=1 / _FINE, fy=1 / _FINE, interpolation=cv2.INTER_AREA)
    above, before = max(0, -top), max(0, -left)
    here = ink[max(0, top) : top + len(cover), max(0, left) : left + len(cover)]
    seen = cover[above : above + here.shape[0], before : before + here.shape[1]].astype(np.float32)
    share = seen / np.float32(255)
    here[:] = np.rint(here * (1 - share) + level * share).astype(np.uint8)


def _fold(
    ink: Ink,
    place: Places,
    width: float,
    drawn: np.random.Generator,
) -> None:
    slant = np.radians(drawn.uniform(15, 60)) * drawn.choice((-1, 1))
    along = np.array([np.sin(slant), np.cos(slant)])
    aside = np.array([along[1], -along[0]]) * width / 2
    reach = float(np.hypot(*ink.shape))
    at = -reach
    while at < reach:
        stroke, gap = drawn.uniform(20, 80), drawn.uniform(2, 12)
        start, end = place + along * at, place + along * (at + stroke)
        corners = np.array([start - aside, start + aside, end + aside, end - aside])
        fixed = (corners * 2**_FRACTION).round().astype(np.int32)
        cv2.fillConvexPoly(ink, fixed, (0,), cv2.LINE_AA, _FRACTION)
        at += stroke + gap
