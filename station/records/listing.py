"""Long lists in pieces: what comes after the place that a reader has come to.

Everything is oldest first, so a reader that comes again misses nothing and sees nothing twice.
"""

from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.state import LabelState


@dataclass(frozen=True, slots=True)
class LabelLine:
    number: int
    serial: str
    state: LabelState
    reprint_of: int
    """The label that carried the same serial before; 0 for a first print."""

    issued: datetime
    judged: datetime | None


class Listing:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def orders(self, *, after: int, limit: int, state: str = "") -> tuple[tuple[int, str], ...]:
        """(place, id) of orders, in this state if one is given."""
        rows = self._db.execute(
            "SELECT seq, id FROM work_order WHERE seq>? AND (?='' OR state=?) ORDER BY seq LIMIT ?",
            (after, state, state, limit),
        )
        return tuple((int(seq), str(order)) for seq, order in rows)

    def labels(self, order_id: str, *, after: int, limit: int) -> tuple[LabelLine, ...]:
        """Of an order, with higher numbers than `after`."""
        rows = self._db.execute(
            "SELECT l.number, l.serial, l.state, l.reprint_of, i.at, j.at FROM label l"
            " JOIN event i ON i.seq = l.issued LEFT JOIN event j ON j.seq = l.judged"
            " WHERE l.order_id=? AND l.number>? ORDER BY l.number LIMIT ?",
            (order_id, after, limit),
        )
        return tuple(
            LabelLine(
                number,
                serial,
                LabelState(state),
                reprint_of,
                datetime.fromisoformat(issued),
                datetime.fromisoformat(judged) if judged else None,
            )
            for number, serial, state, reprint_of, issued, judged in rows
        )

    def nonconformances(self, *, after: int, limit: int, order: str = "") -> tuple[int, ...]:
        """Their ids, of one order if one is given."""
        rows = self._db.execute(
            "SELECT id FROM nonconformance WHERE id>? AND (?='' OR order_id=?) ORDER BY id LIMIT ?",
            (after, order, order, limit),
        )
        return tuple(int(number) for (number,) in rows)
