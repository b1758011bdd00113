"""How far an order is in its workflow, from the tables alone: so the projections can refuse a step
out of its turn, and an audit that derives them again does as well.
"""

from collections.abc import Iterator
from datetime import datetime

import apsw

from station.core.challenge import Result
from station.core.standing import Standing, Taken, standing
from station.core.state import PASSED as GOOD
from station.core.state import LabelState, OrderState
from station.core.workflow import Step, Workflow

PASSED, REFUSED, DUE = "passed", "refused", "due"
"""What an entry says of its step."""

_PASSED = ", ".join(f"'{each}'" for each in sorted(GOOD))
_GOOD = f"{_PASSED}, '{LabelState.SAMPLE}'"

_IS_THERE = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='order_step'"
"""A journal that no station of this version has opened yet has no such table."""


def standing_of(db: apsw.Connection, order: str, *more: Taken) -> Standing | None:
    """None for an order that was not started, or was by an earlier version.

    `more` are entries that the tables do not hold: who closed it.
    """
    row = _row(db, order)
    if row is None:
        return None
    began, plan, state, cause = row
    entries = tuple(entries_of(db, order))
    articles = len(_articles(db, order, entries, began))
    good = _good(db, order)
    left = _number(db, "SELECT quantity FROM work_order WHERE id=?", order) - good + articles
    # Where the line has stopped for them, there are no more to come.
    wanted = articles if cause == Step.FIRST_ARTICLE else min(plan.articles, left)
    return standing(
        order,
        plan,
        (*entries, *more),
        state=state,
        challenged=_challenged(db, order, began),
        articles=articles,
        wanted=wanted,
        empty=not good,
        on_hold=_number(
            db, "SELECT count(*) FROM quarantine WHERE order_id=? AND cleared IS NULL", order
        ),
    )


def first_articles(db: apsw.Connection, order: str) -> tuple[int, ...]:
    """Numbers of the good labels since a first article was last due."""
    row = _row(db, order)
    if row is None:
        return ()
    return _articles(db, order, tuple(entries_of(db, order)), row[0])


def entries_of(db: apsw.Connection, order: str) -> Iterator[Taken]:
    """What was signed, and what became due again, oldest first."""
    rows = db.execute(
        "SELECT seq, step, outcome, at, actor, witness, reason, digest FROM order_step"
        " WHERE order_id=? ORDER BY seq",
        (order,),
    )
    for seq, step, outcome, at, actor, witness, reason, digest in rows:
        yield Taken(
            Step(step),
            passed=outcome == PASSED,
            seq=int(seq),
            by=actor if outcome != DUE else "",
            witness=witness,
            at=datetime.fromisoformat(at),
            reason=reason,
            digest=digest,
        )


def _articles(
    db: apsw.Connection, order: str, entries: tuple[Taken, ...], began: int
) -> tuple[int, ...]:
    """None are counted while no first article is due: there may be very many labels."""
    steps = [each for each in entries if each.step == Step.FIRST_ARTICLE]
    if steps and steps[-1].passed:
        return ()
    seq = steps[-1].seq if steps else began
    rows = db.execute(
        f"SELECT number FROM label WHERE order_id=? AND state IN ({_GOOD}) AND judged>?"  # noqa: S608 - constants
        " ORDER BY number",
        (order, seq),
    )
    return tuple(int(number) for (number,) in rows)


def _good(db: apsw.Connection, order: str) -> int:
    """Good labels of the order, on a device or about to be."""
    return _number(
        db,
        "SELECT coalesce(sum(n), 0) FROM label_count WHERE order_id=?"  # noqa: S608 - constants
        f" AND state IN ({_PASSED})",
        order,
    )


def _row(db: apsw.Connection, order: str) -> tuple[int, Workflow, OrderState, str] | None:
    if not db.execute(_IS_THERE).get:
        return None
    row = db.execute(
        "SELECT w.seq, w.body, o.state, o.cause FROM workflow w"
        " JOIN work_order o ON o.id = w.order_id WHERE w.order_id=?",
        (order,),
    ).fetchone()
    if row is None:
        return None
    seq, body, state, cause = row
    return int(seq), Workflow.model_validate_json(body), OrderState(state), str(cause)


def _challenged(db: apsw.Connection, order: str, since: int) -> bool:
    return bool(
        _number(
            db,
            "SELECT count(*) FROM challenge WHERE order_id=? AND result=? AND ended>?",
            order,
            Result.PASSED,
            since,
        )
    )


def _number(db: apsw.Connection, sql: str, *values: object) -> int:
    return int(db.execute(sql, values).get)
