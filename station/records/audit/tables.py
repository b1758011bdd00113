"""The projections once more, from the events, and what is different in the ones that are stored.

Events that are not of the usual life of a label go through projections.apply here, in a database
of their own. The labels of the usual life were compared with their rows already, see
audit_span.py; they only have to be counted. Both together leave out no row of any table.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from station.core.events import HeadsBegun, LabelIssued, Recorded, StationStarted
from station.core.problem import Problem, Refused, problem
from station.core.state import IllegalStepError, LabelState, OrderState
from station.records import database, projections
from station.records.audit.span import Seen
from station.records.journal import recorded_at

_FOR_THE_LINE = ("serial_to_come", "label_to_do")
"""Indexes that only a station at work asks; to keep them up takes a third of the time."""


class Rebuilt:
    """Takes what was seen span by span, in their order, and then says what differs."""

    def __init__(self, path: Path) -> None:
        self._db = apsw.Connection("", flags=_FLAGS)
        self._db.pragma("journal_mode", "off")
        self._db.pragma("synchronous", 0)
        self._db.pragma("cache_size", -65536)
        projections.create(self._db)
        for name in _FOR_THE_LINE:
            self._db.execute(f"DROP INDEX {name}")  # a name from this module
        self.stored = database.reader(path)
        live = path.with_name(f"{path.name}-wal").exists()
        uri = f"file:{quote(str(path))}?{'mode=ro' if live else 'immutable=1'}"
        self._db.execute("ATTACH ? AS stored", (uri,))
        self._usual: Counter[str] = Counter()
        self._serials = 0
        self.keys: set[str] = set()
        """Those that the journal says sign its heads."""

        self.illegal: Problem | None = None
        """The first event that may not follow; nothing was derived from those after it."""

    def close(self) -> None:
        self._db.close()
        self.stored.close()

    def take(self, seen: Seen) -> None:
        """Go on with the next span."""
        self._usual.update(seen.usual)
        self._serials += seen.serials
        marks = iter(seen.marks)
        mark = next(marks, None)
        with self._db:
            for seq in seen.others:
                while mark and mark[0] < seq:
                    self._check_running(*mark)
                    mark = next(marks, None)
                if self.illegal:
                    return
                self._apply(seq)
            while mark:
                self._check_running(*mark)
                mark = next(marks, None)

    def _check_running(self, seq: int, order: str) -> None:
        """Labels of the usual life are issued from here on, while nothing else happens."""
        state = self._db.execute("SELECT state FROM work_order WHERE id=?", (order,)).get
        if state != OrderState.RUNNING and not self.illegal:
            why = f"a label is issued for order {order}, which is not running"
            self.illegal = _illegal(recorded_at(self.stored, seq), why)

    def _apply(self, seq: int) -> None:
        try:
            recorded = recorded_at(self.stored, seq)
        except (ValueError, TypeError, LookupError):
            self.illegal = problem("Event {seq} is not one that this station can read.", seq=seq)
            return
        if recorded is None or self._mistyped(recorded):
            self.illegal = problem("Event {seq} is not one that this station can read.", seq=seq)
            return
        if isinstance(recorded.event, StationStarted | HeadsBegun) and recorded.event.key:
            self.keys.add(recorded.event.key)
        try:
            self._follow(recorded)
        except _AGAINST_THE_RULES as error:
            self.illegal = _illegal(recorded, str(error))

    def _mistyped(self, recorded: Recorded) -> bool:
        kind = self.stored.execute("SELECT type FROM event WHERE seq=?", (recorded.seq,)).get
        return bool(kind != recorded.event.type)

    def _follow(self, recorded: Recorded) -> None:
        try:
            projections.apply(self._db, recorded)
        except LookupError:
            # Perhaps a label whose row says that this event never was: then it shows below.
            if not self._recall(recorded):
                raise
            projections.apply(self._db, recorded)

    def _recall(self, recorded: Recorded) -> bool:
        """Bring a label of the usual life back, by the events its row names."""
        label = label_of(recorded)
        row = self.stored.execute(
            "SELECT issued, judged, released FROM label"
            " WHERE order_id=? AND number=? AND released < ?",
            (*label, recorded.seq),
        ).fetchone()
        events = [recorded_at(self.stored, seq) for seq in row or () if seq]
        if not row or any(each is None or label_of(each) != label for each in events):
            return False
        for each in events:
            if each:
                projections.apply(self._db, each)
        self._usual[label[0]] -= 1
        issued = events[0].event if events[0] else None
        self._serials -= isinstance(issued, LabelIssued) and bool(issued.serial)
        return True

    def take_one_by_one(self, events: Iterable[int]) -> None:
        """Go on with these, whatever they are."""
        with self._db:
            for seq in events:
                if self.illegal:
                    return
                self._apply(seq)

    def differences_of(self, order: str) -> Iterator[Problem]:
        """For each table the first row of one order that is not what its events say."""
        for table, column in _OF_ORDER.items():
            found = (
                self._differs_of(table, column, order)
                if self._is_there(table)
                else self._lost(table)
            )
            if found:
                yield found

    def _differs_of(self, table: str, column: str, order: str) -> Problem | None:
        keys, others = self._columns(table)
        names = [each for each in (*keys, *others) if (table, each) != ("nonconformance", "id")]
        rows = (
            f"SELECT {', '.join(map('quote({})'.format, names))} FROM {{}}.{table} WHERE {column}=?"  # noqa: S608 - names of the schema
        )
        for one, other, right in (("main", "stored", True), ("stored", "main", False)):
            sql = f"{rows.format(one)} EXCEPT {rows.format(other)} LIMIT 1"
            row = self._db.execute(sql, (order, order)).fetchone()
            if row:
                told = ", ".join(f"{name} {v[:60]}" for name, v in zip(names, row, strict=True))
                return _lacks(table, told) if right else _explains(table, told)
        return None

    def differences(self) -> Iterator[Problem]:
        """For each table the first row that is not what the events say."""
        self._count_usual()
        for table in projections.TABLES:
            found = self._differs(table) if self._is_there(table) else self._lost(table)
            if found:
                yield found

    def rows(self) -> int:
        """How many are stored."""
        return sum(
            self._number(f"SELECT count(*) FROM stored.{table}")  # noqa: S608 - names from a tuple
            for table in projections.TABLES
            if self._is_there(table)
        )

    def _count_usual(self) -> None:
        """Every label passes through these states; only the last one keeps it."""
        with self._db:
            self._db.executemany(
                "INSERT INTO label_count VALUES(?,?,?)"
                " ON CONFLICT(order_id, state) DO UPDATE SET n = n + excluded.n",
                (
                    (order, state, n)
                    for order, labels in self._usual.items()
                    if labels
                    for state, n in (
                        (LabelState.ISSUED, 0),
                        (LabelState.ACCEPTED, 0),
                        (LabelState.RELEASED, labels),
                    )
                ),
            )

    def _lost(self, table: str) -> Problem | None:
        """A journal of an earlier version has no table of what it never recorded."""
        absent = table in _YOUNGER and self._db.execute(_IS_TABLE, (table,)).get == 0
        nothing = (
            table in _SEARCHED or self._number(f"SELECT count(*) FROM main.{table}") == 0  # noqa: S608 - a name from a tuple
        )
        return None if absent and nothing else _gone(table)

    def _is_there(self, table: str) -> bool:
        wanted = f"SELECT group_concat(name) FROM pragma_table_info('{table}', ?)"  # noqa: S608 - a name from a tuple
        columns = [self._db.execute(wanted, (schema,)).get for schema in ("main", "stored")]
        return bool(self._db.execute(_IS_TABLE, (table,)).get) and columns[0] == columns[1]

    def _differs(self, table: str) -> Problem | None:
        keys, columns = self._columns(table)
        same = " AND ".join(f"a.{key} IS b.{key}" for key in keys)
        unlike = " OR ".join(_unlike(table, each) for each in columns) or "0"
        named = ", ".join(f"quote(a.{key})" for key in keys)
        keyed = ", ".join(f"a.{key}" for key in keys)
        wrong = self._db.execute(
            f"SELECT {named}, {keyed} FROM main.{table} a LEFT JOIN stored.{table} b ON {same}"  # noqa: S608 - names of the schema
            f" WHERE b.{keys[0]} IS NULL OR {unlike} ORDER BY {', '.join(f'a.{k}' for k in keys)}"
            " LIMIT 1"
        ).fetchone()
        if wrong:
            return self._told(table, keys, columns, wrong)
        return self._too_many(table, keys)

    def _columns(self, table: str) -> tuple[list[str], list[str]]:
        rows = self._db.execute(f"SELECT name, pk FROM pragma_table_info('{table}')").fetchall()  # noqa: S608 - a name from a tuple
        info = [(str(name), int(str(pk))) for name, pk in rows]
        keys = [name for name, pk in sorted(info, key=lambda each: each[1]) if pk]
        return keys, [name for name, pk in info if not pk]

    def _told(
        self, table: str, keys: list[str], columns: list[str], wrong: tuple[Any, ...]
    ) -> Problem:
        """The first column that is not as it should be."""
        where = " AND ".join(f"{key} IS ?" for key in keys)
        quoted = ", ".join(f"quote({each})" for each in columns) or "1"
        row = ", ".join(f"{key} {value[:60]}" for key, value in zip(keys, wrong, strict=False))
        values = tuple(wrong[len(keys) :])
        expected, got = (
            self._db.execute(
                f"SELECT {quoted} FROM {schema}.{table} WHERE {where}",  # noqa: S608 - names of the schema
                values,
            ).fetchone()
            for schema in ("main", "stored")
        )
        if expected is None or got is None:
            return _lacks(table, row)
        column, wanted, found = next(
            each
            for each in zip(columns, expected, got, strict=True)
            if each[1] != each[2] and not (each[0] == "number" and each[1] == "NULL")
        )
        return problem(
            "Table {table}, row {row}: {column} is {got}, but the events say {expected}.",
            table=table,
            row=row,
            column=column,
            got=found[:60],
            expected=wanted[:60],
        )

    def _too_many(self, table: str, keys: list[str]) -> Problem | None:
        """Every row that has to be there is; is there another one?"""
        if self._balances(table):
            return None
        named = ", ".join(f"quote(b.{key})" for key in keys)
        same = " AND ".join(f"a.{key} IS b.{key}" for key in keys)
        extra = self._db.execute(
            f"SELECT {named} FROM stored.{table} b WHERE NOT EXISTS"  # noqa: S608 - names of the schema
            f" (SELECT 1 FROM main.{table} a WHERE {same}) AND {_EXTRA.get(table, '1')} LIMIT 1"
        ).fetchone()
        values = zip(keys, extra or (), strict=False)
        return _explains(table, ", ".join(f"{key} {value[:60]}" for key, value in values) or "?")

    def _balances(self, table: str) -> bool:
        counted = f"SELECT count(*) FROM {{}}.{table}"  # noqa: S608 - a name from a tuple
        if table == "serial":
            placed, bound = (
                "SELECT count(place) FROM {}.serial",
                "SELECT count(number) FROM {}.serial",
            )
            return (
                self._excess(placed) == 0
                and self._excess(bound) == self._serials
                and not self._number(
                    "SELECT count(*) FROM stored.serial WHERE place IS NULL AND number IS NULL"
                )
            )
        usual = self._usual.total() if table == "label" else 0
        return self._excess(counted) == usual

    def _excess(self, counted: str) -> int:
        """How many more are stored than are known here."""
        return self._number(counted.format("stored")) - self._number(counted.format("main"))

    def _number(self, sql: str) -> int:
        return int(self._db.execute(sql).get)


def label_of(recorded: Recorded) -> tuple[str, int]:
    """Order and number of what an event is about; ("", 0) where it is about neither."""
    fields = recorded.event.model_dump(include={"order", "number"})
    order = fields.get("order", "")
    return (order if isinstance(order, str) else order["id"]), fields.get("number", 0)


def placed(recorded: Recorded | None) -> str:
    """An event in words: its number, time, kind, order and label."""
    if recorded is None:
        return "?"
    order, number = label_of(recorded)
    of = f", {order}" if order else ""
    label = f" label {number}" if number else ""
    at = recorded.at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{recorded.seq} ({recorded.event.type}, {at} UTC{of}{label})"


def _illegal(recorded: Recorded | None, why: str) -> Problem:
    return problem(
        "Event {event} may not follow what was before it: {why}.", event=placed(recorded), why=why
    )


def _unlike(table: str, column: str) -> str:
    """A serial that is bound to a label of the usual life was looked at with it."""
    if (table, column) == ("serial", "number"):
        return "(a.number IS NOT NULL AND a.number IS NOT b.number)"
    return f"a.{column} IS NOT b.{column}"


def _lacks(table: str, row: str) -> Problem:
    return problem("Table {table} has no row {row}.", table=table, row=row)


def _explains(table: str, row: str) -> Problem:
    return problem("Table {table} has a row that no event explains: {row}.", table=table, row=row)


def _gone(table: str) -> Problem:
    return problem("Table {table} is missing, or has other columns.", table=table)


_SEARCHED = {"nonconformance_key"}
"""Filled from the other tables by the first station of this version that opens the journal."""

_YOUNGER = _SEARCHED | {
    "template",
    "scanner_proof",
    "challenge",
    "quarantine",
    "workflow",
    "order_step",
    "disposition",
    "printed_on",
    "person",
    "signature",
    "baseline",
}
"""Tables that came with a later version than the first."""

_IS_TABLE = "SELECT count(*) FROM stored.sqlite_schema WHERE type='table' AND name=?"

_EXTRA = {
    "label": "NOT EXISTS (SELECT 1 FROM stored.event e WHERE e.seq = b.issued"
    " AND e.type = 'LabelIssued' AND json_extract(e.body, '$.order') = b.order_id"
    " AND json_extract(e.body, '$.number') = b.number)",
    "serial": "(b.number IS NULL OR NOT EXISTS (SELECT 1 FROM stored.label l"
    " WHERE l.order_id = b.order_id AND l.number = b.number AND l.serial = b.serial))",
}
"""What tells a row too many from those that were looked at with their labels."""

_OF_ORDER = {
    "work_order": "id",
    "label": "order_id",
    "label_count": "order_id",
    "serial": "order_id",
    "reprint": "order_id",
    "order_event": "order_id",
    "nonconformance": "order_id",
    "stock": "order_id",
    "odometer": "order_id",
    "challenge": "order_id",
    "disposition": "order_id",
    "printed_on": "order_id",
    "workflow": "order_id",
    "order_step": "order_id",
    "signature": "order_id",
    "intake": "order_id",
}
"""By table, the column that says of which order a row is."""

_AGAINST_THE_RULES = (IllegalStepError, LookupError, apsw.ConstraintError, Refused)

_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
