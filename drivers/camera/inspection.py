"""What a driver can tell about a picture by itself: its size, and that it is a new one.

A sensor has noise, so no two exposures are alike. A camera that shows the same one again and again
has stopped, however punctually it answers; one whose pictures change their size has lost its
settings. Neither says anything about a label.
"""

import hashlib
from collections import deque

import numpy as np
from numpy.typing import NDArray

from drivers.camera.region import Region
from drivers.interface import Condition, NotReady

FROZEN_AFTER = 3
"""Exposures that are the same."""


REMEMBERED = 64
"""Exposures that are known again when they come back."""


def known_by(exposure: bytes) -> bytes:
    """What is remembered of all that the sensor saw."""
    return hashlib.blake2b(exposure, digest_size=16).digest()


class Repeats:
    """How often the picture now there has come in a row, and whether it came before that.

    >>> repeats = Repeats()
    >>> [repeats.count(exposure) for exposure in (b"a", b"b", b"b", b"b", b"c")]
    [1, 1, 2, 3, 1]
    >>> repeats.returned, repeats.count(b"b"), repeats.returned
    (False, 1, True)
    """

    def __init__(self) -> None:
        self._last = b""
        self._times = 0
        self._earlier: deque[bytes] = deque(maxlen=REMEMBERED)
        self.returned = False
        """The last one counted had come before, and others since: the camera has begun to lag."""

    def count(self, exposure: bytes) -> int:
        """`exposure` is all that the sensor saw; its digest is what is remembered."""
        digest = known_by(exposure)
        again = digest == self._last
        self.returned = not again and digest in self._earlier
        if not again:
            self._earlier.append(self._last)
        self._times = self._times + 1 if again else 1
        self._last = digest
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

    def stale(self, pixels: NDArray[np.uint8]) -> bool:
        """Whether a picture that came back shows that the camera lags: one with noise does."""
        return self._frozen_after is not None and not _clipped(pixels)

    def repeated(self, times: int) -> bool:
        """Whether a picture is only the one before again: not a new one, and not yet a fault."""
        return self._frozen_after is not None and 1 < times < self._frozen_after

    def passed(
        self, pixels: NDArray[np.uint8], *, times: int = 1, returned: bool = False
    ) -> NDArray[np.uint8]:
        """The region of a picture that came so many times in a row; `returned`: see Repeats.

        Raises NotReady: FROZEN_PICTURE, STALE_PICTURE, or WRONG_SIZE where it has not the size of
        the first picture of all. A camera that comes back from a power cut in another mode is
        noticed.
        """
        if self._frozen(times) and not _clipped(pixels):
            raise NotReady(
                self._name,
                f"sent the same picture {times} times in a row",
                Condition.FROZEN_PICTURE,
            )
        if returned and self.stale(pixels):
            raise NotReady(
                self._name, "sent a picture of before once more", Condition.STALE_PICTURE
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
