"""Serials that were used before the station, or elsewhere: taken into the records for ever.

Each one stands in the table in which a serial stands once per GTIN, so nothing is ever printed with
it. All serials of a file are written in one transaction: whatever happens meanwhile, they are all
there or none is, and the same file can be taken again without harm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.events import SerialsImported
from station.core.serials.history import History
from station.records.journal import Journal

AT_ONCE = 10_000
"""Serials of one event."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A serial that is used, and how it came into the records."""

    gtin: str
    serial: str
    at: datetime
    actor: str
    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file of used serials."""

    new: int
    known: int
    """Serials that were in the records already."""


def take(journal: Journal, history: History, *, gtin: str, reason: str, actor: str) -> Taken:
    """Write down the file, with every serial of it that is not in the records.

    Raises JournalFailed; then it is not known whether all of them are written or none.
    """
    new = tuple(each for each in history.serials if not _known(journal.db, gtin, each))
    known = len(history.serials) - len(new)
    pieces = range(0, max(len(new), 1), AT_ONCE)
    events = (
        SerialsImported(
            gtin=gtin,
            serials=new[first : first + AT_ONCE],
            file=history.file,
            sha256=history.sha256,
            part=part,
            parts=len(pieces),
            known=known,
            reason=reason,
        )
        for part, first in enumerate(pieces, start=1)
    )
    journal.append(*events, actor=actor)
    return Taken(len(new), known)


def imported(db: apsw.Connection, serial: str, *, gtin: str = "") -> Iterator[Imported]:
    """How a serial came here, for this GTIN or, without one, for each that has it."""
    rows = db.execute(
        "SELECT i.gtin, i.at, i.actor, i.file, i.reason"
        " FROM serial s JOIN serial_import i ON i.seq = s.place"
        " WHERE s.serial = ? AND s.order_id = '' AND ? IN ('', s.gtin)",
        (serial, gtin),
    )
    for of, at, actor, file, reason in rows:
        yield Imported(of, serial, datetime.fromisoformat(at), actor, file, reason)


def _known(db: apsw.Connection, gtin: str, serial: str) -> bool:
    found = db.execute("SELECT 1 FROM serial WHERE gtin=? AND serial=?", (gtin, serial))
    return found.fetchone() is not None
