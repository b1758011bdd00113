"""Whatever somebody with the run of the disk does to the records of a station is found.

The rows are the ways to change a journal: some the database refuses, some the chain shows, and
those that leave a chain that follows from itself show only against the signed heads.
"""

import hashlib
import shutil
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.simulated.bench import BenchFault
from station.app import Station, open_records
from station.config import Config, WebConfig
from station.core.problem import Refused
from station.line.board import Close, Mode
from station.records import projections
from station.records.audit.audit import Report, audit
from station.records.journal import digest, recorded
from torture.approved import approve

ORDER = """\
id: S-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-03-20
serials: {prefix: CN, start: "000001"}
template: has-mhb-hc-unit
revision: "1"
"""
TRIGGERS = ("event_is_never_changed", "event_is_never_deleted", "event_is_only_appended")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which an order was printed, one label of it rejected, and closed."""
    data = tmp_path_factory.mktemp("station") / "data"
    config = settings_of(data)
    with Station(config, faults={2: BenchFault.WRONG_SERIAL}) as station:
        approve(station.journal, data, station.workshop.library)
        (data / "orders" / "inbox" / "o.yaml").write_text(ORDER)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        snapshot = station.board.snapshot
        while snapshot.mode != Mode.IDLE or snapshot.order is None:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        station.board.ask(Close("S-1"), actor="Li").result(timeout=30)
        station.daemon.stop()
        worker.join()
    return data


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "data")


def settings_of(data: Path) -> Config:
    return Config(data=data, web=WebConfig(port=0))


def looked_at(data: Path) -> Report:
    return audit(
        data / "journal.db", heads=data / "heads" / "heads.jsonl", evidence=data / "evidence"
    )


def good(data: Path) -> bool:
    try:
        return looked_at(data).good
    except Refused:
        return False


def changed(data: Path, *statements: str, without_triggers: bool = True) -> None:
    with closing(apsw.Connection(str(data / "journal.db"))) as db:
        for name in TRIGGERS if without_triggers else ():
            db.execute(f"DROP TRIGGER {name}")
        for each in statements:
            db.execute(each)


def test_records_that_nobody_touched_are_good(copy: Path) -> None:
    assert looked_at(copy).problems == ()
    assert good(copy)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor='x' WHERE seq=9",
        "DELETE FROM event WHERE seq=9",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq=9",
    ],
)
def test_what_goes_through_the_database_is_refused_by_it(copy: Path, statement: str) -> None:
    with pytest.raises(apsw.ConstraintError):
        changed(copy, statement, without_triggers=False)
    assert good(copy)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor='x' WHERE seq=9",
        "UPDATE event SET at='2026-01-01T00:00:00.000000+00:00' WHERE seq=9",
        "UPDATE event SET offset=offset+60 WHERE seq=9",
        "UPDATE event SET monotonic=monotonic+1 WHERE seq=9",
        "UPDATE event SET steered=1-steered WHERE seq=9",
        "UPDATE event SET body=replace(body, 'CN000002', 'CN000009') WHERE body LIKE '%CN000002%'",
        "DELETE FROM event WHERE seq=9",
        "UPDATE label SET state='released' WHERE number=2",
        "UPDATE serial SET number=NULL WHERE serial='CN000001'",
        "DELETE FROM nonconformance",
        "UPDATE work_order SET quantity=4",
        "DELETE FROM odometer",
    ],
)
def test_what_goes_past_the_triggers_is_found(copy: Path, statement: str) -> None:
    changed(copy, statement)
    assert not good(copy)


def test_an_end_cut_off_is_found_by_the_heads_alone(copy: Path) -> None:
    """The tables are made to fit, so everything follows from itself."""
    with closing(apsw.Connection(str(copy / "journal.db"))) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        last = db.execute("SELECT max(seq) FROM event").get
        db.execute("DELETE FROM event WHERE seq > ?", (last - 3,))
        projections.rebuild(db, list(recorded(db)))
    report = looked_at(copy)
    assert "its end is missing" in str(report["heads"].problems[0])
    assert not [each for each in report.problems if each not in report["heads"].problems]


def test_a_journal_written_anew_is_found_by_the_heads_alone(copy: Path) -> None:
    """Somebody changes who closed the order, and chains everything after it once more."""
    with closing(apsw.Connection(str(copy / "journal.db"))) as db:
        for name in TRIGGERS:
            db.execute(f"DROP TRIGGER {name}")
        prev = "0" * 64
        rows = db.execute(
            "SELECT seq, at, offset, monotonic, steered, type, actor, body FROM event"
        )
        found: list[Any] = rows.fetchall()
        for *header, actor, body in found:
            who = "Zhao" if header[-1] == "OrderClosed" else actor
            chained = digest(*(*header, who, body, prev))
            db.execute(
                "UPDATE event SET actor=?, prev=?, hash=? WHERE seq=?",
                (who, bytes.fromhex(prev), bytes.fromhex(chained), header[0]),
            )
            prev = chained
        projections.rebuild(db, list(recorded(db)))
    report = looked_at(copy)
    assert "the journal was rewritten" in str(report["heads"].problems[0])
    assert not [each for each in report.problems if each not in report["heads"].problems]


@pytest.mark.parametrize("what", ["cut", "rewritten"])
def test_a_station_does_not_start_on_what_was_not_signed(copy: Path, what: str) -> None:
    config = settings_of(copy)
    statement = (
        "DELETE FROM event WHERE seq > (SELECT max(seq) - 3 FROM event)"
        if what == "cut"
        else "UPDATE event SET hash=x'00' WHERE seq = (SELECT max(seq) FROM event)"
    )
    changed(copy, statement)
    with (
        pytest.raises(Refused, match=r"its end is missing|rewritten|damaged"),
        open_records(config),
    ):
        pass


def content(journal: Path) -> str:
    """Everything the database says, as one digest."""
    whole = hashlib.sha256()
    with closing(apsw.Connection(f"file:{journal}?immutable=1", flags=URI)) as db:
        for table in ("event", *projections.TABLES):
            for row in db.execute(f"SELECT * FROM {table}"):
                whole.update(repr(row).encode())
    return whole.hexdigest()


URI = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI


@given(st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_flipped_bit_is_found_or_changes_nothing_that_is_recorded(
    made: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Anywhere in journal, pictures, designs and heads. A database has bytes that say nothing."""
    folder = tmp_path / "data"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder)
    files = [folder / "journal.db", folder / "heads" / "heads.jsonl"]
    files += sorted(each for each in (folder / "evidence").rglob("*") if each.is_file())
    path = data.draw(st.sampled_from(files))
    place = data.draw(st.integers(0, path.stat().st_size * 8 - 1))
    flipped = bytearray(path.read_bytes())
    flipped[place // 8] ^= 1 << place % 8
    path.write_bytes(flipped)
    if good(folder):
        assert path.name == "journal.db"
        assert content(path) == content(made / "journal.db")
