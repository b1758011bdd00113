"""HIBC secondary data: which pieces of a product these are, and until when they may be used.

>>> str(Secondary.of(lot="10X3", serial="77", expiry=date(2029, 1, 31)))
'$$329013110X3/S77'
>>> print(*Secondary.parse("$$8243280112R00089525").facts(), sep="; ")
('quantity', '24'); ('expiry', '280112'); ('lot', 'R00089525')
>>> Secondary.parse("$$3220229A")
Traceback (most recent call last):
station.core.problem.Refused: expiry: Impossible date '220229': expected DD from 1 to 28, got 29.

First a reference: "$" a lot, "$+" a serial; "$$" a lot, "$$+" a serial, behind a date; five digits
without one are the date YYJJJ and a lot, the oldest form. Then, behind "$$" only, a quantity of two
digits after "8" or of five after "9". Then a flag and the date: none MMYY, 2 MMDDYY, 3 YYMMDD,
4 YYMMDDHH, 5 YYJJJ, 6 YYJJJHH; 7 says that there is none. Supplements follow, each behind a slash:
S serial, 14D expiry and 16D manufacture as YYYYMMDD, Q quantity.

Source: ANSI/HIBC 2.6, 2.2 (secondary data) and 2.3 (supplemental data). General knowledge, not read
in the text: that a quantity after Q has at most five digits, and that YY is 20YY.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from station.core.gtin import DIGITS
from station.core.problem import Problem, Refused, problem, refuse
from station.core.written_date import date_problems

DATE_FORMS = {
    "": "MMYY",
    "2": "MMDDYY",
    "3": "YYMMDD",
    "4": "YYMMDDHH",
    "5": "YYJJJ",
    "6": "YYJJJHH",
    "7": "",
}
"""How the date is written, by the flag before it; MMYY begins with the digit of its own flag."""

_REFERENCE = re.compile(r"(\$\$\+|\$\$|\$\+|\$|)(.*)", re.DOTALL)
_QUANTITIES = {"8": 2, "9": 5}
_SUPPLEMENT = re.compile("(S|14D|16D|Q)(.*)", re.DOTALL)
_FACTS = {"S": "serial", "14D": "expiry", "16D": "manufactured", "Q": "quantity"}

Fact = tuple[str, str]
"""What is said, and the characters that say it."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """One fact of 2.3, behind the secondary data proper."""

    identifier: str
    """S, 14D, 16D or Q."""

    value: str

    def __post_init__(self) -> None:
        refuse(each.within(f"/{self.identifier}") for each in self._problems())

    @classmethod
    def parse(cls, text: str) -> "Supplement":
        """What stands between two slashes. Raises Refused."""
        found = _SUPPLEMENT.fullmatch(text)
        return cls(found[1], found[2]) if found else cls(text[:24], "")

    @property
    def fact(self) -> Fact:
        return _FACTS[self.identifier], self.value

    def __str__(self) -> str:
        return f"{self.identifier}{self.value}"

    def _problems(self) -> Iterator[Problem]:
        match self.identifier:
            case "S":
                yield from alphanumeric_problems(self.value, least=1, most=18)
            case "14D" | "16D":
                yield from date_problems("YYYYMMDD", self.value)
            case "Q":
                yield from _count_problems(self.value)
            case _:
                yield problem("Unknown supplement: expected one that begins with S, 14D, 16D or Q.")


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Secondary data without supplements, told apart."""

    reference: str
    quantity: str
    flag: str
    expires: str
    number: str

    def __str__(self) -> str:
        size = {2: "8", 5: "9"}.get(len(self.quantity), "")
        return f"{self.reference}{size}{self.quantity}{self.flag}{self.expires}{self.number}"

    @property
    def date_form(self) -> str:
        """How the date has to be written; empty where none has to be there."""
        if self.reference in ("$", "$+"):
            return ""
        if self.quantity and not (self.flag or self.expires or self.number):
            return ""
        return DATE_FORMS[self.flag] if self.reference else "YYJJJ"

    @property
    def longest(self) -> int:
        """Characters of a lot or serial."""
        return 18 if self.reference else 13


@dataclass(frozen=True, slots=True)
class Secondary:
    """Secondary data with their supplements. What exists is valid and is written as it was read."""

    text: str
    """The data proper, such as "$$329013110X3"."""

    supplements: tuple[Supplement, ...] = ()

    def __post_init__(self) -> None:
        refuse(self._problems())

    @classmethod
    def parse(cls, text: str) -> "Secondary":
        """Data and supplements, without flag, link and check character. Raises Refused."""
        first, *added = text.split("/")
        supplements: list[Supplement] = []
        problems: list[Problem] = []
        for each in added:
            try:
                supplements.append(Supplement.parse(each))
            except Refused as refused:
                problems += refused.problems
        try:
            found = cls(first, tuple(supplements))
        except Refused as refused:
            raise Refused(*refused.problems, *problems) from None
        refuse(problems)
        return found

    @classmethod
    def of(
        cls,
        *,
        lot: str = "",
        serial: str = "",
        expiry: date | None = None,
        made: date | None = None,
        quantity: int | None = None,
    ) -> "Secondary":
        """The plainest form that says this: expiry as YYMMDD, the rest as supplements."""
        refuse(_century_problems(expiry))
        reference = ("$$" if expiry else "$") + ("+" if serial and not lot else "")
        dated = f"3{expiry:%y%m%d}" if expiry else ""
        added = [Supplement("16D", made.isoformat().replace("-", ""))] if made else []
        added += [Supplement("S", serial)] if lot and serial else []
        added += [Supplement("Q", str(quantity))] if quantity is not None else []
        return cls(f"{reference}{dated}{lot or serial}", tuple(added))

    def facts(self) -> tuple[Fact, ...]:
        """What they say, in the order encoded; dates as written."""
        pieces = _read(self.text)
        own = (
            ("quantity", pieces.quantity),
            ("expiry", pieces.expires),
            ("serial" if pieces.reference.endswith("+") else "lot", pieces.number),
        )
        return (*(each for each in own if each[1]), *(each.fact for each in self.supplements))

    def __str__(self) -> str:
        return "/".join([self.text, *(str(each) for each in self.supplements)])

    def _problems(self) -> Iterator[Problem]:
        try:
            pieces = _read(self.text)
        except Refused as refused:
            yield from refused.problems
            return
        if pieces.date_form or pieces.expires:
            found = date_problems(pieces.date_form, pieces.expires)
            yield from (each.within("expiry") for each in found)
        name = "serial" if pieces.reference.endswith("+") else "lot"
        found = alphanumeric_problems(pieces.number, least=0, most=pieces.longest)
        yield from (each.within(name) for each in found)
        yield from self._said_problems()

    def _said_problems(self) -> Iterator[Problem]:
        """Something is said, and nothing in two places: those could contradict each other."""
        said = Counter(name for name, _ in self.facts())
        if not said:
            yield problem("The secondary data say nothing: expected a lot, serial, date or count.")
        for name, times in said.items():
            if times > 1:
                yield problem(
                    "The {name} is given {times} times: expected once.", name=name, times=times
                )


def _count_problems(text: str) -> Iterator[Problem]:
    if not re.fullmatch("[0-9]{1,5}", text):
        yield problem("Expected a quantity of 1 to 5 digits, got {got!r}.", got=text[:24])


def alphanumeric_problems(text: str, *, least: int, most: int) -> Iterator[Problem]:
    """What keeps the text from being so many capital letters and digits."""
    if not least <= len(text) <= most:
        yield problem(
            "Expected {least} to {most} characters, got {got}.",
            least=least,
            most=most,
            got=len(text),
        )
    foreign = re.search("[^0-9A-Z]", text)
    if foreign:
        yield problem(
            "Expected capital letters and digits, got {got!a} at character {place}.",
            got=foreign[0],
            place=foreign.start() + 1,
        )


def _read(text: str) -> _Pieces:
    """The pieces, told apart by what comes before them. Raises Refused if that is wrong."""
    found = _REFERENCE.fullmatch(text)
    assert found is not None, "the reference may be empty"
    reference, rest = found.groups()
    if not reference:
        return _Pieces("", "", "", rest[:5], rest[5:])
    if reference in ("$", "$+"):
        return _Pieces(reference, "", "", "", rest)
    quantity, rest = _quantity(rest) if reference == "$$" else ("", rest)
    if quantity and not rest:
        return _Pieces(reference, quantity, "", "", "")
    flag, rest = _flag(rest, reference)
    length = len(DATE_FORMS[flag])
    return _Pieces(reference, quantity, flag, rest[:length], rest[length:])


def _quantity(text: str) -> tuple[str, str]:
    """A quantity, if the text begins with one, and what follows."""
    size = _QUANTITIES.get(text[:1], 0)
    digits = text[1 : size + 1] if size else ""
    if len(digits) != size or not DIGITS.issuperset(digits):
        raise Refused(
            problem(
                "Expected {size} digits of quantity after '$${sign}', got {got!r}.",
                size=size,
                sign=text[:1],
                got=digits,
            )
        )
    return digits, text[size + 1 :] if size else text


def _flag(text: str, reference: str) -> tuple[str, str]:
    """How the date is written, and the text from the date on."""
    if text[:1] in ("0", "1"):
        return "", text
    if text[:1] in DATE_FORMS and text:
        return text[0], text[1:]
    raise Refused(
        problem(
            "Expected a date flag from 0 to 7 after {reference!r}, got {got!r}; a quantity goes"
            " with a lot, once.",
            reference=reference,
            got=text[:1],
        )
    )


def _century_problems(expiry: date | None) -> Iterator[Problem]:
    if expiry and expiry.year // 100 != 20:
        yield problem(
            "A year from 2000 to 2099 can be written as YY, got {got}.",
            where="expiry",
            got=expiry.year,
        )
