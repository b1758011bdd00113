"""How the lots of a product, or its internal codes, are written: characters, length, date.

>>> policy = LotPolicy(longest=8, begins="YYMMDD")
>>> policy.lot_date("181011A")
datetime.date(2018, 10, 11)
>>> [str(each) for each in policy.problems("181011I")]
["The character 'I' of '181011I' is not used: expected only 0123456789ABCDEFGHJKLMNPQRSTUVWXYZ."]
>>> policy.widest
'888888WW'

Source: GS1 General Specifications 3.4.1 (AI 10); GS1 recommends to avoid letters that look like
digits.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from station.core.problem import Problem, Refused, problem
from station.core.shape import Code, Shape

UNAMBIGUOUS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and capitals without I and O, which are taken for 1 and 0."""

_WIDE = "W8"
"""The widest letter and digit of any common font, best first."""

_PATTERNS = {"YYMMDD": "%y%m%d", "YYYYMMDD": "%Y%m%d"}


class LotPolicy(Shape):
    characters: Code = UNAMBIGUOUS
    longest: Annotated[int, Field(ge=1, le=20)] = 20
    begins: Literal["YYMMDD", "YYYYMMDD"] | None = None
    """The date every lot begins with, if they do."""

    def problems(self, lot: str) -> Iterator[Problem]:
        """Why this cannot be one."""
        if len(lot) > self.longest:
            yield problem(
                "Expected at most {most} characters, got {got}.", most=self.longest, got=len(lot)
            )
        for each in dict.fromkeys(each for each in lot if each not in self.characters):
            yield problem(
                "The character {got!r} of {code!r} is not used: expected only {known}.",
                got=each,
                code=lot[:40],
                known=self.characters,
            )
        try:
            self.lot_date(lot)
        except Refused as refused:
            yield from refused.problems

    def lot_date(self, lot: str) -> date | None:
        """The date it begins with; None where lots begin with none. Raises Refused."""
        if self.begins is None:
            return None
        day = _day(lot[: len(self.begins)], self.begins)
        if day is None:
            raise Refused(
                problem(
                    "It begins with its date as {pattern}, and one that exists: got {got!r}.",
                    pattern=self.begins,
                    got=lot[:40],
                )
            )
        return day

    @property
    def widest(self) -> str:
        """The lot that takes the most room on a label."""
        wide = next((each for each in _WIDE if each in self.characters), self.characters[0])
        return ("8" * len(self.begins or "")).ljust(self.longest, wide)


def _day(digits: str, pattern: str) -> date | None:
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(pattern)):
        return None
    try:
        return datetime.strptime(digits, _PATTERNS[pattern]).date()  # noqa: DTZ007 - a day
    except ValueError:
        return None
