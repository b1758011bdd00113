"""What a worn printer makes of a label, for the families of the study."""

from dataclasses import replace

import numpy as np

from drivers.simulated.wear import WEAR, Wear
from station.core.problem import Refused, problem
from station.vision.sheet import Dots, Sheet

Draw = np.random.Generator

INK = 12
"""Dots of ink that a column has at least where a dot is chosen to be dead: less claims nothing."""


def wear_of(family: str, sheet: Sheet, drawn: Draw) -> Wear:
    """Raises Refused where the label has nothing that could be worn in this way."""
    if family.startswith("worn-"):
        return WEAR[family.removeprefix("worn-")]
    _, count, _, where = family.split("-")
    first = _first(_columns(sheet, in_symbol=where == "symbol"), int(count), drawn)
    return replace(Wear(), dead_dots=tuple(range(first, first + int(count))))


def _columns(sheet: Sheet, *, in_symbol: bool) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which have ink enough, above a symbol or beside all of them."""
    above = np.zeros(sheet.width, np.bool_)
    for each in sheet.symbols:
        above[each.area.x : each.area.right] = True
    return (_inner(sheet.picture) >= INK) & (above if in_symbol else ~above)


def _inner(picture: Dots) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Dots of ink of each column that have ink on both sides."""
    ink = np.pad(picture == 0, ((0, 0), (1, 1)))
    return np.asarray((ink[:, 1:-1] & ink[:, :-2] & ink[:, 2:]).sum(axis=0), np.int64)


def _first(columns: np.ndarray[tuple[int], np.dtype[np.bool_]], count: int, drawn: Draw) -> int:
    """Of so many neighbours that are all among them. Raises Refused."""
    fit = np.lib.stride_tricks.sliding_window_view(columns, count).all(axis=1)
    starts = np.flatnonzero(fit)
    if not len(starts):
        raise Refused(problem("No column of the label has ink enough to tell a dead dot."))
    return int(starts[int(drawn.integers(len(starts)))])
