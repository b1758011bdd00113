"""How a line has worked: its stops by cause, and how much of its work was good at once.

>>> from datetime import datetime
>>> eight, nine, ten = (datetime(2026, 3, 1, hour) for hour in (8, 9, 10))
>>> changes = (Change(eight, "fault"), Change(nine, "operator"), Change(ten))
>>> [(each.cause, str(each.whole)) for each in totals(stops(changes, since=eight, until=ten))]
[('fault', '1:00:00'), ('operator', '1:00:00')]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Change:
    """An order stopped, or went on."""

    at: datetime
    cause: str = ""
    """Why it stopped; empty: it goes on, or is at its end."""


@dataclass(frozen=True, slots=True)
class Stop:
    cause: str
    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Total:
    """All stops of one cause."""

    cause: str
    count: int
    whole: timedelta
    longest: timedelta


def stops(changes: Iterable[Change], *, since: datetime, until: datetime) -> Iterator[Stop]:
    """Stretches of an order's standing still, as far as they lie within a time.

    An order on hold that is held again goes on standing for the later cause. What has not ended
    lasts until `until`. A clock that was set back makes no stop shorter than nothing.
    """
    standing: Change | None = None
    for each in (*changes, Change(until)):
        if standing:
            begun, ended = max(standing.at, since), min(each.at, until)
            if begun < ended:
                yield Stop(standing.cause, begun, ended)
        standing = each if each.cause else None


def totals(every: Iterable[Stop]) -> tuple[Total, ...]:
    """By cause, the longest in all first."""
    found: dict[str, list[timedelta]] = {}
    for each in every:
        found.setdefault(each.cause, []).append(each.length)
    made = (
        Total(cause, len(lengths), sum(lengths, timedelta()), max(lengths))
        for cause, lengths in found.items()
    )
    return tuple(sorted(made, key=lambda each: (-each.whole, each.cause)))


def first_pass(labels: int, rejected: int) -> float | None:
    """The share of labels that were good at the first look; None where there were none.

    >>> first_pass(200, 3), first_pass(0, 0)
    (0.985, None)
    """
    return max(0, labels - rejected) / labels if labels else None
