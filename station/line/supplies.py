"""What the printer will soon need: said before it stops, and never a reason to stop."""

import time
from collections.abc import Callable, Mapping

from drivers.deadline import Deadline
from drivers.interface import Printer, Warn
from station.core.problem import Problem, problem

EVERY_SECONDS = 30.0
"""Between two questions: a roll does not end faster than that from its warning on."""

_SAID: Mapping[Warn, Problem] = {
    Warn.PAPER_LOW: problem("The roll of labels is nearly used up: have the next one ready."),
    Warn.RIBBON_LOW: problem("The ribbon is nearly used up: have the next one ready."),
    Warn.REPLACE_HEAD: problem("The print head has to be replaced soon: tell maintenance."),
    Warn.CLEAN_HEAD: problem("The print head has to be cleaned: do it at the next stop."),
    Warn.CALIBRATE: problem("The printer asks to be calibrated: do it at the next stop."),
    Warn.OTHER: problem("The printer gives a warning: look at its display."),
}


class Supplies:
    def __init__(
        self,
        printer: Printer,
        deadline: Callable[[], Deadline],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._printer = printer
        self._deadline = deadline
        self._clock = clock
        self._next = float("-inf")
        self._warnings: frozenset[Warn] = frozenset()

    def look(self) -> None:
        """Ask, if it is time to. Raises DriverError."""
        if self._clock() >= self._next:
            self._warnings = self._printer.warnings(self._deadline())
            self._next = self._clock() + EVERY_SECONDS

    @property
    def notice(self) -> Problem | None:
        """The most pressing of what it said last."""
        return next((said for warn, said in _SAID.items() if warn in self._warnings), None)
