"""What comes out of the simulated printer: a piece of paper."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PrintedLabel:
    number: int
    """Counts every label this printer ever printed, from 1."""

    picture: NDArray[np.uint8]
    """(height, width) in dots: 0 is ink, 255 is paper."""

    dots_per_mm: int

    zpl: bytes
    """The format that made it, as received."""

    unknown: tuple[str, ...] = ()
    """Commands in it that the interpreter does not know, such as "^RB"."""
