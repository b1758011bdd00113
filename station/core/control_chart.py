"""Whether the share of rejected labels moves more than chance alone moves it.

Where many labels are rejected, each hour has its share, and three standard deviations of a share
about the mean are its limits (p-chart):

>>> hours = [Group("8", 1000, 9), Group("9", 900, 11), Group("10", 1000, 40)]
>>> for each in shares(hours[:2] * 6 + hours[2:]).points[-2:]:
...     print(each.name, each.count, each.signal or "-")
9 11 -
10 40 above

Where few are, nothing can be seen in a share: most hours have none. The good labels between two
rejected ones are counted instead (g-chart). Few of them in a row is what is bad:

>>> chart = gaps([4000, 8000, 3000, 7000, 5000, 6000, 4500, 1], names="abcdefgh")
>>> chart.points[-1].signal, chart.points[0].signal
('below', '')

Which of them it is follows from the labels and rejects of a usual hour: `suits_shares`.

Sources: D. C. Montgomery, Introduction to Statistical Quality Control, 7th ed., 7.2 (p-chart,
limits for groups of different sizes) and 7.3.4 (events between); NIST/SEMATECH e-Handbook, 6.3.3.2;
J. C. Benneyan, Health Care Management Science 4 (2001) 305-318 (g-chart, with limits by
probability: three standard deviations below the mean are less than nothing).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log, log1p, sqrt
from statistics import fmean
from typing import Literal

LEAST = 5
"""Rejects to be expected in a group: with fewer, the limits of a share mean nothing."""

TAIL = 0.00135
"""As much as lies beyond three standard deviations on one side of a normal distribution."""

LEAST_GAPS = 5
"""Fewer say nothing about what is usual."""

Signal = Literal["", "above", "below"]


@dataclass(frozen=True, slots=True)
class Group:
    """Labels that are looked at together, such as those of an hour."""

    name: str
    labels: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    value: float
    count: int
    """Rejects of a group, or good labels between two rejects."""

    of: int
    """Labels of a group; 0 between two rejects."""

    low: float
    high: float
    """Limits; 0 and what is possible at most, where none can be said."""

    signal: Signal = ""


@dataclass(frozen=True, slots=True)
class Chart:
    kind: Literal["p", "g"]
    mean: float
    points: tuple[Point, ...]

    @property
    def signals(self) -> tuple[Point, ...]:
        """Those that chance alone hardly explains."""
        return tuple(each for each in self.points if each.signal)


def mean_share(groups: Iterable[Group]) -> float:
    """Rejected of all labels; 0 where there were none.

    >>> mean_share([Group("a", 100, 3), Group("b", 300, 5)])
    0.02
    """
    every = tuple(groups)
    labels = sum(each.labels for each in every)
    return sum(each.rejected for each in every) / labels if labels else 0.0


def suits_shares(groups: Sequence[Group]) -> bool:
    """Whether a usual group has rejects enough for a p-chart: n p̄ ≥ 5.

    >>> suits_shares([Group("a", 1000, 6), Group("b", 1000, 5)])
    True
    >>> suits_shares([Group("a", 1000, 4), Group("b", 1000, 5)])
    False
    """
    made = [each for each in groups if each.labels]
    return bool(made) and fmean(each.labels for each in made) * mean_share(made) >= LEAST


def shares(groups: Iterable[Group]) -> Chart:
    """A p-chart. A group too small for its own limits is drawn, and signals nothing."""
    made = [each for each in groups if each.labels]
    mean = mean_share(made)
    return Chart("p", mean, tuple(_share(each, mean) for each in made))


def _share(group: Group, mean: float) -> Point:
    value = group.rejected / group.labels
    if group.labels * mean < LEAST:
        return Point(group.name, value, group.rejected, group.labels, 0.0, 1.0)
    reach = 3 * sqrt(mean * (1 - mean) / group.labels)
    low, high = max(0.0, mean - reach), min(1.0, mean + reach)
    signal = _signal(value, low, high)
    return Point(group.name, value, group.rejected, group.labels, low, high, signal)


def gaps(counts: Sequence[int], *, names: Iterable[str]) -> Chart:
    """A g-chart of the good labels before each reject, oldest first; one name for each."""
    mean = fmean(counts) if counts else 0.0
    low, high = _limits(mean) if len(counts) >= LEAST_GAPS else (0.0, float("inf"))
    points = tuple(
        Point(name, float(count), count, 0, low, high, _signal(count, low, high))
        for name, count in zip(names, counts, strict=True)
    )
    return Chart("g", mean, points)


def _limits(mean: float) -> tuple[float, float]:
    """With the chance p = 1/(mean + 1) of a reject at each label, P(G ≤ k) = 1 - (1-p)^(k+1).

    Beyond either limit lies at most TAIL. Where even two rejects in a row are not as rare as that,
    nothing signals below.
    """
    if mean == 0:
        return 0.0, 0.0
    good = log(mean / (mean + 1))
    low = floor(log1p(-TAIL) / good)
    return float(max(0, low)), float(ceil(log(TAIL) / good) - 1)


def _signal(value: float, low: float, high: float) -> Signal:
    if value > high:
        return "above"
    return "below" if value < low else ""
