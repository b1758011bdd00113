"""Seeded bugs: a harness is only believed after it has caught every one of these.

Each is a context manager that breaks the station from outside, as a tired engineer might have
written it, and puts it back. They reach in at the seams (what is appended to the journal, what is
printed, which way the gate moves), so that they stay bugs whatever the inside looks like. None of
them is ever in the product.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import apsw

from drivers.deadline import Deadline
from station.core.events import (
    Event,
    FaultRaised,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelSettled,
    OrderHeld,
    Recorded,
    StationStarted,
)
from station.core.state import LabelState
from station.records import projections
from station.records.evidence import Evidence
from station.records.journal import Head, Journal
from torture import deaths, storage
from torture.memory import MemoryGate, MemoryPrinter, Mishap
from torture.result import Result
from torture.rig import quiet
from torture.truth import Invariant

Breaks = Callable[[], AbstractContextManager[None]]
Rewrite = Callable[[Journal, tuple[Event, ...]], tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Bug:
    name: str
    breaks: Breaks
    invariant: Invariant
    """What has to be found broken."""

    catch: Callable[[Invariant], tuple[str, ...]]
    """The harness that catches it, asked to stop when this invariant is broken."""

    def caught(self) -> bool:
        with self.breaks():
            return any(each.startswith(self.invariant) for each in self.catch(self.invariant))


def run(*, long: bool) -> Result:  # noqa: ARG001 - every bug is caught in both forms
    """A violation for each bug that nobody notices."""
    with quiet():
        missed = tuple(f"nobody notices this bug: {bug.name}" for bug in BUGS if not bug.caught())
    return Result("bugs", len(BUGS), missed)


# -- what is written down ------------------------------------------------------------------


@contextmanager
def _rewritten(rewrite: Rewrite) -> Iterator[None]:
    """Something else is appended than the station meant."""
    append = Journal.append

    def other(self: Journal, *events: Event, actor: str = "station") -> int:
        return append(self, *rewrite(self, events), actor=actor)

    with patch.object(Journal, "append", other):
        yield


def _late(kind: type[Event]) -> AbstractContextManager[None]:
    """Events of this kind are written with whatever comes after them."""
    waiting: dict[Journal, tuple[Event, ...]] = {}

    def rewrite(journal: Journal, events: tuple[Event, ...]) -> tuple[Event, ...]:
        if any(isinstance(each, kind) for each in events):
            waiting[journal] = events
            return ()
        return (*waiting.pop(journal, ()), *events)

    return _rewritten(rewrite)


def send_before_commit() -> AbstractContextManager[None]:
    """The label goes to the printer, and then it is written down."""
    return _late(LabelIssued)


def gate_before_commit() -> AbstractContextManager[None]:
    """The gate moves, and then the verdict is written down."""
    return _late(LabelJudged)


def forget_at_restart() -> AbstractContextManager[None]:
    """The label in the printer when the station died is forgotten, and the order goes on."""
    return _rewritten(
        lambda _, events: tuple(
            each
            for each in events
            if not (isinstance(each, LabelInDoubt | OrderHeld) and each.cause == "restart")
        )
    )


def go_on_after_fault() -> AbstractContextManager[None]:
    """A machine that failed under a label is not stopped."""

    def rewrite(_: Journal, events: tuple[Event, ...]) -> tuple[Event, ...]:
        if any(isinstance(each, LabelInDoubt) for each in events):
            return tuple(each for each in events if not isinstance(each, FaultRaised | OrderHeld))
        return events

    return _rewritten(rewrite)


def settle_by_itself() -> AbstractContextManager[None]:
    """The station decides, without looking, that a label in doubt was never printed."""

    def rewrite(_: Journal, events: tuple[Event, ...]) -> tuple[Event, ...]:
        return (*events, *(_not_printed(each) for each in events if isinstance(each, LabelInDoubt)))

    return _rewritten(rewrite)


def _not_printed(doubt: LabelInDoubt) -> LabelSettled:
    return LabelSettled(
        order=doubt.order,
        number=doubt.number,
        outcome=LabelState.NOT_PRINTED,
        reason="?",
        witness="?",
    )


@contextmanager
def project_in_second_transaction() -> Iterator[None]:
    """The tables follow their events a moment later."""
    append, apply = Journal.append, projections.apply
    later: list[Recorded] = []

    def twice(self: Journal, *events: Event, actor: str = "station") -> int:
        later.clear()
        with patch.object(projections, "apply", lambda _, recorded: later.append(recorded)):
            seq = append(self, *events, actor=actor)
        with self.db:
            for each in later:
                apply(self.db, each)
        return seq

    with patch.object(Journal, "append", twice):
        yield


@contextmanager
def synchronous_normal() -> Iterator[None]:
    """The journal is not told to wait for the disk."""
    init = Journal.__init__

    def careless(
        self: Journal,
        folder: Path,
        *,
        signed: Callable[[], Head | None] = lambda: None,
        vfs: str = "",
    ) -> None:
        init(self, folder, signed=signed, vfs=vfs)
        self.db.execute("PRAGMA synchronous=NORMAL")

    with patch.object(Journal, "__init__", careless):
        yield


@contextmanager
def keep_pictures_late() -> Iterator[None]:
    """A picture is written to disk when the next one comes."""
    keep = Evidence.keep
    waiting: list[bytes] = []

    def late(self: Evidence, picture: bytes, *, suffix: str = ".jpg") -> str:
        if suffix != ".jpg":
            return keep(self, picture, suffix=suffix)
        for each in waiting:
            keep(self, each)
        waiting[:] = [picture]
        return sha256(picture).hexdigest()

    with patch.object(Evidence, "keep", late):
        yield


# -- what is printed and let through -------------------------------------------------------


@contextmanager
def reprint_after_restart() -> Iterator[None]:
    """The label in the printer when the station died is simply printed once more."""
    last: list[tuple[MemoryPrinter, bytes]] = []
    send = MemoryPrinter.begin

    def noted(self: MemoryPrinter, zpl: bytes, deadline: Deadline) -> None:
        last[:] = [(self, zpl)]
        send(self, zpl, deadline)

    def rewrite(journal: Journal, events: tuple[Event, ...]) -> tuple[Event, ...]:
        if any(isinstance(each, StationStarted) for each in events) and _unjudged(journal.db):
            printer, zpl = last[0]
            send(printer, zpl, Deadline.after(1.0))
        return events

    with patch.object(MemoryPrinter, "begin", noted), _rewritten(rewrite):
        yield


def _unjudged(db: apsw.Connection) -> bool:
    found = db.execute("SELECT 1 FROM label WHERE state=?", (LabelState.ISSUED,)).fetchone()
    return found is not None


@contextmanager
def let_rejects_through() -> Iterator[None]:
    """The verdict is right and written down, and the gate moves the wrong way."""
    with patch.object(MemoryGate, "reject", MemoryGate.release):
        yield


# -- who catches which ---------------------------------------------------------------------


def _swept(*mishaps: Mishap | None) -> Callable[[Invariant], tuple[str, ...]]:
    return lambda until: tuple(deaths.sweep(mishaps=mishaps, until=until).found)


def _power_lost(until: Invariant) -> tuple[str, ...]:
    return storage.power_losses(mixtures=0, go_on=1000, until=until)[1]


BUGS = (
    Bug("reprint after restart", reprint_after_restart, Invariant.ISSUED, _swept(None)),
    Bug("send before commit", send_before_commit, Invariant.ISSUED, _swept(None)),
    Bug("gate before commit", gate_before_commit, Invariant.PASSED, _swept(None)),
    Bug("gate before commit", gate_before_commit, Invariant.PASSED, _power_lost),
    Bug(
        "projection in a second transaction",
        project_in_second_transaction,
        Invariant.TABLES,
        _swept(None),
    ),
    Bug(
        "projection in a second transaction",
        project_in_second_transaction,
        Invariant.TABLES,
        _power_lost,
    ),
    Bug("synchronous=NORMAL", synchronous_normal, Invariant.DURABLE, _power_lost),
    Bug("synchronous=NORMAL", synchronous_normal, Invariant.READABLE, _power_lost),
    Bug("synchronous=NORMAL", synchronous_normal, Invariant.ISSUED, _power_lost),
    Bug("synchronous=NORMAL", synchronous_normal, Invariant.PASSED, _power_lost),
    Bug("in doubt and forgotten at restart", forget_at_restart, Invariant.OPEN, _swept(None)),
    Bug("no stop after a fault", go_on_after_fault, Invariant.OPEN, _swept(Mishap.DEAF)),
    Bug("settled by itself", settle_by_itself, Invariant.ACCOUNTED, _swept(Mishap.MUTE)),
    Bug("rejects let through", let_rejects_through, Invariant.PASSED, _swept(Mishap.SMUDGED)),
    Bug("pictures kept late", keep_pictures_late, Invariant.PICTURE, _swept(None)),
)
