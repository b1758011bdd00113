"""One exposure: noise, what is wrong with the camera, and what it loses in sending its picture."""

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture, kept

BLACK_LEVEL = 6
"""What a sensor gives without any light, so that its noise does not end at zero."""

_BANK_MARGIN = 256
"""The noise bank is larger than a frame by this much; each frame is cut from its own place."""

_UNIT, _FINE = 32, 8
"""Steps of a standard deviation in the bank, and of a level, where noise goes with the light."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What has happened to a camera since it was set up."""

    light: float = 1.0
    """Share of the light that reaches the sensor: 0 is a lens cap, 20 an open aperture."""

    blur_pixels: float = 0.0
    """Standard deviation of a blur on top of the lens blur: out of focus."""

    size: tuple[int, int] | None = None
    """Width and height that pictures are given in instead."""


NO_TROUBLE = Trouble()


def developed(
    view: Picture, *, optics: Optics, seed: int, trouble: Trouble = NO_TROUBLE
) -> Picture:
    """One exposure of a scene: its own noise, grey or BGR as the optics say."""
    drawn = np.random.default_rng(seed ^ 0x5EED)
    exposed = _noisy(_troubled(view, trouble), optics, drawn)
    if trouble.size:
        exposed = cast("Picture", cv2.resize(exposed, trouble.size, interpolation=cv2.INTER_AREA))
    if optics.gamma != 1.0:
        exposed = cast("Picture", cv2.LUT(exposed, _curve(optics.gamma)))
    if optics.colour:
        exposed = _coloured(exposed, optics.cast)
    return _sent(exposed, optics.jpeg_quality) if optics.jpeg_quality else exposed


def _troubled(view: Picture, trouble: Trouble) -> Picture:
    """The scene as it reaches the sensor, which has a black level of a few."""
    seen = view
    if trouble.blur_pixels > 0:
        seen = cast("Picture", cv2.GaussianBlur(seen, (0, 0), trouble.blur_pixels))
    if trouble.light != 1.0:
        seen = cast("Picture", cv2.convertScaleAbs(seen, alpha=trouble.light, beta=BLACK_LEVEL))
    return seen


def _noisy(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    top, left = drawn.integers(0, _BANK_MARGIN, 2)
    bank = (
        _unit_noise(optics.width, optics.height)
        if optics.shot_levels
        else _noise(optics.width, optics.height, optics.noise_levels)
    )
    noise = bank[top : top + optics.height, left : left + optics.width]
    if optics.shot_levels:
        noise = _with_light(noise, view, optics)
    return cast("Picture", cv2.add(view, noise, dtype=cv2.CV_8U))


def _with_light(unit: NDArray[np.int8], view: Picture, optics: Optics) -> NDArray[np.int8]:
    """Noise as strong at each pixel as its light makes it."""
    spread = cv2.LUT(view, _spread(optics.noise_levels, optics.shot_levels))
    noise = cv2.multiply(spread, unit, scale=1 / (_UNIT * _FINE), dtype=cv2.CV_8S)
    return cast("NDArray[np.int8]", noise)


def _coloured(grey: Picture, cast_of_light: tuple[float, float, float]) -> Picture:
    if cast_of_light == (1.0, 1.0, 1.0):
        return cast("Picture", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    channels = [cv2.convertScaleAbs(grey, alpha=share) for share in cast_of_light]
    return cast("Picture", cv2.merge(channels))


def _sent(picture: Picture, quality: int) -> Picture:
    """Through JPEG and back."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    mode = cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR
    return cast("Picture", cv2.imdecode(data, mode))


@lru_cache(maxsize=8)
def _noise(width: int, height: int, levels: float) -> NDArray[np.int8]:
    shape = (height + _BANK_MARGIN, width + _BANK_MARGIN)
    drawn = np.random.default_rng(2).normal(0, levels, shape)
    return kept(np.clip(drawn.round(), -128, 127).astype(np.int8))


def _unit_noise(width: int, height: int) -> NDArray[np.int8]:
    """Noise whose standard deviation is `_UNIT`, up to almost four of them."""
    return _noise(width, height, float(_UNIT))


@lru_cache(maxsize=64)
def _spread(read: float, shot: float) -> NDArray[np.uint8]:
    """Standard deviation at each level, in parts of a level."""
    levels = np.sqrt(read**2 + shot**2 * np.arange(256) / 255)
    return kept(np.clip((levels * _FINE).round(), 0, 255).astype(np.uint8))


@lru_cache(maxsize=64)
def _curve(gamma: float) -> NDArray[np.uint8]:
    return kept((255 * (np.arange(256) / 255) ** (1 / gamma)).round().astype(np.uint8))
