"""How a line did over many orders, as the journal tells. Read-only, like Records."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import apsw

from station.core.batch import IndexLine
from station.core.events import ChallengeSpecimen, Recorded, from_json
from station.core.state import LabelState
from station.records.batch.past import Past
from station.records.batch.quality import quality
from station.records.journal import head, recorded_at

_REJECTED = (LabelState.REJECTED, LabelState.VOIDED)


@dataclass(frozen=True, slots=True)
class OrderFigures:
    order: str
    product: str
    at: str
    """When it was started, UTC."""

    judged: int
    rejected: int
    doubted: int
    reprinted: int


class Process:
    """Each thread opens its own. `since` and `until` are about the start of an order."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def orders(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[OrderFigures, ...]:
        """Those that were started, oldest first."""
        rows = self._db.execute(
            "SELECT w.id, w.product, e.at FROM work_order w"
            " JOIN order_event o ON o.order_id = w.id JOIN event e ON e.seq = o.seq"
            " WHERE e.type = 'OrderStarted' AND e.at >= ? AND e.at < ? ORDER BY e.seq",
            (_stamp(since, "0"), _stamp(until, "9")),
        )
        return tuple(self._figures(*row) for row in rows)

    def _figures(self, order: str, product: str, at: str) -> OrderFigures:
        judged, rejected, doubted, reprinted = self._db.execute(
            "SELECT count(judged), coalesce(sum(state IN (?, ?)), 0), count(doubted),"
            " coalesce(sum(reprint_of > 0), 0) FROM label WHERE order_id=?",
            (*_REJECTED, order),
        ).get
        return OrderFigures(order, product, at, judged, rejected, doubted, reprinted)

    def last(self) -> Recorded | None:
        """The last event of the journal."""
        return recorded_at(self._db, head(self._db).seq)

    def indices(self, order: str) -> tuple[IndexLine, ...]:
        """How its print went."""
        return quality(Past.of(self._db, order)).indices

    def rejects(self, order: str) -> tuple[int, ...]:
        """Their numbers."""
        rows = self._db.execute(
            "SELECT number FROM label WHERE order_id=? AND state IN (?, ?) ORDER BY number",
            (order, *_REJECTED),
        )
        return tuple(int(number) for (number,) in rows)

    def codes(self, order: str) -> Counter[str]:
        """How many labels had which reason; a label may have several."""
        found: Counter[str] = Counter()
        rows = self._db.execute("SELECT codes FROM nonconformance WHERE order_id=?", (order,))
        for (codes,) in rows:
            found.update(set(codes.split()))
        return found

    def caught(self, order: str) -> Iterator[tuple[str, bool]]:
        """Each specimen of its challenges: of which family, and whether it was rejected for the
        right reason.
        """
        if not self._db.table_exists(None, "challenge"):
            return
        rows = self._db.execute(
            "SELECT e.body FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=? AND e.type='ChallengeSpecimen' ORDER BY e.seq",
            (order,),
        )
        for (body,) in rows:
            event = from_json(body)
            if isinstance(event, ChallengeSpecimen):
                yield event.family, event.caught


def _stamp(at: datetime | None, otherwise: str) -> str:
    """Times are stored in UTC, and compared as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else otherwise
