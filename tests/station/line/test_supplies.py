"""The printer's warnings reach people before it stops."""

from drivers.deadline import Deadline
from drivers.interface import Warn
from station.line.supplies import EVERY_SECONDS, Supplies
from torture.memory import MemoryPrinter, World


class Warned(MemoryPrinter):
    """Says what it will need, and counts how often it is asked."""

    def __init__(self, *warnings: Warn) -> None:
        super().__init__(World())
        self.said = frozenset(warnings)
        self.asked = 0

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:  # noqa: ARG002 - answers at once
        self.asked += 1
        return self.said


def soon() -> Deadline:
    return Deadline.after(1.0)


def test_the_most_pressing_warning_is_shown() -> None:
    supplies = Supplies(Warned(Warn.CLEAN_HEAD, Warn.PAPER_LOW), soon)
    assert supplies.notice is None
    supplies.look()
    assert "roll of labels" in str(supplies.notice)


def test_each_warning_has_its_sentence() -> None:
    for warn in Warn:
        supplies = Supplies(Warned(warn), soon)
        supplies.look()
        assert supplies.notice is not None


def test_the_printer_is_asked_now_and_then_and_a_warning_ends() -> None:
    now = [0.0]
    printer = Warned(Warn.RIBBON_LOW)
    supplies = Supplies(printer, soon, clock=lambda: now[0])
    supplies.look()
    printer.said = frozenset()
    supplies.look()
    assert (printer.asked, supplies.notice is None) == (1, False)
    now[0] = EVERY_SECONDS
    supplies.look()
    assert (printer.asked, supplies.notice) == (2, None)
