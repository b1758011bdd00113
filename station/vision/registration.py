"""Where on a picture each dot of the label lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from station.vision.picture import Picture
from station.vision.sheet import Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    homography: NDArray[np.float64]
    """(3, 3): from dots of the sheet, measured at their top left corner, to pixels."""

    error: float
    """Mean distance in dots between where the label's parts were meant and where they are, after
    the fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Rectified:
    """The label laid straight, in even light: what the camera saw of each dot.

    A grid of `scale` pixels to a dot over the sheet and `margin` dots around it; dot (x, y) begins
    at column (x + margin) * scale, row (y + margin) * scale.
    """

    pixels: Picture
    """(rows, columns) as they came."""

    seen: NDArray[np.float32]
    """The same as reflectance between the label's own ink, 0, and its paper, 1."""

    meant: NDArray[np.float32]
    """What was meant on the same grid, 0 ink and 1 paper, as soft as the picture is."""

    scale: float
    margin: int
    registration: Registration


def register(picture: Picture, sheet: Sheet, symbols: tuple[Symbol, ...]) -> Registration | None:
    """Lay the sheet over a grey picture (height, width); None where they do not fit together.

    `symbols` are those that were read in it, with their corners.
    """
    raise NotImplementedError


def rectify(picture: Picture, sheet: Sheet, registration: Registration) -> Rectified:
    raise NotImplementedError
