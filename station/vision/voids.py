"""Holes and blots in a matrix symbol, which its error correction hides from every reader.

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
"""Least share of modules that are as they were meant, in the same encodation; another one agrees in
half of them."""

LIGHT, DARK = 179, 76
"""Level of a module that is surely one or the other."""

TOGETHER = 2
"""Modules side by side that make a hole or a blot; a single one may be a scratch."""


def void_findings(rectified: Rectified, sheet: Sheet) -> Iterator[Finding]:
    for symbol in sheet.symbols:
        rows, columns = symbol.modules.shape
        if rows == 1:
            continue
        seen = cv2.resize(
            rectified.seen[rectified.part(symbol.area)],
            (columns, rows),
            interpolation=cv2.INTER_AREA,
        )
        dark = symbol.modules
        if np.mean((seen < (LIGHT + DARK) / 2) == dark) < SAME:
            continue
        yield from _together(Code.VOID, dark & (seen > LIGHT), symbol, rectified)
        yield from _together(Code.SMEAR, ~dark & (seen < DARK), symbol, rectified)


def _together(
    code: Code, wrong: NDArray[np.bool_], symbol: SymbolPlace, rectified: Rectified
) -> Iterator[Finding]:
    count, _, boxes, _ = cv2.connectedComponentsWithStats(wrong.astype(np.uint8), connectivity=4)
    for x, y, width, height, size in boxes[1:count].tolist():
        if size >= TOGETHER:
            module, area = symbol.module, symbol.area
            hole = Area(area.x + x * module, area.y + y * module, width * module, height * module)
            yield Finding(
                code,
                part=symbol.identifier,
                seen=str(size),
                outline=rectified.registration.outline(hole),
            )
