"""The records as a page reads them: through a connection of its own that can change nothing."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from station.records.account import Accounts
from station.records.journal import read_only
from station.records.query import Records
from station.records.signatures import Signatures, Signed


@contextmanager
def reading(folder: Path) -> Iterator[tuple[Records, Accounts]]:
    """`folder` holds the journal."""
    db = read_only(folder)
    try:
        yield Records(db), Accounts(db)
    finally:
        db.close()


def signed(folder: Path, order: str, *, number: int | None = None) -> tuple[Signed, ...]:
    """What people signed about an order, or about one of its labels."""
    with closing(read_only(folder)) as db:
        return Signatures(db).of(order, number=number)
