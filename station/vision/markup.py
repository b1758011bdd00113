"""Where things were found, drawn on the picture: outlines that are seen in grey print as well.

What rejects has a double outline, dark inside light, and a number; what only warns has a broken
one. The picture that is kept as evidence is never drawn on.
"""

from collections.abc import Iterable
from typing import Protocol

import cv2
import numpy as np

from station.vision.picture import Picture

REJECTS = (40, 40, 230)
WARNS = (0, 170, 240)
PAPER = (255, 255, 255)
LEAST = 14
"""Pixels of an outline's side: a smaller thing is framed with some room around it."""


class Marked(Protocol):
    @property
    def outline(self) -> tuple[tuple[int, int], ...] | None: ...
    @property
    def rejects(self) -> bool: ...


def marked(pixels: Picture, found: Iterable[Marked]) -> Picture:
    """A picture in colour (height, width, 3) with the outline of each thing that has one."""
    drawn = np.asarray(
        cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels.copy(), np.uint8
    )
    thick = max(2, drawn.shape[1] // 500)
    number = 0
    for each in found:
        if not each.outline:
            continue
        corners = _roomy(np.array(each.outline, np.int32))
        cv2.polylines(drawn, [corners], isClosed=True, color=PAPER, thickness=2 * thick + 1)
        if each.rejects:
            number += 1
            cv2.polylines(drawn, [corners], isClosed=True, color=REJECTS, thickness=thick)
            _numbered(drawn, corners, number, thick)
        else:
            for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
                _dashed(drawn, start, end, thick)
    return drawn


def _roomy(corners: Picture) -> Picture:
    middle = corners.mean(axis=0)
    away = corners - middle
    side = np.abs(away).max(axis=0)
    room = np.maximum(side + 4, LEAST / 2) / np.maximum(side, 0.5)
    return np.asarray((middle + away * room).round(), np.int32)


def _numbered(drawn: Picture, corners: Picture, number: int, thick: int) -> None:
    x, y = (int(each) for each in corners[np.argmin(corners.sum(axis=1))])
    place = (max(2, x), max(14 * thick, y - 4))
    for colour, width in ((PAPER, 3 * thick), (REJECTS, thick)):
        cv2.putText(drawn, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick, colour, width)


def _dashed(drawn: Picture, start: Picture, end: Picture, thick: int) -> None:
    steps = max(1, int(np.linalg.norm(end - start)) // (4 * thick))
    points = np.linspace(start, end, 2 * steps).round().astype(int).tolist()
    for one, other in zip(points[::2], points[1::2], strict=True):
        cv2.line(drawn, one, other, WARNS, thick)
