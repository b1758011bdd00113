"""Which events of the audit trail somebody wants to see: an address in, a query out.

>>> Asked.of({"type": "OrderHeld", "since": "2026-03-01", "nonsense": "x"}).address()
'type=OrderHeld&since=2026-03-01'
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from station.core.problem import Problem, problem, refuse
from station.records.trail import Wanted
from station.web.filters import LONGEST, end_of, is_day, moment
from station.web.quality.words import TITLES

PAGE = 50
"""Events."""

LONGEST_SHOWN = 2 * LONGEST
"""Characters of a filter that is too long which are shown again."""

MOST = 10_000
"""Events of a table that is taken away."""


@dataclass(frozen=True, slots=True)
class Asked:
    """As it stands in an address."""

    order: str = ""
    person: str = ""
    type: str = ""
    since: str = ""
    until: str = ""
    """The last day or minute that is shown, in the station's own time zone."""

    before: str = ""
    """The event where the page before this one ended; empty for the first page."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """From the parameters of an address; unknown ones are ignored. Raises Refused."""
        found = cls.typed(given)
        refuse(found.problems())
        return found

    @classmethod
    def typed(cls, given: Mapping[str, str]) -> "Asked":
        """The same, whatever it is: for the form that it is shown in again."""
        return cls(
            order=_plain(given, "order"),
            person=_plain(given, "person"),
            type=_plain(given, "type"),
            since=_plain(given, "since"),
            until=_plain(given, "until"),
            before=_plain(given, "before"),
        )

    def problems(self) -> Iterator[Problem]:
        for name, value in self._given():
            if len(value) > LONGEST:
                yield problem("A filter is at most {most} characters.", where=name, most=LONGEST)
        for name, text in (("since", self.since), ("until", self.until)):
            if text and moment(text) is None:
                yield problem(
                    "Expected a date as YYYY-MM-DD that exists, or with a time as"
                    " YYYY-MM-DDTHH:MM, got {got!r}.",
                    where=name,
                    got=text[:40],
                )
        if self.type and self.type not in TITLES:
            yield problem("There is no kind of event {got!r}.", where="type", got=self.type[:40])
        if self.before and self.place is None:
            yield problem(
                "Expected the number of an event, got {got!r}.", where="before",
                got=self.before[:40],
            )  # fmt: skip

    @property
    def place(self) -> int | None:
        """The event before which the page begins; None where none is named."""
        digits = self.before.isascii() and self.before.isdigit() and len(self.before) < 19
        return int(self.before) if digits else None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order=self.order,
            person=self.person,
            type=self.type,
            since=moment(self.since),
            before=end_of(self.until),
        )

    def address(self, *, before: int | None = None) -> str:
        """The same as parameters of an address: its first page, or one from an event on."""
        given = [(name, value) for name, value in self._given() if value and name != "before"]
        return urlencode([*given, *([("before", str(before))] if before is not None else [])])

    def _given(self) -> Iterator[tuple[str, str]]:
        yield "order", self.order
        yield "person", self.person
        yield "type", self.type
        yield "since", self.since
        yield "until", self.until
        yield "before", self.before

    @property
    def since_field(self) -> str:
        """As a field of date and time takes it."""
        return f"{self.since}T00:00" if is_day(self.since) else self.since

    @property
    def until_field(self) -> str:
        return f"{self.until}T23:59" if is_day(self.until) else self.until


def _plain(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").strip()[:LONGEST_SHOWN]
