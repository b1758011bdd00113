"""Dots of the print head that are dead: white lines along the feed, one dot wide.

A dead dot leaves no ink wherever ink was meant in its column, from the top of the label to its
bottom, whatever is printed there; its neighbours do. A column without enough ink says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.verdict import Code
from station.vision.rectify import Light, Rectified
from station.vision.sheet import Area, Sheet, SymbolPlace
from station.vision.sighting import Finding

LEAST_INK = 7
"""Dots of ink a column needs, with ink on both sides of it, to say anything: as a picture shows
them, where blur leaves nine of twelve. With five, good print under ugly optics is called dead.
"""

MISSING = 0.55
"""Share that has to be missing of what one dead dot takes away."""

WEAK = 0.2
"""The same of a dot that is only weak: its line is no other character either."""

HALF = 128
"""Between ink and paper."""

SURE = 90
"""No column of a light module is so dark, however blurred."""

BESIDE = np.ones((1, 3), np.uint8)

AROUND = 0.2
"""Share that may be missing three dots away on either side: more is no line but a void."""


@dataclass(frozen=True, slots=True)
class WornDot:
    dot: int
    """Column of the sheet, from 0 at the left."""

    missing: float
    """Share of its ink that is not there, 0 to 1."""

    @property
    def dead(self) -> bool:
        return self.missing >= MISSING


def single(worn: tuple[WornDot, ...]) -> tuple[WornDot, ...]:
    """Those without a neighbour: a line of one dot leaves a letter what it is, a wider one may not.

    >>> [each.dot for each in single((WornDot(3, 1.0), WornDot(7, 0.3), WornDot(8, 0.9)))]
    [3]
    """
    dots = {each.dot for each in worn}
    return tuple(each for each in worn if not dots & {each.dot - 1, each.dot + 1})


def worn_dots(rectified: Rectified, sheet: Sheet) -> tuple[WornDot, ...]:
    """All dots that leave less ink than they should, all the way down."""
    missing, ink = _columns(rectified, sheet)
    share = np.where(ink >= LEAST_INK, missing / np.maximum(ink, 1), 0.0)
    whole = _of_one(rectified.softness)
    return tuple(
        WornDot(int(dot), min(1.0, float(share[dot]) / whole))
        for dot in np.flatnonzero(share > WEAK * whole).tolist()
        if _is_line(share, dot)
    )


def _of_one(softness: float) -> float:
    """Share of its column's ink that seems to be missing where one dot is dead: blur hides some."""
    return erf(0.5 / (max(softness, 0.1) * sqrt(2)))


def findings_of(worn: tuple[WornDot, ...], rectified: Rectified, sheet: Sheet) -> Iterator[Finding]:
    """A dead one that runs through a symbol rejects the label; elsewhere it is a warning."""
    for each in (some for some in worn if some.dead):
        touched = next((s for s in sheet.symbols if s.area.x <= each.dot < s.area.right), None)
        area = touched.area if touched else Area(0, 0, sheet.width, sheet.height)
        line = Area(each.dot, area.y, 1, area.height)
        yield Finding(
            Code.DEAD_DOTS,
            part=f"dot {each.dot}",
            seen=f"{each.missing:.0%}",
            outline=rectified.registration.outline(line),
            rejects=touched is not None,
        )


def _columns(rectified: Rectified, sheet: Sheet) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Dots of ink that are missing, and that were meant, of each column where it can be told.

    A dot counts where ink was meant beside it on both sides as well: at the edge of a stroke the
    picture's blur takes as much away as a dead dot does.
    """
    size = (sheet.width, sheet.height)
    here = rectified.part(Area(0, 0, *size))
    seen, meant = (
        np.asarray(cv2.resize(each[here], size, interpolation=cv2.INTER_LINEAR), np.uint8)
        for each in (rectified.seen, rectified.meant)
    )
    ink = (sheet.picture == 0).astype(np.uint8)
    for symbol in sheet.symbols:
        _as_printed(symbol, seen, meant, ink, softness=rectified.softness)
    inner = np.asarray(cv2.erode(ink, BESIDE, borderType=cv2.BORDER_CONSTANT), np.uint8)
    meant_ink, seen_ink = (_sums(255 - each, inner) for each in (meant, seen))
    return meant_ink - seen_ink, meant_ink


def _sums(ink: Light, where: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Dots of ink in each column, where `where` is not 0."""
    counted = cv2.bitwise_and(ink, ink, mask=where)
    return np.asarray(cv2.reduce(counted, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[0] / 255)


def _as_printed(
    symbol: SymbolPlace, seen: Light, meant: Light, ink: NDArray[np.uint8], *, softness: float
) -> None:
    """Put the modules of a matrix as they came out where they were meant.

    A printer may encode the same data another way, and is right. A module is what most of it is,
    or what a column of it surely is: two dead dots take half of a module away.
    """
    rows, columns = symbol.modules.shape
    if rows == 1:
        return
    there = symbol.area
    here = (slice(there.y, there.bottom), slice(there.x, there.right))
    module = symbol.module
    level = seen[here].reshape(rows, module, columns, module).mean(axis=1)
    inked = (level.mean(axis=2) < HALF) | (level.min(axis=2) < SURE)
    dark = np.kron(inked.astype(np.uint8), np.ones((module, module), np.uint8))
    ink[here] = dark
    soft = cv2.GaussianBlur(255 * dark, (0, 0), max(0.3, softness), borderType=cv2.BORDER_CONSTANT)
    meant[here] = cv2.bitwise_not(soft)


def _is_line(share: NDArray[np.float32], dot: int) -> bool:
    """Whether the ink is there again a few dots away."""
    near = [share[at] for at in (dot - 4, dot - 3, dot + 3, dot + 4) if 0 <= at < len(share)]
    return bool(near) and min(near) < AROUND
