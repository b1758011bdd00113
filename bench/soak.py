"""A long shift on the simulated bench: does anything grow, is anything left unexplained?

    scripts/bench soak --labels 28800        eight hours of a line that makes one label a second

The labels come as fast as the station can make them. Every fiftieth or so is spoilt, lost, doubled
or cut, each time at the same place, and people settle it.
"""

import argparse
import resource
import time
from itertools import cycle, islice
from pathlib import Path

from bench.line import SERIAL_ORDER, Line, line
from drivers.simulated.bench import BenchFault
from station.core.state import OrderState
from station.line.board import Mode
from station.records.audit.audit import audit
from station.records.journal import FILE

PER_ORDER = 480
MISHAPS = (
    BenchFault.DAMAGED,
    BenchFault.WRONG_SERIAL,
    BenchFault.LOST,
    BenchFault.PAPER_OUT,
    BenchFault.TWIN,
)
EVERY = 53


def main() -> None:
    asked = argparse.ArgumentParser(prog="scripts/bench soak")
    asked.add_argument("--labels", type=int, default=28_800)
    asked.add_argument("--window", type=int, default=1)
    labels = asked.parse_args()
    soak(labels.labels, window=labels.window)


def soak(labels: int, *, window: int) -> None:
    places = range(EVERY, 2 * labels, EVERY)
    faults = dict(zip(places, islice(cycle(MISHAPS), len(places)), strict=True))
    print("## A long shift on the simulated bench\n")
    print("| labels issued | labels/s | memory, MB | open files | threads |\n|---|---|---|---|---|")
    with line(faults=faults, window=window) as at_work:
        balances = [
            _shift(at_work, f"S{number:03d}") for number in range(1, labels // PER_ORDER + 1)
        ]
        report = audit(at_work.station.config.data / FILE)
    stops = sum(stop for _, stop in balances)
    issued = sum(count for count, _ in balances)
    print(
        f"\n{issued} labels in {len(balances)} orders, each balanced; {stops} stops settled by"
        f" people. Audit of the journal: {'good' if report.good else report.problems}.\n"
    )


def _shift(at_work: Line, order: str) -> tuple[int, int]:
    """One order to its end: labels issued, and how often the line stood."""
    began, stops = time.perf_counter(), 0
    at_work.until(Mode.IDLE)
    at_work.order(SERIAL_ORDER.format(id=order, quantity=PER_ORDER))
    at_work.until(Mode.RUNNING)
    while (snapshot := at_work.until(Mode.IDLE, Mode.HELD, Mode.FAULT)).mode != Mode.IDLE:
        stops += 1
        at_work.bench.load_paper()
        at_work.clear()
    assert snapshot.order is not None
    balance = snapshot.order.balance
    assert balance.balanced, f"{order}: {balance}"
    assert snapshot.order.state == OrderState.FINISHED
    rate = balance.issued / (time.perf_counter() - began)
    grown = f"{_resident():.0f} | {_entries('fd')} | {_entries('task')}"
    print(f"| {order}: {balance.issued} | {rate:.1f} | {grown} |", flush=True)
    return balance.issued, stops


def _resident() -> float:
    """Resident memory, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _entries(folder: str) -> int:
    return sum(1 for _ in (Path("/proc/self") / folder).iterdir())
