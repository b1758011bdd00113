"""Which nonconformances somebody wants to see: an address in, a query out.

>>> Filter.of({"reason": "DATA.", "since": "2026-03-01"}).address()
'reason=DATA.&since=2026-03-01'
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from station.core.problem import Problem, problem, refuse
from station.records.log import Place, Wanted

PAGE = 50
"""Rows."""

MOST = 10_000
"""Rows of a table that is taken away; a longer one is for the command line."""

LONGEST = 200
"""Characters of a filter that mean anything."""

_PLACE = re.compile(r"(?P<at>[0-9T:.+-]{20,40})~(?P<id>[0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Filter:
    """As it stands in an address."""

    order: str = ""
    product: str = ""
    reason: str = ""
    """A code, or its group with the dot: "DATA.", "DATA.serial"."""

    printer: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    """The last day or minute that is shown, in the station's own time zone."""

    before: str = ""
    """Where the page before this one ended; empty for the first page."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Filter":
        """From the parameters of an address; unknown ones are ignored. Raises Refused."""
        found = cls(**{each.name: given.get(each.name, "").strip() for each in fields(cls)})
        refuse(found._problems())
        return found

    def _problems(self) -> Iterator[Problem]:
        for name in ("since", "until"):
            text = {"since": self.since, "until": self.until}[name]
            if text and moment(text) is None:
                yield problem(
                    "Expected a date as YYYY-MM-DD that exists, or with a time as"
                    " YYYY-MM-DDTHH:MM, got {got!r}.",
                    where=name,
                    got=text[:40],
                )
        if self.before and not _PLACE.fullmatch(self.before):
            yield problem(
                "Expected a page as the log names it, got {got!r}.",
                where="before",
                got=self.before[:40],
            )
        for each in fields(self):
            if len(str(self.value(each.name))) > LONGEST:
                yield problem("A filter is at most {most} characters.", where=each.name,
                              most=LONGEST)  # fmt: skip

    def value(self, name: str) -> str:
        """Of one of the fields above."""
        return dict(self._given())[name]

    def address(self, *, before: Place | None = None) -> str:
        """The same filter as parameters of an address: its first page, or one from a place on."""
        given = [(name, value) for name, value in self._given() if value and name != "before"]
        place = [("before", f"{before.at}~{before.id}")] if before else []
        return urlencode([*given, *place])

    def _given(self) -> Iterator[tuple[str, str]]:
        yield "order", self.order
        yield "product", self.product
        yield "reason", self.reason
        yield "printer", self.printer
        yield "person", self.person
        yield "since", self.since
        yield "until", self.until
        yield "before", self.before

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order=self.order,
            product=self.product,
            reason=self.reason,
            printer=self.printer,
            person=self.person,
            since=moment(self.since),
            before=end_of(self.until),
        )

    @property
    def after(self) -> Place | None:
        """Where this page begins."""
        found = _PLACE.fullmatch(self.before)
        return Place(found["at"], int(found["id"])) if found else None

    @property
    def since_field(self) -> str:
        """As a field of date and time takes it."""
        return self.since if not is_day(self.since) else f"{self.since}T00:00"

    @property
    def until_field(self) -> str:
        return self.until if not is_day(self.until) else f"{self.until}T23:59"


def is_day(text: str) -> bool:
    return len(text) == 10


def moment(text: str) -> datetime | None:
    """When a day or a minute begins at the station, in UTC; None for what is neither."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?", text):
        return None
    try:
        day = date.fromisoformat(text[:10])
        clock = time.fromisoformat(text[11:]) if text[11:] else time.min
    except ValueError:
        return None
    if not 1970 <= day.year <= 9000:
        return None
    return datetime.combine(day, clock).astimezone(UTC)


def end_of(text: str) -> datetime | None:
    """The first moment after a day or a minute."""
    begun = moment(text)
    if begun is None or not is_day(text):
        return begun + timedelta(minutes=1) if begun else None
    return moment(str(date.fromisoformat(text) + timedelta(days=1)))
