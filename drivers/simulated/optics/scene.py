"""What lies in view, in its place and light, before the sensor adds its noise."""

from dataclasses import dataclass

import numpy as np

from drivers.simulated.optics.fixture import Optics
from drivers.simulated.optics.frame import Picture
from drivers.simulated.optics.lens import bent, blurred
from drivers.simulated.optics.light import lit
from drivers.simulated.optics.pose import Pose, beside, inked, placed, posed
from drivers.simulated.optics.table import table

_EDGE = 0.8
"""How bright the edge of a label is, against its paper, where it lies on another."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Another label in view: half over the first one, or beside it."""

    picture: Picture
    """(height, width) in dots, as many to the millimetre as the first label's."""

    right_mm: float = 0.0
    below_mm: float = 0.0
    """From the top left of the first label to this one's, along the sides of the first."""

    turn_degrees: float = 0.0
    """Clockwise, about its own middle."""


def scene(
    picture: Picture,
    *,
    dots_per_mm: int,
    optics: Optics,
    seed: int,
    others: tuple[Laid, ...] = (),
) -> Picture:
    """The label in its place and light, grey, and `others`, each laid over those before it.

    The frame is chosen for the first label: of the others as much is seen as lies in it.
    """
    drawn = np.random.default_rng(seed)
    pose = posed(picture.shape, dots_per_mm, optics, drawn)
    view = placed(inked(picture, optics), pose, table(optics).copy())
    for other in others:
        view = _laid(view, other, pose, dots_per_mm, optics)
    return lit(bent(blurred(view, optics, drawn), optics), optics, drawn)


def empty_scene(*, optics: Optics, seed: int) -> Picture:
    return lit(bent(table(optics), optics), optics, np.random.default_rng(seed))


def _laid(view: Picture, other: Laid, pose: Pose, dots_per_mm: int, optics: Optics) -> Picture:
    where = beside(
        other.picture.shape,
        right=other.right_mm * dots_per_mm,
        below=other.below_mm * dots_per_mm,
        turn_degrees=other.turn_degrees,
        pose=pose,
    )
    return placed(_edged(inked(other.picture, optics), optics.paper), where, view)


def _edged(label: Picture, paper: int) -> Picture:
    """Paper on paper is seen by the shadow of its cut."""
    shadow = round(_EDGE * paper)
    for side in (label[0], label[-1], label[:, 0], label[:, -1]):
        np.minimum(side, shadow, out=side)
    return label
