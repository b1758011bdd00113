"""When the challenge card came through a scanner, as the journal tells. Read-only, like Records."""

from dataclasses import dataclass
from datetime import datetime

import apsw

_IS_THERE = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='scanner_proof'"
"""A journal that no station of this version has opened yet has no such table."""


@dataclass(frozen=True, slots=True)
class Proof:
    seq: int
    at: datetime
    actor: str
    card: str
    """What the card said, hexadecimal."""

    good: bool
    """It survived."""


@dataclass(frozen=True, slots=True)
class Named:
    """A proof, and the address of its scanner."""

    scanner: str
    proof: Proof


class Proofs:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def last(self, scanner: str) -> Proof | None:
        """Of the scanner at this address, good or not; None if no card was ever scanned with it."""
        if not self._db.execute(_IS_THERE).get:
            return None
        row = self._db.execute(
            "SELECT seq, at, actor, card, good FROM scanner_proof WHERE scanner=?"
            " ORDER BY seq DESC LIMIT 1",
            (scanner,),
        ).fetchone()
        if row is None:
            return None
        return _proof(*row)

    def newest(self, *, rows: int) -> tuple[Named, ...]:
        """Of whichever scanner, newest first."""
        if not self._db.execute(_IS_THERE).get:
            return ()
        found = self._db.execute(
            "SELECT scanner, seq, at, actor, card, good FROM scanner_proof"
            " ORDER BY seq DESC LIMIT ?",
            (rows,),
        )
        return tuple(Named(scanner, _proof(*each)) for scanner, *each in found)


def _proof(seq: int, at: str, actor: str, card: str, good: int) -> Proof:
    return Proof(seq, datetime.fromisoformat(at), actor, card, bool(good))
