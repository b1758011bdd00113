"""What was decided about nonconformances, and what is still to be decided. Read-only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.events import LabelDisposed, LabelIssued, LabelJudged
from station.core.nonconformance import Disposition
from station.core.state import GONE, LabelState
from station.records.journal import recorded_at
from station.records.keys import STATION


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided what, and when."""

    seq: int
    at: datetime
    actor: str
    witness: str
    disposition: Disposition
    passed: bool
    capa: str

    @property
    def people(self) -> str:
        return " + ".join(each for each in (self.actor, self.witness) if each)


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more is to be done about a nonconformance."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """The latest nonconformance of a label."""

    seq: int
    """The event that found it."""

    codes: tuple[str, ...]
    operator: str
    """Who let the line go last before it was found; empty where nobody did."""

    decided: Decided | None


_COLUMNS = "found, seq, at, actor, witness, disposition, passed, capa"


class Dispositions:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def undecided(self, order: str, number: int) -> Undecided | None:
        """With the decision about it, where there is one; None where nothing was found."""
        row = self._db.execute(
            "SELECT seq, codes FROM nonconformance WHERE order_id=? AND number=?"
            " ORDER BY seq DESC LIMIT 1",
            (order, number),
        ).fetchone()
        if row is None:
            return None
        seq = int(row[0])
        return Undecided(
            seq, tuple(str(row[1]).split()), self._operator(order, seq), self.decided(seq)
        )

    def _operator(self, order: str, before: int) -> str:
        row = self._db.execute(
            "SELECT e.actor FROM order_event o JOIN event e ON e.seq = o.seq WHERE o.order_id=?"
            " AND o.seq<? AND e.type IN ('OrderStarted', 'OrderResumed') AND e.actor!=?"
            " ORDER BY o.seq DESC LIMIT 1",
            (order, before, STATION),
        ).fetchone()
        return str(row[0]) if row else ""

    def decided(self, found: int) -> Decided | None:
        """About the nonconformance that this event found."""
        return self.of((found,)).get(found)

    def of(self, found: Iterable[int]) -> dict[int, Decided]:
        """About each of these nonconformances that is decided, by the event that found it."""
        if not self._db.table_exists(None, "disposition"):
            return {}  # no station of this version has opened the journal yet
        sql = f"SELECT {_COLUMNS} FROM disposition WHERE found=?"  # noqa: S608 - a constant
        rows = (self._db.execute(sql, (each,)).fetchone() for each in found)
        return {row[0]: _decided(*row[1:]) for row in rows if row}

    def whole(self, decided: Decided) -> LabelDisposed:
        """Everything that was written down with a decision."""
        recorded = recorded_at(self._db, decided.seq)
        assert recorded, "its row names its event"
        assert isinstance(recorded.event, LabelDisposed), "of its kind"
        return recorded.event

    def life(self, order: str, number: int) -> tuple[LabelIssued | None, LabelJudged | None]:
        """How a label was issued, and judged last."""
        row = self._db.execute(
            "SELECT issued, judged FROM label WHERE order_id=? AND number=?", (order, number)
        ).fetchone()
        found = [recorded_at(self._db, int(each)) if each else None for each in row or (0, 0)]
        issued, judged = (each.event if each else None for each in found)
        return (
            issued if isinstance(issued, LabelIssued) else None,
            judged if isinstance(judged, LabelJudged) else None,
        )

    def closed(self, order: str, number: int) -> Closed | None:
        """When the label was gone, or passed; None while something is still to be done."""
        row = self._db.execute(
            "SELECT l.state, e.at, e.actor, coalesce(json_extract(e.body, '$.witness'), '')"
            " FROM label l JOIN event e ON e.seq = max(coalesce(l.settled, 0),"
            " coalesce(l.released, 0)) WHERE l.order_id=? AND l.number=?",
            (order, number),
        ).fetchone()
        if row is None or LabelState(row[0]) not in GONE | {LabelState.RELEASED, LabelState.SAMPLE}:
            return None
        people = " + ".join(each for each in (str(row[2]), str(row[3])) if each)
        return Closed(datetime.fromisoformat(row[1]), people)


def _decided(  # noqa: PLR0917 - a row, in the order of its columns
    seq: int, at: str, actor: str, witness: str, disposition: str, passed: int, capa: str
) -> Decided:
    return Decided(
        seq=seq,
        at=datetime.fromisoformat(at),
        actor=actor,
        witness=witness,
        disposition=Disposition(disposition),
        passed=bool(passed),
        capa=capa,
    )
