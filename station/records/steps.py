"""The steps of an order as people see them: each with who took it, when, and what is missing.

Read-only; each thread opens its own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import apsw

from station.core.challenge import Result
from station.core.standing import Standing, Taken
from station.core.state import OrderState
from station.core.workflow import RULES, Step
from station.records.journal import hash_of
from station.records.standing import entries_of, first_articles, standing_of


class How(StrEnum):
    """How things stand with one step of an order."""

    DONE = "done"
    NEXT = "next"
    TO_COME = "to come"
    REFUSED = "refused"
    AGAIN = "due again"
    OFF = "off"
    """This order does not have to pass it."""


@dataclass(frozen=True, slots=True)
class Shown:
    step: Step
    how: How
    taken: Taken | None
    """By whom and when; None where nobody has yet."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How an order was closed: what decisions about it rest on."""

    seq: int
    hash: str
    reconciliation: dict[str, Any]
    """The event as it was recorded."""


class OrderSteps:
    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def standing(self, order: str) -> Standing | None:
        """None for an order that was not started, or was by an earlier version."""
        found = self._event(order, "OrderClosed")
        closing = (self._taken(Step.RECONCILIATION, found),) if found else ()
        return standing_of(self._db, order, *closing)

    def articles(self, order: str) -> tuple[int, ...]:
        """Numbers of the good labels since a first article was last due."""
        return first_articles(self._db, order)

    def refused_article(self, order: str) -> bool:
        """Whether people ever refused a first article of this order."""
        return any(
            each.step == Step.FIRST_ARTICLE and not each.passed and each.by
            for each in entries_of(self._db, order)
        )

    def judged(self, order: str) -> tuple[tuple[int, str], ...]:
        """The same labels, each with the hash of its verdict in the journal."""
        rows = (
            self._db.execute(
                "SELECT e.hash FROM label l JOIN event e ON e.seq = l.judged"
                " WHERE l.order_id=? AND l.number=?",
                (order, number),
            ).get
            for number in self.articles(order)
        )
        return tuple(
            (number, hashed.hex())
            for number, hashed in zip(self.articles(order), rows, strict=True)
        )

    def shown(self, order: str) -> tuple[Shown, ...]:
        """Every step in its order, those that are off included; empty where none is recorded."""
        now = self.standing(order)
        return tuple(self._rows(now)) if now else ()

    def closed(self, order: str) -> Closed | None:
        found = self._event(order, "OrderClosed")
        if found is None:
            return None
        seq, _, _, body = found
        return Closed(seq, hash_of(self._db, seq) or "", json.loads(body))

    def stopped_at(self, order: str) -> datetime | None:
        """Since when nothing was done at an order that is on hold: neither a label, nor a bad one,
        nor a look at the first ones. None while it runs.
        """
        row = self._db.execute(
            "SELECT min(e.at) FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=?1 AND e.type='OrderHeld' AND o.seq > coalesce((SELECT max(s.seq)"
            " FROM order_event s JOIN event b ON b.seq = s.seq WHERE s.order_id=?1"
            " AND b.type IN ('OrderStarted', 'OrderResumed', 'ChallengeEnded', 'StepSigned')), 0)",
            (order,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def supplies_changed(self, order: str, *, since: int) -> bool:
        """Whether paper or ribbon ran out, the head was open, or a roll was changed after this
        event.
        """
        faults = self._db.execute("SELECT conditions FROM fault WHERE seq>?", (since,))
        if any(not _SUPPLIES.isdisjoint(conditions.split()) for (conditions,) in faults):
            return True
        row = self._db.execute(
            "SELECT 1 FROM stock WHERE order_id=? AND seq>? AND kind IN ('roll start', 'roll end')",
            (order, since),
        ).fetchone()
        return row is not None

    def _rows(self, now: Standing) -> Iterator[Shown]:
        for rule in RULES:
            yield Shown(rule.step, self._how(now, rule.step), self._entry(now, rule.step))

    def _how(self, now: Standing, step: Step) -> How:
        last = now.last.get(step)
        if step not in now.workflow.steps:
            return How.OFF
        if step in now.passed:
            return How.DONE
        if last and not last.passed:
            return How.REFUSED if last.by else How.AGAIN
        return How.NEXT if step == now.next else How.TO_COME

    def _entry(self, now: Standing, step: Step) -> Taken | None:
        if step in now.last:
            return now.last[step]
        return self._recorded(now, step) if step in now.passed else None

    def _recorded(self, now: Standing, step: Step) -> Taken | None:
        """Who stands behind what the station itself recorded."""
        if step == Step.CHALLENGE:
            return self._challenge(now.order, last=False)
        if step == Step.LAST_CHALLENGE:
            return self._challenge(now.order, last=True)
        kind = "OrderEnded" if now.state == OrderState.ENDED else "OrderFinished"
        found = self._event(now.order, kind) or self._event(now.order, "OrderEnded")
        return self._taken(step, found) if found else None

    def _challenge(self, order: str, *, last: bool) -> Taken | None:
        row = self._db.execute(
            "SELECT ended, ended_at, actor FROM challenge WHERE order_id=? AND result=?"  # noqa: S608 - one of two words
            f" ORDER BY seq {'DESC' if last else 'ASC'} LIMIT 1",
            (order, Result.PASSED),
        ).fetchone()
        if row is None:
            return None
        step = Step.LAST_CHALLENGE if last else Step.CHALLENGE
        at = datetime.fromisoformat(row[1])
        return Taken(step, passed=True, seq=int(row[0]), by=row[2], at=at)

    def _event(self, order: str, kind: str) -> tuple[int, str, str, str] | None:
        """(event, time, actor, body) of the last event of a kind."""
        row = self._db.execute(
            "SELECT e.seq, e.at, e.actor, e.body FROM order_event o JOIN event e ON e.seq = o.seq"
            " WHERE o.order_id=? AND e.type=? ORDER BY o.seq DESC LIMIT 1",
            (order, kind),
        ).fetchone()
        return None if row is None else (int(row[0]), str(row[1]), str(row[2]), str(row[3]))

    def _taken(self, step: Step, found: tuple[int, str, str, str]) -> Taken:
        seq, at, actor, body = found
        said = json.loads(body)
        return Taken(
            step,
            passed=True,
            seq=seq,
            by=actor,
            witness=said.get("witness", ""),
            at=datetime.fromisoformat(at),
            reason=said.get("justification", "") or said.get("reason", ""),
        )


_SUPPLIES = frozenset({"paper-out", "ribbon-out", "head-open"})
"""Conditions after which another roll may be in the printer."""
