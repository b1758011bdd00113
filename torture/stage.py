"""One line from its first order on: a folder, a world, and one station after the other in it.

Stations and worlds are forked from a process that has everything loaded, so that a life and a death
take a fraction of a second. That process has one thread, and what is forked from it begins clean.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.interface import DriverError
from station.core.state import OrderState
from station.line.cycle import Cycle
from station.records.journal import read_only
from station.records.query import Records
from torture import anchors, answers, station
from torture.invariant import Invariant
from torture.line import Line
from torture.station import Desk, Make
from torture.truth import Truth, violations
from torture.world import Fault

LIFE_SECONDS = 40.0
"""Longest time for one life of the station; a working one takes one or two seconds."""

Tracer = Callable[[int], AbstractContextManager[object]]
"""Takes hold of a process until the context ends."""

_PROCESSES = threading.Lock()
"""multiprocessing looks after all its children whenever one is started or joined."""


@dataclass(frozen=True, slots=True)
class Life:
    """How one station ended."""

    code: int
    """Of its exit; negative: the signal that killed it."""

    said: str
    """All it wrote to its standard output and error."""

    late: bool = False
    """It went on for ever, and was killed by the harness."""

    @property
    def last_words(self) -> str:
        return self.said.strip().rpartition("\n")[2]

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL and not self.late


class Stage:
    """Use it in a with statement."""

    def __init__(
        self,
        folder: Path,
        *,
        faults: dict[int, Fault] | None = None,
        make_cycle: Make = Cycle,
        data: Path | None = None,
    ) -> None:
        """`folder` is for this stage alone; the station's data lie in `data`, or else in it."""
        self.data = data or folder / "data"
        self._second = folder / "second"
        self._log = folder / "station.log"
        self._faults = faults or {}
        self._make_cycle = make_cycle

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            mine, theirs = _context().Pipe()
            opened.callback(mine.close)
            self._world = _started(answers.serve, theirs, self._faults)
            theirs.close()
            opened.callback(self._end_world, mine)
            self._printer_url, self._port = mine.recv()
            self.line = Line(self._port)
            opened.callback(self.line.close)
            station.leave_orders(self.data)
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    def live(self, tracer: Tracer = lambda _: nullcontext()) -> Life:
        """A station works until it ends or is killed, in the hands of the tracer."""
        mine, theirs = _context().Pipe()
        desk = Desk(
            folder=self.data,
            second=self._second,
            log=self._log,
            printer_url=self._printer_url,
            world_port=self._port,
            make_cycle=self._make_cycle,
        )
        self._log.write_bytes(b"")
        process = _started(station.work, desk, theirs)
        theirs.close()
        with mine:
            mine.recv()
            with tracer(process.pid or 0):
                mine.send("go")
                code, late = _ended(process)
        return Life(code, self._log.read_text(errors="replace"), late)

    def wrong(self) -> tuple[str, ...]:
        """What the journal does not account for, once the world has come to rest."""
        try:
            quiet = self.line.quiet()
            truth = self.line.truth()
        except DriverError as error:
            return (f"harness: {error}",)
        noise = () if quiet else ("harness: the world does not come to rest",)
        found = violations(self.data, truth)
        if not truth.printed:
            # Killed while it made its tables: nobody can have missed anything yet.
            found = tuple(each for each in found if not each.startswith(Invariant.READABLE))
        return (*noise, *found, *anchors.missed(self.data, self._second))

    def unfinished(self, life: Life) -> Iterator[str]:
        """What is missing when a station that nobody disturbed has ended."""
        surplus = self.line.ask("twins")["places"]
        yield from _ended_well(life)
        if life.code == 0:
            yield from _all_good(self.line.truth())
            yield from anchors.spoilt(self._second)
            yield from _all_closed(self.data, unbalanced=bool(surplus))

    def _end_world(self, mine: Connection) -> None:
        mine.close()
        _ended(self._world)


def _ended_well(life: Life) -> Iterator[str]:
    said = f"it said {life.last_words!r}"
    if life.late:
        yield f"end: the station did not end within {LIFE_SECONDS:.0f} s; {said}"
    elif life.code:
        yield f"end: the station ended with {life.code}; {said}"
    if "Traceback" in life.said:
        yield f"end: the operator saw a traceback; {said}"


def _all_good(truth: Truth) -> Iterator[str]:
    if len(truth.passed) != station.LABELS:
        yield f"end: {len(truth.passed)} labels passed, expected {station.LABELS}"


def _all_closed(data: Path, *, unbalanced: bool) -> Iterator[str]:
    """An order may be closed without balance only where the printer made labels by itself."""
    allowed = {OrderState.CLOSED} | ({OrderState.CLOSED_UNBALANCED} if unbalanced else set())
    db = read_only(data)
    orders = Records(db).orders()
    db.close()
    if len(orders) != len(station.ORDERS):
        yield f"end: {len(orders)} orders were taken, expected {len(station.ORDERS)}"
    for row in orders:
        if row.state not in allowed:
            yield f"end: order {row.order.id} is {row.state}"


@cache
def _context() -> ForkServerContext:
    """The process with everything loaded. One thread: what a thread holds is lost by a fork."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torture.warm"])
    return context


def _started(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = _context().Process(target=target, args=arguments, daemon=True)
    with _PROCESSES:
        process.start()
    return process


def _ended(process: BaseProcess) -> tuple[int, bool]:
    """(exit code, whether it had to be killed)."""
    late = not wait([process.sentinel], timeout=LIFE_SECONDS)
    with _PROCESSES:
        if late:
            process.kill()
        process.join()
        code = process.exitcode
        process.close()
    return -signal.SIGKILL if code is None else code, late
