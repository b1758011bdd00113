"""A gate on the outputs and inputs of a Modbus TCP module.

    modbus://192.0.2.30:502?unit=1&release=0&rest=2&confirm_count=5&pulse_ms=150

release        coil: while it is on, the gate lets labels pass
rest           discrete input: the gate is in its rest position. Optional
confirm_count  register in which the module counts what the eye at the reject bin sees:
               `5` or `input:5`, `holding:5`. Optional
confirm        discrete input: that eye itself, where the module cannot count. Optional
pulse_ms       how long the coil is on for one label. [150]
longest_ms     on for longer than that is a fault. [pulse_ms + 850]
answer_ms      how long one answer of the module may take. [500]

The rest position is reject, so a reject moves nothing: the label is seen into the bin where there
is an eye. A poll may miss an edge, a counter misses none: prefer it (drivers.pulses). What falls
while a label is released, or before the next verb, is a fault too: the accepted label lies in the
bin.

Nothing is sent twice, except for "off". A write without an answer may have been done or not; it
is not tried again, the coil is written off on a new connection and read back, and the verb fails.
The same holds for everything else that goes wrong on the way. The first words on any connection
are "off", so that a gate left open by a station that died is shut by the next one.

Until that comes nothing but the module itself can shut it: switch on its communication watchdog
("safe mode", "host watchdog", "fail-safe value"), with a time longer than a pulse, outputs off, and
cleared by itself when somebody speaks again. Where the module can give a pulse by itself, let it.
"""

import threading
import time
from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.gate.opening import Opening
from drivers.gate.rest import REST_SECONDS, Rest
from drivers.interface import Condition, NotReady, Silent
from drivers.modbus import HIGHEST, Modbus, Place, Register
from drivers.pulses import LatchedPulses, PolledPulses, Pulses
from drivers.settings import Settings

POLL_SECONDS = 0.01

MOVE_SECONDS = 1.0
"""Longer than a gate takes from one position to the other."""


class ModbusGate:
    """Implements drivers.interface.Gate. For one thread at a time; connects at first use."""

    def __init__(
        self,
        settings: Settings,
        *,
        name: str = "gate",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises Unreachable with everything that is wrong in the address."""
        self._module = Modbus(Place.of(settings), name=name)
        self._release = settings.number("release", most=HIGHEST)
        self._rest = settings.optional("rest", most=HIGHEST)
        self._eye = _eye(settings, self._module)
        self._opening = Opening.of(settings)
        self._answer_seconds = settings.number("answer_ms", least=10, most=5000, default=500) / 1000
        settings.done()
        self._at_rest = Rest(
            self._module.name, shut=self._shut, answer_seconds=self._answer_seconds
        )
        self._clock = clock
        self._pause = threading.Event()
        self._passing = False
        """The last label was released; until the next verb it must not be seen in the bin."""

    def check(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate. NotReady, with GATE_NOT_AT_REST, where it is not."""
        with self._at_rest.after(deadline) as work:
            self._ready(work)

    def release(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate. After any DriverError the gate is at rest, or says it is not.

        The condition GATE_NOT_AT_REST in the error says that the coil may still be on.
        """
        with self._at_rest.after(deadline) as work:
            self._ready(work)
            if self._eye:
                self._eye.begin(self._answer(work))
            moved = self._pulse(work)
            if self._rest is not None:
                self._await_return(work, self._rest, moved=moved)
            self._check_bin(work)
            self._passing = True

    def reject(self, deadline: Deadline) -> None:
        """See drivers.interface.Gate. NotReady, with GATE_NOT_CONFIRMED, where nothing was seen."""
        with self._at_rest.after(deadline) as work:
            self._ready(work)
            if self._eye:
                self._eye.begin(self._answer(work))
                self._await_fall(work, self._eye)

    def close(self) -> None:
        """Never raises. A gate that may be open is shut first, in at most a second."""
        self._at_rest.come(Deadline.after(REST_SECONDS))
        self._module.close()

    # -- what is at rest --------------------------------------------------------------------

    def _shut(self, deadline: Deadline) -> None:
        """Off, and read back; on a new connection if need be."""
        if not self._module.connected:
            self._module.connect(deadline)
        self._module.write(self._release, deadline, on=False)
        if self._module.coil(self._release, deadline):
            raise self._not_at_rest(f"coil {self._release} stays on though it was written off")

    def _ready(self, work: Deadline) -> None:
        """Connected and at rest, and the last label that was released is not in the bin."""
        passing, self._passing = self._passing, False
        if self._at_rest.maybe_open or not self._module.connected:
            passing = False
            self._at_rest.shut(self._answer(work))
        elif self._module.coil(self._release, self._answer(work)):
            self._at_rest.maybe_open = True
            raise self._not_at_rest(f"coil {self._release} is on, and nobody here switched it on")
        if self._rest is not None:
            self._await_rest(work, self._rest)
        if passing:
            self._check_bin(work)

    def _await_rest(self, work: Deadline, rest: int) -> None:
        soon = self._patience(work, MOVE_SECONDS)
        while not self._module.sense(rest, self._answer(work)):
            if soon.expired:
                raise self._not_at_rest(f"input {rest} does not say that it is at rest")
            self._pause.wait(POLL_SECONDS)

    # -- one label --------------------------------------------------------------------------

    def _pulse(self, work: Deadline) -> bool:
        """On, as long as a label takes, and off. Whether it was seen to leave its rest position."""
        if work.remaining() < self._opening.pulse_seconds:
            raise Silent(self._module.name, "no time was left to let the label pass")
        began = self._clock()
        self._at_rest.maybe_open = True
        self._module.write(self._release, self._answer(work), on=True)
        moved = self._hold_open(work.at_most(self._opening.pulse_seconds), work)
        self._at_rest.shut(self._answer(work))
        self._opening.check(self._module.name, self._clock() - began)
        return moved

    def _hold_open(self, pulse: Deadline, work: Deadline) -> bool:
        moved = False
        while not pulse.expired:
            if self._rest is not None and not moved:
                moved = not self._module.sense(self._rest, self._answer(work))
            if self._eye:
                self._eye.seen(self._answer(work))
            self._pause.wait(min(POLL_SECONDS, pulse.remaining()))
        return moved

    def _await_return(self, work: Deadline, rest: int, *, moved: bool) -> None:
        """A slow gate may begin to move only after the pulse."""
        soon = self._patience(work, MOVE_SECONDS)
        while not (moved and self._module.sense(rest, self._answer(work))):
            if not moved:
                moved = not self._module.sense(rest, self._answer(work))
            if soon.expired:
                raise self._not_at_rest("did not come back to rest" if moved else "did not move")
            self._pause.wait(POLL_SECONDS)

    def _check_bin(self, work: Deadline) -> None:
        if self._eye and (fallen := self._eye.seen(self._answer(work))):
            raise self._not_at_rest(
                f"a label was released, and {fallen} fell into the reject bin: look for it there"
            )

    def _await_fall(self, work: Deadline, eye: Pulses) -> None:
        soon = self._patience(work, work.remaining())
        while not (fallen := eye.seen(self._answer(work))):
            if soon.expired:
                raise self._unconfirmed("nothing was seen to fall into the reject bin")
            self._pause.wait(POLL_SECONDS)
        if fallen > 1:
            raise self._unconfirmed(f"one label was rejected, and {fallen} fell into the bin")

    def _answer(self, work: Deadline) -> Deadline:
        return work.at_most(self._answer_seconds)

    def _patience(self, work: Deadline, seconds: float) -> Deadline:
        """How long to ask again and again: never until no time is left for the last answer."""
        left = work.remaining()
        return work.at_most(min(seconds, left - min(self._answer_seconds, left / 4)))

    def _not_at_rest(self, detail: str) -> NotReady:
        return NotReady(self._module.name, detail, Condition.GATE_NOT_AT_REST)

    def _unconfirmed(self, detail: str) -> NotReady:
        return NotReady(self._module.name, detail, Condition.GATE_NOT_CONFIRMED)


def _eye(settings: Settings, module: Modbus) -> Pulses | None:
    number = settings.optional("confirm", most=HIGHEST)
    if "confirm_count" not in settings:
        return None if number is None else PolledPulses(module, number)
    text = settings.text("confirm_count")
    register = Register.parse(text)
    if register is None:
        settings.refuse(f"expected confirm_count 5, input:5 or holding:5, got {text!r}")
    if number is not None:
        settings.refuse("expected confirm or confirm_count, not both")
    return LatchedPulses(module, register or Register(0))
