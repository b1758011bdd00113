"""Two people decide about a rejected label, once, and no one who ran the line decides alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from station.core.events import (
    LabelDisposed,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    OrderAccepted,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recipe,
    SymbolRead,
)
from station.core.gs1 import ElementString
from station.core.judge import Code, Reason
from station.core.nonconformance import Disposition
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.state import IllegalStepError, LabelState
from station.line.board import Dispose, Reprint, Settle
from station.line.desk import Desk
from station.records.dispositions import Dispositions
from station.records.journal import Journal, recorded_at
from station.records.query import Records

GTIN = "06972869182019"
ORDER = """{"id": "A", "product": "P", "level": "unit", "quantity": %d, "template": "t",
    "revision": "1", "serials": {"list": %s}, "reprint": "%s"}"""
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


def data_of(serial: str) -> bytes:
    return ElementString.of(("01", GTIN), ("21", serial)).encode()


class Line:
    """A journal written by hand, and the desk that works on it. Zhao runs the line."""

    def __init__(self, folder: Path, *, reprint: str = "same", quantity: int = 3) -> None:
        self.journal = Journal(folder)
        self.records = Records(self.journal.db)
        self.desk = Desk(journal=self.journal, records=self.records)
        serials = [f"S{number}" for number in range(1, quantity + 1)]
        order = WorkOrder.model_validate_json(ORDER % (quantity, json.dumps(serials), reprint))
        self.journal.append(OrderAccepted(order=order, gtin=GTIN, file="a.yaml", sha256="a"))
        self.journal.append(OrderStarted(order="A", recipe=RECIPE), actor="Zhao")

    def reject(
        self, number: int, *codes: Code, serial: str = "", read: bytes | None = None
    ) -> None:
        name = serial or f"S{number}"
        data = data_of(name)
        self.journal.append(
            LabelIssued(order="A", number=number, gtin=GTIN, serial=name, data=data.hex(), zpl=""),
            LabelJudged(
                order="A",
                number=number,
                accepted=False,
                reasons=tuple(Reason(each, expected="GS1 DataMatrix ]d2") for each in codes),
                symbols=tuple(
                    SymbolRead(identifier="]d2", data=each.hex(), engine="zxing")
                    for each in (data if read is None else read,)
                    if each
                ),
            ),
        )

    def hold(self) -> None:
        self.journal.append(OrderHeld(order="A", cause="operator"))

    def dispose(
        self,
        number: int = 1,
        disposition: Disposition = Disposition.SCRAP,
        *,
        actor: str = "Li",
        witness: str = "Wang",
        read: str = "",
        reader: str = "",
        supply: str = "",
        capa: str = "",
    ) -> None:
        self.desk.dispose(
            Dispose(
                order="A", number=number, disposition=disposition, reason="why", witness=witness,
                requirement="print", containment="bin locked", capa=capa, supply=supply,
                reader=reader, read=read,
            ),
            actor=actor,
        )  # fmt: skip

    def state(self, number: int = 1) -> LabelState:
        label = self.records.label("A", number)
        assert label
        return label.state

    def last(self) -> LabelDisposed:
        recorded = recorded_at(self.journal.db, self.journal.head.seq)
        assert recorded
        assert isinstance(recorded.event, LabelDisposed)
        return recorded.event


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.journal.close()


def test_a_decision_is_recorded_with_everything_about_it(line: Line) -> None:
    line.reject(1, Code.LOT)
    line.dispose(capa="CAPA-7")
    found = line.last()
    assert (found.requirement, found.containment, found.evaluation) == (
        "print", "bin locked", "why"
    )  # fmt: skip
    assert (found.capa, found.witness, found.passed) == ("CAPA-7", "Wang", False)
    assert line.state() == LabelState.REJECTED, "it still has to be seen into the scrap"
    assert Dispositions(line.journal.db).closed("A", 1) is None
    line.desk.settle(Settle("A", 1, LabelState.VOIDED, "bin", "Sun"), actor="Li")
    closed = Dispositions(line.journal.db).closed("A", 1)
    assert closed
    assert closed.by == "Li + Sun"


def test_whoever_ran_the_line_does_not_decide(line: Line) -> None:
    line.reject(1, Code.LOT)
    with pytest.raises(Refused, match="Zhao ran the line when it was found: somebody else"):
        line.dispose(actor="zhao (command line, root)")
    line.dispose(witness="Zhao")


def test_whoever_let_the_line_go_on_last_ran_it(line: Line) -> None:
    line.hold()
    line.journal.append(OrderResumed(order="A", reason="r"), actor="Sun")
    line.reject(1, Code.LOT)
    with pytest.raises(Refused, match="Sun ran the line"):
        line.dispose(actor="Sun")
    line.dispose(actor="Zhao")


def test_one_person_alone_decides_nothing(line: Line) -> None:
    line.reject(1, Code.LOT)
    for witness in ("", "li", " LI "):
        with pytest.raises(Refused):
            line.dispose(witness=witness)


def test_the_second_supervisor_sees_who_was_first_and_nothing_is_overwritten(line: Line) -> None:
    line.reject(1, Code.LOT)
    line.dispose(actor="Li")
    before = line.journal.head
    with pytest.raises(Refused, match=r"decided already: scrap, by Li \+ Wang on .* first"):
        line.dispose(actor="Chen", disposition=Disposition.REPRINT)
    assert line.journal.head == before


def test_the_records_have_room_for_one_decision(line: Line) -> None:
    line.reject(1, Code.LOT)
    line.dispose()
    with pytest.raises(apsw.ConstraintError):
        line.journal.append(line.last(), actor="Chen")


def test_a_label_passes_by_concession_while_its_order_stands(line: Line) -> None:
    line.reject(1, Code.FAINT)
    with pytest.raises(Refused, match="has to be on hold or ended"):
        line.dispose(disposition=Disposition.CONCESSION)
    line.hold()
    line.dispose(disposition=Disposition.CONCESSION)
    assert line.state() == LabelState.RELEASED
    (found,) = line.records.nonconformances()
    assert (found.state, found.settled) == (LabelState.RELEASED, "Li + Wang: use as is, why")
    sheet = line.records.sheet("A")
    assert sheet
    assert sheet.balance.released == 1
    assert "S1" not in {each.serial for each in line.records.lacking("A")}


def test_whoever_ran_the_line_does_not_even_stand_by_a_label_that_passes(line: Line) -> None:
    line.reject(1, Code.FAINT)
    line.hold()
    with pytest.raises(Refused, match="cannot be the second person"):
        line.dispose(disposition=Disposition.CONCESSION, witness="Zhao")


@pytest.mark.parametrize("code", [Code.LOT, Code.SERIAL, Code.TEXT_WRONG, Code.CUT, Code.SWAPPED])
def test_no_label_with_a_doubtful_identity_passes_by_concession(line: Line, code: Code) -> None:
    line.reject(1, code, Code.FAINT)
    line.hold()
    with pytest.raises(Refused, match=f"never for {code}"):
        line.dispose(disposition=Disposition.CONCESSION)


def test_a_label_whose_data_were_not_read_does_not_pass_by_concession(line: Line) -> None:
    line.reject(1, Code.FAINT, read=b"")
    line.hold()
    with pytest.raises(Refused, match="nobody knows what it says"):
        line.dispose(disposition=Disposition.CONCESSION)


def test_no_more_labels_pass_than_the_order_wants(tmp_path: Path) -> None:
    line = Line(tmp_path, quantity=1)
    line.reject(1, Code.FAINT)
    data = data_of("S2").hex()
    line.journal.append(
        LabelIssued(order="A", number=2, gtin=GTIN, serial="S2", data=data, zpl=""),
        LabelJudged(order="A", number=2, accepted=True, reasons=(), symbols=()),
        LabelReleased(order="A", number=2),
    )
    line.hold()
    with pytest.raises(Refused, match="lack a good label"):
        line.dispose(disposition=Disposition.CONCESSION)
    line.journal.close()


def test_a_label_in_doubt_is_not_disposed_of(line: Line) -> None:
    line.journal.append(
        LabelIssued(order="A", number=1, gtin=GTIN, serial="S1", data="00", zpl=""),
        LabelInDoubt(order="A", number=1, cause="restart"),
    )
    for each in Disposition:
        with pytest.raises(Refused, match="Say first what became of it"):
            line.dispose(disposition=each, read="]d2x", reader="r", supply="s")


SCAN = "]d2" + data_of("S1").decode().replace("\x1d", "␝")


@pytest.mark.parametrize(("read", "passes"), [(SCAN, True), (SCAN + "9", False), ("]d2x", False)])
def test_a_second_reader_decides_and_both_readings_are_kept(
    line: Line, read: str, *, passes: bool
) -> None:
    line.reject(1, Code.NO_READ, read=b"")
    line.hold()
    line.dispose(disposition=Disposition.REINSPECT, read=read, reader="DS3608 no. 7")
    assert line.state() == (LabelState.RELEASED if passes else LabelState.REJECTED)
    found = line.last()
    assert (found.passed, found.reader) == (passes, "DS3608 no. 7")
    assert [each.identifier for each in found.symbols] == ["]d2"]
    with pytest.raises(Refused, match="decided already: re-inspect"):
        line.dispose(disposition=Disposition.REINSPECT, read=SCAN, reader="DS3608 no. 7")


@pytest.mark.parametrize(
    ("read", "why"),
    [
        ("", "Scan every code"),
        (SCAN[3:], "send the AIM identifier"),
        ("]C1" + SCAN[3:], "has to read ]d2 as well"),
    ],
)
def test_half_a_second_reading_decides_nothing(line: Line, read: str, why: str) -> None:
    line.reject(1, Code.NO_READ, read=b"")
    line.hold()
    with pytest.raises(Refused, match=why):
        line.dispose(disposition=Disposition.REINSPECT, read=read, reader="r")
    assert line.state() == LabelState.REJECTED


def test_a_second_reader_does_not_refute_another_reading(line: Line) -> None:
    line.reject(1, Code.SERIAL)
    line.hold()
    with pytest.raises(Refused, match=r"never DATA\.serial"):
        line.dispose(disposition=Disposition.REINSPECT, read=SCAN, reader="r")


def test_a_burnt_serial_is_printed_no_more_and_its_order_does_not_wait_for_it(line: Line) -> None:
    line.reject(1, Code.LOT)
    line.dispose()
    assert line.records.lacking("A") == ()
    line.desk.settle(Settle("A", 1, LabelState.VOIDED, "bin", "Sun"), actor="Li")
    with pytest.raises(Refused, match=r"Serial S1 is burnt: Li \+ Wang decided"):
        line.desk.authorise(Reprint("A", 1, "why", "Wang"), actor="Li")


def test_a_serial_is_printed_again_after_scrap_and_reprint(line: Line) -> None:
    line.reject(1, Code.LOT)
    line.dispose(disposition=Disposition.REPRINT)
    with pytest.raises(Refused, match="Label 1 is rejected"):
        line.desk.authorise(Reprint("A", 1, "why", "Wang"), actor="Li")
    line.desk.settle(Settle("A", 1, LabelState.VOIDED, "bin", "Sun"), actor="Li")
    line.desk.authorise(Reprint("A", 1, "why", "Wang"), actor="Li")
    assert [each.serial for each in line.records.reprints("A")] == ["S1"]


def test_blank_stock_goes_back_by_name(line: Line) -> None:
    line.reject(1, Code.WRINKLE)
    with pytest.raises(Refused, match="Name the roll or the lot"):
        line.dispose(disposition=Disposition.RETURN)
    line.dispose(disposition=Disposition.RETURN, supply="roll 12")
    assert line.last().supply == "roll 12"
    assert line.state() == LabelState.REJECTED


def test_what_was_not_found_wrong_is_not_decided_about(line: Line) -> None:
    data = data_of("S1").hex()
    line.journal.append(
        LabelIssued(order="A", number=1, gtin=GTIN, serial="S1", data=data, zpl=""),
        LabelJudged(order="A", number=1, accepted=True, reasons=(), symbols=()),
    )
    with pytest.raises(Refused, match="Nothing was found on label 1"):
        line.dispose()


def test_the_records_take_no_pass_that_is_none(line: Line) -> None:
    """Whatever the desk let through: scrap lets no label pass, and no serial is there twice."""
    line.reject(1, Code.LOT)
    seq = line.journal.head.seq
    forged = LabelDisposed(
        order="A", number=1, found=seq, disposition=Disposition.SCRAP, requirement="r",
        containment="c", evaluation="e", witness="w", passed=True,
    )  # fmt: skip
    with pytest.raises(IllegalStepError, match="lets no label"):
        line.journal.append(forged)
