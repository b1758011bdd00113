"""Why a batch record can be believed: its events follow from each other, up to a signed head.

Only what comes after the order is left out, so the record of a closed order stays what it is while
the journal grows.
"""

from dataclasses import dataclass
from pathlib import Path

from station.core.batch import Chain, SignedHead
from station.core.problem import Problem
from station.records.batch.past import Past
from station.records.journal import GENESIS, Head, broken_at, hash_of, head
from station.records.signed.head import Head as Signed
from station.records.signed.head import check_against, standing
from station.records.signed.heads import read


@dataclass(frozen=True, slots=True)
class _Found:
    head: SignedHead | None = None
    problems: tuple[Problem, ...] = ()


def chain(past: Past, heads: Path | None) -> Chain:
    """`heads` is the file of the signed heads; None where nobody signs."""
    found = _signed(past, heads) if heads and heads.is_file() else _Found()
    until = found.head.seq if found.head else past.last
    before = Head(past.first - 1, hash_of(past.db, past.first - 1) or GENESIS)
    return Chain(
        first=past.first,
        last=past.last,
        hash=hash_of(past.db, past.last) or "",
        at=past.at(past.last),
        until=until,
        broken_at=broken_at(past.db, since=before, until=until),
        signed=found.head,
        unsteered=past.db.execute(
            "SELECT count(*) FROM event WHERE seq BETWEEN ? AND ? AND NOT steered",
            (past.first, past.last),
        ).get,
        problems=found.problems,
    )


def _signed(past: Past, heads: Path) -> _Found:
    """The first head after the order, if the journal agrees with it."""
    verified = read(heads)
    later = [each for each in standing(verified.heads) if each.seq >= past.last]
    first = min(later, key=lambda each: each.seq, default=None)
    if first is None:
        return _Found(problems=verified.problems)
    problems = check_against((first,), lambda seq: hash_of(past.db, seq), head(past.db).seq)
    kept = None if problems else _told(first, verified.keys)
    return _Found(kept, (*verified.problems, *problems))


def _told(found: Signed, keys: tuple[str, ...]) -> SignedHead:
    key = keys[-1] if keys else ""
    return SignedHead(seq=found.seq, hash=found.hash, at=found.at, why=found.why, key=key)
