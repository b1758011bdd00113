"""The audit trail: every event of the journal, newest first, page by page, however long it is.

A page goes on where the one before it ended, by the number of its last event. The narrowest of what
is asked for is read off an index, the rest is tried on at most WINDOW events of it; if the window
ends before the page is full, the page says so, and the next one goes on from there.

The daily life of labels (issued, judged, released) is almost all of a journal. It is in none of the
indexes: events of these kinds stand close together, and are found by walking.

Source: 21 CFR 11.10(e); EU GMP Annex 11, 9.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice

import apsw
from pydantic import ValidationError

from station.core.events import Event, from_json
from station.core.person import same

WINDOW = 5_000
"""Events that are tried for one page."""

SLACK = 1_000
"""Events before and after the edges of a time: clocks that are set may put some out of order."""

MOST_NAMES = 500
"""People that a name is looked for among."""

_USUAL = "('LabelIssued', 'LabelJudged', 'LabelReleased')"

_UNUSUAL = f"type NOT IN {_USUAL}"

_PEOPLE = "actor != 'station'"

_INDEXES = f"""
CREATE INDEX IF NOT EXISTS event_by_type ON event(type) WHERE {_UNUSUAL};
CREATE INDEX IF NOT EXISTS event_by_actor ON event(actor) WHERE {_PEOPLE};
"""

USUAL = frozenset({"LabelIssued", "LabelJudged", "LabelReleased"})
"""Kinds of events that are not in the index by kind."""

_LATE = ("LabelsQuarantined", "LabelsCleared")
"""Kinds that may be about a closed order, which has no row for them any more."""

_LAST = 2**63 - 1


def prepare(db: apsw.Connection) -> None:
    """Make the indexes, once; of a million events that takes a second or two."""
    db.execute(_INDEXES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: everything."""

    order: str = ""
    person: str = ""
    """Who did it or signed it, however the name is written."""

    type: str = ""
    since: datetime | None = None
    before: datetime | None = None
    """Times have a zone; `before` is the first one that is too late."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: datetime
    type: str
    actor: str
    body: str
    event: Event | None
    """None for what this version of the station does not know."""

    hash: str
    order: str
    """The order it is about; empty if it is about none."""

    number: int
    """Of the label it is about; 0 for none."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Entry, ...]
    following: int | None
    """The event before which the next page begins; None where nothing comes."""

    cut: bool = False
    """The window ended: what was looked for may lie further back."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Events in question, newest first, and how far they go without a gap."""

    seqs: tuple[int, ...]
    end: int | None
    """The last one of the window; None where the index ended within it."""


class Trail:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def page(self, wanted: Wanted, *, before: int = _LAST, rows: int) -> Page:
        """At most so many events, newest first, from before an event on."""
        first, last = self._between(wanted)
        found = self._candidates(wanted, first, min(last, before - 1))
        matching = list(islice(self._matching(wanted, found.seqs), rows + 1))
        if len(matching) > rows:
            return Page(self._entries(matching[:rows]), matching[rows - 1])
        return Page(self._entries(matching), found.end, cut=found.end is not None)

    def every(self, wanted: Wanted, *, most: int) -> tuple[Entry, ...]:
        """At most so many, newest first, however long it takes."""
        found: list[Entry] = []
        before: int | None = _LAST
        while before is not None and len(found) < most:
            page = self.page(wanted, before=before, rows=min(WINDOW, most - len(found)))
            found += page.rows
            before = page.following
        return tuple(found)

    def entry(self, seq: int) -> Entry | None:
        return next(iter(self._entries([seq])), None)

    @property
    def end(self) -> int:
        """The last event; 0 before the first."""
        return int(str(self._db.execute("SELECT coalesce(max(seq), 0) FROM event").get))

    def reject_of(self, entry: Entry) -> int:
        """The newest nonconformance of the label it is about, by id; 0 where there is none."""
        if not entry.order or entry.number <= 0:
            return 0
        found = self._db.execute(
            "SELECT coalesce(max(id), 0) FROM nonconformance WHERE order_id = ? AND number = ?",
            (entry.order, entry.number),
        ).get
        return int(str(found))

    def newest(self, type_: str, *, rows: int) -> tuple[Entry, ...]:
        """The last events of an unusual kind, newest first."""
        return self._entries(self._seqs(*_by_type(type_), 0, _LAST, rows))

    def actors(self) -> tuple[str, ...]:
        """Everybody who ever did something, by name; found without reading all events."""
        rows = self._db.execute(
            "WITH RECURSIVE a(name) AS (SELECT min(actor) FROM event WHERE actor != 'station'"
            " UNION ALL SELECT (SELECT min(actor) FROM event WHERE actor != 'station'"
            " AND actor > a.name) FROM a WHERE a.name IS NOT NULL)"
            " SELECT name FROM a WHERE name IS NOT NULL LIMIT ?",
            (MOST_NAMES,),
        )
        return tuple(str(name) for (name,) in rows)

    # -- which events ------------------------------------------------------------------------

    def _candidates(self, wanted: Wanted, first: int, last: int) -> _Found:
        """By the narrowest index, newest first."""
        if wanted.order:
            return self._of_order(wanted.order, first, last)
        if wanted.person:
            return self._together(self._by_person(wanted.person), first, last)
        if wanted.type and wanted.type not in USUAL:
            return self._together((_by_type(wanted.type),), first, last)
        return self._together((("SELECT seq FROM event WHERE 1", ()),), first, last)

    def _together(self, sources: Iterable["_Source"], first: int, last: int) -> _Found:
        return _merged(self._window(source, first, last) for source in sources)

    def _window(self, source: "_Source", first: int, last: int) -> _Found:
        seqs = self._seqs(*source, first, last, WINDOW)
        return _Found(seqs, seqs[-1] if len(seqs) == WINDOW else None)

    def _of_order(self, order: str, first: int, last: int) -> _Found:
        """What it has a row for, what came late, and the daily life of its labels between its
        first and last one.
        """
        late: tuple[_Source, ...] = tuple(
            (f"{sql} AND instr(body, ?) > 0", (*values, _named(order)))
            for sql, values in map(_by_type, _LATE)
        )
        rows = ("SELECT seq FROM order_event WHERE order_id = ?", (order,))
        others = self._together((rows, *late), first, last)
        return _merged((others, self._daily(order, first, last)))

    def _daily(self, order: str, first: int, last: int) -> _Found:
        """One order is made after the other, but what becomes of a label may come late."""
        began, ended = self._db.execute(
            "SELECT min(issued), max(max(issued, coalesce(judged, 0), coalesce(released, 0)))"
            " FROM label WHERE order_id = ?",
            (order,),
        ).get
        if began is None:
            return _Found((), None)
        walked = tuple(
            self._db.execute(
                f"SELECT seq, type IN {_USUAL} AND instr(body, ?) > 0 FROM event"  # noqa: S608 - constants
                " WHERE seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT ?",
                (_named(order), max(began, first), min(ended, last), WINDOW),
            )
        )
        end = walked[-1][0] if len(walked) == WINDOW else None
        return _Found(tuple(seq for seq, mine in walked if mine), end)

    def _by_person(self, name: str) -> Iterator["_Source"]:
        for actor in (*self.actors(), "station"):
            if actor == name or same(actor, name):
                bound = f" AND {_PEOPLE}" if actor != "station" else ""
                yield f"SELECT seq FROM event WHERE actor = ?{bound}", (actor,)  # noqa: S608 - constants
        if self._db.table_exists(None, "signature"):
            for person in self._signers():
                if same(person, name):
                    yield "SELECT seq FROM signature WHERE person = ?", (person,)

    def _signers(self) -> tuple[str, ...]:
        rows = self._db.execute(
            "WITH RECURSIVE a(name) AS (SELECT min(person) FROM signature UNION ALL"
            " SELECT (SELECT min(person) FROM signature WHERE person > a.name) FROM a"
            " WHERE a.name IS NOT NULL) SELECT name FROM a WHERE name IS NOT NULL LIMIT ?",
            (MOST_NAMES,),
        )
        return tuple(str(name) for (name,) in rows)

    def _seqs(
        self, sql: str, values: tuple[object, ...], first: int, last: int, limit: int
    ) -> tuple[int, ...]:
        rows = self._db.execute(
            f"{sql} AND seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT ?",
            (*values, first, last, limit),
        )
        return tuple(int(seq) for (seq,) in rows)

    # -- what is tried on them ---------------------------------------------------------------

    def _matching(self, wanted: Wanted, seqs: tuple[int, ...]) -> Iterator[int]:
        """Those that are all that was asked for."""
        if not (wanted.type or wanted.since or wanted.before or (wanted.order and wanted.person)):
            yield from seqs
            return
        signed: set[int] = set()
        if wanted.order and wanted.person and self._db.table_exists(None, "signature"):
            rows = self._db.execute(
                "SELECT seq, person FROM signature WHERE order_id = ?", (wanted.order,)
            )
            signed = {seq for seq, person in rows if same(person, wanted.person)}
        for seq in seqs:
            at, type_, actor = self._db.execute(
                "SELECT at, type, actor FROM event WHERE seq = ?", (seq,)
            ).get
            by = not wanted.order or not wanted.person or seq in signed
            if (by or same(actor, wanted.person)) and _matches(wanted, str(at), str(type_)):
                yield seq

    def _between(self, wanted: Wanted) -> tuple[int, int]:
        """First and last event of the time that is asked for, and some more."""
        end = self.end
        first, last = 0, end
        if wanted.since:
            first = self._edge(wanted.since, end) - SLACK
        if wanted.before:
            last = self._edge(wanted.before, end) + SLACK
        return max(first, 0), min(last, end)

    def _edge(self, at: datetime, end: int) -> int:
        """The first event that is not before this time, by halving."""
        stamp, low, high = _stamp(at), 1, end + 1
        while low < high:
            middle = (low + high) // 2
            found = self._db.execute("SELECT at FROM event WHERE seq = ?", (middle,)).get
            low, high = (middle + 1, high) if str(found) < stamp else (low, middle)
        return low

    def _entries(self, seqs: Iterable[int]) -> tuple[Entry, ...]:
        rows = (
            self._db.execute(
                "SELECT seq, at, type, actor, body, hash FROM event WHERE seq = ?", (seq,)
            ).fetchone()
            for seq in seqs
        )
        return tuple(_entry(*row) for row in rows if row)


def _merged(parts: Iterable[_Found]) -> _Found:
    """As far back as every part goes without a gap."""
    every = tuple(parts)
    end = max((each.end for each in every if each.end is not None), default=None)
    seqs = dict.fromkeys(merge(*(each.seqs for each in every), reverse=True))
    return _Found(tuple(seq for seq in seqs if end is None or seq >= end), end)


_Source = tuple[str, tuple[object, ...]]
"""SELECT seq … WHERE …, without bounds, order and limit; and its values."""


def _by_type(type_: str) -> _Source:
    return f"SELECT seq FROM event WHERE type = ? AND {_UNUSUAL}", (type_,)  # noqa: S608 - constants


def _named(order: str) -> str:
    """How a body names its order; inside a text the quotes would be escaped."""
    return f'"order":{json.dumps(order, ensure_ascii=False)}'


def _matches(wanted: Wanted, at: str, type_: str) -> bool:
    """Times are stored in UTC, and compared as text."""
    tests: tuple[Callable[[], bool], ...] = (
        lambda: not wanted.type or type_ == wanted.type,
        lambda: wanted.since is None or at >= _stamp(wanted.since),
        lambda: wanted.before is None or at < _stamp(wanted.before),
    )
    return all(each() for each in tests)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _entry(  # noqa: PLR0917 - a row, in the order of its columns
    seq: int, at: str, type_: str, actor: str, body: str, hash_: bytes
) -> Entry:
    event, (order, number) = _event(body), _about(body)
    at_ = datetime.fromisoformat(at)
    return Entry(seq, at_, type_, actor, body, event, hash_.hex(), order, number)


def _event(body: str) -> Event | None:
    try:
        return from_json(body)
    except ValidationError:
        return None


def _about(body: str) -> tuple[str, int]:
    """Order and label, also of what this version of the station does not know."""
    try:
        found = json.loads(body)
    except ValueError:
        return "", 0
    if not isinstance(found, dict):
        return "", 0
    order, number = found.get("order", ""), found.get("number", 0)
    name = order.get("id", "") if isinstance(order, dict) else order
    return (name if isinstance(name, str) else ""), (number if isinstance(number, int) else 0)
