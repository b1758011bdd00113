"""What a lens and a row-by-row shutter do to a view."""

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture, kept, radius

Kernel = NDArray[np.float32]

_STEPS = 8
"""Samples to a pixel, each way, when a disc is laid on pixels."""


def blurred(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    """Not sharp, out of focus, and smeared where the label moved."""
    soft = cv2.GaussianBlur(view, (0, 0), optics.blur_pixels) if optics.blur_pixels > 0 else view
    angle = drawn.uniform(0, np.pi)
    if optics.motion_degrees is not None:
        angle = float(np.radians(optics.motion_degrees))
    if optics.defocus_pixels > 0:
        soft = cv2.filter2D(soft, -1, _disc(optics.defocus_pixels))
    if optics.motion_pixels < 2:
        return cast("Picture", soft)
    return cast("Picture", cv2.filter2D(soft, -1, _smear(optics.motion_pixels, angle)))


def bent(view: Picture, optics: Optics) -> Picture:
    """Drawn in or out by the lens, and sheared where rows are taken one after the other."""
    if not (optics.barrel or optics.rolling_pixels or optics.wobble_pixels):
        return view
    across, down = _places(
        width=optics.width,
        height=optics.height,
        barrel=optics.barrel,
        rolling=optics.rolling_pixels,
        wobble=optics.wobble_pixels,
        rows=optics.wobble_rows,
    )
    return cast(
        "Picture",
        cv2.remap(view, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
    )


def _smear(length: int, angle: float) -> Kernel:
    """A line through the middle of a kernel: what lies under it is averaged."""
    side = length | 1
    kernel = np.zeros((side, side), np.float32)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (side // 2)
    start, end = (side // 2 - reach).round(), (side // 2 + reach).round()
    cv2.line(kernel, [int(at) for at in start], [int(at) for at in end], (1.0,))
    return np.asarray(kernel / kernel.sum(), np.float32)


@lru_cache(maxsize=64)
def _disc(pixels: float) -> Kernel:
    """How much of each pixel the disc covers."""
    side = 2 * int(np.ceil(pixels)) + 1
    fine = (np.arange(side * _STEPS) + 0.5) / _STEPS - side / 2
    within = np.hypot(fine[:, None], fine[None, :]) <= pixels
    shares = within.reshape(side, _STEPS, side, _STEPS).mean(axis=(1, 3))
    if not shares.any():
        shares[side // 2, side // 2] = 1
    return kept(np.asarray(shares / shares.sum(), np.float32))


@lru_cache(maxsize=2)
def _places(
    *, width: int, height: int, barrel: float, rolling: float, wobble: float, rows: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """From where in the view each pixel comes, across and down. In fixed point it is slower."""
    outward = 1 + np.float32(barrel) * radius(width, height) ** 2
    across, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    swing = rolling * down / height + wobble * np.sin(2 * np.pi * down / rows)
    x = (across - width / 2)[None, :] * outward + width / 2 - swing[:, None]
    y = (down - height / 2)[:, None] * outward + height / 2
    return kept(x.astype(np.float32)), kept(y.astype(np.float32))
