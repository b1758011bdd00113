"""The process-verification report: what studies prove, and what the line has shown since.

This is the schema, version 1, of `labelstation report verification --json`. Rates are in
millionths, so that the document holds whole numbers. Studies stand beside each other as they were
signed; simulated and physical evidence are never added up, and neither is with the journal.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from station.core.charts import Chart, Point, chart, gaps
from station.core.problem import Refused, problem
from station.core.shape import Shape
from station.core.statistics import Plan, plan, sample_size
from station.core.trend import State
from station.records.process import OrderFigures, Process
from station.study.report import Bound, StudyReport, bound

PLANS = ("95/95", "95/99", "99/99", "95/99.9", "99/99.9")

LARGEST = 64_000_000
"""Bytes of the document of a study."""


class SampleSize(Shape):
    plan: str
    labels: int
    """Without a miss."""


class StudyPart(Shape):
    file: str
    sha256: str
    report: StudyReport


class OrderLine(Shape):
    order: str
    product: str
    started_at: str
    judged: int
    rejected: int
    doubted: int
    reprinted: int
    upper: int | None
    """The share above which the chart calls it out."""

    out: bool


class CodeLine(Shape):
    code: str
    labels: Bound


class FamilyCaught(Shape):
    """Specimens that the line itself was challenged with."""

    name: str
    missed: Bound


class TrendLine(Shape):
    """An index of print quality that did not stay where it was."""

    order: str
    symbol: str
    index: str
    worst: Annotated[State, Field(strict=False)]
    last: Annotated[State, Field(strict=False)]


class GapLine(Shape):
    count: int
    shortest: int | None
    mean: int | None
    """Thousandths of a label."""

    rare: int


class LinePart(Shape):
    """What the journal says."""

    seq: int
    hash: str
    at: str
    """The last event that was looked at."""

    orders: tuple[OrderLine, ...]
    rejected: Bound
    doubted: Bound
    reprinted: Bound
    codes: tuple[CodeLine, ...]
    chart: Literal["p", "g", "none"]
    mean: int
    gaps: GapLine
    challenges: tuple[FamilyCaught, ...]
    indices: int
    """Of all orders, that were followed."""

    trends: tuple[TrendLine, ...]


class VerificationReport(Shape):
    schema_version: Literal[1] = 1
    station: str
    plan: str
    sample_sizes: tuple[SampleSize, ...]
    studies: tuple[StudyPart, ...]
    line: LinePart


def verification(
    process: Process,
    studies: Iterable[Path],
    *,
    station: str,
    wanted: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> VerificationReport:
    """Of the orders that were started in between. Raises Refused."""
    asked = plan(wanted)
    return VerificationReport(
        station=station,
        plan=wanted,
        sample_sizes=tuple(
            SampleSize(plan=each, labels=sample_size(plan(each)))
            for each in dict.fromkeys((*PLANS, wanted))
        ),
        studies=tuple(map(_study, studies)),
        line=_line(process, process.orders(since=since, until=until), asked),
    )


def _study(path: Path) -> StudyPart:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
        report = StudyReport.model_validate_json(data)
    except OSError as error:
        why = error.strerror or "?"
        raise Refused(problem("Cannot read {path}: {why}.", path=str(path), why=why)) from None
    except ValidationError:
        raise Refused(
            problem("{path} is not the document of a study: study.json.", path=str(path))
        ) from None
    return StudyPart(file=path.name, sha256=hashlib.sha256(data).hexdigest(), report=report)


def _line(process: Process, orders: Sequence[OrderFigures], wanted: Plan) -> LinePart:
    last = process.last()
    judged = sum(each.judged for each in orders)
    drawn = chart((each.rejected, each.judged) for each in orders)
    codes = sum((process.codes(each.order) for each in orders), Counter[str]())
    trends = tuple(_trends(process, orders))
    moved = tuple(each for each in trends if each.worst != State.IN_CONTROL)
    return LinePart(
        seq=last.seq if last else 0,
        hash=last.hash if last else "",
        at=last.at.isoformat(timespec="milliseconds") if last else "",
        orders=tuple(map(_order, orders, drawn.points)),
        rejected=bound(sum(each.rejected for each in orders), judged, wanted),
        doubted=_share(sum(each.doubted for each in orders), judged, wanted),
        reprinted=_share(sum(each.reprinted for each in orders), judged, wanted),
        codes=tuple(_codes(codes, judged, wanted)),
        chart=drawn.kind,
        mean=_millionths(drawn),
        gaps=_gaps(process, orders),
        challenges=tuple(_caught(process, orders, wanted)),
        indices=len(trends),
        trends=moved,
    )


def _share(found: int, judged: int, wanted: Plan) -> Bound:
    """Labels in doubt are issued and perhaps never judged: more than all is all."""
    return bound(found, max(found, judged), wanted)


def _order(found: OrderFigures, point: Point) -> OrderLine:
    return OrderLine(
        order=found.order,
        product=found.product,
        started_at=found.at,
        judged=found.judged,
        rejected=found.rejected,
        doubted=found.doubted,
        reprinted=found.reprinted,
        upper=None if point.upper is None else round(point.upper * 1_000_000),
        out=point.out,
    )


def _codes(found: Counter[str], judged: int, wanted: Plan) -> Iterator[CodeLine]:
    for code, labels in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield CodeLine(code=code, labels=_share(labels, judged, wanted))


def _gaps(process: Process, orders: Sequence[OrderFigures]) -> GapLine:
    """Of all labels in the order they were made."""
    places: list[int] = []
    before = 0
    for each in orders:
        places += [before + number for number in process.rejects(each.order)]
        before += each.judged
    found = gaps(sorted(places))
    return GapLine(
        count=found.count,
        shortest=found.shortest,
        mean=None if found.mean is None else round(found.mean * 1000),
        rare=found.rare,
    )


def _caught(
    process: Process, orders: Sequence[OrderFigures], wanted: Plan
) -> Iterator[FamilyCaught]:
    specimens: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for each in orders:
        for family, caught in process.caught(each.order):
            specimens[family] += 1
            missed[family] += not caught
    for family, tried in sorted(specimens.items()):
        yield FamilyCaught(name=family, missed=bound(missed[family], tried, wanted))


def _trends(process: Process, orders: Sequence[OrderFigures]) -> Iterator[TrendLine]:
    for each in orders:
        for index in process.indices(each.order):
            if index.worst and index.last:
                yield TrendLine(
                    order=each.order,
                    symbol=index.symbol,
                    index=index.index,
                    worst=index.worst,
                    last=index.last,
                )


def _millionths(drawn: Chart) -> int:
    return round(drawn.mean * 1_000_000)
