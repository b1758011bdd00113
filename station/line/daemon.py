"""The daemon: start, run, hold, stop. One thread, one line, one label after the other.

Between two labels it answers people's requests and takes in work orders; nothing else can happen
there. After a fault, an in-doubt label or a restart the order is held until a person resumes it.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, NotReady, Silent, Trigger, Unreachable
from station.core.events import (
    Event,
    FaultCleared,
    LabelInDoubt,
    OdometerRead,
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
from station.core.workflow import Step, Workflow, workflow
from station.line.approval import Approvals, check_digest
from station.line.board import (
    Approve,
    Asked,
    AtDesk,
    Board,
    Call,
    Called,
    Came,
    Challenge,
    Close,
    Deliver,
    End,
    Hold,
    Interrupt,
    Look,
    Mode,
    Prove,
    Resume,
    Retire,
    Start,
    TakeStep,
)
from station.line.challenge.challenging import Challenging
from station.line.challenge.interlock import Interlock
from station.line.cycle import Cycle
from station.line.desk import Desk
from station.line.inbox import Inbox, Receipt
from station.line.job import Job, Label
from station.line.scanner_proof import Prover
from station.line.showing import Showing
from station.line.signing import Signing
from station.line.verdicts import Judged, Outcome, fault_raised
from station.records.clock import boot
from station.records.journal import Journal
from station.records.query import LabelRow, OrderRow, Records
from station.records.templates import Templates

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.25
"""Longest pause between two looks into the inbox."""

WAITING_SECONDS = 0.05
"""Pause between two looks whether the last label is gone."""

TRIGGER_SECONDS = 0.25
"""Longest wait for the line to ask, in one turn of the loop."""

PLAIN = workflow((), contract=False)
"""Nobody signs anything before the labels are printed, or afterwards."""

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
        approvals: Approvals,
        automatic: bool,
        hold_after_rejects: int,
        hold_on_reject: bool,
        scanned: bool,
        may_start: Callable[[OrderRow], None] = lambda _: None,
        trigger: Trigger | None = None,
        prover: Prover | None = None,
        interlock: Interlock | None = None,
        signing: Signing | None = None,
        chores: tuple[Callable[[], Iterable[Event]], ...] = (),
        notice: Callable[[], Problem | None] = lambda: None,
        alive: Callable[[], None] = lambda: None,
        steps_of: Callable[[Job], Workflow] = lambda _: PLAIN,
        sees_place: bool = False,
        printer: str = "",
        set_up: str = "",
    ) -> None:
        """`scanned`: a person has to act on each label, so it is shown before its verdict too.
        `may_start` raises Refused where papers or registers stand against an order today. `prover`
        has the scanner, where there is one that a challenge card can be scanned with. `interlock`
        knows when bad labels have to be made before good ones.

        Each chore is called once per turn of the loop, never waits, and gives what there is to
        record of it. `notice` is what people should see to soon. `alive` is called once per turn as
        well, by the thread that does the work.

        `steps_of` says which steps the labels of a job have to pass. `sees_place`: a camera sees
        whether a label lies where the next one comes. `printer` is where the printer is reached.
        `set_up` is all that is in force (`station.line.baseline`).
        """
        self._journal = journal
        self._records = records
        self._board = board
        self._prover = prover
        unproven = prover.due if prover else lambda: None
        self._challenging = Challenging(interlock)
        self._signing = signing or Signing(journal, None)
        self._desk = Desk(journal=journal, records=records, sign=self._signing.sign, set_up=set_up)
        self._steps = self._desk.steps
        self._showing = Showing(
            board,
            records,
            scanned=scanned,
            notice=notice,
            unproven=unproven,
            challenging=self._challenging,
            steps=self._steps,
        )
        self._steps_of = steps_of
        self._sees_place = sees_place
        self._printer = printer
        self._approvals = approvals
        self._templates = Templates(journal.db)
        self._chores = chores
        self._cycle = cycle
        self._inbox = inbox
        self._make_job = make_job
        self._may_start = may_start
        self._automatic = automatic
        self._hold_after_rejects = hold_after_rejects
        self._hold_on_reject = hold_on_reject
        self._trigger = trigger
        self._alive = alive
        self._stopping = threading.Event()
        self._version = self._configuration = ""
        self._job: Job | None = None
        self._rejects_in_a_row = 0
        self._passed_over: set[str] = set()
        self._empty_by: Deadline | None = None
        """Set while a label lies where the next one comes."""

    # -- lifecycle -------------------------------------------------------------------------

    def start(self, *, version: str, configuration: str, key: str = "") -> None:
        """Write down the start, and put every label that was never judged in doubt.

        `key` is the one that signs the journal's heads.
        """
        self._version, self._configuration = version, configuration
        current = self._records.current()
        events: list[Event] = [
            StationStarted(version=version, configuration=configuration, boot=boot(), key=key)
        ]
        if current:
            order = current.order.id
            lost = [
                each.number
                for each in self._records.open_labels(order)
                if each.state == LabelState.ISSUED
            ]
            events += [LabelInDoubt(order=order, number=n, cause="restart") for n in lost]
            if lost or current.state == OrderState.RUNNING:
                events.append(OrderHeld(order=order, cause="restart"))
        events += self._challenging.recover()
        self._journal.append(*events)
        for receipt in self._inbox.recover():
            self._note(receipt)
        self._draw_waiting()
        self._sign("start")
        self._publish()

    def _draw_waiting(self) -> None:
        """Show the label that people have to confirm before an order goes on."""
        current = self._records.current()
        if current is None or self._steps.next(current) is None:
            return
        try:
            self._job = self._job_of(current)
        except Refused as refused:
            log.warning("order %s cannot be drawn: %s", current.order.id, refused)
        else:
            self._showing.draw(self._job.first)

    def run(self) -> None:
        """Work until stop() is called; the label in hand is finished first.

        Whatever ends the loop, nobody goes on seeing a station that seems to run.
        """
        try:
            while not self._stopping.is_set():
                self._turn()
            self._drain()
            self._journal.append(StationStopped())
            self._sign("stop")
        finally:
            self._board.publish(replace(self._board.snapshot, mode=Mode.STOPPED))
            self._board.refuse_all(Refused(problem("The station has stopped.")))

    def _turn(self) -> None:
        self._alive()
        for chore in self._chores:
            self._record(tuple(chore()))
        self._watch()
        self._take_orders()
        self._answer_waiting(seconds=0.0 if self._busy() else IDLE_SECONDS)
        if self._challenging.active:
            self._try_one()
        elif self._printable():
            if not self._stopped_for_steps() and not self._stopped_for_challenge():
                self._print_one()
        else:
            self._drain()

    def _record(self, events: tuple[Event, ...]) -> None:
        if events:
            self._journal.append(*events)
            self._publish()

    def _watch(self) -> None:
        """What is looked after even while nothing is printed; a latched fault is enough."""
        if self._records.fault():
            return
        try:
            self._cycle.check_clock()
            self._signing.by_the_hour()
        except DriverError as fault:
            self._latch(fault)

    def _sign(self, why: str, order: str = "") -> None:
        """A head that cannot be kept stops the line; what it stands for is recorded already."""
        try:
            self._signing.sign(why, order)
        except DriverError as fault:
            if not self._records.fault():
                self._latch(fault)

    def stop(self) -> None:
        self._stopping.set()

    # -- orders ----------------------------------------------------------------------------

    def _take_orders(self) -> None:
        try:
            receipts = self._inbox.poll()
        except OSError as error:
            receipts = ()
            if not self._records.fault():
                self._latch(Unreachable("disk", f"{error.filename}: {error.strerror}"))
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
                if self._records.fault():
                    return  # nothing is wrong with the order
                log.warning("order %s cannot start: %s", row.order.id, refused)
                self._passed_over.add(row.order.id)
                self._showing.refused = (row.order.id, refused.problems[0])
                self._publish()
            return

    def _note(self, receipt: Receipt) -> None:
        if receipt.accepted:
            self._showing.refused = None
            log.info("%s: accepted as order %s", receipt.file, ", ".join(receipt.orders))
        else:
            log.warning("%s: refused: %s", receipt.file, "; ".join(map(str, receipt.problems)))
            self._showing.refused = (receipt.file, receipt.problems[0])

    def _start(self, order_id: str, *, actor: str) -> None:
        if self._records.fault():
            raise Refused(problem("The machine has a fault: clear it first."))
        if self._records.current():
            raise Refused(problem("Another order is at the line; finish it first."))
        row = self._records.order(order_id)
        if row is None or row.state != OrderState.WAITING:
            raise Refused(problem("Order {order!r} is not waiting.", order=order_id))
        self._may_start(row)
        self._check_scanner()
        self._job = self._job_to_print(row)
        plan = self._steps_of(self._job)
        self._rejects_in_a_row = 0
        self._cycle.renew()
        try:
            self._cycle.keep(self._job.sources)
        except DriverError as fault:
            self._latch(fault)
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None
        self._journal.append(
            OrderStarted(
                order=order_id,
                recipe=self._job.recipe,
                version=self._version,
                configuration=self._configuration,
                workflow=plan,
                printer=self._printer,
            ),
            *self._beginning(row, plan),
            actor=actor,
        )
        self._showing.draw(self._job.first)
        self._sign("order", order_id)
        self._publish()

    def _beginning(self, row: OrderRow, plan: Workflow) -> tuple[OrderHeld, ...]:
        """What people have to sign, or the challenge, comes before the first label.

        Where the first labels come before the challenge, the next turn of the loop sees to it.
        """
        if Step.FIRST_ARTICLE in plan.steps:
            return self._steps.beginning(row, plan)
        return self._steps.beginning(row, plan) or self._challenging.holding(row)

    def _job_of(self, row: OrderRow) -> Job:
        """Raises Refused when it is not the job that was accepted and started."""
        job = self._make_job(row)
        job.check_unchanged(gtin=row.gtin, recipe=row.recipe)
        return job

    def _job_to_print(self, row: OrderRow) -> Job:
        """The same, if its design is approved. Raises Refused."""
        job = self._job_of(row)
        self._check_approved(row, job.template.digest)
        return job

    def _check_approved(self, row: OrderRow, digest: str) -> None:
        name, revision = row.order.template, row.order.revision
        approval = self._templates.approval(name, revision)
        check_digest(name, revision, digest=digest, approval=approval)

    def _check_in_force(self, row: OrderRow) -> None:
        """Some design of this name and revision may print; which one, the next label asks.

        Raises Refused.
        """
        name, revision = row.order.template, row.order.revision
        approval = self._templates.approval(name, revision)
        digest = approval.digest if approval else ""
        check_digest(name, revision, digest=digest, approval=approval)

    def _busy(self) -> bool:
        return self._printable() or self._cycle.in_flight > 0 or self._challenging.active

    def _drain(self) -> None:
        """The line stands: what is on its way to the camera is judged, or put in doubt."""
        if not self._cycle.in_flight:
            return
        fault = self._records.fault()
        self._take(self._cycle.give_up() if fault else self._cycle.drain())

    def _printable(self) -> bool:
        current = self._records.current()
        running = current is not None and current.state == OrderState.RUNNING
        return running and self._records.fault() is None

    # -- one label -------------------------------------------------------------------------

    def _print_one(self) -> None:
        current = self._records.current()
        assert current is not None, "the caller has looked"
        try:
            if self._job is None or self._job.order.id != current.order.id:
                self._job = self._job_to_print(current)
            label = self._next_label(self._job, current)
        except Refused as refused:
            detail = "; ".join(str(each) for each in refused.problems)
            self._journal.append(OrderHeld(order=current.order.id, cause="template", detail=detail))
            self._publish()
            return
        if label is None and self._cycle.in_flight:
            self._drain()
            return
        if label is None:
            self._finish(current)
            return
        try:
            if not self._asked_for():
                return
            self._cycle.ready(label)
            if not self._place_is_empty():
                return
            if label.number == 1:
                self._journal.append(self._odometer(current))
        except DriverError as fault:
            self._latch(fault)
            return
        self._show(label, Outcome(LabelState.ISSUED))
        self._take(self._cycle.run(self._job, label))

    def _asked_for(self) -> bool:
        """Whether the line wants its next label; a turn of the loop is waited for it, no longer."""
        if self._trigger is None:
            return True
        try:
            self._trigger.wait(Deadline.after(TRIGGER_SECONDS))
        except Silent:
            return False
        return True

    def _take(self, judged: tuple[Judged, ...]) -> None:
        for each in judged:
            self._after(each.outcome)
            self._show(each.label, each.outcome)

    def _finish(self, row: OrderRow) -> None:
        """All is printed; or the last ones have to be printed again, and a person says which."""
        order = row.order.id
        lacking = self._records.lacking(order) if row.order.reprint == "same" else ()
        if lacking:
            numbers = ", ".join(str(each.number) for each in lacking)
            self._journal.append(OrderHeld(order=order, cause="reprint", detail=numbers))
            self._publish()
            return
        if self._stopped_for_steps(finishing=True) or self._stopped_for_challenge(finishing=True):
            return
        try:
            counted = self._odometer(row)
        except DriverError as fault:
            self._latch(fault)
            return
        self._journal.append(counted, OrderFinished(order=order))
        log.info("order %s finished", order)
        self._sign("order", order)
        self._publish()

    def _odometer(self, row: OrderRow) -> OdometerRead:
        """Raises DriverError: a printer that says nothing now has not said that it never counts."""
        return OdometerRead(order=row.order.id, value=self._cycle.odometer())

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
        if row.balance.accepted + self._cycle.in_flight >= row.order.quantity:
            return None
        number = self._records.last_number(row.order.id) + 1
        if row.order.serials is None:
            return job.label(number, serial="")
        for again in self._records.reprints(row.order.id):
            if again.became is None:
                return replace(job.label(number, serial=again.serial), reprint_of=again.number)
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
            with self._journal.signing(asked.signatures, actor=asked.actor):
                self._do(asked)
        except Refused as refused:
            self._publish()
            asked.answer.set_exception(refused)
        except BaseException:
            # Nobody will ever do it: whoever waits must not be told that it is still to come.
            asked.answer.set_exception(Refused(problem("The station has stopped.")))
            raise
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
            case Resume():
                self._resume(asked.request, actor=asked.actor)
            case TakeStep():
                self._take_step(asked.request, actor=asked.actor)
            case End(order, reason):
                self._end(order, reason, actor=asked.actor)
            case Look(order, number):
                self._look(order, number, actor=asked.actor)
            case Prove():
                self._prove(actor=asked.actor)
            case Challenge() | Interrupt():
                self._challenge(asked.request, actor=asked.actor)
            case Deliver(name, data):
                self._note(self._inbox.deliver(name, data, actor=asked.actor))
            case decision:
                self._decide(decision, actor=asked.actor)

    def _decide(self, decision: AtDesk | Approve | Retire | Call | Came, *, actor: str) -> None:
        """What would be decided the same way while the station stands still."""
        match decision:
            case Close():
                self._close(decision, actor=actor)
            case Approve():
                self._approve(decision, actor=actor)
            case Retire():
                self._retire(decision, actor=actor)
            case Call(reason):
                self._showing.called = Called(actor, reason, self._journal.clock().utc)
            case Came():
                self._showing.called = None
            case _:
                self._desk.decide(decision, actor=actor)

    def _at_line(self) -> OrderRow:
        current = self._records.current()
        if current is None:
            raise Refused(problem("There is no order at the line."))
        return current

    def _resume(self, asked: Resume, *, actor: str) -> None:
        current = self._records.current()
        if asked.stop != self._stop() or not asked.stop:
            raise Refused(
                problem("The line has gone on, or stopped for another reason, since you looked.")
            )
        if current:
            self._check_settled(current)
            self._check_in_force(current)
            self._check_scanner()
            self._challenging.check_idle()
        due = self._due(current)
        if self._records.fault():
            self._check_machine()
            self._journal.append(FaultCleared(reason=asked.reason), *due, actor=actor)
        elif due and current:
            self._steps.check(current)
            self._challenging.check(current)
        self._cycle.renew()
        if due:
            return
        if current and current.state == OrderState.HELD:
            again = self._steps.due_again(
                current, said=asked.changed, now=self._journal.clock().utc
            )
            resumed = OrderResumed(order=current.order.id, reason=asked.reason)
            self._journal.append(*again, resumed, actor=actor)

    def _due(self, row: OrderRow | None) -> tuple[OrderHeld, ...]:
        """What stops an order on hold from going on: signatures first, then a challenge."""
        return self._steps.holding(row) or self._challenging.holding(row)

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
        self._check_settled(row)
        self._challenging.check_idle()
        events: list[Event] = [
            *self._challenging.ending(row),
            OrderEnded(order=order_id, reason=reason),
        ]
        if row.balance.issued:
            events.insert(0, self._last_odometer(row))
        self._journal.append(*events, actor=actor)
        self._sign("order", order_id)

    def _last_odometer(self, row: OrderRow) -> OdometerRead:
        """An order can be given up because the printer is dead; its count is then missing."""
        try:
            return self._odometer(row)
        except DriverError:
            return OdometerRead(order=row.order.id, value=None)

    def _check_settled(self, row: OrderRow) -> None:
        """Raises Refused while a label of the order waits for a person."""
        for label in self._records.open_labels(row.order.id):
            raise Refused(
                problem(
                    "Label {number} is in doubt. Say first what became of it.",
                    number=label.number,
                )
            )

    def _check_scanner(self) -> None:
        """Raises Refused while the challenge card has to be scanned first."""
        if self._prover:
            self._prover.check()

    def _prove(self, *, actor: str) -> None:
        """Wait for the challenge card; what was passed over for want of it may start then."""
        current = self._records.current()
        if self._prover is None:
            raise Refused(problem("This station has no scanner that could be checked."))
        if current and current.state == OrderState.RUNNING:
            raise Refused(problem("Put the line on hold first."))
        self._challenging.check_idle()
        self._prover.prove(actor=actor)
        self._passed_over.clear()

    def _check_machine(self) -> None:
        try:
            self._cycle.check()
            self._signing.sign("hour")
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None

    def _challenge(self, request: Challenge | Interrupt, *, actor: str) -> None:
        match request:
            case Challenge():
                self._begin_challenge(request, actor=actor)
            case Interrupt(reason):
                self._challenging.interrupt(reason, actor=actor)

    def _begin_challenge(self, request: Challenge, *, actor: str) -> None:
        """What is on its way to the camera is judged first."""
        if not self._printable():
            self._drain()
        self._challenging.begin(
            request,
            self._records.current(),
            version=self._version,
            configuration=self._configuration,
            actor=actor,
        )

    def _try_one(self) -> None:
        """The next bad label of a challenge, or its end."""
        if not self._challenging.turn(by_hand=self._hold_on_reject):
            self._answer_waiting(seconds=WAITING_SECONDS)
        self._publish()

    def _stopped_for_challenge(self, *, finishing: bool = False) -> bool:
        """Hold the order if a challenge is due; whether it was."""
        held = self._challenging.holding(self._records.current(), finishing=finishing)
        self._record(held)
        return bool(held)

    def _stopped_for_steps(self, *, finishing: bool = False) -> bool:
        """Hold the order if people have to sign first; whether it was.

        What is on its way to the camera is judged before that: it may be one of the first labels.
        """
        current = self._records.current()
        flying = self._cycle.in_flight
        held = self._steps.holding(current, in_flight=flying, finishing=finishing)
        if held and flying:
            self._drain()
            held = self._steps.holding(current, finishing=finishing)
        self._record(held)
        return bool(held)

    def _take_step(self, request: TakeStep, *, actor: str) -> None:
        """Raises Refused."""
        self._challenging.check_idle()
        if request.passed and request.step == Step.CLEARANCE:
            self._clear_line(request, actor=actor)
        elif request.passed and request.step == Step.RELEASE:
            self._release_labels(request, actor=actor)
        else:
            self._sign_step(request, actor=actor)

    def _sign_step(self, request: TakeStep, *, actor: str) -> None:
        try:
            self._desk.take_step(request, actor=actor)
        except DriverError as fault:
            self._latch(fault)

    def _clear_line(self, request: TakeStep, *, actor: str) -> None:
        """The people have looked; now the station does. Raises Refused where the line is not clear,
        or the machine is not ready.
        """
        now = self._steps.check_step(request, actor=actor)
        confirmed = self._steps.clear_line(request)
        if self._records.fault():
            raise Refused(problem("The machine has a fault: clear it first."))
        try:
            odometer = self._cycle.clear()
            if self._cycle.occupied():
                raise Refused(problem("The camera sees a label in its place: take it away."))
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None
        self._journal.append(
            confirmed.model_copy(update={"odometer": odometer, "camera": self._sees_place}),
            OdometerRead(order=now.order, value=odometer),
            actor=actor,
        )

    def _release_labels(self, request: TakeStep, *, actor: str) -> None:
        """What is signed is the picture of the order's first label. Raises Refused."""
        self._steps.check_step(request, actor=actor)
        row = self._at_line()
        self._job = self._job_to_print(row)
        try:
            picture = self._cycle.keep_picture(self._showing.draw(self._job.first))
        except DriverError as fault:
            self._latch(fault)
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None
        self._steps.release(request, picture=picture, actor=actor)

    def _look(self, order_id: str, number: int, *, actor: str) -> None:
        self._challenging.check_idle()
        row, label = self._records.order(order_id), self._records.label(order_id, number)
        current = self._records.current()
        if row is None or label is None or current is None or current.order.id != order_id:
            raise Refused(problem("Label {number} is not of the order at the line.", number=number))
        if row.state != OrderState.HELD:
            raise Refused(problem("Put the line on hold first."))
        if label.state not in {LabelState.IN_DOUBT, LabelState.REJECTED}:
            raise Refused(problem("Label {number} is {state}.", number=number, state=label.state))
        if label.state == LabelState.REJECTED and self._has_twin(order_id, label):
            raise Refused(
                problem(
                    "Serial {serial} was printed more than once: a scan cannot tell which label"
                    " this is. Scrap it, and let a second person confirm it.",
                    serial=label.serial,
                )
            )
        job = self._job_of(row)
        again = replace(job.label(number, serial=label.serial), reprint_of=label.reprint_of)
        outcome = self._cycle.second_look.look(
            job, again, rejected_as=self._rejected_as(label, again, order_id), actor=actor
        )
        self._job = job
        self._show(again, outcome)

    def _has_twin(self, order_id: str, label: LabelRow) -> bool:
        """Whether other paper with the same serial may lie in the scrap."""
        every = self._records.labels(order_id)
        return any(each.serial == label.serial and each.number != label.number for each in every)

    def _rejected_as(self, label: LabelRow, meant: Label, order_id: str) -> frozenset[bytes]:
        """What a rejected label may carry; nothing for one that is in doubt."""
        if label.state != LabelState.REJECTED:
            return frozenset()
        read = self._records.symbols_of(order_id, label.number)
        return frozenset({meant.elements.encode(), *read})

    def _close(self, close: Close, *, actor: str) -> None:
        try:
            self._desk.close(close, actor=actor)
        except DriverError as fault:
            self._latch(fault)

    def _approve(self, approve: Approve, *, actor: str) -> None:
        try:
            self._approvals.approve(approve, actor=actor)
        except DriverError as fault:
            self._latch(fault)
        self._passed_over.clear()

    def _retire(self, retire: Retire, *, actor: str) -> None:
        """An order that prints from the design stops here, and can only be ended."""
        try:
            self._approvals.retire(retire, actor=actor)
        except DriverError as fault:
            self._latch(fault)
        current = self._records.current()
        if current and current.state == OrderState.RUNNING and _prints(current, retire):
            detail = f"{retire.template} {retire.revision} was retired: {retire.reason}"
            held = OrderHeld(order=current.order.id, cause="template", detail=detail)
            self._journal.append(held, actor=actor)

    # -- what is shown ---------------------------------------------------------------------

    def _show(self, label: Label, outcome: Outcome) -> None:
        assert self._job is not None, "a label is of a job"
        self._showing.show(self._job.order.id, label, outcome)
        self._publish()

    def _publish(self) -> None:
        self._showing.publish(stop=self._stop(), occupied=self._empty_by is not None)


def _prints(row: OrderRow, retired: Retire) -> bool:
    """Whether the order's labels are of the design that is retired."""
    return (row.order.template, row.order.revision) == (retired.template, retired.revision)
