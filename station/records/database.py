"""The file the journal lives in: opened so that what was committed survives a power cut.

Anything that is not a journal of this station, or not a whole one, is refused and left as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from station.core.problem import Refused, problem
from station.records import place

APPLICATION = 0x4C42_5354
"""PRAGMA application_id: "LBST", in the header of the file."""

VERSION = 1
"""PRAGMA user_version: the shape of the tables."""

SAFE_SQLITE = (3, 51, 3)
"""Earlier ones can corrupt a WAL database that several connections use."""

GENESIS = bytes(32)

_SCHEMA = f"""
CREATE TABLE event(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, offset INTEGER NOT NULL,
    monotonic INTEGER NOT NULL, steered INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
    body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX event_restored ON event(seq) WHERE type = 'JournalRestored';
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
CREATE TRIGGER event_is_only_appended BEFORE INSERT ON event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
      OR NEW.prev IS NOT
         coalesce((SELECT hash FROM event ORDER BY seq DESC LIMIT 1), x'{GENESIS.hex()}')
    BEGIN SELECT RAISE(ABORT, 'an event is only appended'); END;
"""  # noqa: S608 - built from the constant above


def writer(path: Path, *, vfs: str = "") -> apsw.Connection:
    """The one connection that writes. Raises Refused.

    `vfs` names a file system of apsw's own, which offers no memory to share: readers are then
    shut out.
    """
    check_engine(apsw.sqlite_lib_version())
    with usable(path):
        db = apsw.Connection(str(path), vfs=vfs or None)
        try:
            db.set_busy_timeout(5000)
            _check_kind(db, path)
            if vfs:
                db.execute("PRAGMA locking_mode=EXCLUSIVE")
            # In this order: with WAL first, an adversarial file system can lose the tables.
            db.execute("PRAGMA synchronous=EXTRA")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA foreign_keys=ON")
            _check_pragmas(db)
            if db.pragma("application_id") != APPLICATION:
                with db:
                    db.pragma("application_id", APPLICATION)
                    db.pragma("user_version", VERSION)
                    db.execute(_SCHEMA)
        except BaseException:
            db.close()
            raise
    try:
        with place.usable(path.parent):
            place.sync(path.parent)
    except Refused:
        db.close()
        raise
    return db


def reader(path: Path) -> apsw.Connection:
    """A connection that can look at a journal, live or a copy, and change nothing."""
    if not path.exists():
        raise Refused(problem("There is no journal in {folder} yet.", folder=str(path.parent)))
    # A copy without its log has nobody who writes; its folder may be one we cannot write to.
    live = path.with_name(f"{path.name}-wal").exists()
    uri = f"file:{quote(str(path))}?{'mode=ro' if live else 'immutable=1'}"
    with usable(path):
        db = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        db.set_busy_timeout(5000)
        _check_kind(db, path)
        db.execute("SELECT max(seq) FROM event").fetchone()
    return db


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """What SQLite cannot read is not written over; it is said."""
    try:
        yield
    except apsw.Error as error:
        raise Refused(
            problem(
                "{path} is not a journal that can be used: {why}.", path=str(path), why=str(error)
            )
        ) from None


def check_engine(version: str) -> None:
    """Raises Refused for a SQLite that can lose a journal."""
    if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        raise Refused(
            problem(
                "SQLite {got} can corrupt the journal. Expected {expected} or later.",
                got=version,
                expected=".".join(map(str, SAFE_SQLITE)),
            )
        )


def _check_pragmas(db: apsw.Connection) -> None:
    found = (db.pragma("synchronous"), db.pragma("journal_mode"))
    if found != (3, "wal"):
        raise Refused(
            problem("SQLite did not accept synchronous=EXTRA and WAL: got {got}.", got=str(found))
        )


def _check_kind(db: apsw.Connection, path: Path) -> None:
    """Nothing is made inside a database that belongs to somebody else."""
    kind, version = db.pragma("application_id"), db.pragma("user_version")
    if db.execute("SELECT count(*) FROM sqlite_schema").get == 0:
        return
    if kind != APPLICATION:
        raise Refused(
            problem("{path} is a database, but not the journal of a label station.", path=str(path))
        )
    if version != VERSION:
        raise Refused(
            problem(
                "{path} was written by another version of the station: it has form {got}, expected"
                " {expected}. Use that version.",
                path=str(path),
                got=version,
                expected=VERSION,
            )
        )
