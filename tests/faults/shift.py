"""A station on the simulated bench for many orders, an honest operator, and what really happened.

The operator knows what an operator can know: what the page says, and what lies about on paper. The
truth is taken from the bench alone: what the gate let pass is read from its picture.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.simulated.bench import Bench
from drivers.simulated.faults import Fault, Step
from drivers.simulated.label import PrintedLabel
from station.app import Station, records_of
from station.artwork.picture import expected_picture
from station.config import Config, PrinterConfig, ReaderConfig, WebConfig
from station.core.events import Outcome
from station.core.problem import Refused
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import (
    Close,
    Look,
    Mode,
    Request,
    Resume,
    Settle,
    Snapshot,
    Start,
    Use,
)
from station.line.job import Label
from station.records.query import LabelRow
from station.vision.decode import decode
from torture.approved import approve

OPERATOR, WITNESS = "operator", "supervisor"
LABELS = 3
SECONDS = 30.0
"""Longest time for one order; what takes longer hangs."""

BATCH = 40

PATIENCE = 4
"""So many times Resume is pressed at one stop."""

ORDER = """\
id: F-{start}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{prefix: CN, start: "{start:06d}"}}
template: has-mhb-hc-unit
revision: "1"
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """The line stood still, and this is what the page knew of it."""

    device: str
    conditions: tuple[str, ...]
    cause: str
    doubt: tuple[int, ...]
    unreleased: tuple[int, ...]
    """Those of them that were accepted."""


@dataclass(slots=True)
class Run:
    """One order with one fault, from its first label to its end."""

    order: str
    fault: Fault
    stops: list[Stop] = field(default_factory=list)
    states: dict[int, LabelState] = field(default_factory=dict)
    """What became of each label."""

    reasons: dict[int, str] = field(default_factory=dict)
    """Why a label was rejected or in doubt, by its number."""

    surplus: bool = False
    """The order did not balance before somebody had found a label that nobody issued."""

    wrong: tuple[str, ...] = ()
    """What passed the gate and should not have, or did not and is said to have."""


class Shift:
    """Orders are worked one after the other: what a fault left behind shows in the next."""

    def __init__(self, station: Station) -> None:
        assert station.bench is not None, "the shift works on the bench"
        self.station = station
        self.bench: Bench = station.bench
        self._orders = count(1)
        self._waiting: deque[str] = deque()
        self._lying: list[PrintedLabel] = []
        self._passed: list[PrintedLabel] = []
        self._refusal: Refused | None = None
        self._watch()

    def _watch(self) -> None:
        """Remember all that lies before the camera whenever the gate lets it pass."""
        camera, flap = self.bench.camera, self.bench.gate.flap
        place, take_away, sorts = camera.place, camera.take_away, flap._take_away

        def laid(label: PrintedLabel) -> None:
            self._lying.append(label)
            place(label)

        def taken() -> None:
            self._lying.clear()
            take_away()

        def sorted_away(released: bool) -> None:  # noqa: FBT001 - the gate's own signature
            if released:
                self._passed += self._lying
            sorts(released)

        camera.place = laid  # type: ignore[method-assign]  # looked on, not changed
        camera.take_away = taken  # type: ignore[method-assign]  # the same
        flap._take_away = sorted_away

    # -- one order -------------------------------------------------------------------------------

    def work(self, fault: Fault, *moments: tuple[int, Step]) -> Run:
        """One order with the fault at these labels of it; the operator brings it to its end.

        Without any moment it strikes before the order is started.
        """
        run = Run(self._next_order(), fault)
        self._passed.clear()
        received = self.bench.received
        for label, step in moments:
            self.bench.order(fault.name, at=received + label, step=step)
        if not moments:
            self._strike(fault)
        assert self._ask(Start(run.order)), f"{run.order} does not start: {self._refusal}"
        self._until_finished(run, Deadline.after(SECONDS))
        self._mend(fault)
        self._close(run)
        self._look_back(run)
        return run

    def _strike(self, fault: Fault) -> None:
        printed = self.bench.printer.printed
        fault.strike(self.bench)
        came = not fault.comes_out or self.bench.printer.wait_printed(printed + 1, seconds=5)
        assert came, "nothing came out"

    def _next_order(self) -> str:
        """The inbox lets every file lie for a second, so many are put there at once."""
        if not self._waiting:
            inbox = self.station.config.data / "orders" / "inbox"
            for number in islice(self._orders, BATCH):
                text = ORDER.format(start=number * 10, quantity=LABELS)
                (inbox / f".{number}.yaml").write_text(text)
                (inbox / f".{number}.yaml").rename(inbox / f"{number}.yaml")
                self._waiting.append(f"F-{number * 10}")
            deadline = Deadline.after(SECONDS)
            for order in self._waiting:  # they are not taken in as they were written
                self._until_waiting(order, deadline)
        return self._waiting.popleft()

    def _until_waiting(self, order: str, deadline: Deadline) -> None:
        snapshot = self.station.board.snapshot
        while order not in snapshot.waiting:
            assert not deadline.expired, f"{order} was not taken in: {snapshot.refused}"
            snapshot = self.station.board.newer(snapshot.version, seconds=0.2)

    def _until_finished(self, run: Run, deadline: Deadline) -> None:
        snapshot = self.station.board.snapshot
        while not _finished(snapshot, run.order):
            assert snapshot.mode != Mode.STOPPED, "the line has died"
            assert not deadline.expired, f"{run.order} hangs: {snapshot.mode} {run.stops}"
            if snapshot.mode in {Mode.HELD, Mode.FAULT}:
                run.stops.append(_stop(snapshot))
                self._help(run, snapshot)
                snapshot = self.station.board.snapshot
            else:
                snapshot = self.station.board.newer(snapshot.version, seconds=0.2)

    def _help(self, run: Run, snapshot: Snapshot) -> None:
        """What a person does at a stop: mend, look what came out, say what became of it, resume."""
        self._mend(run.fault)
        assert self.bench.printer.wait_idle(seconds=5), "the printer has something left to do"
        for number, _ in snapshot.in_doubt:
            self._settle(run.order, number, accepted=number in snapshot.unreleased)
        self._withdraw(run.order)
        self.bench.take_away()
        resumed = (
            self._ask(Resume("cleared", self.station.board.snapshot.stop)) for _ in range(PATIENCE)
        )
        assert any(resumed), f"{run.order} cannot go on after {run.stops}: {self._refusal}"

    def _mend(self, fault: Fault) -> None:
        if fault.remedy:
            fault.remedy.act(self.bench)

    def _settle(self, order: str, number: int, *, accepted: bool) -> None:
        """Honestly: whole and found, it is read; cut, it is destroyed; nowhere, not printed."""
        paper = self._paper(order, number)
        if accepted:
            passed = any(paper and each.number == paper.number for each in self._passed)
            self._say(order, number, LabelState.RELEASED if passed else LabelState.DESTROYED)
        elif paper is None:
            self._say(order, number, LabelState.NOT_PRINTED)
        elif not self._found(order, number, paper):
            self._say(order, number, LabelState.DESTROYED)

    def _found(self, order: str, number: int, paper: PrintedLabel) -> bool:
        """A label that is whole is laid before the camera, and read."""
        whole = np.array_equal(paper.picture, self._meant(order, number))
        if not whole or self.station.config.reader.scanner:
            return False  # where it has to be scanned as well, two people destroy it
        self.bench.take_away()
        self.bench.camera.place(paper)
        return self._ask(Look(order, number))

    def _withdraw(self, order: str) -> None:
        """A label that is recorded as released, and lies there still, is destroyed."""
        lying = {each.zpl for each in self._lying}
        for row in self._labels(order):
            if row.state == LabelState.RELEASED and self._label(order, row.number).zpl in lying:
                self._say(order, row.number, LabelState.DESTROYED)

    def _say(self, order: str, number: int, outcome: Outcome) -> None:
        settled = self._ask(Settle(order, number, outcome, "as it was found", WITNESS))
        assert settled, f"label {number} of {order} is not {outcome}: {self._refusal}"

    def _ask(self, request: Request) -> bool:
        """Whether the station does it; if not, it has said why."""
        try:
            self.station.board.ask(request, actor=OPERATOR).result(timeout=SECONDS)
        except Refused as refused:
            self._refusal = refused
            return False
        return True

    def _close(self, run: Run) -> None:
        """An order with more labels than were issued is closed when the operator found them."""
        if self._ask(Close(run.order)):
            return
        run.surplus = True
        assert self._ask(Use(run.order, Stock.BLANK, 1, "found beside the printer"))
        assert self._ask(Close(run.order)), f"{run.order} does not balance: {self._refusal}"

    # -- the truth -------------------------------------------------------------------------------

    def _look_back(self, run: Run) -> None:
        labels = self._labels(run.order)
        found = records_of(self.station.config).nonconformances(order=run.order)
        run.states = {each.number: each.state for each in labels}
        run.reasons = {each.number: each.reasons[0]["code"] for each in found if each.reasons}
        run.wrong = tuple(self._wrong(run, {each.number: each.serial for each in labels}))

    def _wrong(self, run: Run, serials: dict[int, str]) -> Iterator[str]:
        """What passed the gate, against what the journal says passed it."""
        good = [number for number, state in run.states.items() if state == LabelState.RELEASED]
        if len(good) != LABELS:
            yield f"{len(good)} good labels, expected {LABELS}"
        meant = {serials[number]: self._meant(run.order, number) for number in good}
        passed = [_serial(each.picture) for each in self._passed]
        if sorted(passed) != sorted(meant):
            yield f"passed {passed}, recorded {sorted(meant)}"
        for serial, each in zip(passed, self._passed, strict=True):
            if serial in meant and not np.array_equal(each.picture, meant[serial]):
                yield f"{serial} passed and is not what was meant"

    def _meant(self, order: str, number: int) -> NDArray[np.uint8]:
        label = self._label(order, number)
        return expected_picture(label.artwork)

    def _paper(self, order: str, number: int) -> PrintedLabel | None:
        """What came out of the printer for this label, the last of it."""
        zpl = self._label(order, number).zpl
        for each in self.bench.pile.numbers:
            paper = self.bench.pile.get(each)
            if paper and paper.zpl == zpl:
                return paper
        return None

    def _labels(self, order: str) -> tuple[LabelRow, ...]:
        return tuple(records_of(self.station.config).labels(order))

    def _label(self, order: str, number: int) -> Label:
        records = records_of(self.station.config)
        row, label = records.order(order), records.label(order, number)
        assert row is not None, "the order was started"
        assert label is not None, "the label was issued"
        return self.station.workshop.job(row.order).label(number, serial=label.serial)


def _finished(snapshot: Snapshot, order: str) -> bool:
    return (
        snapshot.mode == Mode.IDLE
        and snapshot.order is not None
        and snapshot.order.order.id == order
    )


def _stop(snapshot: Snapshot) -> Stop:
    fault, order = snapshot.fault, snapshot.order
    return Stop(
        fault.device if fault else "",
        fault.conditions if fault else (),
        order.cause if order else "",
        tuple(number for number, _ in snapshot.in_doubt),
        snapshot.unreleased,
    )


def _serial(picture: NDArray[np.uint8]) -> str:
    found = decode(np.pad(picture, 40, constant_values=255)).symbols
    return found[0].data.decode("ascii", "replace")[-8:] if found else ""


@contextmanager
def shift(folder: Path, *, scanner: bool = False) -> Iterator[Shift]:
    """`scanner`: each label is scanned by hand as well, and both readings have to be right."""
    reader = ReaderConfig(seconds=1.2, scanner="simulated" if scanner else "", scan_seconds=1.0)
    settings = Config(
        data=folder / "data",
        web=WebConfig(port=0),
        printer=PrinterConfig(seconds=1.0),
        reader=reader,
        start="operator",
    )
    with Station(settings) as station:
        approve(station.journal, settings.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield Shift(station)
        finally:
            station.daemon.stop()
            worker.join()
