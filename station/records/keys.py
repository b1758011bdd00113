"""By what nonconformances are looked for: their reasons, the people who decided, the printer.

Each is a row (key, time, id), so that the newest of a million are found at once. A key is a kind
and a name; a person is one person however the name was written:

>>> code("DATA.serial"), person("LI, Anna") == person("anna li (command line, root)")
('code DATA.serial', True)
"""

from collections.abc import Iterable

import apsw

from station.core.person import plain

STATION = "station"
"""The actor that is nobody."""


def code(name: str) -> str:
    return f"code {name}"


def printer(name: str) -> str:
    return f"printer {name}"


def person(name: str) -> str:
    return f"person {plain(name)}"


def add(db: apsw.Connection, nonconformance: int) -> None:
    """Its reasons and its printer, when it was just written."""
    row = db.execute(
        "SELECT n.at, n.codes, p.printer FROM nonconformance n"
        " LEFT JOIN printed_on p ON p.order_id = n.order_id WHERE n.id=?",
        (nonconformance,),
    ).fetchone()
    assert row is not None, "it was just written"
    at, codes, where = row
    keys = [code(each) for each in str(codes).split()]
    _write(db, str(at), nonconformance, *keys, *([printer(str(where))] if where else []))


def add_people(db: apsw.Connection, order: str, number: int, *people: str) -> None:
    """Somebody decided about a label, and so about everything that was found on it till then."""
    rows = db.execute(
        "SELECT id, at FROM nonconformance WHERE order_id=? AND number=?", (order, number)
    ).fetchall()
    for found, at in rows:
        _write(db, str(at), int(str(found)), *_of_people(people))


def _of_people(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(person(each) for each in names if each and each != STATION)


def _write(db: apsw.Connection, at: str, nonconformance: int, *keys: str) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO nonconformance_key VALUES(?,?,?)",
        ((key, at, nonconformance) for key in keys),
    )


def fill(db: apsw.Connection) -> None:
    """Do the same for what an earlier version has written."""
    if not db.execute("SELECT 1 FROM nonconformance LIMIT 1").fetchone():
        return
    with db:
        for (found,) in db.execute("SELECT id FROM nonconformance").fetchall():
            add(db, int(str(found)))
        for found, at, *people in db.execute(_DECIDED).fetchall():
            _write(db, str(at), int(str(found)), *_of_people(map(str, people)))


_DECIDED = """
    SELECT n.id, n.at, e.actor, coalesce(json_extract(e.body, '$.witness'), '')
    FROM order_event o JOIN event e ON e.seq = o.seq
    JOIN nonconformance n ON n.order_id = o.order_id
        AND n.number = json_extract(e.body, '$.number')
    WHERE (e.type = 'LabelSettled' AND n.seq <= e.seq)
        OR (e.type = 'LabelJudged' AND n.seq < e.seq)
"""
"""A label that was in doubt and is judged has its verdict among the events of its order."""
