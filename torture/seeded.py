"""Defects put into the station on purpose. A harness is believed once it has found them.

Each takes what Cycle takes, so a stage can be given one in its place.
"""

from collections.abc import Callable
from typing import Any, cast

import apsw

from drivers.deadline import Deadline
from drivers.interface import DriverError, Printer, PrinterIdentity, PrinterStatus, Warn, print_one
from station.core.events import Event, LabelIssued, LabelJudged
from station.line.cycle import Cycle
from station.records.journal import Journal


class _LateJournal:
    """Keeps one kind of event in memory until the next one is written."""

    def __init__(self, journal: Journal, kind: type[Event]) -> None:
        self._journal = journal
        self._kind = kind
        self._kept: tuple[Event, ...] = ()

    def append(self, *events: Event, actor: str = "station") -> int:
        if any(isinstance(each, self._kind) for each in events):
            self._kept += events
            return 0
        kept, self._kept = self._kept, ()
        return self._journal.append(*kept, *events, actor=actor)

    @property
    def db(self) -> apsw.Connection:
        return self._journal.db


class _StubbornPrinter:
    """Sends a label again when it did not work the first time."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def prepare(self, deadline: Deadline) -> None:
        self._printer.prepare(deadline)

    def status(self, deadline: Deadline) -> PrinterStatus:
        return self._printer.status(deadline)

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        self._printer.store(zpl, deadline)

    def stored(self, deadline: Deadline) -> frozenset[str] | None:
        return self._printer.stored(deadline)

    def identity(self, deadline: Deadline) -> PrinterIdentity | None:
        return self._printer.identity(deadline)

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:
        return self._printer.warnings(deadline)

    def begin(self, zpl: bytes, deadline: Deadline) -> None:
        try:
            print_one(self._printer, zpl, deadline)
        except DriverError:
            again = Deadline.after(2.0)
            while not self._printer.status(again).idle:
                pass
            print_one(self._printer, zpl, again)

    def finish(self, deadline: Deadline) -> None:
        pass

    def feed(self, deadline: Deadline) -> None:
        self._printer.feed(deadline)

    def odometer(self, deadline: Deadline) -> int | None:
        return self._printer.odometer(deadline)

    def close(self) -> None:
        self._printer.close()


Parts = dict[str, Any]
"""The keyword arguments of Cycle."""


def prints_before_it_commits(**parts: Any) -> Cycle:
    return Cycle(**parts | {"journal": _late(parts["journal"], LabelIssued)})


def moves_the_gate_before_it_commits(**parts: Any) -> Cycle:
    return Cycle(**parts | {"journal": _late(parts["journal"], LabelJudged)})


def tries_again(**parts: Any) -> Cycle:
    return Cycle(**parts | {"printer": _StubbornPrinter(parts["printer"])})


def does_not_sync(**parts: Any) -> Cycle:
    parts["journal"].db.execute("PRAGMA synchronous=OFF")
    return Cycle(**parts)


DEFECTS: tuple[Callable[..., Cycle], ...] = (
    prints_before_it_commits,
    moves_the_gate_before_it_commits,
    tries_again,
    does_not_sync,
)


def _late(journal: Journal, kind: type[Event]) -> Journal:
    return cast("Journal", _LateJournal(journal, kind))
