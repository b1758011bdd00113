"""A whole station on the simulated bench, in a folder of its own, and a person before it.

Everything is the real thing but the devices at the far end of the wires: order files, the journal
on disk, ZPL over TCP, pictures over HTTP, the gate. What is tried is this installation's program;
its configuration, its records and its devices are not touched.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from drivers.deadline import Deadline
from drivers.simulated.bench import Bench
from station.app import Station, local_today, records_of
from station.config import Config, PrinterConfig, ReaderConfig, WebConfig
from station.core.events import to_json
from station.core.problem import Problem, Refused, problem
from station.core.state import LabelState, OrderState
from station.line.approval import requests
from station.line.board import Close, Mode, Request, Resume, Settle, Snapshot
from station.qualification.check import Finding, judged
from station.records.audit.audit import Report, audit
from station.records.clock import Clock, now
from station.records.journal import FILE, read_only, recorded
from station.records.query import LabelRow, Records

OPERATOR, WITNESS, AUTHOR = (
    "qualification operator",
    "qualification witness",
    "qualification author",
)

STEP_SECONDS = 60.0
"""Longest wait for one thing to happen."""

PRINT_SECONDS, READ_SECONDS = 10.0, 5.0
"""As on a line: a machine that has other work to do is no deviation."""

PATIENCE = 4
"""So many times Resume is pressed at one stop."""

SERIALISED = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: {made}
serials: {{prefix: CN, start: "{start}"}}
template: {template}
revision: "1"
"""
UNIT = "has-mhb-hc-unit"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where things are tried."""

    folder: Path
    """Empty, on a local disk; for one check alone."""

    font: Path
    shared: Path
    """For what several checks look at and is done once."""

    def config(self, **settings: object) -> Config:
        """Of a station on the bench."""
        made = Config(
            name="OQ",
            data=self.folder / "data",
            font=self.font,
            printer=PrinterConfig(seconds=PRINT_SECONDS),
            reader=ReaderConfig(seconds=READ_SECONDS),
            web=WebConfig(port=0),
            spare_megabytes=1,
        )
        return made.model_copy(update=settings)


class Trial:
    """A station that runs, and what a person does at it."""

    def __init__(self, station: Station) -> None:
        self.station = station

    @property
    def bench(self) -> Bench:
        assert self.station.bench, "everything is simulated here"
        return self.station.bench

    @property
    def config(self) -> Config:
        return self.station.config

    @property
    def records(self) -> Records:
        return records_of(self.config)

    @property
    def snapshot(self) -> Snapshot:
        return self.station.board.snapshot

    def ask(self, request: Request, *, actor: str = OPERATOR) -> None:
        """Raises Refused."""
        self.station.board.ask(request, actor=actor).result(timeout=STEP_SECONDS)

    def why_not(self, request: Request, *, actor: str = OPERATOR) -> tuple[Problem, ...]:
        """Why the station does not do it; nothing if it has done it."""
        try:
            self.ask(request, actor=actor)
        except Refused as refused:
            return refused.problems
        return ()

    def approve(self, *templates: str) -> None:
        """Two people let labels be printed from these designs."""
        for each in requests(self.station.workshop.library, author=AUTHOR, reason="OQ"):
            if each.template in templates:
                self.ask(each, actor=WITNESS)

    def put(self, name: str, text: str) -> None:
        """An order file appears in the inbox, whole."""
        inbox = self.config.data / "orders" / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        part = inbox / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.rename(inbox / f"{name}.yaml")

    def until(self, wanted: Callable[[Snapshot], bool], *, what: str) -> Snapshot:
        """The next snapshot that is so. Raises Refused when it does not come."""
        deadline, seen = Deadline.after(STEP_SECONDS), self.snapshot
        while not wanted(seen):
            if deadline.expired or seen.mode == Mode.STOPPED:
                refused = f"; {seen.refused[1]}" if seen.refused else ""
                raise Refused(
                    problem(
                        "It has not come to this: {what}. The line is {mode}{refused}.",
                        what=what,
                        mode=seen.mode,
                        refused=refused,
                    )
                )
            seen = self.station.board.newer(seen.version, seconds=0.2)
        return seen

    def held(self, cause: str) -> Snapshot:
        return self.until(
            lambda seen: bool(
                seen.mode == Mode.HELD
                and seen.order
                and seen.order.cause == cause
                and not seen.challenging
            ),
            what=f"held: {cause}",
        )

    def stopped(self) -> Snapshot:
        """The line stands, for whatever reason."""
        return self.until(lambda seen: seen.mode in {Mode.HELD, Mode.FAULT}, what="stopped")

    def finished(self, order: str) -> Snapshot:
        return self.until(
            lambda seen: bool(
                seen.mode == Mode.IDLE
                and seen.order
                and seen.order.order.id == order
                and seen.order.state == OrderState.FINISHED
            ),
            what=f"{order} finished",
        )

    def refusal(self) -> tuple[Problem, ...]:
        """Why the file put there last is not taken."""
        seen = self.until(lambda seen: seen.refused is not None, what="refused")
        assert seen.refused, "waited for"
        return (seen.refused[1],)

    def resume(self) -> None:
        """Press Resume until the machine is ready. Raises Refused."""
        for attempt in range(1, PATIENCE + 1):
            try:
                self.ask(Resume("OQ", self.snapshot.stop))
            except Refused:
                if attempt == PATIENCE:
                    raise
            else:
                return

    def settle(self, seen: Snapshot) -> None:
        """Every label that waits for a person was found and destroyed by two."""
        assert seen.order, "labels in doubt are of an order"
        for number, _ in seen.in_doubt:
            self.ask(
                Settle(seen.order.order.id, number, LabelState.DESTROYED, "OQ", witness=WITNESS)
            )

    def close(self, order: str) -> None:
        """Raises Refused where it does not balance."""
        self.ask(Close(order), actor=WITNESS)

    def labels(self, order: str) -> tuple[LabelRow, ...]:
        return tuple(self.records.labels(order))

    def passed(self) -> int:
        """Labels that really went through the gate, as the bench has counted them."""
        return self.bench.gate.flap.passed


def serialised(
    order: str, *, quantity: int = 3, start: str = "000001", template: str = UNIT
) -> str:
    """A work order of units with serials, made two days ago."""
    made = local_today() - timedelta(days=2)
    return SERIALISED.format(id=order, quantity=quantity, made=made, start=start, template=template)


@contextmanager
def trial(
    ground: Ground, *, clock: Clock = now, approved: tuple[str, ...] = (UNIT,), **settings: object
) -> Iterator[Trial]:
    """A station that runs until the block ends; `settings` take the place of those of the ground.

    Raises Refused.
    """
    with Station(ground.config(**settings), clock=clock) as station:
        worker = threading.Thread(target=station.daemon.run, name="line on trial")
        worker.start()
        try:
            tried = Trial(station)
            tried.approve(*approved)
            yield tried
        finally:
            station.daemon.stop()
            worker.join()


def events(folder: Path) -> bytes:
    """Every event of the journal in this folder, a line of JSON each: the evidence of a trial."""
    with closing(read_only(folder)) as db:
        lines = [
            json.dumps(
                {
                    "seq": each.seq,
                    "at": each.at.isoformat(),
                    "actor": each.actor,
                    "hash": each.hash,
                },
                ensure_ascii=False,
            )[:-1]
            + f', "event": {to_json(each.event).decode()}}}'
            for each in recorded(db)
        ]
    return "".join(f"{line}\n" for line in lines).encode()


def audited(data: Path) -> Report:
    """Everything in a data folder, looked at from end to end."""
    return audit(data / FILE, heads=data / "heads" / "heads.jsonl", evidence=data / "evidence")


def tried(ground: Ground, wrong: Iterable[Problem], *told: Problem) -> Finding:
    """The finding of a trial that has ended, with all its events as evidence."""
    return judged(wrong, *told, evidence=events(ground.folder / "data"))


def unless(holds: bool, told: Problem) -> Iterator[Problem]:  # noqa: FBT001 - reads as a sentence
    """What to say where something is not as it should be; nothing where it is."""
    if not holds:
        yield told


def states_of(states: Iterable[LabelState]) -> Problem:
    return problem("The labels are: {states}.", states=", ".join(states) or "–")
