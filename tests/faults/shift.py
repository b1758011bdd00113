"""A station on the simulated bench for many orders, an honest operator, and what really happened.

The operator knows what an operator can know: what the page says, and what lies about on paper. The
truth is taken from the bench alone: what the gate let pass is read from its picture.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.simulated.bench import Bench
from drivers.simulated.faults import FAULTS, Step
from drivers.simulated.label import PrintedLabel
from station.app import Station, records_of
from station.artwork.picture import expected_picture
from station.config import Config, PrinterConfig, ReaderConfig, WebConfig
from station.core.problem import Refused
from station.core.state import LabelState
from station.line.board import Close, Look, Mode, Request, Resume, Settle, Snapshot, Use
from station.core.reconciliation import Stock
from station.vision.decode import decode
from torture.approved import approve

OPERATOR, WITNESS = "operator", "supervisor"
LABELS = 3
SECONDS = 30.0
"""Longest time for one order; what takes longer hangs."""

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


@dataclass(slots=True)
class Run:
    """One order with one fault, from its first label to its end."""

    order: str
    stops: list[Stop] = field(default_factory=list)
    states: dict[int, LabelState] = field(default_factory=dict)
    """What became of each label."""

    reasons: dict[int, str] = field(default_factory=dict)
    """Why a label was rejected or in doubt, by its number."""

    differences: tuple[str, ...] = ()
    """What did not balance when the operator wanted to close the order."""

    wrong: list[str] = field(default_factory=list)
    """What must never be."""


class Shift:
    def __init__(self, station: Station) -> None:
        assert station.bench is not None, "the shift works on the bench"
        self.station = station
        self.bench: Bench = station.bench
        self._next = 1
        self._passed: list[PrintedLabel] = []
        self._watch_gate()

    def _watch_gate(self) -> None:
        """Remember what lies before the camera whenever the gate lets it pass."""
        bench, place, take_away = self.bench, self.bench.camera.place, self.bench.camera.take_away
        lying: list[PrintedLabel] = []
        release = bench.gate.release

        def laid(label: PrintedLabel) -> None:
            lying.append(label)
            place(label)

        def taken() -> None:
            lying.clear()
            take_away()

        def released(deadline: Deadline) -> None:
            seen = lying[-1:]
            release(deadline)
            if not lying:
                self._passed.extend(seen)

        bench.camera.place = laid  # type: ignore[method-assign]  # the test watches
        bench.camera.take_away = taken  # type: ignore[method-assign]
        bench.gate.release = released  # type: ignore[method-assign]

    # -- one order -------------------------------------------------------------------------------

    def work(self, fault: str, step: Step, *, label: int) -> Run:
        """One order with the fault at this label of it; the operator brings it to its end."""
        start, self._next = self._next, self._next + 10
        run = Run(f"F-{start}")
        self._passed.clear()
        self._fault = fault
        self.bench.order(fault, at=self.bench.received + label, step=step)
        self._drop(ORDER.format(start=start, quantity=LABELS), f"{start}.yaml")
        deadline = Deadline.after(SECONDS)
        self._until_finished(run, deadline)
        self.bench.cancel()
        self._close(run)
        self._look_back(run)
        return run

    def _drop(self, text: str, name: str) -> None:
        inbox = self.station.config.data / "orders" / "inbox"
        (inbox / f".{name}").write_text(text)
        (inbox / f".{name}").rename(inbox / name)

    def _until_finished(self, run: Run, deadline: Deadline) -> None:
        refused = 0
        snapshot = self.station.board.snapshot
        while not _finished(snapshot, run.order):
            assert snapshot.mode != Mode.STOPPED, "the line has died"
            assert not deadline.expired, f"{run.order} hangs: {snapshot}"
            if snapshot.mode in {Mode.HELD, Mode.FAULT}:
                stop = _stop(snapshot)
                if not refused:
                    run.stops.append(stop)
                refused = refused + 1 if self._help(snapshot) else 0
                assert refused <= PATIENCE, f"{run.order} cannot go on: {stop}"
                snapshot = self.station.board.snapshot
            else:
                snapshot = self.station.board.newer(snapshot.version, seconds=0.2)

    def _help(self, snapshot: Snapshot) -> bool:
        """What a person does at a stop; True if the station will not go on yet."""
        remedy = FAULTS[self._fault].remedy
        if remedy:
            remedy.act(self.bench)
        assert self.bench.printer.wait_idle(seconds=5), "the printer has something left to do"
        for number, _ in snapshot.in_doubt:
            self._settle(snapshot, number)
        self.bench.take_away()
        return not self._ask(Resume("cleared", self.station.board.snapshot.stop))

    def _settle(self, snapshot: Snapshot, number: int) -> None:
        """Honestly: whole and found, it is read; cut, it is destroyed; nowhere, not printed."""
        assert snapshot.order is not None
        order = snapshot.order.order.id
        paper = self._paper(order, number)
        if number in snapshot.unreleased:
            passed = any(paper and each.number == paper.number for each in self._passed)
            outcome = LabelState.RELEASED if passed else LabelState.DESTROYED
            assert self._ask(Settle(order, number, outcome, "found", WITNESS))
            return
        if paper is None:
            assert self._ask(Settle(order, number, LabelState.NOT_PRINTED, "nowhere", WITNESS))
            return
        if np.array_equal(paper.picture, self._meant(order, number)):
            self.bench.take_away()
            self.bench.camera.place(paper)
            if self._ask(Look(order, number)):
                return
        assert self._ask(Settle(order, number, LabelState.DESTROYED, "torn up", WITNESS))

    def _ask(self, request: Request) -> bool:
        try:
            self.station.board.ask(request, actor=OPERATOR).result(timeout=SECONDS)
        except Refused as refused:
            self.refusal = refused
            return False
        return True

    def _close(self, run: Run) -> None:
        """An order that does not balance is closed only when the operator found the surplus."""
        if self._ask(Close(run.order)):
            return
        run.differences = tuple(str(each) for each in self.refusal.problems[1:])
        assert self._ask(Use(run.order, Stock.BLANK, 1, "found beside the printer"))
        assert self._ask(Close(run.order)), f"{run.order} does not balance: {self.refusal}"

    # -- the truth -------------------------------------------------------------------------------

    def _look_back(self, run: Run) -> None:
        records = records_of(self.station.config)
        labels = tuple(records.labels(run.order))
        reasons = {
            each.number: each.reasons
            for each in records.nonconformances(order=run.order)
        }
        run.states = {each.number: each.state for each in labels}
        run.reasons = {n: found[0]["code"] for n, found in reasons.items() if found}
        run.wrong += self._wrong(run, {each.number: each.serial for each in labels})

    def _wrong(self, run: Run, serials: dict[int, str]) -> Iterator[str]:
        """What passed the gate, against what the journal says passed it."""
        good = [n for n, state in run.states.items() if state == LabelState.RELEASED]
        if len(good) != LABELS:
            yield f"{len(good)} good labels, expected {LABELS}"
        meant = {serials[n]: self._meant(run.order, n) for n in good}
        passed = [_serial(each.picture) for each in self._passed]
        if sorted(passed) != sorted(serials[n] for n in good):
            yield f"passed {passed}, recorded {[serials[n] for n in good]}"
        if len(set(passed)) != len(passed):
            yield f"a serial passed twice: {passed}"
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

    def _label(self, order: str, number: int):
        records = records_of(self.station.config)
        row, label = records.order(order), records.label(order, number)
        assert row is not None
        assert label is not None
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
    )


def _serial(picture: NDArray[np.uint8]) -> str:
    found = decode(np.pad(picture, 40, constant_values=255)).symbols
    return found[0].data.decode("ascii", "replace")[-8:] if found else ""


@contextmanager
def shift(folder: Path) -> Iterator[Shift]:
    settings = Config(
        data=folder / "data",
        web=WebConfig(port=0),
        printer=PrinterConfig(seconds=1.0),
        reader=ReaderConfig(seconds=0.6),
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
