"""The page of the challenge: due or not, how the last one went, what is on hold for it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from station.core.challenge import Cause, Result
from station.core.events import (
    ChallengeEnded,
    ChallengeSpecimen,
    ChallengeStarted,
    FamilyLeftOut,
    LabelsQuarantined,
    OrderAccepted,
    OrderHeld,
    OrderStarted,
    Recipe,
    SymbolRead,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import problem
from station.core.reconciliation import reconcile
from station.core.state import OrderState
from station.line.board import Board, Challenge, Clear, Interrupt, Mode, Progress, Snapshot
from station.line.challenge.interlock import WHY
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.query import OrderRow
from station.web.server import Server

HOSTILE = "<script>alert('x')</script>"
ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "HC", "level": "unit", "quantity": 1, "template": "unit",'
    ' "revision": "A", "production_date": "2026-03-20", "serials": {"list": ["S1"]}}'
)


def write(folder: Path) -> Evidence:
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    journal = Journal(folder)
    evidence = Evidence(folder / "evidence", spare=0)
    picture = evidence.keep(b"\xff\xd8 a picture")
    journal.append(
        OrderAccepted(order=ORDER, gtin="06972869182019", file="f", sha256="s"),
        OrderStarted(order="WO-1", recipe=recipe),
        OrderHeld(order="WO-1", cause="challenge"),
        ChallengeStarted(
            order="WO-1",
            causes=(Cause.START,),
            families=("wrong-lot", "blank"),
            left_out=(FamilyLeftOut(family="duplicate", why=problem("The label has no drawing.")),),
            recipe="r" * 64,
            version="9.9",
            configuration="c" * 64,
        ),
        ChallengeSpecimen(
            order="WO-1",
            family="wrong-lot",
            expected=(Code.LOT,),
            ai="10",
            caught=True,
            reasons=(Reason(Code.LOT, ai="10", expected="A1", read=HOSTILE),),
            symbols=(SymbolRead(identifier="]d2", data="00", engine="zxing"),),
            zpl="z",
            evidence=picture,
        ),
        ChallengeSpecimen(
            order="WO-1",
            family="blank",
            expected=(Code.NO_READ,),
            ai="",
            caught=False,
            reasons=(),
            symbols=(),
            zpl="",
        ),
        ChallengeEnded(order="WO-1", result=Result.MISSED, missed=("blank",)),
        LabelsQuarantined(order="WO-1", labels=((1, 4), (7, 7)), cause="missed"),
        OrderHeld(order="WO-1", cause="challenge-missed"),
        actor="王芳",
    )
    journal.close()
    return evidence


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Board]]:
    folder = tmp_path_factory.mktemp("challenged")
    evidence, board = write(folder), Board()
    server = Server(
        board=board, folder=folder, evidence=evidence, language="en", station_name="Line 1"
    )
    server.start()
    yield server, board
    server.stop()


@pytest.fixture
def board(pages: tuple[Server, Board]) -> Iterator[Board]:
    found = pages[1]
    found.publish(held())
    yield found
    while found.next_asked(seconds=0.0):
        pass


@pytest.fixture
def client(pages: tuple[Server, Board], board: Board) -> Iterator[httpx.Client]:  # noqa: ARG001 - something to show
    with httpx.Client(base_url=pages[0].url) as browser:
        yield browser


@pytest.fixture
def own(client: httpx.Client) -> dict[str, str]:
    """The headers our own page sends with a form."""
    found = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert found
    return {"Origin": str(client.base_url).rstrip("/"), "X-Station-Token": found[1]}


def held(**changes: object) -> Snapshot:
    row = OrderRow(
        ORDER,
        "06972869182019",
        OrderState.HELD,
        datetime(2026, 3, 1, tzinfo=UTC),
        "challenge",
        "",
        9,
        None,
        reconcile({}, quantity=1),
    )
    due = Snapshot(mode=Mode.HELD, order=row, stop=9, challenge=WHY[Cause.START])
    return replace(due, **changes)  # type: ignore[arg-type]


def test_the_page_says_what_is_due_and_offers_it(client: httpx.Client) -> None:
    page = client.get("/challenge").text
    assert "before the first label of this order" in page
    assert "/ask/challenge?order=WO-1" in page


def test_it_shows_how_the_last_one_went_specimen_by_specimen(client: httpx.Client) -> None:
    page = client.get("/challenge").text
    assert "MISSED" in page
    assert "Wrong lot" in page
    assert "Lot, element (10)" in page
    assert "nothing: it was accepted" in page
    assert "start of the order" in page
    assert "The label has no drawing." in page
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_it_names_the_labels_on_hold_and_asks_two_people_for_them(
    client: httpx.Client, own: dict[str, str], board: Board
) -> None:
    page = client.get("/challenge").text
    assert "1–4, 7" in page
    assert "/ask/clear?order=WO-1" in page
    form = client.get("/ask/clear", params={"order": "WO-1"}).text
    assert "Name of the second person" in form
    answer = {"order": "WO-1", "person": "王芳", "witness": "王芳", "reason": "inspected"}
    assert "somebody else" in client.post("/ask/clear", data=answer, headers=own).text
    client.post("/ask/clear", data=answer | {"witness": "李强"}, headers=own)
    asked = board.next_asked(seconds=5.0)
    assert asked
    assert asked.request == Clear("WO-1", 0, "inspected", "李强")


def test_one_label_is_let_go_by_its_number(
    client: httpx.Client, own: dict[str, str], board: Board
) -> None:
    answer = {"order": "WO-1", "person": "王芳", "witness": "李强", "reason": "inspected"}
    missing = client.post("/ask/clear-one", data=answer | {"number": ""}, headers=own)
    assert "Expected the number of a label" in missing.text
    client.post("/ask/clear-one", data=answer | {"number": "3"}, headers=own)
    asked = board.next_asked(seconds=5.0)
    assert asked
    assert asked.request == Clear("WO-1", 3, "inspected", "李强")


def test_starting_one_goes_to_the_station_with_the_name(
    client: httpx.Client, own: dict[str, str], board: Board
) -> None:
    answer = {"order": "WO-1", "person": "王芳"}
    assert client.post("/ask/challenge", data=answer).status_code == 403, "not from our page"
    client.post("/ask/challenge", data=answer, headers=own)
    asked = board.next_asked(seconds=5.0)
    assert asked
    assert (asked.request, asked.actor) == (Challenge("WO-1"), "王芳")


def test_while_one_is_under_way_it_can_be_stopped_and_nothing_else(
    client: httpx.Client, own: dict[str, str], board: Board
) -> None:
    board.publish(held(challenging=Progress("wrong-lot", 2, 23)))
    for address in ("/challenge", "/"):
        page = client.get(address).text
        assert "bad label 2 of 23: Wrong lot." in page
        assert "/ask/interrupt" in page
        assert "/ask/challenge" not in page
        assert "/ask/resume" not in page
    client.post("/ask/interrupt", data={"person": "王芳", "reason": "bin full"}, headers=own)
    asked = board.next_asked(seconds=5.0)
    assert asked
    assert asked.request == Interrupt("bin full")


def test_the_line_says_that_one_is_due_and_offers_it_before_going_on(
    client: httpx.Client, board: Board
) -> None:
    page = client.get("/").text
    assert "before the first label of this order" in page
    assert "/ask/challenge?order=WO-1" in page
    assert "/ask/resume" not in page
    board.publish(held(challenge=None))
    assert "/ask/resume" in client.get("/").text


def test_where_no_order_is_on_hold_the_page_says_what_to_do(
    client: httpx.Client, board: Board
) -> None:
    board.publish(Snapshot(mode=Mode.IDLE))
    page = client.get("/challenge").text
    assert "with the next label of an order that is on hold" in page
    assert "/ask/challenge" not in page


def test_the_report_stands_by_itself_with_its_picture_and_two_signatures(
    client: httpx.Client,
) -> None:
    answer = client.get("/challenge/report.html")
    assert "attachment" in answer.headers["content-disposition"]
    page = answer.text
    for said in ("Line 1", "WO-1", "r" * 64, "9.9", "Made by", "Checked by", "王芳", "MISSED"):
        assert said in page
    assert "data:image/jpeg;base64," in page
    assert HOSTILE not in page
    assert not re.search(r'(?:src|href)="(?!data:)', page), "it needs nothing else"


def test_both_languages_have_all_of_it(client: httpx.Client, own: dict[str, str]) -> None:
    client.post("/language/zh", headers=own)
    page = client.get("/challenge").text
    for said in ("挑战测试", "批号错误", "未通过", "无：被判合格", "标签上没有图形。"):
        assert said in page
    assert "挑战测试报告" in client.get("/challenge/report.html").text
