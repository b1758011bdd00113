"""What was vouched for as validated, as the journal tells. Read-only, like Records."""

from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.events import BaselineApproved
from station.records.journal import recorded_at


@dataclass(frozen=True, slots=True)
class Baseline:
    seq: int
    at: datetime
    actor: str
    witness: str
    reason: str
    digest: str


class BaselineRecords:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def every(self, *, limit: int) -> tuple[Baseline, ...]:
        """Newest first; the first one counts."""
        if not self._db.table_exists(None, "baseline"):
            return ()  # no station of this version has opened the journal yet
        rows = self._db.execute(
            "SELECT seq, at, actor, witness, reason, digest FROM baseline"
            " ORDER BY seq DESC LIMIT ?",
            (limit,),
        )
        return tuple(
            Baseline(seq, datetime.fromisoformat(at), actor, witness, reason, digest)
            for seq, at, actor, witness, reason, digest in rows
        )

    def last(self) -> Baseline | None:
        return next(iter(self.every(limit=1)), None)

    def settings(self, baseline: Baseline) -> str:
        """All that was in force then, as JSON (`station.core.baseline`)."""
        found = recorded_at(self._db, baseline.seq)
        assert found, "its row names its event"
        assert isinstance(found.event, BaselineApproved), "of its kind"
        return found.event.settings
