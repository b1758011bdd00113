"""The batch record of an order says all that happened, and always the same."""

import itertools
import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.batch import BatchRecord, LabelLine
from station.core.challenge import Result, spans
from station.core.events import OrderEnded, OrderHeld, OrderStarted, StockUsed, TemplateApproved
from station.core.problem import Refused
from station.core.reconciliation import Stock
from station.core.signature import Signature
from station.core.state import LabelState, OrderState
from station.core.workflow import Step
from station.records.batch.batch import document, gathered
from station.records.batch.labels import stretches
from station.records.journal import FILE, Journal, read_only
from station.records.query import Records
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE as HEADS
from station.records.signed.second_place import Heads
from tests.station.records.audit.test_audit import (
    RECIPE,
    change,
    noon,
    order,
    started,
    write_eventful,
)

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eventful")
    with closing(Journal(folder, clock=noon)) as journal:
        write_eventful(journal)
    return folder


def of(folder: Path, name: str, *, heads: Path | None = None, every: bool = False) -> BatchRecord:
    with closing(read_only(folder)) as db:
        return gathered(db, name, station="Line 3", heads=heads, every_label=every)


def copied(eventful: Path, folder: Path) -> Path:
    (folder / FILE).write_bytes((eventful / FILE).read_bytes())
    return folder


@pytest.mark.parametrize("name", ["A", "B", "C", "D"])
def test_the_document_is_the_same_each_time_and_is_read_back_as_it_was(
    eventful: Path, name: str
) -> None:
    found = of(eventful, name, every=True)
    assert document(found) == document(of(eventful, name, every=True))
    assert BatchRecord.model_validate_json(document(found)) == found


def test_the_record_of_a_closed_order_stays_what_it_is_while_the_journal_grows(
    eventful: Path, tmp_path: Path
) -> None:
    folder = copied(eventful, tmp_path)
    before = document(of(folder, "A"))
    with closing(Journal(folder, clock=noon)) as journal:
        journal.append(*started("NEXT", start="000900"))
    assert document(of(folder, "A")) == before


def test_the_schema_is_published(eventful: Path) -> None:
    """Where the schema has grown: write it anew, and say so in the change log."""
    published = json.loads((ROOT / "docs" / "batch-record.schema.json").read_text("utf-8"))
    assert published == BatchRecord.model_json_schema()
    assert json.loads(document(of(eventful, "A")))["schema_version"] == 1


def test_an_order_that_is_not_there_is_refused(eventful: Path) -> None:
    with pytest.raises(Refused, match="There is no order 'nobody'"):
        of(eventful, "nobody")


def test_the_account_is_that_of_the_sheet(eventful: Path) -> None:
    with closing(read_only(eventful)) as db:
        sheet = Records(db).sheet("A")
    found = of(eventful, "A").account
    assert sheet
    assert (found.issued, found.counted) == (sheet.balance.issued, sheet.counted)
    assert found.states == {str(state): n for state, n in sheet.states.items()}
    assert [(each.kind, each.count, each.reason) for each in found.stock] == [("blank", 2, "start")]
    assert found.closing
    assert found.closing.entry.by == "station"


def test_every_label_is_in_one_stretch_and_those_with_something_to_say_are_named(
    eventful: Path,
) -> None:
    labels = of(eventful, "A", every=True).labels
    assert [(each.first, each.last, each.state.value) for each in labels.stretches] == [
        (1, 1, "released"),
        (2, 2, "voided"),
        (3, 3, "destroyed"),
        (4, 4, "released"),
        (5, 5, "sample"),
        (6, 6, "released"),
    ]
    assert [each.number for each in labels.exceptions] == [2, 3, 4, 5]
    assert [each.number for each in labels.every or ()] == [1, 2, 3, 4, 5, 6]
    assert of(eventful, "A").labels.every is None


lines = st.lists(st.sampled_from([LabelState.RELEASED, LabelState.REJECTED, LabelState.SAMPLE]))


@given(lines, st.sets(st.integers(1, 60)))
def test_stretches_hold_each_label_once_and_none_could_be_longer(
    states: list[LabelState], missing: set[int]
) -> None:
    labels = [
        LabelLine(
            number=number, serial=f"S{number}", state=state, reprint_of=0, issued_at="",
            judged_at="", picture="",
        )
        for number, state in enumerate(states, start=1)
        if number not in missing
    ]  # fmt: skip
    found = stretches(labels)
    numbers = [n for each in found for n in range(each.first, each.last + 1)]
    assert numbers == [each.number for each in labels]
    assert all(
        (one.last + 1, one.state) != (other.first, other.state)
        for one, other in itertools.pairwise(found)
    )
    for state in LabelState:
        of_it = [each.number for each in labels if each.state == state]
        assert spans(of_it) == tuple(
            (each.first, each.last) for each in found if each.state == state
        )


def test_what_was_meant_stands_beside_what_was_read(eventful: Path) -> None:
    rejected, doubted = of(eventful, "A").nonconformances
    (reason,) = rejected.reasons
    assert (reason.code, reason.expected, reason.read) == ("DATA.serial", "a", "b")
    assert (rejected.data, [each.data for each in rejected.symbols]) == ("00", ["00ff"])
    assert rejected.disposition == "station + 王: seen"
    assert doubted.reasons[0].code == "fault"


def test_what_was_changed_says_what_was_there_before(eventful: Path) -> None:
    found = [
        (each.what, each.numbers, each.before, each.after, each.witness)
        for each in of(eventful, "A").changes
    ]
    assert found == [
        ("label", ((3, 3),), "in doubt", "destroyed", "王"),
        ("label", ((5, 5),), "released", "sample", "王"),
        ("label", ((2, 2),), "rejected", "voided", "王"),
    ]
    found_b = [(each.what, each.before, each.after) for each in of(eventful, "B").changes]
    assert found_b == [
        ("hold", "released", "on hold"),
        ("hold", "on hold", "cleared"),
        ("order", "", "ended early"),
    ]


def test_a_label_that_was_in_doubt_says_who_settled_it(eventful: Path) -> None:
    (found,) = of(eventful, "A").doubts
    assert (found.number, found.cause, found.state) == (3, "fault", LabelState.DESTROYED)
    assert found.settled
    assert (found.settled.by, found.witness, found.reason) == ("李", "王", "seen")


def test_stops_faults_and_reprints_are_there(eventful: Path) -> None:
    found = of(eventful, "A")
    (stop,), (fault,), (reprint,) = found.stops, found.faults, found.reprints
    assert (stop.cause, stop.reason, stop.milliseconds) == ("fault", "go on", 0)
    assert (fault.device, fault.cleared_by, fault.reason) == ("printer", "李", "closed")
    assert (reprint.number, reprint.became, reprint.witness) == (3, 4, "王")


def test_an_order_that_never_went_on_has_a_stop_without_an_end(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=noon)) as journal:
        journal.append(*started("X"), OrderHeld(order="X", cause="operator", detail="tea"))
    (stop,) = of(tmp_path, "X").stops
    assert (stop.resumed, stop.milliseconds, stop.detail) == (None, None, "tea")


def test_challenges_and_what_they_put_on_hold_are_there(eventful: Path) -> None:
    found = of(eventful, "B")
    assert [each.result for each in found.challenges] == [Result.MISSED, Result.PASSED]
    assert found.challenges[0].specimens[0].family == "blank"
    assert found.labels.on_hold == ((1, 1),)
    assert found.state == OrderState.ENDED


def test_quality_is_summed_up_index_by_index(eventful: Path) -> None:
    found = of(eventful, "A").quality
    assert found.labels == 5
    assert {each.index: (each.labels, each.mean) for each in found.indices} == {
        "contrast_index": (2, 812),
        "growth": (2, -30),
    }
    assert [each.grade for each in found.verifier] == ["3.8/10/660/45"]


def test_two_people_who_typed_their_names_stand_in_two_lines(eventful: Path) -> None:
    settled = [each for each in of(eventful, "A").signatures if each.meaning == "label settled"]
    assert [each.name for each in settled[:2]] == ["李", "王"]
    assert {each.proof for each in settled} == {""}


def test_people_who_proved_it_stand_there_once_with_what_they_gave(tmp_path: Path) -> None:
    signatures = (
        Signature("王芳", "reconciled", "balanced", "both", "X"),
        Signature("李伟", "witnessed", "balanced", "both", "X"),
    )
    used = StockUsed(order="X", kind=Stock.BLANK, count=1, reason="set up")
    ended = OrderEnded(order="X", reason="enough")
    with closing(Journal(tmp_path, clock=noon)) as journal:
        journal.append(order("X"), OrderStarted(order="X", recipe=RECIPE))
        journal.append(OrderHeld(order="X", cause="operator"))
        with journal.signing(signatures, actor="王芳"):
            journal.append(used, ended, actor="王芳")
    found = of(tmp_path, "X").signatures
    assert [(each.name, each.meaning, each.proof, each.about) for each in found] == [
        ("王芳", "reconciled", "both", "#4 – #5"),
        ("李伟", "witnessed", "both", "#4 – #5"),
    ]


def test_each_step_of_the_order_stands_there_with_whoever_took_it(eventful: Path) -> None:
    """Those that are switched off as well; order A was started before there were any."""
    steps = {each.name: each for each in of(eventful, "E").steps}
    assert [*steps] == [each.value for each in Step]
    assert steps["challenge"].state == "off"
    assert steps["market-release"].state == "done"
    cleared = steps["clearance"]
    assert (cleared.state, cleared.witness) == ("done", "王")
    assert cleared.entry
    assert of(eventful, "A").steps == ()


def test_the_design_that_was_approved_is_named_with_its_people(tmp_path: Path) -> None:
    approval = TemplateApproved(
        name="t", revision="1", digest=RECIPE.template, author="李", approver="王", reason="pilot"
    )
    with closing(Journal(tmp_path, clock=noon)) as journal:
        journal.append(approval, order("X"), OrderStarted(order="X", recipe=RECIPE))
    record = of(tmp_path, "X")
    assert record.made_with.approval
    assert (record.made_with.approval.author, record.made_with.approval.approver) == ("李", "王")
    assert [each.meaning for each in record.signatures] == ["design made", "design approved"]
    assert record.made_with.recipe_digest == RECIPE.digest


def test_an_order_that_was_only_taken_in_has_a_record_as_well(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=noon)) as journal:
        journal.append(order("X"))
    record = of(tmp_path, "X", every=True)
    assert (record.made_with.recipe, record.first_article, record.labels.stretches) == (
        None,
        None,
        (),
    )


def test_an_event_that_was_changed_breaks_the_chain(eventful: Path, tmp_path: Path) -> None:
    folder = copied(eventful, tmp_path)
    assert of(folder, "A").journal.broken_at is None
    change(folder / FILE, "UPDATE event SET actor='somebody' WHERE seq=9")
    assert of(folder, "A").journal.broken_at == 9


def test_a_later_head_vouches_for_the_order(eventful: Path, tmp_path: Path) -> None:
    folder = copied(eventful, tmp_path)
    heads = Heads(tmp_path / "heads", key=Key.open(tmp_path / "key.pem"), station="Line 3")
    with closing(Journal(folder, clock=noon)) as journal:
        seq, chained = journal.head
    heads.sign(seq=seq, hash=chained, at="2026-11-22T08:00:00+00:00", why="hour")
    found = of(folder, "A", heads=tmp_path / "heads" / HEADS).journal
    assert found.signed
    assert (found.signed.seq, found.until, found.problems) == (seq, seq, ())
    assert found.signed.key == Key.load(tmp_path / "key.pem").fingerprint
    rewrite(folder / FILE, seq)
    found = of(folder, "A", heads=tmp_path / "heads" / HEADS).journal
    assert found.signed is None
    assert [str(each) for each in found.problems] == [
        (
            f"Event {seq} is not the one that was signed on 2026-11-22T08:00:00+00:00:"
            " the journal was rewritten."
        )
    ]


def rewrite(path: Path, seq: int) -> None:
    change(path, f"UPDATE event SET hash=zeroblob(32) WHERE seq={seq}")  # a number of ours


def test_heads_that_are_not_there_vouch_for_nothing(eventful: Path, tmp_path: Path) -> None:
    found = of(eventful, "A", heads=tmp_path / "none").journal
    assert (found.signed, found.problems, found.until) == (None, (), found.last)


def test_times_are_those_on_the_wall(eventful: Path) -> None:
    assert of(eventful, "A").taken.entry.at == "2026-11-22T16:00:00.000+08:00"


def test_a_journal_of_an_earlier_version_has_a_record(eventful: Path, tmp_path: Path) -> None:
    folder = copied(eventful, tmp_path)
    with closing(apsw.Connection(str(folder / FILE))) as db:
        for table in ("challenge", "quarantine", "template", "calibration"):
            db.execute(f"DROP TABLE {table}")  # names from above
    assert of(folder, "A").challenges == ()
