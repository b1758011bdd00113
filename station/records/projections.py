"""What the journal means right now, as tables. Written with each event, rebuilt from all events.

work_order       one row per accepted order
label            one row per issued label
label_count      how many labels of an order are in which state
serial           every serial ever planned or issued, unique per GTIN for all time
nonconformance   one row per rejected or in-doubt label
intake           every order file ever taken, by content
fault            every fault; the one that latches the station has no `cleared`
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import apsw

from station.core import events as e
from station.core.state import (
    LabelState,
    LabelStep,
    OrderState,
    OrderStep,
    label_after,
    order_after,
)

TABLES = (
    "work_order",
    "label",
    "label_count",
    "serial",
    "nonconformance",
    "intake",
    "fault",
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS work_order(
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
    product TEXT NOT NULL, lot TEXT, gtin TEXT NOT NULL, quantity INTEGER NOT NULL,
    body TEXT NOT NULL, recipe TEXT, cause TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    held INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS label(
    order_id TEXT NOT NULL, number INTEGER NOT NULL, gtin TEXT NOT NULL, serial TEXT NOT NULL,
    state TEXT NOT NULL, data TEXT NOT NULL, zpl TEXT NOT NULL, issued INTEGER NOT NULL,
    judged INTEGER, evidence TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (order_id, number)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS label_by_state ON label(order_id, state);
CREATE TABLE IF NOT EXISTS label_count(
    order_id TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (order_id, state)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS serial(
    gtin TEXT NOT NULL, serial TEXT NOT NULL, order_id TEXT NOT NULL, place INTEGER,
    number INTEGER, PRIMARY KEY (gtin, serial)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS serial_to_come ON serial(order_id, place) WHERE number IS NULL;
CREATE TABLE IF NOT EXISTS nonconformance(
    id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, order_id TEXT NOT NULL,
    number INTEGER NOT NULL, product TEXT NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL,
    serial TEXT NOT NULL, state TEXT NOT NULL, codes TEXT NOT NULL, reasons TEXT NOT NULL,
    symbols TEXT NOT NULL, evidence TEXT NOT NULL, settled TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX IF NOT EXISTS nonconformance_by_label ON nonconformance(order_id, number);
CREATE INDEX IF NOT EXISTS nonconformance_by_time ON nonconformance(at);
CREATE TABLE IF NOT EXISTS intake(
    sha256 TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, file TEXT NOT NULL,
    order_id TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (sha256, seq)) STRICT;
CREATE TABLE IF NOT EXISTS fault(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, device TEXT NOT NULL, conditions TEXT NOT NULL,
    detail TEXT NOT NULL, cleared TEXT, cleared_by TEXT, reason TEXT) STRICT;
"""


def create(db: apsw.Connection) -> None:
    db.execute(_SCHEMA)


def rebuild(db: apsw.Connection, all_events: list[e.Recorded]) -> None:
    """Throw the tables away and derive them from the events again, in one transaction."""
    with db:
        for table in TABLES:
            db.execute(f"DROP TABLE IF EXISTS {table}")  # names from the tuple above
        create(db)
        for each in all_events:
            apply(db, each)


def apply(db: apsw.Connection, recorded: e.Recorded) -> None:
    """Write what follows from one event. An illegal step raises and undoes the event."""
    step = _STEPS.get(type(recorded.event))
    if step:
        step(db, recorded, recorded.event)


def _order_accepted(db: apsw.Connection, recorded: e.Recorded, event: e.OrderAccepted) -> None:
    order = event.order
    db.execute(
        "INSERT INTO work_order(id, seq, at, state, product, lot, gtin, quantity, body)"
        " VALUES(?,?,?,?,?,?,?,?,?)",
        (
            order.id,
            recorded.seq,
            recorded.at.isoformat(),
            OrderState.WAITING,
            order.product,
            order.lot,
            event.gtin,
            order.quantity,
            order.model_dump_json(),
        ),
    )
    if order.serials:
        db.executemany(
            "INSERT INTO serial VALUES(?,?,?,?,NULL)",
            (
                (event.gtin, serial, order.id, place)
                for place, serial in enumerate(order.serials.planned(order.quantity), start=1)
            ),
        )
    _taken(db, recorded, event.sha256, event.file, order.id, "[]")


def _order_refused(db: apsw.Connection, recorded: e.Recorded, event: e.OrderRefused) -> None:
    problems = json.dumps([asdict(each) for each in event.problems], ensure_ascii=False)
    _taken(db, recorded, event.sha256, event.file, "", problems)


def _taken(  # noqa: PLR0917 - one row, in the order of its columns
    db: apsw.Connection, recorded: e.Recorded, sha: str, file: str, order: str, problems: str
) -> None:
    db.execute(
        "INSERT INTO intake VALUES(?,?,?,?,?,?)",
        (sha, recorded.seq, recorded.at.isoformat(), file, order, problems),
    )


def _order_started(db: apsw.Connection, _: e.Recorded, event: e.OrderStarted) -> None:
    _step_order(db, event.order, OrderStep.START)
    db.execute(
        "UPDATE work_order SET recipe=? WHERE id=?", (event.recipe.model_dump_json(), event.order)
    )


def _order_held(db: apsw.Connection, recorded: e.Recorded, event: e.OrderHeld) -> None:
    _step_order(db, event.order, OrderStep.HOLD, cause=event.cause, detail=event.detail)
    db.execute("UPDATE work_order SET held=? WHERE id=?", (recorded.seq, event.order))


def _order_resumed(db: apsw.Connection, _: e.Recorded, event: e.OrderResumed) -> None:
    _step_order(db, event.order, OrderStep.RESUME)


def _order_finished(db: apsw.Connection, _: e.Recorded, event: e.OrderFinished) -> None:
    _step_order(db, event.order, OrderStep.FINISH)


def _order_ended(db: apsw.Connection, _: e.Recorded, event: e.OrderEnded) -> None:
    _step_order(db, event.order, OrderStep.END, cause="ended", detail=event.reason)


def _step_order(
    db: apsw.Connection, order: str, step: OrderStep, *, cause: str = "", detail: str = ""
) -> None:
    (now,) = _one(db, "SELECT state FROM work_order WHERE id=?", (order,))
    db.execute(
        "UPDATE work_order SET state=?, cause=?, detail=? WHERE id=?",
        (order_after(OrderState(now), step), cause, detail, order),
    )


def _label_issued(db: apsw.Connection, recorded: e.Recorded, event: e.LabelIssued) -> None:
    db.execute(
        "INSERT INTO label(order_id, number, gtin, serial, state, data, zpl, issued)"
        " VALUES(?,?,?,?,?,?,?,?)",
        (
            event.order,
            event.number,
            event.gtin,
            event.serial,
            LabelState.ISSUED,
            event.data,
            event.zpl,
            recorded.seq,
        ),
    )
    _count(db, event.order, LabelState.ISSUED, 1)
    if event.serial:
        _burn(db, event)


def _burn(db: apsw.Connection, event: e.LabelIssued) -> None:
    """Bind the serial to this label for ever; a serial bound already violates the table."""
    db.execute(
        "INSERT INTO serial VALUES(?,?,?,NULL,?) ON CONFLICT(gtin, serial) DO UPDATE"
        " SET number=excluded.number WHERE order_id=excluded.order_id AND number IS NULL",
        (event.gtin, event.serial, event.order, event.number),
    )
    if db.changes() != 1:
        raise apsw.ConstraintError(f"serial {event.serial} of {event.gtin} was issued before")


def _label_judged(db: apsw.Connection, recorded: e.Recorded, event: e.LabelJudged) -> None:
    step = LabelStep.ACCEPT if event.accepted else LabelStep.REJECT
    _step_label(db, event.order, event.number, step)
    db.execute(
        "UPDATE label SET judged=?, evidence=? WHERE order_id=? AND number=?",
        (recorded.seq, event.evidence, event.order, event.number),
    )
    if not event.accepted:
        reasons = [
            {"code": r.code, "ai": r.ai, "expected": r.expected, "read": r.read}
            for r in event.reasons
        ]
        symbols = [each.model_dump() for each in event.symbols]
        _nonconformance(db, recorded, event.order, event.number, reasons, symbols, event.evidence)


def _label_in_doubt(db: apsw.Connection, recorded: e.Recorded, event: e.LabelInDoubt) -> None:
    _step_label(db, event.order, event.number, LabelStep.DOUBT)
    reason = {"code": event.cause, "ai": "", "expected": "", "read": event.detail}
    _nonconformance(db, recorded, event.order, event.number, [reason], [], event.evidence)


def _nonconformance(  # noqa: PLR0917 - one row, in the order of its columns
    db: apsw.Connection,
    recorded: e.Recorded,
    order: str,
    number: int,
    reasons: list[dict[str, Any]],
    symbols: list[dict[str, Any]],
    evidence: str,
) -> None:
    db.execute(
        "INSERT INTO nonconformance(seq, at, order_id, number, product, gtin, lot, serial, state,"
        " codes, reasons, symbols, evidence)"
        " SELECT ?, ?, l.order_id, l.number, o.product, l.gtin, coalesce(o.lot, ''), l.serial,"
        " l.state, ?, ?, ?, ? FROM label l JOIN work_order o ON o.id = l.order_id"
        " WHERE l.order_id=? AND l.number=?",
        (
            recorded.seq,
            recorded.at.isoformat(),
            " ".join(dict.fromkeys(str(each["code"]) for each in reasons)),
            json.dumps(reasons, ensure_ascii=False),
            json.dumps(symbols, ensure_ascii=False),
            evidence,
            order,
            number,
        ),
    )


def _label_released(db: apsw.Connection, _: e.Recorded, event: e.LabelReleased) -> None:
    _step_label(db, event.order, event.number, LabelStep.RELEASE)


def _label_settled(db: apsw.Connection, recorded: e.Recorded, event: e.LabelSettled) -> None:
    step = {
        LabelState.DESTROYED: LabelStep.DESTROY,
        LabelState.NOT_PRINTED: LabelStep.DECLARE_NOT_PRINTED,
        LabelState.RELEASED: LabelStep.RELEASE,
    }[event.outcome]
    state = _step_label(db, event.order, event.number, step)
    db.execute(
        "UPDATE nonconformance SET state=?, settled=? WHERE order_id=? AND number=?",
        (state, f"{recorded.actor}: {event.reason}", event.order, event.number),
    )


def _step_label(db: apsw.Connection, order: str, number: int, step: LabelStep) -> LabelState:
    (now,) = _one(db, "SELECT state FROM label WHERE order_id=? AND number=?", (order, number))
    before, after = LabelState(now), label_after(LabelState(now), step)
    db.execute("UPDATE label SET state=? WHERE order_id=? AND number=?", (after, order, number))
    _count(db, order, before, -1)
    _count(db, order, after, 1)
    return after


def _count(db: apsw.Connection, order: str, state: LabelState, n: int) -> None:
    db.execute(
        "INSERT INTO label_count VALUES(?,?,?)"
        " ON CONFLICT(order_id, state) DO UPDATE SET n = n + excluded.n",
        (order, state, n),
    )


def _fault_raised(db: apsw.Connection, recorded: e.Recorded, event: e.FaultRaised) -> None:
    db.execute(
        "INSERT INTO fault(seq, at, device, conditions, detail) VALUES(?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            event.device,
            " ".join(event.conditions),
            event.detail,
        ),
    )


def _fault_cleared(db: apsw.Connection, recorded: e.Recorded, event: e.FaultCleared) -> None:
    db.execute(
        "UPDATE fault SET cleared=?, cleared_by=?, reason=? WHERE cleared IS NULL",
        (recorded.at.isoformat(), recorded.actor, event.reason),
    )


def _one(db: apsw.Connection, sql: str, values: tuple[object, ...]) -> tuple[Any, ...]:
    row = db.execute(sql, values).fetchone()
    if row is None:
        raise LookupError(f"nothing recorded for {values}")
    return tuple(row)


_STEPS: dict[type, Callable[[apsw.Connection, e.Recorded, Any], None]] = {
    e.OrderAccepted: _order_accepted,
    e.OrderRefused: _order_refused,
    e.OrderStarted: _order_started,
    e.OrderHeld: _order_held,
    e.OrderResumed: _order_resumed,
    e.OrderFinished: _order_finished,
    e.OrderEnded: _order_ended,
    e.LabelIssued: _label_issued,
    e.LabelJudged: _label_judged,
    e.LabelReleased: _label_released,
    e.LabelInDoubt: _label_in_doubt,
    e.LabelSettled: _label_settled,
    e.FaultRaised: _fault_raised,
    e.FaultCleared: _fault_cleared,
}
