"""What a camera sees of a label lying on a table: a model, good for ranking and for tests.

The label lies a little askew and a little tilted on a dark, slightly textured table, under uneven
light; its ink has spread, the lens is not quite sharp and the sensor is noisy. Everything follows
from the seed, so a picture that fails can be made again.

>>> import numpy as np
>>> paper = np.full((320, 480), 255, np.uint8)
>>> photograph(paper, dots_per_mm=8, optics=MILD, seed=7).shape
(960, 1280)

Each thing that can be wrong with a fixture is a number of `Optics`; fixtures have names:

>>> sorted(OPTICS)
['colour', 'five-megapixel', 'harsh', 'mild', 'ugly']

The table, the light and a bank of sensor noise are computed once and kept: a frame costs a few
milliseconds. Read rates on these pictures are not a plant's read rates.
"""

from drivers.simulated.optics.fixture import (
    COLOUR,
    FIVE_MEGAPIXEL,
    HARSH,
    MILD,
    OPTICS,
    UGLY,
    Optics,
)
from drivers.simulated.optics.frame import Picture
from drivers.simulated.optics.scene import Laid, empty_scene, scene
from drivers.simulated.optics.sensor import BLACK_LEVEL, NO_TROUBLE, Trouble, developed

__all__ = [
    "BLACK_LEVEL",
    "COLOUR",
    "FIVE_MEGAPIXEL",
    "HARSH",
    "MILD",
    "NO_TROUBLE",
    "OPTICS",
    "UGLY",
    "Laid",
    "Optics",
    "Picture",
    "Trouble",
    "developed",
    "empty_scene",
    "empty_table",
    "photograph",
    "scene",
]


def photograph(
    picture: Picture,
    *,
    dots_per_mm: int,
    optics: Optics,
    seed: int,
    others: tuple[Laid, ...] = (),
) -> Picture:
    """The label (height, width) in dots, 0 ink and 255 paper, as the camera sees it.

    What is shorter than the label was meant, because it was cut, is paper up to there and table
    behind it.
    """
    view = scene(picture, dots_per_mm=dots_per_mm, optics=optics, seed=seed, others=others)
    return developed(view, optics=optics, seed=seed)


def empty_table(*, optics: Optics, seed: int) -> Picture:
    """The same view with nothing lying there."""
    return developed(empty_scene(optics=optics, seed=seed), optics=optics, seed=seed)
