"""Which serials a work order uses: a list, a range, or a prefix with a counter.

A list or a range is closed: each serial is used once, and a rejected one is not replaced. A
counter is open: a rejected serial is burnt and the next one takes its place.

Leading zeros are part of a serial, so a counter keeps its width and never grows beyond it.

>>> Serials(first="CN010123", last="CN010125").planned(3)
('CN010123', 'CN010124', 'CN010125')
>>> Serials(prefix="CN", start="010123").planned(2)
('CN010123', 'CN010124')
"""

from collections.abc import Iterator
from itertools import islice
from typing import Self

from pydantic import model_validator

from station.core.problem import Refused, problem
from station.core.shape import Code, Shape

MOST = 50_000
"""Labels of one order; more would keep the line waiting while the order is taken in."""


WIDEST = 20
"""Digits of a counter: no serial is longer."""


class Serials(Shape):
    list: tuple[Code, ...] | None = None
    first: Code | None = None
    last: Code | None = None
    prefix: Code | None = None
    start: Code | None = None

    @property
    def open(self) -> bool:
        """More serials follow after the planned ones."""
        return self.start is not None

    def every(self) -> Iterator[str]:
        """All serials in order; an open plan ends where its counter is full."""
        if self.list is not None:
            return iter(self.list)
        if self.start is not None:
            return _counted(self.prefix or "", self.start, "9" * len(self.start))
        prefix, low, high = self._range()
        return _counted(prefix, low, high)

    def reaches(self, serial: str) -> bool:
        """Whether an open counter can come to this serial."""
        if self.start is None:
            return False
        prefix, counter = self.prefix or "", serial[len(self.prefix or "") :]
        fits = len(counter) == len(self.start) and _digits(counter)
        return serial.startswith(prefix) and fits and counter >= self.start

    def planned(self, quantity: int) -> tuple[str, ...]:
        """The first so many. Raises Refused if the plan has another number of serials."""
        serials = tuple(islice(self.every(), quantity + (0 if self.open else 1)))
        if len(serials) != quantity:
            raise Refused(
                problem(
                    "The plan gives {got} serials, expected {expected}, one for each label.",
                    got=f"more than {quantity}" if len(serials) > quantity else len(serials),
                    expected=quantity,
                )
            )
        return serials

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = {
            "list": self.list is not None,
            "first and last": self.first is not None and self.last is not None,
            "prefix and start": self.start is not None,
        }
        given = self.model_fields_set
        if sum(ways.values()) != 1 or given in ({"first", "list"}, {"prefix", "list"}):
            raise Refused(
                problem(
                    "Give serials in exactly one way: {ways}; got {got}.",
                    ways=" | ".join(ways),
                    got=", ".join(sorted(given)) or "nothing",
                )
            )
        if self.list is not None:
            _check_list(self.list)
        elif self.start is not None:
            _check_digits(self.start)
        else:
            self._range()
        return self

    def _range(self) -> tuple[str, str, str]:
        first, last = self.first or "", self.last or ""
        prefix = first.rstrip("0123456789")
        low, high = first[len(prefix) :], last[len(prefix) :]
        fits = len(low) == len(high) <= WIDEST and _digits(low + high)
        if not last.startswith(prefix) or not fits:
            raise Refused(
                problem(
                    "A range needs one prefix and counters of one width: got {first} to {last}.",
                    first=first[:40],
                    last=last[:40],
                )
            )
        if low > high:
            raise Refused(
                problem("The range runs backwards: {first} to {last}.", first=first, last=last)
            )
        return prefix, low, high


def _counted(prefix: str, low: str, high: str) -> Iterator[str]:
    pattern = f"{prefix.replace('%', '%%')}%0{len(low)}d"
    return map(pattern.__mod__, range(int(low), int(high) + 1))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_digits(start: str) -> None:
    if not _digits(start) or len(start) > WIDEST:
        raise Refused(
            problem(
                "A counter starts with 1 to {most} digits, got {got!r}.",
                where="start",
                most=WIDEST,
                got=start[:40],
            )
        )


def _check_list(serials: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for place, serial in enumerate(serials):
        if serial in seen:
            raise Refused(
                problem("Serial {serial!r} is listed twice.", where=f"list.{place}", serial=serial)
            )
        seen.add(serial)
