"""A gate on a relay that hangs on a serial line and obeys a few bytes.

    relay:///dev/serial/by-id/usb-1a86_USB_Serial-if00-port0?baud=9600&pulse_ms=150

on, off        the bytes for it, in hexadecimal. [A00101A2, A00100A1: channel 1 of LCUS-1 and its
               many copies: A0, channel, 0 or 1, sum of the three, at 9600 baud]
pulse_ms       how long the relay is on for one label. [150]
longest_ms     on for longer than that is a fault. [pulse_ms + 850]

Wire the gate so that the relay at rest means reject. Such a relay says nothing: nobody knows that
it moved, nor that the gate did, and what becomes of a reject is seen by no eye. Where that matters
take a module on Modbus. What is known is that the bytes have left. It is written off first on
every new connection, again before each verb, and after everything that goes wrong.

A relay fed by USB falls back when its plug is pulled. It does not when the station's process is
killed: the station that starts again writes it off.
"""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from drivers.deadline import Deadline
from drivers.gate.opening import Opening
from drivers.gate.rest import REST_SECONDS, Rest
from drivers.interface import DriverError, Silent
from drivers.settings import Settings
from drivers.wire import Wire, open_wire, parse_address

_LONGEST_COMMAND = 32


class RelayGate:
    """Implements drivers.interface.Gate. For one thread at a time; opens the line at first use."""

    def __init__(
        self,
        settings: Settings,
        *,
        name: str = "gate",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises Unreachable with everything that is wrong in the address."""
        parts = urlsplit(settings.url)
        path = parts.path
        if parts.netloc or len(path) < 2:
            settings.refuse("expected relay:///dev/…")
        self.name = f"{name} relay://{path}"
        self._on = _command(settings, "on", "A00101A2")
        self._off = _command(settings, "off", "A00100A1")
        if self._on == self._off:
            settings.refuse("on and off are the same bytes")
        self._opening = Opening.of(settings)
        self._url = f"serial://{path}?baud={settings.text('baud', default='9600')}&flow=none"
        settings.done()
        parse_address(self._url)
        self._at_rest = Rest(self.name, shut=self._shut)
        self._clock = clock
        self._pause = threading.Event()
        self._wire: Wire | None = None

    def check(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate: the line is there, and took an "off"."""
        with self._at_rest.after(deadline) as work:
            self._at_rest.shut(work)

    def release(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate. Nobody knows whether the relay obeyed."""
        with self._at_rest.after(deadline) as work:
            self._at_rest.shut(work)
            if work.remaining() < self._opening.pulse_seconds:
                raise Silent(self.name, "no time was left to let the label pass")
            began = self._clock()
            self._at_rest.maybe_open = True
            self._write(self._on, work)
            self._pause.wait(self._opening.pulse_seconds)
            self._at_rest.shut(work)
            self._opening.check(self.name, self._clock() - began)

    def reject(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate. No eye sees the label."""
        self.check(deadline)

    def close(self) -> None:
        """Never raises. A gate that may be open is shut first, in at most a second."""
        self._at_rest.come(Deadline.after(REST_SECONDS))
        self._drop()

    def _shut(self, deadline: Deadline) -> None:
        self._write(self._off, deadline)

    def _write(self, command: bytes, deadline: Deadline) -> None:
        """A line that failed is closed: the next write opens it again."""
        try:
            if self._wire is None:
                self._wire = open_wire(self._url, deadline=deadline)
            self._wire.drain()
            self._wire.write(command, deadline)
        except DriverError as fault:
            self._drop()
            raise type(fault)(self.name, fault.detail, *fault.conditions) from fault

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None


def _command(settings: Settings, name: str, default: str) -> bytes:
    text = settings.text(name, default=default)
    try:
        command = bytes.fromhex(text)
    except ValueError:
        command = b""
    if not 0 < len(command) <= _LONGEST_COMMAND:
        settings.refuse(f"expected {name} as bytes in hexadecimal, got {text!r}")
    return command
