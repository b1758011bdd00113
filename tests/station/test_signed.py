"""A whole station enforces the steps of an order on the simulated bench, from the line clearance to
the market release.
"""

from pathlib import Path

import pytest

from station.core.challenge import BY_NAME
from station.core.events import LineCleared, OrderStarted, StepSigned
from station.core.problem import Refused
from station.core.state import OrderState
from station.core.workflow import Step, digest_of
from station.line.board import Challenge, Close
from station.line.challenge import kit
from station.records.audit.audit import audit, audit_order
from station.records.journal import FILE, read_only, recorded
from station.records.steps import OrderSteps
from tests.station.challenged import ask, drop, held, state, until
from tests.station.signed import go_on, signed_station, take


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
