"""How well the labels of an order were printed, as the journal tells. Read-only, like Records."""

from dataclasses import dataclass

import apsw

from station.core.events import LabelJudged, from_json
from station.core.quality import Quality
from station.core.trend import Baseline
from station.records.calibrations import Calibrations
from station.records.query import Records, VerifierReading

LAST = 200
"""Labels that are looked at for one page: as many as a chart can show."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A label that was compared, and what was measured on it."""

    number: int
    accepted: bool
    quality: Quality


class Trends:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def labels(self, order: str, *, limit: int = LAST) -> tuple[Measured, ...]:
        """The last ones of an order that have indices, oldest first; by index, however many there
        are.
        """
        rows = self._db.execute(
            "SELECT l.number, e.body FROM label l JOIN event e ON e.seq = l.judged"
            " WHERE l.order_id = ? ORDER BY l.number DESC LIMIT ?",
            (order, limit),
        )
        found = ((number, from_json(body)) for number, body in rows)
        measured = [
            Measured(number, event.accepted, event.quality)
            for number, event in found
            if isinstance(event, LabelJudged) and event.quality and event.quality.symbols
        ]
        return tuple(reversed(measured))

    def calibrated(self, order: str) -> tuple[Baseline, ...]:
        """Where the indices of good labels of its design are; empty where nobody has said."""
        row = Records(self._db).order(order)
        if row is None:
            return ()
        found = Calibrations(self._db).last(row.order.template, row.order.revision)
        return found.trend if found else ()

    def readings(self, order: str, *, limit: int = LAST) -> tuple[tuple[int, VerifierReading], ...]:
        """What verifiers measured on its last labels, by number, oldest first."""
        rows = self._db.execute(
            "SELECT number, identifier, grade, verifier FROM verifier_reading WHERE order_id = ?"
            " ORDER BY number DESC, seq DESC LIMIT ?",
            (order, limit),
        )
        found = [(number, VerifierReading(*values)) for number, *values in rows]
        return tuple(reversed(found))

    def orders(self, *, limit: int) -> tuple[str, ...]:
        """Those that were started, newest first."""
        rows = self._db.execute(
            "SELECT id FROM work_order WHERE recipe IS NOT NULL ORDER BY seq DESC LIMIT ?", (limit,)
        )
        return tuple(name for (name,) in rows)
