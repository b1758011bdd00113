"""Single dots that tell one character from another, as the gap in an i does from an l.

Strokes of small text are one dot wide, and one dot more or less hardly counts in a place of four
by four (`station.vision.comparison`). Here the middle of each such dot is held to what was meant
there, in shares of what a single dot makes at the picture's blur. Simulated, mild optics: up to
0.15 on good labels, 0.77 and more where a dot is missing.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.line import as_it_is
from station.vision.rectify import Light, Rectified
from station.vision.sheet import Area, Dots, Sheet

FINEST = 1.5
"""Pixels of the grid to a dot below which a single dot is not to be seen."""

WORTH_A_LOOK = 0.3
"""Of what a dot makes, in the label as a whole; less is not looked at with its line."""

FAINTEST = 0.3
"""What a dot makes is never taken for less: in a soft picture noise makes as much."""

HALF = 128
"""Between ink and paper."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Deciding:
    """The dots of one label that decide, and how much of them is not as it was meant."""

    rectified: Rectified
    strokes: Mask
    """(rows, columns) in dots: ink that holds a stroke of one dot together."""

    gaps: Mask
    """Paper of one dot between ink and ink."""

    single: float
    """Levels that a single dot makes."""

    worst: NDArray[np.float32]
    """Of each of those dots, in shares of what it makes."""

    def of(self, area: Area) -> float:
        """Of the worst dot of a glyph, as the line around it came out."""
        dots = (slice(area.y, area.bottom), slice(area.x, area.right))
        if float(self.worst[dots].max(initial=0.0)) < WORTH_A_LOOK:
            return 0.0
        here = self.rectified.part(area, around=1)
        seen, meant = as_it_is(self.rectified, area)
        found, wanted = (_at(each, area, self.rectified, here) for each in (seen, meant))
        off = _off(found, wanted, self.strokes[dots], self.gaps[dots])
        return float(off.max(initial=0.0)) / self.single


def deciding(rectified: Rectified, sheet: Sheet) -> Deciding | None:
    """None where the picture is too coarse for it."""
    if rectified.scale < FINEST:
        return None
    strokes, gaps = decisive(sheet.picture)
    whole = Area(0, 0, sheet.width, sheet.height)
    everything = (slice(0, None), slice(0, None))
    seen, meant = (
        _at(each, whole, rectified, everything) for each in (rectified.seen, rectified.meant)
    )
    single = 255 * max(FAINTEST, _share(rectified.softness))
    return Deciding(rectified, strokes, gaps, single, _off(seen, meant, strokes, gaps) / single)


def decisive(picture: Dots) -> tuple[Mask, Mask]:
    """(strokes, gaps): ink between ink and ink with paper on both sides, and the other way round.

    >>> i = np.array([[255, 0, 255], [255, 255, 255], [255, 0, 255]], np.uint8)
    >>> decisive(i)[1].nonzero()
    (array([1]), array([1]))
    """
    ink = np.pad(picture < HALF, 1)
    here = ink[1:-1, 1:-1]
    upright = ink[:-2, 1:-1] & ink[2:, 1:-1] & ~ink[1:-1, :-2] & ~ink[1:-1, 2:]
    level = ink[1:-1, :-2] & ink[1:-1, 2:] & ~ink[:-2, 1:-1] & ~ink[2:, 1:-1]
    single = upright | level
    return here & single, ~here & single


def _share(softness: float) -> float:
    """Of ink in the middle of a single dot, blurred."""
    return math.erf(0.5 / (max(0.1, softness) * math.sqrt(2))) ** 2


def _at(light: Light, area: Area, of: Rectified, here: tuple[slice, slice]) -> NDArray[np.float32]:
    """The levels in the middle of each dot; `light` is that part of the grid."""
    rows, columns = here
    x = (np.arange(area.x, area.right) + of.margin + 0.5) * of.scale - 0.5 - columns.start
    y = (np.arange(area.y, area.bottom) + of.margin + 0.5) * of.scale - 0.5 - rows.start
    across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    found = cv2.remap(light, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _off(
    seen: NDArray[np.float32], meant: NDArray[np.float32], strokes: Mask, gaps: Mask
) -> NDArray[np.float32]:
    """Levels by which strokes are too light, and gaps too dark."""
    more = seen - meant
    return np.asarray(np.maximum(more * strokes, -more * gaps), np.float32)
