"""One challenge, specimen by specimen: printed, looked at, judged like any label, and rejected.

    1  printer.begin, finish       or feed, for a blank one
    2  reader.look                 with the right label and its mark as what was meant
    3  verdict                     the same judge, the same limits
    4  journal ← ChallengeSpecimen durable before the gate moves
    5  gate.reject                 always, and most of all when it was accepted

One specimen is made at a turn of the station's loop, so that people are answered in between. A
fault of the machine ends the challenge: it is neither passed nor missed.
"""

import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, Gate, NotReady, Printer, PrinterStatus
from station.core.challenge import Made, Result, quarantined, result
from station.core.events import (
    ChallengeEnded,
    ChallengeSpecimen,
    ChallengeStarted,
    Event,
    LabelsQuarantined,
    OrderHeld,
    StockUsed,
)
from station.core.judge import Reason
from station.core.reconciliation import Stock
from station.line.board import Progress
from station.line.challenge.kit import Kit, Specimen
from station.line.reader import Look, Reader, named
from station.line.sheet import compared_with
from station.line.verdicts import Verdicts, stopped, symbols
from station.records.challenges import Challenges
from station.records.journal import Journal

log = logging.getLogger(__name__)

GONE_SECONDS = 2.0
"""Longest time a gate takes to move a specimen out of view."""

STOCK_REASON = "challenge"
"""Written down with the label stock that its specimens were printed on."""

PASSED, MISSED = "challenge-passed", "challenge-missed"
"""Why the order is on hold after one."""


@dataclass(slots=True)
class _Running:
    order: str
    kit: Kit
    waiting: deque[Specimen]
    caught: dict[str, bool] = field(default_factory=dict)
    printed: int = 0
    fed: int = 0
    """Blank labels; and a specimen that was begun and not finished, which may exist or not."""

    prepared: bool = False
    gone_by: Deadline | None = None
    """Set while the specimen before lies in view still."""


class Challenger:
    def __init__(
        self,
        *,
        journal: Journal,
        printer: Printer,
        reader: Reader,
        gate: Gate,
        verdicts: Verdicts,
        check: Callable[[], PrinterStatus],
        occupied: Callable[[], bool],
        deadline: Callable[[], Deadline],
        compare: bool,
        window: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`check` raises DriverError unless the machine can work, `occupied` says whether a label
        lies in view. `compare` and `window` as for the cycle.
        """
        self._journal = journal
        self._history = Challenges(journal.db)
        self._printer = printer
        self._reader = reader
        self._gate = gate
        self._verdicts = verdicts
        self._check = check
        self._occupied = occupied
        self._deadline = deadline
        self.compare = compare
        self._window = window
        self._clock = clock
        self._running: _Running | None = None

    @property
    def active(self) -> bool:
        return self._running is not None

    @property
    def progress(self) -> Progress | None:
        running = self._running
        if running is None:
            return None
        done, every = len(running.caught), running.kit.specimens
        return Progress(every[min(done, len(every) - 1)].family.name, done + 1, len(every))

    def begin(
        self, started: ChallengeStarted, kit: Kit, *, before: tuple[Event, ...], actor: str
    ) -> None:
        """Write it down; the specimens are made turn by turn. `before` is recorded with it."""
        assert kit.specimens, "whoever begins has looked"
        self._journal.append(*before, started, actor=actor)
        self._running = _Running(started.order, kit, deque(kit.specimens))

    def turn(self, *, by_hand: bool) -> bool:
        """Make the next specimen, or end. Whether anything was done: otherwise the last one lies in
        view still. `by_hand`: a person takes each of them away, which may take long.
        """
        running = self._running
        assert running, "there is one under way"
        try:
            if self._lies_in_view(running, by_hand=by_hand):
                return False
            if running.waiting:
                self._make(running, running.waiting.popleft())
        except DriverError as fault:
            self._abort(running, str(fault), *stopped(running.order, fault))
            return True
        if not running.waiting and not self._lies_in_view(running, by_hand=by_hand):
            self._end(running)
        return True

    def interrupt(self, detail: str, *, actor: str) -> None:
        """A person stops it: neither passed nor missed."""
        running = self._running
        assert running, "whoever interrupts has looked"
        self._abort(running, detail, actor=actor)

    def recover(self) -> tuple[Event, ...]:
        """After a restart: what was under way is not any more."""
        last = self._history.last()
        if last is None or last.ended:
            return ()
        printed = sum(bool(each.zpl) for each in last.specimens)
        fed = len(last.specimens) - printed + 1  # and the one in hand, perhaps
        order = last.started.order
        ended = ChallengeEnded(order=order, result=Result.ABORTED, detail="restart")
        return (*_stock(order, printed, fed), ended)

    def _lies_in_view(self, running: _Running, *, by_hand: bool) -> bool:
        """Raises NotReady where a gate leaves a specimen lying."""
        if not self._occupied():
            running.gone_by = None
            return False
        if running.gone_by is None:
            running.gone_by = Deadline.after(GONE_SECONDS, clock=self._clock)
        elif running.gone_by.expired and not by_hand:
            raise NotReady("camera", "a label lies in view that should not", Condition.LABEL_LEFT)
        return True

    def _make(self, running: _Running, specimen: Specimen) -> None:
        """Raises DriverError."""
        self._check()
        with named("gate"):
            self._gate.check(self._deadline())
        self._print(running, specimen)
        look = self._look(running.kit)
        self._judge(running, specimen, look)
        with named("gate"):
            self._gate.reject(self._deadline())
        self._reader.answer(good=False)

    def _print(self, running: _Running, specimen: Specimen) -> None:
        """And move it under the camera, where that stands behind the print head."""
        self._reader.forget()
        with named("printer"):
            if not running.prepared:
                self._printer.prepare(self._deadline())
                running.prepared = True
            running.fed += 1  # until it is done nobody knows
            if specimen.artwork is None:
                self._printer.feed(self._deadline())
            else:
                self._printer.begin(specimen.zpl, self._deadline())
                self._printer.finish(self._deadline())
                running.fed -= 1
                running.printed += 1
            for _ in range(self._window - 1):
                running.fed += 1
                self._printer.feed(self._deadline())

    def _look(self, kit: Kit) -> Look:
        return self._reader.look(
            kit.meant.expected.carriers,
            printed_at=self._clock(),
            sheet=compared_with(kit.meant.artwork) if self.compare else None,
        )

    def _judge(self, running: _Running, specimen: Specimen, look: Look) -> None:
        """Nothing is issued and nothing is released: the verdict is about the station."""
        picture = self._verdicts.keep(look)
        reasons = self._verdicts.verdict(running.kit.meant, look).reasons
        if look.missing:
            reasons = (*reasons, Reason(look.missing))
        family = specimen.family
        caught = family.caught(reasons)
        running.caught[family.name] = caught
        zpl = specimen.zpl
        self._journal.append(
            ChallengeSpecimen(
                order=running.order,
                family=family.name,
                expected=tuple(sorted(family.expected)),
                ai=family.ai,
                caught=caught,
                reasons=reasons,
                symbols=symbols(look),
                zpl=hashlib.sha256(zpl).hexdigest() if zpl else "",
                evidence=picture.digest,
            )
        )

    def _end(self, running: _Running) -> None:
        missed = tuple(name for name, caught in running.caught.items() if not caught)
        found = result(running.caught.values())
        ended = ChallengeEnded(order=running.order, result=found, missed=missed)
        cause = PASSED if found == Result.PASSED else MISSED
        held = OrderHeld(order=running.order, cause=cause)
        on_hold = tuple(self._quarantined()) if missed else ()
        stock = _stock(running.order, running.printed, running.fed)
        self._journal.append(*stock, ended, *on_hold, held)
        self._running = None
        log.info("challenge of order %s: %s", running.order, found)

    def _quarantined(self) -> Iterator[LabelsQuarantined]:
        """What was let pass since the last challenge that was passed. Where none ever was, closed
        orders were made without one.
        """
        passed = self._history.passed()
        since = passed[0] if passed else 0
        labels: tuple[Made, ...] = self._history.made(since=since)
        for order, stretches in quarantined(labels, passed=since).items():
            if passed or not self._history.closed(order):
                yield LabelsQuarantined(order=order, labels=stretches, cause="missed")

    def _abort(self, running: _Running, detail: str, *then: Event, actor: str = "station") -> None:
        log.warning("challenge of order %s stopped: %s", running.order, detail)
        ended = ChallengeEnded(order=running.order, result=Result.ABORTED, detail=detail)
        stock = _stock(running.order, running.printed, running.fed)
        self._journal.append(*stock, ended, *then, actor=actor)
        self._running = None


def _stock(order: str, printed: int, fed: int) -> tuple[StockUsed, ...]:
    """What went through the printer, as the reconciliation knows it: the odometer has counted what
    was printed, and perhaps what was fed.
    """
    used = ((Stock.CHALLENGE, printed), (Stock.BLANK, fed))
    return tuple(
        StockUsed(order=order, kind=kind, count=count, reason=STOCK_REASON)
        for kind, count in used
        if count
    )
