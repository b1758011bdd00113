"""The order that is measured is an order, and its record is complete."""

from contextlib import closing
from pathlib import Path

from bench.record import filled
from station.records.batch.batch import gathered
from station.records.journal import read_only


def test_the_measured_order_has_its_rejects_and_its_indices(tmp_path: Path) -> None:
    folder = filled(tmp_path, 250)
    with closing(read_only(folder)) as db:
        found = gathered(db, "WO-000001", station="bench", every_label=True)
    assert len(found.labels.every or ()) == 250
    assert [each.number for each in found.nonconformances] == [100, 200]
    assert all(each.labels == 250 for each in found.quality.indices)
    assert found.journal.broken_at is None
