"""A handheld scanner on a serial line, in raw mode, or on the network.

    SerialScanner("serial:///dev/serial/by-id/usb-…?baud=115200", profile=Profile.HONEYWELL)

A scan is complete with its terminator, CR, LF or CRLF, or with its last packet (SSI). What has none
after a pause is dropped, it was cut. Two scans glued together are two. Nothing that came before a
failure of the line is given after it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from drivers.deadline import Deadline
from drivers.interface import DriverError, Silent, Symbol
from drivers.scanner.answers import ANSWERS, Profile
from drivers.scanner.framing import Framing
from drivers.scanner.lines import Lines
from drivers.scanner.link import LONGEST_PAUSE_SECONDS, Link
from drivers.scanner.packets import Packets
from drivers.scanner.scan import PAUSE_SECONDS, symbol_of
from drivers.wire import Wire, open_wire

CONNECT_SECONDS = LONGEST_PAUSE_SECONDS + 1.0
"""Whoever has plugged the scanner in and presses Resume is not refused for being too early."""

TELL_SECONDS = 0.2
"""A few bytes: a scanner that does not take them in this time is not there to hear them."""


class SerialScanner:
    """Implements drivers.interface.Scanner. Connects at first use, and again after a failure."""

    def __init__(
        self,
        url: str,
        *,
        profile: Profile = Profile.NONE,
        name: str = "scanner",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._clock = clock
        self._answers = ANSWERS[profile]
        self._profile = profile
        self._framing = _framing(profile)
        self._link: Link[Wire] = Link(
            f"{name} {url}", lambda deadline: open_wire(url, deadline=deadline), clock=clock
        )
        self._last = clock()
        self._cuts = 0
        self._waited_for = False
        """A scan was given, and the scanner may be waiting to hear of it."""

    def discard(self) -> int:
        """Forget everything scanned so far, half a scan included. Raises DriverError.

        Whoever scanned too early hears that it did not count.
        """
        with self._wire(Deadline.after(CONNECT_SECONDS, clock=self._clock)) as wire:
            self._take(wire, wire.drain())
        self._cuts = 0
        dropped = self._framing.clear()
        if dropped:
            self._tell(self._answers.bad)
        elif self._waited_for:
            self._tell(self._answers.go_on)
        return dropped

    def read(self, deadline: Deadline) -> Symbol:
        """The next complete scan. Raises Silent when there is none in time."""
        if self._waited_for:
            self._tell(self._answers.go_on)
        while not self._framing.scans:
            if deadline.expired:
                raise Silent(self._link.device, self._why_nothing())
            self._listen(deadline)
        self._waited_for = True
        return symbol_of(self._framing.scans.popleft(), engine=self._name)

    def answer(self, *, good: bool) -> None:
        """Returns in a moment, whatever the scanner does. Raises DriverError.

        One whose line is closed is told nothing: its scan went with the line.
        """
        self._tell(self._answers.good if good else self._answers.bad)

    def close(self) -> None:
        self._link.close()
        self._forget()

    def _listen(self, deadline: Deadline) -> None:
        with self._wire(deadline) as wire:
            unfinished = self._framing.unfinished
            data = _arrived(wire, deadline.at_most(PAUSE_SECONDS) if unfinished else deadline)
            self._take(wire, data)

    def _take(self, wire: Wire, data: bytes) -> None:
        """Half a scan is kept no longer than a pause, but beyond the deadline of one reading."""
        reply, now = b"", self._clock()
        if self._framing.unfinished and now - self._last >= PAUSE_SECONDS:
            self._cuts += 1
            reply += self._framing.cut()
        if data:
            self._last = now
            self._link.alive()
            reply += self._framing.take(data)
        if reply:
            wire.write(reply, self._moment())

    def _tell(self, message: bytes) -> None:
        self._waited_for = False
        if message and self._link.connected:
            with self._wire(self._moment()) as wire:
                wire.write(message, self._moment())

    def _why_nothing(self) -> str:
        if self._cuts:
            return (
                f"nothing was scanned in time; scans that came without their end: {self._cuts}."
                " The scanner has to send CR after each"
            )
        return "nothing was scanned in time"

    def _moment(self) -> Deadline:
        return Deadline.after(TELL_SECONDS)

    @contextmanager
    def _wire(self, deadline: Deadline) -> Iterator[Wire]:
        try:
            with self._link.use(deadline) as wire:
                yield wire
        except DriverError:
            self._forget()
            raise

    def _forget(self) -> None:
        self._framing = _framing(self._profile)
        self._waited_for = False


def _framing(profile: Profile) -> Framing:
    return Packets() if profile is Profile.ZEBRA_SSI else Lines()


def _arrived(wire: Wire, deadline: Deadline) -> bytes:
    """Of a scanner, silence is nothing unusual."""
    try:
        return wire.read(deadline)
    except Silent:
        return b""
