"""What the journal tells of challenges, and of the labels on hold for them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station.core.catalogue import LevelName
from station.core.challenge import Result, Span, numbers_of
from station.core.events import (
    ChallengeEnded,
    ChallengeSpecimen,
    ChallengeStarted,
    Event,
    FaultRaised,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelsCleared,
    LabelSettled,
    LabelsQuarantined,
    OrderAccepted,
    OrderClosed,
    OrderEnded,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recipe,
)
from station.core.order import WorkOrder
from station.core.serials import Serials
from station.core.state import IllegalStepError, LabelState
from station.records import projections
from station.records.account import Accounts
from station.records.audit.audit import audit
from station.records.challenges import Challenges
from station.records.clock import Instant
from station.records.journal import FILE, Journal, recorded

GTIN = "06972869182019"
RECIPE = Recipe(
    template="t" * 64, font="f" * 64, product="p" * 64, dots_per_mm=8, carriers=("]d2",)
)


class Clock:
    def __init__(self) -> None:
        self.utc = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> Instant:
        return Instant(self.utc, 0, 0, steered=True)

    def pass_by(self, **delta: int) -> None:
        self.utc += timedelta(**delta)


class Line:
    """A journal as a station writes it, without the station."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.journal = Journal(folder, clock=self.clock)
        self.history = Challenges(self.journal.db)

    def write(self, *events: Event) -> None:
        self.journal.append(*events, actor="王芳")

    def start(self, order: str = "A", quantity: int = 100) -> None:
        plan = Serials(prefix=order, start="0001")
        document = WorkOrder(
            id=order,
            product="P",
            level=LevelName.UNIT,
            quantity=quantity,
            template="t",
            revision="1",
            serials=plan,
        )
        self.write(
            OrderAccepted(order=document, gtin=GTIN, file=f"{order}.yaml", sha256=order * 64),
            OrderStarted(order=order, recipe=RECIPE),
        )

    def make(self, number: int, order: str = "A") -> None:
        serial = f"{order}{number:04}"
        self.write(
            LabelIssued(
                order=order, number=number, gtin=GTIN, serial=serial, data="00", zpl="z" * 64
            ),
            LabelJudged(order=order, number=number, accepted=True, reasons=(), symbols=()),
            LabelReleased(order=order, number=number),
        )

    def challenge(self, result: Result, order: str = "A", *then: Event) -> None:
        self.write(
            ChallengeStarted(
                order=order, causes=(), families=("blank",), left_out=(), recipe="r", version="1",
                configuration="c",
            ),
            specimen(order),
            ChallengeEnded(order=order, result=result),
            *then,
        )  # fmt: skip


def specimen(order: str = "A") -> ChallengeSpecimen:
    return ChallengeSpecimen(
        order=order, family="blank", expected=(), ai="", caught=True, reasons=(), symbols=(), zpl=""
    )


def hold(order: str = "A", cause: str = "operator") -> OrderHeld:
    return OrderHeld(order=order, cause=cause)


def resume(order: str = "A") -> OrderResumed:
    return OrderResumed(order=order, reason="checked")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    found = Line(tmp_path / "data")
    with closing(found.journal):
        yield found


def test_before_the_first_challenge_there_is_none(line: Line) -> None:
    line.start()
    found = line.history.facts("A", finishing=False, now=line.clock.utc)
    assert line.history.last() is None
    assert (found.passed, found.passed_here, found.missed) == (None, False, False)
    assert line.history.on_hold() == ()


def test_a_pass_is_of_the_station_and_of_the_order_in_which_it_was_made(line: Line) -> None:
    line.start()
    line.write(hold())
    line.challenge(Result.PASSED)
    passed_at = line.clock.utc
    assert line.history.facts("A", finishing=False, now=passed_at).passed_here
    line.write(OrderEnded(order="A", reason="no more"))
    line.clock.pass_by(minutes=5)
    line.start("B")
    found = line.history.facts("B", finishing=False, now=line.clock.utc)
    assert (found.passed, found.passed_here) == (passed_at, False)


def test_what_is_tried_is_found_again_with_its_specimens(line: Line) -> None:
    line.start()
    line.write(hold())
    line.challenge(Result.MISSED)
    last = line.history.last()
    assert last
    assert (last.result, last.actor, last.started.order) == (Result.MISSED, "王芳", "A")
    assert last.specimens == (specimen(),)
    assert line.history.last(order="B") is None
    assert line.history.missed()
    line.challenge(Result.ABORTED)
    assert line.history.missed(), "a challenge that was stopped shows nothing"
    line.challenge(Result.PASSED)
    assert not line.history.missed()


def test_a_stop_counts_from_the_pass_on_and_until_now(line: Line) -> None:
    line.start()
    line.write(hold())
    line.clock.pass_by(hours=2)
    line.challenge(Result.PASSED)
    line.clock.pass_by(minutes=10)
    found = line.history.facts("A", finishing=False, now=line.clock.utc)
    assert found.longest_stop == timedelta(minutes=10)
    line.write(resume())
    line.clock.pass_by(hours=1)
    line.write(hold(), hold(cause="rejects"))
    line.clock.pass_by(minutes=30)
    line.write(resume())
    line.clock.pass_by(hours=1)
    found = line.history.facts("A", finishing=False, now=line.clock.utc)
    assert found.longest_stop == timedelta(minutes=30)
    assert not found.fault


@pytest.mark.parametrize(
    "event",
    [
        FaultRaised(device="printer", conditions=("head-open",), detail="open"),
        hold(cause="restart"),
    ],
    ids=["fault", "restart"],
)
def test_a_machine_that_failed_or_was_off_is_another_one(line: Line, event: Event) -> None:
    line.start()
    line.write(hold())
    line.challenge(Result.PASSED)
    line.write(resume(), event)
    assert line.history.facts("A", finishing=False, now=line.clock.utc).fault
    if isinstance(event, FaultRaised):
        line.write(hold())
    line.challenge(Result.PASSED)
    assert not line.history.facts("A", finishing=False, now=line.clock.utc).fault


def test_labels_made_since_the_pass_are_counted_at_the_end_only(line: Line) -> None:
    line.start()
    line.make(1)
    line.write(hold())
    line.challenge(Result.PASSED)
    line.write(resume())
    line.make(2)
    line.make(3)
    now = line.clock.utc
    assert line.history.facts("A", finishing=True, now=now).made == 2
    assert line.history.facts("A", finishing=False, now=now).made == 0


def test_labels_on_hold_are_cleared_one_by_one_and_by_being_destroyed(line: Line) -> None:
    line.start()
    for number in range(1, 6):
        line.make(number)
    line.write(hold(), quarantined((1, 5)))
    line.write(cleared((2, 3)))
    line.write(
        LabelSettled(
            order="A", number=5, outcome=LabelState.DESTROYED, reason="cut", witness="李强"
        )
    )
    (found,) = line.history.on_hold()
    assert (found.labels, found.count, found.closed) == (((1, 1), (4, 4)), 2, False)
    with pytest.raises(IllegalStepError, match="not on hold"):
        line.write(cleared((2, 2)))
    line.write(quarantined((2, 2)))
    assert numbers_of(line.history.on_hold()[0].labels) == (1, 2, 4), "on hold once more"


def test_labels_of_a_closed_order_are_held_and_its_closing_stays_the_last_of_it(
    line: Line,
) -> None:
    line.start()
    line.make(1)
    closing_event = OrderClosed(order="A", states={}, stock={}, odometer=(None, None))
    line.write(hold(), OrderEnded(order="A", reason="enough"), closing_event)
    line.write(quarantined((1, 1)))
    (found,) = line.history.on_hold()
    assert found.closed
    closing_found = Accounts(line.journal.db).closing("A")
    assert closing_found is not None
    line.write(cleared((1, 1)))
    assert line.history.on_hold() == ()


def test_a_good_label_of_this_order_is_taken_before_one_of_another(line: Line) -> None:
    assert line.history.accepted(GTIN, order="A") == ""
    line.start()
    line.make(1)
    line.write(hold(), OrderEnded(order="A", reason="enough"))
    line.start("B")
    assert line.history.accepted(GTIN, order="B") == "A0001"
    assert line.history.before("B") == "A"
    line.make(1, "B")
    assert line.history.accepted(GTIN, order="B") == "B0001"
    assert line.history.accepted("00000000000000", order="") == ""


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ((specimen(),), "nothing recorded"),
        ((ChallengeEnded(order="A", result=Result.PASSED),), "never began"),
    ],
    ids=["specimen", "end"],
)
def test_a_challenge_begins_before_anything_is_tried(
    line: Line, events: tuple[Event, ...], why: str
) -> None:
    line.start()
    line.write(hold())
    with pytest.raises((IllegalStepError, LookupError), match=why):
        line.write(*events)


def test_a_challenge_is_made_with_an_order_on_hold_and_one_at_a_time(line: Line) -> None:
    line.start()
    begin = ChallengeStarted(
        order="A", causes=(), families=(), left_out=(), recipe="", version="", configuration=""
    )
    with pytest.raises(IllegalStepError, match="not held"):
        line.write(begin)
    line.write(hold(), begin)
    with pytest.raises(IllegalStepError, match="before the last one has ended"):
        line.write(begin)


def test_the_tables_follow_from_the_events_and_the_audit_finds_them_so(line: Line) -> None:
    line.start()
    line.make(1)
    line.write(hold())
    line.challenge(Result.MISSED, "A", quarantined((1, 1)))
    line.write(cleared((1, 1)))
    tables = ("challenge", "quarantine", "order_event")
    select = "SELECT * FROM {}"
    before = [line.journal.db.execute(select.format(each)).fetchall() for each in tables]
    projections.rebuild(line.journal.db, list(recorded(line.journal.db)))
    after = [line.journal.db.execute(select.format(each)).fetchall() for each in tables]
    assert before == after
    path = Path(line.journal.db.filename)
    assert path.name == FILE
    line.journal.close()
    found = audit(path, evidence=None)
    assert found["tables"].problems == ()
    assert found["chain"].problems == ()


def quarantined(*labels: Span) -> LabelsQuarantined:
    return LabelsQuarantined(order="A", labels=labels, cause="missed")


def cleared(*labels: Span) -> LabelsCleared:
    return LabelsCleared(order="A", labels=labels, reason="inspected", witness="李强")
