"""The page of trends: how the print quality of an order has gone, index by index."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station import wording
from station.core.trend import LEARNT, Baseline, State, baselines_of, moving, values_of
from station.line.board import Board
from station.line.trend_watch import named, told
from station.records.journal import read_only
from station.records.trends import Measured, Trends
from station.web.chart import HEIGHT, WIDTH, Chart, chart
from station.web.pages import Pages

MOST_ORDERS = 8
"""That one can choose from."""

MOST_TOLD = 3
"""Sentences above the charts: what is worst."""

_KINDS = {State.IN_CONTROL: "released", State.DRIFTING: "in-doubt", State.ALARM: "rejected"}
"""How a state is coloured."""


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str
    charts: tuple[Chart, ...]


class TrendPages:
    def __init__(self, *, board: Board, folder: Path, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._board = board
        self._folder = folder
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/trends", self.page)

    def page(self, request: Request, order: str = "") -> HTMLResponse:
        """Of an order; of the one at the line, or the last one, where none is named."""
        at_line = self._board.snapshot.order
        with closing(read_only(self._folder)) as db:
            records = Trends(db)
            orders = records.orders(limit=MOST_ORDERS)
            shown = order or (at_line.order.id if at_line else "") or next(iter(orders), "")
            labels = records.labels(shown)
            readings = records.readings(shown)
            calibrated = records.calibrated(shown)
        baselines = calibrated or baselines_of(each.quality for each in labels[:LEARNT])
        symbols = tuple(_symbols(baselines, labels))
        language = self._pages.language(request)
        trends = [each.trend for symbol in symbols for each in symbol.charts]
        notices = tuple(
            (_KINDS[each.state], wording.told(told(each), language))
            for each in moving(trends)[:MOST_TOLD]
        )
        return self._pages.page(
            request,
            "trends.html",
            shown=shown,
            orders=orders,
            labels=labels,
            symbols=symbols,
            calibrated=bool(calibrated),
            notices=notices,
            readings=readings,
            named=named,
            kinds=_KINDS,
            width=WIDTH,
            height=HEIGHT,
        )


def _symbols(baselines: Sequence[Baseline], labels: Sequence[Measured]) -> Iterator[Symbol]:
    """Each with the charts of its indices that were measured."""
    measured = [(each.number, each.accepted, values_of(each.quality)) for each in labels]
    for name in dict.fromkeys(each.symbol for each in baselines):
        charts = []
        for baseline in baselines:
            key = (baseline.symbol, baseline.index)
            points = [(n, values[key], good) for n, good, values in measured if key in values]
            if baseline.symbol == name and points:
                charts.append(chart(baseline, points))
        if charts:
            yield Symbol(name, tuple(charts))
