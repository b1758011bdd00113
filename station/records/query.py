"""Questions to the records: orders, labels, nonconformances. Read-only; safe beside the writer."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import apsw
from pydantic import TypeAdapter

from station.core.events import Recipe
from station.core.order import WorkOrder
from station.core.problem import Problem
from station.core.reconciliation import Reconciliation, reconcile
from station.core.state import LabelState, OrderState

ALL = -1
"""No limit to the rows."""

_ORDER_COLUMNS = "id, body, gtin, state, at, cause, detail, held, recipe"


@dataclass(frozen=True, slots=True)
class OrderRow:
    order: WorkOrder
    gtin: str
    state: OrderState
    accepted_at: datetime
    cause: str
    """Why it is held; empty otherwise."""

    detail: str
    held: int
    """The event that held it last; 0 if it never was."""

    recipe: Recipe | None
    """What its labels are made of; None before it is started."""

    balance: Reconciliation


@dataclass(frozen=True, slots=True)
class Fault:
    seq: int
    """The event that raised it."""

    device: str
    conditions: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Nonconformance:
    id: int
    at: datetime
    order: str
    number: int
    product: str
    gtin: str
    lot: str
    serial: str
    state: LabelState
    reasons: tuple[dict[str, str], ...]
    """Each: code, ai, expected, read."""

    symbols: tuple[dict[str, str], ...]
    """Each: identifier, data (hexadecimal), engine."""

    evidence: str
    settled: str


_PROBLEMS = TypeAdapter(tuple[Problem, ...])


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an order file."""

    orders: tuple[str, ...]
    problems: tuple[Problem, ...]
    """Empty if it was accepted."""


class Records:
    """Everything the pages and the command line ask. Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def order(self, order_id: str) -> OrderRow | None:
        return next(self._orders("WHERE id = ?", (order_id,)), None)

    def orders(self, *, limit: int = ALL) -> tuple[OrderRow, ...]:
        """Newest first."""
        return tuple(self._orders("ORDER BY seq DESC LIMIT ?", (limit,)))

    def current(self) -> OrderRow | None:
        """The order at the line: started and not finished."""
        states = (OrderState.RUNNING, OrderState.HELD)
        return next(self._orders("WHERE state IN (?, ?) ORDER BY seq LIMIT 1", states), None)

    def waiting(self) -> tuple[OrderRow, ...]:
        """Oldest first."""
        return tuple(self._orders("WHERE state = ? ORDER BY seq", (OrderState.WAITING,)))

    def _orders(self, where: str, values: Sequence[object]) -> Iterator[OrderRow]:
        sql = f"SELECT {_ORDER_COLUMNS} FROM work_order {where}"  # noqa: S608 - constants of this class
        for order_id, body, gtin, state, at, cause, detail, held, recipe in self._db.execute(
            sql, tuple(values)
        ):
            order = WorkOrder.model_validate_json(body)
            yield OrderRow(
                order=order,
                gtin=gtin,
                state=OrderState(state),
                accepted_at=datetime.fromisoformat(at),
                cause=cause,
                detail=detail,
                held=held,
                recipe=Recipe.model_validate_json(recipe) if recipe else None,
                balance=reconcile(self._counts(order_id), quantity=order.quantity),
            )

    def _counts(self, order_id: str) -> dict[LabelState, int]:
        rows = self._db.execute("SELECT state, n FROM label_count WHERE order_id=?", (order_id,))
        return {LabelState(state): n for state, n in rows}

    def last_number(self, order_id: str) -> int:
        """The number of the label issued last; 0 before the first."""
        row = self._db.execute(
            "SELECT coalesce(max(number), 0) FROM label WHERE order_id=?", (order_id,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def next_serial(self, order: WorkOrder, gtin: str) -> str | None:
        """The serial for the next label: planned and not issued, or, if the plan is open, the
        next one that nobody has. None when the plan is used up.
        """
        row = self._db.execute(
            "SELECT serial FROM serial WHERE order_id=? AND number IS NULL ORDER BY place LIMIT 1",
            (order.id,),
        ).fetchone()
        if row or order.serials is None or not order.serials.open:
            return None if row is None else str(row[0])
        more = islice(order.serials.every(), order.quantity, None)
        return next((each for each in more if not self.users_of(gtin, (each,))), None)

    def labels(self, order_id: str, state: LabelState) -> tuple[int, ...]:
        rows = self._db.execute(
            "SELECT number FROM label WHERE order_id=? AND state=? ORDER BY number",
            (order_id, state),
        )
        return tuple(number for (number,) in rows)

    def issued(self, gtin: str, serial: str) -> bool:
        """Whether this serial ever left for the printer (the judge's ledger)."""
        found = self._db.execute(
            "SELECT 1 FROM serial WHERE gtin=? AND serial=? AND number IS NOT NULL", (gtin, serial)
        )
        return found.fetchone() is not None

    def serial_of(self, order_id: str, number: int) -> str | None:
        row = self._db.execute(
            "SELECT serial FROM label WHERE order_id=? AND number=?", (order_id, number)
        ).fetchone()
        return None if row is None else str(row[0])

    def users_of(self, gtin: str, serials: Sequence[str]) -> dict[str, str]:
        """Which of these serials belong to an order already, and to which."""
        return {
            serial: found[0]
            for serial in serials
            if (
                found := self._db.execute(
                    "SELECT order_id FROM serial WHERE gtin=? AND serial=?", (gtin, serial)
                ).fetchone()
            )
        }

    def accepted_as(self, sha256: str) -> tuple[str, str] | None:
        """(time, order id) of the accepted file with this content."""
        row = self._db.execute(
            "SELECT at, order_id FROM intake WHERE sha256=? AND order_id != '' ORDER BY seq",
            (sha256,),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def intakes(self) -> int:
        """The event of the file taken last; 0 before the first."""
        row = self._db.execute("SELECT coalesce(max(seq), 0) FROM intake").fetchone()
        return 0 if row is None else int(row[0])

    def taken(self, sha256: str, *, after: int = 0) -> Taken | None:
        """What became of a file with this content, the last time it was taken after an event."""
        rows = self._db.execute(
            "SELECT order_id, problems FROM intake WHERE sha256=? AND seq>? ORDER BY seq",
            (sha256, after),
        ).fetchall()
        if not rows:
            return None
        orders = tuple(str(order) for order, _ in rows if order)
        return Taken(orders, () if orders else _PROBLEMS.validate_json(str(rows[-1][1])))

    def nonconformances(
        self,
        *,
        order: str = "",
        reason: str = "",
        product: str = "",
        since: datetime | None = None,
        limit: int = ALL,
    ) -> tuple[Nonconformance, ...]:
        """Newest first. `reason` is a code or the beginning of one: "DATA", "DATA.serial"."""
        tests: list[tuple[str, object]] = []
        if order:
            tests.append(("order_id = ?", order))
        if product:
            tests.append(("product = ?", product))
        if reason:
            tests.append(("instr(' ' || codes, ' ' || ?) > 0", reason))
        if since:
            # Times are stored in UTC, and compared as text.
            tests.append(("at >= ?", since.astimezone(UTC).isoformat()))
        where = " AND ".join(test for test, _ in tests) or "1"
        rows = self._db.execute(
            "SELECT id, at, order_id, number, product, gtin, lot, serial, state, reasons, symbols,"  # noqa: S608 - the tests above are constants; values are bound
            f" evidence, settled FROM nonconformance WHERE {where} ORDER BY id DESC LIMIT ?",
            (*(value for _, value in tests), limit),
        )
        return tuple(_nonconformance(row) for row in rows)

    def nonconformance(self, number: int) -> Nonconformance | None:
        row = self._db.execute(
            "SELECT id, at, order_id, number, product, gtin, lot, serial, state, reasons, symbols,"
            " evidence, settled FROM nonconformance WHERE id=?",
            (number,),
        ).fetchone()
        return None if row is None else _nonconformance(row)

    def fault(self) -> Fault | None:
        """The fault that latches the station."""
        row = self._db.execute(
            "SELECT seq, device, conditions, detail FROM fault WHERE cleared IS NULL"
            " ORDER BY seq LIMIT 1"
        ).fetchone()
        return None if row is None else Fault(row[0], row[1], tuple(row[2].split()), row[3])


def _nonconformance(row: tuple[Any, ...]) -> Nonconformance:
    return Nonconformance(
        id=row[0],
        at=datetime.fromisoformat(row[1]),
        order=row[2],
        number=row[3],
        product=row[4],
        gtin=row[5],
        lot=row[6],
        serial=row[7],
        state=LabelState(row[8]),
        reasons=tuple(json.loads(row[9])),
        symbols=tuple(json.loads(row[10])),
        evidence=row[11],
        settled=row[12],
    )
