"""The batch record of an order can be had from its page, as data and on paper."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from station.artwork.text import DEFAULT_FONT
from station.core.batch import BatchRecord
from station.core.order import WorkOrder
from station.core.problem import Refused, problem
from station.line.board import Board, Mode, Snapshot
from station.line.job import Job
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.reports.batch.binder import Binder
from station.web.server import Server
from tests.station.reports.test_pdf import text_of
from tests.station.web.test_orders import record


def no_design(_: WorkOrder) -> Job:
    raise Refused(problem("This field is required."))


def serve(folder: Path, binder: Binder | None) -> Server:
    board = Board()
    board.publish(Snapshot(mode=Mode.IDLE))
    return Server(
        board=board,
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="zh",
        station_name="Line 3",
        binder=binder,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found: Path = tmp_path_factory.mktemp("orders")
    journal = Journal(found)
    record(journal)
    yield found
    journal.close()


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[httpx.Client]:
    binder = Binder(folder=folder, station="Line 3", font=DEFAULT_FONT, heads=None, job=no_design)
    server = serve(folder, binder)
    server.start()
    with httpx.Client(base_url=server.url, timeout=60) as browser:
        yield browser
    server.stop()


def test_the_page_of_an_order_leads_to_its_record(pages: httpx.Client) -> None:
    page = pages.get("/orders/BAL").text
    assert 'href="/orders/BAL/record.pdf"' in page
    assert 'href="/orders/BAL/record.json"' in page


def test_the_data_are_those_of_the_schema(pages: httpx.Client) -> None:
    answer = pages.get("/orders/UNB/record.json", params={"every": "1"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'inline; filename="record-UNB.json"'
    found = BatchRecord.model_validate_json(answer.content)
    assert (found.order.id, len(found.labels.every or ())) == ("UNB", 2)


def test_the_paper_is_in_the_language_of_whoever_asks(pages: httpx.Client) -> None:
    answer = pages.get("/orders/BAL/record.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert "工单 BAL 的批记录" in text_of(answer.content)
    both = pages.get("/orders/BAL/record.pdf", params={"language": "both"})
    assert "Batch record of order BAL" in text_of(both.content)


def test_what_people_typed_stays_text(pages: httpx.Client) -> None:
    answer = pages.get("/orders/UNB/record.pdf", params={"language": "en"})
    assert "<script>alert('x')</script>" in text_of(answer.content)


@pytest.mark.parametrize("path", ["/orders/NOBODY/record.pdf", "/orders/NOBODY/record.json"])
def test_an_order_that_is_not_there_has_no_record(pages: httpx.Client, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_a_language_that_is_not_spoken_is_refused(pages: httpx.Client) -> None:
    answer = pages.get("/orders/BAL/record.pdf", params={"language": "fr"})
    assert answer.status_code == 400
    assert "fr" in answer.text


def test_without_a_binder_there_is_no_record_and_no_link(folder: Path) -> None:
    server = serve(folder, None)
    server.start()
    with httpx.Client(base_url=server.url, timeout=60) as browser:
        assert "record.pdf" not in browser.get("/orders/BAL").text
        assert browser.get("/orders/BAL/record.pdf").status_code == 404
    server.stop()
