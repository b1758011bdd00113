"""Values that belong to a pictogram: limits with their unit, a body's number, a country.

>>> written("upper", "40℃"), written("lower", "-20 °C"), written("number", "0123")
('40 °C', '−20 °C', '0123')
>>> [str(each) for each in value_problems("temperature", {"lower": "40 °C", "upper": "2 °C"})]
['lower: Expected a lower limit below the upper one, 2 °C, got 40 °C.']
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from station.core.problem import Problem, problem

VALUES = ("upper", "lower", "number", "code")
"""All the values there are; each pictogram takes some or none."""

_LIMIT = re.compile(r"([-−–]?)([0-9]{1,4}(?:\.[0-9]{1,2})?) ?([°%℃℉A-Za-z]{1,3})")
_UNITS = {
    "temperature": ("°C", "°F"),
    "humidity": ("%",),
    "pressure": ("kPa", "hPa"),
}
_ABSOLUTE_ZERO = {"°C": Decimal("-273.15"), "°F": Decimal("-459.67")}
_ONE_SIGN = {"℃": "°C", "℉": "°F"}
_NUMBER = re.compile(r"[0-9]{4}")
_CODE = re.compile(r"[A-Z]{2,3}")


def written(field: str, value: str) -> str:
    """A value as it is drawn: one kind of minus, a space before the unit."""
    match = _LIMIT.fullmatch(value) if field in {"upper", "lower"} else None
    if not match:
        return value
    sign, number, unit = match.groups()
    return f"{'−' if sign else ''}{number} {_ONE_SIGN.get(unit, unit)}"


def value_problems(kind: str, values: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the values of one kind of pictogram, each for itself and together.

    `kind` is temperature, humidity or pressure; a number or a code is judged by its field.
    """
    wrong = [found for field, value in values.items() for found in _wrong(kind, field, value)]
    yield from wrong
    if not wrong and {"upper", "lower"} <= values.keys():
        lower, upper = (written(field, values[field]) for field in ("lower", "upper"))
        yield from _pair_problems(lower, upper)


def _wrong(kind: str, field: str, value: str) -> Iterator[Problem]:
    got = value[:40]
    if field == "number":
        if not _NUMBER.fullmatch(value):
            yield problem(
                "Expected the four digits of a notified body (Regulation (EU) 2017/745, Article"
                " 43), got {got!r}.",
                where=field,
                got=got,
            )
    elif field == "code":
        if not _CODE.fullmatch(value):
            yield problem(
                "Expected two or three capital letters of a country (ISO 3166-1), got {got!r}.",
                where=field,
                got=got,
            )
    elif not _measured(kind, value):
        yield _limit_problem(kind, got).within(field)


def _limit_problem(kind: str, got: str) -> Problem:
    match kind:
        case "humidity":
            return problem(
                "Expected a relative humidity from 0 % to 100 %, such as 85 %, got {got!r}.",
                got=got,
            )
        case "pressure":
            return problem(
                "Expected a pressure with its unit, such as 70 kPa or 1060 hPa, got {got!r}.",
                got=got,
            )
    return problem(
        "Expected a temperature with its unit, such as −20 °C or 77 °F, got {got!r}.", got=got
    )


def _measured(kind: str, value: str) -> bool:
    number, unit = _measure(written("upper", value))
    if unit not in _UNITS[kind]:
        return False
    match kind:
        case "humidity":
            return 0 <= number <= 100
        case "pressure":
            return number > 0
    return number >= _ABSOLUTE_ZERO[unit]


def _measure(value: str) -> tuple[Decimal, str]:
    """Number and unit; no unit where it is no measure."""
    match = _LIMIT.fullmatch(value)
    if not match:
        return Decimal(0), ""
    sign, number, unit = match.groups()
    return Decimal(f"{'-' if sign else ''}{number}"), unit


def _pair_problems(lower: str, upper: str) -> Iterator[Problem]:
    (low, low_unit), (high, high_unit) = _measure(lower), _measure(upper)
    if low_unit != high_unit:
        yield problem(
            "Expected both limits in one unit, got {lower} and {upper}.", lower=lower, upper=upper
        )
    elif low >= high:
        yield problem(
            "Expected a lower limit below the upper one, {upper}, got {lower}.",
            where="lower",
            lower=lower,
            upper=upper,
        )
