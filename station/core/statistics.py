"""What a count proves: exact intervals, sample sizes, agreement beyond chance.

A rate seen in a sample is not the rate. What may be said is between which rates the true one lies,
with what confidence, and after no failure at all only how high it may be at most:

>>> print(told(0, 2995))
0 of 2 995: at most 0.100 % (95 % one-sided)
>>> low, high = both_sides(1, 500)
>>> percent(low), percent(high)
('0.005 %', '1.109 %')

How many labels have to be tried before that is little enough is known beforehand:

>>> [sample_size(plan(each)) for each in ("95/95", "95/99", "99/99", "95/99.9", "99/99.9")]
[59, 299, 459, 2995, 4603]

Two who look at the same labels agree often by chance alone; kappa is what is left beyond it:

>>> found = cohen(20 * [("good", "good")] + 10 * [("bad", "good")] + 5 * [("good", "bad")]
...               + 15 * [("bad", "bad")])
>>> found.agreed, round(found.kappa or 0, 3)
(35, 0.4)

Sources: Clopper and Pearson, Biometrika 26 (1934) 404-413; Cohen, Educational and Psychological
Measurement 20 (1960) 37-46; Fleiss, Psychological Bulletin 76 (1971) 378-382; the intervals of
kappa by the jackknife: Efron and Stein, Annals of Statistics 9 (1981) 586-596. The incomplete beta
function by its continued fraction: DLMF 8.17.22.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, exp, expm1, lgamma, log, log1p, sqrt
from statistics import NormalDist

from station.core.problem import Refused, problem

CONFIDENCE = 0.95

# -- intervals -----------------------------------------------------------------------------------


def at_most(found: int, of: int, confidence: float = CONFIDENCE) -> float:
    """How high the true share may be: the one-sided upper limit, exact."""
    assert 0 <= found <= of, "so many of so many"
    assert of > 0, "of nothing, nothing can be said"
    assert 0 < confidence < 1, "a share"
    if found == of:
        return 1.0
    if found == 0:
        return -expm1(log1p(-confidence) / of)
    return _quantile(confidence, found + 1, of - found)


def at_least(found: int, of: int, confidence: float = CONFIDENCE) -> float:
    """How low it may be: the one-sided lower limit, exact."""
    return 1.0 - at_most(of - found, of, confidence)


def both_sides(found: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which shares it lies: half of the doubt on either side, exact."""
    sided = (1 + confidence) / 2
    return at_least(found, of, sided), at_most(found, of, sided)


def told(found: int, of: int, confidence: float = CONFIDENCE) -> str:
    """A count, and what it proves about the rate."""
    if of == 0:
        return "0 of 0: nothing was tried"
    limit = percent(at_most(found, of, confidence))
    sure = f"{100 * confidence:g} % one-sided"
    return f"{grouped(found)} of {grouped(of)}: at most {limit} ({sure})"


def percent(share: float) -> str:
    """To a thousandth of a per cent, where that says something.

    >>> percent(0.00997), percent(0.5), percent(0.0000023), percent(0)
    ('0.997 %', '50.0 %', '0.00023 %', '0 %')
    """
    value = 100 * share
    if value == 0:
        return "0 %"
    if value < 0.001:
        return f"{value:.2g} %"
    return f"{value:.3f} %" if value < 10 else f"{value:.1f} %"


def grouped(count: int) -> str:
    """Thousands apart by a space (ISO 80000-1, 7.3.1).

    >>> grouped(1234567)
    '1 234 567'
    """
    return f"{count:,}".replace(",", " ")


def _quantile(probability: float, a: float, b: float) -> float:
    """Where the beta distribution has this much on its left, by bisection to the last bit."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        if beta_below(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return high


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): of n trials with chance x, the chance of
    a or more successes is I_x(a, n - a + 1).

    >>> round(beta_below(0.5, 2, 2), 12), round(beta_below(0.5, 2, 3), 12)
    (0.5, 0.6875)
    """
    if x <= 0 or x >= 1:
        return float(x > 0)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other side converges
        return 1.0 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


_LEAST = 1e-300
_STEPS = 100_000
"""It needs about √max(a, b)."""


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, by Lentz's method."""
    c, d = 1.0, 1.0 / _apart(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _apart(1 + term * d)
            c = _apart(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _apart(value: float) -> float:
    """From nothing: it is divided by."""
    return value if abs(value) > _LEAST else _LEAST


# -- sample sizes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """To show with so much confidence that at least so many of the bad labels are found."""

    confidence: float
    """Per cent."""

    reliability: float
    """Per cent."""

    failures: int = 0
    """So many may be missed all the same: more labels have to be tried for it."""

    def __str__(self) -> str:
        return f"{self.confidence:g}/{self.reliability:g}"

    def shown(self, missed: int, of: int) -> bool:
        """Whether a count shows it."""
        if of <= missed:
            return False
        return at_most(missed, of, self.confidence / 100) <= (1 - self.reliability / 100) * (
            1 + 1e-9
        )


def plan(text: str, *, failures: int = 0) -> Plan:
    """As people write it, such as "95/99.9". Raises Refused."""
    one, _, other = text.partition("/")
    try:
        found = Plan(float(one), float(other), failures)
    except ValueError:
        found = Plan(0, 0)
    if not (50 <= found.confidence <= 99.999 and 50 <= found.reliability <= 99.999):
        raise Refused(
            problem(
                "Expected confidence and reliability in per cent, from 50 to 99.999, such as"
                " 95/99.9; got {got!r}.",
                where="plan",
                got=text[:40],
            )
        )
    return found


def sample_size(wanted: Plan) -> int:
    """The fewest labels that show it.

    >>> [sample_size(plan("95/99", failures=each)) for each in (0, 1, 2)]
    [299, 473, 628]
    """
    high = ceil(log1p(-wanted.confidence / 100) / log(wanted.reliability / 100)) + 1
    while not wanted.shown(wanted.failures, high):
        high *= 2
    low = wanted.failures
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wanted.shown(wanted.failures, middle) else (middle, high)
    return high


# -- agreement -----------------------------------------------------------------------------------

Ratings = tuple[str, ...]
"""What each rater said of one and the same label."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree beyond chance: 1 always, 0 as often as dice would."""

    kappa: float | None
    """None where all ratings are the same: then nothing can be told from chance."""

    low: float | None
    """Of the 95 % interval; None where there are too few labels. After no disagreement at all it is
    1 as well: how rare one may be then says the count (`at_most`)."""

    high: float | None
    labels: int
    agreed: int
    """Labels of which all said the same."""


def cohen(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Of two raters, each with his own habits."""
    return _agreement(Counter(pairs), _cohen)


def fleiss(ratings: Iterable[Sequence[str]]) -> Agreement:
    """Of any number of raters who are taken for interchangeable; as many for every label."""
    # Who said it does not matter, so fewer kinds of answers are left.
    return _agreement(Counter(tuple(sorted(each)) for each in ratings), _fleiss)


def _agreement(
    counts: Counter[Ratings] | Counter[tuple[str, str]],
    kappa: Callable[[Counter[Ratings]], float | None],
) -> Agreement:
    given: Counter[Ratings] = Counter(dict(counts))
    assert len({len(each) for each in given}) <= 1, "everybody rates every label"
    labels = given.total()
    value = kappa(given)
    agreed = sum(count for each, count in given.items() if len(set(each)) == 1)
    error = None if value is None else _error(given, kappa, value)
    if value is None or error is None:
        return Agreement(value, None, None, labels, agreed)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return Agreement(value, max(-1.0, value - reach), min(1.0, value + reach), labels, agreed)


def _error(
    counts: Counter[Ratings], kappa: Callable[[Counter[Ratings]], float | None], value: float
) -> float | None:
    """The standard error, by leaving each label out in turn; alike ones are done at once."""
    labels, squares = counts.total(), 0.0
    for each, count in counts.items():
        without = kappa(counts - Counter({each: 1}))
        if without is None:
            return None
        squares += count * (without - value) ** 2
    return sqrt(squares * (labels - 1) / labels)


def _cohen(counts: Counter[Ratings]) -> float | None:
    labels = counts.total()
    sides: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for each, count in counts.items():
        for side, said in zip(sides, each, strict=True):
            side[said] += count
    agreed = sum(count for (one, other), count in counts.items() if one == other)
    chance = sum(sides[0][said] * sides[1][said] for said in sides[0])
    return _beyond(agreed * labels, chance, labels**2)


def _fleiss(counts: Counter[Ratings]) -> float | None:
    labels, raters = counts.total(), len(next(iter(counts), ()))
    said: Counter[str] = Counter()
    pairs = 0
    for each, count in counts.items():
        of_label = Counter(each)
        pairs += count * sum(times * (times - 1) for times in of_label.values())
        for answer, times in of_label.items():
            said[answer] += count * times
    chance = sum(times**2 for times in said.values())
    # pairs / (labels raters (raters - 1)) against chance / (labels raters)², without fractions
    return _beyond(
        pairs * labels * raters, chance * (raters - 1), labels**2 * raters**2 * (raters - 1)
    )


def _beyond(agreed: int, chance: int, of: int) -> float | None:
    """Whole numbers until the last step, so that always and never are exactly that."""
    return (agreed - chance) / (of - chance) if of > chance else None
