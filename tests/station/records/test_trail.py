"""The audit trail finds every event that was asked for, and no page reads a whole journal."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.events import FaultCleared, StationStarted
from station.core.person import same
from station.records import trail
from station.records.clock import Instant
from station.records.journal import Journal, read_only
from station.records.trail import Entry, Trail, Wanted
from tests.station.records.audit.test_audit import write_eventful

BEGUN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TYPES = (
    "",
    "LabelIssued",
    "OrderHeld",
    "LabelSettled",
    "TemplateApproved",
    "Signed",
    "OrderClosed",
)


class Minutes:
    """One minute later at every question."""

    def __init__(self) -> None:
        self.at = BEGUN

    def __call__(self) -> Instant:
        self.at += timedelta(minutes=1)
        return Instant(self.at, offset=480, monotonic=0, steered=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a closed journal in which everything happened."""
    made = tmp_path_factory.mktemp("trail")
    with closing(Journal(made, clock=Minutes())) as journal:
        write_eventful(journal)
        journal.append(FaultCleared(reason="paper"), actor="王 芳 (command line, root)")
    return made


@pytest.fixture
def db(folder: Path) -> Iterator[apsw.Connection]:
    with closing(read_only(folder)) as found:
        yield found


def _every(db: apsw.Connection) -> tuple[Entry, ...]:
    return Trail(db).every(Wanted(), most=100_000)


def _signed_by(db: apsw.Connection, name: str) -> set[int]:
    return {seq for seq, person in db.execute("SELECT seq, person FROM signature")
            if same(person, name)}  # fmt: skip


def _expected(db: apsw.Connection, wanted: Wanted) -> list[int]:
    """By looking at every event."""
    signed = _signed_by(db, wanted.person) if wanted.person else set()
    return [
        each.seq
        for each in _every(db)
        if (not wanted.order or each.order == wanted.order)
        and (not wanted.person or same(each.actor, wanted.person) or each.seq in signed)
        and (not wanted.type or each.type == wanted.type)
        and (wanted.since is None or each.at >= wanted.since)
        and (wanted.before is None or each.at < wanted.before)
    ]


def _paged(db: apsw.Connection, wanted: Wanted, *, rows: int) -> list[int]:
    found: list[int] = []
    page = Trail(db).page(wanted, rows=rows)
    while True:
        assert len(page.rows) <= rows
        found += [each.seq for each in page.rows]
        if page.following is None:
            return found
        page = Trail(db).page(wanted, before=page.following, rows=rows)


_times = st.none() | st.integers(-5, 80).map(lambda minutes: BEGUN + timedelta(minutes=minutes))
_wanted = st.builds(
    Wanted,
    order=st.sampled_from(("", "A", "B", "E", "nothing", "%")),
    person=st.sampled_from(("", "李", "王芳", "Wang", "station", "'; DROP TABLE event --")),
    type=st.sampled_from(TYPES),
    since=_times,
    before=_times,
)


@settings(max_examples=150, deadline=None)
@given(wanted=_wanted, rows=st.integers(1, 30), window=st.sampled_from((3, 20, 5_000)))
def test_whatever_is_asked_for_its_pages_have_every_such_event_once_and_newest_first(
    folder: Path, wanted: Wanted, rows: int, window: int
) -> None:
    with closing(read_only(folder)) as db, pytest.MonkeyPatch.context() as patch:
        expected = _expected(db, wanted)
        patch.setattr(trail, "WINDOW", window)
        patch.setattr(trail, "SLACK", 2)
        assert _paged(db, wanted, rows=rows) == expected


def test_all_events_are_there_from_the_last_to_the_first(db: apsw.Connection) -> None:
    every = [each.seq for each in _every(db)]
    assert every == list(range(Trail(db).end, 0, -1))


def test_labels_put_on_hold_after_their_order_was_closed_are_in_its_trail(
    db: apsw.Connection,
) -> None:
    kinds = {each.type for each in Trail(db).every(Wanted(order="B"), most=1_000)}
    assert {"LabelsQuarantined", "LabelsCleared", "OrderAccepted", "LabelIssued"} <= kinds


def test_a_person_is_found_however_the_name_is_written(db: apsw.Connection) -> None:
    found = Trail(db).page(Wanted(person="王芳", type="FaultCleared"), rows=5)
    assert [each.actor for each in found.rows] == ["王 芳 (command line, root)"]


def test_an_event_that_this_version_does_not_know_is_shown_all_the_same(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
        journal.db.execute("DROP TRIGGER event_is_never_changed")
        journal.db.execute(
            """UPDATE event SET type='Unheard', body='{"type":"Unheard","order":"WO-9"}'"""
        )
        (found,) = Trail(journal.db).page(Wanted(), rows=5).rows
    assert (found.type, found.event, found.order) == ("Unheard", None, "WO-9")


@pytest.mark.parametrize("body", ["not JSON", "[1]", '{"order": 5, "number": "x"}', '"text"'])
def test_a_body_that_nobody_can_read_stops_no_page(tmp_path: Path, body: str) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
        journal.db.execute("DROP TRIGGER event_is_never_changed")
        journal.db.execute("UPDATE event SET body=?", (body,))
        (found,) = Trail(journal.db).page(Wanted(order=""), rows=5).rows
    assert (found.event, found.order, found.number) == (None, "", 0)


def test_a_window_without_a_match_says_that_it_may_lie_further_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "WINDOW", 2)
    with closing(read_only(folder)) as db:
        page = Trail(db).page(Wanted(type="LabelIssued"), rows=5)
    assert page.cut
    assert not page.rows


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(order="A"),
        Wanted(person="李"),
        Wanted(person="station"),
        Wanted(type="OrderHeld"),
        Wanted(type="LabelIssued"),
        Wanted(order="A", person="李", type="LabelSettled"),
        Wanted(since=BEGUN, before=BEGUN + timedelta(minutes=9)),
    ],
)
def test_no_page_reads_every_event(folder: Path, wanted: Wanted) -> None:
    """Whatever a page asks the records is answered by an index, or stops after a window."""
    asked: list[tuple[str, object]] = []
    with closing(read_only(folder)) as db:

        def note(_: object, sql: str, values: object) -> bool:
            asked.append((sql, values))
            return True

        db.exec_trace = note
        Trail(db).page(wanted, rows=10)
        Trail(db).actors()
        Trail(db).newest("BackupMade", rows=5)
        db.exec_trace = None
        plans = [
            (sql, str(row[3]))
            for sql, values in asked
            for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
        ]
    whole = [(sql, plan) for sql, plan in plans if "SCAN event" in plan or "SCAN label" in plan
             or "TEMP B-TREE" in plan or "SCAN signature" in plan]  # fmt: skip
    assert not [each for each in whole if "max(seq)" not in each[0] and "min(" not in each[0]]
    assert asked


def test_the_indexes_come_to_a_journal_of_before(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.db.execute("DROP INDEX event_by_type")
    with closing(Journal(tmp_path)) as journal:
        names = [str(name) for (name,) in journal.db.execute("SELECT name FROM sqlite_schema")]
    assert {"event_by_type", "event_by_actor"} <= set(names)
