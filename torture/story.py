"""The events of a journal folded into labels and orders, and every step in them that may not be.

The station folds them too, into its tables. Here they are folded once more, through the tables of
station.core.state and nothing else, so that a defect of those tables' writer cannot hide itself.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from station.core import events as e
from station.core.order import WorkOrder
from station.core.state import (
    GONE,
    OPEN,
    IllegalStepError,
    LabelState,
    LabelStep,
    OrderState,
    OrderStep,
    label_after,
    order_after,
)
from torture.invariant import Invariant, said

SETTLED: dict[LabelState, LabelStep] = {
    LabelState.DESTROYED: LabelStep.DESTROY,
    LabelState.NOT_PRINTED: LabelStep.DECLARE_NOT_PRINTED,
    LabelState.RELEASED: LabelStep.RELEASE,
    LabelState.SAMPLE: LabelStep.RETAIN,
    LabelState.VOIDED: LabelStep.VOID,
}

ORDER_STEPS: dict[type, OrderStep] = {
    e.OrderStarted: OrderStep.START,
    e.OrderHeld: OrderStep.HOLD,
    e.OrderResumed: OrderStep.RESUME,
    e.OrderFinished: OrderStep.FINISH,
    e.OrderEnded: OrderStep.END,
}

GOOD = frozenset({LabelState.ACCEPTED, LabelState.RELEASED, LabelState.SAMPLE})

CLOSED = frozenset({OrderState.CLOSED, OrderState.CLOSED_UNBALANCED})


@dataclass(slots=True)
class Order:
    order: WorkOrder
    state: OrderState = OrderState.WAITING
    labels: dict[int, "Label"] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[LabelState]:
        return Counter(label.state for label in self.labels.values())


@dataclass(slots=True)
class Label:
    order: str
    number: int
    gtin: str
    serial: str
    state: LabelState = LabelState.ISSUED
    accepted: bool = False
    """It was, whatever became of it later."""

    may_come_again: bool = False
    """People have authorised one reprint of it."""

    def __str__(self) -> str:
        return f"label {self.number} of {self.order} (serial {self.serial or 'none'})"


class Story:
    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.orders: dict[str, Order] = {}
        self.pictures: set[str] = set()
        self.designs: set[str] = set()
        """Files named in the journal, by digest; "" where none is."""

        self._fault = 0
        self._unattended: set[str] = set()
        """Orders that were running when the station was started again."""

        self._serials: dict[tuple[str, str], list[Label]] = {}

    @classmethod
    def of(cls, events: Iterable[e.Recorded]) -> "Story":
        story = cls()
        for each in events:
            story.add(each)
        return story

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(each for order in self.orders.values() for each in order.labels.values())

    def add(self, recorded: e.Recorded) -> None:
        event = recorded.event
        try:
            match event:
                case e.StationStarted():
                    self._unattended = {
                        name
                        for name, each in self.orders.items()
                        if each.state == OrderState.RUNNING
                    }
                case e.TemplateApproved():
                    self.designs.add(event.digest)
                case e.FaultRaised():
                    self._fault = self._fault or recorded.seq
                case e.FaultCleared():
                    self._fault = 0
                case _:
                    self._order_event(event, recorded.actor)
                    self._label_event(event, recorded.actor)
        except IllegalStepError as error:
            self._say(Invariant.STEPS, f"event {recorded.seq}, {event.type}: {error}")
        except KeyError as error:
            self._say(Invariant.STEPS, f"event {recorded.seq}, {event.type}: nothing like {error}")

    # -- orders ----------------------------------------------------------------------------

    def _order_event(self, event: e.Event, actor: str) -> None:
        match event:
            case e.OrderAccepted(order=order):
                if order.id in self.orders:
                    self._say(Invariant.STEPS, f"order {order.id} was accepted twice")
                self.orders[order.id] = Order(order)
            case (
                e.OrderStarted(order=name)
                | e.OrderHeld(order=name)
                | e.OrderResumed(order=name)
                | e.OrderFinished(order=name)
                | e.OrderEnded(order=name)
            ):
                self._unattended.discard(name)
                order_of = self.orders[name]
                order_of.state = order_after(order_of.state, ORDER_STEPS[type(event)])
                if isinstance(event, e.OrderStarted):
                    recipe = event.recipe
                    self.designs |= {recipe.template, recipe.product, recipe.printer}
                if isinstance(event, e.OrderFinished):
                    self._check_enough(order_of)
            case e.OrderClosed():
                self._close(event, actor)

    def _check_enough(self, order: Order) -> None:
        """A closed plan of serials may be used up too early; nothing else may."""
        wanted, plan = order.order.quantity, order.order.serials
        good = sum(order.counts[each] for each in GOOD)
        if good < wanted and (plan is None or plan.open):
            self._say(
                Invariant.BALANCE, f"order {order.order.id} finished with {good} of {wanted} labels"
            )

    def _close(self, event: e.OrderClosed, actor: str) -> None:
        order = self.orders[event.order]
        step = OrderStep.CLOSE_UNBALANCED if event.differences else OrderStep.CLOSE
        order.state = order_after(order.state, step)
        counted = {str(state): n for state, n in order.counts.items()}
        if counted != event.states:
            self._say(
                Invariant.BALANCE,
                f"order {event.order} was closed with {event.states}, and has {counted}",
            )
        if event.differences:
            self._check_witness(f"order {event.order}", actor, event.witness)

    # -- labels ----------------------------------------------------------------------------

    def _label_event(self, event: e.Event, actor: str) -> None:
        match event:
            case e.LabelIssued():
                self._issue(event)
            case e.LabelJudged(order=order, number=number, accepted=accepted, evidence=picture):
                self.pictures.add(picture)
                step = LabelStep.ACCEPT if accepted else LabelStep.REJECT
                self._step(order, number, step).accepted |= accepted
            case e.LabelReleased(order=order, number=number):
                self._step(order, number, LabelStep.RELEASE)
            case e.LabelInDoubt(order=order, number=number, evidence=picture):
                self.pictures.add(picture)
                self._step(order, number, LabelStep.DOUBT)
            case e.LabelSettled():
                self.pictures.add(event.evidence)
                label = self._step(event.order, event.number, SETTLED[event.outcome])
                if event.outcome != LabelState.SAMPLE and not event.symbols:
                    self._check_witness(str(label), actor, event.witness)
            case e.ReprintAuthorised():
                self._authorise(event, actor)

    def _step(self, order: str, number: int, step: LabelStep) -> Label:
        label = self.orders[order].labels[number]
        if self.orders[order].state in CLOSED:
            self._say(Invariant.STEPS, f"{label} was to {step} after its order was closed")
        label.state = label_after(label.state, step)
        good = [each for each in self._same(label) if each.state in GOOD]
        if label.serial and len(good) > 1:
            self._say(Invariant.GOOD, ", ".join(f"{each} is {each.state}" for each in good))
        return label

    def _authorise(self, event: e.ReprintAuthorised, actor: str) -> None:
        label = self.orders[event.order].labels[event.number]
        self._check_witness(str(label), actor, event.witness)
        if label.state not in GONE:
            self._say(Invariant.ONCE, f"{label} is {label.state}, and was to be printed again")
        label.may_come_again = True

    def _issue(self, event: e.LabelIssued) -> None:
        order = self.orders[event.order]
        label = Label(event.order, event.number, event.gtin, event.serial)
        if order.state != OrderState.RUNNING:
            self._say(Invariant.STEPS, f"{label} was issued while its order was {order.state}")
        if event.number != len(order.labels) + 1:
            self._say(Invariant.STEPS, f"{label} came after number {len(order.labels)}")
        self._check_attended(label)
        self._check_once(label, event.reprint_of)
        order.labels[event.number] = label
        self._same(label).append(label)

    def _check_attended(self, label: Label) -> None:
        for each in self.labels:
            if each.state in OPEN:
                self._say(Invariant.OPEN, f"{label} was issued while {each} was {each.state}")
        if self._fault:
            self._say(Invariant.OPEN, f"{label} was issued under the fault of event {self._fault}")
        if label.order in self._unattended:
            self._say(Invariant.OPEN, f"{label} was issued after a restart nobody looked at")

    def _check_once(self, label: Label, reprint_of: int) -> None:
        """One authority allows one reprint, of the label it names, while that one is gone."""
        before = self._same(label)
        if not label.serial or not before:
            return
        last = before[-1]
        if (last.order, last.number) == (label.order, reprint_of) and last.may_come_again:
            last.may_come_again = False
        else:
            self._say(Invariant.ONCE, f"{label} has the serial of {last}, which is {last.state}")

    def _same(self, label: Label) -> list[Label]:
        """All labels of its serial, in order."""
        return self._serials.setdefault((label.gtin, label.serial), [])

    def _check_witness(self, what: str, actor: str, witness: str) -> None:
        if witness.strip().casefold() in {"", actor.strip().casefold()}:
            self._say(Invariant.WITNESS, f"{what}: {actor} and {witness or 'nobody'}")

    def _say(self, invariant: Invariant, what: str) -> None:
        self.wrong.append(said(invariant, what))
