"""A whole station enforces the steps of an order on the simulated bench, from the line clearance to
the market release.
"""

from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.app import Station, workflow_of
from station.config import Config, ReaderConfig, WorkflowConfig
from station.core.challenge import BY_NAME
from station.core.events import FirstArticleDue, LineCleared, OrderStarted, StepSigned
from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.core.workflow import Step, digest_of
from station.line.board import Challenge, Clear, Close, End, Settle
from station.line.challenge import kit
from station.records.audit.audit import audit, audit_order
from station.records.export.export import export
from station.records.export.exported import check
from station.records.journal import FILE, read_only, recorded
from station.records.signed.second_place import FILE as HEADS
from station.records.steps import How, OrderSteps
from tests.station.challenged import ORDER, ask, drop, held, history, running, state, until
from tests.station.signed import go_on, how, signed_station, take


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the steps do with a challenge does not depend on how many families there are."""
    names = ("wrong-gtin", "blank")
    monkeypatch.setattr(kit, "chosen", lambda _: tuple(BY_NAME[each] for each in names))


def events(folder: Path) -> list[object]:
    return [each.event for each in recorded(read_only(folder))]


@pytest.mark.usefixtures("few")
def test_an_order_goes_the_whole_way_step_by_step(tmp_path: Path) -> None:
    with signed_station(tmp_path, challenged=True) as station:
        drop(station, quantity=3)
        waiting = held(station, "workflow")
        assert waiting.step == Step.CLEARANCE
        assert waiting.expected, "the label as it should be is shown before it is confirmed"
        with pytest.raises(Refused, match="Line clearance is missing") as refused:
            go_on(station)
        assert len(refused.value.problems) == 2, "all that is missing is said at once"
        with pytest.raises(Refused, match="Line clearance is missing"):
            ask(station, Challenge("C-1"))
        take(station, Step.CLEARANCE)
        until(station, lambda seen: seen.step == Step.RELEASE)
        take(station, Step.RELEASE)
        go_on(station)

        shown = held(station, "first-article")
        assert shown.order
        assert (shown.order.balance.accepted, shown.order.detail) == (1, "1")
        assert shown.step == Step.FIRST_ARTICLE
        with pytest.raises(Refused, match="first article is missing"):
            go_on(station)
        with pytest.raises(Refused, match="first article is missing"):
            ask(station, Challenge("C-1"))
        take(station, Step.FIRST_ARTICLE)
        with pytest.raises(Refused, match="before the first label"):
            go_on(station)
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        go_on(station)
        held(station, "challenge")
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        with pytest.raises(Refused, match="The run is missing"):
            take(station, Step.REVIEW)
        go_on(station)
        state(station, OrderState.FINISHED)

        with pytest.raises(Refused, match="reconciliation is missing"):
            take(station, Step.REVIEW)
        ask(station, Close("C-1"))
        with pytest.raises(Refused, match="for somebody else: 王芳 took the step"):
            take(station, Step.REVIEW, by="王芳")
        for step in (Step.REVIEW, Step.PRODUCTION_RELEASE, Step.MARKET_RELEASE):
            take(station, step)
        done = OrderSteps(read_only(station.config.data)).standing("C-1")
        assert done
        assert done.released
        check_record(station.config.data)


def check_record(folder: Path) -> None:
    """Who signed what, and what for, can be read again and computed again."""
    found = events(folder)
    (started,) = (each for each in found if isinstance(each, OrderStarted))
    assert started.workflow
    assert started.workflow.off == (Step.RESIDENT_LABELS, Step.RESIDENT_BATCH)
    (cleared,) = (each for each in found if isinstance(each, LineCleared))
    assert (cleared.camera, cleared.witness) == (True, "李强")
    assert cleared.odometer is not None
    signed = {each.step: each for each in found if isinstance(each, StepSigned)}
    assert signed[Step.FIRST_ARTICLE].labels == ((1, 1),)
    market = signed[Step.MARKET_RELEASE]
    db = read_only(folder)
    closed = OrderSteps(db).closed("C-1")
    assert closed
    head = next(each for each in recorded(db) if each.seq == market.head)
    assert market.digest == digest_of(
        {
            "order": "C-1",
            "step": "market-release",
            "closed": [closed.seq, closed.hash],
            "reconciliation": closed.reconciliation,
            "head": [head.seq, head.hash],
        }
    )
    assert audit(folder / FILE, evidence=folder / "evidence").good
    assert audit_order(folder / FILE, "C-1", evidence=folder / "evidence").good
    check_export(folder)


def check_export(folder: Path) -> None:
    """What is signed after the closing goes into the export, with the picture that was signed."""
    out = folder.parent / "exported"
    heads = folder / "heads" / HEADS
    missing = export(read_only(folder), "C-1", out, evidence=folder / "evidence", heads=heads)
    assert missing == ()
    assert check(out) == ()
    assert "market-release" in (out / "events.jsonl").read_text()
    assert len(tuple((out / "pictures").glob("*.png"))) == 1


ONLY_ARTICLES = WorkflowConfig(first_article=2, first_article_after_stops=60.0)


def test_without_steps_an_order_prints_as_before_and_says_what_is_off(tmp_path: Path) -> None:
    with signed_station(tmp_path, WorkflowConfig()) as station:
        drop(station)
        done = state(station, OrderState.FINISHED)
        assert (done.steps, done.step) == ((), None)
        (started,) = (
            each for each in events(station.config.data) if isinstance(each, OrderStarted)
        )
        assert started.workflow
        assert started.workflow.steps == (Step.RUN, Step.RECONCILIATION)
        assert len(started.workflow.off) == len(Step) - 2
        with pytest.raises(Refused, match="does not have the step market-release"):
            take(station, Step.MARKET_RELEASE)
        with pytest.raises(Refused, match="There is no order 'C-9'"):
            take(station, Step.REVIEW, order="C-9")


def test_the_station_looks_at_the_line_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signed_station(tmp_path) as station:
        drop(station)
        held(station, "workflow")
        with pytest.raises(Refused, match="all of this is confirmed: labels, ribbon, bin"):
            take(station, Step.CLEARANCE, confirmed="labels,bin")
        with pytest.raises(Refused, match="somebody else: got 王芳 twice"):
            take(station, Step.CLEARANCE, witness="王芳")
        with monkeypatch.context() as patched:
            patched.setattr(station.daemon._cycle, "occupied", lambda: True)
            with pytest.raises(Refused, match="sees a label in its place"):
                take(station, Step.CLEARANCE)
        take(station, Step.CLEARANCE)
        with pytest.raises(Refused, match="signed already"):
            take(station, Step.CLEARANCE)
        assert how(station)[Step.CLEARANCE] == How.DONE


def test_a_refused_first_article_is_on_hold_and_the_next_labels_are_looked_at(
    tmp_path: Path,
) -> None:
    with signed_station(tmp_path, ONLY_ARTICLES) as station:
        drop(station, quantity=5)
        first = held(station, "first-article")
        assert first.order
        assert first.order.detail == "1, 2"
        take(station, Step.FIRST_ARTICLE, passed=False)
        assert how(station)[Step.FIRST_ARTICLE] == How.REFUSED
        (on_hold,) = history(station).on_hold(order="C-1")
        assert on_hold.labels == ((1, 2),)
        go_on(station)
        again = until(station, lambda seen: bool(seen.order and seen.order.detail == "3, 4"))
        assert again.step == Step.FIRST_ARTICLE
        take(station, Step.FIRST_ARTICLE)
        go_on(station)
        state(station, OrderState.FINISHED)
        with pytest.raises(
            Refused, match="2 labels are on hold, because a first article was refused"
        ):
            ask(station, Close("C-1"))
        ask(station, Clear("C-1", 0, "inspected: they are good", witness="李强"))
        ask(station, Close("C-1"))


def test_an_order_shorter_than_a_first_article_waits_for_what_there_is(tmp_path: Path) -> None:
    with signed_station(tmp_path, WorkflowConfig(first_article=9)) as station:
        drop(station, quantity=2)
        seen = held(station, "first-article")
        assert seen.order
        assert seen.order.detail == "1, 2"
        with pytest.raises(Refused, match="first article is missing"):
            go_on(station)
        take(station, Step.FIRST_ARTICLE)
        go_on(station)
        state(station, OrderState.FINISHED)


@pytest.mark.parametrize("told", [True, False])
def test_after_a_change_of_supplies_a_first_article_is_due_again(
    tmp_path: Path, *, told: bool
) -> None:
    """Whether the person says so, or the printer was opened or ran out."""
    with signed_station(tmp_path, WorkflowConfig(first_article=1)) as station:
        drop(station, quantity=6)
        held(station, "first-article")
        take(station, Step.FIRST_ARTICLE)
        assert station.bench
        if not told:
            station.bench.order(BenchFault.PAPER_OUT, at=3)
            go_on(station)
            until(station, lambda seen: seen.fault is not None)
            station.bench.load_paper()
            settle_all(station)
        go_on(station, changed=told)
        again = held(station, "first-article")
        assert again.order
        assert again.order.balance.accepted < 6
        due = [each for each in events(station.config.data) if isinstance(each, FirstArticleDue)]
        assert [each.causes for each in due] == [("said",) if told else ("supplies",)]
        take(station, Step.FIRST_ARTICLE)
        go_on(station)
        state(station, OrderState.FINISHED)


def settle_all(station: Station) -> None:
    for number, _ in station.board.snapshot.in_doubt:
        ask(station, Settle("C-1", number, LabelState.DESTROYED, "torn up", witness="李强"))


def test_an_order_given_up_is_accounted_for_and_never_released(tmp_path: Path) -> None:
    with signed_station(tmp_path) as station:
        drop(station)
        held(station, "workflow")
        ask(station, End("C-1", "the order is wrong"))
        with pytest.raises(Refused, match="reconciliation is missing"):
            take(station, Step.REVIEW)
        ask(station, Close("C-1"))
        with pytest.raises(Refused, match="Line clearance is missing"):
            take(station, Step.REVIEW)
        take(station, Step.REVIEW, passed=False)
        assert how(station)[Step.REVIEW] == How.REFUSED


def test_a_restart_forgets_no_signature(tmp_path: Path) -> None:
    with signed_station(tmp_path) as station:
        drop(station)
        held(station, "workflow")
        take(station, Step.CLEARANCE)
    with signed_station(tmp_path) as station:
        seen = until(station, lambda each: each.step == Step.RELEASE)
        assert seen.expected, "what has to be confirmed is shown again"
        with pytest.raises(Refused, match="label release is missing"):
            go_on(station)
        take(station, Step.RELEASE)
        go_on(station)
        held(station, "first-article")


def test_with_several_labels_in_flight_the_line_waits_for_the_first_of_them(
    tmp_path: Path,
) -> None:
    web = {"reader": ReaderConfig(window=3), "workflow": WorkflowConfig(first_article=2)}
    with running(tmp_path, devices=web) as station:
        drop(station, quantity=6)
        seen = held(station, "first-article")
        assert seen.order
        assert seen.order.balance.issued == 2, "none is printed beyond the first article"
        take(station, Step.FIRST_ARTICLE)
        go_on(station)
        state(station, OrderState.FINISHED)


def test_a_contract_order_waits_for_the_resident_representative(tmp_path: Path) -> None:
    plan = workflow_of(
        Config(workflow=WorkflowConfig(resident=True, first_article=1)), contract=True
    )
    assert plan.steps == (
        Step.RESIDENT_LABELS,
        Step.FIRST_ARTICLE,
        Step.RUN,
        Step.RECONCILIATION,
        Step.RESIDENT_BATCH,
    )
    with signed_station(tmp_path, WorkflowConfig()) as station:
        station.daemon._steps_of = lambda _: plan
        drop(station)
        waiting = held(station, "workflow")
        assert waiting.step == Step.RESIDENT_LABELS
        with pytest.raises(Refused, match="resident representative has not agreed"):
            go_on(station)
        take(station, Step.RESIDENT_LABELS, by="驻厂代表")
        go_on(station)
        held(station, "first-article")


def test_what_was_settled_for_an_order_outlasts_a_change_of_the_settings(tmp_path: Path) -> None:
    with signed_station(tmp_path, WorkflowConfig(), challenged=True) as station:
        drop(station)
        held(station, "challenge")
    with signed_station(tmp_path, WorkflowConfig(), challenged=False) as station:
        until(station, lambda seen: seen.challenge is not None)
        with pytest.raises(Refused, match="before the first label"):
            go_on(station)


def test_an_order_of_which_no_label_is_good_can_be_closed(tmp_path: Path) -> None:
    bad = dict.fromkeys(range(1, 9), BenchFault.DAMAGED)
    settings = {"workflow": WorkflowConfig(first_article=1, review=True)}
    with running(tmp_path, bad, devices=settings) as station:
        inbox = station.config.data / "orders" / "inbox"
        listed = ORDER.format(number=1, quantity=2).replace(
            'prefix: CN, start: "10001"', "list: [A1, A2]"
        )
        (inbox / ".o.yaml").write_text(listed)
        (inbox / ".o.yaml").rename(inbox / "o.yaml")
        done = state(station, OrderState.FINISHED)
        assert done.order
        assert done.order.balance.accepted == 0
        ask(station, Close("C-1"))
        with pytest.raises(Refused, match="first article is missing"):
            take(station, Step.REVIEW)
