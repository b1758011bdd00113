"""How much of what a printer has done wrong to one label: every amount by its name.

>>> faint = Wear(faintness=0.6, dead_run=2)
>>> faint.scaled(0.5).faintness, faint.scaled(0.5).dead_run
(0.3, 1)
>>> faint.scaled(0) == Wear()
True
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Wear:
    """Nothing is wrong by default. Lengths are in dots; rows are printed from the top of the
    picture on, so its bottom is the end of the feed.
    """

    # The print head

    dead_dots: tuple[int, ...] = ()
    """Dots that never heat, by their number on the head, from 0 at its left end."""

    weak_dots: tuple[int, ...] = ()
    """Dots that heat too little: see `weakness`."""

    head_left: int = 0
    """The head's dot over the leftmost column of the label, which seldom begins at its end."""

    dead_run: int = 0
    """So many neighbours are dead, somewhere above ink: where, the seed says."""

    weak_run: int = 0
    """The same for weak ones."""

    weakness: float = 0.6
    """Share of its ink that a weak dot does not bring to the paper."""

    growth_dots: float = 0.0
    """How far ink spreads on every side: too much energy. Below zero it shrinks: too little."""

    faintness: float = 0.0
    """Share of the ink that is missing everywhere."""

    mottling: float = 0.0
    """Share of the printed area where in tiny patches no ink has taken."""

    fade: float = 0.0
    """Share of the ink that is missing at the end of the feed; less before it."""

    fade_across: float = 0.0
    """The same at one side, which the seed says: the head presses unevenly."""

    # The ribbon

    wrinkles: int = 0
    wrinkle_dots: float = 0.0
    """Width of the white bands, slanting and broken, that a folded ribbon leaves."""

    ghost: float = 0.0
    """How much of the label before is seen. Above zero as ink; below zero as gaps in the ink, where
    the same piece of ribbon had been used already."""

    # Dirt and touch

    voids: int = 0
    void_dots: float = 0.0
    """Width of the white blots in the ink: dust on the paper."""

    spots: int = 0
    spot_dots: float = 0.0
    """Width of the blots of ink."""

    smear_dots: float = 0.0
    """How far ink is dragged along the feed."""

    smear: float = 0.6
    """How dark the drag begins, as a share of the ink."""

    # The paper

    shift_x: float = 0.0
    shift_y: float = 0.0
    """How far the print lies to the right of, and below, where it was meant."""

    skew_degrees: float = 0.0
    """How far the print is turned on the paper, clockwise, about the middle of the label."""

    stretch: float = 0.0
    """How much longer the print is along the feed, as a share: the platen slips or pulls."""

    unprinted: float = 0.0
    """Share of the label's length that stays blank, at the end of the feed."""

    cut_dots: float = 0.0
    """How much paper is missing at the end of the feed."""

    varies: bool = False
    """Each amount is "up to": drawn for each label, evenly, and in both directions where there
    are two."""

    def scaled(self, strength: float) -> "Wear":
        """So many times as bad: 0 is good, 1 is itself. Blots grow, and do not become more."""
        if not strength:
            return Wear()
        amounts = self._amounts().items()
        changed: dict[str, Any] = {name: _times(value, strength) for name, value in amounts}
        dead, weak = (_first(dots, strength) for dots in (self.dead_dots, self.weak_dots))
        return _whole(replace(self, dead_dots=dead, weak_dots=weak, **changed))

    def settled(self, drawn: np.random.Generator) -> "Wear":
        """That of one label: itself, unless it varies."""
        if not self.varies:
            return self
        changed: dict[str, Any] = {
            name: _times(value, _share(name, value, drawn))
            for name, value in self._amounts().items()
        }
        return replace(self, varies=False, **changed)

    def _amounts(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name in _AMOUNTS}


_BOTH_WAYS = frozenset({"growth_dots", "shift_x", "shift_y", "skew_degrees", "stretch"})
_AMOUNTS = _BOTH_WAYS | {
    "dead_run",
    "weak_run",
    "faintness",
    "mottling",
    "fade",
    "fade_across",
    "wrinkle_dots",
    "ghost",
    "void_dots",
    "spot_dots",
    "smear_dots",
    "unprinted",
    "cut_dots",
}


def _times(value: float, strength: float) -> float:
    """A number of dots stays a whole one."""
    return int(value * strength + 0.5) if isinstance(value, int) else value * strength


def _first(dots: tuple[int, ...], strength: float) -> tuple[int, ...]:
    return dots[: int(len(dots) * strength + 0.5)]


def _share(name: str, value: float, drawn: np.random.Generator) -> float:
    """Drawn whether it is needed or not, so that one amount does not move the next."""
    share = float(drawn.uniform(-1, 1))
    if not value:
        return 0.0
    return share if name in _BOTH_WAYS else abs(share)


def _whole(wear: Wear) -> Wear:
    """No share is more than all there is."""
    return replace(
        wear,
        faintness=min(1.0, wear.faintness),
        mottling=min(1.0, wear.mottling),
        fade=min(1.0, wear.fade),
        fade_across=min(1.0, wear.fade_across),
        ghost=max(-1.0, min(1.0, wear.ghost)),
        unprinted=min(1.0, wear.unprinted),
    )
