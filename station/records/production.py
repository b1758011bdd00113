"""What the line has made in some hours or days, as the journal tells. Read-only, like Records.

Nothing is counted label by label. Events are in the order of their time, and the labels of an order
in the order of their numbers; so where an hour ends in the journal, and in an order, is found by
halving, in a journal of any length.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import apsw

from station.core.events import LabelJudged, OrderHeld, from_json
from station.core.judge import Code
from station.core.production import Change
from station.core.state import OrderState
from station.records import keys
from station.records.challenges import Challenges
from station.records.journal import recorded_at
from station.records.trends import Trends

MOST_ORDERS = 2_000
"""The newest, that are looked at."""

MOST_REJECTS = 100_000
"""The newest, that are counted; a page of more says so."""

MOST_DOTTED = 200
"""The newest labels with dead dots."""

_NOT_A_REJECT = "withdrawn"
"""A good label that was taken out again: it had passed at first."""


@dataclass(frozen=True, slots=True)
class Worked:
    """An order that labels were made for in the time."""

    id: str
    product: str
    printer: str
    """Where it is reached; empty where nobody wrote it down."""

    state: OrderState
    quantity: int
    labels: tuple[int, ...]
    """Issued in each stretch of the time."""

    before: int
    """Issued before the time."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A label that was not good at its first look."""

    at: datetime
    order: str
    number: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A dead dot of the print head."""

    number: int
    labels: int
    """On how many of the labels looked at it was missing."""

    last: datetime | None
    """When it was last a reject; None where it only was a warning."""


class Production:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def worked(self, edges: Sequence[datetime]) -> tuple[Worked, ...]:
        """Orders with labels in the stretches between these times, in the order of their work."""
        places = [self.place(each) for each in edges]
        found = []
        for row in self._db.execute(_ORDERS, (MOST_ORDERS,)):
            order, product, state, quantity, printer, first, count, last = row
            if first is None or last < places[0] or first >= places[-1]:
                continue
            numbers = [
                0 if each <= first else count if each > last else self._before(order, count, each)
                for each in places
            ]
            labels = tuple(b - a for a, b in pairwise(numbers))
            if sum(labels):
                made = Worked(
                    order, product, printer, OrderState(state), quantity, labels, numbers[0]
                )
                found.append((int(first), made))
        return tuple(each for _, each in sorted(found, key=lambda each: each[0]))

    def place(self, at: datetime) -> int:
        """The first event at or after a time, by halving; one after the last if there is none.

        Where the clock was set back, one of the events that it could be.
        """
        stamp = at.astimezone(UTC).isoformat()
        last = int(str(self._db.execute("SELECT coalesce(max(seq), 0) FROM event").get))
        return 1 + bisect_left(range(1, last + 1), stamp, key=self._at)

    def _at(self, seq: int) -> str:
        return str(self._db.execute("SELECT at FROM event WHERE seq=?", (seq,)).get)

    def _before(self, order: str, count: int, seq: int) -> int:
        """How many of an order's labels were issued before an event."""
        return bisect_left(range(1, count + 1), seq, key=lambda number: self._issued(order, number))

    def _issued(self, order: str, number: int) -> int:
        row = self._db.execute(
            "SELECT issued FROM label WHERE order_id=? AND number=?", (order, number)
        ).fetchone()
        return int(row[0]) if row else 0

    def rejects(
        self, *, since: datetime, until: datetime, orders: Iterable[str]
    ) -> tuple[tuple[Reject, ...], bool]:
        """Of these orders, the oldest first, each label once; and whether there are more."""
        rows = self._db.execute(
            "SELECT at, order_id, number, codes FROM nonconformance INDEXED BY"
            " nonconformance_counted WHERE at >= ? AND at < ? ORDER BY at DESC LIMIT ?",
            (_stamp(since), _stamp(until), MOST_REJECTS + 1),
        ).fetchall()
        wanted = frozenset(orders)
        found: dict[tuple[str, int], Reject] = {}
        for at, order, number, codes in reversed(rows[:MOST_REJECTS]):
            if order in wanted and codes != _NOT_A_REJECT:
                label = (str(order), int(str(number)))
                moment = datetime.fromisoformat(str(at))
                found.setdefault(label, Reject(moment, *label, tuple(str(codes).split())))
        return tuple(found.values()), len(rows) > MOST_REJECTS

    def changes(self, order: str) -> Iterator[Change]:
        """When an order stopped and went on, oldest first."""
        rows = self._db.execute(_CHANGES, (order,))
        for at, kind, body in rows:
            moment = datetime.fromisoformat(str(at))
            event = from_json(str(body)) if kind == "OrderHeld" else None
            yield Change(moment, event.cause if isinstance(event, OrderHeld) else "")

    def dead_dots(self, *, since: datetime, until: datetime, order: str) -> tuple[Dot, ...]:
        """Of rejects in the time, and of the last labels of an order; the most frequent first."""
        counts: Counter[int] = Counter()
        last: dict[int, datetime] = {}
        for at, dots in self._dotted(since, until):
            for dot in dots:
                counts[dot] += 1
                last.setdefault(dot, at)
        for label in Trends(self._db).labels(order):
            if label.accepted:
                counts.update(label.quality.dead_dots)
        return tuple(Dot(dot, n, last.get(dot)) for dot, n in counts.most_common())

    def _dotted(
        self, since: datetime, until: datetime
    ) -> Iterator[tuple[datetime, tuple[int, ...]]]:
        """The newest first."""
        rows = self._db.execute(
            "SELECT n.seq FROM nonconformance_key k JOIN nonconformance n ON n.id = k.id"
            " WHERE k.key = ? AND k.at >= ? AND k.at < ? ORDER BY k.at DESC LIMIT ?",
            (keys.code(Code.DEAD_DOTS), _stamp(since), _stamp(until), MOST_DOTTED),
        ).fetchall()
        for (seq,) in rows:
            recorded = recorded_at(self._db, int(str(seq)))
            event = recorded.event if recorded else None
            if recorded and isinstance(event, LabelJudged) and event.quality:
                yield recorded.at, event.quality.dead_dots

    def challenges(self, *, since: datetime) -> dict[str, int]:
        """How many ended how, since then."""
        if Challenges(self._db).last() is None:
            return {}
        rows: Any = self._db.execute(
            "SELECT result, count(*) FROM challenge WHERE at >= ? AND result IS NOT NULL"
            " GROUP BY result ORDER BY result",
            (_stamp(since),),
        )
        return {str(result): int(n) for result, n in rows}


_ORDERS = """
    SELECT w.id, w.product, w.state, w.quantity, coalesce(p.printer, ''),
        (SELECT issued FROM label WHERE order_id = w.id AND number = 1),
        (SELECT max(number) FROM label WHERE order_id = w.id),
        (SELECT issued FROM label WHERE order_id = w.id ORDER BY number DESC LIMIT 1)
    FROM work_order w LEFT JOIN printed_on p ON p.order_id = w.id
    WHERE w.recipe IS NOT NULL ORDER BY w.seq DESC LIMIT ?
"""

_CHANGES = """
    SELECT e.at, e.type, CASE e.type WHEN 'OrderHeld' THEN e.body END
    FROM order_event o JOIN event e ON e.seq = o.seq
    WHERE o.order_id = ?
        AND e.type IN ('OrderHeld', 'OrderResumed', 'OrderFinished', 'OrderEnded', 'OrderClosed')
    ORDER BY o.seq
"""


def _stamp(at: datetime) -> str:
    """Times are stored in UTC, and compared as text."""
    return at.astimezone(UTC).isoformat()
