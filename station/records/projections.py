"""What the journal means right now, as tables. Written with each event, rebuilt from all events.

work_order       one row per accepted order
label            one row per issued label, with the events it can be looked up in
label_count      how many labels of an order are in which state
serial           every serial ever planned or issued, unique per GTIN for all time; one that was
                 used elsewhere has no order, number 0, and the event that brought it as its place
serial_import    every event that brought such serials
reprint          every serial that two people let be printed once more, and the label it became
order_event      the events of an order that are not the daily life of a label
nonconformance   one row per rejected or in-doubt label
verifier_reading what verifiers measured on labels
stock            label stock that became no label
odometer         what the printer counted
intake           every order file ever taken, by content
fault            every fault; the one that latches the station has no `cleared`
template         one row per approval of a label's design; the last one of its revision counts
calibration      one row per calibration; the last one of a design counts
scanner_proof    one row per scan of the challenge card; the last one of a scanner counts
challenge        one row per challenge of the line with bad labels, and how it ended
quarantine       one row per label on hold for a challenge that was not passed, until it is cleared
disposition      what two people decided about a nonconformance, once, by the event that found it
nonconformance_key  nonconformances by reason, person and printer, for whoever looks for some
printed_on       where the printer of an order is reached
workflow         the steps that an order has to pass, settled when it was started
order_step       one row per signature under a step of an order, and where one is due again
person           everybody who was ever let sign in; `failures` in a row, until one succeeds
signature        one row per signature under events, by whom and what it stands for
token            every token that a machine ever got; of the token itself a keyed digest only
baseline         one row per set-up that two people vouched for as validated; the last one counts
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import apsw

from station.core import events as e
from station.core.challenge import numbers_of
from station.core.nonconformance import PASSING
from station.core.person import same
from station.core.problem import Problem
from station.core.standing import print_problems, step_problems
from station.core.state import (
    GONE,
    IllegalStepError,
    LabelState,
    LabelStep,
    OrderState,
    OrderStep,
    label_after,
    order_after,
)
from station.core.workflow import Step
from station.records import keys
from station.records.standing import DUE, PASSED, REFUSED, standing_of

TABLES = (
    "work_order",
    "label",
    "label_count",
    "serial",
    "serial_import",
    "reprint",
    "order_event",
    "nonconformance",
    "verifier_reading",
    "stock",
    "odometer",
    "intake",
    "fault",
    "template",
    "calibration",
    "scanner_proof",
    "challenge",
    "quarantine",
    "disposition",
    "nonconformance_key",
    "printed_on",
    "workflow",
    "order_step",
    "person",
    "signature",
    "token",
    "baseline",
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS work_order(
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
    product TEXT NOT NULL, lot TEXT, gtin TEXT NOT NULL, quantity INTEGER NOT NULL,
    body TEXT NOT NULL, recipe TEXT, cause TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    held INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS work_order_by_state ON work_order(state);
CREATE INDEX IF NOT EXISTS work_order_by_lot ON work_order(lot);
CREATE INDEX IF NOT EXISTS work_order_by_gtin ON work_order(gtin);
CREATE TABLE IF NOT EXISTS label(
    order_id TEXT NOT NULL, number INTEGER NOT NULL, serial TEXT NOT NULL, state TEXT NOT NULL,
    reprint_of INTEGER NOT NULL, issued INTEGER NOT NULL, judged INTEGER, doubted INTEGER,
    released INTEGER, settled INTEGER,
    PRIMARY KEY (order_id, number)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS label_to_do ON label(order_id, number)
    WHERE state IN ('issued', 'accepted', 'in doubt');
CREATE TABLE IF NOT EXISTS label_count(
    order_id TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (order_id, state)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS serial(
    serial TEXT NOT NULL, gtin TEXT NOT NULL, order_id TEXT NOT NULL, place INTEGER,
    number INTEGER, PRIMARY KEY (serial, gtin)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS serial_to_come ON serial(order_id, place) WHERE number IS NULL;
CREATE TABLE IF NOT EXISTS serial_import(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, gtin TEXT NOT NULL,
    n INTEGER NOT NULL, file TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reprint(
    order_id TEXT NOT NULL, number INTEGER NOT NULL, serial TEXT NOT NULL, seq INTEGER NOT NULL,
    at TEXT NOT NULL, actor TEXT NOT NULL, witness TEXT NOT NULL, reason TEXT NOT NULL,
    became INTEGER, PRIMARY KEY (order_id, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS order_event(
    order_id TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (order_id, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonconformance(
    id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, order_id TEXT NOT NULL,
    number INTEGER NOT NULL, product TEXT NOT NULL, gtin TEXT NOT NULL, lot TEXT NOT NULL,
    serial TEXT NOT NULL, state TEXT NOT NULL, codes TEXT NOT NULL, reasons TEXT NOT NULL,
    symbols TEXT NOT NULL, evidence TEXT NOT NULL, settled TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX IF NOT EXISTS nonconformance_by_label ON nonconformance(order_id, number);
CREATE INDEX IF NOT EXISTS nonconformance_by_time ON nonconformance(at);
CREATE TABLE IF NOT EXISTS person(
    name TEXT PRIMARY KEY, seq INTEGER NOT NULL, roles TEXT NOT NULL, credential TEXT NOT NULL,
    badge TEXT UNIQUE, failures INTEGER NOT NULL DEFAULT 0, retired INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS nonconformance_by_order ON nonconformance(order_id, at);
CREATE INDEX IF NOT EXISTS nonconformance_by_product ON nonconformance(product, at);
CREATE INDEX IF NOT EXISTS nonconformance_counted
    ON nonconformance(at, order_id, number, codes);
CREATE TABLE IF NOT EXISTS nonconformance_key(
    key TEXT NOT NULL, at TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (key, at, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS disposition(
    found INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, order_id TEXT NOT NULL,
    number INTEGER NOT NULL, actor TEXT NOT NULL, witness TEXT NOT NULL,
    disposition TEXT NOT NULL, passed INTEGER NOT NULL, capa TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS disposition_by_label ON disposition(order_id, number);
CREATE TABLE IF NOT EXISTS printed_on(
    order_id TEXT PRIMARY KEY, printer TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signature(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, person TEXT NOT NULL, meaning TEXT NOT NULL,
    reason TEXT NOT NULL, factor TEXT NOT NULL, order_id TEXT NOT NULL, number INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS signature_by_order ON signature(order_id, number);
CREATE TABLE IF NOT EXISTS token(
    name TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL,
    scopes TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, expires TEXT, revoked TEXT) STRICT;
CREATE INDEX IF NOT EXISTS signature_by_person ON signature(person);
CREATE TABLE IF NOT EXISTS baseline(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, witness TEXT NOT NULL,
    reason TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS calibration(
    seq INTEGER PRIMARY KEY, name TEXT NOT NULL, revision TEXT NOT NULL,
    body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calibration_by_design ON calibration(name, revision);
CREATE TABLE IF NOT EXISTS verifier_reading(
    order_id TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL,
    identifier TEXT NOT NULL, grade TEXT NOT NULL, verifier TEXT NOT NULL,
    PRIMARY KEY (order_id, number, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stock(
    seq INTEGER PRIMARY KEY, order_id TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL,
    actor TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS stock_by_order ON stock(order_id);
CREATE TABLE IF NOT EXISTS odometer(
    seq INTEGER PRIMARY KEY, order_id TEXT NOT NULL, value INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS odometer_by_order ON odometer(order_id);
CREATE TABLE IF NOT EXISTS intake(
    sha256 TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, file TEXT NOT NULL,
    order_id TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (sha256, seq)) STRICT;
CREATE INDEX IF NOT EXISTS intake_by_file ON intake(file);
CREATE TABLE IF NOT EXISTS fault(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, device TEXT NOT NULL, conditions TEXT NOT NULL,
    detail TEXT NOT NULL, cleared TEXT, cleared_by TEXT, reason TEXT) STRICT;
CREATE TABLE IF NOT EXISTS template(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, revision TEXT NOT NULL,
    digest TEXT NOT NULL, author TEXT NOT NULL, approver TEXT NOT NULL, reason TEXT NOT NULL,
    retired TEXT, retired_by TEXT, retired_reason TEXT) STRICT;
CREATE INDEX IF NOT EXISTS template_by_name ON template(name, revision, seq);
CREATE TABLE IF NOT EXISTS scanner_proof(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, scanner TEXT NOT NULL,
    card TEXT NOT NULL, good INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS scanner_proof_by_scanner ON scanner_proof(scanner, seq);
CREATE TABLE IF NOT EXISTS challenge(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, order_id TEXT NOT NULL,
    ended INTEGER, ended_at TEXT, result TEXT) STRICT;
CREATE TABLE IF NOT EXISTS quarantine(
    order_id TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, cleared INTEGER,
    PRIMARY KEY (order_id, number)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS quarantine_open ON quarantine(order_id) WHERE cleared IS NULL;
CREATE TABLE IF NOT EXISTS workflow(
    order_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS order_step(
    order_id TEXT NOT NULL, seq INTEGER NOT NULL, step TEXT NOT NULL, outcome TEXT NOT NULL,
    at TEXT NOT NULL, actor TEXT NOT NULL, witness TEXT NOT NULL, reason TEXT NOT NULL,
    digest TEXT NOT NULL, PRIMARY KEY (order_id, seq)) STRICT, WITHOUT ROWID;
"""


def create(db: apsw.Connection) -> None:
    searchable = db.table_exists(None, "nonconformance_key")
    db.execute(_SCHEMA)
    if not searchable:
        keys.fill(db)


def rebuild(db: apsw.Connection, all_events: Iterable[e.Recorded]) -> None:
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
                (serial, event.gtin, order.id, place)
                for place, serial in enumerate(order.serials.planned(order.quantity), start=1)
            ),
        )
    _taken(db, recorded, event.sha256, event.file, order.id, "[]")
    _of_order(db, recorded, order.id)


def _order_refused(db: apsw.Connection, recorded: e.Recorded, event: e.OrderRefused) -> None:
    problems = json.dumps([asdict(each) for each in event.problems], ensure_ascii=False)
    _taken(db, recorded, event.sha256, event.file, "", problems)


def _serials_imported(db: apsw.Connection, recorded: e.Recorded, event: e.SerialsImported) -> None:
    db.executemany(
        "INSERT INTO serial VALUES(?,?,'',?,0)",
        ((serial, event.gtin, recorded.seq) for serial in event.serials),
    )
    db.execute(
        "INSERT INTO serial_import VALUES(?,?,?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            recorded.actor,
            event.gtin,
            len(event.serials),
            event.file,
            event.reason,
        ),
    )


def _taken(  # noqa: PLR0917 - one row, in the order of its columns
    db: apsw.Connection, recorded: e.Recorded, sha: str, file: str, order: str, problems: str
) -> None:
    db.execute(
        "INSERT INTO intake VALUES(?,?,?,?,?,?)",
        (sha, recorded.seq, recorded.at.isoformat(), file, order, problems),
    )


def _order_started(db: apsw.Connection, recorded: e.Recorded, event: e.OrderStarted) -> None:
    _step_order(db, recorded, event.order, OrderStep.START)
    _check_approved(db, event)
    db.execute(
        "UPDATE work_order SET recipe=? WHERE id=?", (event.recipe.model_dump_json(), event.order)
    )
    if event.printer:
        db.execute("INSERT INTO printed_on VALUES(?,?)", (event.order, event.printer))
    if event.workflow:
        db.execute(
            "INSERT INTO workflow VALUES(?,?,?)",
            (event.order, recorded.seq, event.workflow.model_dump_json()),
        )


def _order_held(db: apsw.Connection, recorded: e.Recorded, event: e.OrderHeld) -> None:
    _step_order(db, recorded, event.order, OrderStep.HOLD, cause=event.cause, detail=event.detail)
    db.execute("UPDATE work_order SET held=? WHERE id=?", (recorded.seq, event.order))


def _order_resumed(db: apsw.Connection, recorded: e.Recorded, event: e.OrderResumed) -> None:
    now = standing_of(db, event.order)
    _allow(event.order, "go on", print_problems(now) if now else ())
    _step_order(db, recorded, event.order, OrderStep.RESUME)


def _order_finished(db: apsw.Connection, recorded: e.Recorded, event: e.OrderFinished) -> None:
    _step_order(db, recorded, event.order, OrderStep.FINISH)


def _order_ended(db: apsw.Connection, recorded: e.Recorded, event: e.OrderEnded) -> None:
    _step_order(db, recorded, event.order, OrderStep.END, cause="ended", detail=event.reason)


def _order_closed(db: apsw.Connection, recorded: e.Recorded, event: e.OrderClosed) -> None:
    step = OrderStep.CLOSE_UNBALANCED if event.differences else OrderStep.CLOSE
    _step_order(db, recorded, event.order, step, detail=event.justification)


def _step_order(
    db: apsw.Connection,
    recorded: e.Recorded,
    order: str,
    step: OrderStep,
    *,
    cause: str = "",
    detail: str = "",
) -> None:
    now = _order_state(db, order)
    db.execute(
        "UPDATE work_order SET state=?, cause=?, detail=? WHERE id=?",
        (order_after(now, step), cause, detail, order),
    )
    _of_order(db, recorded, order)


def _order_state(db: apsw.Connection, order: str) -> OrderState:
    (now,) = _one(db, "SELECT state FROM work_order WHERE id=?", (order,))
    return OrderState(now)


def _of_order(db: apsw.Connection, recorded: e.Recorded, order: str) -> None:
    db.execute("INSERT INTO order_event VALUES(?,?)", (order, recorded.seq))


def _label_calibrated(db: apsw.Connection, recorded: e.Recorded, event: e.LabelCalibrated) -> None:
    setting = event.calibration.setting
    # A field that says nothing is left out: rows of earlier versions stay as they were.
    silent = {name for name in ("trend", "learned") if not event.calibration.model_dump()[name]}
    body = event.calibration.model_dump_json(exclude=silent)
    db.execute(
        "INSERT INTO calibration VALUES(?,?,?,?)",
        (recorded.seq, setting.template, setting.revision, body),
    )


def _verifier_read(db: apsw.Connection, recorded: e.Recorded, event: e.VerifierRead) -> None:
    _one(db, "SELECT 1 FROM label WHERE order_id=? AND number=?", (event.order, event.number))
    db.execute(
        "INSERT INTO verifier_reading VALUES(?,?,?,?,?,?)",
        (
            event.order,
            event.number,
            recorded.seq,
            event.identifier,
            event.grade,
            event.verifier,
        ),
    )
    _of_order(db, recorded, event.order)


def _stock_used(db: apsw.Connection, recorded: e.Recorded, event: e.StockUsed) -> None:
    _order_state(db, event.order)
    db.execute(
        "INSERT INTO stock VALUES(?,?,?,?,?,?)",
        (recorded.seq, event.order, event.kind, event.count, recorded.actor, event.reason),
    )
    _of_order(db, recorded, event.order)


def _line_cleared(db: apsw.Connection, recorded: e.Recorded, event: e.LineCleared) -> None:
    _allow_step(db, event.order, Step.CLEARANCE)
    _step_row(db, recorded, event, step=Step.CLEARANCE, outcome=PASSED)


def _step_signed(db: apsw.Connection, recorded: e.Recorded, event: e.StepSigned) -> None:
    _allow_step(db, event.order, event.step, passed=event.passed)
    outcome = PASSED if event.passed else REFUSED
    _step_row(db, recorded, event, step=event.step, outcome=outcome, digest=event.digest)


def _first_article_due(db: apsw.Connection, recorded: e.Recorded, event: e.FirstArticleDue) -> None:
    db.execute(
        "INSERT INTO order_step VALUES(?,?,?,?,?,?,'',?,'')",
        (
            event.order,
            recorded.seq,
            Step.FIRST_ARTICLE,
            DUE,
            recorded.at.isoformat(),
            recorded.actor,
            " ".join(event.causes),
        ),
    )
    _of_order(db, recorded, event.order)


def _step_row(
    db: apsw.Connection,
    recorded: e.Recorded,
    event: e.LineCleared | e.StepSigned,
    *,
    step: Step,
    outcome: str,
    digest: str = "",
) -> None:
    db.execute(
        "INSERT INTO order_step VALUES(?,?,?,?,?,?,?,?,?)",
        (
            event.order,
            recorded.seq,
            step,
            outcome,
            recorded.at.isoformat(),
            recorded.actor,
            event.witness,
            event.reason,
            digest,
        ),
    )
    _of_order(db, recorded, event.order)


def _allow_step(db: apsw.Connection, order: str, step: Step, *, passed: bool = True) -> None:
    now = standing_of(db, order)
    if now is None:
        raise IllegalStepError(f"order {order} has no steps to sign")
    _allow(order, f"pass {step}", step_problems(now, step, passed=passed))


def _allow(order: str, what: str, found: tuple[Problem, ...]) -> None:
    """A step out of its turn is a defect of the station, or a forged record."""
    if found:
        why = " ".join(str(each) for each in found)
        raise IllegalStepError(f"order {order} cannot {what}: {why}")


def _odometer_read(db: apsw.Connection, recorded: e.Recorded, event: e.OdometerRead) -> None:
    _order_state(db, event.order)
    db.execute("INSERT INTO odometer VALUES(?,?,?)", (recorded.seq, event.order, event.value))
    _of_order(db, recorded, event.order)


def _label_issued(db: apsw.Connection, recorded: e.Recorded, event: e.LabelIssued) -> None:
    if _order_state(db, event.order) != OrderState.RUNNING:
        raise IllegalStepError(f"a label is issued for order {event.order}, which is not running")
    db.execute(
        "INSERT INTO label(order_id, number, serial, state, reprint_of, issued)"
        " VALUES(?,?,?,?,?,?)",
        (
            event.order,
            event.number,
            event.serial,
            label_after(LabelState.PLANNED, LabelStep.ISSUE),
            event.reprint_of,
            recorded.seq,
        ),
    )
    _count(db, event.order, LabelState.ISSUED, 1)
    if event.reprint_of:
        _print_again(db, event)
    elif event.serial:
        _burn(db, event)


def _burn(db: apsw.Connection, event: e.LabelIssued) -> None:
    """Bind the serial to this label for ever; a serial bound already violates the table."""
    db.execute(
        "INSERT INTO serial VALUES(?,?,?,NULL,?) ON CONFLICT(serial, gtin) DO UPDATE"
        " SET number=excluded.number WHERE order_id=excluded.order_id AND number IS NULL",
        (event.serial, event.gtin, event.order, event.number),
    )
    if db.changes() != 1:
        raise apsw.ConstraintError(f"serial {event.serial} of {event.gtin} was issued before")


def _print_again(db: apsw.Connection, event: e.LabelIssued) -> None:
    """Use up the authorisation; without one, the serial is printed twice by nobody's leave."""
    db.execute(
        "UPDATE reprint SET became=? WHERE order_id=? AND number=? AND serial=? AND became IS NULL",
        (event.number, event.order, event.reprint_of, event.serial),
    )
    if db.changes() != 1:
        raise apsw.ConstraintError(f"serial {event.serial} of {event.gtin} was issued before")


def _label_judged(db: apsw.Connection, recorded: e.Recorded, event: e.LabelJudged) -> None:
    step = LabelStep.ACCEPT if event.accepted else LabelStep.REJECT
    before = _step_label(db, event.order, event.number, step, "judged", recorded.seq)
    if before == LabelState.IN_DOUBT:
        _of_order(db, recorded, event.order)
        _settle_nonconformance(
            db, event.order, event.number, f"{recorded.actor}: read, {_word(event.accepted)}"
        )
        keys.add_people(db, event.order, event.number, recorded.actor)
    if not event.accepted:
        reasons = [
            {"code": r.code, "ai": r.ai, "expected": r.expected, "read": r.read}
            for r in event.reasons
        ]
        symbols = [each.model_dump() for each in event.symbols]
        _nonconformance(db, recorded, event.order, event.number, reasons, symbols, event.evidence)


def _word(accepted: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "accepted" if accepted else "rejected"


def _label_in_doubt(db: apsw.Connection, recorded: e.Recorded, event: e.LabelInDoubt) -> None:
    _step_label(db, event.order, event.number, LabelStep.DOUBT, "doubted", recorded.seq)
    reason = {"code": event.cause, "ai": "", "expected": "", "read": event.detail}
    _nonconformance(db, recorded, event.order, event.number, [reason], [], event.evidence)
    _of_order(db, recorded, event.order)


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
        " SELECT ?, ?, l.order_id, l.number, o.product, o.gtin, coalesce(o.lot, ''), l.serial,"
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
    keys.add(db, db.last_insert_rowid())


def _label_released(db: apsw.Connection, recorded: e.Recorded, event: e.LabelReleased) -> None:
    _step_label(db, event.order, event.number, LabelStep.RELEASE, "released", recorded.seq)


def _label_settled(db: apsw.Connection, recorded: e.Recorded, event: e.LabelSettled) -> None:
    before = _step_label(
        db, event.order, event.number, _OUTCOMES[event.outcome], "settled", recorded.seq
    )
    if before in {LabelState.ACCEPTED, LabelState.RELEASED} and event.outcome in GONE:
        reason = {"code": "withdrawn", "ai": "", "expected": "", "read": event.reason}
        _nonconformance(db, recorded, event.order, event.number, [reason], [], event.evidence)
    if event.outcome in GONE:
        _clear(db, recorded, event.order, event.number, event.number)
    people = " + ".join(each for each in (recorded.actor, event.witness) if each)
    _settle_nonconformance(db, event.order, event.number, f"{people}: {event.reason}")
    keys.add_people(db, event.order, event.number, recorded.actor, event.witness)
    _of_order(db, recorded, event.order)


def _label_disposed(db: apsw.Connection, recorded: e.Recorded, event: e.LabelDisposed) -> None:
    """The table has room for one decision: a second one violates it."""
    _one(
        db,
        "SELECT 1 FROM nonconformance WHERE seq=? AND order_id=? AND number=?",
        (event.found, event.order, event.number),
    )
    db.execute(
        "INSERT INTO disposition VALUES(?,?,?,?,?,?,?,?,?,?)",
        (
            event.found,
            recorded.seq,
            recorded.at.isoformat(),
            event.order,
            event.number,
            recorded.actor,
            event.witness,
            event.disposition,
            int(event.passed),
            event.capa,
        ),
    )
    if event.passed:
        _let_pass(db, recorded, event)
    keys.add_people(db, event.order, event.number, recorded.actor, event.witness)
    _of_order(db, recorded, event.order)


def _let_pass(db: apsw.Connection, recorded: e.Recorded, event: e.LabelDisposed) -> None:
    if event.disposition not in PASSING:
        raise IllegalStepError(f"{event.disposition} lets no label of {event.order} pass")
    _check_only_one(db, event)
    _step_label(db, event.order, event.number, LabelStep.CONCEDE, "released", recorded.seq)
    people = f"{recorded.actor} + {event.witness}"
    settled = f"{people}: {event.disposition}, {event.evaluation}"
    _settle_nonconformance(db, event.order, event.number, settled)


def _check_only_one(db: apsw.Connection, event: e.LabelDisposed) -> None:
    """No other label with its serial is, or may come to be, on a device."""
    (serial,) = _one(
        db, "SELECT serial FROM label WHERE order_id=? AND number=?", (event.order, event.number)
    )
    others = db.execute(
        "SELECT number, state FROM label WHERE order_id=? AND serial=? AND number!=?",
        (event.order, serial, event.number),
    )
    if not serial or any(LabelState(state) not in GONE for _, state in others):
        raise IllegalStepError(f"label {event.number} of {event.order} is not the only one")


_OUTCOMES: dict[LabelState, LabelStep] = {
    LabelState.DESTROYED: LabelStep.DESTROY,
    LabelState.NOT_PRINTED: LabelStep.DECLARE_NOT_PRINTED,
    LabelState.RELEASED: LabelStep.RELEASE,
    LabelState.SAMPLE: LabelStep.RETAIN,
    LabelState.VOIDED: LabelStep.VOID,
}


def _settle_nonconformance(db: apsw.Connection, order: str, number: int, settled: str) -> None:
    db.execute(
        "UPDATE nonconformance SET settled=?1,"
        " state=(SELECT state FROM label l WHERE l.order_id=?2 AND l.number=?3)"
        " WHERE order_id=?2 AND number=?3",
        (settled, order, number),
    )


def _reprint_authorised(
    db: apsw.Connection, recorded: e.Recorded, event: e.ReprintAuthorised
) -> None:
    serial, state = _one(
        db,
        "SELECT serial, state FROM label WHERE order_id=? AND number=?",
        (event.order, event.number),
    )
    if not serial or LabelState(state) not in GONE:
        raise IllegalStepError(f"label {event.number} of {event.order} is {state}, not gone")
    again = db.execute(
        "SELECT 1 FROM label WHERE order_id=? AND number>? AND serial=?",
        (event.order, event.number, serial),
    ).fetchone()
    if again:
        raise IllegalStepError(f"serial {serial} was printed again after label {event.number}")
    db.execute(
        "INSERT INTO reprint VALUES(?,?,?,?,?,?,?,?,NULL)",
        (
            event.order,
            event.number,
            serial,
            recorded.seq,
            recorded.at.isoformat(),
            recorded.actor,
            event.witness,
            event.reason,
        ),
    )
    _of_order(db, recorded, event.order)


def _step_label(  # noqa: PLR0917 - one row, and the column that remembers the event
    db: apsw.Connection, order: str, number: int, step: LabelStep, column: str, seq: int
) -> LabelState:
    """Returns the state before."""
    (now,) = _one(db, "SELECT state FROM label WHERE order_id=? AND number=?", (order, number))
    before = LabelState(now)
    after = label_after(before, step)
    db.execute(
        f"UPDATE label SET state=?, {column}=? WHERE order_id=? AND number=?",  # noqa: S608 - a name from this module
        (after, seq, order, number),
    )
    _count(db, order, before, -1)
    _count(db, order, after, 1)
    return before


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


def _scanner_proved(db: apsw.Connection, recorded: e.Recorded, event: e.ScannerProved) -> None:
    db.execute(
        "INSERT INTO scanner_proof VALUES(?,?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            recorded.actor,
            event.scanner,
            event.card,
            int(not event.problems),
        ),
    )


def _challenge_started(
    db: apsw.Connection, recorded: e.Recorded, event: e.ChallengeStarted
) -> None:
    if _order_state(db, event.order) != OrderState.HELD:
        raise IllegalStepError(f"a challenge begins with order {event.order}, which is not held")
    if db.execute("SELECT 1 FROM challenge WHERE ended IS NULL").fetchone():
        raise IllegalStepError("a challenge begins before the last one has ended")
    db.execute(
        "INSERT INTO challenge(seq, at, actor, order_id) VALUES(?,?,?,?)",
        (recorded.seq, recorded.at.isoformat(), recorded.actor, event.order),
    )
    _of_order(db, recorded, event.order)


def _challenge_specimen(
    db: apsw.Connection, recorded: e.Recorded, event: e.ChallengeSpecimen
) -> None:
    _one(db, "SELECT 1 FROM challenge WHERE ended IS NULL AND order_id=?", (event.order,))
    _of_order(db, recorded, event.order)


def _challenge_ended(db: apsw.Connection, recorded: e.Recorded, event: e.ChallengeEnded) -> None:
    db.execute(
        "UPDATE challenge SET ended=?, ended_at=?, result=? WHERE ended IS NULL AND order_id=?",
        (recorded.seq, recorded.at.isoformat(), event.result, event.order),
    )
    if db.changes() != 1:
        raise IllegalStepError(f"a challenge of order {event.order} ends that never began")
    _of_order(db, recorded, event.order)


def _labels_quarantined(
    db: apsw.Connection, recorded: e.Recorded, event: e.LabelsQuarantined
) -> None:
    """A label that was cleared before is on hold once more."""
    db.executemany(
        "INSERT INTO quarantine VALUES(?,?,?,NULL) ON CONFLICT(order_id, number) DO UPDATE"
        " SET seq=excluded.seq, cleared=NULL WHERE cleared IS NOT NULL",
        ((event.order, number, recorded.seq) for number in numbers_of(event.labels)),
    )
    _of_open_order(db, recorded, event.order)


def _labels_cleared(db: apsw.Connection, recorded: e.Recorded, event: e.LabelsCleared) -> None:
    for first, last in event.labels:
        if _clear(db, recorded, event.order, first, last) != last - first + 1:
            raise IllegalStepError(f"labels of {event.order} are cleared that are not on hold")
    _of_open_order(db, recorded, event.order)


def _clear(db: apsw.Connection, recorded: e.Recorded, order: str, first: int, last: int) -> int:
    """How many labels are on hold no more."""
    db.execute(
        "UPDATE quarantine SET cleared=? WHERE order_id=? AND number BETWEEN ? AND ?"
        " AND cleared IS NULL",
        (recorded.seq, order, first, last),
    )
    return db.changes()


def _of_open_order(db: apsw.Connection, recorded: e.Recorded, order: str) -> None:
    """Closing stays the last event of an order, though its labels may be put on hold later."""
    if _order_state(db, order) not in {OrderState.CLOSED, OrderState.CLOSED_UNBALANCED}:
        _of_order(db, recorded, order)


def _person_added(db: apsw.Connection, recorded: e.Recorded, event: e.PersonAdded) -> None:
    if any(same(event.name, name) for (name,) in db.execute("SELECT name FROM person")):
        raise IllegalStepError(f"there is or was a person called {event.name} already")
    _check_badge_free(db, event.badge)
    db.execute(
        "INSERT INTO person(name, seq, roles, credential, badge) VALUES(?,?,?,?,?)",
        (
            event.name,
            recorded.seq,
            json.dumps(event.roles),
            event.credential,
            event.badge or None,
        ),
    )


def _check_badge_free(db: apsw.Connection, badge: str) -> None:
    if badge and db.execute("SELECT 1 FROM person WHERE badge=?", (badge,)).fetchone():
        raise IllegalStepError("this badge is somebody's already")


def _of_person(db: apsw.Connection, name: str, change: str, *values: str | int | None) -> None:
    """`change` is a text of this module."""
    statement = f"UPDATE person SET {change} WHERE name=? AND retired IS NULL"  # noqa: S608
    db.execute(statement, (*values, name))
    if not db.changes():
        raise IllegalStepError(f"there is nobody called {name} who could sign in")


def _roles_given(db: apsw.Connection, _: e.Recorded, event: e.RolesGiven) -> None:
    _of_person(db, event.name, "roles=?", json.dumps(event.roles))


def _credential_set(db: apsw.Connection, _: e.Recorded, event: e.CredentialSet) -> None:
    _of_person(db, event.name, "credential=?", event.credential)


def _badge_given(db: apsw.Connection, _: e.Recorded, event: e.BadgeGiven) -> None:
    _check_badge_free(db, event.badge)
    _of_person(db, event.name, "badge=?", event.badge or None)


def _person_retired(db: apsw.Connection, recorded: e.Recorded, event: e.PersonRetired) -> None:
    _of_person(db, event.name, "retired=?, badge=NULL", recorded.seq)


def _signed_in(db: apsw.Connection, _: e.Recorded, event: e.SignedIn) -> None:
    _of_person(db, event.name, "failures=0")


def _sign_in_failed(db: apsw.Connection, _: e.Recorded, event: e.SignInFailed) -> None:
    _of_person(db, event.name, "failures=failures+1")


def _unlocked(db: apsw.Connection, _: e.Recorded, event: e.Unlocked) -> None:
    _of_person(db, event.name, "failures=0")


def _signed(db: apsw.Connection, recorded: e.Recorded, event: e.Signed) -> None:
    if not event.first <= event.last < recorded.seq:
        raise IllegalStepError("a signature stands behind what it signs")
    db.execute(
        "INSERT INTO signature VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            event.person,
            event.meaning,
            event.reason,
            event.factor,
            event.order,
            event.number,
            event.first,
            event.last,
            event.digest,
        ),
    )
    if event.order:
        _of_order(db, recorded, event.order)


def _token_issued(db: apsw.Connection, recorded: e.Recorded, event: e.TokenIssued) -> None:
    db.execute(
        "INSERT INTO token(name, seq, at, actor, scopes, digest, expires) VALUES(?,?,?,?,?,?,?)",
        (
            event.name,
            recorded.seq,
            recorded.at.isoformat(),
            recorded.actor,
            json.dumps(event.scopes),
            event.digest,
            event.expires.isoformat() if event.expires else None,
        ),
    )


def _token_revoked(db: apsw.Connection, recorded: e.Recorded, event: e.TokenRevoked) -> None:
    db.execute(
        "UPDATE token SET revoked=? WHERE name=? AND revoked IS NULL",
        (recorded.at.isoformat(), event.name),
    )
    if not db.changes():
        raise IllegalStepError(f"there is no token {event.name} that holds")


def _template_approved(
    db: apsw.Connection, recorded: e.Recorded, event: e.TemplateApproved
) -> None:
    before = _approval(db, event.name, event.revision)
    if before and before[2]:
        raise IllegalStepError(f"template {event.name} {event.revision} is retired")
    db.execute(
        "INSERT INTO template(seq, at, name, revision, digest, author, approver, reason)"
        " VALUES(?,?,?,?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            event.name,
            event.revision,
            event.digest,
            event.author,
            event.approver,
            event.reason,
        ),
    )


def _template_retired(db: apsw.Connection, recorded: e.Recorded, event: e.TemplateRetired) -> None:
    before = _approval(db, event.name, event.revision)
    if before is None or before[2]:
        raise IllegalStepError(f"template {event.name} {event.revision} is not approved")
    db.execute(
        "UPDATE template SET retired=?, retired_by=?, retired_reason=? WHERE seq=?",
        (recorded.at.isoformat(), recorded.actor, event.reason, before[0]),
    )


def _baseline_approved(
    db: apsw.Connection, recorded: e.Recorded, event: e.BaselineApproved
) -> None:
    db.execute(
        "INSERT INTO baseline VALUES(?,?,?,?,?,?)",
        (
            recorded.seq,
            recorded.at.isoformat(),
            recorded.actor,
            event.witness,
            event.reason,
            event.digest,
        ),
    )


def _approval(db: apsw.Connection, name: str, revision: str) -> tuple[int, str, str | None] | None:
    """(event, digest, since when it is retired) of the last approval."""
    row = db.execute(
        "SELECT seq, digest, retired FROM template WHERE name=? AND revision=?"
        " ORDER BY seq DESC LIMIT 1",
        (name, revision),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]), row[2])


def _check_approved(db: apsw.Connection, event: e.OrderStarted) -> None:
    """From the first approval on, no order starts with a design that is not approved.

    Journals of earlier versions, and the events of one order by themselves, hold no approvals.
    """
    if db.execute("SELECT 1 FROM template LIMIT 1").fetchone() is None:
        return
    name, revision = _one(
        db,
        "SELECT json_extract(body, '$.template'), json_extract(body, '$.revision')"
        " FROM work_order WHERE id=?",
        (event.order,),
    )
    found = _approval(db, name, revision)
    if found is None or found[2] or found[1] != event.recipe.template:
        raise IllegalStepError(f"order {event.order} starts with a template nobody approved")


def _one(db: apsw.Connection, sql: str, values: tuple[object, ...]) -> tuple[Any, ...]:
    row = db.execute(sql, values).fetchone()
    if row is None:
        raise LookupError(f"nothing recorded for {values}")
    return tuple(row)


_STEPS: dict[type, Callable[[apsw.Connection, e.Recorded, Any], None]] = {
    e.OrderAccepted: _order_accepted,
    e.OrderRefused: _order_refused,
    e.SerialsImported: _serials_imported,
    e.OrderStarted: _order_started,
    e.OrderHeld: _order_held,
    e.OrderResumed: _order_resumed,
    e.OrderFinished: _order_finished,
    e.OrderEnded: _order_ended,
    e.OrderClosed: _order_closed,
    e.VerifierRead: _verifier_read,
    e.StockUsed: _stock_used,
    e.OdometerRead: _odometer_read,
    e.LineCleared: _line_cleared,
    e.FirstArticleDue: _first_article_due,
    e.StepSigned: _step_signed,
    e.LabelIssued: _label_issued,
    e.LabelJudged: _label_judged,
    e.LabelReleased: _label_released,
    e.LabelInDoubt: _label_in_doubt,
    e.LabelSettled: _label_settled,
    e.ReprintAuthorised: _reprint_authorised,
    e.LabelDisposed: _label_disposed,
    e.FaultRaised: _fault_raised,
    e.FaultCleared: _fault_cleared,
    e.ScannerProved: _scanner_proved,
    e.ChallengeStarted: _challenge_started,
    e.ChallengeSpecimen: _challenge_specimen,
    e.ChallengeEnded: _challenge_ended,
    e.LabelsQuarantined: _labels_quarantined,
    e.LabelsCleared: _labels_cleared,
    e.TemplateApproved: _template_approved,
    e.TemplateRetired: _template_retired,
    e.BaselineApproved: _baseline_approved,
    e.LabelCalibrated: _label_calibrated,
    e.PersonAdded: _person_added,
    e.RolesGiven: _roles_given,
    e.CredentialSet: _credential_set,
    e.BadgeGiven: _badge_given,
    e.PersonRetired: _person_retired,
    e.SignedIn: _signed_in,
    e.SignInFailed: _sign_in_failed,
    e.Unlocked: _unlocked,
    e.Signed: _signed,
    e.TokenIssued: _token_issued,
    e.TokenRevoked: _token_revoked,
}
