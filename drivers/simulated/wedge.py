"""A handheld scanner that types, without an input device: key events through a socket.

Reading, decoding and every fault are those of a real one; only the kernel's input layer is missing.
Where a driver would open the device, it is given `open_keyboard`.
"""

import errno
import os
import select
import socket
import struct
import threading

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable
from drivers.scanner.keyboard import EV_KEY, EV_SYN, PRESSED, RELEASED, Keyboard, KeyEvent
from drivers.scanner.keys import (
    ALT_GR,
    ENTER,
    GS_KEYS,
    KEYPAD_DIGITS,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_SHIFT,
    RIGHT_BRACKET,
    TAB,
    End,
    Gs,
)
from drivers.simulated.layouts import strokes
from drivers.simulated.setup import ScannerSetup

_EVENT = struct.Struct("llHHi")
"""`struct input_event` of a machine with 64 bits: seconds, microseconds, type, code, value."""

_PIECE = 1000 * _EVENT.size
"""Bytes sent at once; they arrive at once, or not at all."""

_KEYPAD = {digit: code for code, digit in KEYPAD_DIGITS.items()}
_ENDS = {End.ENTER: ENTER, End.TAB: TAB}


class SimulatedWedge(ScannerSetup):
    def __init__(self, *, gs: Gs = Gs.CTRL_BRACKET, end: End = End.ENTER) -> None:
        super().__init__()
        self._gs_key = gs
        self._end = end
        self._endless = False
        self._caps_lock = False
        self._plugged_in = True
        self._lock = threading.Lock()
        self._ours: socket.socket | None = None
        self._held: bytes | None = None
        self.url = f"wedge:///dev/input/simulated-event-kbd?gs={gs}&end={end}"

    def open_keyboard(self, path: str, deadline: Deadline) -> Keyboard:  # noqa: ARG002 - never waits
        """What drivers.scanner.keyboard.open_keyboard does, for this device."""
        with self._lock:
            if not self._plugged_in:
                raise Unreachable(path, "cannot open: no such file or directory")
            if self._ours and not _hung_up(self._ours):
                raise NotReady(path, "another program has grabbed it", Condition.IN_USE)
            if self._ours:
                self._ours.close()
            self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._ours.setblocking(False)
            return _Cable(path, theirs, caps_lock=self._caps_lock)

    def scan(self, identifier: str, data: bytes) -> None:
        """Aim at a symbol and press the trigger."""
        typed = b"".join(self._typed(each) for each in self.meant(identifier, data))
        if not self._endless:
            typed += _pressed(_ENDS[self._end])
        self._endless = False
        if self._held == b"":
            self._held = typed
        else:
            self._write((self._held or b"") + typed)
            self._held = None

    def press(self, code: int) -> None:
        """One key: noise, or one that nobody expects."""
        self._write(_pressed(code))

    def event(self, kind: int, code: int, value: int) -> None:
        self._write(_event(kind, code, value))

    def noise(self, raw: bytes) -> None:
        """Somebody types on it, each byte a key."""
        self._write(b"".join(self._typed(each) for each in raw))

    def without_terminator(self) -> None:
        """The next scan lacks its end."""
        self._endless = True

    def glue(self) -> None:
        """The next two scans arrive in one piece."""
        self._held = b""

    def caps_lock(self, *, lit: bool) -> None:
        """The lamp, as it is when the device is opened."""
        self._caps_lock = lit

    def unplug(self) -> None:
        with self._lock:
            self._plugged_in = False
            if self._ours:
                self._ours.close()
            self._ours = None

    def plug_in(self) -> None:
        with self._lock:
            self._plugged_in = True

    def close(self) -> None:
        self.unplug()

    def _typed(self, value: int) -> bytes:
        if value == 0x1D:
            return self._typed_gs()
        stroke = strokes(chr(value), self.country)
        typed = _pressed(stroke.code)
        if stroke.shift != self._caps_lock_turns(value):
            typed = _holding(LEFT_SHIFT, typed)
        return _holding(ALT_GR, typed) if stroke.alt_gr else typed

    def _caps_lock_turns(self, value: int) -> bool:
        """A real one looks at the lamp, and shifts the other way."""
        return self._caps_lock and chr(value).isalpha()

    def _typed_gs(self) -> bytes:
        if self._gs_key is Gs.CTRL_BRACKET:
            return _holding(LEFT_CTRL, _pressed(RIGHT_BRACKET))
        if self._gs_key is Gs.ALT_029:
            return _holding(LEFT_ALT, b"".join(_pressed(_KEYPAD[each]) for each in "029"))
        return _pressed(GS_KEYS[self._gs_key])

    def _write(self, events: bytes) -> None:
        """What nobody reads is lost: nobody has opened it, or its buffer is full."""
        with self._lock:
            if self._ours:
                try:
                    for at in range(0, len(events), _PIECE):
                        self._ours.send(events[at : at + _PIECE])
                except (BlockingIOError, BrokenPipeError):
                    return


class _Cable:
    """Implements drivers.scanner.keyboard.Keyboard."""

    def __init__(self, path: str, connection: socket.socket, *, caps_lock: bool) -> None:
        self._path = path
        self._connection = connection
        self.caps_lock = caps_lock

    def read(self, deadline: Deadline) -> tuple[KeyEvent, ...]:
        if select.select([self._connection], [], [], deadline.remaining())[0]:
            return self._arrived()
        raise Silent(self._path, "no keys in time")

    def drain(self) -> tuple[KeyEvent, ...]:
        events: tuple[KeyEvent, ...] = ()
        while select.select([self._connection], [], [], 0)[0]:
            events += self._arrived()
        return events

    def close(self) -> None:
        self._connection.close()

    def _arrived(self) -> tuple[KeyEvent, ...]:
        data = self._connection.recv(_PIECE)
        if not data:
            gone = os.strerror(errno.ENODEV).lower()
            raise Unreachable(self._path, f"connection lost: {gone}")
        return tuple(KeyEvent(*each[2:]) for each in _EVENT.iter_unpack(data))


def _hung_up(connection: socket.socket) -> bool:
    """Whether whoever had grabbed it has closed it: a driver never writes."""
    return bool(select.select([connection], [], [], 0)[0])


def _event(kind: int, code: int, value: int) -> bytes:
    return _EVENT.pack(0, 0, kind, code, value)


_REPORT = _event(EV_SYN, 0, 0)


def _key(code: int, value: int) -> bytes:
    return _event(EV_KEY, code, value) + _REPORT


def _pressed(code: int) -> bytes:
    return _key(code, PRESSED) + _key(code, RELEASED)


def _holding(code: int, typed: bytes) -> bytes:
    return _key(code, PRESSED) + typed + _key(code, RELEASED)
