"""What the label lies on."""

from functools import lru_cache

import cv2
import numpy as np

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture, kept

_METAL = 70
"""How much brighter a rail is than the table."""


def table(optics: Optics) -> Picture:
    """(height, width), to be copied before anything is laid on it."""
    return _table(optics.width, optics.height, optics.table, optics.texture_levels, optics.clutter)


@lru_cache(maxsize=8)
def _table(width: int, height: int, level: int, texture_levels: float, clutter: int) -> Picture:
    """Scratched grey plastic: fine grain over slow shading."""
    drawn = np.random.default_rng(1)
    shape = (height, width)
    grain = cv2.GaussianBlur(drawn.normal(0, 1, shape).astype(np.float32), (0, 0), 1.5)
    shade = cv2.resize(
        drawn.normal(0, 1, (6, 8)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    texture = grain / grain.std() + shade / shade.std()
    plastic = np.clip(level + texture_levels * texture, 0, 255).astype(np.uint8)
    for number in range(min(clutter, 4)):
        plastic = _railed(plastic, number, min(255, level + _METAL))
    return kept(plastic)


def _railed(plastic: Picture, number: int, metal: int) -> Picture:
    """A bright bar with a dark edge and screws, along the top, bottom, left or right."""
    turned = np.ascontiguousarray(np.rot90(plastic, (0, 2, 1, 3)[number]))
    rows, columns = turned.shape
    top, slant = round(rows * (0.015 + 0.01 * number)), round(rows * 0.004 * (number + 1))
    thick = round(rows * 0.035)
    bar = np.array(
        [[0, top], [columns, top + slant], [columns, top + slant + thick], [0, top + thick]],
        np.int32,
    )
    cv2.fillConvexPoly(turned, bar, (metal,), cv2.LINE_AA)
    cv2.polylines(turned, [bar], isClosed=True, color=(metal // 4,), thickness=2)
    for screw in (0.2, 0.5, 0.8):
        middle = (round(columns * screw), top + round(slant * screw) + thick // 2)
        cv2.circle(turned, middle, max(1, thick // 4), (metal // 3,), -1, cv2.LINE_AA)
    return np.ascontiguousarray(np.rot90(turned, -(0, 2, 1, 3)[number]))
