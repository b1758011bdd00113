"""What people decide: by two where only their word stands for it, never against the ledger."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    OdometerRead,
    OrderAccepted,
    OrderClosed,
    OrderEnded,
    OrderHeld,
    OrderStarted,
    Recipe,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.reconciliation import Stock
from station.core.state import LabelState, OrderState
from station.line.board import Close, Measure, Reprint, Settle, Use
from station.line.desk import Desk, check_second_person
from station.records.journal import Journal, recorded
from station.records.query import Records

GTIN = "06972869182019"
ORDER = """{"id": "A", "product": "P", "level": "unit", "quantity": 3, "template": "t",
    "revision": "1", "serials": {"list": ["S1", "S2", "S3"]}, "reprint": "%s"}"""
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


class Line:
    """A journal written by hand, and the desk that works on it."""

    def __init__(self, folder: Path, *, reprint: str = "same") -> None:
        self.journal = Journal(folder)
        self.records = Records(self.journal.db)
        self.signed: list[tuple[str, str]] = []
        self.desk = Desk(
            journal=self.journal,
            records=self.records,
            sign=lambda why, order: self.signed.append((why, order)),
        )
        order = WorkOrder.model_validate_json(ORDER % reprint)
        self.journal.append(
            OrderAccepted(order=order, gtin=GTIN, file="a.yaml", sha256="a"),
            OrderStarted(order="A", recipe=RECIPE),
            OdometerRead(order="A", value=1000),
        )

    def issue(self, number: int, serial: str = "", reprint_of: int = 0) -> None:
        self.journal.append(
            LabelIssued(
                order="A",
                number=number,
                gtin=GTIN,
                serial=serial or f"S{number}",
                data="",
                zpl="",
                reprint_of=reprint_of,
            )
        )

    def judge(self, number: int, *, accepted: bool) -> None:
        reasons = () if accepted else (Reason(Code.NO_READ),)
        self.journal.append(
            LabelJudged(order="A", number=number, accepted=accepted, reasons=reasons, symbols=())
        )
        if accepted:
            self.journal.append(LabelReleased(order="A", number=number))

    def doubt(self, number: int) -> None:
        self.journal.append(LabelInDoubt(order="A", number=number, cause="restart"))

    def end(self, odometer: int | None = None) -> None:
        self.journal.append(
            OrderHeld(order="A", cause="operator"),
            OdometerRead(order="A", value=odometer),
            OrderEnded(order="A", reason="enough"),
        )

    def settle(self, number: int, outcome: LabelState, witness: str = "Wang") -> None:
        assert outcome not in {LabelState.ISSUED, LabelState.ACCEPTED}
        request = Settle("A", number, outcome, "why", witness)  # type: ignore[arg-type]
        self.desk.settle(request, actor="Li")

    def state(self, number: int) -> LabelState:
        label = self.records.label("A", number)
        assert label
        return label.state


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.journal.close()


@pytest.mark.parametrize("outcome", [LabelState.DESTROYED, LabelState.NOT_PRINTED])
def test_a_label_in_doubt_is_closed_by_two_people(line: Line, outcome: LabelState) -> None:
    line.issue(1)
    line.doubt(1)
    with pytest.raises(Refused, match="give the name of the second"):
        line.settle(1, outcome, witness="")
    line.settle(1, outcome)
    assert line.state(1) == outcome
    (found,) = line.records.nonconformances()
    assert (found.state, found.settled) == (outcome, "Li + Wang: why")


def test_what_is_not_open_to_people_is_refused(line: Line) -> None:
    line.issue(1)
    for state in (LabelState.DESTROYED, LabelState.VOIDED, LabelState.RELEASED):
        with pytest.raises(Refused, match="Label 1 is issued, so it cannot be said to be"):
            line.settle(1, state)
    line.judge(1, accepted=False)
    with pytest.raises(Refused, match="cannot be said to be released"):
        line.settle(1, LabelState.RELEASED)
    with pytest.raises(Refused, match="Order A has no label 7"):
        line.settle(7, LabelState.DESTROYED)
    with pytest.raises(Refused, match="There is no order 'B'"):
        line.desk.use(Use("B", Stock.BLANK, 1, ""), actor="Li")


def test_a_sample_is_a_good_label_that_is_not_on_a_device(line: Line) -> None:
    line.issue(1)
    line.judge(1, accepted=True)
    line.settle(1, LabelState.SAMPLE, witness="")
    row = line.records.order("A")
    assert row
    assert (row.balance.accepted, row.balance.samples, row.balance.balanced) == (0, 1, True)


def test_a_label_nobody_saw_through_the_gate_is_no_sample_on_one_word(line: Line) -> None:
    line.issue(1)
    line.journal.append(LabelJudged(order="A", number=1, accepted=True, reasons=(), symbols=()))
    with pytest.raises(Refused, match="give the name of the second"):
        line.settle(1, LabelState.SAMPLE, witness="")


def test_a_good_label_taken_out_again_opens_a_nonconformance(line: Line) -> None:
    line.issue(1)
    line.judge(1, accepted=True)
    line.settle(1, LabelState.DESTROYED)
    (found,) = line.records.nonconformances()
    assert [each["code"] for each in found.reasons] == ["withdrawn"]


def test_a_serial_is_printed_again_only_when_its_label_is_gone_and_two_people_say_so(
    line: Line,
) -> None:
    line.issue(1)
    line.judge(1, accepted=False)
    again = Reprint("A", 1, "smeared", "Wang")
    with pytest.raises(Refused, match=r"Label 1 is rejected\. Its serial is printed again only"):
        line.desk.authorise(again, actor="Li")
    line.settle(1, LabelState.VOIDED)
    with pytest.raises(Refused, match="got wang twice"):
        line.desk.authorise(Reprint("A", 1, "smeared", "wang"), actor="Wang (command line, root)")
    line.desk.authorise(again, actor="Li")
    with pytest.raises(Refused, match="about to be printed again"):
        line.desk.authorise(again, actor="Li")
    line.issue(2, "S1", reprint_of=1)
    line.judge(2, accepted=True)
    (register,) = line.records.reprints("A")
    assert (register.number, register.became, register.witness) == (1, 2, "Wang")
    with pytest.raises(Refused, match="has a good label already"):
        line.desk.authorise(again, actor="Li")


def test_a_serial_is_never_printed_again_by_nobodys_leave(line: Line) -> None:
    line.issue(1)
    line.judge(1, accepted=False)
    line.settle(1, LabelState.VOIDED)
    for reprint_of in (0, 1):
        with pytest.raises(apsw.ConstraintError, match="was issued before"):
            line.issue(2, "S1", reprint_of=reprint_of)


def test_an_order_that_burns_serials_prints_none_again(tmp_path: Path) -> None:
    line = Line(tmp_path, reprint="burn")
    line.issue(1)
    line.judge(1, accepted=False)
    line.settle(1, LabelState.VOIDED)
    with pytest.raises(Refused, match="burns the serial"):
        line.desk.authorise(Reprint("A", 1, "why", "Wang"), actor="Li")
    line.journal.close()


def test_an_order_that_balances_is_closed_by_one_person_and_signed(line: Line) -> None:
    line.issue(1)
    line.judge(1, accepted=True)
    line.desk.use(Use("A", Stock.ROLL_START, 2, "new roll"), actor="Li")
    with pytest.raises(Refused, match="is running; only one that is finished or ended"):
        line.desk.close(Close("A"), actor="Li")
    line.end(odometer=1003)
    line.desk.close(Close("A"), actor="Li")
    row = line.records.order("A")
    assert row
    assert row.state == OrderState.CLOSED
    assert line.signed == [("close", "A")]
    with pytest.raises(Refused, match="is closed; nothing about it changes"):
        line.settle(1, LabelState.SAMPLE)


@pytest.mark.parametrize(
    ("odometer", "difference"),
    [
        (1002, "The printer counted 2 labels, expected 1."),
        (1000, "The printer counted 0 labels, expected 1."),
        (999, "odometer proves nothing: 1000 at the start, 999 at the end"),
        (None, "odometer proves nothing: 1000 at the start, no answer at the end"),
    ],
)
def test_an_order_that_does_not_balance_is_closed_by_two_people_who_write_why(
    line: Line, odometer: int | None, difference: str
) -> None:
    line.issue(1)
    line.judge(1, accepted=True)
    line.end(odometer)
    with pytest.raises(Refused, match=difference) as refused:
        line.desk.close(Close("A"), actor="Li")
    assert "does not balance" in str(refused.value)
    with pytest.raises(Refused, match="give the name of the second"):
        line.desk.close(Close("A", "the odometer was reset", ""), actor="Li")
    line.desk.close(Close("A", "the odometer was reset", "Wang"), actor="Li")
    row = line.records.order("A")
    assert row
    assert (row.state, row.detail) == (OrderState.CLOSED_UNBALANCED, "the odometer was reset")
    closed = list(recorded(line.journal.db))[-1].event
    assert isinstance(closed, OrderClosed)
    assert [difference in str(each) for each in closed.differences] == [True]


@pytest.mark.parametrize(("torn", "fits"), [(1001, True), (1002, True), (1003, False)])
def test_half_a_label_may_have_been_counted_or_not(line: Line, torn: int, fits: bool) -> None:  # noqa: FBT001
    line.issue(1)
    line.judge(1, accepted=True)
    line.issue(2)
    line.doubt(2)
    line.settle(2, LabelState.DESTROYED)
    line.end(odometer=torn)
    sheet = line.records.sheet("A")
    assert sheet
    assert sheet.balanced == fits


@pytest.mark.parametrize("witness", [" (QA)", ".", "王芳（夜班）", "王芳(QA)", "王 芳"])
def test_the_second_person_is_a_name_and_another_one(witness: str) -> None:
    with pytest.raises(Refused):
        check_second_person("王芳 (command line, root)", witness)


@given(
    st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=20).filter(str.strip)
)
def test_one_person_is_one_person_however_they_write_their_name(name: str) -> None:
    for written in (
        name,
        f" {name} ",
        name.upper() if name.isascii() else name,
        f"{name} (command line, root)",
    ):
        with pytest.raises(Refused):
            check_second_person(name, written)


def test_what_a_verifier_measured_stands_beside_the_label(line: Line) -> None:
    line.issue(1)
    reading = Measure("A", 1, "]d2", "3.8/10/660/45", "Webscan TruCheck 1234")
    line.desk.measure(reading, actor="Li")
    (found,) = line.records.verifier_readings("A", 1)
    assert (found.identifier, found.grade) == ("]d2", "3.8/10/660/45")
    assert line.records.verifier_readings("A", 2) == ()


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (Measure("A", 9, "]d2", "3.8/10/660/45", "v"), "has no label 9"),
        (Measure("A", 1, "]d2", "A", "v"), "Expected a verifier's result"),
        (Measure("A", 1, "]E0", "3.8/10/660/45", "v"), "Expected the symbol that was measured"),
    ],
)
def test_a_reading_of_nothing_is_not_written_down(line: Line, reading: Measure, why: str) -> None:
    line.issue(1)
    with pytest.raises(Refused, match=why):
        line.desk.measure(reading, actor="Li")
