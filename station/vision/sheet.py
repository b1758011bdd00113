"""What a picture of a label is compared with: every dot that was meant, and what stands where.

In dots from the top left. It is made of an artwork (`station.line.sheet`), or of the picture of an
approved label where the printer draws with fonts of its own, and is plain data: it travels to the
process that looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Dots = NDArray[np.uint8]
"""(height, width) in dots: 0 is ink, 255 is paper; what was learned from labels is grey between."""


@dataclass(frozen=True, slots=True)
class Area:
    """In dots; (x, y) is the top left dot."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def of(self, dots: Dots) -> Dots:
        """This part of a picture in dots."""
        return dots[self.y : self.bottom, self.x : self.right]


@dataclass(frozen=True, slots=True)
class Part:
    """A line of text, a drawing or a rule: what a person would call one thing on the label."""

    name: str
    """Where it comes from in the template: "text 4 line 1"."""

    area: Area
    text: str = ""
    """What it says; empty for a drawing."""


@dataclass(frozen=True, slots=True, eq=False)
class SymbolPlace:
    """Where a symbol stands, without its quiet zone, and how it is meant to look."""

    identifier: str
    """AIM identifier: "]d2", "]C1", "]Q3"."""

    data: bytes
    area: Area
    module: int
    """Dots a module."""

    modules: NDArray[np.bool_]
    """(rows, columns), True is dark; one row for a linear symbol. A printer that encodes the same
    data another way is right as well: of a matrix only the frame is sure."""

    quiet: int
    """Modules kept free: on every side of a matrix, left and right of a linear symbol."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    picture: Dots
    dots_per_mm: int
    parts: tuple[Part, ...]
    symbols: tuple[SymbolPlace, ...]
    unseen: tuple[Area, ...] = ()
    """Where something is printed of which nobody knows how it looks."""

    @property
    def width(self) -> int:
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        return int(self.picture.shape[0])
