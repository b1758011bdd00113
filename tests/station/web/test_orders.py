"""Orders in every state of their account, on their pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OdometerRead,
    OrderAccepted,
    OrderClosed,
    OrderFinished,
    OrderHeld,
    OrderStarted,
    Outcome,
    Recipe,
    ReprintAuthorised,
    StockUsed,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import problem
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import Board, Mode, Snapshot
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.vision.decode import decode
from station.vision.picture import from_bytes, grey
from station.web.server import Server

GTIN = "06972869182019"
HOSTILE = "<script>alert('x')</script>&\"'"
RECIPE = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))


def order(name: str, *, reprint: str = "burn") -> WorkOrder:
    return WorkOrder.model_validate_json(
        f'{{"id": "{name}", "product": "HC", "level": "unit", "quantity": 2, "template": "unit",'
        f' "revision": "A", "production_date": "2026-03-20", "reprint": "{reprint}",'
        f' "serials": {{"list": ["{name}1", "{name}2"]}}}}'
    )


def begun(journal: Journal, name: str, *, reprint: str = "burn") -> None:
    journal.append(
        OrderAccepted(order=order(name, reprint=reprint), gtin=GTIN, file=name, sha256=name),
        OrderStarted(order=name, recipe=RECIPE),
        OdometerRead(order=name, value=100),
    )


def label(journal: Journal, name: str, number: int, *, serial: int = 0, again: int = 0) -> None:
    journal.append(
        LabelIssued(
            order=name,
            number=number,
            gtin=GTIN,
            serial=f"{name}{serial or number}",
            data="",
            zpl="",
            reprint_of=again,
        )
    )


def judged(journal: Journal, name: str, number: int, *reasons: Reason) -> None:
    journal.append(
        LabelJudged(
            order=name,
            number=number,
            accepted=not reasons,
            reasons=reasons,
            symbols=(),
            evidence="",
        )
    )
    if not reasons:
        journal.append(LabelReleased(order=name, number=number))


def finished(journal: Journal, name: str, *, counted: int = 2) -> None:
    journal.append(OdometerRead(order=name, value=100 + counted), OrderFinished(order=name))


def closed(journal: Journal, name: str, **more: object) -> None:
    values = {"states": {}, "stock": {}, "odometer": (100, 102)} | more
    journal.append(OrderClosed.model_validate({"order": name} | values), actor="王芳")


def record(journal: Journal) -> None:
    """GOOD closes by itself; NOT is two short; BAL is closed; UNB closed without balance."""
    for name in ("GOOD", "NOT", "BAL", "UNB"):
        begun(journal, name)
        for number in (1, 2):
            label(journal, name, number)
            judged(journal, name, number)
        finished(journal, name, counted=4 if name in {"NOT", "UNB"} else 2)
    journal.append(StockUsed(order="NOT", kind=Stock.BLANK, count=1, reason=HOSTILE), actor=HOSTILE)
    closed(journal, "BAL")
    closed(
        journal,
        "UNB",
        differences=(problem("Label {number} is open: {state}.", number=2, state="in doubt"),),
        justification=HOSTILE,
        witness="李伟",
    )
    begun(journal, "AGAIN", reprint="same")
    label(journal, "AGAIN", 1)
    judged(journal, "AGAIN", 1, Reason(Code.NO_READ, expected="]d2"))
    label(journal, "AGAIN", 2)
    journal.append(
        LabelInDoubt(order="AGAIN", number=2, cause="fault"),
        OrderHeld(order="AGAIN", cause="reprint", detail="1, 2"),
    )
    gone: tuple[tuple[int, Outcome], ...] = ((1, LabelState.VOIDED), (2, LabelState.DESTROYED))
    for number, outcome in gone:
        journal.append(
            LabelSettled(
                order="AGAIN", number=number, outcome=outcome, reason="cut", witness="李伟"
            ),
            actor="王芳",
        )
    journal.append(
        ReprintAuthorised(order="AGAIN", number=1, reason=HOSTILE, witness="李伟"), actor="王芳"
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("orders")
    journal = Journal(folder)
    record(journal)
    board = Board()
    board.publish(Snapshot(mode=Mode.IDLE))
    made = Server(
        board=board,
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="en",
        station_name="Line 3",
    )
    made.start()
    yield made
    made.stop()
    journal.close()


@pytest.fixture
def pages(served: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url) as browser:
        yield browser


def numbers(page: str) -> dict[str, str]:
    """The table of where every label is."""
    return dict(re.findall(r"<th>(?:<span[^>]*>)?([^<]+)(?:</span>)?</th><td>(\d+)</td>", page))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["GOOD", "NOT", "BAL", "UNB", "AGAIN"])
def test_every_order_is_shown_in_both_languages_and_nothing_in_it_becomes_html(
    pages: httpx.Client, name: str, language: str
) -> None:
    pages.cookies.set("language", language)
    page = pages.get(f"/orders/{name}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert ("Where every label is" in page.text) == (language == "en")
    assert ("每张标签的去向" in page.text) == (language == "zh")


def test_a_balanced_order_is_closed_by_one(pages: httpx.Client) -> None:
    page = pages.get("/orders/GOOD").text
    assert "Balanced: ready to be closed" in page
    assert "/ask/close?order=GOOD" in page
    assert "/ask/close-unbalanced" not in page
    assert numbers(page) == {"Issued": "2", "accepted and released": "2", "Still open": "0"}


def test_an_order_that_does_not_balance_shows_every_difference_first(pages: httpx.Client) -> None:
    page = pages.get("/orders/NOT").text
    assert "Not balanced yet" in page
    assert "<li>The printer counted 4 labels, expected 2–3.</li>" in page
    assert "/ask/close-unbalanced?order=NOT" in page
    assert 'hx-get="/ask/close?' not in page
    assert "/ask/use?order=NOT" in page
    assert "&lt;script&gt;" in page


def test_a_closed_order_says_so_and_offers_nothing(pages: httpx.Client) -> None:
    page = pages.get("/orders/BAL").text
    assert 'class="stamp stamp-closed"' in page
    assert "CLOSED, BALANCED" in page
    assert "Closed by 王芳" in page
    assert "hx-get" not in page


def test_an_order_closed_without_balance_is_marked_with_names_and_reason(
    pages: httpx.Client,
) -> None:
    page = pages.get("/orders/UNB").text
    assert 'class="stamp stamp-unbalanced"' in page
    assert "CLOSED, NOT BALANCED" in page
    assert "王芳 + 李伟" in page
    assert "Why: &lt;script&gt;" in page
    assert "<li>Label 2 is open: in doubt.</li>" in page, "as it was when it was closed"
    assert "hx-get" not in page
    pages.cookies.set("language", "zh")
    assert "已关闭，数量不平衡" in pages.get("/orders/UNB").text


def test_a_serial_is_let_to_be_printed_again_from_the_page_of_its_order(
    pages: httpx.Client,
) -> None:
    page = pages.get("/orders/AGAIN").text
    assert "/ask/reprint?order=AGAIN&amp;number=2" in page
    assert "/ask/reprint?order=AGAIN&amp;number=1" not in page, "it is authorised already"
    assert "It is the next one to be printed." in page
    assert "Labels: 1, 2" in page
    assert 'href="/rejects/1">Label 1</a>' in page


def test_a_label_that_is_gone_says_on_its_page_what_can_be_done(pages: httpx.Client) -> None:
    first, second = pages.get("/rejects/1").text, pages.get("/rejects/2").text
    assert "may be printed again: 王芳 + 李伟" in first
    assert "/ask/reprint" not in first
    assert "/ask/reprint?order=AGAIN&amp;number=2" in second


def test_the_list_says_which_orders_wait_to_be_closed(pages: httpx.Client) -> None:
    page = pages.get("/orders").text
    waiting = page.partition('class="waiting"')[2].partition("</p>")[0]
    assert re.findall(r">([A-Z]+)</a>", waiting) == ["NOT", "GOOD"]
    assert "not balanced" in page


def test_the_traveller_carries_the_order_as_a_scanner_types_it(pages: httpx.Client) -> None:
    assert 'src="/orders/AGAIN/traveller.png"' in pages.get("/orders/AGAIN/traveller").text
    picture = from_bytes(pages.get("/orders/AGAIN/traveller.png").content)
    assert picture is not None
    (symbol,) = decode(grey(picture)).symbols
    assert (symbol.identifier, symbol.data) == ("]d1", b"AGAIN")


@pytest.mark.parametrize("page", ["traveller", "traveller.png"])
def test_an_order_that_is_not_there_has_no_traveller(pages: httpx.Client, page: str) -> None:
    assert pages.get(f"/orders/NOBODY/{page}").status_code == 404
