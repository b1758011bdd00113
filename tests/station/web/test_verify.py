"""Any label, scanned into a page: what it is, in colour, shape and word, in two languages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.config import shipped
from station.core.events import (
    LabelIssued,
    LabelJudged,
    LabelReleased,
    OrderAccepted,
    OrderStarted,
    Recipe,
)
from station.core.order import WorkOrder
from station.line import library
from station.line.board import Board
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.web.server import Server

GTIN = "06972869182125"
DATA = f"]d201{GTIN}1129111910A1\x1d21S1"
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-7", "product": "HAS-MHB-X2", "level": "primary", "quantity": 3, "lot": "A1",'
    ' "template": "unit", "revision": "A", "production_date": "2029-11-19"}'
)


def at_noon() -> Instant:
    return Instant(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), offset=480, monotonic=5, steered=True)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Of a station that made one label, which was good, and knows its products."""
    folder = tmp_path_factory.mktemp("station")
    record(folder)
    server = Server(
        board=Board(),
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="en",
        station_name="Line 3",
        catalogue=library.products(shipped("catalogue")),
    )
    server.start()
    with httpx.Client(base_url=server.url) as browser:
        yield browser
    server.stop()


def record(folder: Path) -> None:
    journal = Journal(folder, clock=at_noon)
    journal.append(
        OrderAccepted(order=ORDER, gtin=GTIN, file="o.yaml", sha256="a"),
        OrderStarted(order="WO-7", recipe=RECIPE),
        LabelIssued(
            order="WO-7",
            number=1,
            gtin=GTIN,
            serial="S1",
            data=DATA[3:].encode().hex(),
            zpl="",
            recipe=RECIPE.digest,
        ),
        LabelJudged(order="WO-7", number=1, accepted=True, reasons=(), symbols=()),
        LabelReleased(order="WO-7", number=1),
    )
    journal.close()


def finding(page: httpx.Response) -> str:
    assert page.status_code == 200
    found = re.search(r'data-sign="([a-z-]*)" data-finding="([a-z-]*)"', page.text)
    return " ".join(found.groups()) if found else ""


@pytest.mark.parametrize("separator", ["\x1d", "\u241d"])
def test_a_good_label_is_green_and_everything_about_it_is_there(
    pages: httpx.Client, separator: str
) -> None:
    page = pages.get("/verify", params={"data": DATA.replace("\x1d", separator)})
    assert finding(page) == "accepted agrees"
    assert "<h1>Made here, released, data agree</h1>" in page.text
    assert "HAS-MHB-X2 · primary package" in page.text
    assert "2029-11-19" in page.text
    assert 'href="/orders/WO-7"' in page.text
    assert RECIPE.digest in page.text


def test_a_separator_can_stand_in_the_address(pages: httpx.Client) -> None:
    page = pages.get(f"/verify?data=%5Dd201{GTIN}1129111910A1%1D21S1")
    assert finding(page) == "accepted agrees"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DATA.replace("291119", "291118"), "rejected differs"),
        (DATA.replace("\x1d", ""), "rejected differs"),
        (DATA.replace("S1", "S2"), "in-doubt not-ours"),
        (f"]d201{GTIN}", "in-doubt too-little"),
        ("]d2hello", "fault unreadable"),
        ("]d1+A99912345/$10X3.", "in-doubt not-ours"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_else_has_a_colour_and_a_shape_of_its_own(
    pages: httpx.Client, data: str, expected: str, language: str
) -> None:
    pages.cookies.set("language", language)
    page = pages.get("/verify", params={"data": data})
    pages.cookies.clear()
    assert finding(page) == expected
    assert "<title>核对" in page.text or language == "en"


def test_every_difference_is_told(pages: httpx.Client) -> None:
    page = pages.get("/verify", params={"data": DATA.replace("291119", "291118")})
    assert "Production date: made as 291119, read 291118." in page.text


def test_a_lost_separator_is_told_by_what_it_should_have_been(pages: httpx.Client) -> None:
    page = pages.get("/verify", params={"data": DATA.replace("\x1d", "")})
    assert "FNC1 separator is missing" in page.text


def test_a_rejected_label_is_red(client: httpx.Client) -> None:
    data = "]d201069728691820191120033110A1\x1d21CN010102"
    page = client.get("/verify", params={"data": data})
    assert finding(page) == "rejected not-good"
    assert "Made here, but rejected: must not be used" in page.text


def test_the_field_is_ready_for_the_next_label(pages: httpx.Client) -> None:
    for path in ("/verify", f"/verify?data={GTIN}"):
        page = pages.get(path).text
        (field,) = re.findall(r"<input name=\"data\"[^>]*>", page)
        assert "autofocus" in field
        assert "value=" not in field
        assert page.count("data-scan") == 1


def test_every_page_leads_to_it(client: httpx.Client) -> None:
    for path in ("/", "/orders", "/rejects", "/verify", "/nothing"):
        assert '<a href="/verify"' in client.get(path).text


def test_a_scan_of_any_length_is_answered(pages: httpx.Client) -> None:
    assert finding(pages.get("/verify", params={"data": "1" * 20_000})) == "fault unreadable"


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(
        alphabet=st.sampled_from("<>\"'&{}%/ =\x1d()01") | st.characters(codec="utf-8"),
        max_size=60,
    )
)
def test_nothing_that_is_scanned_becomes_a_part_of_the_page(pages: httpx.Client, text: str) -> None:
    page = pages.get("/verify", params={"data": f"<script>{text}"})
    assert page.status_code == 200
    assert f"<script>{text}" not in page.text
    assert page.text.count("<script") == pages.get("/verify").text.count("<script")
