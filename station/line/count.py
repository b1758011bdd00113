"""How many labels the printer may have made, by its own odometer.

Labels that the station did not print are a fault: a twin, a job of somebody else, a key pressed at
the printer. The count is never asked for the opposite: an odometer may lag behind, and whether a
label came out is for the reader to say.
"""

from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Printer


class Count:
    """From `begin` on the odometer may rise by one for each time the web was moved."""

    def __init__(self, printer: Printer, deadline: Callable[[], Deadline]) -> None:
        self._printer = printer
        self._deadline = deadline
        self._begun = False
        self._most: int | None = None
        """What the odometer may say; None where the printer has none."""

    def forget(self) -> None:
        """People have had their hands in it: the next `begin` starts anew."""
        self._begun = False

    def begin(self) -> None:
        """Before a label, if it has not begun yet. Raises DriverError."""
        if not self._begun:
            self._most = self._printer.odometer(self._deadline())
            self._begun = True

    def moved(self) -> None:
        """The station printed a label, or fed one, which some firmware counts and some does not."""
        if self._most is not None:
            self._most += 1

    def check(self) -> None:
        """Raises NotReady where more labels left the head than the station moved, DriverError."""
        if self._most is None:
            return
        counted = self._printer.odometer(self._deadline())
        if counted is not None and counted > self._most:
            self.forget()
            raise NotReady(
                "printer",
                f"its odometer says {counted}, and no more than {self._most} labels were printed",
                Condition.UNEXPLAINED_LABELS,
            )
