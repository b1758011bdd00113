"""What people decide about labels and orders, away from the machine.

Where nothing but somebody's word stands for what became of a label, two people give it.
"""

from collections.abc import Callable

from station.core.challenge import numbers_of, told
from station.core.events import (
    LabelsCleared,
    LabelSettled,
    OrderClosed,
    ReprintAuthorised,
    StockUsed,
    VerifierRead,
)
from station.core.grade import parse_grade
from station.core.nonconformance import Disposition
from station.core.person import named, same
from station.core.problem import Problem, Refused, problem, refuse
from station.core.reconciliation import Sheet
from station.core.standing import missing
from station.core.state import GONE, LabelState, OrderState
from station.core.udi import CARRIERS
from station.core.workflow import Step
from station.line.baseline import Baselines
from station.line.board import (
    ApproveBaseline,
    AtDesk,
    Clear,
    Close,
    Dispose,
    Enrol,
    Grant,
    Measure,
    Note,
    OfPeople,
    Reprint,
    Settle,
    TakeStep,
    Use,
)
from station.line.disposing import Disposer
from station.line.enrolment import Enrolment
from station.line.granting import granted
from station.line.steps import Steps
from station.records.challenges import Challenges
from station.records.dispositions import Dispositions
from station.records.journal import Journal
from station.records.people import People
from station.records.query import LabelRow, OrderRow, Records
from station.records.steps import OrderSteps
from station.records.tokens import Tokens

OUTCOMES: dict[LabelState, set[LabelState]] = {
    LabelState.IN_DOUBT: {LabelState.DESTROYED, LabelState.NOT_PRINTED},
    LabelState.ACCEPTED: {LabelState.DESTROYED, LabelState.RELEASED, LabelState.SAMPLE},
    LabelState.RELEASED: {LabelState.DESTROYED, LabelState.SAMPLE},
    LabelState.REJECTED: {LabelState.VOIDED},
}
"""What people can say became of a label, by the state it is in."""

LABELS_AT_MOST = 10_000
"""Of label stock in one entry; more is a slip of the finger."""

_CLOSED = {OrderState.CLOSED, OrderState.CLOSED_UNBALANCED}


class Desk:
    """Needs no device, so it serves a station that stands still as well."""

    def __init__(
        self,
        *,
        journal: Journal,
        records: Records,
        sign: Callable[[str, str], None] = lambda _why, _order: None,
        set_up: str = "",
    ) -> None:
        """`sign(why, order)` keeps the head of the journal in its second place. `set_up` is all
        that is in force (`station.line.baseline`).
        """
        self._journal = journal
        self._records = records
        self._sign = sign
        self._people = Enrolment(People(journal.db))
        self._tokens = Tokens(journal.db)
        self.steps = Steps(journal=journal, records=records, sign=sign)
        self._baselines = Baselines(journal, set_up=set_up)
        self._disposer = Disposer(journal=journal, records=records)
        self._dispositions = Dispositions(journal.db)

    def decide(self, decision: AtDesk, *, actor: str) -> None:
        """Write down what a person decided. Raises Refused."""
        match decision:
            case Settle() | Reprint() | Measure():
                self._of_label(decision, actor=actor)
            case Use():
                self.use(decision, actor=actor)
            case Clear():
                self.clear(decision, actor=actor)
            case TakeStep():
                self.take_step(decision, actor=actor)
            case Dispose():
                self.dispose(decision, actor=actor)
            case Close():
                self.close(decision, actor=actor)
            case ApproveBaseline():
                check_second_person(actor, decision.witness)
                self._baselines.approve(decision, actor=actor)
            case Enrol() | Note() | Grant():
                self.of_people(decision, actor=actor)

    def _of_label(self, decision: Settle | Reprint | Measure, *, actor: str) -> None:
        match decision:
            case Settle():
                self.settle(decision, actor=actor)
            case Reprint():
                self.authorise(decision, actor=actor)
            case Measure():
                self.measure(decision, actor=actor)

    def take_step(self, request: TakeStep, *, actor: str) -> None:
        """Sign a step of an order that needs no device. Raises Refused."""
        self.steps.take(request, actor=actor)

    def settle(self, request: Settle, *, actor: str) -> None:
        """Record what became of a label. Raises Refused."""
        self._open_order(request.order)
        label = self._label(request.order, request.number)
        if request.outcome not in OUTCOMES.get(label.state, set()):
            raise Refused(
                problem(
                    "Label {number} is {state}, so it cannot be said to be {got}.",
                    number=request.number,
                    state=label.state,
                    got=request.outcome,
                )
            )
        if (label.state, request.outcome) != (LabelState.RELEASED, LabelState.SAMPLE):
            check_second_person(actor, request.witness)
        self._journal.append(
            LabelSettled(
                order=request.order,
                number=request.number,
                outcome=request.outcome,
                reason=request.reason,
                witness=request.witness,
            ),
            actor=actor,
        )

    def authorise(self, request: Reprint, *, actor: str) -> None:
        """Let the serial of a label that is gone be printed once more. Raises Refused."""
        row = self._open_order(request.order)
        label = self._label(request.order, request.number)
        check_second_person(actor, request.witness)
        if row.order.reprint != "same":
            raise Refused(
                problem(
                    "Order {order} burns the serial of a label that failed; its replacement has the"
                    " next serial.",
                    order=request.order,
                )
            )
        if row.state not in {OrderState.RUNNING, OrderState.HELD}:
            raise Refused(
                problem("Order {order} prints nothing more: it is {state}.", order=request.order,
                        state=row.state)
            )  # fmt: skip
        if label.state not in GONE:
            raise Refused(
                problem(
                    "Label {number} is {state}. Its serial is printed again only when the label was"
                    " scanned into the scrap, or declared destroyed or not printed.",
                    number=label.number,
                    state=label.state,
                )
            )
        self._check_not_burnt(label, request.order)
        if label not in self._records.lacking(request.order):
            raise Refused(
                problem(
                    "Serial {serial} has a good label already, or is about to be printed again.",
                    serial=label.serial or "–",
                )
            )
        self._journal.append(
            ReprintAuthorised(
                order=request.order,
                number=request.number,
                reason=request.reason,
                witness=request.witness,
            ),
            actor=actor,
        )

    def dispose(self, request: Dispose, *, actor: str) -> None:
        """Record what two people decided about a rejected label. Raises Refused."""
        row = self._open_order(request.order)
        label = self._label(request.order, request.number)
        check_second_person(actor, request.witness)
        self._disposer.dispose(request, row, label, actor=actor)

    def _check_not_burnt(self, label: LabelRow, order: str) -> None:
        """A serial that people decided to burn is printed no more. Raises Refused."""
        found = self._dispositions.undecided(order, label.number)
        decided = found.decided if found else None
        if decided and decided.disposition != Disposition.REPRINT:
            raise Refused(
                problem(
                    "Serial {serial} is burnt: {people} decided about label {number}:"
                    " {disposition}.",
                    serial=label.serial or "–",
                    people=decided.people,
                    number=label.number,
                    disposition=decided.disposition,
                )
            )

    def measure(self, request: Measure, *, actor: str) -> None:
        """Record what a verifier has measured on a label. Raises Refused."""
        self._open_order(request.order)
        self._label(request.order, request.number)
        grade = parse_grade(request.grade)
        if request.identifier not in CARRIERS:
            raise Refused(
                problem(
                    "Expected the symbol that was measured, one of {known}; got {got!r}.",
                    known=", ".join(CARRIERS),
                    got=request.identifier[:20],
                )
            )
        self._journal.append(
            VerifierRead(
                order=request.order,
                number=request.number,
                identifier=request.identifier,
                grade=grade.written,
                verifier=request.verifier,
            ),
            actor=actor,
        )

    def use(self, request: Use, *, actor: str) -> None:
        """Record label stock that became no label. Raises Refused."""
        self._open_order(request.order)
        if not 1 <= request.count <= LABELS_AT_MOST:
            raise Refused(
                problem(
                    "Expected 1 to {most} labels, got {got}.",
                    most=LABELS_AT_MOST,
                    got=request.count,
                )
            )
        self._journal.append(
            StockUsed(
                order=request.order, kind=request.kind, count=request.count, reason=request.reason
            ),
            actor=actor,
        )

    def clear(self, request: Clear, *, actor: str) -> None:
        """Let labels go that a challenge had put on hold, in a closed order too. Raises Refused."""
        check_second_person(actor, request.witness)
        found = Challenges(self._journal.db).on_hold(order=request.order)
        held = found[0].labels if found else ()
        wanted = ((request.number, request.number),) if request.number else held
        if not set(numbers_of(wanted)) & set(numbers_of(held)):
            raise Refused(
                problem(
                    "No such label of order {order} is on hold for a challenge.",
                    order=request.order[:60],
                )
            )
        self._journal.append(
            LabelsCleared(
                order=request.order,
                labels=wanted,
                reason=request.reason,
                witness=request.witness,
            ),
            actor=actor,
        )

    def _check_nothing_on_hold(self, order: str) -> None:
        """Raises Refused while a missed challenge casts doubt on labels that were let pass."""
        for found in Challenges(self._journal.db).on_hold(order=order):
            if OrderSteps(self._journal.db).refused_article(order):
                raise Refused(
                    problem(
                        "{count} labels are on hold, because a first article was refused, or a"
                        " challenge after them was not passed: {labels}. Two people inspect them"
                        " again and let them go, or destroy them.",
                        count=found.count,
                        labels=told(found.labels),
                    )
                )
            raise Refused(
                problem(
                    "{count} labels are on hold, because a challenge after them was not passed:"
                    " {labels}. Two people inspect them again and let them go, or destroy them.",
                    count=found.count,
                    labels=told(found.labels),
                )
            )

    def close(self, request: Close, *, actor: str) -> None:
        """Close an order that balances; or one that does not, if two people say why.

        Raises Refused with every difference.
        """
        row = self._open_order(request.order)
        if row.state not in {OrderState.FINISHED, OrderState.ENDED}:
            raise Refused(
                problem(
                    "Order {order} is {state}; only one that is finished or ended can be closed.",
                    order=request.order,
                    state=row.state,
                )
            )
        self._check_nothing_on_hold(request.order)
        self._check_steps(request.order)
        sheet = self._records.sheet(request.order)
        assert sheet is not None, "the order was found"
        if not sheet.balanced:
            self._check_justified(request, sheet, actor)
        self._journal.append(
            OrderClosed(
                order=request.order,
                differences=sheet.differences,
                states={str(state): n for state, n in sheet.states.items()},
                stock={str(kind): n for kind, n in sheet.stock.items()},
                odometer=sheet.odometer,
                justification=request.justification,
                witness=request.witness,
            ),
            actor=actor,
        )
        self._sign("close", request.order)

    def _check_steps(self, order: str) -> None:
        """Raises Refused while a step before the reconciliation is missing."""
        now = self.steps.standing(order)
        refuse(missing(now, Step.RECONCILIATION) if now else ())

    def _check_justified(self, request: Close, sheet: Sheet, actor: str) -> None:
        if not request.justification.strip():
            raise Refused(
                problem(
                    "Order {order} does not balance. To close it all the same, two people give"
                    " their names and write why.",
                    order=request.order,
                ),
                *sheet.differences,
            )
        check_second_person(actor, request.witness)

    def of_people(self, request: OfPeople, *, actor: str) -> None:
        """Record who may sign in, or who came and went. Raises Refused."""
        match request:
            case Enrol():
                self._journal.append(self._people.enrolled(request), actor=actor)
                self._sign("people", "")
            case Note(event) if self._people.there(event.name):
                self._journal.append(event, actor=actor)
            case Grant():
                now = self._journal.clock().utc
                self._journal.append(granted(request, self._tokens, now=now), actor=actor)
                self._sign("people", "")
            case Note():
                return  # retired by now: there is nothing to say of them

    def _open_order(self, order_id: str) -> OrderRow:
        row = self._records.order(order_id)
        if row is None:
            raise Refused(problem("There is no order {id!r}.", id=order_id[:60]))
        if row.state in _CLOSED:
            raise Refused(
                problem("Order {order} is closed; nothing about it changes.", order=order_id)
            )
        return row

    def _label(self, order_id: str, number: int) -> LabelRow:
        label = self._records.label(order_id, number)
        if label is None:
            raise Refused(
                problem("Order {order} has no label {number}.", order=order_id, number=number)
            )
        return label


def check_second_person(actor: str, witness: str) -> None:
    """Raises Refused unless somebody else stands by it."""
    found = _missing_person(actor, witness)
    if found:
        raise Refused(found)


def _missing_person(actor: str, witness: str) -> Problem | None:
    if not named(witness):
        return problem("Two people vouch for this: give the name of the second.")
    if same(actor, witness):
        return problem(
            "The second person has to be somebody else: got {name} twice.", name=witness.strip()
        )
    return None
