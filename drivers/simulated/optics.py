"""What a camera sees of a label lying on a table: a model, good for ranking and for tests.

The label lies a little askew and a little tilted on a dark, slightly textured table, under uneven
light; its ink has spread, the lens is not quite sharp and the sensor is noisy. Everything follows
from the seed, so a picture that fails can be made again.

>>> paper = np.full((320, 480), 255, np.uint8)
>>> photograph(paper, dots_per_mm=8, optics=MILD, seed=7).shape
(960, 1280)

The table, the light and a bank of sensor noise are computed once and kept: a frame costs a few
milliseconds. Read rates on these pictures are not a plant's read rates.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

BLACK_LEVEL = 6
"""What a sensor gives without any light, so that its noise does not end at zero."""

_BANK_MARGIN = 256
"""The noise bank is larger than a frame by this much; each frame is cut from its own place."""


@dataclass(frozen=True, slots=True)
class Optics:
    """How a picture comes about. Each "up to" is drawn per picture, evenly, in both directions."""

    width: int = 1280
    height: int = 960
    colour: bool = False
    """BGR pictures instead of grey ones."""

    pixels_per_mm: float = 18.0
    """At most; less where the label would not fit the frame otherwise."""

    rotation_degrees: float = 2.0
    """Up to."""

    perspective: float = 0.004
    """Each corner is moved by up to this share of the label's length."""

    blur_pixels: float = 0.7
    """Standard deviation of the lens blur."""

    motion_pixels: int = 0
    """Length of the smear of a moving label, in a direction drawn per picture."""

    noise_levels: float = 2.5
    """Standard deviation of the sensor noise."""

    light_fall: float = 0.15
    """How much darker the far end of the frame is than the near end."""

    glare: float = 0.0
    """Brightness a reflected lamp adds at its centre, as a share of the light."""

    growth_dots: float = 0.1
    """How far the ink spreads on every side; below zero it shrinks. At most one dot."""

    paper: int = 225
    ink: int = 30
    table: int = 80
    texture_levels: float = 3.0


MILD = Optics()
"""A fixture as it should be."""

HARSH = Optics(
    rotation_degrees=12.0,
    perspective=0.025,
    blur_pixels=1.5,
    motion_pixels=4,
    noise_levels=9.0,
    light_fall=0.45,
    glare=0.55,
    growth_dots=0.3,
    paper=195,
    ink=62,
)
"""A hand-held camera under a shop lamp. Some of these pictures cannot be read."""


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


def photograph(picture: Picture, *, dots_per_mm: int, optics: Optics, seed: int) -> Picture:
    """The label (height, width) in dots, 0 ink and 255 paper, as the camera sees it."""
    return developed(
        scene(picture, dots_per_mm=dots_per_mm, optics=optics, seed=seed), optics=optics, seed=seed
    )


def empty_table(*, optics: Optics, seed: int) -> Picture:
    """The same view with nothing lying there."""
    return developed(empty_scene(optics=optics, seed=seed), optics=optics, seed=seed)


def scene(picture: Picture, *, dots_per_mm: int, optics: Optics, seed: int) -> Picture:
    """The label in its place and light, grey, before the sensor adds its noise."""
    drawn = np.random.default_rng(seed)
    inked = _inked(picture, optics)
    pose = _pose(inked, dots_per_mm, optics, drawn)
    placed = _placed(inked, pose, optics)
    return _lit(_blurred(placed, optics, drawn), optics, drawn)


def empty_scene(*, optics: Optics, seed: int) -> Picture:
    return _lit(_table(_still(optics)), optics, np.random.default_rng(seed))


def developed(
    view: Picture, *, optics: Optics, seed: int, trouble: Trouble = NO_TROUBLE
) -> Picture:
    """One exposure of a scene: its own noise, grey or BGR as the optics say."""
    drawn = np.random.default_rng(seed ^ 0x5EED)
    top, left = drawn.integers(0, _BANK_MARGIN, 2)
    bank = _noise(_still(optics))
    noise = bank[top : top + optics.height, left : left + optics.width]
    exposed = cv2.add(_troubled(view, trouble), noise, dtype=cv2.CV_8U)
    if trouble.size:
        exposed = cv2.resize(exposed, trouble.size, interpolation=cv2.INTER_AREA)
    if optics.colour:
        exposed = cv2.cvtColor(exposed, cv2.COLOR_GRAY2BGR)
    return cast("Picture", exposed)


def _troubled(view: Picture, trouble: Trouble) -> Picture:
    """The scene as it reaches the sensor, which has a black level of a few."""
    seen = view
    if trouble.blur_pixels > 0:
        seen = cast("Picture", cv2.GaussianBlur(seen, (0, 0), trouble.blur_pixels))
    if trouble.light != 1.0:
        seen = cast("Picture", cv2.convertScaleAbs(seen, alpha=trouble.light, beta=BLACK_LEVEL))
    return seen


def _still(optics: Optics) -> Optics:
    """The part of the optics that table, light and noise depend on: the key of what is kept."""
    return Optics(
        width=optics.width,
        height=optics.height,
        noise_levels=optics.noise_levels,
        light_fall=optics.light_fall,
        glare=optics.glare,
        table=optics.table,
        texture_levels=optics.texture_levels,
    )


def _inked(picture: Picture, optics: Optics) -> Picture:
    """Dots as grey levels of paper and ink, with the ink grown by a part of a dot.

    A grey rim of weight w, once blurred by the lens, is an edge moved by w dots.
    """
    spread = cv2.erode if optics.growth_dots > 0 else cv2.dilate
    weight = min(1.0, abs(optics.growth_dots))
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    grown = cv2.addWeighted(picture, 1 - weight, spread(picture, cross), weight, 0)
    levels = np.linspace(optics.ink, optics.paper, 256).astype(np.uint8)
    return cast("Picture", cv2.LUT(grown, levels))


def _pose(
    inked: Picture, dots_per_mm: int, optics: Optics, drawn: np.random.Generator
) -> NDArray[np.float64]:
    """The homography from dots to pixels: centred, turned, shifted within the frame, tilted."""
    height, width = (side / dots_per_mm for side in inked.shape)
    turn = np.radians(drawn.uniform(-1, 1) * optics.rotation_degrees)
    cosine, sine = abs(np.cos(turn)), abs(np.sin(turn))
    box = np.array([width * cosine + height * sine, width * sine + height * cosine])
    frame = np.array([optics.width, optics.height])
    scale = min(optics.pixels_per_mm, *(0.94 * frame / box))
    room = (frame - box * scale) / 2 - 0.02 * frame
    centre = frame / 2 + drawn.uniform(-1, 1, 2) * np.maximum(room, 0) / 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    tilt = drawn.uniform(-1, 1, (4, 2)) * optics.perspective * max(width, height)
    seen = ((corners + tilt) * scale) @ rotation.T + centre
    rows, columns = inked.shape
    dots = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    return cast(
        "NDArray[np.float64]", cv2.getPerspectiveTransform(dots, seen.astype(np.float32) - 0.5)
    )


def _placed(inked: Picture, pose: NDArray[np.float64], optics: Optics) -> Picture:
    """The label on the table. What would alias is averaged down first."""
    scale = float(np.sqrt(abs(np.linalg.det(pose[:2, :2] / pose[2, 2]))))
    if scale < 1.0:
        rows, columns = inked.shape
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        shrink = np.diag([columns / size[0], rows / size[1], 1.0])
        shrink[:2, 2] = (np.diag(shrink)[:2] - 1) / 2
        inked = cast("Picture", cv2.resize(inked, size, interpolation=cv2.INTER_AREA))
        pose = pose @ shrink
    return cast(
        "Picture",
        cv2.warpPerspective(
            inked,
            pose,
            (optics.width, optics.height),
            dst=_table(_still(optics)).copy(),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        ),
    )


def _blurred(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    soft = cv2.GaussianBlur(view, (0, 0), optics.blur_pixels) if optics.blur_pixels > 0 else view
    angle = drawn.uniform(0, np.pi)
    if optics.motion_pixels < 2:
        return cast("Picture", soft)
    return cast("Picture", cv2.filter2D(soft, -1, _smear(optics.motion_pixels, angle)))


def _smear(length: int, angle: float) -> NDArray[np.float32]:
    """A line through the middle of a kernel: what lies under it is averaged."""
    side = length | 1
    kernel = np.zeros((side, side), np.float32)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (side // 2)
    start, end = (side // 2 - reach).round(), (side // 2 + reach).round()
    cv2.line(kernel, [int(at) for at in start], [int(at) for at in end], (1.0,))
    return np.asarray(kernel / kernel.sum(), np.float32)


def _lit(view: Picture, optics: Optics, drawn: np.random.Generator) -> Picture:
    """Under the lamp, which stands in one of four corners."""
    light = _light(_still(optics))
    mirrored = light[:: drawn.choice((-1, 1)), :: drawn.choice((-1, 1))]
    return cast("Picture", cv2.multiply(view, np.ascontiguousarray(mirrored), scale=1 / 128))


@lru_cache(maxsize=8)
def _table(optics: Optics) -> Picture:
    """Scratched grey plastic: fine grain over slow shading."""
    drawn = np.random.default_rng(1)
    shape = (optics.height, optics.width)
    grain = cv2.GaussianBlur(drawn.normal(0, 1, shape).astype(np.float32), (0, 0), 1.5)
    shade = cv2.resize(
        drawn.normal(0, 1, (6, 8)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    texture = grain / grain.std() + shade / shade.std()
    table = np.clip(optics.table + optics.texture_levels * texture, 0, 255).astype(np.uint8)
    return _kept(table)


@lru_cache(maxsize=8)
def _light(optics: Optics) -> Picture:
    """How bright it is at each pixel; 128 is full light."""
    down, across = np.mgrid[0 : 1 : optics.height * 1j, 0 : 1 : optics.width * 1j]
    fall = 1 - optics.light_fall * (0.6 * across + 0.4 * down)
    lamp = optics.glare * np.exp(-((across - 0.3) ** 2 + (down - 0.35) ** 2) / 0.02)
    return _kept(np.clip(128 * (fall + lamp), 0, 255).astype(np.uint8))


@lru_cache(maxsize=8)
def _noise(optics: Optics) -> NDArray[np.int8]:
    shape = (optics.height + _BANK_MARGIN, optics.width + _BANK_MARGIN)
    drawn = np.random.default_rng(2).normal(0, optics.noise_levels, shape)
    bank = np.clip(drawn.round(), -128, 127).astype(np.int8)
    bank.flags.writeable = False
    return bank


def _kept(field: Picture) -> Picture:
    """Shared between frames, therefore read-only."""
    field.flags.writeable = False
    return field
