"""Every order on its sheet once more: what was closed still balances as it was closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from station.core.events import OrderClosed
from station.core.problem import Problem, problem
from station.core.state import OPEN, LabelState, OrderState
from station.records.audit.tables import placed
from station.records.journal import recorded_at
from station.records.query import Records

_CLOSED = {OrderState.CLOSED, OrderState.CLOSED_UNBALANCED}

_GOOD = (LabelState.ACCEPTED, LabelState.RELEASED, LabelState.SAMPLE)

NAMED_AT_MOST = 20
"""Open labels of one order, by number."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What there is to say of an order."""

    problems: tuple[Problem, ...] = ()
    """Its sheet is not the one it was closed on."""

    twice: tuple[Problem, ...] = ()
    """One serial on two good labels."""

    notes: tuple[Problem, ...] = ()
    """It is not closed: that is no fault."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """An order's labels, added up by SQLite."""

    states: dict[str, int]
    doubted: int
    labels: int
    highest: int
    serials: int
    distinct: int

    @property
    def plain(self) -> bool:
        """Nothing about these labels can make a difference on the sheet."""
        unsettled = any(LabelState(each) in OPEN for each in self.states)
        return (
            not unsettled
            and not self.doubted
            and self.labels == self.highest
            and self.serials == self.distinct
            and LabelState.NOT_PRINTED not in self.states
        )


def orders(db: apsw.Connection) -> Iterator[tuple[str, OrderState]]:
    """Every order there is, oldest first."""
    for order, state in db.execute("SELECT id, state FROM work_order ORDER BY seq").fetchall():
        yield str(order), OrderState(str(state))


def events(db: apsw.Connection, order: str) -> tuple[int, ...]:
    """Every event that the rows of an order name, in order."""
    columns = ("issued", "judged", "doubted", "released", "settled")
    labels = " UNION ".join(
        f"SELECT {each} FROM label WHERE order_id=?1 AND {each} IS NOT NULL"  # noqa: S608 - names from above
        for each in columns
    )
    rows = db.execute(
        f"SELECT seq FROM order_event WHERE order_id=?1 UNION {labels} ORDER BY 1",  # noqa: S608 - names from above
        (order,),
    )
    return tuple(int(seq) for (seq,) in rows)


def reckoned(db: apsw.Connection, order: str, state: OrderState) -> Reckoned:
    """One order: its sheet against the one it was closed on, and its serials."""
    labels = _sum(db, order)
    twice = tuple(_twice(db, order)) if labels.serials != labels.distinct else ()
    if state not in _CLOSED:
        return Reckoned(twice=twice, notes=(_still_open(db, order, state),))
    return Reckoned(problems=tuple(_unlike(db, order, labels)), twice=twice)


def _sum(db: apsw.Connection, order: str) -> _Sum:
    rows: list[tuple[Any, ...]] = db.execute(
        "SELECT state, count(*), count(doubted) FROM label WHERE order_id=? GROUP BY state",
        (order,),
    ).fetchall()
    added: list[tuple[Any, ...]] = db.execute(
        "SELECT min(number), coalesce(max(number), 0), count(nullif(serial, '')),"
        " count(DISTINCT nullif(serial, '')) FROM label WHERE order_id=?",
        (order,),
    ).fetchall()
    lowest, highest, serials, distinct = added[0]
    return _Sum(
        states={str(state): n for state, n, _ in rows},
        doubted=sum(doubted for _, _, doubted in rows),
        labels=sum(n for _, n, _ in rows),
        highest=highest if lowest in {None, 1} else -1,
        serials=serials,
        distinct=distinct,
    )


def _twice(db: apsw.Connection, order: str) -> Iterator[Problem]:
    for serial, numbers in db.execute(
        "SELECT serial, group_concat(number, ', ') FROM label WHERE order_id=? AND serial != ''"
        " AND state IN (?, ?, ?) GROUP BY serial HAVING count(*) > 1 ORDER BY 1",
        (order, *_GOOD),
    ):
        yield problem(
            "Order {order}: serial {serial} is on more than one good label: {numbers}.",
            order=order,
            serial=serial,
            numbers=numbers,
        )


def _still_open(db: apsw.Connection, order: str, state: OrderState) -> Problem:
    numbers = [each.number for each in Records(db).open_labels(order)]
    named = ", ".join(map(str, numbers[:NAMED_AT_MOST]))
    return problem(
        "Order {order} is {state}; open labels: {labels}.",
        order=order,
        state=state,
        labels=f"{named}, …" if len(numbers) > NAMED_AT_MOST else named or "none",
    )


def _unlike(db: apsw.Connection, order: str, labels: _Sum) -> Iterator[Problem]:
    """Where the sheet is another one than the order was closed on."""
    seq = db.execute(
        "SELECT max(e.seq) FROM order_event o JOIN event e ON e.seq = o.seq"
        " WHERE o.order_id=? AND e.type='OrderClosed'",
        (order,),
    ).get
    closed = recorded_at(db, seq) if seq else None
    if closed is None or not isinstance(closed.event, OrderClosed):
        yield problem("Order {order} is closed, but no event closed it.", order=order)
        return
    event = closed.event
    if _plainly_as_closed(db, order, labels, event):
        return
    sheet = Records(db).sheet(order)
    if sheet is None:
        yield problem("Order {order} is in its table, but not found there by its id.", order=order)
        return
    now = (
        {str(state): n for state, n in sheet.states.items()},
        {str(kind): n for kind, n in sheet.stock.items()},
        sheet.odometer,
        sheet.differences,
    )
    then = (event.states, event.stock, event.odometer, event.differences)
    names = ("states", "stock", "odometer", "differences")
    for name, expected, got in zip(names, then, now, strict=True):
        if expected != got:
            yield problem(
                "Event {event} closed the order with {name} {expected}, but its labels now"
                " come to {got}.",
                event=placed(closed),
                name=name,
                expected=_text(expected),
                got=_text(got),
            )


def _plainly_as_closed(db: apsw.Connection, order: str, labels: _Sum, event: OrderClosed) -> bool:
    """The common case without looking at each label: all settled, nothing twice, no stock."""
    (start, end), n = event.odometer, labels.labels
    counted = end - start == n if start is not None and end is not None else start is end
    stocked = db.execute("SELECT count(*) FROM stock WHERE order_id=?", (order,)).get
    values = [v for (v,) in db.execute(_ODOMETER, (order,))]
    ends = (values[0], values[-1]) if len(values) > 1 else (None, None)
    return bool(
        labels.plain
        and counted
        and not stocked
        and ends == event.odometer
        and (event.states, event.stock, event.differences) == (labels.states, {}, ())
    )


_ODOMETER = "SELECT value FROM odometer WHERE order_id=? ORDER BY seq"


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{n} {name}" for name, n in sorted(value.items())) or "none"
    return " ".join(map(str, value)) if isinstance(value, tuple) and value else "none"
