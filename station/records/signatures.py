"""What people signed, as the journal tells. Read-only, like Records."""

from dataclasses import dataclass
from datetime import datetime

import apsw


@dataclass(frozen=True, slots=True)
class Signed:
    at: datetime
    person: str
    meaning: str
    """A word of `station.wording.MEANINGS`."""

    reason: str
    factor: str
    """ "both": name or badge and secret; "second": the secret, by whoever was signed in."""

    number: int
    """Of the label it is about; 0 for none."""

    first: int
    last: int
    """Of the events that were signed."""

    digest: str
    """SHA-256 of their bodies."""


class Signatures:
    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def of(self, order: str, *, number: int | None = None) -> tuple[Signed, ...]:
        """About an order or, with a number, about one of its labels; oldest first."""
        if not self._db.table_exists(None, "signature"):
            return ()  # no station of this version has opened the journal yet
        rows = self._db.execute(
            "SELECT at, person, meaning, reason, factor, number, first, last, digest"
            " FROM signature WHERE order_id=?1 AND (?2 IS NULL OR number=?2) ORDER BY seq",
            (order, number),
        )
        return tuple(Signed(datetime.fromisoformat(at), *others) for at, *others in rows)
