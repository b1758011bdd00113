"""A handheld scanner on a serial line, in raw mode.

    Handheld("serial:///dev/serial/by-id/usb-…?baud=115200")

A scan is complete with its terminator: CR, LF or CRLF. What has none after a pause is dropped, it
was cut. Two scans glued together are two. The AIM identifier (`]d2…`) has to be switched on in the
scanner: it is the only sign of the leading FNC1, and a scan without it says so.
"""

import re
import time
from collections import deque
from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import DriverError, Silent, Symbol
from drivers.wire import Wire, open_wire

PAUSE_SECONDS = 0.3
"""Between two characters of one scan; a longer one means the rest was lost."""

LONGEST = 4096
"""Bytes of one scan; more is noise."""

_END = re.compile(rb"[\r\n]")
_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


class Handheld:
    """Implements drivers.interface.Scanner. Connects at first use, and again after a failure."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "scanner",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._name = name
        self._clock = clock
        self._wire: Wire | None = None
        self._scans: deque[bytes] = deque()
        self._half = b""
        self._last = 0.0

    def discard(self) -> int:
        """Forget everything scanned so far, half a scan included. Raises DriverError."""
        wire = self._connected(Deadline.after(PAUSE_SECONDS, clock=self._clock))
        try:
            self._take(wire.drain())
        except DriverError:
            self.close()
            raise
        dropped = len(self._scans)
        self._scans.clear()
        self._half = b""
        return dropped

    def read(self, deadline: Deadline) -> Symbol:
        """The next complete scan. Raises Silent when there is none in time."""
        while not self._scans:
            if deadline.expired:
                raise Silent(self._name, "nothing was scanned in time")
            self._listen(deadline)
        return _symbol(self._scans.popleft(), self._name)

    def answer(self, *, good: bool) -> None:
        """This scanner is told nothing."""

    def close(self) -> None:
        if self._wire:
            self._wire.close()
        self._wire = None
        self._half = b""
        self._scans.clear()

    def _listen(self, deadline: Deadline) -> None:
        wire = self._connected(deadline)
        waiting = deadline.at_most(PAUSE_SECONDS) if self._half else deadline
        try:
            self._take(wire.read(waiting))
        except Silent:
            self._drop_what_was_cut()
        except DriverError:
            self.close()
            raise

    def _take(self, data: bytes) -> None:
        self._drop_what_was_cut()
        self._last = self._clock()
        *scans, self._half = _END.split(self._half + data)
        self._scans.extend(scan for scan in scans if 0 < len(scan) <= LONGEST)
        self._half = self._half[: LONGEST + 1]

    def _drop_what_was_cut(self) -> None:
        """Half a scan is kept no longer than a pause, but beyond the deadline of one reading."""
        if self._clock() - self._last >= PAUSE_SECONDS:
            self._half = b""

    def _connected(self, deadline: Deadline) -> Wire:
        if self._wire is None:
            self._wire = open_wire(self._url, deadline=deadline)
        return self._wire


def _symbol(scan: bytes, engine: str) -> Symbol:
    found = _IDENTIFIER.match(scan)
    identifier = found[0].decode("ascii") if found else ""
    return Symbol(identifier, scan[len(identifier) :], engine)
