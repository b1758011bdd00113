"""What the account of an order rests on: each entry of label stock, and how it was closed."""

from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.events import OrderClosed
from station.core.problem import Problem
from station.core.reconciliation import Stock
from station.records.journal import recorded_at


@dataclass(frozen=True, slots=True)
class StockEntry:
    at: datetime
    kind: Stock
    count: int
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Closing:
    at: datetime
    actor: str
    witness: str
    """The second person; empty where everything balanced."""

    justification: str
    differences: tuple[Problem, ...]
    """What did not balance when it was closed."""


class Accounts:
    """Read-only, like Records; each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def stock_entries(self, order_id: str) -> tuple[StockEntry, ...]:
        """Oldest first."""
        rows = self._db.execute(
            "SELECT e.at, s.kind, s.n, s.actor, s.reason FROM stock s JOIN event e ON e.seq = s.seq"
            " WHERE s.order_id=? ORDER BY s.seq",
            (order_id,),
        )
        return tuple(
            StockEntry(datetime.fromisoformat(at), Stock(kind), n, actor, reason)
            for at, kind, n, actor, reason in rows
        )

    def closing(self, order_id: str) -> Closing | None:
        """None for an order that is not closed."""
        row = self._db.execute(
            "SELECT max(o.seq) FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=? AND e.type='OrderClosed'",
            (order_id,),
        ).fetchone()
        last = recorded_at(self._db, row[0]) if row and row[0] else None
        if last is None or not isinstance(last.event, OrderClosed):
            return None
        event = last.event
        return Closing(last.at, last.actor, event.witness, event.justification, event.differences)
