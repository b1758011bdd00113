"""Dots of ink: the one representation of everything that is drawn.

>>> dots = np.array([[False, False, False], [False, True, True]])
>>> trimmed(dots)
(1, 1, array([[ True,  True]]))
"""

import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.bool_]
"""(height, width) in dots; True is ink. Read-only once it is part of an artwork."""


def sealed(ink: Ink) -> Ink:
    """The same dots, which nobody can change any more."""
    ink.flags.writeable = False
    return ink


def blank(*, width: int, height: int) -> Ink:
    return np.zeros((height, width), dtype=np.bool_)


def trimmed(ink: Ink) -> tuple[int, int, Ink] | None:
    """Left, top, and the dots without the white around them; None where there is no ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    left, top = int(columns[0]), int(rows[0])
    return left, top, ink[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
