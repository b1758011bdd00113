r"""GS1 element strings: the data of a UDI symbol, from bytes to values and back.

An element is an application identifier and its value. Elements follow each other without a gap;
one whose length GS1 has not predefined is closed by FNC1, which a reader transmits as GS (0x1D).

>>> label = ElementString.of(("01", "06972869182125"), ("17", "261231"), ("10", "A1"), ("21", "7"))
>>> label.encode()
b'01069728691821251726123110A1\x1d217'
>>> ElementString.parse(label.encode()) == label
True
>>> label.hri()
'(01)06972869182125(17)261231(10)A1(21)7'
>>> ElementString.parse(b"0106972869182125" + b"17220229")
Traceback (most recent call last):
station.core.problem.Refused: (17): Impossible date '220229': expected a day from 01 to 28, got 29.

What exists is valid; what is refused is refused for all its reasons at once. Bytes are never
cleaned: white space and stray separators are evidence. Parsing explains and does not decide: a
lost separator is invisible when the swallowed value still fits ("10A1" "21B2" is the lot
"A121B2"), so a label is right only if its bytes are the bytes meant.

Source: GS1 General Specifications 4.13 (pairs), 5.4 (GS1-128), 7.8 (processing of data).
"""

import re
from calendar import isleap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from station.core import ai
from station.core.gtin import DIGITS
from station.core.problem import Problem, Refused, problem, refuse

GS = "\x1d"
"""FNC1 between elements, as readers transmit it (one byte, 0x1D)."""

LONGEST = 7089
"""Characters in the largest QR Code: no symbol holds more, so nothing longer is looked at."""

MOST_IN_GS1_128 = 48

CARRIERS = {"]d2": "GS1 DataMatrix", "]C1": "GS1-128", "]Q3": "GS1 QR Code"}
"""AIM identifiers (ISO/IEC 15424) of the symbols that carry element strings."""

_OPENERS = {"(": re.compile(r"\(([0-9]{2,4})\)"), "[": re.compile(r"\[([0-9]{2,4})\]")}

Pair = tuple[str, str]
"""A code and a value, not yet known to be right."""


@dataclass(frozen=True, slots=True)
class Element:
    """One application identifier with a value that fits it."""

    ai: str
    """The code, such as "01"."""

    value: str

    def __post_init__(self) -> None:
        refuse(ai.problems(self.ai, self.value))

    @property
    def fnc1(self) -> bool:
        """Whether a separator follows unless the element is the last one."""
        return ai.TABLE[self.ai].fnc1


@dataclass(frozen=True, slots=True)
class ElementString:
    """At least one element, no identifier twice, none missing what it needs beside it."""

    elements: tuple[Element, ...]

    def __post_init__(self) -> None:
        refuse(_together_problems([each.ai for each in self.elements]))

    @staticmethod
    def of(*pairs: Pair) -> "ElementString":
        """From codes and values, in the order given. Raises Refused."""
        return _Read(pairs).elements()

    @staticmethod
    def parse(data: bytes) -> "ElementString":
        """The raw data of one symbol, without identifier and leading FNC1. Raises Refused.

        Strict: GS1 lets readers tolerate a separator after a value of predefined length or at the
        end, but this station prints neither, so either means that another label was read.
        """
        return _read_raw(data.decode("latin-1")).elements()

    @staticmethod
    def parse_bracketed(text: str) -> "ElementString":
        """Text such as "(01)06972869182125(10)A1" or "[01]06972869182125[10]A1". Raises Refused.

        Square brackets are never data. Round ones can be: after a value that may hold brackets,
        "(…)" opens an element only if it holds a known identifier and the value before it is
        either empty or complete. So "(10)A(B)(21)7" is the lot "A(B)" and the serial "7"; a lot
        that itself contains "(21)" cannot be written this way. Spaces are not skipped.
        """
        return _read_bracketed(text).elements()

    def encode(self) -> bytes:
        """The data to put in a symbol after its leading FNC1, with GS for every other FNC1."""
        closed = [f"{each.ai}{each.value}{GS if each.fnc1 else ''}" for each in self.elements]
        return "".join(closed).removesuffix(GS).encode("ascii")

    def hri(self) -> str:
        """Human-readable interpretation: exactly these elements, identifiers in brackets."""
        return "".join(f"({each.ai}){each.value}" for each in self.elements)

    def get(self, code: str) -> str | None:
        """The value of an application identifier; None if it is not there."""
        return next((each.value for each in self.elements if each.ai == code), None)

    def canonical(self) -> "ElementString":
        """The same elements: 01 first, then predefined lengths, then the others."""
        return ElementString(
            tuple(sorted(self.elements, key=lambda each: (each.ai != "01", each.fnc1)))
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a person learns about one line of GS1 data."""

    identifier: str = ""
    """AIM identifier the line began with; empty if it had none."""

    elements: tuple[Element, ...] = ()
    """Empty unless everything is right."""

    hri: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.problems

    @property
    def errors(self) -> tuple[str, ...]:
        """One sentence for each problem."""
        return tuple(str(each) for each in self.problems)


def check(line: bytes | str) -> Checked:
    r"""Judge one line as a reader sends it or a person types it: raw with GS, or bracketed.

    An AIM identifier may stand before raw data; line ends are ignored. Never raises.

    >>> check("(01)06972869182125").valid, check("]d2(01)06972869182125").valid
    (True, False)
    >>> check(b"]C1010697286918212510A1\r\n").hri
    '(01)06972869182125(10)A1'
    """
    whole = line.decode("latin-1") if isinstance(line, bytes) else line
    text = whole.rstrip("\r\n")
    identifier = text[:3] if text.startswith("]") else ""
    try:
        elements = _checked_elements(identifier, text[len(identifier) :])
    except Refused as refused:
        return Checked(identifier, problems=refused.problems)
    return Checked(identifier, elements.elements, elements.hri())


def _checked_elements(identifier: str, text: str) -> ElementString:
    if identifier and identifier not in CARRIERS:
        raise Refused(
            problem(
                "{got!a} is not a GS1 carrier: expected {expected}.",
                got=identifier,
                expected=" or ".join(f"{each} ({name})" for each, name in CARRIERS.items()),
            )
        )
    bracketed = not identifier and text.startswith(tuple(_OPENERS))
    read = _read_bracketed(text) if bracketed else _read_raw(text)
    return read.elements()


def length_in_gs1_128(elements: ElementString) -> int:
    """Data characters a GS1-128 symbol needs: identifiers, values and separators."""
    return len(elements.encode())


def fits_gs1_128(elements: ElementString) -> bool:
    """Whether one GS1-128 symbol may carry all of it: at most 48 data characters."""
    return length_in_gs1_128(elements) <= MOST_IN_GS1_128


def parse_date(yymmdd: str, *, today: date) -> date:
    """The day that six digits mean to someone who reads them `today`. Raises Refused.

    The year is the one with these two digits from 49 years back to 50 years ahead (7.12).

    >>> parse_date("761231", today=date(2026, 1, 1)).year
    2076
    >>> parse_date("771231", today=date(2026, 1, 1)).year
    1977
    """
    if len(yymmdd) != 6 or not DIGITS.issuperset(yymmdd):
        raise Refused(
            problem(
                "Invalid date {value!r}: expected six digits YYMMDD, got {got} characters.",
                value=ai.shown(yymmdd),
                got=len(yymmdd),
            )
        )
    wrong = ai.date_problem(yymmdd)
    refuse([wrong] if wrong else [])
    return _in_window(yymmdd, today.year)


def format_date(day: date) -> str:
    """YYMMDD, as AI (11) and (17) carry it.

    >>> format_date(date(2026, 12, 31))
    '261231'
    """
    return f"{day.year % 100:02}{day.month:02}{day.day:02}"


def _in_window(yymmdd: str, this_year: int) -> date:
    year = this_year - this_year % 100 + int(yymmdd[:2])
    if year - this_year >= 51:
        year -= 100
    elif year - this_year <= -50:
        year += 100
    if yymmdd[2:] == "0229" and not isleap(year):
        raise Refused(
            problem(
                "Impossible date {value!r}: expected a day from 01 to 28 in {year}, got 29.",
                value=yymmdd,
                year=year,
            )
        )
    return date(year, int(yymmdd[2:4]), int(yymmdd[4:]))


@dataclass(frozen=True, slots=True)
class _Read:
    """What could be told apart in the input, and what stood in the way."""

    pairs: tuple[Pair, ...]
    problems: tuple[Problem, ...] = ()
    to_the_end: bool = True

    def elements(self) -> ElementString:
        """The element string; raises Refused with everything that is wrong with it."""
        refuse(self._all_problems())
        return ElementString(tuple(Element(code, value) for code, value in self.pairs))

    def _all_problems(self) -> Iterator[Problem]:
        yield from self.problems
        for code, value in self.pairs:
            yield from ai.problems(code, value)
        known = [code for code, _ in self.pairs if code in ai.TABLE]
        if self.to_the_end and (known or not self.pairs):
            yield from _together_problems(known)


def _stopped(
    why: Problem, *, pairs: Iterable[Pair] = (), problems: Iterable[Problem] = ()
) -> _Read:
    return _Read(tuple(pairs), (*problems, why), to_the_end=False)


def _too_long(text: str) -> _Read:
    return _stopped(
        problem(
            "Too much data for any symbol: expected at most {most} characters, got {got}.",
            most=LONGEST,
            got=len(text),
        )
    )


def _read_raw(text: str) -> _Read:
    if len(text) > LONGEST:
        return _too_long(text)
    if text.startswith(tuple(_OPENERS)):
        return _stopped(
            problem(
                "Brackets are encoded as data: expected raw data that begins with the digits of an"
                " application identifier, got {got!r}.",
                got=text[:4],
            )
        )
    pairs: list[Pair] = []
    problems: list[Problem] = []
    place = 0
    while place < len(text):
        found = ai.match(text[place : place + 4])
        if text[place] == GS:
            problems.append(_stray(text, place, pairs))
            place += 1
        elif found is None:
            return _stopped(_unreadable(text, place), pairs=pairs, problems=problems)
        else:
            value, place = _take(text, place + len(found.code), found)
            pairs.append((found.code, value))
    return _Read(tuple(pairs), tuple(problems))


def _take(text: str, start: int, found: ai.AI) -> tuple[str, int]:
    """A value and where the next element begins."""
    separator = text.find(GS, start)
    end = len(text) if separator < 0 else separator
    if not found.fnc1:
        end = min(end, start + found.lengths[-1])
        return text[start:end], end
    closed = end + 1 < len(text)
    return text[start:end], end + 1 if closed else end


def _stray(text: str, place: int, pairs: Sequence[Pair]) -> Problem:
    """Why a separator at this place (from 0) should not be there."""
    if place == 0:
        return problem(
            "The data begin with a separator: expected an application identifier, got GS. FNC1 in"
            " first position marks the carrier and is never transmitted."
        )
    if text[place - 1] == GS:
        return problem(
            "Two separators in a row: expected an application identifier at character {place}, got"
            " GS.",
            place=place + 1,
        )
    if place + 1 == len(text):
        return problem(
            "The data end in a separator: expected none after the last element, got GS at character"
            " {place}.",
            place=place + 1,
        )
    return problem(
        "A separator after ({ai}), whose length is predefined: expected the next element at"
        " character {place}, got GS.",
        ai=pairs[-1][0],
        place=place + 1,
    )


def _unreadable(text: str, place: int) -> Problem:
    return problem(
        "Unknown application identifier at character {place}: expected one of the GS1 table, got"
        " {got!a}. What follows cannot be read.",
        place=place + 1,
        got=text[place : place + 4],
    )


def _read_bracketed(text: str) -> _Read:
    if len(text) > LONGEST:
        return _too_long(text)
    opener = _OPENERS.get(text[:1])
    if opener is None or not opener.match(text):
        return _stopped(
            problem(
                "Bracketed text begins with an application identifier: expected such as (01) or"
                " [01], got {got!r}.",
                got=text[:6],
            )
        )
    openings = list(_openings(opener.finditer(text)))
    ends = [each.start() for each in openings[1:]] + [len(text)]
    return _Read(
        tuple((each[1], text[each.end() : end]) for each, end in zip(openings, ends, strict=True))
    )


def _openings(found: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The bracketed digits that open an element, among those that may be data."""
    last: re.Match[str] | None = None
    for each in found:
        if last is None or _opens(each, last):
            last = each
            yield each


def _opens(found: re.Match[str], last: re.Match[str]) -> bool:
    before = ai.TABLE.get(last[1])
    if found[0].startswith("[") or before is None or not before.holds_brackets:
        return True
    length = found.start() - last.end()
    return found[1] in ai.TABLE and (length == 0 or length >= before.lengths[0])


def _together_problems(codes: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with these identifiers, each known, being in one symbol."""
    if not codes:
        yield problem("There are no data: expected at least one element, got none.")
    for code, times in Counter(codes).items():
        if times > 1:
            yield problem(
                "Repeated ({ai}): expected once, got {times} times.", ai=code, times=times
            )
    present = tuple(dict.fromkeys(codes))
    for code in present:
        yield from _missing(code, present)
    for one, other in combinations(present, 2):
        if _excludes(one, other) or _excludes(other, one):
            yield problem(
                "({one}) and ({other}) exclude each other: expected one of them, got both.",
                one=one,
                other=other,
            )


def _missing(code: str, present: Sequence[str]) -> Iterator[Problem]:
    groups = ai.TABLE[code].requires
    if groups and not any(all(_holds(present, each) for each in group) for group in groups):
        yield problem(
            "({ai}) requires {expected} in the same data, got {got}.",
            ai=code,
            expected=" or ".join(" with ".join(map(_bracketed, group)) for group in groups),
            got=", ".join(map(_bracketed, present)),
        )


def _holds(present: Sequence[str], family: str) -> bool:
    return any(code.startswith(family) for code in present)


def _excludes(code: str, other: str) -> bool:
    return other.startswith(ai.TABLE[code].excludes)


def _bracketed(family: str) -> str:
    """A code or a family as GS1 writes it: "31" is (31nn)."""
    return f"({family if family in ai.TABLE else family.ljust(4, 'n')})"
