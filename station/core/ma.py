"""MA: the codes of IDcode, which ZIIOT issues; in China one of three issuing systems of a UDI.

Parts stand between dots. Five of them are the device identifier: the issuer MA, country, industry,
registrant, product. Units of the production identifier follow, each a letter and a value.

>>> found = Ma.parse(b"MA.156.M0.100204.13351764.SX00008.M220117.L20220117.E240116.C3")
>>> found.di
'MA.156.M0.100204.13351764'
>>> print(*found.facts()[4:], sep="; ")
('serial', 'X00008'); ('manufactured', '220117'); ('lot', '20220117'); ('expiry', '240116'); \
('check character', '3')
>>> Ma.parse(b"MA.156.M0.100204.13351764.E220229")
Traceback (most recent call last):
station.core.problem.Refused: .E: Impossible date '220229': expected DD from 1 to 28, got 29.

Certain, because the issuer publishes it: the five parts and their order; 3 digits of country, 156
for China; M0 for medical devices; 6 characters of registrant; the product begins with a digit of
packaging level and ends in a check character; units L lot, S serial, D sterilisation lot, and, as
YYMMDD or YYYYMMDD, M manufacture, V the last day of validity, E the day of expiry; the device
identifier comes first. Only that is refused when it is wrong.

General knowledge, from software others published, so a doubt and never a problem: a product of 8
characters (there are codes with 12); P for M; C, a check character over all units before it; and
how check characters are computed. Two programs contradict each other where the digit 9 occurs, so
there nothing is said. New codes are fetched from the issuer, check characters included, so nothing
here makes any up.

Carriers are QR Code and Data Matrix, without FNC1. The same code also comes behind a web address or
as XML: those are other data, and are not read here.

Source: ISO/IEC 15459-2 (issuing agency MA); ZIIOT, coding manual of MA (IDcode) for UDI, as quoted
by NMPA training material.
"""

import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from station.core.gs1 import LONGEST
from station.core.hibcc_secondary import Fact
from station.core.problem import Problem, Refused, problem, refuse
from station.core.written_date import date_problems

_VALUES = {
    **{each: value for value, each in enumerate(string.digits + string.ascii_uppercase)},
    **{each: value for value, each in enumerate("abcdefg", 36)},
    **{each: value for value, each in enumerate("hijklmnopqrstuvwxyz", 45)},
    **{each: value for value, each in enumerate("-.@$,*+%/#!^~", 64)},
}
"""What each character is worth in a check character; 43 and 44 belong to none."""

_FACTS = {
    "L": "lot",
    "S": "serial",
    "M": "manufactured",
    "P": "manufactured",
    "V": "valid until",
    "E": "expiry",
    "D": "sterilisation lot",
    "C": "check character",
}
_DATES = "MPVE"
_PARTS = {
    "country": ("[0-9]{3}", "three digits"),
    "industry": ("M0", "M0, medical devices"),
    "registrant": ("[0-9A-Za-z]{6}", "six letters or digits"),
    "product": ("[0-9A-Za-z]{3,}", "at least three letters or digits"),
}
"""Of the device identifier, behind the issuer: what each has to be."""

_USUAL = 8
"""Characters of a product, as the manual has them."""


def check_character(text: str) -> str | None:
    """The digit that closes a device identifier, or its units from their first dot on.

    Values in decimal, one behind the other, closed as by Luhn (ISO/IEC 7812-1). General knowledge:
    None where the programs that compute it contradict each other or have no value.

    >>> check_character("MA.156.M0.100204.1335176"), check_character(".S1900")
    ('4', None)
    """
    if "9" in text or not set(text) <= _VALUES.keys():
        return None
    digits = "".join(str(_VALUES[each]) for each in text)
    doubled = (int(each) * (2 - place % 2) for place, each in enumerate(reversed(digits), 1))
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


@dataclass(frozen=True, slots=True)
class Unit:
    """One fact of the production identifier."""

    letter: str
    value: str

    def __post_init__(self) -> None:
        refuse(each.within(f".{self.letter}") for each in self._problems())

    def __str__(self) -> str:
        return f".{self.letter}{self.value}"

    def _problems(self) -> Iterator[Problem]:
        if self.letter not in _FACTS:
            yield problem(
                "Unknown unit: expected one of {known}.", known=", ".join(f".{e}" for e in _FACTS)
            )
        elif self.letter in _DATES:
            form = "YYYYMMDD" if len(self.value) == 8 else "YYMMDD"
            yield from date_problems(form, self.value)
        elif not self.value:
            yield problem("The unit is empty: expected at least one character, got none.")
        yield from _foreign(self.value)


@dataclass(frozen=True, slots=True)
class Ma:
    """A device identifier with the units of its production identifier."""

    country: str
    industry: str
    registrant: str
    product: str
    units: tuple[Unit, ...] = ()

    def __post_init__(self) -> None:
        refuse([*self._di_problems(), *self._repeated()])

    @classmethod
    def parse(cls, data: bytes | str) -> "Ma":
        """The raw data of one symbol, without identifier. Raises Refused with all problems."""
        text = data.decode("latin-1") if isinstance(data, bytes) else data
        refuse(_unreadable(text))
        _, country, industry, registrant, product, *rest = text.split(".")
        problems: list[Problem] = []
        units: list[Unit] = []
        for each in rest:
            try:
                units.append(Unit(each[:1], each[1:]))
            except Refused as refused:
                problems += refused.problems
        try:
            found = cls(country, industry, registrant, product, tuple(units))
        except Refused as refused:
            raise Refused(*refused.problems, *problems) from None
        refuse(problems)
        return found

    @property
    def di(self) -> str:
        """The device identifier, as registries have it."""
        return f"MA.{self.country}.{self.industry}.{self.registrant}.{self.product}"

    @property
    def pi(self) -> str:
        """The production identifier, from its first dot on; empty if there is none."""
        return "".join(str(each) for each in self.units)

    def encode(self) -> bytes:
        """The data to put in a symbol."""
        return f"{self.di}{self.pi}".encode("ascii")

    def facts(self) -> tuple[Fact, ...]:
        """What the data say, in the order encoded."""
        return (
            ("country", self.country),
            ("industry", self.industry),
            ("registrant", self.registrant),
            ("product", self.product),
            *((_FACTS[each.letter], each.value) for each in self.units),
        )

    def doubts(self) -> tuple[Problem, ...]:
        """What contradicts general knowledge; never a reason to refuse."""
        checked, dot, given = self.pi.rpartition(".C")
        found = [*_check_doubt(self.di[:-1], self.product[-1], "product")]
        found += _check_doubt(checked, given, ".C") if dot else ()
        if len(self.product) != _USUAL:
            found.append(
                problem(
                    "A product usually has {usual} characters, got {got}.",
                    where="product",
                    usual=_USUAL,
                    got=len(self.product),
                )
            )
        return tuple(found)

    def _di_problems(self) -> Iterator[Problem]:
        for name, got in self.facts()[: len(_PARTS)]:
            pattern, expected = _PARTS[name]
            if not re.fullmatch(pattern, got):
                yield problem(
                    "Expected {expected}, got {got!r}.", where=name, expected=expected, got=got[:24]
                )

    def _repeated(self) -> Iterator[Problem]:
        """One fact in two places could be two facts."""
        for name, times in Counter(name for name, _ in self.facts()).items():
            if times > 1:
                yield problem(
                    "The {name} is given {times} times: expected once.", name=name, times=times
                )


def _check_doubt(text: str, got: str, where: str) -> Iterator[Problem]:
    expected = check_character(text)
    if expected is not None and got != expected:
        yield problem(
            "The check character would be {expected}, as far as it is known how to compute it; got"
            " {got!r}.",
            where=where,
            expected=expected,
            got=got[:24],
        )


def _unreadable(text: str) -> Iterator[Problem]:
    """What stands in the way of reading anything at all."""
    if len(text) > LONGEST:
        yield problem(
            "Too much data for any symbol: expected at most {most} characters, got {got}.",
            most=LONGEST,
            got=len(text),
        )
    elif not text.startswith("MA.") or text.count(".") < len(_PARTS):
        yield problem(
            "An MA code is MA, country, industry, registrant and product, with dots between them:"
            " got {got!r}.",
            got=text[:24],
        )


def _foreign(value: str) -> Iterator[Problem]:
    wrong = next((each for each in value if each == "." or each not in _VALUES), None)
    if wrong is not None:
        yield problem(
            "Expected letters, digits or one of '-@$,*+%/#!^~', got {got!a} at character {place}.",
            got=wrong,
            place=value.index(wrong) + 1,
        )
