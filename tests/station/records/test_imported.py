"""Used serials come into the records all at once, once and for ever."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.events import LabelIssued, OrderAccepted, OrderStarted, Recipe, SerialsImported
from station.core.order import WorkOrder
from station.core.serials.history import History
from station.core.shape import parse
from station.records import imported, projections
from station.records.audit.audit import audit
from station.records.clock import Instant
from station.records.imported import Taken, take
from station.records.journal import FILE, Journal, broken_at, recorded
from station.records.query import Records

GTIN = "06972869182019"
OTHER = "16972869182016"
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


def at_noon() -> Instant:
    return Instant(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), offset=480, monotonic=5, steered=True)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "data", clock=at_noon)
    yield opened
    opened.close()


def history(*serials: str) -> History:
    return History("old.txt", "0" * 64, serials, 0)


def brought(journal: Journal, *serials: str, gtin: str = GTIN) -> Taken:
    return take(journal, history(*serials), gtin=gtin, reason="old system", actor="王芳")


def accepted(name: str, **serials: object) -> OrderAccepted:
    order = parse(
        WorkOrder,
        {
            "id": name,
            "product": "HAS-MHB-HC",
            "level": "unit",
            "quantity": 2,
            "production_date": date(2026, 11, 20),
            "serials": serials,
            "template": "t",
            "revision": "1",
        },
    )
    return OrderAccepted(order=order, gtin=GTIN, file="a", sha256=name.ljust(64, "0"))


def test_a_serial_that_was_used_elsewhere_says_how_that_is_known(journal: Journal) -> None:
    assert brought(journal, "A1", "A2") == Taken(new=2, known=0)
    records = Records(journal.db)
    assert records.users_of(GTIN, ("A1", "A3")) == {"A1": ""}
    found = records.imported(GTIN, "A1")
    assert found is not None
    assert (found.actor, found.file, found.reason) == ("王芳", "old.txt", "old system")
    assert found.at == at_noon().utc
    assert records.imported(OTHER, "A1") is None
    assert records.issued(GTIN, "A1"), "it is on a label somewhere"


def test_the_same_file_again_changes_nothing_and_is_written_down(journal: Journal) -> None:
    brought(journal, "A1", "A2")
    assert brought(journal, "A2", "A1", "A3") == Taken(new=1, known=2)
    assert brought(journal, "A1", "A2", "A3") == Taken(new=0, known=3)
    events = [e.event for e in recorded(journal.db) if isinstance(e.event, SerialsImported)]
    assert [(each.serials, each.known) for each in events] == [
        (("A1", "A2"), 0),
        (("A3",), 2),
        ((), 3),
    ]


def test_a_serial_of_an_order_is_known_and_stays_that_orders(journal: Journal) -> None:
    journal.append(accepted("WO-1", list=("A1", "A2")))
    assert brought(journal, "A1", "A9") == Taken(new=1, known=1)
    assert Records(journal.db).users_of(GTIN, ("A1", "A9")) == {"A1": "WO-1", "A9": ""}


def test_the_same_serial_of_another_product_is_another_one(journal: Journal) -> None:
    brought(journal, "A1")
    assert brought(journal, "A1", gtin=OTHER) == Taken(new=1, known=0)


def test_no_label_is_ever_issued_with_a_serial_that_was_used_elsewhere(journal: Journal) -> None:
    journal.append(accepted("WO-1", prefix="A", start="1"))
    journal.append(OrderStarted(order="WO-1", recipe=RECIPE))
    brought(journal, "A7")
    issued = LabelIssued(order="WO-1", number=1, gtin=GTIN, serial="A7", data="00", zpl="0" * 64)
    with pytest.raises(apsw.ConstraintError, match="was issued before"):
        journal.append(issued)
    with pytest.raises(apsw.ConstraintError):
        journal.append(accepted("WO-2", list=("A7", "A8")))


def test_a_counter_gives_out_no_serial_that_was_used_elsewhere(journal: Journal) -> None:
    event = accepted("WO-1", prefix="A", start="1")
    journal.append(event, OrderStarted(order="WO-1", recipe=RECIPE))
    brought(journal, "A3", "A4")
    for number, serial in ((1, "A1"), (2, "A2")):
        journal.append(
            LabelIssued(
                order="WO-1", number=number, gtin=GTIN, serial=serial, data="00", zpl="0" * 64
            )
        )
    assert Records(journal.db).next_serial(event.order, GTIN) == "A5"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.integers(0, 30).map("A{}".format), min_size=1, max_size=20, unique=True),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 5),
)
def test_whatever_was_imported_rebuilds_and_audits_to_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[str]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("imported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imported, "AT_ONCE", at_once)
        with closing(Journal(folder, clock=at_noon)) as journal:
            for serials in files:
                brought(journal, *serials)
            before = tables(journal)
            projections.rebuild(journal.db, list(recorded(journal.db)))
            assert tables(journal) == before
            every = {serial for serials in files for serial in serials}
            assert set(Records(journal.db).users_of(GTIN, every)) == every
            for event in (each.event for each in recorded(journal.db)):
                assert isinstance(event, SerialsImported)
                assert len(event.serials) <= at_once
    assert not audit(folder / FILE).problems


def tables(journal: Journal) -> list[list[object]]:
    names = ("serial", "serial_import")
    return [list(journal.db.execute(f"SELECT * FROM {each} ORDER BY 1, 2")) for each in names]


KILLED = """
import os, signal, sys
from pathlib import Path
from station.core.serials.history import History
from station.records import imported, projections
from station.records.journal import Journal

imported.AT_ONCE = 100
followed, left = projections.apply, [int(sys.argv[2])]

def apply(db, recorded):
    followed(db, recorded)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

projections.apply = apply
history = History("old.txt", "0" * 64, tuple(map("A{}".format, range(1000))), 0)
journal = Journal(Path(sys.argv[1]))
imported.take(journal, history, gtin=sys.argv[3], reason="old system", actor="Li")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("events", "left"), [(1, 0), (6, 0), (10, 0), (11, 1000)])
def test_of_an_import_that_was_killed_all_serials_are_there_or_none(
    tmp_path: Path, events: int, left: int
) -> None:
    """Killed after so many of its ten events, and at last when all of it was written."""
    command = (sys.executable, "-c", KILLED, str(tmp_path / "data"), str(events), GTIN)
    died = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert died.returncode == -signal.SIGKILL
    with closing(Journal(tmp_path / "data")) as journal:
        assert broken_at(journal.db) is None
        every = tuple(map("A{}".format, range(1000)))
        assert len(Records(journal.db).users_of(GTIN, every)) == left
        assert brought(journal, *every) == Taken(new=1000 - left, known=left)
    assert not audit(tmp_path / "data" / FILE).problems
