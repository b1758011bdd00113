"""What a person at the simulated bench can do with their hands: for pages, and for practising.

    practice = Practice(bench, read=decode)
    practice.order("head-open")
    practice.lay(17)

Labels are named by their number at the printer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from drivers.simulated.bench import Bench
from drivers.simulated.faults import FAULTS, REMEDIES, Device, Fault, Remedy
from drivers.simulated.pile import MOST

Read = Callable[[NDArray[np.uint8]], tuple[Symbol, ...]]
"""What can be read on a picture of dots."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A label that came out, as somebody with a scanner in the hand sees it."""

    number: int
    data: bytes
    """Of the first symbol that can be read; empty where there is none."""


class Practice:
    """Thread-safe."""

    def __init__(self, bench: Bench, *, read: Read, scanner: bool = False) -> None:
        """`scanner`: whether the station listens to the simulated scanner."""
        self._bench = bench
        self._read = read
        self._lock = threading.Lock()
        self._known: OrderedDict[int, Paper] = OrderedDict()
        self.scanner = scanner

    # -- faults ------------------------------------------------------------------------------

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those of devices that the station uses."""
        unused = set() if self.scanner else {Device.SCANNER}
        return tuple(each for each in FAULTS.values() if each.device not in unused)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What can be done at the machine."""
        return tuple(REMEDIES.values())

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of the faults whose label has not come."""
        return tuple(each.fault.name for each in self._bench.ordered)

    def order(self, name: str) -> None:
        """At the next label. Raises KeyError; ValueError where too many wait."""
        self._bench.order(name)

    def strike(self, name: str) -> None:
        """At once. Raises KeyError; ValueError for a fault that needs a label."""
        if not FAULTS[name].any_time:
            raise ValueError(f"{name} shows on the next label")
        FAULTS[name].strike(self._bench)

    def cancel(self) -> None:
        """Forget what waits."""
        self._bench.cancel()

    def mend(self, name: str) -> None:
        """Raises KeyError."""
        REMEDIES[name].act(self._bench)

    # -- paper -------------------------------------------------------------------------------

    def papers(self, most: int = MOST) -> tuple[Paper, ...]:
        """The labels that came out last, the newest first."""
        found = (self._paper(number) for number in self._bench.pile.numbers[:most])
        return tuple(each for each in found if each)

    def find(self, text: bytes) -> int | None:
        """The newest label whose data holds this, such as its serial."""
        return next((each.number for each in self.papers() if text in each.data), None)

    def picture(self, number: int) -> bytes | None:
        """PNG of a label as it came out; None if it is not kept any more."""
        label = self._bench.pile.get(number)
        if label is None:
            return None
        _, data = cv2.imencode(".png", label.picture)
        return data.tobytes()

    def lay(self, number: int) -> bool:
        """Lay a label before the camera, and nothing else; False if it is not kept any more."""
        label = self._bench.pile.get(number)
        if label is None:
            return False
        self._bench.take_away()
        self._bench.camera.place(label)
        return True

    def take_away(self) -> None:
        self._bench.take_away()

    # -- scans -------------------------------------------------------------------------------

    def scan(self, number: int) -> bool:
        """Aim the scanner at a label; False if it is not kept any more."""
        label = self._bench.pile.get(number)
        if label is None:
            return False
        self._bench.scanner.scan_label(label, self._read)
        return True

    def send(self, data: bytes) -> None:
        """What a scanner sends, its terminator apart."""
        self._bench.scanner.send(data + b"\r")

    def _paper(self, number: int) -> Paper | None:
        """Read once: a label does not change."""
        with self._lock:
            if number in self._known:
                return self._known[number]
        label = self._bench.pile.get(number)
        if label is None:
            return None
        symbols = self._read(label.picture)
        paper = Paper(number, symbols[0].data if symbols else b"")
        with self._lock:
            self._known[number] = paper
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return paper
