"""What a worn thermal printer makes of a label: dots in, grey paper out.

A printer presses ribbon and paper against a row of tiny heaters, one to a dot, and pulls both
along. Each of those goes wrong in its own way, and each way has a name:

>>> meant = np.full((320, 480), 255, np.uint8)
>>> meant[100:200, 100:300] = 0
>>> paper = printed(meant, Wear(dead_dots=(150,), cut_dots=40), seed=7)
>>> paper.shape, int(paper[150, 149]), int(paper[150, 150])
((280, 480), 0, 255)
>>> sorted(WEAR)[:4]
['blank', 'bold', 'cut', 'dead-dot']

Everything follows from the seed. The head, the ribbon and the dirt act in the frame of the head;
only then does the paper lie askew under them, so that a dead dot's line is turned with the print.
A model of what is seen, not of heat. Vendors name the same causes: burnt elements leave lines along
the feed, a wrinkle in the ribbon "can cause voids in the print" (Zebra S-Series User's Guide,
glossary), dust and glue keep ink from the paper, and an old head prints lighter.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.simulated.wear import head, paper, ribbon
from drivers.simulated.wear.amounts import Wear
from drivers.simulated.wear.presets import GOOD, UGLY, WEAR

__all__ = ["GOOD", "UGLY", "WEAR", "Picture", "Wear", "pinned", "printed"]

Picture = NDArray[np.uint8]

_Step = Callable[[head.Ink, Wear, np.random.Generator], head.Ink]

_STEPS: tuple[_Step, ...] = (
    head.dead,
    head.weak,
    head.grown,
    head.faint,
    head.mottled,
    head.faded,
    ribbon.wrinkled,
    ribbon.voided,
    ribbon.spotted,
    ribbon.smeared,
    paper.placed,
    paper.ended,
)


def printed(picture: Picture, wear: Wear, seed: int, *, before: Picture | None = None) -> Picture:
    """The label on paper (height, width), 255 paper to 0 ink, of a picture in dots; `before` is the
    label whose ghost is seen. Fewer rows come out where the paper is cut.

    Each kind of wear draws from the seed for itself: another amount of one leaves the others where
    they were.
    """
    if wear == GOOD:
        return picture.copy()
    wear = wear.settled(np.random.default_rng((seed, len(_STEPS))))
    ink = _turned(picture)
    if before is not None and wear.ghost:
        ink = ribbon.ghosted(ink, _turned(before), wear)
    for step, drawn in zip(_STEPS, _draws(seed), strict=True):
        ink = step(ink, wear, drawn)
    return _turned(ink)


def pinned(wear: Wear, picture: Picture, *, seed: int = 0) -> Wear:
    """Wear whose runs have become dots of the head, those that they strike on this label: a burnt
    dot stays where it is.

    >>> pinned(Wear(dead_run=2, head_left=100), np.zeros((4, 8), np.uint8), seed=3).dead_dots
    (106, 107)
    """
    if not (wear.dead_run or wear.weak_run):
        return wear
    ink = _turned(picture)
    struck = [
        tuple(column + wear.head_left for column in head.run(ink, length, draw))
        for length, draw in zip((wear.dead_run, wear.weak_run), _draws(seed), strict=False)
    ]
    return replace(
        wear,
        dead_dots=wear.dead_dots + struck[0],
        weak_dots=wear.weak_dots + struck[1],
        dead_run=0,
        weak_run=0,
    )


def _draws(seed: int) -> Iterator[np.random.Generator]:
    """One for each step."""
    return (np.random.default_rng((seed, number)) for number in range(len(_STEPS)))


def _turned(picture: Picture) -> Picture:
    """Ink for paper, and back."""
    return np.asarray(cv2.bitwise_not(picture), np.uint8)
