"""Dates as codes write them: digits in a form such as YYMMDD, MMYY, YYJJJ (day of the year).

>>> print(*date_problems("YYJJJ", "23366"))
Impossible date '23366': expected JJJ from 1 to 365, got 366.
>>> list(date_problems("YYMMDDHH", "24022923"))
[]

Two digits of a year are 20YY: only 29 February asks, and 1900 and 2000 have the same leap years for
every other YY.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator

from station.core.gtin import DIGITS
from station.core.problem import Problem, problem

_PARTS = re.compile("YYYY|YY|MM|DD|JJJ|HH")


def date_problems(form: str, value: str) -> Iterator[Problem]:
    """What is wrong with a date that should be written in this form; at most one problem."""
    if len(value) != len(form) or not DIGITS.issuperset(value):
        yield problem("Invalid date {value!r}: expected {form}.", value=value[:24], form=form)
        return
    part = {each[0]: int(value[slice(*each.span())]) for each in _PARTS.finditer(form)}
    for name, least, most in _limits(part):
        if not least <= part[name] <= most:
            yield problem(
                "Impossible date {value!r}: expected {part} from {least} to {most}, got {got}.",
                value=value,
                part=name,
                least=least,
                most=most,
                got=part[name],
            )
            return


def _limits(part: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """The parts that are there, each with its smallest and largest value; the day comes last."""
    year = part.get("YYYY", 2000 + part.get("YY", 0))
    fixed = (("YYYY", 1, 9999), ("MM", 1, 12), ("JJJ", 1, 365 + isleap(year)), ("HH", 0, 23))
    yield from (each for each in fixed if each[0] in part)
    if "DD" in part:
        yield "DD", 1, monthrange(year, part["MM"])[1]
