"""A reject gate without iron: a flap, an eye at the reject bin, and what drives them.

>>> sides = []
>>> with SimulatedModbusGate(sides.append) as gate:
...     gate.url.partition(":")[0]
...     gate.flap.arrive()
...     gate.flap.carry_on()
...     sides, gate.flap.passed, gate.flap.fallen
'modbus'
([False], 0, 1)

A label that arrives waits at the flap. Opened, the flap lets it pass, and every other that arrives
before it is shut. A belt would carry on what is not released, into the bin; here it does so as
soon as the station looks at the eye again and again: a label that is waited for comes.
"""

import os
import select
import tempfile
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulated.modbus import SimulatedModule

TakeAway = Callable[[bool], None]
"""Called when the label leaves; True: released, with the good ones. False: in the reject bin."""

_PATIENCE = 2
"""So many looks at the eye move nothing: what a station asks before it waits."""

_GLANCES = 2
"""So often a falling label is seen by whoever looks at the eye."""


class Flap:
    """Thread-safe. Whatever it calls is called without its lock: the next label may come of it."""

    def __init__(
        self,
        take_away: TakeAway,
        *,
        told: Callable[[], None] = lambda: None,
        shut: Callable[[], None] = lambda: None,
    ) -> None:
        """told: called when it is about to sort a label, before anything moves.

        shut: called when it was open, and is shut again.
        """
        self._take_away = take_away
        self._told = told
        self._shut = shut
        self._changed = threading.Condition(threading.RLock())
        self._driven = self._open = False
        """It is driven, and it stands open: stuck it does not."""

        self._stuck = self._jammed = self._blocked = False
        self._waiting = self._looks = self._glances = 0
        self._lost = self._astray = 0
        self._passed = self._fallen = self._count = 0

    @property
    def passed(self) -> int:
        """Labels that went to the good ones."""
        with self._changed:
            return self._passed

    @property
    def fallen(self) -> int:
        """Labels that went into the reject bin."""
        with self._changed:
            return self._fallen

    @property
    def waiting(self) -> int:
        """Labels that have come and were not sorted."""
        with self._changed:
            return self._waiting

    @property
    def open(self) -> bool:
        """A label that came now would pass."""
        with self._changed:
            return self._open

    def wait_open(self, *, seconds: float) -> bool:
        """Wait until a label that came would pass; False if it would not."""
        with self._changed:
            return self._changed.wait_for(lambda: self.open, timeout=seconds)

    def wait_shut(self, *, seconds: float) -> bool:
        """The same the other way round: what was said on a wire takes a moment to be obeyed."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.open, timeout=seconds)

    # What the belt does

    def arrive(self, *, behind: bool = False) -> None:
        """A label has come to the flap, and passes if it stands open.

        behind: it is still on its web, and comes to the flap with the next opening.
        """
        with self._changed:
            passes = self._open and not behind
            self._waiting += not passes
            self._looks = 0
        if passes:
            self._pass()

    def clear(self) -> None:
        """Somebody takes away whatever waits here."""
        with self._changed:
            self._waiting = 0

    def carry_on(self) -> None:
        """The belt takes a label that was not released into the bin."""
        with self._changed:
            falls = self._waiting > 0
            self._waiting -= falls
        if falls:
            self._fall()

    # What drives it, and what it tells

    def drive(self, *, on: bool) -> None:
        if on and not self._driven:
            self._told()
        with self._changed:
            began, was_open = on and not self._driven, self._open
            self._driven = on
            self._open = on and (was_open or not self._stuck)
            self._looks = 0
            passes = began and self._open and self._waiting > 0
            self._waiting -= passes
            self._changed.notify_all()
        if passes:
            self._pass()
        if was_open and not on:
            self._shut()

    @property
    def at_rest(self) -> bool:
        with self._changed:
            return not self._jammed and not self._open

    def eye(self) -> bool:
        """The eye itself: it shows each falling label for a moment only."""
        self._watched()
        with self._changed:
            shows = self._blocked or self._glances > 0
            self._glances = max(0, self._glances - 1)
            return shows

    def count(self) -> int:
        """Labels that the eye has seen, 16 bits, latched."""
        self._watched()
        with self._changed:
            return self._count % 65536

    def _watched(self) -> None:
        with self._changed:
            self._looks += 1
            falls = self._looks > _PATIENCE and self._waiting > 0 and not self._driven
        if falls:
            self._told()
            if not self._stuck:
                self.carry_on()

    def _pass(self) -> None:
        with self._changed:
            astray = self._astray > 0
            self._astray -= astray
            self._passed += not astray
        if astray:
            self._fall()
        else:
            self._take_away(True)

    def _fall(self) -> None:
        with self._changed:
            self._fallen += 1
            self._looks = 0
            missed = self._lost > 0
            self._lost -= missed
            if not missed:
                self.confirm_by_itself()
        self._take_away(False)

    # What goes wrong with it

    def stick(self) -> None:
        """It does not open any more, whatever it is told."""
        with self._changed:
            self._stuck = True

    def not_at_rest(self) -> None:
        """Something keeps it from its rest position."""
        with self._changed:
            self._jammed = True

    def lose_confirm(self, count: int = 1) -> None:
        """The eye misses the next labels that fall."""
        with self._changed:
            self._lost = count

    def confirm_by_itself(self) -> None:
        """The eye sees something."""
        with self._changed:
            self._count += 1
            self._glances = _GLANCES

    def block_eye(self) -> None:
        """The eye shows something all the time; nothing is counted by that."""
        with self._changed:
            self._blocked = True

    def go_astray(self, count: int = 1) -> None:
        """The next labels that are released fall into the bin all the same."""
        with self._changed:
            self._astray = count

    def heal(self) -> None:
        with self._changed:
            self._stuck = self._jammed = self._blocked = False
            self._lost = self._astray = 0


class SimulatedModbusGate:
    """A flap on an input and output module. Coil 0 opens it, input 2 is its rest position, input 1
    the eye at the bin, and input register 5, or holding register 5, the count of that eye.
    """

    def __init__(
        self,
        take_away: TakeAway,
        *,
        told: Callable[[], None] = lambda: None,
        shut: Callable[[], None] = lambda: None,
        watchdog: bool = True,
        pulse_ms: int = 30,
    ) -> None:
        """told, shut: see Flap. watchdog: the module switches its output off when the last
        connection is lost.
        """
        self.flap = Flap(take_away, told=told, shut=shut)
        self._terminals = _Terminals(self.flap, watchdog=watchdog)
        self.module = SimulatedModule(self._terminals)
        self.blind_url = (
            f"modbus://{self.module.host}?unit=1&release=0&rest=2&pulse_ms={pulse_ms}"
            "&longest_ms=60000&answer_ms=5000"
        )
        self.url = f"{self.blind_url}&confirm_count=5"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def heal(self) -> None:
        """Everything works again, and stays as it is: what was open stays open."""
        self.flap.heal()
        self.module.heal()
        self._terminals.welded = False

    def weld(self) -> None:
        """The output does not go off any more, whatever it is told."""
        self._terminals.welded = True

    def close(self) -> None:
        self.module.close()


class _Terminals:
    """Implements drivers.simulated.modbus.Points."""

    def __init__(self, flap: Flap, *, watchdog: bool) -> None:
        self._flap = flap
        self._watchdog = watchdog
        self._coils = dict.fromkeys((0, 10, 11, 12, 13), False)
        self.welded = False

    def coil(self, number: int) -> bool:
        return self._coils[number]

    def write(self, number: int, *, on: bool) -> None:
        on = on or (self.welded and self._coils[number])
        self._coils[number] = on
        if number == 0:
            self._flap.drive(on=on)

    def sense(self, number: int) -> bool:
        match number:
            case 1:
                return self._flap.eye()
            case 2:
                return self._flap.at_rest
        raise KeyError(number)

    def register(self, number: int) -> int:
        if number != 5:
            raise KeyError(number)
        return self._flap.count()

    def lost(self) -> None:
        if self._watchdog:
            for number in self._coils:
                self.write(number, on=False)


class SimulatedRelay:
    """A flap on a relay on a pseudo terminal, which obeys A0 01 01 A2 and A0 01 00 A1 (LCUS-1).

    Its device is a link, as /dev/serial/by-id has them, that is the same after it was plugged in
    again. Fed by USB, it falls back when it is unplugged.
    """

    _COMMANDS = {bytes.fromhex("A00101A2"): True, bytes.fromhex("A00100A1"): False}  # noqa: RUF012 - never changed

    def __init__(self, take_away: TakeAway, *, pulse_ms: int = 30) -> None:
        self.flap = Flap(take_away)
        self._folder: tempfile.TemporaryDirectory[str] = tempfile.TemporaryDirectory(prefix="relay")
        self._link = Path(self._folder.name) / "usb-relay"
        self.url = f"relay://{self._link}?pulse_ms={pulse_ms}&longest_ms=60000"
        self._thread: threading.Thread | None = None
        self.plug_in()

    def plug_in(self) -> None:
        if self._thread is None:
            near, far = os.openpty()
            tty.setraw(far)
            self._link.symlink_to(os.ttyname(far))
            # The far side stays open here too: a client that leaves is no hang-up.
            self._open = (near, far, *os.pipe())
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()

    def unplug(self) -> None:
        if self._thread is not None:
            self._link.unlink()
            os.write(self._open[3], b".")
            self._thread.join()
            self._thread = None
            for descriptor in self._open:
                os.close(descriptor)
            self.flap.drive(on=False)

    def heal(self) -> None:
        self.flap.heal()
        self.plug_in()

    def close(self) -> None:
        self.unplug()
        self._folder.cleanup()

    def _serve(self) -> None:
        near, wake = self._open[0], self._open[2]
        said = b""
        while wake not in select.select([near, wake], [], [])[0]:
            said = self._obey(said + os.read(near, 256))

    def _obey(self, said: bytes) -> bytes:
        """Whole commands; what is none is passed over byte by byte. What is left of them."""
        while len(said) >= 4:
            command, rest = said[:4], said[4:]
            if command in self._COMMANDS:
                self.flap.drive(on=self._COMMANDS[command])
                said = rest
            else:
                said = said[1:]
        return said
