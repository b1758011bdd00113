"""The events of an order that are not the daily life of a label, in their order.

>>> local(datetime(2026, 3, 1, 0, 30, tzinfo=UTC), 480)
'2026-03-01T08:30:00.000+08:00'
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

import apsw

from station.core.batch import Entry
from station.core.events import Event, Recorded
from station.records.journal import recorded_at

__all__ = ["UTC", "Past", "entry", "local"]

E = TypeVar("E")


def local(at: datetime, offset: int) -> str:
    """The time as it was on the wall; `offset` minutes ahead of UTC."""
    return at.astimezone(timezone(timedelta(minutes=offset))).isoformat(timespec="milliseconds")


def entry(recorded: Recorded) -> Entry:
    return Entry(seq=recorded.seq, at=local(recorded.at, recorded.offset), by=recorded.actor)


@dataclass(frozen=True, slots=True)
class Past:
    db: apsw.Connection
    order: str
    events: tuple[Recorded, ...]
    """Oldest first."""

    last: int
    """The last event of the order, those of its labels among them."""

    @classmethod
    def of(cls, db: apsw.Connection, order: str) -> "Past":
        rows = db.execute("SELECT seq FROM order_event WHERE order_id=? ORDER BY seq", (order,))
        found = (recorded_at(db, seq) for (seq,) in rows)
        events = tuple(each for each in found if each)
        return cls(db, order, events, max(_last_of_labels(db, order), events[-1].seq))

    @property
    def first(self) -> int:
        return self.events[0].seq

    def every(self, kind: type[E]) -> Iterator[tuple[Recorded, E]]:
        """The events of one kind."""
        for each in self.events:
            if isinstance(each.event, kind):
                yield each, each.event

    def at(self, seq: int) -> str:
        """When an event was written."""
        found = recorded_at(self.db, seq)
        return local(found.at, found.offset) if found else ""

    def event(self, seq: int | None) -> Event | None:
        found = recorded_at(self.db, seq) if seq else None
        return found.event if found else None


def _last_of_labels(db: apsw.Connection, order: str) -> int:
    return int(
        db.execute(
            "SELECT max(max(coalesce(issued, 0), coalesce(judged, 0), coalesce(doubted, 0),"
            " coalesce(released, 0), coalesce(settled, 0))) FROM label WHERE order_id=?",
            (order,),
        ).get
        or 0
    )
