"""A handheld scanner on a pseudo terminal: what it sends arrives as from a real serial line."""

import os
import tty
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from drivers.simulated.label import PrintedLabel


class SimulatedScanner:
    def __init__(self) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.url = f"serial://{os.ttyname(self._theirs)}?baud=115200"

    def scan(self, identifier: str, data: bytes, *, terminator: bytes = b"\r") -> None:
        self.send(identifier.encode("ascii") + data + terminator)

    def scan_label(
        self, label: PrintedLabel, decode: Callable[[NDArray[np.uint8]], tuple[Symbol, ...]]
    ) -> None:
        """Aim at a label: sends the first symbol `decode` finds, or nothing, like a real one."""
        for symbol in decode(label.picture)[:1]:
            self.scan(symbol.identifier, symbol.data)

    def send(self, raw: bytes) -> None:
        """Any bytes, as they are. What nobody reads is lost once the line's buffer is full."""
        try:
            os.write(self._ours, raw)
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self._ours)
        os.close(self._theirs)
