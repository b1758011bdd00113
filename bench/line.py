"""A whole station on the simulated bench, to be timed: orders in, labels out."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.simulated.bench import Bench, BenchFault
from drivers.simulated.faults import FAULTS
from station.app import Station
from station.config import Config, ReaderConfig, WebConfig
from station.core.state import LabelState
from station.line.approval import requests
from station.line.board import Mode, Request, Resume, Settle, Snapshot

SERIAL_ORDER = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-11-20
serials: {{prefix: {id}, start: "000001"}}
template: has-mhb-hc-unit
revision: "1"
"""


class Line:
    """A station at work in a folder of its own."""

    def __init__(self, station: Station) -> None:
        assert station.bench is not None, "only the simulated bench is timed"
        self.station = station
        self.bench: Bench = station.bench

    def order(self, text: str) -> None:
        inbox = self.station.config.data / "orders" / "inbox"
        (inbox / ".order.part").write_text(text)
        (inbox / ".order.part").rename(inbox / "order.yaml")

    def until(self, *modes: Mode, order: str = "") -> Snapshot:
        snapshot = self.station.board.snapshot
        while snapshot.mode not in modes or (order and not _of(snapshot, order)):
            assert snapshot.mode != Mode.STOPPED, "the line has died"
            snapshot = self.station.board.newer(snapshot.version, seconds=1.0)
        return snapshot

    def ask(self, request: Request) -> None:
        self.station.board.ask(request, actor="bench").result(timeout=60)

    def clear(self) -> None:
        """What people do after a stop: destroy what is in doubt, clear the web, resume."""
        snapshot = self.station.board.snapshot
        assert snapshot.order is not None
        order = snapshot.order.order.id
        for number, _ in snapshot.in_doubt:
            if number in snapshot.unreleased:
                self.ask(Settle(order, number, LabelState.RELEASED, "measured", "witness"))
            else:
                self.ask(Settle(order, number, LabelState.DESTROYED, "measured", "witness"))
        self.bench.clear_web()
        self.ask(Resume("measured", self.station.board.snapshot.stop))


def _of(snapshot: Snapshot, order: str) -> bool:
    return snapshot.order is not None and snapshot.order.order.id == order


@contextmanager
def line(
    *,
    window: int = 1,
    seconds_per_label: float = 0.0,
    faults: dict[int, BenchFault] | None = None,
) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        config = Config(
            data=Path(folder).resolve() / "data",
            web=WebConfig(port=0),
            reader=ReaderConfig(window=window),
        )
        with Station(config, faults=faults) as station:
            found = Line(station)
            found.bench.printer.seconds_per_label = seconds_per_label
            for each in requests(station.workshop.library, author="author", reason="measured"):
                station.board.ask(each, actor="bench")
            worker = threading.Thread(target=station.daemon.run)
            worker.start()
            try:
                yield found
            finally:
                station.daemon.stop()
                worker.join()


def rate(at_work: Line, text: str, *, order: str) -> tuple[int, float]:
    """Labels issued for an order, and how many a second."""
    at_work.until(Mode.IDLE)
    at_work.order(text)
    at_work.until(Mode.RUNNING)
    began = time.perf_counter()
    snapshot = at_work.until(Mode.IDLE, order=order)
    seconds = time.perf_counter() - began
    assert snapshot.order is not None
    issued = snapshot.order.balance.issued
    return issued, issued / seconds


def windows() -> None:
    """A camera behind the head costs blank labels and gains time."""
    print("## Labels per second with a window of 1 and of 4 (simulated bench)\n")
    print("| one label takes the printer | window 1 | window 4 | ratio |\n|---|---|---|---|")
    for seconds in (0.0, 0.1, 0.3):
        rates = []
        for window in (1, 4):
            with line(window=window, seconds_per_label=seconds) as at_work:
                text = SERIAL_ORDER.format(id="W", quantity=100)
                rates.append(rate(at_work, text, order="W")[1])
        one, four = rates
        print(f"| {seconds:.1f} s | {one:.1f} | {four:.1f} | {four / one:.2f} |", flush=True)
    print()


RECOVERED = (
    "head-open",
    "paused",
    "printer-silent",
    "camera-black",
    "camera-stalled",
)


def recovery() -> None:
    """From the moment the machine is mended and somebody presses Resume to the next good label."""
    print("## Recovery after a fault is cleared (simulated bench)\n")
    print("| fault | seconds from Resume to the next label released |\n|---|---|")
    for name in RECOVERED:
        with line() as at_work:
            at_work.until(Mode.IDLE)
            at_work.bench.order(name, at=2)
            at_work.order(SERIAL_ORDER.format(id="R", quantity=4))
            at_work.until(Mode.FAULT, Mode.HELD)
            remedy = FAULTS[name].remedy
            if remedy:
                remedy.act(at_work.bench)
            before = _released(at_work)
            at_work.clear()
            began = time.perf_counter()
            while _released(at_work) == before:
                at_work.station.board.newer(at_work.station.board.snapshot.version, seconds=1.0)
            print(f"| {name} | {time.perf_counter() - began:.2f} |", flush=True)
    print()


def _released(at_work: Line) -> int:
    snapshot = at_work.station.board.snapshot
    return snapshot.order.balance.released if snapshot.order else 0
