"""What happened to an order besides its labels: stops, faults, and all that was changed."""

from collections.abc import Iterator
from datetime import datetime

from station.core.batch import ChangeLine, DoubtLine, Entry, FaultLine, StopLine
from station.core.events import (
    LabelInDoubt,
    LabelJudged,
    LabelsCleared,
    LabelSettled,
    LabelsQuarantined,
    OrderEnded,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recorded,
)
from station.core.state import LabelState
from station.records.batch.past import Past, entry, local


def stops(past: Past) -> tuple[StopLine, ...]:
    found: list[StopLine] = []
    held: tuple[Recorded, OrderHeld] | None = None
    for each in past.events:
        if isinstance(each.event, OrderHeld):
            found += [_stop(*held, None)] if held else []
            held = (each, each.event)
        elif isinstance(each.event, OrderResumed) and held:
            found.append(_stop(*held, each))
            held = None
    return tuple(found + ([_stop(*held, None)] if held else []))


def _stop(held: Recorded, event: OrderHeld, went_on: Recorded | None) -> StopLine:
    resumed = went_on.event if went_on else None
    lasted = (went_on.at - held.at).total_seconds() * 1000 if went_on else None
    return StopLine(
        entry=entry(held),
        cause=event.cause,
        detail=event.detail,
        resumed=entry(went_on) if went_on else None,
        reason=resumed.reason if isinstance(resumed, OrderResumed) else "",
        milliseconds=None if lasted is None else round(lasted),
    )


def faults(past: Past) -> tuple[FaultLine, ...]:
    """Those from the start of the order to its last event."""
    began = next((each.seq for each, _ in past.every(OrderStarted)), past.last)
    rows = past.db.execute(
        "SELECT f.seq, e.at, e.offset, f.device, f.conditions, f.detail, f.cleared, f.cleared_by,"
        " f.reason FROM fault f JOIN event e ON e.seq = f.seq"
        " WHERE f.seq BETWEEN ? AND ? ORDER BY f.seq",
        (began, past.last),
    )
    return tuple(
        FaultLine(
            seq=seq,
            at=local(datetime.fromisoformat(at), offset),
            device=device,
            conditions=tuple(conditions.split()),
            detail=detail,
            cleared_at=local(datetime.fromisoformat(cleared), offset) if cleared else "",
            cleared_by=by or "",
            reason=reason or "",
        )
        for seq, at, offset, device, conditions, detail, cleared, by, reason in rows
    )


def doubts(past: Past) -> tuple[DoubtLine, ...]:
    return tuple(_doubt(past, each, event) for each, event in past.every(LabelInDoubt))


def _doubt(past: Past, doubted: Recorded, event: LabelInDoubt) -> DoubtLine:
    settled = next(
        (each for each in past.events if each.seq > doubted.seq and _settles(each, event.number)),
        None,
    )
    said = settled.event if settled else None
    serial, state = past.db.execute(
        "SELECT serial, state FROM label WHERE order_id=? AND number=?", (past.order, event.number)
    ).get
    return DoubtLine(
        seq=doubted.seq,
        at=local(doubted.at, doubted.offset),
        number=event.number,
        serial=serial,
        cause=event.cause,
        detail=event.detail,
        settled=entry(settled) if settled else None,
        state=LabelState(state),
        reason=said.reason if isinstance(said, LabelSettled) else "",
        witness=said.witness if isinstance(said, LabelSettled) else "",
    )


def _settles(recorded: Recorded, number: int) -> bool:
    event = recorded.event
    return isinstance(event, LabelSettled | LabelJudged) and event.number == number


def changes(past: Past) -> tuple[ChangeLine, ...]:
    """Whatever was entered first and is something else now, oldest first."""
    return tuple(_changes(past))


def _changes(past: Past) -> Iterator[ChangeLine]:
    states: dict[int, LabelState] = {}
    """Of labels that were changed before."""

    for each in past.events:
        event, who = each.event, entry(each)
        if isinstance(event, LabelInDoubt):
            states[event.number] = LabelState.IN_DOUBT
        elif isinstance(event, LabelJudged | LabelSettled):
            before = states.get(event.number, LabelState.ACCEPTED)
            if before == LabelState.ACCEPTED:
                before = _left_as(past, event.number)
            states[event.number] = after = _after(event)
            yield _of_label(event, who, before, after)
        elif isinstance(event, OrderEnded):
            yield ChangeLine(
                entry=who, what="order", numbers=(), before="", after="ended early",
                reason=event.reason, witness="",
            )  # fmt: skip
        elif isinstance(event, LabelsQuarantined):
            yield ChangeLine(
                entry=who, what="hold", numbers=event.labels, before="released", after="on hold",
                reason=event.cause, witness="",
            )  # fmt: skip
        elif isinstance(event, LabelsCleared):
            yield ChangeLine(
                entry=who, what="hold", numbers=event.labels, before="on hold", after="cleared",
                reason=event.reason, witness=event.witness,
            )  # fmt: skip


def _of_label(
    event: LabelJudged | LabelSettled, who: Entry, before: LabelState, after: LabelState
) -> ChangeLine:
    settled = event if isinstance(event, LabelSettled) else None
    return ChangeLine(
        entry=who,
        what="label",
        numbers=((event.number, event.number),),
        before=before,
        after=after,
        reason=settled.reason if settled else "",
        witness=settled.witness if settled else "",
    )


def _after(event: LabelJudged | LabelSettled) -> LabelState:
    if isinstance(event, LabelSettled):
        return event.outcome
    return LabelState.ACCEPTED if event.accepted else LabelState.REJECTED


def _left_as(past: Past, number: int) -> LabelState:
    """What the cycle left a label as, that people decided about later."""
    judged, released = past.db.execute(
        "SELECT judged, released FROM label WHERE order_id=? AND number=?", (past.order, number)
    ).get
    verdict = past.event(judged)
    if released:
        return LabelState.RELEASED
    if isinstance(verdict, LabelJudged):
        return LabelState.ACCEPTED if verdict.accepted else LabelState.REJECTED
    return LabelState.ISSUED
