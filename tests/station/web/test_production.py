"""The page of figures counts what the journal says, and every picture has its numbers beside it."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from station.core.events import (
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderEnded,
    OrderHeld,
    OrderResumed,
    OrderStarted,
    Recipe,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.quality import Quality
from station.core.state import LabelState
from station.line.board import Board
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.production import Production
from station.web.production import edges_of, figures
from station.web.server import Server

GTIN = "06972869182019"
ORDER = """{"id": "%s", "product": "%s", "level": "unit", "quantity": 500, "template": "t",
    "revision": "1", "lot": "L"}"""
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return Instant(self.at, offset=480, monotonic=0, steered=True)


class Plant:
    """Orders of twenty labels an hour, written by hand."""

    def __init__(self, folder: Path, began: datetime) -> None:
        self.clock = Clock(began)
        self.journal = Journal(folder, clock=self.clock)
        self.production = Production(self.journal.db)

    def order(self, name: str, product: str, printer: str) -> None:
        order = WorkOrder.model_validate_json(ORDER % (name, product))
        self.journal.append(
            OrderAccepted(order=order, gtin=GTIN, file="f", sha256=name),
            OrderStarted(order=name, recipe=RECIPE, printer=printer),
        )

    def label(self, name: str, number: int, *codes: Code) -> None:
        self.clock.at += timedelta(minutes=3)
        self.journal.append(
            LabelIssued(order=name, number=number, gtin=GTIN, serial="", data="", zpl=""),
            LabelJudged(
                order=name,
                number=number,
                accepted=not codes,
                reasons=tuple(Reason(each) for each in codes),
                symbols=(),
                quality=Quality(registration=200, dead_dots=(317,))
                if Code.DEAD_DOTS in codes
                else None,
            ),
        )
        if not codes:
            self.journal.append(LabelReleased(order=name, number=number))

    def stop(self, name: str, cause: str, minutes: int) -> None:
        self.journal.append(OrderHeld(order=name, cause=cause))
        self.clock.at += timedelta(minutes=minutes)
        self.journal.append(OrderResumed(order=name, reason="r"))

    def end(self, name: str) -> None:
        self.journal.append(
            OrderHeld(order=name, cause="operator"), OrderEnded(order=name, reason="r")
        )


def work(folder: Path, began: datetime) -> Plant:
    """Two orders: 60 labels, six rejected, one good one taken out later, and two stops."""
    plant = Plant(folder, began)
    plant.order("A", "P", "tcp://one:9100")
    for number in range(1, 31):
        plant.label("A", number, *((Code.DEAD_DOTS, Code.FAINT) if number in {5, 9, 10} else ()))
    plant.stop("A", "rejects", 10)
    plant.journal.append(
        LabelSettled(
            order="A", number=1, outcome=LabelState.DESTROYED, reason="spoilt", witness="w"
        ),
        actor="Li",
    )
    plant.end("A")
    plant.order("B", "Q", "tcp://two:9100")
    for number in range(1, 31):
        plant.label("B", number, *((Code.NO_READ,) if number in {5, 15, 30} else ()))
    plant.stop("B", "fault", 25)
    return plant


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = work(tmp_path, NOW - timedelta(hours=5))
    yield made
    made.journal.close()


def test_what_the_hours_made_adds_up_to_what_the_journal_says(plant: Plant) -> None:
    edges = edges_of("day", NOW)
    orders = Production(plant.journal.db).worked(edges)
    assert [(each.id, each.printer, sum(each.labels)) for each in orders] == [
        ("A", "tcp://one:9100", 30),
        ("B", "tcp://two:9100", 30),
    ]
    found = figures(plant.production, orders, edges, now=NOW)
    assert (found.labels, found.rejected) == (60, 6), "what was taken out later had passed at first"
    assert found.first_pass == pytest.approx(0.9)
    assert [each.labels for each in found.groups if each.labels] == [9, 20, 17, 14]
    assert [(each.code, each.count, each.by_printer) for each in found.causes] == [
        ("PRINT.dead-dots", 3, (3, 0)),
        ("PRINT.faint", 3, (3, 0)),
        ("READ.no-read", 3, (0, 3)),
    ]
    assert found.causes[-1].together == pytest.approx(1)
    assert [(each.number, each.labels) for each in found.dots] == [(317, 3)]


def test_stops_are_told_by_cause_with_their_length(plant: Plant) -> None:
    edges = edges_of("day", NOW)
    found = figures(plant.production, plant.production.worked(edges), edges, now=NOW)
    assert [(each.cause, each.count, each.whole) for each in found.stops] == [
        ("fault", 1, timedelta(minutes=25)),
        ("rejects", 1, timedelta(minutes=10)),
    ]


def test_few_rejects_are_counted_by_the_good_labels_between_them(plant: Plant) -> None:
    edges = edges_of("day", NOW)
    found = figures(plant.production, plant.production.worked(edges), edges, now=NOW)
    assert found.chart.kind == "g"
    assert [each.count for each in found.chart.points] == [3, 0, 24, 9, 14]


def test_many_rejects_are_a_share_of_each_hour(tmp_path: Path) -> None:
    plant = Plant(tmp_path, NOW - timedelta(hours=4))
    plant.order("A", "P", "")
    for number in range(1, 71):
        plant.label("A", number, *((Code.FAINT,) if number % 2 == 0 else ()))
    edges = edges_of("day", NOW)
    found = figures(plant.production, plant.production.worked(edges), edges, now=NOW)
    plant.journal.close()
    assert found.chart.kind == "p"
    assert sum(each.count for each in found.chart.points) == 35


def test_only_what_lies_within_the_time_is_counted(plant: Plant) -> None:
    edges = (NOW - timedelta(hours=2), NOW - timedelta(hours=1), NOW)
    orders = Production(plant.journal.db).worked(edges)
    assert [(each.id, each.before, each.labels) for each in orders] == [("B", 26, (4, 0))]
    assert Production(plant.journal.db).worked((NOW, NOW + timedelta(hours=1))) == ()


@pytest.mark.parametrize("period", ["shift", "day", "week", "month"])
def test_the_stretches_of_a_period_end_now_and_follow_each_other(period: str) -> None:
    edges = edges_of(period, NOW)
    assert edges[-1] == NOW
    assert list(edges) == sorted(set(edges))


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[httpx.Client]:
    plant = work(tmp_path, datetime.now(UTC) - timedelta(hours=5))
    server = Server(
        board=Board(),
        folder=tmp_path,
        evidence=Evidence(tmp_path / "evidence"),
        language="en",
        station_name="Line 3",
        port=0,
    )
    server.start()
    with closing(plant.journal), httpx.Client(base_url=server.url) as made:
        yield made
    server.stop()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("period", ["shift", "day", "week", "month"])
def test_every_picture_has_a_table_beside_it(
    browser: httpx.Client, period: str, language: str
) -> None:
    browser.cookies.set("language", language)
    page = browser.get(f"/figures?period={period}")
    assert page.status_code == 200
    assert len(page.content) < 300_000
    figures = re.findall(r"<figure.*?</figure>", page.text, re.DOTALL)
    assert len(figures) == 2
    for each in figures:
        assert 'role="img" aria-label="' in each
        assert "<table" in each
    assert "style=" not in page.text, "the policy of the page allows none"


def test_the_page_is_of_one_product_or_printer_where_one_is_named(browser: httpx.Client) -> None:
    whole = browser.get("/figures").text
    assert "PRINT.faint" in whole
    assert "READ.no-read" in whole
    product = browser.get("/figures?product=Q").text
    assert "PRINT.faint" not in product
    assert "READ.no-read" in product
    printer = browser.get("/figures", params={"printer": "tcp://one:9100"}).text
    assert "PRINT.faint" in printer
    assert "READ.no-read" not in printer


def test_a_period_that_nobody_knows_is_refused(browser: httpx.Client) -> None:
    page = browser.get("/figures?period=century")
    assert page.status_code == 400
    assert "Expected one of shift, day, week, month, got century." in page.text


def test_what_an_address_says_never_becomes_a_part_of_the_page(browser: httpx.Client) -> None:
    page = browser.get("/figures", params={"product": "<script>x</script>", "printer": "'\"><b>"})
    assert page.status_code == 200
    assert "<script>x" not in page.text
    assert '"><b>' not in page.text
    assert "No label was issued in this period." in page.text
