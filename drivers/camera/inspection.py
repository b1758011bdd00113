"""What a driver can tell about a picture by itself: its size, and that it is a new one.

A sensor has noise, so no two exposures are alike. A camera that shows the same one again and again
has stopped, however punctually it answers; one whose pictures change their size has lost its
settings. Neither says anything about a label.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.camera.region import Region
from drivers.interface import Condition, NotReady

FROZEN_AFTER = 3
"""Exposures that are the same."""


class Repeats:
    """How often the picture now there has come in a row.

    >>> repeats = Repeats()
    >>> [repeats.count(exposure) for exposure in (b"a", b"b", b"b", b"b", b"c")]
    [1, 1, 2, 3, 1]
    """

    def __init__(self) -> None:
        self._last = b""
        self._times = 0

    def count(self, exposure: bytes) -> int:
        self._times = self._times + 1 if exposure == self._last else 1
        self._last = exposure
        return self._times


class Inspection:
    """Passes one camera's pictures on, cut to the region that is looked at."""

    def __init__(
        self, name: str, *, roi: Region | None = None, frozen_after: int | None = FROZEN_AFTER
    ) -> None:
        """`frozen_after` alike in a row are a fault; None for a source without any noise."""
        if frozen_after is not None and frozen_after < 2:
            raise ValueError(f"expected 2 or more pictures alike in a row, got {frozen_after}")
        self._name = name
        self._roi = roi
        self._frozen_after = frozen_after
        self._size: tuple[int, int] | None = None

    def repeated(self, times: int) -> bool:
        """Whether a picture is only the one before again: not a new one, and not yet a fault."""
        return self._frozen_after is not None and 1 < times < self._frozen_after

    def passed(self, pixels: NDArray[np.uint8], *, times: int = 1) -> NDArray[np.uint8]:
        """The region of a picture that came so many times in a row.

        Raises NotReady: FROZEN_PICTURE, or WRONG_SIZE where it has not the size of the first
        picture of all. A camera that comes back from a power cut in another mode is noticed.
        """
        if self._frozen(times) and not _clipped(pixels):
            raise NotReady(
                self._name,
                f"sent the same picture {times} times in a row",
                Condition.FROZEN_PICTURE,
            )
        self._check_size(pixels.shape[1], pixels.shape[0])
        return self._roi.cut(pixels) if self._roi else pixels

    def _frozen(self, times: int) -> bool:
        return self._frozen_after is not None and times >= self._frozen_after

    def _check_size(self, width: int, height: int) -> None:
        first = self._size = self._size or (width, height)
        if first != (width, height):
            raise NotReady(
                self._name,
                f"pictures were {first[0]} × {first[1]} pixels, this one is {width} × {height}",
                Condition.WRONG_SIZE,
            )
        if self._roi and not self._roi.within(width, height):
            raise NotReady(
                self._name,
                f"the region {self._roi} reaches out of a picture of {width} × {height} pixels",
                Condition.WRONG_SIZE,
            )


def _clipped(pixels: NDArray[np.uint8]) -> bool:
    """All black or all white shows no noise: that it is dark or blinded, others say."""
    level = int(pixels.flat[0])
    return level in {0, 255} and bool((pixels == level).all())
