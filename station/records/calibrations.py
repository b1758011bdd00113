"""Which designs were calibrated, as the journal tells. Read-only, like Records."""

import apsw

from station.core.calibration import Calibration


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
