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
    READY = "ready"
    """An order waits for somebody to start it."""

    FINISHED = "finished"
    WORKING = "working"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DOUBT = "in-doubt"
    HOLD = "hold"
    CHALLENGE = "challenge"
    """Bad labels are being made on purpose; there is nothing to do but to wait."""

    FAULT = "fault"


WORDS: Mapping[Sign, str] = {
    Sign.STARTING: sentence("STARTING"),
    Sign.STOPPED: sentence("STOPPED"),
    Sign.IDLE: sentence("NO ORDER"),
    Sign.READY: sentence("READY TO START"),
    Sign.FINISHED: sentence("ORDER FINISHED"),
    Sign.WORKING: sentence("PRINTING"),
    Sign.ACCEPTED: sentence("ACCEPTED"),
    Sign.REJECTED: sentence("REJECTED"),
    Sign.IN_DOUBT: sentence("IN DOUBT"),
    Sign.HOLD: sentence("HOLD"),
    Sign.CHALLENGE: sentence("CHALLENGE"),
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
        return Sign.CHALLENGE if snapshot.challenging else Sign.HOLD
    if snapshot.mode == Mode.IDLE:
        return _idle(snapshot)
    label = label_of_order(snapshot)
    return _OF_LABEL.get(label.state, Sign.WORKING) if label else Sign.WORKING


def _idle(snapshot: Snapshot) -> Sign:
    if snapshot.order and snapshot.order.state == OrderState.FINISHED:
        return Sign.FINISHED
    return Sign.READY if snapshot.waiting else Sign.IDLE


def label_of_order(snapshot: Snapshot) -> LabelSeen | None:
    """The last label, unless it belongs to an order that is not shown any more."""
    label, order = snapshot.label, snapshot.order
    return label if label and order and label.order == order.order.id else None
