"""The door to evdev: key events of one input device, for us alone.

A scanner that types would type into whatever window is open. It is therefore grabbed: until it is
closed, nobody else in the system gets its keys, and two stations cannot share it.

Source: Documentation/input/input.rst (event interface, EVIOCGRAB).
"""

import errno
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import evdev

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable

EV_SYN, EV_KEY, EV_LED = 0x00, 0x01, 0x11
RELEASED, PRESSED, REPEATED = 0, 1, 2

_LED_CAPS_LOCK = 1


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """`struct input_event` (linux/input.h), without its time."""

    kind: int
    code: int
    value: int


class Keyboard(Protocol):
    """Where key events come from. After any error it is of no more use but to be closed."""

    @property
    def caps_lock(self) -> bool:
        """Whether the lamp was lit when it was opened."""

    def read(self, deadline: Deadline) -> tuple[KeyEvent, ...]:
        """Some events, in their order. Raises Silent when none comes in time, Unreachable."""

    def drain(self) -> tuple[KeyEvent, ...]:
        """What has already come, without waiting. Raises Unreachable."""

    def close(self) -> None:
        """Never raises; the keys go to everybody again."""


def open_keyboard(path: str, deadline: Deadline) -> Keyboard:  # noqa: ARG001 - opening never waits
    """Grab the device. Raises Unreachable; NotReady where somebody else has grabbed it."""
    with _door(path, "cannot open"):
        device = evdev.InputDevice(path)
    try:
        with _door(path, "cannot open"):
            caps_lock = _LED_CAPS_LOCK in device.leds()
            device.grab()
    except (NotReady, Unreachable):
        device.close()
        raise
    return _Grabbed(path, device, caps_lock=caps_lock)


class _Grabbed:
    def __init__(self, path: str, device: "evdev.InputDevice[str]", *, caps_lock: bool) -> None:
        self._path = path
        self._device = device
        self.caps_lock = caps_lock

    def read(self, deadline: Deadline) -> tuple[KeyEvent, ...]:
        with _door(self._path, "connection lost"):
            if select.select([self._device.fd], [], [], deadline.remaining())[0]:
                return self._arrived()
        raise Silent(self._path, "no keys in time")

    def drain(self) -> tuple[KeyEvent, ...]:
        """One look is all of it: the kernel keeps a few dozen, and says so when it lost some."""
        with _door(self._path, "connection lost"):
            ready = select.select([self._device.fd], [], [], 0)[0]
            return self._arrived() if ready else ()

    def close(self) -> None:
        try:
            self._device.close()  # which ends the grab
        except OSError:
            # One that was pulled out cannot be closed either.
            return

    def _arrived(self) -> tuple[KeyEvent, ...]:
        return tuple(KeyEvent(each.type, each.code, each.value) for each in self._device.read())


@contextmanager
def _door(path: str, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise NotReady(path, "another program has grabbed it", Condition.IN_USE) from error
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Unreachable(path, f"{what}: {reason}") from error
