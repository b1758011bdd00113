"""Whether a share moves: Shewhart charts of rejects.

A p-chart draws the share of rejects of each order between limits of three standard deviations. It
is of use only where an order may be expected to have five rejects at least; below that chance alone
leaves its limits, and the g-chart counts the labels between one reject and the next instead
(Benneyan, Health Care Management Science 4 (2001) 305-318):

>>> found = chart([(6, 200), (5, 180), (24, 190)])
>>> found.kind, [each.out for each in found.points]
('p', [False, False, True])
>>> chart([(0, 200), (1, 180)]).kind
'g'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Literal

LEAST_EXPECTED = 5
"""Rejects of an order that a p-chart needs on average."""

DEVIATIONS = 3

RARE = 0.00135
"""The chance of leaving a limit of three deviations on one side."""


@dataclass(frozen=True, slots=True)
class Point:
    """One order."""

    rejected: int
    judged: int
    upper: float | None
    """The share above which it is out; None where a share says nothing."""

    out: bool


@dataclass(frozen=True, slots=True)
class Chart:
    kind: Literal["p", "g", "none"]
    """"none" where nothing was rejected, or nothing judged."""

    mean: float
    """Of all shares; the share of rejects."""

    points: tuple[Point, ...]


def chart(orders: Iterable[tuple[int, int]]) -> Chart:
    """Of (rejected, judged) of each order, in their order."""
    found = tuple(orders)
    rejected, judged = (sum(each[place] for each in found) for place in (0, 1))
    mean = rejected / judged if judged else 0.0
    if not rejected:
        return Chart("none", mean, tuple(Point(n, of, None, out=False) for n, of in found))
    enough = all(of * mean >= LEAST_EXPECTED for _, of in found if of)
    if not enough:
        return Chart("g", mean, tuple(Point(n, of, None, out=False) for n, of in found))
    return Chart("p", mean, tuple(_point(n, of, mean) for n, of in found))


def _point(rejected: int, judged: int, mean: float) -> Point:
    if not judged:
        return Point(rejected, judged, None, out=False)
    upper = min(1.0, mean + DEVIATIONS * sqrt(mean * (1 - mean) / judged))
    return Point(rejected, judged, upper, out=rejected / judged > upper)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Good labels between one reject and the next."""

    count: int
    shortest: int | None
    mean: float | None
    rare: int
    """Gaps so short that chance gives one in 740 of them: rejects that come together."""


def gaps(rejects: Sequence[int]) -> Gaps:
    """Of the places of rejects among all labels, ascending.

    >>> gaps([1000, 3000, 3001, 9000])
    Gaps(count=3, shortest=0, mean=2665.6666666666665, rare=1)
    """
    found = [after - before - 1 for before, after in pairwise(rejects)]
    if not found:
        return Gaps(0, None, None, 0)
    mean = sum(found) / len(found)
    share = 1 / (mean + 1)
    rare = sum(1 - (1 - share) ** (each + 1) < RARE for each in found)
    return Gaps(len(found), min(found), mean, rare)
