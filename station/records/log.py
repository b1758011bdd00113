"""The reject log: the newest of a million nonconformances that somebody looks for, page by page.

A page goes on where the one before it ended (time and id of its last row), never by counting rows.
The narrowest of what is asked for is read off an index; the rest is tried on at most WINDOW rows
of it, so that a page is there at once however rare what was asked for is. If the window ends before
the page is full, the page says so, and the next one goes on from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import apsw

from station.core.judge import Code
from station.records import keys
from station.records.query import NONCONFORMANCE_COLUMNS, Nonconformance, nonconformance_of

WINDOW = 5_000
"""Rows of the index that are tried for one page."""

MOST_COUNTED = 1_000

MOST_NAMES = 500
"""Products or printers that one can choose from."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: everything."""

    order: str = ""
    product: str = ""
    reason: str = ""
    """A code, or its group: "DATA.serial", "DATA."."""

    printer: str = ""
    person: str = ""
    """Somebody who decided about it."""

    since: datetime | None = None
    before: datetime | None = None
    """Times have a zone; `before` is the first one that is too late."""


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows: the next page begins after it."""

    at: str
    """As the journal writes it."""

    id: int


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Nonconformance, ...]
    following: Place | None
    """Where the next page begins; None where nothing comes."""

    cut: bool = False
    """The window ended: what was looked for may lie further back."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, or that there are at least so many."""

    n: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Query:
    """The rows of one index, newest first, and what is tried on each of them."""

    source: str
    """SELECT at, id … without its order and limit."""

    values: tuple[object, ...]
    tests: tuple[str, ...] = ()
    tried: tuple[object, ...] = field(default=())


class Log:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def page(self, wanted: Wanted, *, after: Place | None = None, rows: int) -> Page:
        """At most so many rows, newest first, from a place on."""
        query = _query(wanted, after)
        limit = WINDOW if query.tests else rows + 1
        found = [nonconformance_of(row) for row in self._rows(query, limit, rows + 1)]
        if len(found) > rows:
            last = found[rows - 1]
            return Page(tuple(found[:rows]), Place(last.at.isoformat(), last.id))
        end = self._end(query, limit) if query.tests else None
        return Page(tuple(found), end, cut=end is not None)

    def every(self, wanted: Wanted, *, most: int) -> tuple[Nonconformance, ...]:
        """At most so many, newest first, however long it takes."""
        found: list[Nonconformance] = []
        place: Place | None = None
        while len(found) < most:
            page = self.page(wanted, after=place, rows=min(WINDOW, most - len(found)))
            found += page.rows
            place = page.following
            if place is None:
                break
        return tuple(found)

    def count(self, wanted: Wanted) -> Count:
        """Up to MOST_COUNTED, and of what is tried row by row within the first window."""
        query = _query(wanted, None)
        limit = WINDOW if query.tests else MOST_COUNTED + 1
        where = " AND ".join(query.tests) or "1"
        n = self._db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({query.source}{_NEWEST}) k"  # noqa: S608 - constants; values are bound
            f" CROSS JOIN nonconformance n ON n.id = k.id WHERE {where} LIMIT ?)",
            (*query.values, limit, *query.tried, MOST_COUNTED + 1),
        ).get
        counted = int(str(n))
        whole = not query.tests or self._end(query, limit) is None
        return Count(min(counted, MOST_COUNTED), exact=whole and counted <= MOST_COUNTED)

    def products(self) -> tuple[str, ...]:
        rows = self._db.execute(
            "SELECT DISTINCT product FROM work_order ORDER BY product LIMIT ?", (MOST_NAMES,)
        )
        return tuple(str(name) for (name,) in rows)

    def printers(self) -> tuple[str, ...]:
        if not self._db.table_exists(None, "printed_on"):
            return ()  # no station of this version has opened the journal yet
        rows = self._db.execute(
            "SELECT DISTINCT printer FROM printed_on ORDER BY printer LIMIT ?", (MOST_NAMES,)
        )
        return tuple(str(name) for (name,) in rows)

    def _rows(self, query: _Query, limit: int, rows: int) -> Iterator[tuple[object, ...]]:
        where = " AND ".join(query.tests) or "1"
        columns = ", ".join(f"n.{each}" for each in NONCONFORMANCE_COLUMNS)
        yield from self._db.execute(
            f"SELECT {columns} FROM ({query.source}{_NEWEST}) k"  # noqa: S608 - constants; values are bound
            f" CROSS JOIN nonconformance n ON n.id = k.id WHERE {where}"
            " ORDER BY k.at DESC, k.id DESC LIMIT ?",
            (*query.values, limit, *query.tried, rows),
        )

    def _end(self, query: _Query, limit: int) -> Place | None:
        """The last row of the window; None if the index ended within it."""
        row = self._db.execute(
            f"SELECT at, id FROM ({query.source}{_NEWEST}) LIMIT 1 OFFSET ?",  # noqa: S608 - constants; values are bound
            (*query.values, limit, limit - 1),
        ).fetchone()
        return None if row is None else Place(str(row[0]), int(row[1]))


_NEWEST = " ORDER BY at DESC, id DESC LIMIT ?"

_KEYED = "SELECT at, id FROM nonconformance_key WHERE key = ?"

_HAS_KEY = (
    "EXISTS (SELECT 1 FROM nonconformance_key x WHERE x.key = ? AND x.at = n.at AND x.id = n.id)"
)


def _query(wanted: Wanted, after: Place | None) -> _Query:
    """By the narrowest index; everything else is tried on its rows."""
    times, bounds = _bounds(wanted, after)
    tests = list(_tests(wanted))
    if not tests:
        return _Query(f"SELECT at, id FROM nonconformance WHERE {times}", bounds)  # noqa: S608 - constants
    first, *others = tests
    return _Query(
        source=" UNION ".join(f"{each} AND {times}" for each in first.sources),
        values=tuple(value for key in first.keys for value in (key, *bounds)),
        tests=tuple(each.test for each in others),
        tried=tuple(value for each in others for value in each.tried),
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """One thing that is looked for: by the indexes it has, or tried on a row."""

    sources: tuple[str, ...]
    keys: tuple[str, ...]
    test: str
    tried: tuple[str, ...]


def _tests(wanted: Wanted) -> Iterator[_Test]:
    """The narrowest first."""
    if wanted.order:
        yield _column("order_id", wanted.order)
    if wanted.person:
        yield _keyed(keys.person(wanted.person))
    if wanted.reason:
        yield _reason(wanted.reason)
    if wanted.product:
        yield _column("product", wanted.product)
    if wanted.printer:
        yield _keyed(keys.printer(wanted.printer))


def _column(name: str, value: str) -> _Test:
    source = f"SELECT at, id FROM nonconformance WHERE {name} = ?"  # noqa: S608 - a name from this module
    return _Test((source,), (value,), f"n.{name} = ?", (value,))


def _keyed(key: str) -> _Test:
    return _Test((_KEYED,), (key,), _HAS_KEY, (key,))


def _reason(reason: str) -> _Test:
    """A group is every code in it: each has its own place in the index."""
    group = f"{reason.removesuffix('.')}."
    named = tuple(keys.code(each) for each in Code if each.startswith(group))
    if not named:
        return _keyed(keys.code(reason))
    return _Test((_KEYED,) * len(named), named, "instr(' ' || n.codes, ' ' || ?) > 0", (group,))


def _bounds(wanted: Wanted, after: Place | None) -> tuple[str, tuple[object, ...]]:
    """Times are stored in UTC, and compared as text."""
    tests, values = ["1"], list[object]()
    for test, at in (("at >= ?", wanted.since), ("at < ?", wanted.before)):
        if at:
            tests.append(test)
            values.append(at.astimezone(UTC).isoformat())
    if after:
        tests.append("at <= ? AND (at < ? OR id < ?)")
        values += [after.at, after.at, after.id]
    return " AND ".join(tests), tuple(values)
