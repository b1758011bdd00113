"""Holes and blots in a symbol, which its error correction hides from every reader.

Only where the printer has encoded the data as it was meant: another encodation of the same data is
right as well, and then nothing is said.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.verdict import Code
from station.vision.rectify import Rectified
from station.vision.sheet import Area, Sheet, SymbolPlace
from station.vision.sighting import Finding

SAME = 0.85
"""Least share of the points that are as they were meant, in the same encodation; another one agrees
in half of them."""

HALF = 128
"""Between ink and paper."""


def void_findings(hot: NDArray[np.uint8], rectified: Rectified, sheet: Sheet) -> Iterator[Finding]:
    """`hot` is 1 where more differs than a speck."""
    for symbol in sheet.symbols:
        here = rectified.part(symbol.area)
        seen, meant = rectified.seen[here], rectified.meant[here]
        if np.mean((seen < HALF) == (meant < HALF)) < SAME:
            continue
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(hot[here])
        for number in range(1, count):
            of_it = labels == number
            code = Code.VOID if seen[of_it].mean() > meant[of_it].mean() else Code.SMEAR
            yield _finding(code, boxes[number].tolist(), symbol, rectified)


def _finding(code: Code, box: list[int], symbol: SymbolPlace, rectified: Rectified) -> Finding:
    x, y, width, height, _ = (round(each / rectified.scale) for each in box)
    hole = Area(symbol.area.x + x, symbol.area.y + y, max(1, width), max(1, height))
    return Finding(code, part=symbol.identifier, outline=rectified.registration.outline(hole))
