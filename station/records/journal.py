"""The journal: one table of chained events, and nothing else is the truth.

Each event's hash covers the hash before it and a fixed header, so no event can be changed, left
out or moved without every later hash betraying it. Projections are written in the same
transaction as their event and can be thrown away and rebuilt.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import apsw

from station.core.events import Event, Recorded, from_json, to_json
from station.core.problem import Refused, problem
from station.records import projections

GENESIS = "0" * 64
UNSAFE_FILE_SYSTEMS = {"tmpfs", "ramfs", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"}

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS event(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
    body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
CREATE TRIGGER IF NOT EXISTS event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS event_is_only_appended BEFORE INSERT ON event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
      OR NEW.prev IS NOT coalesce((SELECT hash FROM event ORDER BY seq DESC LIMIT 1), '{GENESIS}')
    BEGIN SELECT RAISE(ABORT, 'an event is only appended'); END;
"""  # noqa: S608 - built from the constant above


class InUse(Refused):
    """Another station works in this data directory."""


class Journal:
    """The single writer. Opening it takes the data directory's lock."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] | None = None) -> None:
        """Raises Refused when the folder cannot hold a journal that survives a power cut."""
        self._now = now or (lambda: datetime.now(UTC))
        _make(folder)
        with ExitStack() as opened:
            opened.callback(_locked(folder).close)
            self._db = _opened(folder / "journal.db")
            opened.callback(self._db.close)
            with _usable(folder):
                projections.create(self._db)
                self._seq, self._hash = head(self._db)
                _check_whole(self._db, folder)
            self._resources = opened.pop_all()

    def append(self, *events: Event, actor: str = "station") -> int:
        """Write the events and what follows from them durably, or nothing. Returns the last seq."""
        at = self._now().astimezone(UTC)
        seq, prev = self._seq, self._hash
        with self._db:
            for event in events:
                body = to_json(event).decode()
                stamp = at.isoformat(timespec="microseconds")
                seq, chained = seq + 1, digest(seq + 1, stamp, event.type, actor, body, prev)
                self._db.execute(
                    "INSERT INTO event VALUES(?,?,?,?,?,?,?)",
                    (seq, stamp, event.type, actor, body, prev, chained),
                )
                projections.apply(self._db, Recorded(seq, at, actor, event, chained))
                prev = chained
        self._seq, self._hash = seq, prev
        return seq

    @property
    def db(self) -> apsw.Connection:
        """For queries of the writer's own thread."""
        return self._db

    def close(self) -> None:
        self._resources.close()


def digest(seq: int, at: str, kind: str, actor: str, body: str, prev: str) -> str:  # noqa: PLR0917 - the header, in its order
    """SHA-256 over the fixed header and the digest of the body."""
    inner = hashlib.sha256(body.encode()).hexdigest()
    header = "\x1f".join((str(seq), at, kind, actor, inner, prev))
    return hashlib.sha256(header.encode()).hexdigest()


def head(db: apsw.Connection) -> tuple[int, str]:
    """(seq, hash) of the last event."""
    row = db.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return (0, GENESIS) if row is None else (int(row[0]), str(row[1]))


def recorded(db: apsw.Connection, *, after: int = 0) -> Iterator[Recorded]:
    """All events in order."""
    for seq, at, actor, body, chained in db.execute(
        "SELECT seq, at, actor, body, hash FROM event WHERE seq > ? ORDER BY seq", (after,)
    ):
        yield Recorded(seq, datetime.fromisoformat(at), actor, from_json(body), chained)


def broken_at(db: apsw.Connection) -> int | None:
    """The first event whose hash does not follow from what is before it; None if all do."""
    prev = GENESIS
    rows = db.execute("SELECT seq, at, type, actor, body, prev, hash FROM event ORDER BY seq")
    for expected, (seq, at, kind, actor, body, stored_prev, stored) in enumerate(rows, start=1):
        if (seq, stored_prev, stored) != (
            expected,
            prev,
            digest(seq, at, kind, actor, body, prev),
        ):
            return int(seq)
        prev = stored
    return None


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    """What SQLite cannot read is not written over; it is said."""
    try:
        yield
    except apsw.Error as error:
        path = str(folder / "journal.db")
        raise Refused(
            problem("{path} is not a journal that can be used: {why}.", path=path, why=str(error))
        ) from None


def _check_whole(db: apsw.Connection, folder: Path) -> None:
    """Raises Refused for a journal that was changed, or that is gone while its labels are not."""
    broken = broken_at(db)
    if broken is not None:
        raise Refused(problem("The journal was changed or is damaged at event {seq}.", seq=broken))
    empty = head(db)[0] == 0
    traces = [folder / "evidence", folder / "orders" / "accepted"]
    if empty and any(path.is_dir() and any(path.iterdir()) for path in traces):
        raise Refused(
            problem(
                "The journal in {folder} is empty, but pictures or orders of earlier labels lie"
                " beside it: bring the journal back, or their serials could be printed again.",
                folder=str(folder),
            )
        )


def read_only(folder: Path) -> apsw.Connection:
    """A connection that can look at a live journal and change nothing."""
    path = folder / "journal.db"
    if not path.exists():
        raise Refused(problem("There is no journal in {folder} yet.", folder=str(folder)))
    with _usable(folder):
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        db.set_busy_timeout(5000)
        head(db)
    return db


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            problem(
                "Cannot make the data directory {folder}: {why}.",
                folder=str(folder),
                why=error.strerror or "?",
            )
        ) from None
    system = _file_system(folder)
    if system in UNSAFE_FILE_SYSTEMS:
        raise Refused(
            problem(
                "{folder} is on {system}, which can lose what was written. Expected a local disk.",
                folder=str(folder),
                system=system,
            )
        )


def _file_system(folder: Path) -> str:
    """The type of the mount that holds the folder, from /proc/self/mounts."""
    target = folder.resolve()
    best = ("", "")
    for line in Path("/proc/self/mounts").read_text().split("\n"):
        parts = line.split(" ")
        if len(parts) > 2:
            mount = Path(parts[1].replace("\\040", " "))
            if target.is_relative_to(mount) and len(str(mount)) >= len(best[0]):
                best = (str(mount), parts[2])
    return best[1]


def _locked(folder: Path) -> IO[str]:
    file = (folder / "station.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read(200).strip() or "another process"
        file.close()
        raise InUse(
            problem(
                "{folder} is in use by {holder}. One station, one data directory.",
                folder=str(folder),
                holder=holder,
            )
        ) from None
    file.truncate(0)
    file.write(f"process {os.getpid()} on {os.uname().nodename}")
    file.flush()
    return file


def _opened(path: Path) -> apsw.Connection:
    try:
        db = apsw.Connection(str(path))
        db.set_busy_timeout(5000)
        # In this order: with WAL first, an adversarial file system can lose the tables.
        db.execute("PRAGMA synchronous=EXTRA")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA foreign_keys=ON")
        found = (db.pragma("synchronous"), db.pragma("journal_mode"))
        if found != (3, "wal"):
            raise Refused(
                problem(
                    "SQLite did not accept synchronous=EXTRA and WAL: got {got}.", got=str(found)
                )
            )
        db.execute(_SCHEMA)
    except apsw.Error as error:
        raise Refused(
            problem(
                "{path} is not a journal that can be used: {why}.", path=str(path), why=str(error)
            )
        ) from None
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return db
