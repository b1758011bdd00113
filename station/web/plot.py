"""Columns and control charts as shapes of an SVG: pure geometry, whatever they stand for.

>>> drawn = columns([("8", 100, 4), ("9", 50, 0)])
>>> [(round(each.height), round(each.bad)) for each in drawn.bars], drawn.top
([(150, 6), (75, 0)], 100)
>>> sparse([1, 2, 3, 4, 5], most=2)
(1, 4)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import TypeVar

from station.core.control_chart import Chart, Point

T = TypeVar("T")

WIDTH, HEIGHT = 640, 150
"""Of the plot, in units of the picture."""

MOST_NAMED = 8
"""Names under a plot: more would lie over each other."""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    x: float
    width: float
    height: float
    bad: float
    """How much of the height is rejected, from its foot."""


@dataclass(frozen=True, slots=True)
class Columns:
    bars: tuple[Bar, ...]
    top: int
    """What the whole height stands for."""

    named: tuple[Bar, ...]
    """Those whose names have room under them."""


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    x: float


@dataclass(frozen=True, slots=True)
class Control:
    """A control chart."""

    dots: str
    signals: str
    """Paths of dots; the second ones are those that signal."""

    line: str
    """Points of the line through all of them."""

    mean: float
    low: str
    high: str
    """Steps of the limits, as points; empty where there are none."""

    top: float
    """What the whole height stands for."""

    named: tuple[Named, ...]


def columns(values: Sequence[tuple[str, int, int]]) -> Columns:
    """`values` are name, how many, and how many of them are bad."""
    top = max((count for _, count, _ in values), default=0) or 1
    step = WIDTH / max(1, len(values))
    bars = tuple(
        Bar(
            name=name,
            x=place * step + step * 0.1,
            width=step * 0.8,
            height=HEIGHT * count / top,
            bad=HEIGHT * min(bad, count) / top,
        )
        for place, (name, count, bad) in enumerate(values)
    )
    return Columns(bars, top, sparse(bars, most=MOST_NAMED))


def control(chart: Chart) -> Control:
    points = chart.points
    values = [each.value for each in points]
    limits = [each.high for each in points if _is_limit(chart, each)]
    top = 1.1 * max([*values, *limits, chart.mean, 1e-9])
    scale = _Scale(len(points), top)
    at = [(scale.x(place), scale.y(each.value)) for place, each in enumerate(points)]
    named = tuple(Named(each.name, scale.x(place)) for place, each in enumerate(points))
    return Control(
        dots=_path([each for each, point in zip(at, points, strict=True) if not point.signal]),
        signals=_path([each for each, point in zip(at, points, strict=True) if point.signal]),
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in at),
        mean=scale.y(chart.mean),
        low=_steps(scale, [each.low for each in points]) if any(p.low for p in points) else "",
        high=_steps(scale, [min(each.high, top) for each in points]) if limits else "",
        top=top,
        named=sparse(named, most=MOST_NAMED),
    )


def _is_limit(chart: Chart, point: Point) -> bool:
    """A share has no limit at all where its group is too small for one."""
    return not isinf(point.high) and not (chart.kind == "p" and point.high >= 1.0)


@dataclass(frozen=True, slots=True)
class _Scale:
    count: int
    top: float

    def x(self, place: int) -> float:
        return (place + 0.5) * WIDTH / max(1, self.count)

    def y(self, value: float) -> float:
        return HEIGHT * (1 - value / self.top)


def _steps(scale: _Scale, values: Sequence[float]) -> str:
    """A level for each point, with an edge between two."""
    half = WIDTH / max(1, scale.count) / 2
    return " ".join(
        f"{scale.x(place) + side:.1f},{scale.y(value):.1f}"
        for place, value in enumerate(values)
        for side in (-half, half)
    )


def _path(dots: Sequence[tuple[float, float]]) -> str:
    """A dot is a line of no length with round ends."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in dots)


def sparse(every: Sequence[T], *, most: int) -> tuple[T, ...]:
    """At most so many, evenly spread, the first among them."""
    step = -(-len(every) // most) if every else 1
    return tuple(every[::step])
