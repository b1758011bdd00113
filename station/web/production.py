"""The supervisor's page of figures: what the line made, what was rejected and why, where it stood.

Every picture has its numbers in a table beside it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station.core.challenge import Schedule, due, next_due
from station.core.control_chart import Chart, Group, gaps, mean_share, shares, suits_shares
from station.core.problem import Refused, problem
from station.core.production import Total, first_pass, stops, totals
from station.language import sentence
from station.line.board import Board
from station.records.challenges import Challenges
from station.records.journal import read_only
from station.records.production import Dot, Production, Reject, Worked
from station.records.query import OrderRow, Records
from station.web import advice, plot
from station.web.pages import Pages

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

PERIODS: Mapping[str, tuple[str, timedelta, int]] = {
    "shift": (sentence("8 hours"), HOUR, 8),
    "day": (sentence("24 hours"), HOUR, 24),
    "week": (sentence("7 days"), DAY, 7),
    "month": (sentence("30 days"), DAY, 30),
}
"""By the word in the address: what it is called, how long a stretch is, and how many there are."""

MOST_GAPS = 120
"""Rejects in a g-chart: the newest."""

MOST_ORDERS = 12
MOST_DOTS = 24


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for rejects."""

    code: str
    count: int
    share: float
    """Of all reasons that were named."""

    together: float
    """With all that are more frequent."""

    by_printer: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    edges: tuple[datetime, ...]
    groups: tuple[Group, ...]
    """Of each stretch."""

    causes: tuple[Cause, ...]
    printers: tuple[str, ...]
    chart: Chart
    stops: tuple[Total, ...]
    dots: tuple[Dot, ...]
    cut: bool
    """There were more rejects than are counted."""

    @property
    def labels(self) -> int:
        return sum(each.labels for each in self.groups)

    @property
    def rejected(self) -> int:
        return sum(each.rejected for each in self.groups)

    @property
    def first_pass(self) -> float | None:
        return first_pass(self.labels, self.rejected)

    @property
    def mean(self) -> float:
        return mean_share(self.groups)


class ProductionPages:
    def __init__(self, *, board: Board, folder: Path, schedule: Schedule, pages: Pages) -> None:
        """`folder` holds the journal; `schedule` says when challenges are due."""
        self._board = board
        self._folder = folder
        self._schedule = schedule
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/figures", self.page)

    def page(
        self, request: Request, period: str = "day", product: str = "", printer: str = ""
    ) -> HTMLResponse:
        """Of the last hours or days; of one product or printer, where one is named."""
        if period not in PERIODS:
            raise Refused(
                problem(
                    "Expected one of {expected}, got {got}.",
                    expected=", ".join(PERIODS),
                    got=period[:20],
                )
            )
        now = datetime.now(UTC)
        edges = edges_of(period, now)
        with closing(read_only(self._folder)) as db:
            production = Production(db)
            worked = production.worked(edges)
            chosen = tuple(each for each in worked if _is_of(each, product, printer))
            found = figures(production, chosen, edges, now=now)
            rows = tuple(_rows(Records(db), chosen))
            challenge = self._challenge(Challenges(db), now)
            challenge["results"] = production.challenges(since=edges[0])
        language = self._pages.language(request)
        return self._pages.page(
            request,
            "figures.html",
            period=period,
            periods=PERIODS,
            product=product,
            printer=printer,
            products=sorted({each.product for each in worked} | ({product} - {""})),
            printers=sorted({each.printer for each in worked if each.printer}),
            found=found,
            columns=plot.columns(
                [(each.name, each.labels, each.rejected) for each in found.groups]
            ),
            control=plot.control(found.chart),
            width=plot.WIDTH,
            height=plot.HEIGHT,
            rows=rows,
            challenge=challenge,
            why=lambda cause: advice.for_hold(cause, language).happened,
            lasting=lasting,
            most_dots=MOST_DOTS,
        )

    def _challenge(self, history: Challenges, now: datetime) -> dict[str, object]:
        """The last one, whether one is due, and when the next one is."""
        at_line = self._board.snapshot.order
        facts = history.facts(at_line.order.id if at_line else "", finishing=False, now=now)
        return {
            "schedule": self._schedule,
            "last": history.last(),
            "due": bool(at_line and due(self._schedule, facts, now=now)),
            "next": next_due(self._schedule, facts),
        }


def edges_of(period: str, now: datetime) -> tuple[datetime, ...]:
    """Where the stretches begin and end: whole hours or days at the station, the last one now."""
    _, step, count = PERIODS[period]
    local = now.astimezone()
    if step == HOUR:
        last = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        starts = [last - HOUR * (count - 1 - place) for place in range(count)]
    else:
        days = [local.date() - DAY * (count - 1 - place) for place in range(count)]
        starts = [datetime.combine(day, time.min).astimezone(UTC) for day in days]
    return (*starts, now)


def figures(
    production: Production, orders: Sequence[Worked], edges: tuple[datetime, ...], *, now: datetime
) -> Figures:
    """Everything about these orders between the edges."""
    rejects, cut = production.rejects(
        since=edges[0], until=edges[-1], orders=[each.id for each in orders]
    )
    groups = tuple(_groups(orders, rejects, edges))
    printers = tuple(sorted({each.printer for each in orders if each.printer}))
    newest = orders[-1].id if orders else ""
    every = (
        stop
        for order in orders
        for stop in stops(production.changes(order.id), since=edges[0], until=now)
    )
    return Figures(
        edges=edges,
        groups=groups,
        causes=tuple(_causes(rejects, {each.id: each.printer for each in orders}, printers)),
        printers=printers,
        chart=shares(groups) if suits_shares(groups) else gaps_of(orders, rejects),
        stops=totals(every),
        dots=production.dead_dots(since=edges[0], until=edges[-1], order=newest),
        cut=cut,
    )


def _groups(
    orders: Sequence[Worked], rejects: Sequence[Reject], edges: Sequence[datetime]
) -> Iterator[Group]:
    days = edges[1] - edges[0] > HOUR
    rejected = Counter(_place(each.at, edges) for each in rejects)
    for place, start in enumerate(edges[:-1]):
        labels = sum(each.labels[place] for each in orders)
        local = start.astimezone()
        name = local.strftime("%m-%d" if days else "%H:%M")
        # A label that is printed at the end of an hour is rejected at the beginning of the next.
        yield Group(name, labels, min(labels, rejected[place]))


def _place(at: datetime, edges: Sequence[datetime]) -> int:
    """The stretch that a time is in."""
    return sum(each <= at for each in edges[1:-1])


def gaps_of(orders: Sequence[Worked], rejects: Sequence[Reject]) -> Chart:
    """Good labels between two rejects, over the orders as they came one after the other."""
    before, offsets = 0, {}
    for each in orders:
        offsets[each.id] = before - each.before
        before += sum(each.labels)
    places = sorted((offsets[each.order] + each.number, each.at) for each in rejects)
    counts = [max(0, later - first - 1) for (first, _), (later, _) in pairwise(places)]
    names = [at.astimezone().strftime("%m-%d %H:%M") for _, at in places[1:]]
    return gaps(counts[-MOST_GAPS:], names=names[-MOST_GAPS:])


def _causes(
    rejects: Sequence[Reject], printer_of: Mapping[str, str], printers: Sequence[str]
) -> Iterator[Cause]:
    """The most frequent first (Pareto)."""
    counts: Counter[str] = Counter()
    at: Counter[tuple[str, str]] = Counter()
    for each in rejects:
        counts.update(each.codes)
        at.update((code, printer_of[each.order]) for code in each.codes)
    total, together = counts.total(), 0
    for code, count in counts.most_common():
        together += count
        by_printer = tuple(at[code, printer] for printer in printers)
        yield Cause(code, count, count / total, together / total, by_printer)


def _is_of(order: Worked, product: str, printer: str) -> bool:
    return product in {"", order.product} and printer in {"", order.printer}


def _rows(records: Records, orders: Sequence[Worked]) -> Iterator[tuple[OrderRow, float | None]]:
    """The newest orders, each with the share of all its labels that was good at once."""
    for each in reversed(orders[-MOST_ORDERS:]):
        row = records.order(each.id)
        if row:
            balance = row.balance
            yield row, first_pass(balance.issued, records.found_on(each.id))


def lasting(length: timedelta) -> str:
    """Hours, minutes and seconds.

    >>> lasting(timedelta(hours=30, seconds=7))
    '30:00:07'
    """
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
