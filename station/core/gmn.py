"""GMN: the Global Model Number, in Europe the Basic UDI-DI.

A registration key for a family of devices. It is never printed and never encoded on a label; it
begins with the company prefix, is at most 25 characters long, and ends in two check characters.

>>> check_pair("697286918303")
'Q5'
>>> str(Gmn.parse("697286918303Q5"))
'697286918303Q5'
>>> Gmn.parse("0697286918212PZ")
Traceback (most recent call last):
station.core.problem.Refused: Invalid check pair for '0697286918212PZ': expected 8R, got PZ. \
Without its leading zeros, '697286918212PZ' is right: a GMN begins with the company prefix and is \
never padded.

Source: GS1 General Specifications 7.9 (check character pair), 7.11 (character set 82).
"""

from dataclasses import dataclass
from typing import Self

from station.core.gtin import DIGITS
from station.core.problem import Problem, problem, refuse

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""GS1 character set 82 in the order of its reference values: '!' is 0, 'z' is 81."""

LONGEST = 25
_WEIGHTS = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_PAIR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHORTEST_PREFIX = 4


def check_pair(payload: str) -> str:
    """The two check characters of a GMN without them (at most 23 characters of set 82).

    Weights are the primes from 2 upwards, from the right; the sum modulo 1021 is written as two
    base-32 digits. Raises Refused.
    """
    refuse(_payload_problems(payload))
    total = sum(
        weight * CSET82.index(character)
        for weight, character in zip(_WEIGHTS, reversed(payload), strict=False)
    )
    high, low = divmod(total % 1021, 32)
    return _PAIR[high] + _PAIR[low]


@dataclass(frozen=True, slots=True, order=True)
class Gmn:
    """A GMN with its check pair. One that exists has the right pair."""

    text: str

    def __post_init__(self) -> None:
        refuse(problems(self.text))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The whole GMN, check pair included. Raises Refused."""
        return cls(text)

    @classmethod
    def of(cls, payload: str) -> Self:
        """The GMN of a company prefix and model reference that lack their pair. Raises Refused."""
        return cls(payload + check_pair(payload))

    @property
    def payload(self) -> str:
        """Company prefix and model reference."""
        return self.text[:-2]

    def __str__(self) -> str:
        return self.text


def problems(text: str) -> tuple[Problem, ...]:
    """Everything wrong with a GMN; empty if it is right."""
    found = _payload_problems(text[:-2])
    if found:
        return found
    expected, got = check_pair(text[:-2]), ascii(text[-2:])[1:-1]
    return () if got == expected else (_pair_problem(text, expected, got),)


def _payload_problems(payload: str) -> tuple[Problem, ...]:
    if len(payload) > LONGEST - 2:
        return (
            problem(
                "A GMN is too long: expected at most {most} characters without its check pair,"
                " got {got}.",
                most=LONGEST - 2,
                got=len(payload),
            ),
        )
    prefix = payload[:_SHORTEST_PREFIX]
    if len(prefix) < _SHORTEST_PREFIX or not DIGITS.issuperset(prefix):
        return (
            problem(
                "A GMN begins with a company prefix: expected at least {least} digits, got"
                " {got!r}.",
                least=_SHORTEST_PREFIX,
                got=prefix,
            ),
        )
    return tuple(_foreign_characters(payload))


def _foreign_characters(payload: str) -> list[Problem]:
    return [
        problem(
            "Invalid character in the GMN {value!r}: expected GS1 character set 82, got {got!a}"
            " at character {place}.",
            value=payload,
            got=character,
            place=place,
        )
        for place, character in enumerate(payload, start=1)
        if character not in CSET82
    ]


def _pair_problem(text: str, expected: str, got: str) -> Problem:
    shorter = text.lstrip("0")
    if shorter != text and not problems(shorter):
        return problem(
            "Invalid check pair for {value!r}: expected {expected}, got {got}. Without its leading"
            " zeros, {shorter!r} is right: a GMN begins with the company prefix and is never"
            " padded.",
            value=text,
            expected=expected,
            got=got,
            shorter=shorter,
        )
    return problem(
        "Invalid check pair for {value!r}: expected {expected}, got {got}.",
        value=text,
        expected=expected,
        got=got,
    )
