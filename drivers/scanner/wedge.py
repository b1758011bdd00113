"""A handheld scanner that types like a keyboard.

    Wedge("wedge:///dev/input/by-id/usb-…-event-kbd?gs=f8&end=enter")

    gs    how it types the separator: ctrl-] (unless said otherwise), f8, f12, down or alt-029
    end   the key after each scan: enter (unless said otherwise) or tab

A scan in which one key has no meaning is no reading but a fault, and names the key. So is one of
which keys were lost. What a wedge changes without a trace, only the challenge card shows.

>>> parse_wedge("wedge:///dev/input/event4?gs=f8")
WedgeAddress(path='/dev/input/event4', gs=<Gs.F8: 'f8'>, end=<End.ENTER: 'enter'>)
>>> parse_wedge("wedge:///dev/input/event4?gs=f9")
Traceback (most recent call last):
    ...
drivers.interface.Unreachable: wedge:///dev/input/event4?gs=f9: expected gs to be ctrl-], f8, f12, \
down or alt-029, got 'f9'
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, Silent, Symbol, Unreachable
from drivers.scanner.keyboard import Keyboard, KeyEvent, open_keyboard
from drivers.scanner.keys import End, Gs, Keys, Typed
from drivers.scanner.link import LONGEST_PAUSE_SECONDS, Link
from drivers.scanner.scan import PAUSE_SECONDS, symbol_of

CONNECT_SECONDS = LONGEST_PAUSE_SECONDS + 1.0

OpenKeyboard = Callable[[str, Deadline], Keyboard]

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class WedgeAddress:
    path: str
    gs: Gs
    end: End


def parse_wedge(url: str) -> WedgeAddress:
    """Raises Unreachable and says what was expected."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreachable(url, f"not an address: {error}") from error
    if parts.scheme != "wedge" or parts.netloc or not parts.path.startswith("/"):
        raise Unreachable(url, "expected wedge:///dev/input/by-id/…-event-kbd?gs=f8")
    settings = dict(parse_qsl(parts.query, keep_blank_values=True))
    gs = _choice(url, "gs", settings.pop("gs", Gs.CTRL_BRACKET), Gs)
    end = _choice(url, "end", settings.pop("end", End.ENTER), End)
    if settings:
        raise Unreachable(url, f"expected gs and end, got {', '.join(sorted(settings))}")
    return WedgeAddress(parts.path, gs, end)


def _choice(url: str, name: str, value: str, choices: type[ChoiceT]) -> ChoiceT:
    if value in list(choices):
        return choices(value)
    *others, last = choices
    raise Unreachable(url, f"expected {name} to be {', '.join(others)} or {last}, got {value!r}")


class Wedge:
    """Implements drivers.interface.Scanner. Connects at first use, and again after a failure."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "scanner",
        open_keyboard: OpenKeyboard = open_keyboard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises Unreachable for an address that cannot be one."""
        self._address = parse_wedge(url)
        self._name = name
        self._open_keyboard = open_keyboard
        self._clock = clock
        self._keys = Keys()
        self._link: Link[Keyboard] = Link(f"{name} {url}", self._connect, clock=clock)
        self._scans: deque[Typed] = deque()
        self._last = clock()
        self._cuts = 0

    def discard(self) -> int:
        """Forget everything scanned so far, half a scan included. Raises DriverError."""
        try:
            deadline = Deadline.after(CONNECT_SECONDS, clock=self._clock)
            with self._link.use(deadline) as keyboard:
                self._take(keyboard.drain())
        except DriverError:
            self._forget()
            raise
        dropped = len(self._scans)
        self._scans.clear()
        self._keys.skip()
        self._cuts = 0
        return dropped

    def read(self, deadline: Deadline) -> Symbol:
        """The next complete scan.

        Raises Silent when there is none in time, Garbled for one in which a key has no meaning.
        """
        while not self._scans:
            if deadline.expired:
                raise Silent(self._link.device, self._why_nothing())
            self._listen(deadline)
        typed = self._scans.popleft()
        if typed.wrong:
            raise Garbled(self._link.device, f"a scan cannot be believed: {typed.wrong}")
        return symbol_of(typed.text, engine=self._name)

    def answer(self, *, good: bool) -> None:
        """A keyboard cannot be told anything."""

    def close(self) -> None:
        self._link.close()
        self._forget()

    def _connect(self, deadline: Deadline) -> Keyboard:
        keyboard = self._open_keyboard(self._address.path, deadline)
        self._keys = Keys(gs=self._address.gs, end=self._address.end, caps_lock=keyboard.caps_lock)
        return keyboard

    def _listen(self, deadline: Deadline) -> None:
        unfinished = self._keys.unfinished
        waiting = deadline.at_most(PAUSE_SECONDS) if unfinished else deadline
        try:
            with self._link.use(deadline) as keyboard:
                self._take(_arrived(keyboard, waiting))
        except DriverError:
            self._forget()
            raise

    def _take(self, events: tuple[KeyEvent, ...]) -> None:
        """Half a scan is kept no longer than a pause, but beyond the deadline of one reading."""
        now = self._clock()
        if self._keys.unfinished and now - self._last >= PAUSE_SECONDS:
            self._cuts += 1
            self._keys.forget()
        if events:
            self._last = now
            self._link.alive()
        self._scans.extend(typed for each in events if (typed := self._keys.take(each)))

    def _why_nothing(self) -> str:
        if self._cuts:
            end = self._address.end.capitalize()
            return (
                f"nothing was scanned in time; scans that came without their end: {self._cuts}."
                f" The scanner has to press {end} after each"
            )
        return "nothing was scanned in time"

    def _forget(self) -> None:
        self._scans.clear()
        self._keys.forget()
        self._cuts = 0


def _arrived(keyboard: Keyboard, deadline: Deadline) -> tuple[KeyEvent, ...]:
    """Of a scanner, silence is nothing unusual."""
    try:
        return keyboard.read(deadline)
    except Silent:
        return ()
