"""The daemon: start, run, hold, stop. One thread, one line, one label after the other.

Between two labels it answers people's requests and takes in work orders; nothing else can happen
there. After a fault, an in-doubt label or a restart the order is held until a person resumes it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, NotReady
from station.artwork.picture import expected_picture, to_png
from station.core.events import (
    FaultCleared,
    LabelInDoubt,
    LabelSettled,
    OrderEnded,
    OrderFinished,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    StationStarted,
    StationStopped,
)
from station.core.problem import Problem, Refused, problem
from station.core.state import LabelState, OrderState
from station.line.board import (
    Asked,
    Board,
    End,
    FaultShown,
    Hold,
    LabelSeen,
    Mode,
    Resume,
    Settle,
    Snapshot,
    Start,
)
from station.line.cycle import Cycle, Outcome, fault_raised
from station.line.inbox import Inbox, Receipt
from station.line.job import Job, Label
from station.records.journal import Journal
from station.records.query import OrderRow, Records

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.25
"""Longest pause between two looks into the inbox."""

WAITING_SECONDS = 0.05
"""Pause between two looks whether the last label is gone."""

GATE_SECONDS = 2.0
"""Longest time a gate takes to move a label out of view."""


class Daemon:
    def __init__(
        self,
        *,
        journal: Journal,
        records: Records,
        board: Board,
        cycle: Cycle,
        inbox: Inbox,
        make_job: Callable[[OrderRow], Job],
        automatic: bool,
        hold_after_rejects: int,
        hold_on_reject: bool,
        scanned: bool,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        """`scanned`: a person has to act on each label, so it is shown before its verdict too.

        `alive` is called once per turn of the loop, by the thread that does the work.
        """
        self._journal = journal
        self._records = records
        self._board = board
        self._cycle = cycle
        self._inbox = inbox
        self._make_job = make_job
        self._automatic = automatic
        self._hold_after_rejects = hold_after_rejects
        self._hold_on_reject = hold_on_reject
        self._scanned = scanned
        self._alive = alive
        self._stopping = threading.Event()
        self._job: Job | None = None
        self._rejects_in_a_row = 0
        self._seen: LabelSeen | None = None
        self._rejected: LabelSeen | None = None
        self._expected = self._picture = b""
        self._refused: tuple[str, Problem] | None = None
        self._passed_over: set[str] = set()
        self._empty_by: Deadline | None = None
        """Set while a label lies where the next one comes."""

    # -- lifecycle -------------------------------------------------------------------------

    def start(self, *, version: str, configuration: str) -> None:
        """Write down the start, and put every label that was never judged in doubt."""
        self._journal.append(StationStarted(version=version, configuration=configuration))
        current = self._records.current()
        if current:
            lost = self._records.labels(current.order.id, LabelState.ISSUED)
            doubts = [
                LabelInDoubt(order=current.order.id, number=number, cause="restart")
                for number in lost
            ]
            self._journal.append(*doubts)
            if lost or current.state == OrderState.RUNNING:
                self._journal.append(OrderHeld(order=current.order.id, cause="restart"))
        for receipt in self._inbox.recover():
            self._note(receipt)
        self._publish()

    def run(self) -> None:
        """Work until stop() is called; the label in hand is finished first.

        Whatever ends the loop, nobody goes on seeing a station that seems to run.
        """
        try:
            while not self._stopping.is_set():
                self._turn()
            self._journal.append(StationStopped())
        finally:
            self._board.publish(replace(self._board.snapshot, mode=Mode.STOPPED))
            self._board.refuse_all(Refused(problem("The station has stopped.")))

    def _turn(self) -> None:
        self._alive()
        self._take_orders()
        self._answer_waiting(seconds=0.0 if self._printable() else IDLE_SECONDS)
        if self._printable():
            self._print_one()

    def stop(self) -> None:
        self._stopping.set()

    # -- orders ----------------------------------------------------------------------------

    def _take_orders(self) -> None:
        receipts = self._inbox.poll()
        for receipt in receipts:
            self._note(receipt)
        if receipts:
            self._publish()
        if self._automatic and not self._records.current() and not self._records.fault():
            self._start_next()

    def _start_next(self) -> None:
        """An order that cannot be started is shown, passed over, and tried again by a person."""
        for row in self._records.waiting():
            if row.order.id in self._passed_over:
                continue
            try:
                self._start(row.order.id, actor="station")
            except Refused as refused:
                log.warning("order %s cannot start: %s", row.order.id, refused)
                self._passed_over.add(row.order.id)
                self._refused = (row.order.id, refused.problems[0])
                self._publish()
            return

    def _note(self, receipt: Receipt) -> None:
        if receipt.accepted:
            self._refused = None
            log.info("%s: accepted as order %s", receipt.file, ", ".join(receipt.orders))
        else:
            log.warning("%s: refused: %s", receipt.file, "; ".join(map(str, receipt.problems)))
            self._refused = (receipt.file, receipt.problems[0])

    def _start(self, order_id: str, *, actor: str) -> None:
        if self._records.current():
            raise Refused(problem("Another order is at the line; finish it first."))
        row = self._records.order(order_id)
        if row is None or row.state != OrderState.WAITING:
            raise Refused(problem("Order {order!r} is not waiting.", order=order_id))
        self._job = self._job_of(row)
        self._rejects_in_a_row = 0
        self._cycle.renew()
        self._journal.append(OrderStarted(order=order_id, recipe=self._job.recipe), actor=actor)
        self._publish()

    def _job_of(self, row: OrderRow) -> Job:
        """Raises Refused when it is not the job that was accepted and started."""
        job = self._make_job(row)
        job.check_unchanged(gtin=row.gtin, recipe=row.recipe)
        return job

    def _printable(self) -> bool:
        current = self._records.current()
        return current is not None and current.state == OrderState.RUNNING

    # -- one label -------------------------------------------------------------------------

    def _print_one(self) -> None:
        current = self._records.current()
        assert current is not None, "the caller has looked"
        try:
            if self._job is None or self._job.order.id != current.order.id:
                self._job = self._job_of(current)
            label = self._next_label(self._job, current)
        except Refused as refused:
            detail = "; ".join(str(each) for each in refused.problems)
            self._journal.append(OrderHeld(order=current.order.id, cause="template", detail=detail))
            self._publish()
            return
        if label is None:
            self._journal.append(OrderFinished(order=current.order.id))
            log.info("order %s finished", current.order.id)
            self._publish()
            return
        try:
            self._cycle.ready(self._job)
            if not self._place_is_empty():
                return
        except DriverError as fault:
            self._latch(fault)
            return
        self._show(label, Outcome(LabelState.ISSUED))
        outcome = self._cycle.run(self._job, label)
        self._after(outcome)
        self._show(label, outcome)

    def _place_is_empty(self) -> bool:
        """Wait, a turn of the loop at a time, until nothing lies where the next label comes.

        Where a person takes labels away that may take long. A gate is quick: what it leaves
        lying, or what nobody printed, is a fault. Raises DriverError.
        """
        occupied = self._cycle.occupied()
        if not occupied:
            self._empty_by = None
        elif self._empty_by is None:
            self._empty_by = Deadline.after(GATE_SECONDS)
        elif self._empty_by.expired and not self._hold_on_reject:
            self._empty_by = None
            raise NotReady("camera", "a label lies in view that should not", Condition.LABEL_LEFT)
        if occupied != self._board.snapshot.occupied:
            self._publish()
        if occupied:
            self._answer_waiting(seconds=WAITING_SECONDS)
        return not occupied

    def _next_label(self, job: Job, row: OrderRow) -> Label | None:
        """The label to print now, or None when the order has all it asked for."""
        if row.balance.accepted >= row.order.quantity:
            return None
        number = self._records.last_number(row.order.id) + 1
        if row.order.serials is None:
            return job.label(number, serial="")
        serial = self._records.next_serial(row.order, row.gtin)
        return None if serial is None else job.label(number, serial=serial)

    def _after(self, outcome: Outcome) -> None:
        """Hold when rejects come in a row, or when nobody but a person can take one away."""
        rejected = outcome.state == LabelState.REJECTED
        self._rejects_in_a_row = self._rejects_in_a_row + 1 if rejected else 0
        assert self._job is not None, "a label was printed for it"
        if rejected and self._hold_on_reject:
            self._journal.append(OrderHeld(order=self._job.order.id, cause="take-away"))
        if self._rejects_in_a_row >= self._hold_after_rejects:
            self._rejects_in_a_row = 0
            self._journal.append(OrderHeld(order=self._job.order.id, cause="rejects"))

    def _latch(self, fault: DriverError) -> None:
        """The machine cannot go on. Nothing moves until a person has cleared it."""
        log.error("%s", fault)
        current = self._records.current()
        events = (fault_raised(fault),)
        if current:
            held = OrderHeld(order=current.order.id, cause="fault", detail=str(fault))
            self._journal.append(*events, held)
        else:
            self._journal.append(*events)
        self._publish()

    # -- people ----------------------------------------------------------------------------

    def _answer_waiting(self, *, seconds: float) -> None:
        asked = self._board.next_asked(seconds=seconds)
        while asked:
            self._answer(asked)
            asked = self._board.next_asked(seconds=0.0)

    def _answer(self, asked: Asked) -> None:
        """Whoever asked hears of it only when everybody can see what came of it."""
        try:
            self._do(asked)
        except Refused as refused:
            self._publish()
            asked.answer.set_exception(refused)
        else:
            self._publish()
            asked.answer.set_result(None)

    def _do(self, asked: Asked) -> None:
        match asked.request:
            case Start(order):
                self._start(order, actor=asked.actor)
            case Hold(reason):
                held = OrderHeld(order=self._at_line().order.id, cause="operator", detail=reason)
                self._journal.append(held, actor=asked.actor)
            case Resume(reason, stop):
                self._resume(reason, stop, actor=asked.actor)
            case End(order, reason):
                self._end(order, reason, actor=asked.actor)
            case Settle() as settle:
                self._settle(settle, actor=asked.actor)

    def _at_line(self) -> OrderRow:
        current = self._records.current()
        if current is None:
            raise Refused(problem("There is no order at the line."))
        return current

    def _resume(self, reason: str, stop: int, *, actor: str) -> None:
        current = self._records.current()
        if stop != self._stop() or not stop:
            raise Refused(
                problem("The line has gone on, or stopped for another reason, since you looked.")
            )
        open_labels = self._open_labels(current) if current else ()
        if open_labels:
            raise Refused(
                problem(
                    "Label {number} is in doubt. Say first what became of it.",
                    number=open_labels[0][0],
                )
            )
        if self._records.fault():
            self._check_machine()
            self._journal.append(FaultCleared(reason=reason), actor=actor)
        self._cycle.renew()
        if current and current.state == OrderState.HELD:
            self._journal.append(OrderResumed(order=current.order.id, reason=reason), actor=actor)

    def _stop(self) -> int:
        """The event that stops the line now; 0 if nothing does."""
        current, fault = self._records.current(), self._records.fault()
        held = current.held if current and current.state == OrderState.HELD else 0
        return max(held, fault.seq if fault else 0)

    def _end(self, order_id: str, reason: str, *, actor: str) -> None:
        row = self._records.order(order_id)
        if row is None or row.state not in {OrderState.WAITING, OrderState.HELD}:
            raise Refused(
                problem("Order {order!r} is neither waiting nor on hold.", order=order_id)
            )
        if row.balance.open:
            raise Refused(
                problem(
                    "Label {number} is in doubt. Say first what became of it.",
                    number=self._open_labels(row)[0][0],
                )
            )
        self._journal.append(OrderEnded(order=order_id, reason=reason), actor=actor)

    def _check_machine(self) -> None:
        try:
            self._cycle.check()
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None

    def _settle(self, settle: Settle, *, actor: str) -> None:
        row = self._records.order(settle.order)
        number = settle.number
        if row is None or number not in [each for each, _ in self._open_labels(row)]:
            raise Refused(
                problem("Label {number} is not waiting to be settled.", number=settle.number)
            )
        state = LabelState.IN_DOUBT
        if number in self._records.labels(row.order.id, LabelState.ACCEPTED):
            state = LabelState.ACCEPTED
        if settle.outcome not in OUTCOMES[state]:
            raise Refused(
                problem(
                    "Label {number} is {state}, so it cannot be said to be {got}.",
                    number=number,
                    state=state,
                    got=settle.outcome,
                )
            )
        self._journal.append(
            LabelSettled(
                order=settle.order,
                number=settle.number,
                outcome=settle.outcome,
                reason=settle.reason,
            ),
            actor=actor,
        )

    def _open_labels(self, row: OrderRow) -> tuple[tuple[int, str], ...]:
        """Labels that only a person can close; (number, serial)."""
        if row.balance.open == 0:
            return ()
        states = (LabelState.IN_DOUBT, LabelState.ACCEPTED)
        numbers = [n for state in states for n in self._records.labels(row.order.id, state)]
        return tuple((n, self._records.serial_of(row.order.id, n) or "") for n in sorted(numbers))

    # -- what is shown ---------------------------------------------------------------------

    def _show(self, label: Label, outcome: Outcome) -> None:
        assert self._job is not None, "a label is of a job"
        order = self._job.order.id
        same_order = self._seen is not None and self._seen.order == order
        if outcome.state == LabelState.ISSUED and same_order and not self._scanned:
            return  # the verdict before stays in view until the next one
        self._expected = to_png(expected_picture(label.artwork))
        self._picture = outcome.picture
        self._seen = LabelSeen(
            order=order,
            number=label.number,
            serial=label.serial,
            hri=label.elements.hri(),
            state=outcome.state,
            reasons=outcome.reasons,
        )
        if outcome.state == LabelState.REJECTED:
            self._rejected = self._seen
        elif not same_order:
            self._rejected = None
        self._publish()

    def _publish(self) -> None:
        current, fault = self._records.current(), self._records.fault()
        snapshot = Snapshot(
            mode=_mode(current, faulty=fault is not None),
            order=current or self._last_order(),
            waiting=tuple(each.order.id for each in self._records.waiting()),
            label=self._seen,
            rejected=self._rejected,
            fault=FaultShown(fault.device, fault.conditions, fault.detail) if fault else None,
            in_doubt=self._open_labels(current) if current else (),
            unreleased=(
                self._records.labels(current.order.id, LabelState.ACCEPTED) if current else ()
            ),
            stop=self._stop(),
            occupied=self._empty_by is not None,
            refused=self._refused,
            expected=self._expected,
            picture=self._picture,
        )
        self._board.publish(snapshot)

    def _last_order(self) -> OrderRow | None:
        """After the last label its order stays in view."""
        return self._records.order(self._seen.order) if self._seen else None


OUTCOMES: dict[LabelState, set[LabelState]] = {
    LabelState.IN_DOUBT: {LabelState.DESTROYED, LabelState.NOT_PRINTED},
    LabelState.ACCEPTED: {LabelState.DESTROYED, LabelState.RELEASED},
}
"""What a person can say became of a label that only a person can close."""


def _mode(current: OrderRow | None, *, faulty: bool) -> Mode:
    if faulty:
        return Mode.FAULT
    if current is None:
        return Mode.IDLE
    return Mode.RUNNING if current.state == OrderState.RUNNING else Mode.HELD
