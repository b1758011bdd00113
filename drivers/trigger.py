"""The line asks for its next label by a pulse on an input of a Modbus TCP module.

    modbus://192.0.2.30:502?unit=1&count=5      a register in which the module counts the pulses
    modbus://192.0.2.30:502?unit=1&input=3      the input itself: see drivers.pulses

What was asked for before the first wait, or while the module was away, is not known and not done.
"""

import logging
import threading

from drivers.deadline import Deadline
from drivers.interface import DriverError, Silent
from drivers.modbus import HIGHEST, Modbus, Place, Register
from drivers.presence import Presence
from drivers.pulses import LatchedPulses, PolledPulses, Pulses
from drivers.settings import Settings

ANSWER_SECONDS = 0.5
POLL_SECONDS = 0.02

_log = logging.getLogger(__name__)


class ModbusTrigger:
    """Implements drivers.interface.Trigger. For one thread at a time."""

    def __init__(self, settings: Settings, *, name: str = "trigger") -> None:
        """Raises Unreachable with everything that is wrong in the address."""
        self._module = Modbus(Place.of(settings), name=name)
        self._pulses = _pulses(settings, self._module)
        settings.done()
        self._presence = Presence(_log, self._module.name)
        self._pause = threading.Event()

    def wait(self, deadline: Deadline) -> None:
        """See drivers.interface.Trigger."""
        try:
            asked = self._asked(deadline)
        except DriverError as fault:
            self._presence.gone(fault)
            self._module.close()
            raise
        if not asked:
            raise Silent(self._module.name, "the line did not ask for a label in time")

    def close(self) -> None:
        self._module.close()

    def _asked(self, deadline: Deadline) -> bool:
        """Waiting ends before the deadline, so that the last question can still be answered."""
        left = deadline.remaining()
        soon = deadline.at_most(left - min(ANSWER_SECONDS, left / 4))
        self._look_from_now(deadline)
        while not self._pulses.seen(deadline.at_most(ANSWER_SECONDS)):
            if soon.expired:
                return False
            self._pause.wait(POLL_SECONDS)
        self._pulses.begin(deadline.at_most(ANSWER_SECONDS))
        return True

    def _look_from_now(self, deadline: Deadline) -> None:
        """Only on a new connection: what came since the last wait counts."""
        if not self._module.connected:
            self._module.connect(deadline.at_most(ANSWER_SECONDS))
            self._pulses.begin(deadline.at_most(ANSWER_SECONDS))
            self._presence.here()


def _pulses(settings: Settings, module: Modbus) -> Pulses:
    number = settings.optional("input", most=HIGHEST)
    text = settings.text("count", default="")
    register = Register.parse(text) if text else None
    if text and register is None:
        settings.refuse(f"expected count 5, input:5 or holding:5, got {text!r}")
    if bool(text) == (number is not None):
        settings.refuse("expected input or count, one of them")
    if register is not None:
        return LatchedPulses(module, register)
    return PolledPulses(module, number or 0)
