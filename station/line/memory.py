"""What the printer keeps for the labels, and how the station knows that it is there.

A stored format or graphic is lost with the printer's power, and a label that recalls what is not
there comes out in part. Without the stored graphic it even reads well: the symbol is right, and all
that should stand around it is missing. So the printer is asked for both by name, after they were
stored and before each label, and says how many graphics it has: a name that is not there or another
number than then, and everything is stored again. A printer that lists nothing is believed by that
number; one that does not count has everything stored again before each label.
"""

from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Printer, PrinterStatus
from station.artwork.zpl import FORGET, Stored


class PrinterMemory:
    """One set of stored objects at a time: what the label in hand needs, and nothing of earlier
    orders.
    """

    def __init__(self, printer: Printer, deadline: Callable[[], Deadline]) -> None:
        """`deadline` makes the one for the next command."""
        self._printer = printer
        self._deadline = deadline
        self._stored: Stored | None = None
        """What the printer keeps, as far as its count of graphics can tell; None: nobody knows."""

        self._graphics = 0
        """How many it counted after something was last stored."""

    def forget(self) -> None:
        """Before the next label the printer is prepared, and everything is stored again."""
        self._stored = None

    def hold(self, stored: Stored, status: PrinterStatus) -> None:
        """See to it that the printer keeps what the next label needs. `status` is its latest.

        Raises DriverError; NotReady where it does not keep what it was sent.
        """
        if self._stored is not None and self._lost(self._stored, status):
            self.forget()  # it was off and on again, and prints twins after an error by default
        if self._stored is None:
            self._printer.prepare(self._deadline())
        if stored != self._stored:
            self._store(stored)

    def _lost(self, stored: Stored, status: PrinterStatus) -> bool:
        """Whether anything of it is gone: with the power, or because somebody else deleted it."""
        if status.graphics_stored != self._graphics:
            return True
        listed = self._printer.stored(self._deadline())
        return listed is not None and not stored.names <= listed

    def _store(self, stored: Stored) -> None:
        self._stored = None
        self._printer.store(FORGET, self._deadline())
        self._printer.store(stored.zpl, self._deadline())
        listed = self._printer.stored(self._deadline())
        if listed is not None and (lacking := stored.names - listed):
            detail = f"it does not keep {', '.join(sorted(lacking))}"
            raise NotReady("printer", detail, Condition.CORRUPT_MEMORY)
        self._graphics = self._printer.status(self._deadline()).graphics_stored
        if self._graphics:
            self._stored = stored
