"""The one big sign of the operator page: colour, shape and word for a snapshot.

A fault hides everything else, a label in doubt hides a hold, and a verdict is shown only while the
line runs: what is green is what is happening now.
"""

from collections.abc import Mapping
from enum import StrEnum

from station.core.state import LabelState, OrderState
from station.language import sentence
from station.line.board import LabelSeen, Mode, Snapshot


class Sign(StrEnum):
    STARTING = "starting"
    STOPPED = "stopped"
    IDLE = "idle"
    FINISHED = "finished"
    WORKING = "working"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DOUBT = "in-doubt"
    HOLD = "hold"
    FAULT = "fault"


WORDS: Mapping[Sign, str] = {
    Sign.STARTING: sentence("STARTING"),
    Sign.STOPPED: sentence("STOPPED"),
    Sign.IDLE: sentence("NO ORDER"),
    Sign.FINISHED: sentence("ORDER FINISHED"),
    Sign.WORKING: sentence("PRINTING"),
    Sign.ACCEPTED: sentence("ACCEPTED"),
    Sign.REJECTED: sentence("REJECTED"),
    Sign.IN_DOUBT: sentence("IN DOUBT"),
    Sign.HOLD: sentence("HOLD"),
    Sign.FAULT: sentence("FAULT"),
}

_OF_MODE = {Mode.STARTING: Sign.STARTING, Mode.STOPPED: Sign.STOPPED, Mode.FAULT: Sign.FAULT}

_OF_LABEL = {
    LabelState.ISSUED: Sign.WORKING,
    LabelState.ACCEPTED: Sign.ACCEPTED,
    LabelState.RELEASED: Sign.ACCEPTED,
    LabelState.REJECTED: Sign.REJECTED,
}
"""What the line does now: a label that was in doubt is nobody's concern when it was settled."""


def sign(snapshot: Snapshot) -> Sign:
    """What the page shows largest."""
    if snapshot.mode in _OF_MODE:
        return _OF_MODE[snapshot.mode]
    if snapshot.in_doubt:
        return Sign.IN_DOUBT
    if snapshot.mode == Mode.HELD:
        return Sign.HOLD
    if snapshot.mode == Mode.IDLE:
        order = snapshot.order
        return Sign.FINISHED if order and order.state == OrderState.FINISHED else Sign.IDLE
    label = label_of_order(snapshot)
    return _OF_LABEL.get(label.state, Sign.WORKING) if label else Sign.WORKING


def label_of_order(snapshot: Snapshot) -> LabelSeen | None:
    """The last label, unless it belongs to an order that is not shown any more."""
    label, order = snapshot.label, snapshot.order
    return label if label and order and label.order == order.order.id else None
