"""Millimetres become whole dots here and nowhere else.

A print head knows only whole dots. Edges are rounded, not widths, so that two boxes which touch
in the template touch on the label.

>>> nearest(Decimal("0.375"), 8), nearest(Decimal("0.375"), 12), at_least(Decimal("0.375"), 12)
(3, 5, 5)
>>> Rectangle.of(Decimal("0.3"), Decimal(0), Decimal("0.3"), Decimal(1), dots_per_mm=8)
Rectangle(x=2, y=0, width=3, height=8)
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Self

RESOLUTIONS = (6, 8, 12, 24)
"""Dots per millimetre of the print heads there are: 150, 203, 300 and 600 dpi."""


def nearest(mm: Decimal, dots_per_mm: int) -> int:
    """Whole dots nearest to a length; halves go up."""
    return int((mm * dots_per_mm).to_integral_value(ROUND_HALF_UP))


def at_least(mm: Decimal, dots_per_mm: int) -> int:
    """The fewest whole dots that are no shorter than a length."""
    return int((mm * dots_per_mm).to_integral_value(ROUND_CEILING))


def at_most(mm: Decimal, dots_per_mm: int) -> int:
    """The most whole dots that are no longer than a length."""
    return int((mm * dots_per_mm).to_integral_value(ROUND_FLOOR))


@dataclass(frozen=True, slots=True)
class Rectangle:
    """In dots; (x, y) is the top left dot, the right and bottom edges are exclusive."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of(
        cls, x: Decimal, y: Decimal, width: Decimal, height: Decimal, *, dots_per_mm: int
    ) -> Self:
        left, top = nearest(x, dots_per_mm), nearest(y, dots_per_mm)
        right, bottom = nearest(x + width, dots_per_mm), nearest(y + height, dots_per_mm)
        return cls(left, top, right - left, bottom - top)

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def grown(self, *, horizontally: int, vertically: int = 0) -> "Rectangle":
        """With so many dots more on either side."""
        return Rectangle(
            self.x - horizontally,
            self.y - vertically,
            self.width + 2 * horizontally,
            self.height + 2 * vertically,
        )

    def overlaps(self, other: "Rectangle") -> bool:
        """Whether the two share a dot."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: "Rectangle") -> bool:
        """Whether every dot of the other is in this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )
