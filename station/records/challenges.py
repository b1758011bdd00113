"""The challenges of a line, and the labels on hold for them, as the journal tells. Read-only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw

from station.core.challenge import Facts, Made, Result, Span, Step, longest_stop, spans
from station.core.events import ChallengeEnded, ChallengeSpecimen, ChallengeStarted
from station.core.state import PASSED, LabelState, OrderState
from station.records.journal import recorded_at

_IS_THERE = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='challenge'"
"""A journal that no station of this version has opened yet has no such table."""

FORMER = 20
"""Orders of one product that are looked through for a good label."""

_GOOD = ", ".join(f"'{each}'" for each in (*PASSED, LabelState.SAMPLE))

_CLOSED = (OrderState.CLOSED, OrderState.CLOSED_UNBALANCED)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge, from the event that began it."""

    seq: int
    at: datetime
    actor: str
    started: ChallengeStarted
    specimens: tuple[ChallengeSpecimen, ...]
    ended: ChallengeEnded | None
    """None while it is under way."""

    ended_at: datetime | None

    @property
    def result(self) -> Result | None:
        return self.ended.result if self.ended else None


@dataclass(frozen=True, slots=True)
class Brief:
    """A challenge as a line of a list."""

    seq: int
    at: datetime
    actor: str
    order: str
    ended_at: datetime | None
    result: Result | None
    """None while it is under way."""


@dataclass(frozen=True, slots=True)
class OnHold:
    """Labels of one order that nobody vouches for."""

    order: str
    labels: tuple[Span, ...]
    count: int
    closed: bool
    """The order is closed: its labels have left, and people have to go after them."""


class Challenges:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def last(self, *, order: str = "") -> Challenge | None:
        """The latest, of one order where it is named; None if there was none."""
        if not self._db.execute(_IS_THERE).get:
            return None
        where = ("WHERE order_id=?", (order,)) if order else ("", ())
        row = self._db.execute(
            f"SELECT seq, ended FROM challenge {where[0]} ORDER BY seq DESC LIMIT 1",  # noqa: S608 - constants
            where[1],
        ).fetchone()
        return None if row is None else self._whole(int(row[0]), row[1])

    def every(self, order: str) -> tuple[Challenge, ...]:
        """Of an order, oldest first."""
        if not self._db.execute(_IS_THERE).get:
            return ()
        rows = self._db.execute(
            "SELECT seq, ended FROM challenge WHERE order_id=? ORDER BY seq", (order,)
        )
        return tuple(self._whole(int(seq), ended) for seq, ended in rows)

    def at(self, seq: int) -> Challenge | None:
        """The one that began with this event; None if none did."""
        if not self._db.execute(_IS_THERE).get:
            return None
        row = self._db.execute("SELECT ended FROM challenge WHERE seq=?", (seq,)).fetchone()
        return None if row is None else self._whole(seq, row[0])

    def newest(self, *, before: int, rows: int) -> tuple[Brief, ...]:
        """At most so many that began before an event, newest first."""
        if not self._db.execute(_IS_THERE).get:
            return ()
        found = self._db.execute(
            "SELECT seq, at, actor, order_id, ended_at, result FROM challenge WHERE seq<?"
            " ORDER BY seq DESC LIMIT ?",
            (before, rows),
        )
        return tuple(
            Brief(
                seq,
                datetime.fromisoformat(at),
                actor,
                order,
                datetime.fromisoformat(ended) if ended else None,
                Result(result) if result else None,
            )
            for seq, at, actor, order, ended, result in found
        )

    def _whole(self, seq: int, ended: int | None) -> Challenge:
        begun = recorded_at(self._db, seq)
        last = recorded_at(self._db, ended) if ended else None
        assert begun, "its row names its event"
        assert isinstance(begun.event, ChallengeStarted), "of its kind"
        return Challenge(
            seq=seq,
            at=begun.at,
            actor=begun.actor,
            started=begun.event,
            specimens=tuple(self._specimens(seq, ended)),
            ended=last.event if last and isinstance(last.event, ChallengeEnded) else None,
            ended_at=last.at if last else None,
        )

    def _specimens(self, first: int, last: int | None) -> Iterator[ChallengeSpecimen]:
        rows = self._db.execute(
            "SELECT seq FROM event WHERE seq BETWEEN ? AND coalesce(?, seq)"
            " AND type='ChallengeSpecimen' ORDER BY seq",
            (first, last),
        )
        for (seq,) in rows:
            found = recorded_at(self._db, seq)
            if found and isinstance(found.event, ChallengeSpecimen):
                yield found.event

    def passed(self) -> tuple[int, datetime] | None:
        """The event that ended the last one that was passed, and when; None if none ever was."""
        row = self._db.execute(
            "SELECT ended, ended_at FROM challenge WHERE result=? ORDER BY seq DESC LIMIT 1",
            (Result.PASSED,),
        ).fetchone()
        return None if row is None else (int(row[0]), datetime.fromisoformat(row[1]))

    def missed(self) -> bool:
        """Whether the last one that was made to its end was missed."""
        row = self._db.execute(
            "SELECT result FROM challenge WHERE result IN (?, ?) ORDER BY seq DESC LIMIT 1",
            (Result.PASSED, Result.MISSED),
        ).fetchone()
        return row is not None and row[0] == Result.MISSED

    def facts(self, order: str, *, finishing: bool, now: datetime) -> Facts:
        """What a schedule asks about the order at the line."""
        passed = self.passed()
        since, at = passed or (0, None)
        started = self._started(order)
        here = 0 < started < since
        steps = ((Step(at, stopped=True),) if here and at else ()) + self._steps(order, since)
        return Facts(
            passed=at,
            missed=self.missed(),
            passed_here=here,
            longest_stop=longest_stop(steps, now=now),
            fault=self._failed(order, max(since, started)),
            made=len(self.made(since=since, order=order)) if finishing else 0,
            finishing=finishing,
        )

    def _started(self, order: str) -> int:
        """The event; 0 for an order that was not."""
        row = self._db.execute(
            "SELECT e.seq FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=? AND e.type='OrderStarted' ORDER BY o.seq LIMIT 1",
            (order,),
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _steps(self, order: str, since: int) -> tuple[Step, ...]:
        """How it stopped and went on. A challenge is passed while its order stands still."""
        rows = self._db.execute(
            "SELECT e.at, e.type FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=? AND o.seq>? AND e.type IN ('OrderHeld', 'OrderResumed')"
            " ORDER BY o.seq",
            (order, since),
        )
        return tuple(
            Step(datetime.fromisoformat(at), stopped=kind == "OrderHeld") for at, kind in rows
        )

    def _failed(self, order: str, since: int) -> bool:
        """Whether the machine failed, or the station was off in the middle of the order."""
        fault = self._db.execute("SELECT 1 FROM fault WHERE seq>? LIMIT 1", (since,)).fetchone()
        restart = self._db.execute(
            "SELECT 1 FROM order_event o JOIN event e ON e.seq = o.seq WHERE o.order_id=?"
            " AND o.seq>? AND e.type='OrderHeld' AND json_extract(e.body, '$.cause')='restart'"
            " LIMIT 1",
            (order, since),
        ).fetchone()
        return bool(fault or restart)

    def made(self, *, since: int, order: str = "") -> tuple[Made, ...]:
        """Good labels let pass after an event, of one order or of all."""
        of = " AND order_id=?" if order else ""
        rows = self._db.execute(
            "SELECT order_id, number, coalesce(released, settled, judged) AS seq FROM label"  # noqa: S608 - constants
            f" WHERE state IN ({_GOOD}) AND seq>?{of} ORDER BY seq",
            (since, order) if order else (since,),
        )
        return tuple(Made(str(of), int(number), int(seq)) for of, number, seq in rows)

    def closed(self, order: str) -> bool:
        row = self._db.execute("SELECT state FROM work_order WHERE id=?", (order,)).fetchone()
        return row is not None and row[0] in _CLOSED

    def on_hold(self, *, order: str = "") -> tuple[OnHold, ...]:
        """By order, oldest first."""
        if not self._db.execute(_IS_THERE).get:
            return ()
        where = ("AND order_id=?", (order,)) if order else ("", ())
        rows = self._db.execute(
            f"SELECT order_id, number FROM quarantine WHERE cleared IS NULL {where[0]}"  # noqa: S608 - constants
            " ORDER BY seq, order_id, number",
            where[1],
        )
        return tuple(self._on_hold(rows))

    def _on_hold(self, rows: Any) -> Iterator[OnHold]:
        numbers: dict[str, list[int]] = {}
        for order, number in rows:
            numbers.setdefault(str(order), []).append(int(number))
        for order, each in numbers.items():
            yield OnHold(order, spans(each), len(each), self.closed(order))

    def accepted(self, gtin: str, *, order: str) -> str:
        """A serial on a good label, of this order where it has one; empty where there is none."""
        others = self._db.execute(
            "SELECT id FROM work_order WHERE gtin=? AND id!=? ORDER BY seq DESC LIMIT ?",
            (gtin, order, FORMER),
        )
        for each in (order, *(str(other) for (other,) in others)):
            row = self._db.execute(
                "SELECT serial FROM label WHERE order_id=? AND serial!=''"  # noqa: S608 - constants
                f" AND state IN ({_GOOD}) ORDER BY number DESC LIMIT 1",
                (each,),
            ).fetchone()
            if row:
                return str(row[0])
        return ""

    def order_at_line(self) -> str:
        """The order that was started and is not finished; empty if there is none."""
        row = self._db.execute(
            "SELECT id FROM work_order WHERE state IN (?, ?) ORDER BY seq LIMIT 1",
            (OrderState.RUNNING, OrderState.HELD),
        ).fetchone()
        return str(row[0]) if row else ""

    def before(self, order: str) -> str:
        """The order of which a label was made before this one; empty if it is the first."""
        row = self._db.execute(
            "SELECT w.id FROM work_order w WHERE w.id!=?1 AND EXISTS"
            " (SELECT 1 FROM label l WHERE l.order_id = w.id) ORDER BY w.seq DESC LIMIT 1",
            (order,),
        ).fetchone()
        return str(row[0]) if row else ""
