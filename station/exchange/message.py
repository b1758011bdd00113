"""Which facts other systems can be told of, and in which words.

A message is JSON with `type`, `timestamp` and `data`, as Standard Webhooks lays it out. Its id is
made of the event's place and hash in the journal: the same event has the same id however often it
is sent, so a receiver that has it already knows it again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from station.core import events as e
from station.core.events import Recorded
from station.core.news import Kind


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    kind: Kind
    seq: int
    """Its event in the journal."""

    body: bytes


def message_of(recorded: Recorded, *, station: str) -> Message | None:
    """None where nobody is told of such an event."""
    found = _TOLD.get(type(recorded.event))
    if found is None:
        return None
    kind, tell = found
    data = tell(recorded.event)
    if data is None:
        return None
    told = {
        "type": kind,
        "timestamp": recorded.at.isoformat(),
        "data": {"station": station, "seq": recorded.seq, **data},
    }
    return Message(
        id=f"msg_{recorded.seq}_{recorded.hash[:16]}",
        kind=kind,
        seq=recorded.seq,
        body=json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(),
    )


Data = Mapping[str, Any]


def _accepted(event: e.OrderAccepted) -> Data:
    order = event.order
    return {
        "order": order.id,
        "product": order.product,
        "gtin": event.gtin,
        "lot": order.lot,
        "quantity": order.quantity,
        "sha256": event.sha256,
    }


def _refused(event: e.OrderRefused) -> Data:
    problems = [{"field": each.where, "text": each.sentence} for each in event.problems]
    return {"file": event.file, "sha256": event.sha256, "errors": problems}


def _held(event: e.OrderHeld) -> Data:
    return {"order": event.order, "cause": event.cause, "detail": event.detail}


def _ended(event: e.OrderEnded) -> Data:
    return {"order": event.order, "reason": event.reason}


def _order(event: e.OrderStarted | e.OrderResumed | e.OrderFinished) -> Data:
    return {"order": event.order}


def _closed(event: e.OrderClosed) -> Data:
    return {
        "order": event.order,
        "balanced": not event.differences,
        "states": event.states,
        "stock": event.stock,
    }


def _judged(event: e.LabelJudged) -> Data | None:
    """Only rejected ones: good labels are counted, and can be asked for."""
    if event.accepted:
        return None
    reasons = [
        {"code": each.code, "ai": each.ai, "expected": each.expected, "read": each.read}
        for each in event.reasons
    ]
    return {"order": event.order, "number": event.number, "reasons": reasons}


def _doubted(event: e.LabelInDoubt) -> Data:
    return {
        "order": event.order,
        "number": event.number,
        "cause": event.cause,
        "detail": event.detail,
    }


def _settled(event: e.LabelSettled) -> Data:
    return {"order": event.order, "number": event.number, "outcome": event.outcome}


def _fault(event: e.FaultRaised) -> Data:
    return {
        "device": event.device,
        "conditions": list(event.conditions),
        "detail": event.detail,
    }


def _cleared(event: e.FaultCleared) -> Data:
    return {"reason": event.reason}


_TOLD: Mapping[type, tuple[Kind, Callable[[Any], Data | None]]] = {
    e.OrderAccepted: ("order-accepted", _accepted),
    e.OrderRefused: ("order-refused", _refused),
    e.OrderStarted: ("order-started", _order),
    e.OrderHeld: ("order-held", _held),
    e.OrderResumed: ("order-resumed", _order),
    e.OrderFinished: ("order-finished", _order),
    e.OrderEnded: ("order-ended", _ended),
    e.OrderClosed: ("order-closed", _closed),
    e.LabelJudged: ("reject", _judged),
    e.LabelInDoubt: ("in-doubt", _doubted),
    e.LabelSettled: ("settled", _settled),
    e.FaultRaised: ("fault", _fault),
    e.FaultCleared: ("fault-cleared", _cleared),
}
