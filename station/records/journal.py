"""The journal: one table of chained events, and nothing else is the truth.

Each event's hash covers the hash before it and a fixed header, so no event can be changed, left
out or moved without every later hash betraying it. Projections are written in the same
transaction as their event and can be thrown away and rebuilt.

A chain that is cut off, or written anew from its first event, follows from itself all the same.
That shows only against heads kept elsewhere: see heads.py.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import apsw

from station.core.events import Event, Recorded, from_json, to_json
from station.core.problem import Refused, problem
from station.core.signature import Signature
from station.records import clock as clocks
from station.records import database, place, projections, trail

FILE = "journal.db"
GENESIS = database.GENESIS.hex()

_OF_THE_DISK = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NotADBError,
    apsw.ReadOnlyError,
)

_COLUMNS = "seq, at, offset, monotonic, steered, type, actor, body, prev, hash"


class Head(NamedTuple):
    """How far a journal goes, and the hash that stands for all of it."""

    seq: int
    hash: str
    """Hexadecimal."""


class JournalFailed(Exception):
    """The journal takes nothing any more. Whoever goes on would act without a record."""


class Journal:
    """The single writer. Opening it takes the data directory's lock."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: clocks.Clock = clocks.now,
        signed: Callable[[], Head | None] = lambda: None,
        vfs: str = "",
    ) -> None:
        """`signed` gives the last head that was signed, once the folder is held: what is before
        it was checked by whoever signed it. `vfs`: see database.writer.

        Raises Refused when the folder cannot hold a journal that survives a power cut, or when
        the journal in it is not whole.
        """
        self.clock = clock
        with ExitStack() as opened:
            opened.callback(place.take(folder).close)
            path = folder / FILE
            self._db = database.writer(path, vfs=vfs)
            opened.callback(self._db.close)
            with database.usable(path):
                self._seq, self._hash = head(self._db)
                _check_whole(self._db, folder, since=signed())
                projections.create(self._db)
                trail.prepare(self._db)
            self._resources = opened.pop_all()
        self._failed = ""
        self._signing: tuple[str, tuple[Signature, ...]] = ("", ())
        """By whom the next events are, and what they sign them with."""

    @contextmanager
    def signing(self, signatures: tuple[Signature, ...], *, actor: str) -> Iterator[None]:
        """What this person has recorded first in here is signed, in the same transaction."""
        self._signing = (actor, signatures)
        try:
            yield
        finally:
            self._signing = ("", ())

    def append(self, *events: Event, actor: str = "station") -> int:
        """Write the events and what follows from them durably, or nothing. Returns the last seq.

        Raises JournalFailed when the disk does not take them, and for ever after: whether the
        last ones are on it can be said only by reading it again.
        """
        if self._failed:
            raise JournalFailed(self._failed)
        instant = self.clock()
        at = instant.utc.astimezone(UTC)
        stamp = at.isoformat(timespec="microseconds")
        seq, prev = self._seq, self._hash
        events += self._signed(*events, actor=actor)
        try:
            with self._db:
                for event in events:
                    seq += 1
                    body = to_json(event).decode()
                    header = (seq, stamp, instant.offset, instant.monotonic, int(instant.steered))
                    chained = digest(*header, event.type, actor, body, prev)
                    self._db.execute(
                        f"INSERT INTO event({_COLUMNS}) VALUES(?,?,?,?,?,?,?,?,?,?)",
                        (
                            *header,
                            event.type,
                            actor,
                            body,
                            bytes.fromhex(prev),
                            bytes.fromhex(chained),
                        ),
                    )
                    projections.apply(self._db, Recorded(seq, at, actor, event, chained))
                    prev = chained
        except _OF_THE_DISK as error:
            self._failed = f"The journal cannot be written: {error}."
            raise JournalFailed(self._failed) from error
        self._seq, self._hash = seq, prev
        return seq

    def _signed(self, *events: Event, actor: str) -> tuple[Event, ...]:
        """What signs these events, once."""
        signer, signatures = self._signing
        if actor != signer or not events:
            return ()
        self._signing = ("", ())
        return tuple(each.under(*events, first=self._seq + 1) for each in signatures)

    @property
    def head(self) -> Head:
        return Head(self._seq, self._hash)

    @property
    def db(self) -> apsw.Connection:
        """For queries of the writer's own thread."""
        return self._db

    def close(self) -> None:
        self._resources.close()


def digest(  # noqa: PLR0917 - the header, in its order
    seq: int,
    at: str,
    offset: int,
    monotonic: int,
    steered: int,
    kind: str,
    actor: str,
    body: str,
    prev: str,
) -> str:
    """SHA-256 over the fixed header and the digest of the body, hexadecimal."""
    inner = hashlib.sha256(body.encode()).hexdigest()
    return digest_of_header(seq, at, offset, monotonic, steered, kind, actor, inner, prev)


def digest_of_header(  # noqa: PLR0917 - the header, in its order
    seq: int,
    at: str,
    offset: int,
    monotonic: int,
    steered: int,
    kind: str,
    actor: str,
    inner: str,
    prev: str,
) -> str:
    """The same where only the digest of the body is known: a link of the chain that tells nothing
    of what happened.
    """
    header = f"{seq}\x1f{at}\x1f{offset}\x1f{monotonic}\x1f{steered}\x1f{kind}\x1f{actor}\x1f"
    return hashlib.sha256(f"{header}{inner}\x1f{prev}".encode()).hexdigest()


def head(db: apsw.Connection) -> Head:
    """The last event; (0, GENESIS) before the first."""
    row = db.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(0, GENESIS) if row is None else Head(row[0], row[1].hex())


def hash_of(db: apsw.Connection, seq: int) -> str | None:
    """The hash of one event; None if there is no such event."""
    row = db.execute("SELECT hash FROM event WHERE seq=?", (seq,)).fetchone()
    return None if row is None else str(row[0].hex())


def recorded(db: apsw.Connection, *, after: int = 0, limit: int = -1) -> Iterator[Recorded]:
    """All events in order, or the next ones after an event."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT ?",  # noqa: S608 - a constant
        (after, limit),
    )
    for row in rows:
        yield _recorded(*row)


def recorded_at(db: apsw.Connection, seq: int) -> Recorded | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM event WHERE seq = ?",  # noqa: S608 - a constant
        (seq,),
    ).fetchone()
    return None if row is None else _recorded(*row)


def _recorded(  # noqa: PLR0917 - a row, in the order of its columns
    seq: int,
    at: str,
    offset: int,
    monotonic: int,
    steered: int,
    _kind: str,
    actor: str,
    body: str,
    _prev: bytes,
    chained: bytes,
) -> Recorded:
    return Recorded(
        seq=seq,
        at=datetime.fromisoformat(at),
        actor=actor,
        event=from_json(body),
        hash=chained.hex(),
        offset=offset,
        monotonic=monotonic,
        steered=bool(steered),
    )


def broken_at(
    db: apsw.Connection, *, since: Head | None = None, until: int = 2**63 - 1
) -> int | None:
    """The first event whose hash does not follow from what is before it; None if all do.

    `since` is an event that is known to be right: only what comes after it is looked at, as far as
    the event `until`.
    """
    seq, prev = since or Head(0, GENESIS)
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM event WHERE seq > ? AND seq <= ? ORDER BY seq",  # noqa: S608 - a constant
        (seq, until),
    )
    for expected, row in enumerate(rows, start=seq + 1):
        *header, stored_prev, stored = row
        chained = digest(*(*header, prev))
        if (row[0], stored_prev.hex(), stored.hex()) != (expected, prev, chained):
            return int(row[0])
        prev = chained
    return None


def _check_whole(db: apsw.Connection, folder: Path, *, since: Head | None) -> None:
    """Raises Refused for a journal that was changed, or that is gone while its labels are not."""
    if since and since.seq:
        _check_signed(db, since)
    broken = broken_at(db, since=since)
    if broken is not None:
        raise Refused(problem("The journal was changed or is damaged at event {seq}.", seq=broken))
    empty = head(db).seq == 0
    traces = [folder / "evidence", folder / "orders" / "accepted"]
    if empty and any(path.is_dir() and any(path.iterdir()) for path in traces):
        raise Refused(
            problem(
                "The journal in {folder} is empty, but pictures or orders of earlier labels lie"
                " beside it: bring the journal back, or their serials could be printed again.",
                folder=str(folder),
            )
        )


def _check_signed(db: apsw.Connection, signed: Head) -> None:
    found, last = hash_of(db, signed.seq), head(db).seq
    if found is None:
        raise Refused(
            problem(
                "The journal ends at event {last}, but event {signed} was signed: its end is"
                " missing. Bring the journal back, or restore a backup.",
                last=last,
                signed=signed.seq,
            )
        )
    if found != signed.hash:
        raise Refused(
            problem("The journal was rewritten: event {seq} was signed as another.", seq=signed.seq)
        )


def read_only(folder: Path) -> apsw.Connection:
    """A connection that can look at a live journal and change nothing."""
    return database.reader(folder / FILE)
