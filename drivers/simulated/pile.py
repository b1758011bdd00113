"""What came out of the simulated printer is kept for a while, as paper is: it can be laid before
the camera again.

>>> pile = Pile(most=2)
>>> for number in (1, 2, 3):
...     pile.add(PrintedLabel(number, np.full((4, 8), 255, np.uint8), 8, b"^XA^XZ"))
>>> pile.numbers
(3, 2)
>>> pile.get(1) is None, pile.get(3).picture.shape
(True, (4, 8))
"""

import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from drivers.simulated.label import PrintedLabel

MOST = 200


@dataclass(frozen=True, slots=True)
class _Folded:
    """A label whose picture takes little room: a large one at 24 dots/mm would take 9 MB."""

    shape: tuple[int, int]
    pixels: bytes
    dots_per_mm: int
    zpl: bytes


class Pile:
    """Thread-safe. The oldest labels are thrown away."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Folded] = OrderedDict()

    def add(self, label: PrintedLabel) -> None:
        height, width = label.picture.shape
        pixels = zlib.compress(label.picture.tobytes(), level=1)
        with self._lock:
            self._kept[label.number] = _Folded(
                (height, width), pixels, label.dots_per_mm, label.zpl
            )
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of the labels that are still there, the newest first."""
        with self._lock:
            return tuple(reversed(self._kept))

    def get(self, number: int) -> PrintedLabel | None:
        """The label with this number at the printer, if it is still there."""
        with self._lock:
            found = self._kept.get(number)
        if found is None:
            return None
        pixels = np.frombuffer(zlib.decompress(found.pixels), np.uint8).reshape(found.shape)
        return PrintedLabel(number, pixels, found.dots_per_mm, found.zpl)
