"""The audit: does the record still say what it said, to the last label?

Everything is read and nothing is written, so an auditor does it with a copy, on a machine of
their own, without the station and its configuration. Seven questions, each answered whatever the
others come to:

file       is the database whole, page by page?
chain      does the hash of every event follow from what is before it?
tables     are all tables what the events say, row by row?
evidence   is every picture that a verdict rests on there, and unchanged?
heads      does the journal still agree with what was signed of it?
orders     does every closed order still balance as it was closed?
rules      is no serial on two good labels, and no step taken that may not be?
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from fcntl import LOCK_NB, LOCK_SH, flock
from itertools import chain as joined
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import apsw

from station.core.problem import Problem, Refused, problem
from station.core.state import OrderState
from station.records import database
from station.records.audit import orders as audit_orders
from station.records.audit.pictures import Missing, Named, Wrong, look_at
from station.records.audit.span import Seen, Span, Times, follows, look, pictures_named
from station.records.audit.tables import Rebuilt, placed
from station.records.journal import Head, hash_of, head, recorded_at
from station.records.signed import heads as signed_heads
from station.records.signed.head import check_against

WORKERS = 2

AT_ONCE = 60_000
"""Events of a span."""

FEW = 150_000
"""Events that are looked at sooner than another process starts."""

NAMED_AT_MOST = 20
"""Problems of one check that are told; the others are counted."""


class State(StrEnum):
    GOOD = "good"
    WRONG = "wrong"
    UNFINISHED = "could not finish"
    """It was begun and not ended, so it says nothing. It is never good."""

    SKIPPED = "not looked at"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    looked: Problem
    """What was looked at, and how much of it."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """What an auditor wants to know, and nobody did wrong."""


@dataclass(frozen=True, slots=True)
class Report:
    journal: Path
    head: Head
    """Of the journal as it was looked at."""

    checks: tuple[Check, ...]

    @property
    def good(self) -> bool:
        """Nothing is wrong, and all that was begun was finished."""
        return all(each.state in {State.GOOD, State.SKIPPED} for each in self.checks)

    @property
    def wrong(self) -> bool:
        return any(each.state == State.WRONG for each in self.checks)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(found for each in self.checks for found in each.problems)

    def __getitem__(self, name: str) -> Check:
        return next(each for each in self.checks if each.name == name)


def audit(
    journal: Path,
    *,
    heads: Path | None = None,
    trusted: str = "",
    evidence: Path | None = None,
    workers: int = WORKERS,
    at_once: int = AT_ONCE,
) -> Report:
    """Look at everything.

    `heads` is the file of signed heads, `trusted` the key that QA knows them by (its fingerprint or
    its id), `evidence` the folder of the pictures; what is not given is not looked at. A journal
    that a station is writing is copied first, with as much room as it takes.

    Raises Refused when it is no journal that can be read at all.
    """
    with _readable(journal), _still(journal) as path, closing(database.reader(path)) as db:
        return _Audit(path, db, evidence=evidence, workers=workers, at_once=at_once).run(
            journal, heads, trusted
        )


def audit_order(journal: Path, order: str, *, evidence: Path | None = None) -> Report:
    """Look at one order alone: its events, their links, its rows, its pictures, its sheet.

    Its events are taken from its rows. That none of them is left out, and that the rest of the
    journal stands behind them, only an audit of everything can say. Raises Refused as `audit` does.
    """
    with _readable(journal), _still(journal) as path, closing(database.reader(path)) as db:
        state = dict(audit_orders.orders(db)).get(order)
        if state is None:
            raise Refused(problem("There is no order {id!r}.", id=order[:60]))
        return Report(journal, head(db), tuple(_one(path, db, order, state, evidence)))


def _one(
    path: Path, db: apsw.Connection, order: str, state: OrderState, evidence: Path | None
) -> Iterator[Check]:
    with closing(Rebuilt(path)) as rebuilt:
        events = audit_orders.events(db, order)
        looked = problem("{count} events", count=len(events))
        broken = next((seq for seq in events if not follows(db, seq)), None)
        yield _check("chain", looked, (_broken(db, broken),) if broken else (), None)
        rebuilt.take_one_by_one(events)
        illegal = (rebuilt.illegal,) if rebuilt.illegal else ()
        stopped = problem("What follows from the events cannot be said.") if illegal else None
        rows = () if stopped else tuple(rebuilt.differences_of(order))
        yield _check("tables", looked, rows, stopped)
        yield _pictures_of(db, events, evidence)
        reckoned = audit_orders.reckoned(db, order, state)
        looked = problem("{count} orders", count=1)
        sheet = _check("orders", looked, reckoned.problems, None)
        yield replace(sheet, notes=reckoned.notes)
        yield _check("rules", looked, (*illegal, *reckoned.twice), None)


def _pictures_of(db: apsw.Connection, events: Sequence[int], evidence: Path | None) -> Check:
    named = tuple(pictures_named(db, events)) if evidence else ()
    looked = problem("{count} pictures", count=len(named))
    if evidence is None:
        return Check("evidence", State.SKIPPED, looked)
    wrong = [each for seq, name in named if (each := look_at(evidence, seq, name))]
    found = (_unfounded(db, wrong[0], len(wrong)),) if wrong else ()
    return _check("evidence", looked, found, None)


class _Audit:
    def __init__(
        self,
        path: Path,
        db: apsw.Connection,
        *,
        evidence: Path | None,
        workers: int,
        at_once: int,
    ) -> None:
        self._path, self._db, self._evidence = path, db, evidence
        self._head = head(db)
        self._workers = workers if self._head.seq > FEW else 1
        self._at_once = at_once

    def run(self, journal: Path, heads: Path | None, trusted: str) -> Report:
        with _pool(self._workers) as pool:
            whole = pool.submit(_integrity, self._path)
            walk = _Walk(self._path, self._head.seq, self._evidence, self._at_once)
            with closing(walk):
                stopped = walk.run(pool)
                found = (
                    _file(whole),
                    walk.chain(stopped),
                    walk.tables(stopped),
                    walk.pictures(stopped),
                    _heads(self._db, heads, trusted, walk.keys),
                    *_orders(self._db, walk, stopped),
                )
        return Report(journal, self._head, found)


class _Walk:
    """Over all events, span by span: what each one shows, put together."""

    def __init__(self, path: Path, last: int, evidence: Path | None, at_once: int) -> None:
        self._path, self._last, self._evidence, self._at_once = path, last, evidence, at_once
        self._rebuilt = Rebuilt(path)
        self._named = Named()
        self._events = self._pictures = self._missed = 0
        self._broken: int | None = None
        self._missing: Missing | None = None
        self.times = Times()

    def close(self) -> None:
        self._rebuilt.close()
        self._named.close()

    @property
    def illegal(self) -> Problem | None:
        return self._rebuilt.illegal

    @property
    def keys(self) -> frozenset[str]:
        """Ids of the keys that sign, as the journal names them."""
        return frozenset(each[:_ID] for each in self._rebuilt.keys)

    def run(self, pool: "_Pool") -> Problem | None:
        """Returns why it could not be finished; None if it was."""
        spans = [
            Span(
                self._path,
                first,
                min(first + self._at_once - 1, self._last),
                evidence=self._evidence,
                ends=self._last,
            )
            for first in range(1, self._last + 1, self._at_once)
        ]
        try:
            for seen in pool.map(look, spans):
                self._take(seen)
        except BrokenProcessPool:
            return problem("A process that looked at it was killed.")
        except Refused as refused:
            return refused.problems[0]
        except _DAMAGE as error:
            return problem("It cannot be read on: {why}.", why=str(error))
        return None

    def _take(self, seen: Seen) -> None:
        if seen.moved:
            raise Refused(
                problem("The journal was written to while it was looked at. Look at it again.")
            )
        self._events += seen.events
        self._broken = self._broken or seen.broken
        self._pictures += seen.pictures
        self._missed += seen.missed
        self._missing = self._missing or seen.missing
        self._named.add(seen.named)
        _add(self.times, seen.times)
        self._rebuilt.take(seen)

    def chain(self, stopped: Problem | None) -> Check:
        looked = problem("{count} events", count=self._events)
        found = (_broken(self._db, self._broken),) if self._broken else ()
        return _check("chain", looked, found, stopped)

    @property
    def _db(self) -> apsw.Connection:
        return self._rebuilt.stored

    def tables(self, stopped: Problem | None) -> Check:
        found: tuple[Problem, ...] = ()
        rows = 0
        if self.illegal:
            stopped = stopped or problem("What follows from the events cannot be said.")
        if stopped is None:
            try:
                found, rows = tuple(self._rebuilt.differences()), self._rebuilt.rows()
            except _DAMAGE as error:
                stopped = problem("It cannot be read on: {why}.", why=str(error))
        return _check("tables", problem("{count} rows", count=rows), found, stopped)

    def pictures(self, stopped: Problem | None) -> Check:
        looked = problem("{count} pictures", count=self._pictures)
        if self._evidence is None:
            return Check("evidence", State.SKIPPED, looked)
        found = (_unfounded(self._db, self._missing, self._missed),) if self._missing else ()
        strays = 0 if stopped else self._named.strays(self._evidence)
        notes = (problem("{count} files that no event names.", count=strays),) if strays else ()
        return replace(_check("evidence", looked, found, stopped), notes=notes)


def _broken(db: apsw.Connection, seq: int) -> Problem:
    return problem(
        "The journal was changed or is damaged at event {event}: its hash does not follow from"
        " what is before it.",
        event=_named(db, seq),
    )


def _file(whole: "Future[tuple[str, ...]]") -> Check:
    looked = problem("the whole database")
    try:
        said = whole.result()
    except BrokenProcessPool:
        return _check("file", looked, (), problem("A process that looked at it was killed."))
    except _DAMAGE as error:
        said = (str(error),)
    found = () if said == ("ok",) else tuple(problem("SQLite says: {why}.", why=s) for s in said)
    return _check("file", looked, found, None)


def _integrity(path: Path) -> tuple[str, ...]:
    with closing(database.reader(path)) as db:
        rows = db.execute(f"PRAGMA integrity_check({NAMED_AT_MOST})")
        return tuple(str(said) for (said,) in rows)


def _heads(db: apsw.Connection, path: Path | None, trusted: str, keys: frozenset[str]) -> Check:
    """`keys`: those the journal itself names."""
    if path is None:
        return Check("heads", State.SKIPPED, problem("{count} signed heads", count=0))
    signed, last = signed_heads.read(path, trusted=trusted), head(db).seq
    strange = tuple(each for each in signed.keys if keys and each[:_ID] not in keys)
    problems = (
        *signed.problems,
        *(
            problem("Key {key} signed heads, but the journal never named it.", key=k)
            for k in strange
        ),
        *check_against(signed.heads, lambda seq: hash_of(db, seq), last),
    )
    looked = problem("{count} signed heads", count=len(signed.heads))
    notes = () if trusted else (problem(_UNTRUSTED),)
    return replace(_check("heads", looked, problems, None), notes=notes)


_ID = 16
"""Digits of a fingerprint that name a key."""

_UNTRUSTED = (
    "No key was given to trust: whoever wrote the whole file of heads could have signed it too."
)


def _orders(db: apsw.Connection, walk: _Walk, stopped: Problem | None) -> tuple[Check, Check]:
    """The sheets, and the rules that hold for all of them."""
    every: list[audit_orders.Reckoned] = []
    unread = None
    try:
        every.extend(
            audit_orders.reckoned(db, order, state) for order, state in audit_orders.orders(db)
        )
    except _DAMAGE as error:
        unread = problem("It cannot be read on: {why}.", why=str(error))
    wrong = joined.from_iterable(each.problems for each in every)
    twice = joined.from_iterable(each.twice for each in every)
    looked = problem("{count} orders", count=len(every))
    sheets = _check("orders", looked, wrong, unread)
    illegal = (walk.illegal,) if walk.illegal else ()
    rules = _check("rules", looked, (*illegal, *twice), unread or stopped)
    notes = tuple(joined.from_iterable(each.notes for each in every))
    return replace(sheets, notes=notes), replace(rules, notes=tuple(_clock(walk.times)))


def _clock(times: Times) -> Iterator[Problem]:
    if times.unsteered:
        yield problem(
            "{count} records were written while no time source steered the clock.",
            count=times.unsteered,
        )
    if times.backwards:
        yield problem(
            "The clock went backwards {count} times, first at event {seq}.",
            count=times.backwards,
            seq=times.first,
        )
    if times.jumps:
        yield problem("The clock was set {count} times.", count=times.jumps)


def _check(name: str, looked: Problem, found: Iterable[Problem], stopped: Problem | None) -> Check:
    """Wrong if anything was found; otherwise good only if it came to its end."""
    problems = tuple(found)
    ended = State.UNFINISHED if stopped else State.GOOD
    state = State.WRONG if problems else ended
    return Check(name, state, looked, (*problems, *((stopped,) if stopped else ())))


def _named(db: apsw.Connection, seq: int) -> str:
    try:
        return placed(recorded_at(db, seq))
    except _DAMAGE:
        return str(seq)


def _unfounded(db: apsw.Connection, missing: Missing, count: int) -> Problem:
    event, name = _named(db, missing.seq), missing.name
    told = {
        Wrong.GONE: problem(
            "Picture {name}, on which event {event} rests, is not there. {count} are wrong in all.",
            name=name,
            event=event,
            count=count,
        ),
        Wrong.UNREADABLE: problem(
            "Picture {name}, on which event {event} rests, cannot be read. {count} are wrong in"
            " all.",
            name=name,
            event=event,
            count=count,
        ),
        Wrong.CHANGED: problem(
            "Picture {name}, on which event {event} rests, was changed. {count} are wrong in all.",
            name=name,
            event=event,
            count=count,
        ),
        Wrong.NAMELESS: problem(
            "Event {event} rests on {name}, which is not the digest of a picture.",
            name=name,
            event=event,
        ),
    }
    return told[missing.why]


def _add(times: Times, more: Times) -> None:
    times.unsteered += more.unsteered
    times.backwards += more.backwards
    times.jumps += more.jumps
    times.first = times.first or more.first


# -- where it is done ----------------------------------------------------------------------


class _Pool(Protocol):
    def map(self, work: Callable[[Span], Seen], each: Sequence[Span], /) -> Iterator[Seen]: ...

    def submit(
        self, work: Callable[[Path], tuple[str, ...]], path: Path, /
    ) -> "Future[tuple[str, ...]]": ...


class _Here:
    """The same without other processes."""

    def map(self, work: Callable[[Span], Seen], each: Sequence[Span], /) -> Iterator[Seen]:
        return map(work, each)

    def submit(
        self, work: Callable[[Path], tuple[str, ...]], path: Path, /
    ) -> "Future[tuple[str, ...]]":
        future: Future[tuple[str, ...]] = Future()
        try:
            future.set_result(work(path))
        except (apsw.Error, Refused) as error:
            future.set_exception(error)
        return future


def _pool(workers: int) -> AbstractContextManager[_Pool]:
    if workers < 2:
        return nullcontext(_Here())
    # What a span leaves behind goes at its end; looking for cycles would only take time.
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=gc.disable)


_DAMAGE = (apsw.Error, ValueError, TypeError, LookupError, OverflowError)
"""How it shows that a file holds what its own rules forbid, wherever it is noticed first."""


@contextmanager
def _readable(journal: Path) -> Iterator[None]:
    """Where not even the beginning can be read, that is said instead of a report."""
    try:
        yield
    except Refused:
        raise
    except _DAMAGE as error:
        raise Refused(
            problem(
                "{path} is not a journal that can be used: {why}.",
                path=str(journal),
                why=str(error),
            )
        ) from None


@contextmanager
def _still(journal: Path) -> Iterator[Path]:
    """A journal that nobody writes to: itself, or a copy if a station works in its folder."""
    if journal.is_dir():
        raise Refused(problem("{path} is a folder, not a journal.", path=str(journal)))
    if not _in_use(journal.parent):
        yield journal
        return
    with TemporaryDirectory(prefix="audit-") as folder:
        copy = Path(folder) / journal.name
        with closing(database.reader(journal)) as db, closing(apsw.Connection(str(copy))) as to:
            with database.usable(copy), to.backup("main", db, "main") as backup:
                backup.step()
            to.pragma("journal_mode", "delete")
        yield copy


def _in_use(folder: Path) -> bool:
    try:
        with (folder / "station.lock").open() as file:
            flock(file, LOCK_SH | LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
