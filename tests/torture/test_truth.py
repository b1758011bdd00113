"""Each invariant, broken by hand, is named with the serial it is about."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import apsw
import pytest

from station.core.events import (
    Event,
    FaultRaised,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderClosed,
    OrderFinished,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Outcome,
    Recipe,
    ReprintAuthorised,
    StationStarted,
)
from station.core.order import WorkOrder
from station.core.shape import parse
from station.core.state import LabelState
from station.records import projections
from station.records.journal import Journal
from torture.truth import Invariant, Truth, violations

GTIN = "06972869182019"
ORDER = parse(
    WorkOrder,
    {
        "id": "WO-1",
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 2,
        "production_date": date(2026, 11, 20),
        "serials": {"prefix": "CN", "start": "1"},
        "template": "t",
        "revision": "1",
    },
)
RECIPE = Recipe(template="", font="f", product="", dots_per_mm=8, carriers=("]d2",))
STARTED = (
    OrderAccepted(order=ORDER, gtin=GTIN, file="a.yaml", sha256="0" * 64),
    OrderStarted(order="WO-1", recipe=RECIPE),
)
HELD = OrderHeld(order="WO-1", cause="operator")
RESUMED = OrderResumed(order="WO-1", reason="seen")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path)
    yield opened
    opened.close()


def issued(number: int, serial: str = "", reprint_of: int = 0) -> LabelIssued:
    return LabelIssued(
        order="WO-1",
        number=number,
        gtin=GTIN,
        serial=serial or f"CN{number}",
        data="00",
        zpl="0" * 64,
        reprint_of=reprint_of,
    )


def judged(number: int, *, accepted: bool = True, picture: str = "") -> LabelJudged:
    return LabelJudged(
        order="WO-1", number=number, accepted=accepted, reasons=(), symbols=(), evidence=picture
    )


def doubted(number: int) -> LabelInDoubt:
    return LabelInDoubt(order="WO-1", number=number, cause="fault")


def settled(number: int, outcome: Outcome, witness: str = "supervisor") -> LabelSettled:
    return LabelSettled(
        order="WO-1", number=number, outcome=outcome, reason="seen", witness=witness
    )


def authorised(number: int, witness: str = "supervisor") -> ReprintAuthorised:
    return ReprintAuthorised(order="WO-1", number=number, reason="engraved", witness=witness)


def released(number: int) -> LabelReleased:
    return LabelReleased(order="WO-1", number=number)


def good(number: int) -> tuple[Event, ...]:
    return issued(number), judged(number), released(number)


def force(journal: Journal, *events: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Append what the station's own tables would refuse."""
    with monkeypatch.context() as patched:
        patched.setattr(projections, "apply", lambda *_: None)
        journal.append(*events)


def broken(folder: Path, truth: Truth) -> tuple[Invariant, ...]:
    found = violations(folder, truth)
    return tuple(dict.fromkeys(next(i for i in Invariant if each.startswith(i)) for each in found))


def test_a_whole_order_that_went_well_breaks_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, *good(1), *good(2), OrderFinished(order="WO-1"))
    assert violations(tmp_path, Truth(("CN1", "CN2"), ("CN1", "CN2"))) == ()


def test_every_state_on_the_way_breaks_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED)
    steps: tuple[tuple[Event, Truth], ...] = (
        (issued(1), Truth()),
        (judged(1), Truth(("CN1",))),
        (released(1), Truth(("CN1",), ("CN1",))),
        (issued(2), Truth(("CN1", "CN2"), ("CN1",))),
        (judged(2, accepted=False), Truth(("CN1", "CN2"), ("CN1",))),
        (issued(3), Truth(("CN1", "CN2"), ("CN1",))),
        (doubted(3), Truth(("CN1", "CN2", "CN3"), ("CN1",))),
        (HELD, Truth(("CN1", "CN2", "CN3"), ("CN1",))),
        (settled(3, LabelState.DESTROYED), Truth(("CN1", "CN2", "CN3"), ("CN1",))),
    )
    for event, truth in steps:
        journal.append(event)
        assert violations(tmp_path, truth) == ()


def test_accepted_and_not_released_is_a_state_of_its_own(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, issued(1), judged(1))
    assert violations(tmp_path, Truth(("CN1",), ("CN1",))) == ()
    assert violations(tmp_path, Truth(("CN1",))) == ()


def test_a_folder_without_a_journal_is_right_until_something_is_printed(tmp_path: Path) -> None:
    assert violations(tmp_path, Truth()) == ()
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.READABLE,)


def test_a_journal_that_was_not_begun_is_right_until_something_is_printed(tmp_path: Path) -> None:
    (tmp_path / "journal.db").touch()
    assert violations(tmp_path, Truth()) == ()
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.READABLE,)


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"x" * 8192)
    assert broken(tmp_path, Truth()) == (Invariant.READABLE,)


def test_a_changed_event_breaks_the_chain(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED)
    journal.db.execute("DROP TRIGGER event_is_never_changed")
    journal.db.execute("UPDATE event SET actor='nobody' WHERE seq=1")
    assert broken(tmp_path, Truth()) == (Invariant.CHAIN,)


def test_a_label_on_paper_that_nobody_issued_is_named(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, *good(1))
    (found,) = violations(tmp_path, Truth(("CN1", "CN2"), ("CN1",)))
    assert found == (
        "a label on paper was issued before: serial CN2 came out of the printer 1 times, and was"
        " issued 0 times"
    )


def test_a_label_printed_twice_and_issued_once_is_named(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, *good(1))
    assert broken(tmp_path, Truth(("CN1", "CN1"), ("CN1",))) == (Invariant.ISSUED,)


def test_a_twin_of_the_printer_is_its_own_doing_but_must_not_pass(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, issued(1), judged(1, accepted=False))
    assert violations(tmp_path, Truth(("CN1", "CN1"), (), ("CN1",))) == ()
    assert Invariant.TWINS in broken(tmp_path, Truth(("CN1", "CN1"), ("CN1",), ("CN1",)))


def test_the_reprint_of_a_twin_passes(journal: Journal, tmp_path: Path) -> None:
    again = (issued(2, "CN1", reprint_of=1), judged(2), released(2))
    journal.append(*STARTED, *GONE_AND_AUTHORISED, *again)
    assert violations(tmp_path, Truth(("CN1", "CN1", "CN1"), ("CN1",), ("CN1",))) == ()


GONE_AND_AUTHORISED = (
    issued(1),
    doubted(1),
    HELD,
    settled(1, LabelState.DESTROYED),
    authorised(1),
    RESUMED,
)


def test_a_serial_issued_again_with_authority_breaks_nothing(
    journal: Journal, tmp_path: Path
) -> None:
    again = (issued(2, "CN1", reprint_of=1), judged(2), released(2))
    journal.append(*STARTED, *GONE_AND_AUTHORISED, *again)
    assert violations(tmp_path, Truth(("CN1", "CN1"), ("CN1",))) == ()


@pytest.mark.parametrize(
    "events",
    [
        (*good(1), issued(2, "CN1")),
        (*good(1), issued(2, "CN1", reprint_of=1)),
        (*GONE_AND_AUTHORISED, issued(2), judged(2), released(2), issued(3, "CN1")),
        (
            *GONE_AND_AUTHORISED,
            *(issued(2, "CN1", reprint_of=1), judged(2, accepted=False)),
            issued(3, "CN1", reprint_of=1),
        ),
        (*good(1), HELD, authorised(1)),
    ],
)
def test_a_serial_issued_again_without_authority_is_named(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: tuple[Event, ...]
) -> None:
    journal.append(*STARTED)
    force(journal, *events, monkeypatch=monkeypatch)
    assert Invariant.ONCE in broken(tmp_path, Truth(("CN1", "CN1", "CN1", "CN2"), ("CN1",)))


def test_a_serial_on_two_good_labels_is_named(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(*STARTED, *good(1))
    force(journal, issued(2, "CN1"), judged(2), monkeypatch=monkeypatch)
    assert Invariant.GOOD in broken(tmp_path, Truth(("CN1", "CN1"), ("CN1",)))


@pytest.mark.parametrize("witness", ["", " ", "Station "])
def test_one_person_vouching_alone_is_named(journal: Journal, tmp_path: Path, witness: str) -> None:
    journal.append(*STARTED, issued(1), doubted(1), HELD)
    journal.append(settled(1, LabelState.DESTROYED, witness))
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.WITNESS,)


def test_one_person_authorising_a_reprint_alone_is_named(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, *GONE_AND_AUTHORISED[:-2], authorised(1, witness=""))
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.WITNESS,)


def test_a_label_said_not_to_be_printed_and_on_paper_is_named(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, issued(1), doubted(1), HELD, settled(1, LabelState.NOT_PRINTED))
    assert violations(tmp_path, Truth()) == ()
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.ACCOUNTED,)


@pytest.mark.parametrize("verdict", [(), (judged(1, accepted=False),)])
def test_a_label_that_passed_without_acceptance_is_named(
    journal: Journal, tmp_path: Path, verdict: tuple[Event, ...]
) -> None:
    journal.append(*STARTED, issued(1), *verdict)
    (found,) = violations(tmp_path, Truth(("CN1",), ("CN1",)))
    assert found == (
        "a label that passed the gate was accepted before: serial CN1 passed 1 times, and was"
        " accepted 0 times"
    )


def test_an_accepted_label_that_was_never_printed_is_named(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, *good(1))
    assert broken(tmp_path, Truth()) == (Invariant.EXISTS,)


@pytest.mark.parametrize(
    "events",
    [
        (issued(1), released(1)),
        (issued(1), judged(1, accepted=False), released(1)),
        (judged(1),),
        (issued(2),),
        (HELD, issued(1)),
        (*STARTED,),
        (OrderFinished(order="WO-2"),),
    ],
)
def test_a_skipped_step_is_named(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: tuple[Event, ...]
) -> None:
    journal.append(*STARTED)
    force(journal, *events, monkeypatch=monkeypatch)
    assert Invariant.STEPS in broken(tmp_path, Truth(("CN1", "CN2")))


@pytest.mark.parametrize(
    "open_still",
    [
        (issued(1),),
        (issued(1), doubted(1)),
        (issued(1), judged(1)),
        (FaultRaised(device="printer", conditions=("silent",), detail="no answer"),),
        (StationStarted(version="1", configuration="c"),),
    ],
)
def test_printing_over_what_waits_for_a_person_is_named(
    journal: Journal, tmp_path: Path, open_still: tuple[Event, ...]
) -> None:
    journal.append(*STARTED, *open_still)
    number = sum(isinstance(each, LabelIssued) for each in open_still) + 1
    journal.append(issued(number))
    assert Invariant.OPEN in broken(tmp_path, Truth(("CN1", "CN2")))


def test_going_on_after_a_restart_that_somebody_looked_at_breaks_nothing(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, StationStarted(version="1", configuration="c"), HELD, RESUMED)
    journal.append(issued(1))
    assert violations(tmp_path, Truth(("CN1",))) == ()


def test_a_table_that_lags_behind_its_events_is_named(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(*STARTED, issued(1))
    force(journal, judged(1), monkeypatch=monkeypatch)
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.TABLES,)


def test_a_changed_table_is_named(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, issued(1))
    journal.db.execute("UPDATE label SET state='released'")
    found = violations(tmp_path, Truth(("CN1",)))
    assert "the tables follow from the events: label is not what the events make it" in found


def test_a_picture_that_is_gone_or_changed_is_named(journal: Journal, tmp_path: Path) -> None:
    name = "ab" * 32
    journal.append(*STARTED, issued(1), judged(1, picture=name))
    assert broken(tmp_path, Truth(("CN1",))) == (Invariant.PICTURE,)
    path = tmp_path / "evidence" / name[:2] / f"{name}.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another one")
    (found,) = violations(tmp_path, Truth(("CN1",)))
    assert "is not what it was" in found


def test_a_design_that_is_gone_is_named(journal: Journal, tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"template": "ab" * 32})
    journal.append(STARTED[0], OrderStarted(order="WO-1", recipe=recipe))
    assert broken(tmp_path, Truth()) == (Invariant.PICTURE,)


def test_an_order_that_is_over_with_a_label_open_does_not_balance(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, *good(1), issued(2), judged(2), OrderFinished(order="WO-1"))
    assert broken(tmp_path, Truth(("CN1", "CN2"), ("CN1",))) == (Invariant.BALANCE,)


def test_an_order_that_finished_short_does_not_balance(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED, *good(1), OrderFinished(order="WO-1"))
    assert broken(tmp_path, Truth(("CN1",), ("CN1",))) == (Invariant.BALANCE,)


def closed(**states: int) -> OrderClosed:
    return OrderClosed(order="WO-1", states=states, stock={}, odometer=(0, 2))


def test_a_label_that_changes_after_its_order_was_closed_is_named(
    journal: Journal, tmp_path: Path
) -> None:
    truth = Truth(("CN1", "CN2"), ("CN1", "CN2"))
    journal.append(*STARTED, *good(1), *good(2), OrderFinished(order="WO-1"), closed(released=2))
    assert violations(tmp_path, truth) == ()
    journal.append(settled(1, LabelState.DESTROYED))
    assert broken(tmp_path, truth) == (Invariant.STEPS,)


def test_an_order_closed_with_other_counts_than_it_has_is_named(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(*STARTED, *good(1), *good(2), OrderFinished(order="WO-1"), closed(released=3))
    assert broken(tmp_path, Truth(("CN1", "CN2"), ("CN1", "CN2"))) == (Invariant.BALANCE,)


def test_looking_changes_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.append(*STARTED)
    before = journal.db.execute("SELECT count(*) FROM event").fetchall()
    violations(tmp_path, Truth(("CN1",)))
    assert journal.db.execute("SELECT count(*) FROM event").fetchall() == before
    assert isinstance(journal.db, apsw.Connection)
