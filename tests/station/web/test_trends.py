"""The page of trends: charts of what was measured, beside what a verifier measured."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from station.core.calibration import Setting, calibrated
from station.core.events import (
    LabelCalibrated,
    LabelIssued,
    LabelJudged,
    OrderAccepted,
    OrderStarted,
    Recipe,
    VerifierRead,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.quality import Quality, SymbolQuality
from station.line.board import Board
from station.records.evidence import Evidence
from station.records.journal import Journal, read_only
from station.records.trends import LAST, Trends
from station.web.server import Server

HOSTILE = "<script>alert('x')</script>"
ORDERS = tuple(
    WorkOrder.model_validate_json(
        f'{{"id": "{name}", "product": "HC", "level": "unit", "quantity": 400, "template": "unit",'
        f' "revision": "{revision}", "lot": "L1", "production_date": "2026-03-20"}}'
    )
    for name, revision in (("WO-1", "A"), ("WO-2", "B"), ("WO-3", "A"))
)


def quality(contrast: int) -> Quality:
    indices = {"contrast_index": contrast, "print_growth_x_index": 30, "modulation_index": 880}
    return Quality(
        registration=100,
        paper=800,
        symbols=(SymbolQuality(identifier="]d2", indices=indices),),
    )


def printed(order: str, number: int, contrast: int) -> tuple[LabelIssued, LabelJudged]:
    good = contrast > 500
    return (
        LabelIssued(order=order, number=number, gtin="06972869182019", serial="", data="", zpl=""),
        LabelJudged(
            order=order,
            number=number,
            accepted=good,
            reasons=() if good else (Reason(Code.FAINT),),
            symbols=(),
            quality=quality(contrast),
        ),
    )


def record(journal: Journal) -> None:
    drawn = random.Random(3)
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    setting = Setting(
        template="unit", revision="A", digest="", font="", dots_per_mm=8, camera="", width=1,
        height=1,
    )  # fmt: skip
    good = [quality(880 + drawn.randrange(-5, 6)) for _ in range(20)]
    journal.append(LabelCalibrated(calibration=calibrated(setting, good)))
    for order in ORDERS:
        journal.append(
            OrderAccepted(order=order, gtin="06972869182019", file="f", sha256=order.id),
            OrderStarted(order=order.id, recipe=recipe),
        )
    for number in range(1, LAST + 51):
        fading = max(0, number - 100) * 2
        journal.append(*printed("WO-1", number, 880 - fading + drawn.randrange(-8, 9)))
    for number in range(1, 31):
        journal.append(*printed("WO-2", number, 700))
    journal.append(
        VerifierRead(
            order="WO-1", number=7, identifier="]d2", grade="3.8/10/660/45", verifier=HOSTILE
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("trends")
    journal = Journal(made)
    record(journal)
    journal.close()
    return made


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[httpx.Client]:
    server = Server(
        board=Board(),
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="en",
        station_name="Line 3",
        port=0,
    )
    server.start()
    with httpx.Client(base_url=server.url) as client:
        yield client
    server.stop()


def test_a_print_that_fades_is_shown_as_an_alarm_with_what_to_do(browser: httpx.Client) -> None:
    page = browser.get("/trends", params={"order": "WO-1"}).text
    assert "far fainter" in page
    assert "check ribbon and darkness" in page
    assert page.count('<figure class="chart">') == 3
    assert "Usual is what the good labels of the calibration had." in page
    assert "modulation index" in page


def test_every_page_says_what_the_numbers_are_not(browser: httpx.Client) -> None:
    page = browser.get("/trends", params={"order": "WO-1"}).text
    assert "not a verification grade" in page
    words = re.sub(r"<[^>]+>", " ", page).replace("not a verification grade", "")
    assert not re.search("grade", words, re.IGNORECASE)
    headers = {"Cookie": "language=zh"}
    chinese = browser.get("/trends", params={"order": "WO-1"}, headers=headers).text
    assert "不是检测等级" in chinese
    assert "对比度指数" in chinese


def test_what_a_verifier_has_measured_stands_beside_it(browser: httpx.Client) -> None:
    page = browser.get("/trends", params={"order": "WO-1"}).text
    assert "3.8/10/660/45" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;alert" in page


def test_a_design_without_a_calibration_is_held_against_its_first_labels(
    browser: httpx.Client,
) -> None:
    page = browser.get("/trends", params={"order": "WO-2"}).text
    assert "has no calibration with indices" in page
    assert "usual 700" in page


def test_without_an_order_the_last_one_is_shown_and_an_unknown_one_is_empty(
    browser: httpx.Client,
) -> None:
    assert "No print quality was measured" in browser.get("/trends").text
    unknown = browser.get("/trends", params={"order": HOSTILE})
    assert unknown.status_code == 200
    assert "<script>alert" not in unknown.text


def test_the_page_is_one_click_away(browser: httpx.Client) -> None:
    assert 'href="/trends"' in browser.get("/orders").text


def test_only_the_last_labels_are_read_and_by_index(folder: Path) -> None:
    db = read_only(folder)
    found = Trends(db).labels("WO-1")
    assert (len(found), found[0].number, found[-1].number) == (LAST, 51, LAST + 50)
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT l.number, e.body FROM label l JOIN event e ON e.seq = l.judged"
        " WHERE l.order_id = 'WO-1' ORDER BY l.number DESC LIMIT 200"
    ).fetchall()
    assert all("SEARCH" in str(row) for row in plan), plan
    db.close()
