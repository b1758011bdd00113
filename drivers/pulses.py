"""Pulses on an input: how many came since somebody began to look.

An edge is seen only by whoever asks at the right moment: a pulse that begins and ends between two
questions never was. Most modules count the edges of an input themselves, in a register that keeps
them until somebody asks. Where there is such a counter, name it: `LatchedPulses` misses nothing,
and knows one pulse from two. `PolledPulses` is for modules that cannot count; the pulse has to be
longer than the time between two questions.
"""

from typing import Protocol

from drivers.deadline import Deadline
from drivers.modbus import Modbus, Register


class Pulses(Protocol):
    """Raises DriverError where the module fails; what was seen so far is then worth nothing."""

    def begin(self, deadline: Deadline) -> None:
        """Whatever came until now does not count."""

    def seen(self, deadline: Deadline) -> int:
        """Pulses since `begin`, as far as they can be known."""


class PolledPulses:
    """Rising edges of a discrete input, between one question and the next."""

    def __init__(self, module: Modbus, number: int) -> None:
        self._module = module
        self._number = number
        self._high = True
        self._edges = 0

    def begin(self, deadline: Deadline) -> None:
        """An input that is on already shows no edge before it has been off."""
        self._high = self._module.sense(self._number, deadline)
        self._edges = 0

    def seen(self, deadline: Deadline) -> int:
        """See Pulses."""
        before, self._high = self._high, self._module.sense(self._number, deadline)
        self._edges += self._high and not before
        return self._edges


class LatchedPulses:
    """A register in which the module counts; it goes on at 0 after 65535.

    Of a counter of 32 bits the register with the low word is meant.
    """

    def __init__(self, module: Modbus, register: Register) -> None:
        self._module = module
        self._register = register
        self._before = 0

    def begin(self, deadline: Deadline) -> None:
        """See Pulses."""
        self._before = self._module.count(self._register, deadline)

    def seen(self, deadline: Deadline) -> int:
        """See Pulses."""
        return (self._module.count(self._register, deadline) - self._before) % 65536
