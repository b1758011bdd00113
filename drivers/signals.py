"""A stack light and a horn on the outputs of a Modbus TCP module.

    modbus://192.0.2.30:502?unit=1&green=10&amber=11&red=12&horn=13

Each is the number of a coil and may be left out. A thread of its own sets them: the line never
waits for a lamp. It knows only the latest wish, sets it again every two seconds, for a module that
lost its power or whose watchdog put the outputs out, and tells the log once when it cannot.
"""

import logging
import threading
from typing import Final

from drivers.deadline import Deadline
from drivers.interface import DriverError, Light, NotReady, Signals
from drivers.modbus import HIGHEST, Modbus, Place
from drivers.presence import Presence
from drivers.settings import Settings

REFRESH_SECONDS = 2.0
ANSWER_SECONDS = 0.5

_COLOURS: Final = {Light.RUNNING: "green", Light.WAITING: "amber", Light.STOPPED: "red"}
_log = logging.getLogger(__name__)


def open_signals(url: str, *, name: str = "signals") -> Signals:
    """The signals at this address; none where it is empty. Raises Unreachable for a wrong one."""
    return ModbusSignals(Settings(url), name=name) if url else NoSignals()


class NoSignals:
    """There is no lamp."""

    def show(self, light: Light, *, sound: bool = False) -> None:
        """See drivers.interface.Signals."""

    def close(self) -> None:
        """Nothing is open."""


class ModbusSignals:
    """Implements drivers.interface.Signals. Thread-safe."""

    def __init__(
        self, settings: Settings, *, name: str = "signals", refresh_seconds: float = REFRESH_SECONDS
    ) -> None:
        """Raises Unreachable with everything that is wrong in the address."""
        self._module = Modbus(Place.of(settings), name=name)
        found = {
            light: settings.optional(colour, most=HIGHEST) for light, colour in _COLOURS.items()
        }
        self._lamps = {light: coil for light, coil in found.items() if coil is not None}
        self._horn = settings.optional("horn", most=HIGHEST)
        if not self._coils:
            settings.refuse("expected at least one of green, amber, red and horn")
        if len(set(self._coils)) < len(self._coils):
            settings.refuse("two of green, amber, red and horn are the same coil")
        settings.done()
        self._presence = Presence(_log, self._module.name)
        self._refresh_seconds = refresh_seconds
        self._changed = threading.Condition()
        self._wish: frozenset[int] = frozenset()
        self._news = self._closing = False
        self._thread = threading.Thread(target=self._serve, name=self._module.name, daemon=True)
        self._thread.start()

    def show(self, light: Light, *, sound: bool = False) -> None:
        """See drivers.interface.Signals."""
        lamp = self._lamps.get(light)
        self._want({lamp} | ({self._horn} if sound else set()))

    def close(self) -> None:
        """See drivers.interface.Signals. Waits for the last write, a few seconds at most."""
        with self._changed:
            self._closing = True
        self._want(set())
        self._thread.join()

    @property
    def _coils(self) -> tuple[int, ...]:
        horn = () if self._horn is None else (self._horn,)
        return (*self._lamps.values(), *horn)

    def _want(self, coils: set[int | None]) -> None:
        with self._changed:
            self._wish = frozenset(coil for coil in coils if coil is not None)
            self._news = True
            self._changed.notify_all()

    def _serve(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                self._changed.wait_for(lambda: self._news, timeout=self._refresh_seconds)
                wish, closing, self._news = self._wish, self._closing, False
            self._set(wish)
        self._module.close()

    def _set(self, wish: frozenset[int]) -> None:
        """What has to go out goes out first. Some of it may be done when this fails."""
        try:
            if not self._module.connected:
                self._module.connect(Deadline.after(ANSWER_SECONDS))
            self._write(wish)
        except DriverError as fault:
            self._presence.gone(fault)
        else:
            self._presence.here()

    def _write(self, wish: frozenset[int]) -> None:
        """A lamp that the module refuses leaves the others lit. Raises DriverError at the end."""
        refused: NotReady | None = None
        for coil in sorted(self._coils, key=lambda coil: coil in wish):
            try:
                self._module.write(coil, Deadline.after(ANSWER_SECONDS), on=coil in wish)
            except NotReady as fault:
                refused = fault
        if refused:
            raise refused
