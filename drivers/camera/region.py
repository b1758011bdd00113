"""The part of every picture that is looked at, in pixels from its top left corner.

>>> Region.parse("100,50,640,480")
Region(x=100, y=50, width=640, height=480)
>>> Region.parse("9,5,640")
Traceback (most recent call last):
    ...
ValueError: expected a region as x,y,width,height in pixels, such as 100,50,640,480, got '9,5,640'
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WRITTEN = re.compile(r"([0-9]{1,5}),([0-9]{1,5}),([1-9][0-9]{0,4}),([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Region:
    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if min(self.x, self.y) < 0 or min(self.width, self.height) < 1:
            raise ValueError(f"expected a region inside a picture, got {self}")

    @classmethod
    def parse(cls, text: str) -> "Region":
        """Raises ValueError, which says what was expected."""
        found = _WRITTEN.fullmatch(text)
        if not found:
            raise ValueError(
                "expected a region as x,y,width,height in pixels, such as 100,50,640,480,"
                f" got {text[:40]!r}"
            )
        return cls(*(int(number) for number in found.groups()))

    def within(self, width: int, height: int) -> bool:
        """Whether a picture of this size holds all of it."""
        return self.x + self.width <= width and self.y + self.height <= height

    def cut(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A copy, so that the whole picture need not be kept."""
        rows = slice(self.y, self.y + self.height)
        return pixels[rows, self.x : self.x + self.width].copy()

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width},{self.height}"
