"""How the chain of the journal stands, as far as that is said at once.

Only an audit says it of the whole journal. Here the links of the newest events are looked at, and
whether the newest signed heads still are heads of this journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.problem import Problem
from station.records import journal
from station.records.journal import broken_at, hash_of
from station.records.signed.head import Head, check_against, standing

LINKS = 2_000
"""Events whose links are looked at."""

SIGNED = 200
"""Signed heads that are compared with the journal."""


@dataclass(frozen=True, slots=True)
class Chain:
    head: journal.Head
    at: datetime | None
    """Of the last event; None before the first."""

    looked: int
    """Events whose links were looked at."""

    broken: int | None
    """The first of them that does not follow from what is before it; None if all do."""

    signed: int
    """Heads there are."""

    last: Head | None
    """The one that was signed last."""

    signed_at: datetime | None

    problems: tuple[Problem, ...]
    """What the newest signed heads contradict."""

    @property
    def good(self) -> bool:
        return self.broken is None and not self.problems


def chain_of(db: apsw.Connection, heads: Sequence[Head] = ()) -> Chain:
    """`heads` are all that were signed, in their order, asked for before the journal was opened: it
    may have grown since, and they may not.
    """
    head = journal.head(db)
    since = max(head.seq - LINKS, 0)
    before = hash_of(db, since)
    start = journal.Head(since, before) if before else None
    valid = standing(heads[-SIGNED:])
    return Chain(
        head=head,
        at=_at(db, head.seq),
        looked=head.seq - (start.seq if start else 0),
        broken=broken_at(db, since=start, until=head.seq),
        signed=len(heads),
        last=valid[-1] if valid else None,
        signed_at=datetime.fromisoformat(valid[-1].at) if valid else None,
        problems=check_against(valid, lambda seq: hash_of(db, seq), head.seq),
    )


def _at(db: apsw.Connection, seq: int) -> datetime | None:
    found = db.execute("SELECT at FROM event WHERE seq = ?", (seq,)).fetchone()
    return datetime.fromisoformat(str(found[0])) if found else None
