"""GTIN: the number of a trade item, and on a medical device its UDI-DI.

Fourteen digits: an indicator (0 for the unit itself, 1 to 8 for its packaging levels), twelve
digits of company prefix and item reference, one check digit. The check digit covers the
indicator, so a level's number is derived anew and never by putting a digit in front.

>>> unit = Gtin.from_13("6972869183016")
>>> str(unit), unit.indicator
('06972869183016', 0)
>>> str(gtin14(1, unit))
'16972869183013'
>>> str(gtin14(1, unit).item)
'06972869183016'
>>> Gtin.parse("16972869183016")
Traceback (most recent call last):
station.core.problem.Refused: Invalid check digit for '16972869183016': expected 3, got 6.

Source: GS1 General Specifications 2.1 (structure), 7.9 (check digit).
"""

from dataclasses import dataclass
from typing import Self

from station.core.problem import Problem, Refused, problem, refuse

DIGITS = frozenset("0123456789")
"""The only digits of a code; str.isdigit() would let '²' and '５' through."""


def check_digit(payload: str) -> str:
    """The digit that closes `payload`, for every GS1 key that has one (GTIN, SSCC, GLN …).

    `payload` is all digits but the last. Raises Refused if it holds anything else.

    >>> check_digit("0697286918201")
    '9'
    """
    if not payload or not DIGITS.issuperset(payload):
        raise Refused(
            problem(
                "A check digit is computed over digits: expected 0 to 9 only, got {got!r}.",
                got=payload[:48],
            )
        )
    digits = [int(each) for each in reversed(payload)]
    return str(-(3 * sum(digits[::2]) + sum(digits[1::2])) % 10)


def check_digit_problem(digits: str) -> Problem | None:
    """What is wrong with the last of these digits; None if it is right."""
    expected, got = check_digit(digits[:-1]), digits[-1]
    if got == expected:
        return None
    return problem(
        "Invalid check digit for {value!r}: expected {expected}, got {got}.",
        value=digits,
        expected=expected,
        got=got,
    )


@dataclass(frozen=True, slots=True, order=True)
class Gtin:
    """A GTIN in its fourteen-digit form. One that exists has the right check digit."""

    digits: str

    def __post_init__(self) -> None:
        refuse(_problems(self.digits, 14))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Exactly fourteen digits, as AI (01) carries them. Raises Refused."""
        return cls(text)

    @classmethod
    def from_13(cls, text: str) -> Self:
        """A GTIN-13 (EAN-13). Raises Refused."""
        return cls._padded(text, 13)

    @classmethod
    def from_12(cls, text: str) -> Self:
        """A GTIN-12 (UPC-A). Raises Refused."""
        return cls._padded(text, 12)

    @classmethod
    def from_8(cls, text: str) -> Self:
        """A GTIN-8 (EAN-8). Raises Refused."""
        return cls._padded(text, 8)

    @classmethod
    def _padded(cls, text: str, length: int) -> Self:
        refuse(_problems(text, length))
        return cls(text.zfill(14))

    @property
    def indicator(self) -> int:
        """0 for the unit itself, 1 to 8 for a packaging level, 9 for variable measure."""
        return int(self.digits[0])

    @property
    def item(self) -> "Gtin":
        """The unit this number was derived from: indicator 0, with its own check digit."""
        return _with_indicator(0, self)

    def __str__(self) -> str:
        return self.digits


def gtin14(indicator: int, item: Gtin | str) -> Gtin:
    """The GTIN of a packaging level: indicator, the item's twelve digits, a new check digit.

    `item` is the unit: a Gtin or 14 digits with indicator 0, or its 13 digits. Raises Refused for
    an indicator outside 1 to 8 and for an item that is itself a packaging level.
    """
    unit = item if isinstance(item, Gtin) else _unit(item)
    refuse([*_indicator_problems(indicator), *_unit_problems(unit)])
    return _with_indicator(indicator, unit)


def _unit(text: str) -> Gtin:
    return Gtin.from_13(text) if len(text) == 13 else Gtin.parse(text)


def _with_indicator(indicator: int, gtin: Gtin) -> Gtin:
    payload = f"{indicator}{gtin.digits[1:13]}"
    return Gtin(payload + check_digit(payload))


def _problems(text: str, length: int) -> tuple[Problem, ...]:
    if len(text) != length or not DIGITS.issuperset(text):
        wrong = problem(
            "Invalid GTIN {value!r}: expected {length} digits 0 to 9, got {got} characters.",
            value=text[:48],
            length=length,
            got=len(text),
        )
        return (wrong,)
    wrong_digit = check_digit_problem(text)
    return (wrong_digit,) if wrong_digit else ()


def _indicator_problems(indicator: int) -> tuple[Problem, ...]:
    if 1 <= indicator <= 8:
        return ()
    if indicator == 9:
        return (
            problem(
                "Indicator 9 means an item of variable measure, which a device never is:"
                " expected 1 to 8, got 9."
            ),
        )
    return (
        problem(
            "Invalid indicator of a packaging level: expected 1 to 8, got {got}.", got=indicator
        ),
    )


def _unit_problems(unit: Gtin) -> tuple[Problem, ...]:
    if unit.indicator == 0:
        return ()
    return (
        problem(
            "A packaging level is derived from the unit's GTIN: expected indicator 0, got"
            " {got} in {value!r}.",
            value=unit.digits,
            got=unit.indicator,
        ),
    )
