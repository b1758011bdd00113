"""How the lots of a product, or its internal codes, are written: characters, length, date.

>>> policy = LotPolicy(max=8, begins="YYMMDD")
>>> policy.lot_date("181011A")
datetime.date(2018, 10, 11)
>>> [str(each) for each in policy.problems("181011I")]
["The character 'I' of '181011I' is not used: expected only 0123456789ABCDEFGHJKLMNPQRSTUVWXYZ."]
>>> policy.widest
'888888MM'

Source: GS1 General Specifications 3.4.1 (AI 10); GS1 recommends to avoid letters that look like
digits.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from station.core.problem import Problem, Refused, problem
from station.core.serials.characters import READABLE, widest_of
from station.core.shape import Code, Shape

_PATTERNS = {"YYMMDD": "%y%m%d", "YYYYMMDD": "%Y%m%d"}


class LotPolicy(Shape):
    charset: Code = READABLE
    max: Annotated[int, Field(ge=1, le=20)] = 20
    begins: Literal["YYMMDD", "YYYYMMDD"] | None = None
    """The date every lot begins with, if they do."""

    def problems(self, lot: str) -> Iterator[Problem]:
        """Why this cannot be one."""
        if len(lot) > self.max:
            yield problem(
                "Expected at most {most} characters, got {got}.", most=self.max, got=len(lot)
            )
        for each in dict.fromkeys(each for each in lot if each not in self.charset):
            yield problem(
                "The character {got!r} of {code!r} is not used: expected only {known}.",
                got=each,
                code=lot[:40],
                known=self.charset,
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
        return ("8" * len(self.begins or "")).ljust(self.max, widest_of(self.charset))


def _day(digits: str, pattern: str) -> date | None:
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(pattern)):
        return None
    try:
        return datetime.strptime(digits, _PATTERNS[pattern]).date()  # noqa: DTZ007 - a day
    except ValueError:
        return None
