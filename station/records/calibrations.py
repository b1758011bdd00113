"""Which designs were calibrated, as the journal tells. Read-only, like Records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Made:
    """A calibration, and who made it when."""

    seq: int
    at: datetime
    actor: str
    calibration: Calibration


class Calibrations:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def last(self, template: str, revision: str) -> Calibration | None:
        """The one that counts; whether it still holds is another question."""
        if not self._db.table_exists(None, "calibration"):
            return None  # no station of this version has opened the journal yet
        row = self._db.execute(
            "SELECT body FROM calibration WHERE name=? AND revision=? ORDER BY seq DESC LIMIT 1",
            (template, revision),
        ).fetchone()
        return Calibration.model_validate_json(row[0]) if row else None

    def every(self) -> Iterator[Made]:
        """The one that counts of each design, by name and revision."""
        if not self._db.table_exists(None, "calibration"):
            return
        rows = self._db.execute(
            "SELECT c.seq, e.at, e.actor, c.body FROM calibration c JOIN event e ON e.seq = c.seq"
            " WHERE c.seq = (SELECT max(seq) FROM calibration d WHERE d.name = c.name"
            " AND d.revision = c.revision) ORDER BY c.name, c.revision"
        )
        for seq, at, actor, body in rows:
            yield Made(
                seq, datetime.fromisoformat(at), actor, Calibration.model_validate_json(body)
            )
