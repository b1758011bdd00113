"""A generated journal is the one the station would have written."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from bench.generate import Pace, batches, generate
from station.core.events import StationStarted
from station.records import projections
from station.records.audit.audit import audit
from station.records.journal import FILE, Journal


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("generated"), 500, per_order=200)


def rows(path: Path, table: str) -> list[object]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        return list(db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))


def test_it_is_row_for_row_what_real_appends_write(generated: Path, tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=Pace())) as journal:
        journal.append(StationStarted(version="0", configuration="0" * 64, boot="bench"))
        for batch in batches(500, per_order=200):
            for event in batch.opening():
                journal.append(event)
            for number in range(1, batch.labels + 1):
                for event in batch.events(number):
                    journal.append(event)
            for event in batch.closing():
                journal.append(event)
    for table in ("event", *projections.TABLES):
        assert rows(generated, table) == rows(tmp_path / FILE, table), table
    shape = "(SELECT type, name, sql FROM sqlite_schema)"
    assert sorted(map(str, rows(generated, shape))) == sorted(
        map(str, rows(tmp_path / FILE, shape))
    )


def test_it_passes_the_audit_and_the_station_goes_on_with_it(generated: Path) -> None:
    assert audit(generated).good
    with closing(Journal(generated.parent)) as journal:
        assert journal.append(StationStarted(version="1", configuration="c")) == journal.head.seq
    assert audit(generated).good
