"""The steps of an order on its page: what is done and by whom, what is next, what is missing."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from station.core.events import (
    LineCleared,
    OrderAccepted,
    OrderClosed,
    OrderEnded,
    OrderHeld,
    OrderStarted,
    Recipe,
    StepSigned,
)
from station.core.order import WorkOrder
from station.core.workflow import Cleared, Step, workflow
from station.line.board import Board, Mode, Resume, Snapshot, TakeStep
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.query import Records
from station.records.steps import OrderSteps
from station.web.asking import Answers, request_for
from station.web.asking import Step as Asked
from station.web.server import Server

HOSTILE = "<script>alert(1)</script>"
RECIPE = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
BEFORE = workflow((Step.CLEARANCE, Step.RELEASE, Step.REVIEW), contract=False)
AFTER = workflow((Step.REVIEW, Step.MARKET_RELEASE), contract=False)


def order(name: str) -> WorkOrder:
    return WorkOrder.model_validate_json(
        f'{{"id": "{name}", "product": "HC", "level": "unit", "quantity": 2, "template": "unit",'
        ' "revision": "A"}'
    )


def write(journal: Journal) -> None:
    """One order waits for its label release, one for its market release; one has no steps."""
    for name, plan in (("NEXT", BEFORE), ("DONE", AFTER), ("OLD", None)):
        journal.append(
            OrderAccepted(order=order(name), gtin="06972869182019", file=name, sha256=name),
            OrderStarted(order=name, recipe=RECIPE, workflow=plan),
            OrderHeld(order=name, cause="workflow"),
        )
    cleared = LineCleared(
        order="NEXT",
        confirmed=tuple(Cleared),
        camera=True,
        odometer=4,
        reason=HOSTILE,
        witness="李强",
    )
    journal.append(cleared, actor="王芳")
    journal.append(OrderEnded(order="DONE", reason="enough"), actor="王芳")
    journal.append(
        OrderClosed(order="DONE", states={}, stock={}, odometer=(None, None)), actor="王"
    )
    journal.append(
        StepSigned(order="DONE", step=Step.REVIEW, passed=True, meaning="reviewed", reason="whole"),
        actor="张敏",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("steps")


@pytest.fixture(scope="module")
def journal(folder: Path) -> Iterator[Journal]:
    made = Journal(folder)
    write(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def board() -> Board:
    return Board()


@pytest.fixture(scope="module")
def pages(folder: Path, board: Board, journal: Journal) -> Iterator[str]:  # noqa: ARG001 - written
    server = Server(
        board=board,
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="en",
        station_name="Line",
        port=0,
    )
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def browser(pages: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=pages) as client:
        yield client


def test_the_next_step_is_the_one_big_button(browser: httpx.Client) -> None:
    page = browser.get("/orders/NEXT").text
    assert "Next: label release" in page
    assert 'hx-get="/ask/release?order=NEXT&amp;number=0"' in page
    assert "王芳 + 李强" in page
    assert "The line is clear." in page
    assert "not for this order" in page


def test_what_people_wrote_is_no_markup(browser: httpx.Client) -> None:
    page = browser.get("/orders/NEXT").text
    assert "&lt;script&gt;alert(1)" in page
    assert HOSTILE not in page


def test_a_decision_about_a_closed_order_is_asked_for_there(browser: httpx.Client) -> None:
    browser.cookies.set("language", "zh")
    page = browser.get("/orders/DONE").text
    assert "下一步：上市放行" in page
    assert "/ask/market-release?order=DONE" in page
    assert "张敏" in page


def test_an_order_without_steps_has_the_page_it_had(browser: httpx.Client) -> None:
    page = browser.get("/orders/OLD").text
    assert "Next:" not in page
    assert 'class="way"' not in page


def test_the_line_shows_the_steps_and_offers_the_next_one(
    browser: httpx.Client, board: Board, journal: Journal
) -> None:
    row = Records(journal.db).order("NEXT")
    shown = OrderSteps(journal.db).shown("NEXT")
    board.publish(Snapshot(mode=Mode.HELD, order=row, steps=shown, step=Step.RELEASE))
    page = browser.get("/").text
    assert "/ask/release?order=NEXT" in page
    assert "✓ line clearance" in page
    assert "▶ label release" in page
    assert "People sign before the first label" in page
    assert "resident" not in page, "what this order does not have takes no room"


@pytest.mark.parametrize("step", [each for each in Step if each.value in set(Asked)])
def test_the_form_of_every_step_asks_who_and_why(browser: httpx.Client, step: Step) -> None:
    form = browser.get(f"/ask/{step}", params={"order": "NEXT"})
    assert form.status_code == 200
    assert 'name="person"' in form.text
    two = step in {Step.CLEARANCE, Step.FIRST_ARTICLE}
    assert ('name="witness"' in form.text) == two
    assert ('name="confirmed"' in form.text) == (step == Step.CLEARANCE)
    assert ("/live/expected.png" in form.text) == (
        step in {Step.RELEASE, Step.RESIDENT_LABELS, Step.FIRST_ARTICLE}
    )


def test_a_form_becomes_the_request_it_says() -> None:
    answers = Answers("王芳", "seen", "A", "李强", confirmed=("labels", "bin"), refused=False)
    assert request_for(Asked.CLEARANCE, answers) == TakeStep(
        "A", Step.CLEARANCE, "seen", "李强", confirmed="labels,bin"
    )
    refusing = Answers("张敏", "a page is missing", "A", refused=True)
    assert request_for(Asked.REVIEW, refusing) == TakeStep(
        "A", Step.REVIEW, "a page is missing", passed=False
    )


@pytest.mark.parametrize("reason", ["Labels or ribbon changed", "标签或碳带已更换"])
def test_whoever_says_that_supplies_were_changed_is_believed(reason: str) -> None:
    assert request_for(Asked.RESUME, Answers("王", reason, number=5)) == Resume(
        reason, 5, changed=True
    )
    assert request_for(Asked.RESUME, Answers("王", "ready", number=5)) == Resume("ready", 5)
