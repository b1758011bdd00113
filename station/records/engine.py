"""The database engine, as it works on one disk: what a journal there would be written with."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from station.records import database

_SAFE = {"synchronous": "3", "journal_mode": "wal", "foreign_keys": "1"}
"""What the journal asks for; 3 is EXTRA (sqlite.org/pragma.html)."""


@dataclass(frozen=True, slots=True)
class Engine:
    version: str
    source: str
    """Which state of SQLite's own sources it was made of."""

    pragmas: tuple[tuple[str, str], ...]
    """Read back from a connection that writes."""

    options: tuple[str, ...]
    """It was compiled with."""

    intact: bool
    """What was written was read back whole."""

    @property
    def safe(self) -> bool:
        """Whether it keeps what was committed when the power goes."""
        return self.intact and dict(self.pragmas) == _SAFE


def examine(folder: Path) -> Engine:
    """Write a small journal in this folder, which holds nothing else, and look at it.

    Raises Refused where none can be made.
    """
    path = folder / "journal.db"
    with closing(database.writer(path)) as db, database.usable(path):
        found = tuple((name, str(db.pragma(name))) for name in _SAFE)
        intact = db.pragma("integrity_check") == "ok"
        return Engine(
            version=apsw.sqlite_lib_version(),
            source=apsw.sqlite3_sourceid(),
            pragmas=found,
            options=tuple(apsw.compile_options),
            intact=intact,
        )


FORBIDDEN = (
    ("UPDATE", "UPDATE event SET actor = 'somebody else' WHERE seq = 2"),
    ("DELETE", "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)"),
    (
        "INSERT OR REPLACE",
        (
            "INSERT OR REPLACE INTO event SELECT seq, at, offset, monotonic, steered, type, 'x',"
            " body, prev, hash FROM event WHERE seq = 2"
        ),
    ),
)
"""What no step of a station does to its journal, and a program with its rights could try."""


def refusals(folder: Path) -> tuple[tuple[str, str], ...]:
    """(what was tried, why the engine has not done it) in the journal of this folder, which is a
    copy; no reason where it was done. Raises Refused.
    """
    with closing(database.writer(folder / "journal.db")) as db:
        return tuple((what, _refusal(db, sql)) for what, sql in FORBIDDEN)


def _refusal(db: apsw.Connection, sql: str) -> str:
    try:
        db.execute(sql)
    except apsw.ConstraintError as error:
        return str(error)
    return ""
