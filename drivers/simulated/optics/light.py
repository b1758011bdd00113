"""The light that falls on a view, and the lamps that are mirrored in it."""

from functools import lru_cache
from typing import cast

import cv2
import numpy as np

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture, kept, radius

_RIM = 10
"""Pixels around the image of a lamp where it grows dark."""


def lit(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    """Under the lamp, which stands in one of four corners, and may be seen in gloss."""
    light = _light(
        width=optics.width,
        height=optics.height,
        light_fall=optics.light_fall,
        glare=optics.glare,
        glare_at=optics.glare_at,
        glare_size=optics.glare_size,
        vignetting=optics.vignetting,
    )
    mirrored = light[:: drawn.choice((-1, 1)), :: drawn.choice((-1, 1))]
    seen = cast("Picture", cv2.multiply(view, np.ascontiguousarray(mirrored), scale=1 / 128))
    return _with_lamp(seen, optics, drawn) if optics.lamp else seen


@lru_cache(maxsize=8)
def _light(
    *,
    width: int,
    height: int,
    light_fall: float,
    glare: float,
    glare_at: tuple[float, float],
    glare_size: float,
    vignetting: float,
) -> Picture:
    """How bright it is at each pixel; 128 is full light."""
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    fall = 1 - light_fall * (0.6 * across + 0.4 * down)
    x, y = glare_at
    spread = round(2 * glare_size**2, 12)
    lamp = glare * np.exp(-((across - x) ** 2 + (down - y) ** 2) / spread)
    lost = 1 - vignetting * radius(width, height) ** 2
    return kept(np.clip(128 * (fall + lamp) * lost, 0, 255).astype(np.uint8))


def _with_lamp(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    """A bright oval over all that lies there; the sensor clips what is over white."""
    drawn_at = drawn.uniform(0.1, 0.9, 2)
    x, y = drawn_at if optics.lamp_at is None else optics.lamp_at
    half = (
        max(1, round(optics.lamp_size[0] * optics.width / 2)),
        max(1, round(optics.lamp_size[1] * optics.height / 2)),
    )
    oval = _oval(half, min(255, round(255 * optics.lamp)))
    left = round(x * optics.width) - oval.shape[1] // 2
    top = round(y * optics.height) - oval.shape[0] // 2
    seen = view[max(0, top) : top + oval.shape[0], max(0, left) : left + oval.shape[1]]
    mirrored = oval[max(0, -top) :, max(0, -left) :][: seen.shape[0], : seen.shape[1]]
    if seen.size:
        seen[...] = cv2.add(seen, np.ascontiguousarray(mirrored))
    return view


@lru_cache(maxsize=8)
def _oval(half: tuple[int, int], level: int) -> Picture:
    """With a soft rim, in the middle of as much darkness as the rim needs."""
    width, height = (2 * (side + _RIM) + 1 for side in half)
    oval = np.zeros((height, width), np.uint8)
    cv2.ellipse(oval, (width // 2, height // 2), half, 0, 0, 360, (level,), -1, cv2.LINE_AA)
    return kept(np.asarray(cv2.GaussianBlur(oval, (0, 0), _RIM / 4), np.uint8))
