"""The life of an order and of a label: which step may follow which. A step not listed is an error.

    planned ─ issue ─▶ issued ─┬ accept ─▶ accepted ─ release ─▶ released ─ retain ─▶ sample
       └ give up ─▶ unused     ├ reject ─▶ rejected ─ void ─▶ voided
                               └ doubt ──▶ in doubt ─┬ accept, reject   a person let it be read
                                                     ├ destroy ─▶ destroyed
                                                     └ declare not printed ─▶ not printed

A label's state follows from its events alone, so "issued without judged" *is* "in doubt". A label
printed again is another label with the same serial.
"""

from enum import StrEnum


class OrderState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    HELD = "held"
    FINISHED = "finished"
    """Everything it asked for was printed."""

    ENDED = "ended early"
    """A person gave it up; what was printed until then is accounted for."""

    CLOSED = "closed"
    """Reconciled to the last serial. Nothing about it changes any more."""

    CLOSED_UNBALANCED = "closed, not balanced"
    """Closed by two people with a written justification; marked so for ever."""


class OrderStep(StrEnum):
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    FINISH = "finish"
    END = "end early"
    CLOSE = "close"
    CLOSE_UNBALANCED = "close without balance"


class LabelState(StrEnum):
    PLANNED = "planned"
    """A serial set aside for an order; nothing was printed."""

    UNUSED = "unused"
    """Planned, and its order ended before it was printed. It is never used again."""

    ISSUED = "issued"
    """Written down before the first byte left for the printer."""

    ACCEPTED = "accepted"
    """Judged good; not yet through the gate."""

    RELEASED = "released"
    SAMPLE = "sample"
    """Good, and kept back as a sample instead of going on a device."""

    REJECTED = "rejected"
    VOIDED = "voided"
    """Rejected, and seen into the scrap: read there once more, or vouched for by two people."""

    IN_DOUBT = "in doubt"
    """Issued and never judged. A person closes it with evidence; nothing is ever retried."""

    DESTROYED = "destroyed"
    """In doubt, or good and taken out again; two people vouch that it is destroyed."""

    NOT_PRINTED = "not printed"
    """An in-doubt label of which two people found no trace on paper."""


class LabelStep(StrEnum):
    ISSUE = "issue"
    GIVE_UP = "give up"
    ACCEPT = "accept"
    REJECT = "reject"
    RELEASE = "release"
    DOUBT = "doubt"
    VOID = "void"
    RETAIN = "retain"
    DESTROY = "destroy"
    DECLARE_NOT_PRINTED = "declare not printed"
    CONCEDE = "concede"
    """Rejected, and a good label after all: by concession, or because a second reader read it."""


class IllegalStepError(Exception):
    """A step that may not follow. It is a defect of the station, never of an input."""


ORDER_STEPS: dict[tuple[OrderState, OrderStep], OrderState] = {
    (OrderState.WAITING, OrderStep.START): OrderState.RUNNING,
    (OrderState.RUNNING, OrderStep.HOLD): OrderState.HELD,
    (OrderState.HELD, OrderStep.HOLD): OrderState.HELD,
    (OrderState.HELD, OrderStep.RESUME): OrderState.RUNNING,
    (OrderState.RUNNING, OrderStep.FINISH): OrderState.FINISHED,
    (OrderState.WAITING, OrderStep.END): OrderState.ENDED,
    (OrderState.HELD, OrderStep.END): OrderState.ENDED,
    (OrderState.FINISHED, OrderStep.CLOSE): OrderState.CLOSED,
    (OrderState.ENDED, OrderStep.CLOSE): OrderState.CLOSED,
    (OrderState.FINISHED, OrderStep.CLOSE_UNBALANCED): OrderState.CLOSED_UNBALANCED,
    (OrderState.ENDED, OrderStep.CLOSE_UNBALANCED): OrderState.CLOSED_UNBALANCED,
}

LABEL_STEPS: dict[tuple[LabelState, LabelStep], LabelState] = {
    (LabelState.PLANNED, LabelStep.ISSUE): LabelState.ISSUED,
    (LabelState.PLANNED, LabelStep.GIVE_UP): LabelState.UNUSED,
    (LabelState.ISSUED, LabelStep.ACCEPT): LabelState.ACCEPTED,
    (LabelState.ISSUED, LabelStep.REJECT): LabelState.REJECTED,
    (LabelState.ISSUED, LabelStep.DOUBT): LabelState.IN_DOUBT,
    (LabelState.IN_DOUBT, LabelStep.ACCEPT): LabelState.ACCEPTED,
    (LabelState.IN_DOUBT, LabelStep.REJECT): LabelState.REJECTED,
    (LabelState.IN_DOUBT, LabelStep.DESTROY): LabelState.DESTROYED,
    (LabelState.IN_DOUBT, LabelStep.DECLARE_NOT_PRINTED): LabelState.NOT_PRINTED,
    (LabelState.ACCEPTED, LabelStep.RELEASE): LabelState.RELEASED,
    (LabelState.ACCEPTED, LabelStep.RETAIN): LabelState.SAMPLE,
    (LabelState.ACCEPTED, LabelStep.DESTROY): LabelState.DESTROYED,
    (LabelState.RELEASED, LabelStep.RETAIN): LabelState.SAMPLE,
    (LabelState.RELEASED, LabelStep.DESTROY): LabelState.DESTROYED,
    (LabelState.REJECTED, LabelStep.VOID): LabelState.VOIDED,
    (LabelState.REJECTED, LabelStep.CONCEDE): LabelState.RELEASED,
}

PASSED = frozenset({LabelState.ACCEPTED, LabelState.RELEASED})
"""Good labels that go on a device. A serial has at most one of them."""

OPEN = frozenset({LabelState.ISSUED, LabelState.ACCEPTED, LabelState.IN_DOUBT})
"""Somebody still has to say, or to see, what becomes of the label."""

GONE = frozenset({LabelState.VOIDED, LabelState.DESTROYED, LabelState.NOT_PRINTED})
"""There is surely no such label any more: only then may its serial be printed again."""


def order_after(state: OrderState, step: OrderStep) -> OrderState:
    """The state an order is in after this step. Raises IllegalStepError."""
    if (state, step) not in ORDER_STEPS:
        raise IllegalStepError(f"an order that is {state} cannot {step}")
    return ORDER_STEPS[state, step]


def label_after(state: LabelState, step: LabelStep) -> LabelState:
    """The state a label is in after this step. Raises IllegalStepError."""
    if (state, step) not in LABEL_STEPS:
        raise IllegalStepError(f"a label that is {state} cannot {step}")
    return LABEL_STEPS[state, step]
