"""One index of one symbol over the last labels, as lines of an SVG: pure geometry.

>>> usual = Baseline(symbol="]d2", index="contrast_index", mean=880, deviation=5, alarm=80)
>>> drawn = chart(usual, [(1, 880, True), (2, 870, False)])
>>> drawn.trend.state, [each.kind for each in drawn.rules]
(<State.IN_CONTROL: 'in control'>, ['mean', 'drift', 'alarm'])
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from station.core.quality import BANDS, LINEAR_MODULATION, band
from station.core.trend import Baseline, Trend

WIDTH, HEIGHT = 600, 150
"""Of the plot, in units of the picture."""

MARGIN = 12
"""Above and below what is drawn."""

LEAST_SPAN = 40
"""Thousandths from the bottom to the top: noise is not blown up to a mountain range."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A level line across the plot."""

    kind: str
    """mean, drift, alarm or band."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    trend: Trend
    last: int
    """The newest label's value."""

    band: str
    """Of the method, that it lies in; empty where the method has none."""

    accepted: str
    rejected: str
    """Paths of dots, one a label."""

    level: str
    """Points of the weighted mean."""

    rules: tuple[Rule, ...]
    first_number: int
    last_number: int


def chart(baseline: Baseline, labels: Sequence[tuple[int, int, bool]]) -> Chart:
    """`labels` are number, value and whether it was accepted, oldest first; at least one."""
    values = [value for _, value, _ in labels]
    _, *trends = accumulate(values, Trend.after, initial=Trend(baseline))
    scale = _Scale.over(baseline, values, len(labels))
    dots = [(scale.x(place), scale.y(value)) for place, value in enumerate(values)]
    good = [accepted for *_, accepted in labels]
    return Chart(
        trend=trends[-1],
        last=values[-1],
        band=band(baseline.index, values[-1], linear=_is_linear(baseline)),
        accepted=_path(each for each, yes in zip(dots, good, strict=True) if yes),
        rejected=_path(each for each, yes in zip(dots, good, strict=True) if not yes),
        level=" ".join(_point(scale, place, each.level) for place, each in enumerate(trends)),
        rules=(*_limits(baseline, scale), *_bands(baseline, scale)),
        first_number=labels[0][0],
        last_number=labels[-1][0],
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    count: int

    @classmethod
    def over(cls, baseline: Baseline, values: Sequence[int], count: int) -> "_Scale":
        """So that every label and the limit of the alarm are seen."""
        shown = [*values, *(value for kind, value in _levels(baseline) if kind != "band")]
        middle, span = (min(shown) + max(shown)) / 2, max(LEAST_SPAN, max(shown) - min(shown))
        return cls(middle - span / 2, middle + span / 2, count)

    def x(self, place: int) -> float:
        return (place + 0.5) * WIDTH / self.count

    def y(self, value: float) -> float:
        return MARGIN + (HEIGHT - 2 * MARGIN) * (self.high - value) / (self.high - self.low)


def _point(scale: _Scale, place: int, value: float) -> str:
    return f"{scale.x(place):.1f},{scale.y(value):.1f}"


def _levels(baseline: Baseline) -> list[tuple[str, int]]:
    sides = (baseline.worse,) if baseline.worse else (-1, 1)
    return [
        ("mean", baseline.mean),
        *(("drift", baseline.mean + side * baseline.drift) for side in sides),
        *(("alarm", baseline.mean + side * baseline.alarm) for side in sides),
    ]


def _limits(baseline: Baseline, scale: _Scale) -> list[Rule]:
    return [Rule(kind, scale.y(value), str(value)) for kind, value in _levels(baseline)]


def _bands(baseline: Baseline, scale: _Scale) -> list[Rule]:
    """Those of the method that end within the plot, each by its letter."""
    ends = BANDS.get(baseline.index, ())
    if _is_linear(baseline) and baseline.index == "modulation_index":
        ends = LINEAR_MODULATION
    return [
        Rule("band", scale.y(end), letter)
        for letter, end in zip("ABCD", ends, strict=False)
        if scale.low < end < scale.high
    ]


def _is_linear(baseline: Baseline) -> bool:
    return baseline.symbol.startswith("]C")


def _path(dots: Iterable[tuple[float, float]]) -> str:
    """A dot is a line of no length with round ends."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in dots)
