"""The journal as somebody reads it who tells others of it: piece by piece, after a place."""

from contextlib import closing
from pathlib import Path

from station.core.events import Recorded
from station.records import journal
from station.records.database import usable


class Outgoing:
    """Each question opens a connection of its own: nothing is held while a message is on its way,
    so the journal's log never waits for a receiver.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` holds the journal."""
        self._folder = folder

    def head(self) -> journal.Head:
        """The last event. Raises Refused."""
        with closing(journal.read_only(self._folder)) as db, usable(self._folder):
            return journal.head(db)

    def holds(self, place: journal.Head) -> bool:
        """Whether this event is in it, as it was. Raises Refused."""
        with closing(journal.read_only(self._folder)) as db, usable(self._folder):
            found = journal.hash_of(db, place.seq) if place.seq else journal.GENESIS
            return found == place.hash

    def after(self, seq: int, *, limit: int) -> tuple[Recorded, ...]:
        """The next events, at most so many. Raises Refused."""
        with closing(journal.read_only(self._folder)) as db, usable(self._folder):
            return tuple(journal.recorded(db, after=seq, limit=limit))
