"""The heads that were signed and kept elsewhere, held against the journal."""

from collections.abc import Iterator
from pathlib import Path

from station.core.problem import Refused
from station.records.journal import hash_of, read_only
from station.records.signed.heads import read
from station.records.signed.second_place import FILE


def missed(data: Path, second: Path) -> Iterator[str]:
    """Every head that the journal does not have any more: an end that was lost, or rewritten.

    A line that was cut off is not looked at: nobody was told that it was kept.
    """
    if not (second / FILE).exists():
        return
    try:
        db = read_only(data)
    except Refused:
        # That it cannot be read is told by torture.truth.
        return
    for head in read(second / FILE).heads:
        if head.seq and hash_of(db, head.seq) != head.hash:
            yield f"the journal is not behind its anchors: event {head.seq}, signed on {head.why}"
    db.close()


def spoilt(second: Path) -> Iterator[str]:
    """What is wrong with the heads themselves, when a station has ended well."""
    for each in read(second / FILE).problems:
        yield f"the signed heads are whole: {each}"
