"""What a durable record costs: `scripts/bench durability`.

Prints the section "Durability" of docs/benchmarks.md. The large journals are made once and kept in
FOLDER; each run appends to them. Smaller: `scripts/bench durability --labels 10000`.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import apsw
import numpy as np

from bench.generate import GTIN, PER_ORDER, RECIPE, Batch, Loom, generate
from drivers.deadline import Deadline
from drivers.interface import PrinterStatus, Symbol, Warn
from station.app import Workshop, local_today
from station.config import Config, WebConfig
from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    OrderAccepted,
    OrderEnded,
    OrderHeld,
    OrderStarted,
    StationStarted,
)
from station.core.judge import Reading
from station.line.approval import Approvals, requests
from station.line.board import Board, Close
from station.line.cycle import Cycle
from station.line.daemon import Daemon
from station.line.desk import Desk
from station.line.inbox import Inbox, Intake
from station.line.reader import Look
from station.records.audit.audit import audit, audit_order
from station.records.evidence import Evidence
from station.records.journal import FILE, Head, Journal, hash_of, head
from station.records.query import Records
from station.vision.sheet import Sheet

REPEATS = 3
"""Times that depend on who else is at work are the best of so many."""

ROUNDS = 200
"""Labels in each journal, in turn, to compare what one costs."""


def main() -> None:
    given = _asked()
    if given.print_labels:
        _print_labels(given.folder, given.print_labels)
    elif given.die:
        _die(given.folder)
    elif given.remember:
        memory(given.remember)
    else:
        _measure(given.folder, given.labels, given.audited)


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="scripts/bench durability")
    asked.add_argument("--folder", type=Path, default=Path("build/bench"))
    asked.add_argument("--labels", type=int, default=10_000_000, help="in the largest journal")
    asked.add_argument("--audited", type=int, default=1_000_000, help="in the one that is audited")
    asked.add_argument("--print-labels", type=int, default=0, help=argparse.SUPPRESS)
    asked.add_argument("--die", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--remember", type=int, default=0, help="only the memory of a daemon")
    return asked.parse_args()


def _measure(folder: Path, most: int, audited: int) -> None:
    middle = min(audited, most)
    journals = {labels: _journal(folder, labels) for labels in sorted({1000, middle, most})}
    print("## Durability\n")
    commits(folder)
    audits(journals[middle], middle)
    cost_per_label(journals)
    order_close(folder)
    start_after_kill(journals[most], most)
    memory(min(100_000, most))


def _journal(folder: Path, labels: int) -> Path:
    """The folder of a journal with so many labels, made if there is none yet."""
    place = folder / f"{labels}"
    done = place / "done"
    if not done.exists():
        shutil.rmtree(place, ignore_errors=True)
        began = time.perf_counter()
        size = generate(place, labels).stat().st_size / 1e6
        done.write_text(f"{labels} labels, {size:.0f} MB, {time.perf_counter() - began:.0f} s\n")
    print(f"<!-- made: {done.read_text().strip()} -->", flush=True)
    return place


# -- one commit ----------------------------------------------------------------------------


def commits(folder: Path) -> None:
    """One event durably on the disk, and how often the disk is asked for that."""
    with _scratch(folder) as place, closing(Journal(place)) as journal:
        journal.append(*_order(1))
        times = [
            _seconds(partial(journal.append, _issued(1, number))) * 1000
            for number in range(1, 1001)
        ]
    p50, p99 = np.quantile(times, (0.5, 0.99))
    print(f"One event, durable (n = {len(times)}): p50 {p50:.2f} ms, p99 {p99:.2f} ms.\n")
    if shutil.which("strace") is None:
        print("fsync per label: not counted, strace is not installed.\n")
        return
    few, many = (_synced(folder, labels) for labels in (20, 220))
    print(f"fsync and fdatasync per label (three commits): {(many - few) / 200:.2f}, counted by")
    print("strace over 220 labels less those over 20, without evidence.\n")


def _synced(folder: Path, labels: int) -> int:
    """How often a process that records so many labels asks the disk to keep them."""
    with _scratch(folder) as place:
        trace = place / "trace"
        command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
        subprocess.run(
            [*command, *_self("--folder", str(place / "data"), "--print-labels", str(labels))],
            check=True,
        )
        return sum("sync(" in line for line in trace.read_text().splitlines())


def _print_labels(folder: Path, labels: int) -> None:
    with closing(Journal(folder)) as journal:
        journal.append(*_order(1))
        for number in range(1, labels + 1):
            _record(journal, Batch(1, PER_ORDER), number)


# -- the audit -----------------------------------------------------------------------------


def audits(place: Path, labels: int) -> None:
    path = place / FILE
    before = _processor()
    total = _best(lambda: audit(path))
    busy = (_processor() - before) / REPEATS
    used = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    one = _best(lambda: audit_order(path, Batch(1, PER_ORDER).id))
    print(
        f"Audit of {labels:,} labels, best of {REPEATS}: {total:.1f} s ({busy:.1f} s of processor"
    )
    print(f"time); of one order of {min(labels, PER_ORDER):,} labels: {one:.2f} s.")
    mine, theirs = (each.ru_maxrss / 1000 for each in used)
    print(f"Memory at most: {mine:.0f} MB here, {theirs:.0f} MB in each of its processes.\n")


# -- labels among many ---------------------------------------------------------------------


def cost_per_label(journals: dict[int, Path], *, rounds: int = ROUNDS) -> None:
    print("| labels in the journal | issue + judge + release, p50 ms | p99 ms | ratio |")
    print("|---|---|---|---|")
    batch = _fresh()
    times: dict[int, list[float]] = {labels: [] for labels in journals}
    with ExitStack() as opened:
        writers = {
            labels: opened.enter_context(closing(_opened(place)))
            for labels, place in journals.items()
        }
        for journal in writers.values():
            journal.append(*list(batch.opening())[:2])
        for number in range(1, rounds + 1):
            for labels, journal in writers.items():
                spent = _seconds(partial(_record, journal, batch, number))
                times[labels].append(spent * 1000)
        for journal in writers.values():
            journal.append(OrderHeld(order=batch.id, cause="operator"))
            journal.append(OrderEnded(order=batch.id, reason="measured"))
    base = float(np.median(times[min(times)]))
    for labels, each in times.items():
        p50, p99 = np.quantile(each, (0.5, 0.99))
        print(f"| {labels:,} | {p50:.2f} | {p99:.2f} | {p50 / base:.2f} |")
    print(f"\nOne label in each journal in turn, {rounds} times.\n", flush=True)


def order_close(folder: Path, *, labels: int = PER_ORDER) -> None:
    with _scratch(folder) as place:
        with Loom(place) as loom:
            loom.weave(Batch(1, labels), closed=False)
        with closing(Journal(place)) as journal:
            desk = Desk(journal=journal, records=Records(journal.db))
            asked = Close(order=Batch(1, PER_ORDER).id)
            spent = _seconds(lambda: desk.close(asked, actor="bench"))
    print(f"Closing an order of {labels:,} labels: {spent * 1000:.0f} ms.\n", flush=True)


# -- start ---------------------------------------------------------------------------------


def start_after_kill(place: Path, labels: int) -> None:
    """A process is killed between a label's issue and its verdict; the next one starts."""
    spent = min(_start_after_kill(place) for _ in range(REPEATS))
    print(f"Start after SIGKILL with {labels:,} labels, the last signed head 3000 events back,")
    print(f"a log left behind and a label in doubt: {spent * 1000:.0f} ms, best of {REPEATS}.\n")


def _start_after_kill(place: Path) -> float:
    killed = subprocess.run(_self("--folder", str(place), "--die"), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (place / f"{FILE}-wal").stat().st_size
    signed = _signed(place)
    began = time.perf_counter()
    with closing(Journal(place, signed=lambda: signed)) as journal:
        records = Records(journal.db)
        current = records.current()
        assert current is not None
        order = current.order.id
        doubted = [
            LabelInDoubt(order=order, number=each.number, cause="restart")
            for each in records.open_labels(order)
        ]
        assert doubted
        journal.append(StationStarted(version="0", configuration="c"), *doubted)
        journal.append(OrderHeld(order=order, cause="restart"))
        spent = time.perf_counter() - began
        journal.append(OrderEnded(order=order, reason="measured"))
    return spent


def _die(folder: Path) -> None:
    """Begin an order, record a few labels, and be killed after the issue of the last one."""
    batch = _fresh()
    journal = _opened(folder)
    journal.append(*list(batch.opening())[:2])
    for number in range(1, 100):
        _record(journal, batch, number)
    journal.append(batch.events(100)[0])
    os.kill(os.getpid(), signal.SIGKILL)


def _opened(place: Path) -> Journal:
    signed = _signed(place)
    return Journal(place, signed=lambda: signed)


def _signed(place: Path) -> Head:
    """A head as it would have been signed not long ago."""
    with closing(apsw.Connection(str(place / FILE), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        seq = max(1, head(db).seq - 3000)
        known = hash_of(db, seq)
    assert known is not None
    return Head(seq, known)


def _fresh() -> Batch:
    """An order that no journal holds yet."""
    return Batch(900_000_000 // PER_ORDER + int(time.time() * 10) % 10**8, PER_ORDER)


# -- memory --------------------------------------------------------------------------------


class Memory:
    """Printer, reader and gate in memory: what was issued last is what lies there."""

    def __init__(self, journal: Journal, labels: int) -> None:
        self._journal = journal
        self._labels = labels
        self.released = 0
        self.stop: Callable[[], None] = lambda: None

    def prepare(self, deadline: Deadline) -> None: ...

    def store(self, zpl: bytes, deadline: Deadline) -> None: ...

    def stored(self, deadline: Deadline) -> None: ...

    def identity(self, deadline: Deadline) -> None: ...

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:  # noqa: ARG002 - the protocol's names
        return frozenset()

    def begin(self, zpl: bytes, deadline: Deadline) -> None: ...

    def finish(self, deadline: Deadline) -> None: ...

    def feed(self, deadline: Deadline) -> None: ...

    def check(self, deadline: Deadline) -> None: ...

    def status(self, deadline: Deadline) -> PrinterStatus:  # noqa: ARG002 - the protocol's names
        return PrinterStatus(graphics_stored=1)

    def odometer(self, deadline: Deadline) -> int | None:  # noqa: ARG002 - the protocol's names
        return self.released

    def in_view(self) -> bool:
        return False

    def forget(self) -> None: ...

    def look(
        self,
        carriers: tuple[str, ...],
        *,
        printed_at: float,  # noqa: ARG002 - the protocol's names
        sheet: Sheet | None = None,  # noqa: ARG002 - the same
    ) -> Look:
        data = bytes.fromhex(
            str(
                self._journal.db.execute(
                    "SELECT json_extract(body, '$.data') FROM event ORDER BY seq DESC LIMIT 1"
                ).get
            )
        )
        return Look((Reading(tuple(Symbol(each, data, "memory") for each in carriers)),))

    def answer(self, *, good: bool) -> None: ...

    def release(self, deadline: Deadline) -> None:  # noqa: ARG002 - the protocol's names
        self.released += 1
        if self.released % (self._labels // 10) == 0:
            print(f"| {self.released:,} | {_resident():.1f} |", flush=True)
        if self.released == self._labels:
            self.stop()

    def reject(self, deadline: Deadline) -> None: ...

    def close(self) -> None: ...


def memory(labels: int) -> None:
    """What a daemon holds after so many labels."""
    print("| labels since the start | memory, MB |\n|---|---|")
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        config = Config(data=Path(folder).resolve(), web=WebConfig(port=0))
        workshop = Workshop.open(config)
        with closing(Journal(config.data)) as journal:
            devices = Memory(journal, labels)
            daemon = _daemon(journal, devices, config, workshop)
            for order in _orders(labels):
                journal.append(order)
            daemon.start(version="0", configuration=config.digest)
            devices.stop = daemon.stop
            began = time.perf_counter()
            daemon.run()
            rate = labels / (time.perf_counter() - began)
    print(f"\nDaemon, cycle and journal as on the line, devices in memory: {rate:.0f} labels/s.\n")


def _daemon(journal: Journal, devices: Memory, config: Config, workshop: Workshop) -> Daemon:
    records = Records(journal.db)
    intake = Intake(journal=journal, library=workshop.library, check=workshop.order)
    return Daemon(
        journal=journal,
        records=records,
        board=Board(),
        cycle=Cycle(
            journal=journal,
            ledger=records,
            evidence=Evidence(config.data / "evidence", spare=0),
            printer=devices,
            reader=devices,
            gate=devices,
            print_seconds=5.0,
        ),
        inbox=Inbox(config.data / "orders", intake=intake),
        make_job=lambda row: workshop.job(row.order),
        approvals=_approvals(journal, config, workshop),
        automatic=True,
        hold_after_rejects=3,
        hold_on_reject=False,
        scanned=False,
    )


def _approvals(journal: Journal, config: Config, workshop: Workshop) -> Approvals:
    """The daemon starts no order of a design that is not approved."""
    evidence = Evidence(config.data / "evidence", spare=0)
    approvals = Approvals(journal=journal, evidence=evidence, press=lambda: workshop.press)
    journal.append(StationStarted(version="0", configuration=config.digest))
    for each in requests(workshop.library, author="author", reason="measured"):
        approvals.approve(each, actor="bench")
    return approvals


def _orders(labels: int) -> Iterator[OrderAccepted]:
    made = local_today() - timedelta(days=1)
    for first in range(0, labels, PER_ORDER):
        order = Batch(first // PER_ORDER + 1, min(PER_ORDER, labels - first)).order
        yield OrderAccepted(
            order=order.model_copy(update={"production_date": made}),
            gtin=GTIN,
            file="a.yaml",
            sha256=f"{first:064d}",
        )


# -- pieces --------------------------------------------------------------------------------


def _order(number: int) -> tuple[OrderAccepted, OrderStarted]:
    batch = Batch(number, PER_ORDER)
    accepted = OrderAccepted(order=batch.order, gtin=GTIN, file="a.yaml", sha256="0" * 64)
    return accepted, OrderStarted(order=batch.id, recipe=RECIPE)


def _issued(order: int, number: int) -> LabelIssued:
    return Batch(order, PER_ORDER).events(number)[0]


def _record(journal: Journal, batch: Batch, number: int) -> None:
    """The life of one label, as the cycle records it."""
    for event in batch.events(number):
        journal.append(event)


def _self(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bench.durability", *arguments]


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder on the disk that is measured, gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        yield Path(made)


def _best(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _ in range(REPEATS))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _processor() -> float:
    """Seconds that this process and those it started have worked."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in each)


def _resident() -> float:
    """Megabytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
