"""Any mark of a label leads to everything recorded about it, and never to a crash."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.events import (
    Event,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderEnded,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recipe,
    ReprintAuthorised,
    SerialsImported,
)
from station.core.gs1 import ElementString
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.shape import parse
from station.core.state import LabelState, OrderState
from station.records.clock import Instant
from station.records.journal import Journal, read_only
from station.records.trace.trace import MOST, trace

GTIN = "06972869182019"
OTHER = "16972869182016"
PICTURE = "ab" * 32
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


def at_noon() -> Instant:
    return Instant(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), offset=480, monotonic=5, steered=True)


def order(name: str, **fields: object) -> WorkOrder:
    document: dict[str, object] = {
        "id": name,
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 3,
        "production_date": date(2026, 11, 20),
        "template": "t",
        "revision": "1",
    }
    return parse(WorkOrder, document | fields)


def accepted(asked: WorkOrder, gtin: str = GTIN) -> OrderAccepted:
    return OrderAccepted(order=asked, gtin=gtin, file="a.yaml", sha256=asked.id.rjust(64, "0"))


def elements(serial: str, lot: str = "") -> ElementString:
    pairs = [("01", GTIN), *([("10", lot)] if lot else []), *([("21", serial)] if serial else [])]
    return ElementString.of(*pairs)


def issued(name: str, number: int, serial: str, *, lot: str = "", of: int = 0) -> LabelIssued:
    data = elements(serial, lot).encode().hex()
    return LabelIssued(
        order=name,
        number=number,
        gtin=GTIN,
        serial=serial,
        data=data,
        zpl="0" * 64,
        reprint_of=of,
    )


def judged(name: str, number: int, *reasons: Reason, picture: str = "") -> LabelJudged:
    return LabelJudged(
        order=name,
        number=number,
        accepted=not reasons,
        reasons=reasons,
        symbols=(),
        evidence=picture,
    )


def serialised() -> Iterator[tuple[Event, str]]:
    """WO-1: one good label; one rejected, voided by two and printed again; one not printed yet."""
    serials = {"list": ("CN1", "CN2", "L7")}
    yield accepted(order("WO-1", serials=serials, reprint="same")), "station"
    yield OrderStarted(order="WO-1", recipe=RECIPE), "Li"
    yield issued("WO-1", 1, "CN1"), "station"
    yield judged("WO-1", 1), "station"
    yield LabelReleased(order="WO-1", number=1), "station"
    yield issued("WO-1", 2, "CN2"), "station"
    yield judged("WO-1", 2, Reason(Code.NONE), picture=PICTURE), "station"
    yield OrderHeld(order="WO-1", cause="operator"), "Li"
    void = LabelSettled(
        order="WO-1", number=2, outcome=LabelState.VOIDED, reason="torn", witness="Wang"
    )
    yield void, "Chen"
    yield ReprintAuthorised(order="WO-1", number=2, reason="engraved", witness="Zhou"), "Chen"
    yield OrderResumed(order="WO-1", reason="go on"), "Li"
    yield issued("WO-1", 3, "CN2", of=2), "station"
    yield LabelInDoubt(order="WO-1", number=3, cause="fault", detail="dead"), "station"
    yield OrderHeld(order="WO-1", cause="fault"), "station"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[apsw.Connection]:
    journal = Journal(tmp_path / "data", clock=at_noon)
    for event, actor in serialised():
        journal.append(event, actor=actor)
    journal.append(accepted(order("L-1", lot="L7"), GTIN), accepted(order("L-2", lot="L8"), OTHER))
    journal.append(
        SerialsImported(
            gtin=GTIN, serials=("OLD1",), file="old.csv", sha256="0" * 64, part=1, parts=1,
            known=0, reason="old system",
        ),
        actor="王芳",
    )  # fmt: skip
    yield journal.db
    journal.close()


def test_a_serial_tells_everything_about_its_label(db: apsw.Connection) -> None:
    (label,) = trace("CN1", db).labels
    assert (label.order, label.number, label.state) == ("WO-1", 1, LabelState.RELEASED)
    assert label.data == elements("CN1").encode()
    assert (label.accepted, label.zpl) == (True, "0" * 64)
    assert [each.type for each in label.steps] == ["LabelIssued", "LabelJudged", "LabelReleased"]
    assert label.people == ()


def test_a_serial_printed_again_gives_every_label_that_carried_it(db: apsw.Connection) -> None:
    first, again = trace("CN2", db).labels
    assert (first.number, first.became, first.state) == (2, 3, LabelState.VOIDED)
    assert (again.number, again.reprint_of, again.state) == (3, 2, LabelState.IN_DOUBT)
    assert (first.accepted, again.accepted) == (False, None)
    assert first.evidence == PICTURE
    assert first.people == ("Chen", "Wang", "Zhou")
    assert len(first.nonconformances) == len(again.nonconformances) == 1
    assert again.steps[-1].reason == "fault dead"


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}21CN1",
        f"]d201{GTIN}21CN1\r\n",
        f"(01){GTIN}(21)CN1",
        f"[01]{GTIN}[21]CN1",
        f"]C121CN1<GS>01{GTIN}",
        f"21CN1\x1d01{GTIN}<GS>",
    ],
)
def test_a_scanned_udi_finds_its_label_however_it_is_written(
    db: apsw.Connection, text: str
) -> None:
    found = trace(text, db)
    assert [each.number for each in found.labels] == [1]
    assert [each.id for each in found.orders] == ["WO-1"]
    assert found.notes == ()


def test_a_udi_whose_other_data_was_never_printed_is_found_and_contradicted(
    db: apsw.Connection,
) -> None:
    found = trace(f"(01){GTIN}(10)FAKE(21)CN1", db)
    assert [each.number for each in found.labels] == [1]
    assert str(found.notes[0]) == (
        f"This is not what was printed on label 1 of order WO-1: (01){GTIN}(21)CN1."
    )


def test_a_serial_of_this_gtin_that_was_never_here_is_said_to_be_strange(
    db: apsw.Connection,
) -> None:
    found = trace(f"(01){GTIN}(21)FALSE", db)
    assert not found.found
    assert str(found.notes[0]) == (
        f"Serial FALSE of GTIN {GTIN} was never planned or printed here."
    )


def test_a_damaged_udi_is_explained(db: apsw.Connection) -> None:
    found = trace(f"(01){GTIN[:-1]}0(21)CN1", db)
    assert not found.found
    assert "check digit" in str(found.notes[0])


def test_a_text_that_is_a_serial_and_a_lot_finds_both(db: apsw.Connection) -> None:
    found = trace("L7", db)
    assert {each.id for each in found.orders} == {"L-1", "WO-1"}
    (label,) = found.labels
    assert (label.number, label.state) == (0, LabelState.PLANNED)


def test_an_order_lists_its_labels_and_people_and_counts(db: apsw.Connection) -> None:
    found = trace("WO-1", db)
    assert [each.number for each in found.labels] == [1, 2, 3]
    (row,) = found.orders
    assert (row.state, row.people) == (OrderState.HELD, ("Li", "Chen", "Wang", "Zhou"))
    assert dict(row.labels) == {
        LabelState.RELEASED: 1,
        LabelState.VOIDED: 1,
        LabelState.IN_DOUBT: 1,
    }
    assert not row.more_people


def test_a_gtin_finds_its_orders_newest_first(db: apsw.Connection) -> None:
    assert [each.id for each in trace(GTIN, db).orders] == ["L-1", "WO-1"]
    assert [each.id for each in trace(OTHER, db).orders] == ["L-2"]
    assert [each.id for each in trace(f"(01){GTIN}(10)L7", db).orders] == ["L-1"]
    assert str(trace(f"(01){OTHER}(10)L7", db).notes[0]) == (
        f"No order here has lot L7 and GTIN {OTHER}."
    )


def test_a_serial_set_aside_for_an_order_given_up_is_never_used(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "data", clock=at_noon)
    journal.append(
        accepted(order("WO-9", serials={"prefix": "Z", "start": "1"})),
        OrderEnded(order="WO-9", reason="no more"),
    )
    (label,) = trace("Z2", journal.db).labels
    assert label.state == LabelState.UNUSED
    journal.close()


@pytest.mark.parametrize("text", ["OLD1", f"(01){GTIN}(21)OLD1"])
def test_a_serial_that_was_used_elsewhere_says_who_told_so(db: apsw.Connection, text: str) -> None:
    found = trace(text, db)
    assert found.found
    assert (found.labels, found.orders) == ((), ())
    (note,) = found.notes
    assert str(note) == (
        f"Serial OLD1 of GTIN {GTIN} was used before: imported by 王芳 from old.csv on 2026-11-22"
        " (old system). Nothing was printed with it here."
    )


def test_a_serial_that_was_used_elsewhere_for_another_product_is_no_answer(
    db: apsw.Connection,
) -> None:
    found = trace(f"(01){OTHER}(21)OLD1", db)
    assert not found.found
    assert "was never planned or printed here" in str(found.notes[0])


def test_of_many_only_the_first_hundred_are_shown(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "data", clock=at_noon)
    journal.append(accepted(order("WO-1", lot="A", quantity=150)))
    journal.append(OrderStarted(order="WO-1", recipe=RECIPE))
    journal.append(*(issued("WO-1", number, "", lot="A") for number in range(1, 151)))
    found = trace("A", journal.db)
    assert (len(found.labels), found.more) == (MOST, True)
    journal.append(*(accepted(order(f"X-{n}", lot="B")) for n in range(MOST + 1)))
    found = trace("B", journal.db)
    assert (len(found.orders), found.more) == (MOST, True)
    assert found.orders[0].id == f"X-{MOST}"
    journal.close()


def test_every_question_goes_through_an_index(db: apsw.Connection) -> None:
    asked: set[str] = set()

    def note(_db: apsw.Cursor, sql: str, _values: object) -> bool:
        asked.add(sql)
        return True

    db.exec_trace = note
    for text in (
        "CN1",
        "CN2",
        "OLD1",
        "L7",
        "WO-1",
        GTIN,
        f"(01){GTIN}(21)CN1",
        f"(01){GTIN}(10)L7",
    ):
        trace(text, db)
    db.exec_trace = None
    assert len(asked) > 8
    for sql in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))]
        assert not [each for each in plan if each.startswith("SCAN")], (sql, plan)
        assert not [each for each in plan if "TEMP B-TREE" in each], (sql, plan)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text() | st.binary().map(os.fsdecode) | st.from_regex(r"[\(\[\]]?[0-9]{0,20}.*"))
def test_no_text_whatever_breaks_a_search(db: apsw.Connection, text: str) -> None:
    assert trace(text, db).text == text


def test_a_reader_beside_the_station_traces_too(tmp_path: Path, db: apsw.Connection) -> None:
    beside = read_only(tmp_path / "data")
    assert trace("CN1", beside) == trace("CN1", db)
