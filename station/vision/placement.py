"""Where the print lies on its paper: shifted, stretched, askew, or on paper too short for it.

The edges of the paper are looked for around the label laid straight. Where the paper goes on (a web
of labels), or what lies under it is as bright, there is no edge, and nothing is said of that side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.rectify import Rectified
from station.vision.sheet import Area, Sheet
from station.vision.sighting import Finding

PAPER = 190
"""Level from which it is paper."""

DEEP = 48
"""Dots inside of the label in which its edge is looked for."""

LASTING = 3
"""Dots of paper in a row that make an edge of what is before them."""

PLACES = 24
"""Along each side; and the least share of them that has to show the edge."""

SHOWN = 0.5

SHORT_MM = 2.5
"""Paper that is so much shorter than the label is no matter of where the print lies."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where paper begins, in dots inward of where the label should begin."""

    first: float
    """At the left end of a side, or its upper one."""

    last: float

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2

    @property
    def deepest(self) -> float:
        return max(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Placement:
    """An edge that was not found is None."""

    left: Edge | None
    top: Edge | None
    right: Edge | None
    bottom: Edge | None

    def paper(self, sheet: Sheet) -> Area:
        """The part of the label under which there is paper all along."""
        left, top, right, bottom = (
            max(0, round(each.deepest)) if each else 0
            for each in (self.left, self.top, self.right, self.bottom)
        )
        return Area(
            left, top, max(1, sheet.width - left - right), max(1, sheet.height - top - bottom)
        )


def placed(rectified: Rectified, sheet: Sheet) -> Placement:
    bright = rectified.seen >= PAPER
    return Placement(
        left=_edge(bright, rectified, sheet.height),
        top=_edge(bright.T, rectified, sheet.width),
        right=_edge(bright[:, ::-1], rectified, sheet.height),
        bottom=_edge(bright[::-1].T, rectified, sheet.width),
    )


def placement_findings(
    placement: Placement, rectified: Rectified, sheet: Sheet, limits: Limits
) -> Iterator[Finding]:
    whole = rectified.registration.outline(Area(0, 0, sheet.width, sheet.height))
    across = _shift(placement.left, placement.right)
    along = _shift(placement.top, placement.bottom)
    short = (_short(placement.left, placement.right), _short(placement.top, placement.bottom))
    most = limits.offset * sheet.dots_per_mm / 1000
    if max(short) > SHORT_MM * sheet.dots_per_mm:
        yield Finding(Code.CUT, seen=f"{max(short) / sheet.dots_per_mm:.1f} mm", outline=whole)
    elif max(abs(across), abs(along)) > most:
        yield Finding(Code.OFFSET, seen=_told((across, along), sheet), outline=whole)
    elif max(map(abs, short)) > most:
        yield Finding(Code.OFFSET, seen=f"± {_told(short, sheet)}", outline=whole)
    askew = _askew(placement, sheet)
    if abs(askew) * 1000 > limits.skew:
        yield Finding(Code.SKEW, seen=f"{askew:+.1f}°", outline=whole)


def _told(dots: tuple[float, float], sheet: Sheet) -> str:
    across, along = (each / sheet.dots_per_mm for each in dots)
    return f"{across:+.1f}, {along:+.1f} mm"


def _shift(near: Edge | None, far: Edge | None) -> float:
    """Dots by which the print lies further from the near edge than it should."""
    found = [-near.middle] if near else []
    found += [far.middle] if far else []
    return sum(found) / max(1, len(found))


def _short(near: Edge | None, far: Edge | None) -> float:
    """Dots that are missing of the paper between two edges; below zero there is too much of it for
    what is printed.
    """
    return near.middle + far.middle if near and far else 0.0


def _askew(placement: Placement, sheet: Sheet) -> float:
    """Degrees by which the print is turned on the paper; the least that an edge says."""
    sides = (
        (placement.left, sheet.height, 1),
        (placement.right, sheet.height, -1),
        (placement.top, sheet.width, -1),
        (placement.bottom, sheet.width, 1),
    )
    turns = [
        sign * float(np.degrees(np.arctan2(edge.last - edge.first, length)))
        for edge, length, sign in sides
        if edge
    ]
    return min(turns, key=abs, default=0.0)


def _edge(bright: NDArray[np.bool_], rectified: Rectified, length: int) -> Edge | None:
    """Of the left side of a picture that was turned so that it is one."""
    scale, margin = rectified.scale, rectified.margin
    at = (margin + length * np.linspace(0.06, 0.94, PLACES)) * scale
    rows = bright[at.astype(int), : round((margin + DEEP) * scale)]
    lasting = max(2, round(LASTING * scale))
    runs = cv2.erode(rows.astype(np.uint8), np.ones((1, lasting), np.uint8), anchor=(0, 0))
    begins = np.asarray(runs, np.uint8).argmax(axis=1)
    shown = begins > lasting
    if np.count_nonzero(shown) < SHOWN * PLACES:
        return None
    along, deep = at[shown] / scale - margin, begins[shown] / scale - margin
    return _straight(along, deep, length)


def _straight(along: NDArray[np.float64], deep: NDArray[np.float64], length: int) -> Edge:
    """The median of all lines through two of the points: ink at the edge does not bend it."""
    one, other = np.triu_indices(len(along), k=1)
    slope = float(np.median((deep[other] - deep[one]) / (along[other] - along[one])))
    level = float(np.median(deep - slope * along))
    return Edge(level, level + slope * length)
