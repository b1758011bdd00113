"""The life of an order and of a label: which step may follow which. A step not listed is an error.

A label's state follows from its events alone, so "issued without judged" *is* "in doubt".
"""

from enum import StrEnum


class OrderState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    HELD = "held"
    FINISHED = "finished"
    ENDED = "ended early"
    """A person gave it up; what was printed until then is accounted for."""


class OrderStep(StrEnum):
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    FINISH = "finish"
    END = "end early"


class LabelState(StrEnum):
    ISSUED = "issued"
    """Written down before the first byte left for the printer."""

    ACCEPTED = "accepted"
    """Judged good; not yet through the gate."""

    RELEASED = "released"
    REJECTED = "rejected"
    IN_DOUBT = "in doubt"
    """Issued and never judged. A person closes it with evidence; nothing is ever retried."""

    DESTROYED = "destroyed"
    """In doubt, or accepted and never released; a person found and destroyed it."""

    NOT_PRINTED = "not printed"
    """An in-doubt label of which a person found no trace on paper."""


class LabelStep(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    RELEASE = "release"
    DOUBT = "doubt"
    DESTROY = "destroy"
    DECLARE_NOT_PRINTED = "declare not printed"


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
}

LABEL_STEPS: dict[tuple[LabelState, LabelStep], LabelState] = {
    (LabelState.ISSUED, LabelStep.ACCEPT): LabelState.ACCEPTED,
    (LabelState.ISSUED, LabelStep.REJECT): LabelState.REJECTED,
    (LabelState.ISSUED, LabelStep.DOUBT): LabelState.IN_DOUBT,
    (LabelState.ACCEPTED, LabelStep.RELEASE): LabelState.RELEASED,
    (LabelState.ACCEPTED, LabelStep.DESTROY): LabelState.DESTROYED,
    (LabelState.IN_DOUBT, LabelStep.DESTROY): LabelState.DESTROYED,
    (LabelState.IN_DOUBT, LabelStep.DECLARE_NOT_PRINTED): LabelState.NOT_PRINTED,
}


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
