"""From any mark on a label, a paper or a package to everything recorded about it.

A recall manager has a box in the hand, a complaint names a serial, an auditor picks a lot. All of
them type or scan what they have, and get the orders and the labels with what became of each: state,
verdict, picture, bytes, and the people who had a hand in it.

What is ambiguous is not guessed at: a text that is a serial and a lot as well finds both. Every
question goes through an index, so an answer takes as long in ten million labels as in ten.
"""

import json
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import apsw

from station.core.events import (
    Event,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelSettled,
    Recorded,
    ReprintAuthorised,
)
from station.core.gs1 import ElementString
from station.core.problem import Problem, Refused, problem
from station.core.state import LabelState, OrderState
from station.records.imported import Imported, imported
from station.records.journal import recorded_at
from station.records.query import Records
from station.records.trace.asked import Understood, understood
from station.records.trace.traced import Step, Traced, TracedLabel, TracedOrder

MOST = 100
"""Orders, and labels, in one answer."""

EVENTS = 2000
"""Events of orders that are looked through for the people in them."""

_PRINTS_MORE = {OrderState.WAITING, OrderState.RUNNING, OrderState.HELD}


def trace(text: str, db: apsw.Connection) -> Traced:
    """Everything recorded about what this text can mean; at most MOST orders and MOST labels.

    Never raises for any text: one that means nothing here finds nothing.
    """
    meant = understood(text)
    # A serial names its label, so whole orders are not shown label by label beside it.
    named = tuple(islice(_labels_named(db, meant), MOST + 1))
    of_orders = tuple(islice(_unique(_orders_named(db, meant)), MOST + 1))
    orders = tuple(_unique((*of_orders, *(each.order for each in named))))
    rest = islice(_labels_of(db, of_orders, named), MOST + 1 - len(named))
    labels = (*named, *rest)
    used = tuple(islice(_unique(_imported(db, meant)), MOST))
    return Traced(
        text=text,
        understood=meant,
        orders=tuple(_orders(db, orders[:MOST])),
        labels=labels[:MOST],
        imported=used,
        more=len(orders) > MOST or len(labels) > MOST,
        notes=(*meant.problems, *_notes(meant, named, of_orders, used)),
    )


def _orders_named(db: apsw.Connection, meant: Understood) -> Iterator[str]:
    for text in meant.texts:
        yield from _ids(db, "SELECT id FROM work_order WHERE id=?", text)
        yield from _ids(db, "SELECT id FROM work_order WHERE lot=? ORDER BY rowid DESC", text)
    if meant.gtin and meant.lot:
        # The plus keeps the index of the GTIN out of it: there are many lots of one product.
        sql = "SELECT id FROM work_order WHERE lot=? AND +gtin=? ORDER BY rowid DESC"
        yield from _ids(db, sql, meant.lot, meant.gtin)
    elif meant.gtin and not meant.serial:
        yield from _ids(
            db, "SELECT id FROM work_order WHERE gtin=? ORDER BY rowid DESC", meant.gtin
        )


def _ids(db: apsw.Connection, sql: str, *values: str) -> Iterator[str]:
    for (found,) in db.execute(sql, values):
        yield str(found)


def _labels_named(db: apsw.Connection, meant: Understood) -> Iterator[TracedLabel]:
    """The labels with this serial, printed again or not."""
    rows: list[tuple[str, str, str, int | None]] = []
    columns = "SELECT gtin, serial, order_id, number FROM serial WHERE serial=? AND order_id != ''"
    if meant.serial:
        rows += db.execute(f"{columns} AND gtin=?", (meant.serial, meant.gtin))
    for text in meant.texts:
        rows += islice(db.execute(columns, (text,)), MOST + 1)
    for gtin, serial, order, number in dict.fromkeys(rows):
        if number is None:
            yield _planned(db, order, gtin=gtin, serial=serial)
        else:
            yield from _label_and_reprints(db, order, number)


def _imported(db: apsw.Connection, meant: Understood) -> Iterator[Imported]:
    """Serials of labels that were made before the station, or elsewhere."""
    if meant.serial:
        yield from imported(db, meant.serial, gtin=meant.gtin)
    for text in meant.texts:
        yield from imported(db, text)


def _label_and_reprints(db: apsw.Connection, order: str, number: int) -> Iterator[TracedLabel]:
    following = number
    while following:
        label = _label(db, order, following)
        yield label
        following = label.became


def _labels_of(
    db: apsw.Connection, orders: Iterable[str], named: tuple[TracedLabel, ...]
) -> Iterator[TracedLabel]:
    shown = {(each.order, each.number) for each in named}
    for order in orders:
        rows = db.execute("SELECT number FROM label WHERE order_id=? ORDER BY number", (order,))
        for (number,) in rows:
            if (order, number) not in shown:
                yield _label(db, order, number)


def _planned(db: apsw.Connection, order: str, *, gtin: str, serial: str) -> TracedLabel:
    """A serial without a label: still to come, or never used any more."""
    lot, state = _row(db, "SELECT coalesce(lot, ''), state FROM work_order WHERE id=?", order)
    more = OrderState(state) in _PRINTS_MORE
    return TracedLabel(
        order=order,
        number=0,
        gtin=gtin,
        lot=lot,
        serial=serial,
        state=LabelState.PLANNED if more else LabelState.UNUSED,
        reprint_of=0,
        became=0,
        data=b"",
        zpl="",
        accepted=None,
        reasons=(),
        symbols=(),
        evidence="",
        nonconformances=(),
        steps=(),
        people=(),
    )


def _label(db: apsw.Connection, order: str, number: int) -> TracedLabel:
    gtin, lot, serial, state, reprint_of, became = _row(
        db,
        "SELECT o.gtin, coalesce(o.lot, ''), l.serial, l.state, l.reprint_of,"
        " coalesce(r.became, 0) FROM label l JOIN work_order o ON o.id = l.order_id"
        " LEFT JOIN reprint r ON r.order_id = l.order_id AND r.number = l.number"
        " WHERE l.order_id=? AND l.number=?",
        order,
        number,
    )
    events = tuple(_events(db, order, number))
    issued = next(each.event for each in events if isinstance(each.event, LabelIssued))
    judged = next((e.event for e in reversed(events) if isinstance(e.event, LabelJudged)), None)
    steps = tuple(_step(each) for each in events)
    return TracedLabel(
        order=order,
        number=number,
        gtin=gtin,
        lot=lot,
        serial=serial,
        state=LabelState(state),
        reprint_of=reprint_of,
        became=became,
        data=bytes.fromhex(issued.data),
        zpl=issued.zpl,
        accepted=judged.accepted if judged else None,
        reasons=judged.reasons if judged else (),
        symbols=judged.symbols if judged else (),
        evidence=_picture(events),
        nonconformances=tuple(
            number
            for (number,) in db.execute(
                "SELECT id FROM nonconformance WHERE order_id=? AND number=? ORDER BY id",
                (order, number),
            )
        ),
        steps=steps,
        people=_people(name for each in steps for name in (each.actor, each.witness)),
        recipe=issued.recipe,
        quality=judged.quality if judged else None,
        verified=Records(db).verifier_readings(order, number),
    )


def _events(db: apsw.Connection, order: str, number: int) -> Iterator[Recorded]:
    """The events a label's row points to, and the leave to print its serial again; in order."""
    found = _row(
        db,
        "SELECT l.issued, l.judged, l.doubted, l.released, l.settled, r.seq FROM label l"
        " LEFT JOIN reprint r ON r.order_id = l.order_id AND r.number = l.number"
        " WHERE l.order_id=? AND l.number=?",
        order,
        number,
    )
    for seq in sorted({int(each) for each in found if each is not None}):
        event = recorded_at(db, seq)
        if event:
            yield event


def _step(recorded: Recorded) -> Step:
    witness, reason = _said(recorded.event)
    return Step(recorded.seq, recorded.at, recorded.event.type, recorded.actor, witness, reason)


def _said(event: Event) -> tuple[str, str]:
    """(second person, reason) of an event, where it has them."""
    match event:
        case LabelSettled() | ReprintAuthorised():
            return event.witness, event.reason
        case LabelInDoubt():
            return "", " ".join(filter(None, (event.cause, event.detail)))
        case _:
            return "", ""


def _picture(events: tuple[Recorded, ...]) -> str:
    """The picture of the last look at the label that made one."""
    pictures = (
        each.event.evidence
        for each in reversed(events)
        if isinstance(each.event, LabelJudged | LabelInDoubt | LabelSettled)
    )
    return next(filter(None, pictures), "")


def _orders(db: apsw.Connection, ids: tuple[str, ...]) -> Iterator[TracedOrder]:
    share = max(1, EVENTS // max(1, len(ids)))
    for order in ids:
        product, lot, gtin, state, quantity, at = _row(
            db,
            "SELECT product, coalesce(lot, ''), gtin, state, quantity, at FROM work_order"
            " WHERE id=?",
            order,
        )
        counts = db.execute("SELECT state, n FROM label_count WHERE order_id=?", (order,))
        acted = tuple(_acted(db, order, limit=share + 1))
        yield TracedOrder(
            id=order,
            product=product,
            lot=lot,
            gtin=gtin,
            state=OrderState(state),
            quantity=quantity,
            accepted_at=datetime.fromisoformat(at),
            labels=tuple((LabelState(state), n) for state, n in counts if n),
            people=_people(name for pair in acted[:share] for name in pair),
            more_people=len(acted) > share,
        )


def _acted(db: apsw.Connection, order: str, *, limit: int) -> Iterator[tuple[str, str]]:
    """(actor, witness) of the events of an order."""
    rows = db.execute(
        "SELECT e.actor, e.body FROM order_event o JOIN event e ON e.seq = o.seq"
        " WHERE o.order_id=? ORDER BY o.seq LIMIT ?",
        (order, limit),
    )
    for actor, body in rows:
        witness = json.loads(body).get("witness") if '"witness"' in body else ""
        yield str(actor), str(witness or "")


def _people(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in names if each and each != "station"))


def _notes(
    meant: Understood,
    named: tuple[TracedLabel, ...],
    orders: tuple[str, ...],
    used: tuple[Imported, ...],
) -> Iterator[Problem]:
    for found in used:
        yield problem(
            "Serial {serial} of GTIN {gtin} was used before: imported by {by} from {file} on {day}"
            " ({reason}). Nothing was printed with it here.",
            serial=found.serial,
            gtin=found.gtin,
            by=found.actor,
            file=found.file,
            day=found.at.date().isoformat(),
            reason=found.reason,
        )
    if meant.serial and not used and not any(each.serial == meant.serial for each in named):
        yield problem(
            "Serial {serial} of GTIN {gtin} was never planned or printed here.",
            serial=meant.serial,
            gtin=meant.gtin or "–",
        )
    if meant.lot and not meant.serial and not orders:
        yield problem(
            "No order here has lot {lot} and GTIN {gtin}.", lot=meant.lot, gtin=meant.gtin or "–"
        )
    if meant.elements and meant.serial:
        elements = meant.elements
        for each in (each for each in named if each.number and not _same(each, elements)):
            yield problem(
                "This is not what was printed on label {number} of order {order}: {printed}.",
                number=each.number,
                order=each.order,
                printed=_shown(each.data),
            )


def _same(label: TracedLabel, elements: ElementString) -> bool:
    """Whether the label carries these elements, in whatever order they were written down."""
    with suppress(Refused):
        return ElementString.parse(label.data).canonical() == elements.canonical()
    return False


def _shown(data: bytes) -> str:
    with suppress(Refused):
        return ElementString.parse(data).hri()
    return data.hex()


U = TypeVar("U", bound=Hashable)


def _unique(every: Iterable[U]) -> Iterator[U]:
    seen: set[U] = set()
    for each in every:
        if each not in seen:
            seen.add(each)
            yield each


def _row(db: apsw.Connection, sql: str, *values: object) -> tuple[Any, ...]:
    """The one row there has to be."""
    row = db.execute(sql, values).fetchone()
    assert row is not None, "a table of the journal names it"
    return tuple(row)
