"""Where a label lies in the frame, and its ink and paper there."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture

Pose = NDArray[np.float64]
"""(3, 3): from dots to pixels."""


def inked(picture: Picture, optics: Optics) -> Picture:
    """Dots as grey levels of paper and ink, with the ink grown by a part of a dot.

    A grey rim of weight w, once blurred by the lens, is an edge moved by w dots.
    """
    spread = cv2.erode if optics.growth_dots > 0 else cv2.dilate
    weight = min(1.0, abs(optics.growth_dots))
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    grown = cv2.addWeighted(picture, 1 - weight, spread(picture, cross), weight, 0)
    levels = np.linspace(optics.ink, optics.paper, 256).astype(np.uint8)
    return cast("Picture", cv2.LUT(grown, levels))


def posed(
    shape: tuple[int, ...], dots_per_mm: int, optics: Optics, drawn: np.random.Generator
) -> Pose:
    """The homography from dots to pixels: centred, turned, shifted within the frame, tilted."""
    height, width = (side / dots_per_mm for side in shape)
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
    rows, columns = shape
    dots = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    return cast("Pose", cv2.getPerspectiveTransform(dots, seen.astype(np.float32) - 0.5))


def beside(
    shape: tuple[int, ...], *, right: float, below: float, turn_degrees: float, pose: Pose
) -> Pose:
    """The pose of a second label, so many dots to the right of and below the first one's top left
    and turned clockwise about its own middle.
    """
    rows, columns = shape
    turned = np.eye(3)
    turned[:2] = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), -turn_degrees, 1.0)
    turned[:2, 2] += np.array([right, below])
    return pose @ turned


def placed(inked: Picture, pose: Pose, view: Picture) -> Picture:
    """The label laid into a view, which is changed. What would alias is averaged down first."""
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
            view.shape[::-1],
            dst=view,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        ),
    )
