"""The journal is only ever appended to, and its projections follow from it."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import apsw
import pytest

from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderFinished,
    OrderStarted,
    Recipe,
    StationStarted,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.shape import parse
from station.core.state import IllegalStepError, LabelState, OrderState
from station.records import place, projections
from station.records.clock import Instant
from station.records.journal import Journal, broken_at, read_only, recorded
from station.records.query import Records

GTIN = "06972869182019"
CLOCK = "at, offset, monotonic, steered"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def at_noon() -> Instant:
    return Instant(AT, offset=480, monotonic=5, steered=True)


ORDER = parse(
    WorkOrder,
    {
        "id": "WO-1",
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 3,
        "production_date": date(2026, 11, 20),
        "serials": {"prefix": "CN", "start": "010123"},
        "template": "t",
        "revision": "1",
    },
)
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "data", clock=at_noon)
    yield opened
    opened.close()


def accept(journal: Journal, order: WorkOrder = ORDER) -> None:
    journal.append(OrderAccepted(order=order, gtin=GTIN, file="a.yaml", sha256="0" * 64))


def start(journal: Journal) -> None:
    accept(journal)
    journal.append(OrderStarted(order="WO-1", recipe=RECIPE))


def issued(number: int, serial: str) -> LabelIssued:
    return LabelIssued(
        order="WO-1", number=number, gtin=GTIN, serial=serial, data="00", zpl="0" * 64
    )


def judged(number: int, *reasons: Reason) -> LabelJudged:
    return LabelJudged(
        order="WO-1", number=number, accepted=not reasons, reasons=reasons, symbols=()
    )


def test_events_come_back_as_they_were_written_and_in_order(journal: Journal) -> None:
    started = StationStarted(version="1", configuration="c")
    assert journal.append(started, actor="root") == 1
    accept(journal)
    found = list(recorded(journal.db))
    assert [each.seq for each in found] == [1, 2]
    assert (found[0].event, found[0].actor, found[0].at) == (started, "root", AT)
    assert broken_at(journal.db) is None


def test_pragmas_are_what_durability_needs(journal: Journal) -> None:
    assert journal.db.pragma("synchronous") == 3
    assert journal.db.pragma("journal_mode") == "wal"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor='x' WHERE seq=1",
        "DELETE FROM event WHERE seq=1",
        f"INSERT OR REPLACE INTO event SELECT seq, {CLOCK}, type, 'x', body, prev, hash FROM event",
        f"INSERT INTO event SELECT seq+5, {CLOCK}, type, actor, body, hash, x'00' FROM event",
        f"INSERT INTO event SELECT seq+1, {CLOCK}, type, actor, body, x'01', x'00' FROM event",
    ],
)
def test_an_event_is_never_changed_deleted_replaced_or_forged(
    journal: Journal, statement: str
) -> None:
    journal.append(StationStarted(version="1", configuration="c"))
    with pytest.raises(apsw.ConstraintError, match="an event is"):
        journal.db.execute(statement)


def test_an_event_changed_behind_the_triggers_breaks_the_chain_at_its_place(
    journal: Journal,
) -> None:
    for version in "123":
        journal.append(StationStarted(version=version, configuration="c"))
    journal.db.execute("DROP TRIGGER event_is_never_changed")
    journal.db.execute("UPDATE event SET actor='somebody' WHERE seq=2")
    assert broken_at(journal.db) == 2


def test_an_illegal_step_writes_nothing_at_all(journal: Journal) -> None:
    start(journal)
    before = list(recorded(journal.db))
    with pytest.raises(IllegalStepError):
        journal.append(
            issued(1, "CN010123"), judged(1), LabelReleased(order="WO-1", number=1), judged(1)
        )
    assert list(recorded(journal.db)) == before
    assert Records(journal.db).last_number("WO-1") == 0
    assert journal.append(issued(1, "CN010123")) == len(before) + 1


def test_a_serial_is_issued_once_for_ever(journal: Journal) -> None:
    start(journal)
    journal.append(issued(1, "CN010123"))
    with pytest.raises(apsw.ConstraintError, match=r"serial CN010123 of .* was issued before"):
        journal.append(issued(2, "CN010123"))


def test_a_serial_planned_by_one_order_cannot_be_planned_by_another(journal: Journal) -> None:
    accept(journal)
    with pytest.raises(apsw.ConstraintError):
        accept(journal, ORDER.model_copy(update={"id": "WO-2"}))


def test_the_balance_follows_the_labels(journal: Journal) -> None:
    start(journal)
    reason = Reason(Code.SERIAL, "21", "CN010124", "CN010123")
    journal.append(issued(1, "CN010123"), judged(1), LabelReleased(order="WO-1", number=1))
    journal.append(issued(2, "CN010124"), judged(2, reason))
    journal.append(
        issued(3, "CN010125"), LabelInDoubt(order="WO-1", number=3, cause="fault", detail="x")
    )
    records = Records(journal.db)
    row = records.order("WO-1")
    assert row is not None
    assert (row.balance.accepted, row.balance.rejected, row.balance.in_doubt) == (1, 1, 1)
    assert not row.balance.balanced
    journal.append(
        LabelSettled(order="WO-1", number=3, outcome=LabelState.DESTROYED, reason="torn"),
        actor="李",
    )
    row = records.order("WO-1")
    assert row is not None
    assert row.balance.balanced
    log = records.nonconformances()
    assert [(each.number, each.state) for each in log] == [(3, "destroyed"), (2, "rejected")]
    assert log[1].reasons == (
        {"code": "DATA.serial", "ai": "21", "expected": "CN010124", "read": "CN010123"},
    )
    assert log[0].settled == "李: torn"


def test_the_log_is_filtered_by_order_reason_group_product_and_time(journal: Journal) -> None:
    start(journal)
    journal.append(issued(1, "CN010123"), judged(1, Reason(Code.SERIAL), Reason(Code.LOT)))
    journal.append(issued(2, "CN010124"), judged(2, Reason(Code.NO_READ)))
    records = Records(journal.db)

    def numbers(**filters: str) -> list[int]:
        return [each.number for each in records.nonconformances(**filters)]  # type: ignore[arg-type]  # the filters under test are all texts

    assert numbers(reason="DATA") == [1]
    assert numbers(reason="DATA.lot") == [1]
    assert numbers(reason="READ.no-read") == [2]
    assert numbers(reason="ATA") == []
    assert numbers(order="WO-2") == []
    assert numbers(product="HAS-MHB-HC") == [2, 1]
    assert records.nonconformances(since=AT.replace(year=2027)) == ()


def test_the_next_serial_is_the_planned_one_then_the_next_that_nobody_has(
    journal: Journal,
) -> None:
    start(journal)
    taken = ORDER.model_copy(
        update={
            "id": "WO-2",
            "serials": ORDER.serials.model_copy(update={"start": "010126"})
            if ORDER.serials
            else None,
        }
    )
    accept(journal, taken)
    records = Records(journal.db)
    given = []
    for number in range(1, 6):
        serial = records.next_serial(ORDER, GTIN)
        assert serial is not None
        given.append(serial)
        journal.append(issued(number, serial))
    assert given == ["CN010123", "CN010124", "CN010125", "CN010129", "CN010130"]


def test_projections_rebuilt_from_the_journal_are_the_same(journal: Journal) -> None:
    start(journal)
    journal.append(issued(1, "CN010123"), judged(1), LabelReleased(order="WO-1", number=1))
    journal.append(issued(2, "CN010124"), judged(2, Reason(Code.NO_READ)))
    journal.append(OrderFinished(order="WO-1"))

    def everything() -> dict[str, list[object]]:
        return {
            table: list(journal.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))
            for table in projections.TABLES
        }

    before = everything()
    projections.rebuild(journal.db, list(recorded(journal.db)))
    assert everything() == before
    row = Records(journal.db).order("WO-1")
    assert row is not None
    assert row.state == OrderState.FINISHED


def test_a_second_station_on_one_data_directory_is_told_who_holds_it(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    with pytest.raises(Refused, match=r"is in use by process \d+ on .* One station"):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()


def test_a_restart_goes_on_where_the_journal_ends(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    first.append(StationStarted(version="1", configuration="c"))
    first.close()
    second = Journal(tmp_path)
    assert second.append(StationStarted(version="2", configuration="c")) == 2
    assert broken_at(second.db) is None
    second.close()


def test_a_reader_beside_the_writer_sees_what_is_committed_and_can_change_nothing(
    journal: Journal, tmp_path: Path
) -> None:
    accept(journal)
    found: list[object] = []

    def look() -> None:
        db = read_only(tmp_path / "data")
        found.append(Records(db).order("WO-1"))
        with pytest.raises(apsw.ReadOnlyError):
            db.execute("DELETE FROM intake")
        db.close()

    reader = threading.Thread(target=look)
    reader.start()
    reader.join()
    assert found[0] is not None


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database" * 100)
    with pytest.raises(Refused, match="is not a journal that can be used"):
        Journal(tmp_path)
    assert (tmp_path / "journal.db").read_bytes() == b"not a database" * 100


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused, match=r"The data directory .* cannot be used"):
        Journal(tmp_path / "file" / "data")


def test_a_file_system_that_forgets_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this machine's disk is, it is put on the list."""
    assert place.file_system(Path("/proc")) == "proc"
    here = place.file_system(tmp_path)
    monkeypatch.setattr(place, "UNSAFE_FILE_SYSTEMS", {here})
    with pytest.raises(Refused, match=f"is on {here}, which can lose what was written"):
        Journal(tmp_path)


def test_looking_at_a_journal_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no journal in"):
        read_only(tmp_path)


def test_a_journal_that_is_gone_while_its_pictures_are_not_starts_nothing(tmp_path: Path) -> None:
    """An empty journal would let every serial be printed again."""
    first = Journal(tmp_path)
    first.append(StationStarted(version="1", configuration="c"))
    first.close()
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "picture.jpg").write_bytes(b"x")
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    with pytest.raises(Refused, match="bring the journal back"):
        Journal(tmp_path)


def test_a_journal_that_was_changed_starts_nothing(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    for version in "123":
        first.append(StationStarted(version=version, configuration="c"))
    first.db.execute("DROP TRIGGER event_is_never_changed")
    first.db.execute("UPDATE event SET body = replace(body, '2', '9') WHERE seq=2")
    first.close()
    with pytest.raises(Refused, match="changed or is damaged at event 2"):
        Journal(tmp_path)


def test_a_journal_that_is_no_database_cannot_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database" * 100)
    with pytest.raises(Refused, match="is not a journal that can be used"):
        read_only(tmp_path)
