"""Questions to the records: orders, labels, nonconformances. Read-only; safe beside the writer."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import apsw
from pydantic import TypeAdapter

from station.core.events import LabelJudged, Mark, Recipe
from station.core.nonconformance import Disposition
from station.core.order import WorkOrder
from station.core.problem import Problem
from station.core.reconciliation import (
    Line,
    Reconciliation,
    Sheet,
    Stock,
    Used,
    reckon,
    reconcile,
)
from station.core.serials import Serials
from station.core.state import GONE, PASSED, LabelState, OrderState
from station.records.imported import Imported, imported
from station.records.journal import recorded_at

ALL = -1
"""No limit to the rows."""

NONCONFORMANCE_COLUMNS = (
    *("id", "at", "order_id", "number", "product", "gtin", "lot", "serial", "state", "reasons"),
    *("symbols", "evidence", "settled", "seq"),
)
"""What a Nonconformance is made of, in the order in which nonconformance_of takes it."""

_NONCONFORMANCE_COLUMNS = ", ".join(NONCONFORMANCE_COLUMNS)

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
class LabelRow:
    number: int
    serial: str
    state: LabelState
    reprint_of: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """A line of the reprint register."""

    number: int
    """The label that is gone."""

    serial: str
    at: datetime
    actor: str
    witness: str
    reason: str
    became: int | None
    """The label printed instead; None until then."""


@dataclass(frozen=True, slots=True)
class Fault:
    seq: int
    """The event that raised it."""

    device: str
    conditions: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class VerifierReading:
    """What a person read off a bar code verifier."""

    identifier: str
    grade: str
    verifier: str


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
    seq: int = 0
    """The event that found it."""


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
        self._parsed: tuple[str, WorkOrder] | None = None
        """The order asked for last: the line asks for the same one all the time."""

    def order(self, order_id: str) -> OrderRow | None:
        return next(self._orders("WHERE id = ?", (order_id,)), None)

    def orders(self, *, limit: int = ALL) -> tuple[OrderRow, ...]:
        """Newest first."""
        return tuple(self._orders("ORDER BY seq DESC LIMIT ?", (limit,)))

    def closed(self) -> int:
        """How many orders are closed."""
        found = self._db.execute(
            "SELECT count(*) FROM work_order WHERE state IN (?, ?)",
            (OrderState.CLOSED, OrderState.CLOSED_UNBALANCED),
        ).get
        return int(str(found))

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
            order = self._parse(order_id, body)
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

    def _parse(self, order_id: str, body: str) -> WorkOrder:
        """An accepted order never changes."""
        if self._parsed is None or self._parsed[0] != order_id:
            self._parsed = (order_id, WorkOrder.model_validate_json(body))
        return self._parsed[1]

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
        next one that nobody has. None when the plan is used up; where the serials stand on the
        devices already, that is when each was printed once.
        """
        row = self._db.execute(
            "SELECT serial FROM serial WHERE order_id=? AND number IS NULL AND place IS NOT NULL"
            " ORDER BY place LIMIT 1",
            (order.id,),
        ).fetchone()
        if row or order.serials is None or not order.serials.open or order.reprint == "same":
            return None if row is None else str(row[0])
        more = order.serials.following(order.quantity)
        return next(
            (
                each
                for each in more
                if self.user_of(gtin, each) is None and not self.reserved(gtin, each)
            ),
            None,
        )

    def label(self, order_id: str, number: int) -> LabelRow | None:
        return next(self._labels("AND number=?", (order_id, number)), None)

    def labels(self, order_id: str) -> Iterator[LabelRow]:
        """All of an order, in the order they were printed."""
        return self._labels("ORDER BY number", (order_id,))

    def open_labels(self, order_id: str) -> tuple[LabelRow, ...]:
        """Those that are issued only, in doubt, or accepted and not through the gate."""
        # Written out, so that the index of just these is used.
        test = "AND state IN ('issued', 'accepted', 'in doubt') ORDER BY number"
        return tuple(self._labels(test, (order_id,)))

    def _labels(self, test: str, values: Sequence[object]) -> Iterator[LabelRow]:
        sql = f"SELECT number, serial, state, reprint_of FROM label WHERE order_id=? {test}"  # noqa: S608 - constants of this class
        for number, serial, state, reprint_of in self._db.execute(sql, tuple(values)):
            yield LabelRow(number, serial, LabelState(state), reprint_of)

    def symbols_of(self, order_id: str, number: int) -> tuple[bytes, ...]:
        """What was read on a label when it was rejected."""
        rows = self._db.execute(
            "SELECT symbols FROM nonconformance WHERE order_id=? AND number=?", (order_id, number)
        )
        return tuple(
            bytes.fromhex(symbol["data"]) for (symbols,) in rows for symbol in json.loads(symbols)
        )

    def sent(self, order_id: str) -> bytes | None:
        """The element string on the first label of an order, as it went to the printer; None before
        it is printed. The labels of a lot are all alike.
        """
        row = self._db.execute(
            "SELECT e.body FROM label l JOIN event e ON e.seq = l.issued WHERE l.order_id=?"
            " ORDER BY l.number LIMIT 1",
            (order_id,),
        ).fetchone()
        return None if row is None else bytes.fromhex(json.loads(row[0])["data"])

    def orders_of_lot(self, gtin: str, lot: str, *, limit: int = ALL) -> tuple[OrderRow, ...]:
        """Newest first."""
        # The plus keeps the index of the GTIN out of it: there are many lots of one product.
        where = "WHERE lot=? AND +gtin=? ORDER BY seq DESC LIMIT ?"
        return tuple(self._orders(where, (lot, gtin, limit)))

    def refused_with(self, data: bytes, *, limit: int = ALL) -> tuple[Nonconformance, ...]:
        """Rejected labels on which these data were read, newest first. Asks them all."""
        rows = self._db.execute(
            f"SELECT {_NONCONFORMANCE_COLUMNS} FROM nonconformance WHERE instr(symbols, ?) > 0"  # noqa: S608 - a constant
            " ORDER BY id DESC LIMIT ?",
            (f'"{data.hex()}"', limit),
        )
        return tuple(nonconformance_of(row) for row in rows)

    def reprints(self, order_id: str) -> tuple[Reprint, ...]:
        """The reprint register of an order, oldest first."""
        rows = self._db.execute(
            "SELECT number, serial, at, actor, witness, reason, became FROM reprint"
            " WHERE order_id=? ORDER BY seq",
            (order_id,),
        )
        return tuple(
            Reprint(number, serial, datetime.fromisoformat(at), actor, witness, reason, became)
            for number, serial, at, actor, witness, reason, became in rows
        )

    def lacking(self, order_id: str) -> tuple[LabelRow, ...]:
        """The last label of each serial that has no good one and no reprint on its way."""
        last: dict[str, LabelRow] = {}
        good: set[str] = set()
        for each in self.labels(order_id):
            last[each.serial] = each
            if each.state in PASSED:
                good.add(each.serial)
        coming = {each.serial for each in self.reprints(order_id) if each.became is None}
        burnt = self._burnt(order_id)
        settled = GONE | {LabelState.REJECTED}
        return tuple(
            each
            for serial, each in last.items()
            if serial and serial not in good | coming and each.state in settled
            if each.number not in burnt
        )

    def _burnt(self, order_id: str) -> frozenset[int]:
        """Labels about which people decided that their serial is never printed again."""
        if not self._db.table_exists(None, "disposition"):
            return frozenset()  # no station of this version has opened the journal yet
        rows = self._db.execute(
            "SELECT number FROM disposition WHERE order_id=? AND disposition!=? AND passed=0",
            (order_id, Disposition.REPRINT),
        )
        return frozenset(int(number) for (number,) in rows)

    def sheet(self, order_id: str) -> Sheet | None:
        """The reconciliation of an order, label by label; None if there is no such order."""
        row = self._db.execute("SELECT quantity FROM work_order WHERE id=?", (order_id,)).fetchone()
        if row is None:
            return None
        authorised = {each.became for each in self.reprints(order_id)}
        labels = self._db.execute(
            "SELECT number, serial, state, doubted IS NOT NULL, reprint_of FROM label"
            " WHERE order_id=? ORDER BY number",
            (order_id,),
        )
        return reckon(
            (
                Line(
                    number=number,
                    serial=serial,
                    state=LabelState(state),
                    doubted=bool(doubted),
                    reprint_of=reprint_of,
                    authorised=number in authorised,
                )
                for number, serial, state, doubted, reprint_of in labels
            ),
            quantity=int(row[0]),
            used=Used(self._odometer(order_id), self._stock(order_id)),
        )

    def _odometer(self, order_id: str) -> tuple[int | None, int | None]:
        """What the printer counted first and last."""
        values = [
            value
            for (value,) in self._db.execute(
                "SELECT value FROM odometer WHERE order_id=? ORDER BY seq", (order_id,)
            )
        ]
        return (values[0], values[-1]) if len(values) > 1 else (None, None)

    def _stock(self, order_id: str) -> dict[Stock, int]:
        rows = self._db.execute(
            "SELECT kind, sum(n) FROM stock WHERE order_id=? GROUP BY kind", (order_id,)
        )
        return {Stock(kind): n for kind, n in rows}

    def issued(self, gtin: str, serial: str) -> bool:
        """Whether this serial ever left for the printer (the judge's ledger)."""
        found = self._db.execute(
            "SELECT 1 FROM serial WHERE gtin=? AND serial=? AND number IS NOT NULL", (gtin, serial)
        )
        return found.fetchone() is not None

    def users_of(self, gtin: str, serials: Iterable[str]) -> dict[str, str]:
        """Which of these serials are used already, and by which order; "" for an imported one."""
        users = ((serial, self.user_of(gtin, serial)) for serial in serials)
        return {serial: order for serial, order in users if order is not None}

    def user_of(self, gtin: str, serial: str) -> str | None:
        """The order that a serial belongs to, "" if it was imported; None if nobody has it."""
        row = self._db.execute(
            "SELECT order_id FROM serial WHERE gtin=? AND serial=?", (gtin, serial)
        ).fetchone()
        return None if row is None else str(row[0])

    def imported(self, gtin: str, serial: str) -> Imported | None:
        """How it came here that this serial was used before the station."""
        return next(imported(self._db, serial, gtin=gtin), None)

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

    def delivered(self, name: str) -> tuple[str, Taken] | None:
        """(SHA-256, what became of it) of what was taken under this name first; None if nothing."""
        rows = self._db.execute(
            "SELECT sha256, order_id, problems FROM intake WHERE file=? ORDER BY seq", (name,)
        ).fetchall()
        if not rows:
            return None
        sha256, problems = str(rows[0][0]), str(rows[0][2])
        orders = tuple(str(order) for found, order, _ in rows if order and found == sha256)
        return sha256, Taken(orders, () if orders else _PROBLEMS.validate_json(problems))

    def nonconformances(
        self,
        *,
        order: str = "",
        reason: str = "",
        product: str = "",
        number: int = 0,
        since: datetime | None = None,
        limit: int = ALL,
    ) -> tuple[Nonconformance, ...]:
        """Newest first. `reason` is a code or the beginning of one: "DATA", "DATA.serial".
        `number` is that of a label; 0 for all.
        """
        tests: list[tuple[str, object]] = []
        if order:
            tests.append(("order_id = ?", order))
        if product:
            tests.append(("product = ?", product))
        if number:
            tests.append(("number = ?", number))
        if reason:
            tests.append(("instr(' ' || codes, ' ' || ?) > 0", reason))
        if since:
            # Times are stored in UTC, and compared as text.
            tests.append(("at >= ?", since.astimezone(UTC).isoformat()))
        where = " AND ".join(test for test, _ in tests) or "1"
        rows = self._db.execute(
            f"SELECT {_NONCONFORMANCE_COLUMNS} FROM nonconformance WHERE {where}"  # noqa: S608 - the tests above are constants; values are bound
            " ORDER BY id DESC LIMIT ?",
            (*(value for _, value in tests), limit),
        )
        return tuple(nonconformance_of(row) for row in rows)

    def found_on(self, order: str) -> int:
        """How many labels of an order were not good at their first look."""
        found = self._db.execute(
            "SELECT count(DISTINCT number) FROM nonconformance WHERE order_id=?"
            " AND codes!='withdrawn'",
            (order,),
        ).get
        return int(str(found))

    def verifier_readings(self, order: str, number: int) -> tuple[VerifierReading, ...]:
        """In the order in which they were written down."""
        if not self._db.table_exists(None, "verifier_reading"):
            return ()  # no station of this version has opened the journal yet
        rows = self._db.execute(
            "SELECT identifier, grade, verifier FROM verifier_reading"
            " WHERE order_id=? AND number=? ORDER BY seq",
            (order, number),
        )
        return tuple(VerifierReading(*row) for row in rows)

    def marks(self, nonconformance: int) -> tuple[Mark, ...]:
        """Where on the picture of a nonconformance something was found."""
        row = self._db.execute(
            "SELECT seq FROM nonconformance WHERE id=?", (nonconformance,)
        ).fetchone()
        recorded = recorded_at(self._db, row[0]) if row else None
        event = recorded.event if recorded else None
        return event.marks if isinstance(event, LabelJudged) else ()

    def nonconformance(self, number: int) -> Nonconformance | None:
        row = self._db.execute(
            f"SELECT {_NONCONFORMANCE_COLUMNS} FROM nonconformance WHERE id=?",  # noqa: S608 - a constant
            (number,),
        ).fetchone()
        return None if row is None else nonconformance_of(row)

    def fault(self) -> Fault | None:
        """The fault that latches the station."""
        row = self._db.execute(
            "SELECT seq, device, conditions, detail FROM fault WHERE cleared IS NULL"
            " ORDER BY seq LIMIT 1"
        ).fetchone()
        return None if row is None else Fault(row[0], row[1], tuple(row[2].split()), row[3])

    def signed_before(self) -> bool:
        """Whether the last start of the station was one that signs heads."""
        row = self._db.execute(
            "SELECT body FROM event WHERE type='StationStarted' ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return row is not None and bool(json.loads(row[0])["key"])

    def stopped(self) -> bool:
        """Whether the station was stopped in an orderly way, and has not started since."""
        row = self._db.execute(
            "SELECT type FROM event WHERE type IN ('StationStarted', 'StationStopped')"
            " ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return row is not None and row[0] == "StationStopped"

    def lost(self, order_id: str) -> bool:
        """Whether labels of this order were printed that a restored journal knows nothing of."""
        rows = self._db.execute("SELECT body FROM event WHERE type='JournalRestored'")
        return any(order_id in json.loads(body).get("orders", ()) for (body,) in rows)

    def forgotten(self, gtin: str) -> datetime | None:
        """When a backup was brought back, if serials of orders that are lost with what came after
        it may be on labels, and nobody has imported any for this GTIN since; None if all is known.
        """
        rows = self._db.execute("SELECT seq, at, body FROM event WHERE type='JournalRestored'")
        lossy = [(seq, at) for seq, at, body in rows if not json.loads(body).get("whole")]
        if not lossy:
            return None
        seq, at = lossy[-1]
        since = "SELECT 1 FROM serial_import WHERE gtin=? AND seq>? LIMIT 1"
        known = self._db.execute(since, (gtin, seq)).fetchone()
        return None if known else datetime.fromisoformat(at)

    def reserved(self, gtin: str, serial: str) -> str | None:
        """The order that may have printed this serial after the backup the journal comes from."""
        return next(
            (order for order, plan in self.reservations(gtin) if plan.reaches(serial)), None
        )

    def reservations(self, gtin: str) -> tuple[tuple[str, Serials], ...]:
        """Orders that may have printed more than a restored journal knows, and their open plans.

        Such a plan gives out replacements, and nobody knows how many it gave.
        """
        bodies = self._db.execute("SELECT body FROM event WHERE type='JournalRestored'")
        ended = (order for (body,) in bodies for order in json.loads(body).get("ended", ()))
        rows = (self.order(each) for each in tuple(dict.fromkeys(ended)))
        return tuple(
            (row.order.id, row.order.serials)
            for row in rows
            if row and row.gtin == gtin and row.order.serials and row.order.serials.open
        )

    def last_at(self) -> datetime | None:
        """The latest time among the latest events; the last may be a start with a false clock."""
        (at,) = self._db.execute(
            "SELECT max(at) FROM (SELECT at FROM event ORDER BY seq DESC LIMIT 10000)"
        ).fetchall()[0]
        return None if at is None else datetime.fromisoformat(str(at))


def nonconformance_of(row: tuple[Any, ...]) -> Nonconformance:
    """A row of NONCONFORMANCE_COLUMNS."""
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
        seq=row[13],
    )
