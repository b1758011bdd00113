"""The steps of an order without a line: what stops it, what is due again, what is signed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station.core.challenge import Result
from station.core.events import (
    ChallengeEnded,
    ChallengeStarted,
    Event,
    FaultCleared,
    FaultRaised,
    FirstArticleDue,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LineCleared,
    OrderAccepted,
    OrderFinished,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recipe,
    StepSigned,
    StockUsed,
)
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.reconciliation import Stock
from station.core.state import IllegalStepError
from station.core.workflow import Cleared, Step, Workflow, workflow
from station.line.board import Close, TakeStep
from station.line.desk import Desk
from station.line.steps import Steps
from station.records.clock import Instant
from station.records.journal import Journal
from station.records.query import OrderRow, Records
from station.records.steps import How, OrderSteps

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
PLAN = workflow(
    (Step.RELEASE, Step.REVIEW, Step.MARKET_RELEASE), contract=False, articles=1, stop_seconds=600
)
ORDER = WorkOrder.model_validate_json(
    '{"id": "A", "product": "HC", "level": "unit", "quantity": 3, "template": "t", "revision": "1"}'
)


class Clock:
    """It goes on when it is told to."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> Instant:
        return Instant(self.at, offset=480, monotonic=0, steered=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    made = Journal(tmp_path, clock=clock)
    yield made
    made.close()


@pytest.fixture
def desk(journal: Journal) -> Desk:
    return Desk(journal=journal, records=Records(journal.db))


@pytest.fixture
def steps(desk: Desk) -> Steps:
    return desk.steps


def start(journal: Journal, plan: Workflow | None = PLAN) -> None:
    journal.append(
        OrderAccepted(order=ORDER, gtin="06972869182019", file="a", sha256="a"),
        OrderStarted(order="A", recipe=RECIPE, workflow=plan),
        OrderHeld(order="A", cause="workflow"),
    )


def signed(step: Step, *, passed: bool = True) -> StepSigned:
    return StepSigned(order="A", step=step, passed=passed, meaning="m", reason="r")


def good(number: int) -> tuple[Event, ...]:
    return (
        LabelIssued(order="A", number=number, gtin="0", serial="", data="", zpl=""),
        LabelJudged(order="A", number=number, accepted=True, reasons=(), symbols=()),
        LabelReleased(order="A", number=number),
    )


def run_to_article(journal: Journal) -> None:
    start(journal)
    journal.append(signed(Step.RELEASE), OrderResumed(order="A", reason="go"), *good(1))
    journal.append(OrderHeld(order="A", cause="first-article", detail="1"))


def verified(journal: Journal) -> None:
    run_to_article(journal)
    journal.append(signed(Step.FIRST_ARTICLE))


def row(journal: Journal) -> OrderRow:
    found = Records(journal.db).order("A")
    assert found
    return found


def due(steps: Steps, journal: Journal, clock: Clock, *, said: bool = False) -> tuple[str, ...]:
    found = steps.due_again(row(journal), said=said, now=clock.at)
    return tuple(cause for each in found for cause in each.causes)


def test_a_first_article_is_due_again_after_a_long_stop(
    steps: Steps, journal: Journal, clock: Clock
) -> None:
    verified(journal)
    clock.at += timedelta(minutes=9)
    assert due(steps, journal, clock) == ()
    journal.append(OrderResumed(order="A", reason="go"), *good(2))
    journal.append(OrderHeld(order="A", cause="operator"))
    clock.at += timedelta(minutes=11)
    journal.append(OrderHeld(order="A", cause="rejects"))
    assert due(steps, journal, clock) == ("stop",), "it stands since the first of both"


def test_waiting_for_the_second_person_is_no_long_stop(
    steps: Steps, journal: Journal, clock: Clock
) -> None:
    run_to_article(journal)
    clock.at += timedelta(hours=5)
    journal.append(signed(Step.FIRST_ARTICLE))
    assert due(steps, journal, clock) == ()


def test_a_challenge_is_no_stop(steps: Steps, journal: Journal, clock: Clock) -> None:
    verified(journal)
    clock.at += timedelta(minutes=11)
    journal.append(
        ChallengeStarted(
            order="A", causes=(), families=(), left_out=(), recipe="", version="", configuration=""
        ),
        ChallengeEnded(order="A", result=Result.PASSED),
        OrderHeld(order="A", cause="challenge-passed"),
    )
    assert due(steps, journal, clock) == ()


@pytest.mark.parametrize("condition", ["paper-out", "ribbon-out", "head-open"])
def test_whoever_opened_the_printer_may_have_changed_its_supplies(
    steps: Steps, journal: Journal, clock: Clock, condition: str
) -> None:
    verified(journal)
    fault = FaultRaised(device="printer", conditions=(condition,), detail="")
    journal.append(fault, FaultCleared(reason="closed"))
    assert due(steps, journal, clock) == ("supplies",)


def test_another_roll_makes_it_due_and_another_fault_does_not(
    steps: Steps, journal: Journal, clock: Clock
) -> None:
    verified(journal)
    fault = FaultRaised(device="camera", conditions=("silent",), detail="")
    journal.append(fault, FaultCleared(reason="closed"))
    assert due(steps, journal, clock) == ()
    journal.append(StockUsed(order="A", kind=Stock.ROLL_START, count=1, reason="new roll"))
    assert due(steps, journal, clock, said=True) == ("supplies", "said")


def test_nothing_is_due_where_nothing_is_asked_for(
    steps: Steps, journal: Journal, clock: Clock
) -> None:
    start(journal, workflow((), contract=False))
    clock.at += timedelta(days=9)
    assert due(steps, journal, clock, said=True) == ()
    assert steps.holding(row(journal)) == ()
    assert steps.shown(row(journal)) == ()
    assert steps.next(row(journal)) is None


def test_a_step_in_its_turn_is_recorded_with_what_it_was_signed_for(
    desk: Desk, journal: Journal
) -> None:
    run_to_article(journal)
    request = TakeStep("A", Step.FIRST_ARTICLE, "compared", "李强")
    desk.take_step(request, actor="王芳")
    entry = next(each for each in OrderSteps(journal.db).shown("A") if each.how == How.DONE)
    assert entry.step == Step.RELEASE
    (found,) = (each for each in OrderSteps(journal.db).shown("A") if each.step == request.step)
    assert found.taken
    assert (found.taken.by, found.taken.witness, found.taken.reason) == ("王芳", "李强", "compared")
    assert len(found.taken.digest) == 64


def test_the_head_is_kept_elsewhere_with_every_decision_about_a_closed_order(
    journal: Journal,
) -> None:
    kept: list[tuple[str, str]] = []
    desk = Desk(
        journal=journal,
        records=Records(journal.db),
        sign=lambda why, order: kept.append((why, order)),
    )
    verified(journal)
    journal.append(OrderResumed(order="A", reason=""), *good(2), *good(3), OrderFinished(order="A"))
    desk.close(Close("A"), actor="王芳")
    desk.take_step(TakeStep("A", Step.REVIEW, "complete"), actor="张敏")
    assert kept == [("close", "A"), ("order", "A")]


def test_without_a_station_the_line_is_not_cleared(desk: Desk, journal: Journal) -> None:
    start(journal)
    with pytest.raises(Refused, match="needs a running station"):
        desk.take_step(TakeStep("A", Step.RELEASE, "looked at"), actor="张敏")


def test_an_order_that_was_not_started_or_is_unknown_has_no_steps(
    desk: Desk, journal: Journal
) -> None:
    with pytest.raises(Refused, match="There is no order 'A'"):
        desk.take_step(TakeStep("A", Step.REVIEW, "r"), actor="张敏")
    start(journal, None)
    with pytest.raises(Refused, match="Order A has no steps: it was not started"):
        desk.take_step(TakeStep("A", Step.REVIEW, "r"), actor="张敏")


@pytest.mark.parametrize(
    "event",
    [
        signed(Step.REVIEW),
        signed(Step.MARKET_RELEASE),
        signed(Step.PRODUCTION_RELEASE),
        signed(Step.FIRST_ARTICLE),
        LineCleared(
            order="A", confirmed=tuple(Cleared), camera=True, odometer=1, reason="", witness="b"
        ),
        OrderResumed(order="A", reason="go"),
    ],
    ids=lambda each: each.type,
)
def test_the_journal_itself_takes_no_step_out_of_its_turn(journal: Journal, event: Event) -> None:
    """Whoever forgets to ask for the rules writes nothing."""
    start(journal)
    before = journal.head
    with pytest.raises(IllegalStepError, match="order A"):
        journal.append(event)
    assert journal.head == before


def test_a_step_of_an_order_of_an_earlier_version_is_not_recorded(journal: Journal) -> None:
    start(journal, None)
    with pytest.raises(IllegalStepError, match="no steps to sign"):
        journal.append(signed(Step.REVIEW))
    journal.append(OrderResumed(order="A", reason="go"))


def test_what_is_due_again_is_shown_so(journal: Journal) -> None:
    verified(journal)
    journal.append(FirstArticleDue(order="A", causes=("said",)), OrderResumed(order="A", reason=""))
    shown = {each.step: each.how for each in OrderSteps(journal.db).shown("A")}
    assert shown[Step.FIRST_ARTICLE] == How.DONE, "no label was made since"
    journal.append(*good(2))
    shown = {each.step: each.how for each in OrderSteps(journal.db).shown("A")}
    assert shown[Step.FIRST_ARTICLE] == How.AGAIN
