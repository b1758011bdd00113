"""HIBC: what the Health Industry Business Communications Council has suppliers put in a symbol.

Primary data say which product it is: the labeler (LIC), its catalogue number (PCN), a digit for the
unit of measure. Secondary data say which pieces of it. Both stand in one symbol, or each in one of
its own; then the secondary repeats the primary's check character, which links the two.

>>> both = Hibc.parse(b"+A99912345/$$52001510X3/16D20111212/S77DEFG457")
>>> print(*both.facts(), sep="; ")
('labeler', 'A999'); ('product', '1234'); ('unit of measure', '5'); ('expiry', '20015'); \
('lot', '10X3'); ('manufactured', '20111212'); ('serial', '77DEFG45')
>>> Hibc(Primary("A999", "1234", "5"), Secondary.of(lot="10X3")).hri()
'*+A99912345/$10X3.*'
>>> Hibc.parse(b"+A99912345/$$52001510X34")
Traceback (most recent call last):
station.core.problem.Refused: Invalid check character: expected '3', got '4'.

The characters are those of Code 39, and the check character and the link may be any of them, a
blank and a slash included: nothing is ever trimmed. Carriers are Code 128, Code 39, Data Matrix and
QR Code, all without FNC1, which is for GS1 alone.

Source: ANSI/HIBC 2.6, Supplier Labeling Standard: 2.1 (primary data), 2.2 and 2.3 (secondary data),
2.4 (both in one symbol), appendix B (check character).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from station.core.gs1 import LONGEST
from station.core.gtin import DIGITS
from station.core.hibcc_secondary import Fact, Secondary, alphanumeric_problems
from station.core.problem import Problem, Refused, problem, refuse

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""In the order of their values in the check character, from 0 (appendix B)."""

_SHORTEST = 4
"""Flag, one character of data, link, check character."""


def check_character(text: str) -> str:
    """The character that closes `text`, which begins with "+": modulo 43. Raises Refused.

    >>> check_character("+A99912345/$$52001510X3")
    '3'
    """
    refuse(_foreign(text))
    return CHARACTERS[sum(CHARACTERS.index(each) for each in text) % len(CHARACTERS)]


@dataclass(frozen=True, slots=True)
class Primary:
    """Which product (2.1)."""

    labeler: str
    """LIC: a capital letter, then three capital letters or digits."""

    product: str
    """PCN: 1 to 18 capital letters or digits."""

    unit: str
    """0 for the item itself, 1 to 8 for its packaging levels, 9 where the quantity varies."""

    def __post_init__(self) -> None:
        refuse(self._problems())

    @classmethod
    def parse(cls, text: str) -> "Primary":
        """Labeler, product and unit, without flag and check character. Raises Refused."""
        return cls(text[:4], text[4:-1], text[4:][-1:])

    def facts(self) -> tuple[Fact, ...]:
        return ("labeler", self.labeler), ("product", self.product), ("unit of measure", self.unit)

    def __str__(self) -> str:
        return f"{self.labeler}{self.product}{self.unit}"

    def _problems(self) -> Iterator[Problem]:
        if not re.fullmatch("[A-Z][0-9A-Z]{3}", self.labeler):
            yield problem(
                "Expected one capital letter, then three capital letters or digits, got {got!r}.",
                where="labeler",
                got=self.labeler[:24],
            )
        found = alphanumeric_problems(self.product, least=1, most=18)
        yield from (each.within("product") for each in found)
        if self.unit not in DIGITS:
            yield problem(
                "Expected one digit, got {got!r}.", where="unit of measure", got=self.unit[:24]
            )


@dataclass(frozen=True, slots=True)
class Hibc:
    """What one symbol holds: primary data, secondary data, or both."""

    primary: Primary | None = None
    secondary: Secondary | None = None
    link: str = ""
    """Of secondary data alone: the check character of the primary data in the other symbol."""

    def __post_init__(self) -> None:
        refuse(self._problems())

    @classmethod
    def parse(cls, data: bytes | str) -> "Hibc":
        """The raw data of one symbol, without identifier. Raises Refused with all problems."""
        text = data.decode("latin-1") if isinstance(data, bytes) else data
        refuse(_unreadable(text))
        refuse(_foreign(text))
        problems = [*_check_problems(text)]
        try:
            found = cls._read(text[1:-1])
        except Refused as refused:
            raise Refused(*refused.problems, *problems) from None
        refuse(problems)
        return found

    @classmethod
    def _read(cls, body: str) -> "Hibc":
        if body[0] == "$" or body[0] in DIGITS:
            return cls(secondary=Secondary.parse(body[:-1]), link=body[-1])
        first, slash, rest = body.partition("/")
        problems: list[Problem] = []
        primary = secondary = None
        try:
            primary = Primary.parse(first)
        except Refused as refused:
            problems += refused.problems
        try:
            secondary = Secondary.parse(rest) if slash else None
        except Refused as refused:
            problems += refused.problems
        refuse(problems)
        return cls(primary, secondary)

    def encode(self) -> bytes:
        """The data to put in a symbol, flag and check character included."""
        parts = [str(each) for each in (self.primary, self.secondary) if each]
        text = f"+{'/'.join(parts)}{self.link}"
        return f"{text}{check_character(text)}".encode("ascii")

    def hri(self) -> str:
        """Human-readable: between asterisks, which are not encoded, and "_" for a blank."""
        return f"*{self.encode().decode('ascii').replace(' ', '_')}*"

    def facts(self) -> tuple[Fact, ...]:
        """What the data say, in the order encoded."""
        said = [each.facts() for each in (self.primary, self.secondary) if each]
        link = [("link", self.link)] if self.link else []
        return (*(fact for part in said for fact in part), *link)

    def belongs_to(self, other: "Hibc") -> bool:
        """Whether these secondary data and those primary ones are linked (2.2)."""
        alone = other.primary is not None and other.secondary is None
        return alone and self.link == other.encode().decode("ascii")[-1]

    def _problems(self) -> Iterator[Problem]:
        if self.primary is None and self.secondary is None:
            yield problem("HIBC data are primary, secondary or both: expected one, got none.")
        alone = self.primary is None and self.secondary is not None
        if len(self.link) != alone or self.link not in CHARACTERS:
            yield problem(
                "Secondary data alone carry one link character, others none: got {got!r}.",
                got=self.link[:24],
            )


def _unreadable(text: str) -> Iterator[Problem]:
    """What stands in the way of reading anything at all."""
    if len(text) > LONGEST:
        yield problem(
            "Too much data for any symbol: expected at most {most} characters, got {got}.",
            most=LONGEST,
            got=len(text),
        )
    elif text.startswith("++"):
        yield problem("The Basic UDI-DI is never printed: '++' marks the one of HIBC.")
    elif text.startswith("+/"):
        yield problem("'+/' marks data of the HIBC provider standard, which are no device's UDI.")
    elif not text.startswith("+") or len(text) < _SHORTEST:
        yield problem(
            "HIBC data are '+', what they say, and a check character: got {got!r}.", got=text[:24]
        )


def _foreign(text: str) -> Iterator[Problem]:
    wrong = next((each for each in text if each not in CHARACTERS), None)
    if wrong is not None:
        yield problem(
            "Invalid character in HIBC data: expected a capital letter, a digit or one of"
            " '-. $/+%', got {got!a} at character {place}.",
            got=wrong,
            place=text.index(wrong) + 1,
        )


def _check_problems(text: str) -> Iterator[Problem]:
    expected, got = check_character(text[:-1]), text[-1]
    if got != expected:
        yield problem(
            "Invalid check character: expected {expected!r}, got {got!r}.",
            expected=expected,
            got=got,
        )
