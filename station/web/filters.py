"""Which nonconformances somebody wants to see: an address in, a query out.

>>> Filter.of({"reason": "DATA", "page": "2"}).address()
'reason=DATA&page=2'
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from station.core.problem import Problem, Refused, problem
from station.records.query import Nonconformance, Records

PAGE = 50
"""Rows."""

MOST = 10_000
"""Rows looked at for one answer; a longer table is for the command line."""


@dataclass(frozen=True, slots=True)
class Filter:
    order: str = ""
    product: str = ""
    reason: str = ""
    """A code or the beginning of one: "DATA", "DATA.serial"."""

    since: date | None = None
    until: date | None = None
    """The last day that is shown, in the station's own time zone."""

    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Filter":
        """From the parameters of an address; unknown ones are ignored. Raises Refused."""
        problems: list[Problem] = []
        since, until = (_day(given, name, problems) for name in ("since", "until"))
        page = given.get("page", "1")
        if not (
            page.isascii() and page.isdigit() and len(page) <= 6 and 1 <= int(page) <= MOST // PAGE
        ):
            problems.append(
                problem(
                    "Expected a page from 1 to {most}, got {got!r}.",
                    where="page",
                    most=MOST // PAGE,
                    got=page[:20],
                )
            )
        if problems:
            raise Refused(*problems)
        texts = {each: given.get(each, "").strip() for each in ("order", "product", "reason")}
        return cls(**texts, since=since, until=until, page=int(page))

    def address(self, *, page: int | None = None) -> str:
        """The same filter as parameters of an address, at another page if one is given."""
        wanted = replace(self, page=page or self.page)
        return urlencode([each for each in _given(wanted) if each[1]])

    def rows(self, records: Records) -> tuple[tuple[Nonconformance, ...], bool]:
        """One page, newest first, and whether there are more."""
        first = (self.page - 1) * PAGE
        found = self.every(records, most=first + PAGE + 1)
        return found[first : first + PAGE], len(found) > first + PAGE

    def every(self, records: Records, *, most: int = MOST) -> tuple[Nonconformance, ...]:
        """At most so many, newest first."""
        found = records.nonconformances(
            order=self.order,
            product=self.product,
            reason=self.reason,
            since=_midnight(self.since) if self.since else None,
            limit=MOST if self.until else most,
        )
        if self.until is None:
            return found
        end = _midnight(self.until + timedelta(days=1))
        return tuple(each for each in found if each.at < end)[:most]


def _given(wanted: Filter) -> Iterator[tuple[str, str]]:
    yield "order", wanted.order
    yield "product", wanted.product
    yield "reason", wanted.reason
    yield "since", str(wanted.since or "")
    yield "until", str(wanted.until or "")
    yield "page", str(wanted.page) if wanted.page > 1 else ""


def _midnight(day: date) -> datetime:
    """When a day begins at the station, in UTC, as the journal writes it."""
    return datetime.combine(day, time.min).astimezone(UTC)


def _day(given: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 9000:
        problems.append(
            problem(
                "Expected a date as YYYY-MM-DD that exists, got {got!r}.", where=name, got=text[:40]
            )
        )
    return day
