"""The shape of a document: which fields, of which type. All errors come at once, as sentences.

>>> class Pack(Shape):
...     lot: Code
...     quantity: Count
>>> parse(Pack, {"lot": "20200331", "quantity": 24})
Pack(lot='20200331', quantity=24)
>>> try:
...     parse(Pack, {"lot": 20200331, "quantity": 0, "qty": 1})
... except Refused as refused:
...     print(refused)
lot: This was read as a number, 20200331, but it is a code, and codes are text: quote it.
quantity: Expected a whole number of at least 1, got 0.
qty: Unknown field. Expected one of: lot, quantity.
"""

import unicodedata
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from station.core.problem import Problem, Refused, problem


class Shape(BaseModel):
    """An immutable record. Unknown fields and silent conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _quoted(value: object) -> object:
    """A code that a parser turned into something else has already lost its zeros."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "yes or no"),
        (int, "number"),
        (float, "number"),
        (datetime, "time"),
        (date, "date"),
    )
    for kind, name in kinds:
        if isinstance(value, kind):
            raise Refused(
                problem(
                    "This was read as a {kind}, {got}, but it is a code, and codes are text:"
                    " quote it.",
                    kind=name,
                    got=str(value),
                )
            )
    return value


def _printable(value: str) -> str:
    """Control characters have no business on a label or in a record."""
    if value.isprintable():
        return value
    for place, character in enumerate(value, start=1):
        if not character.isprintable() and unicodedata.category(character) != "Zs":
            raise Refused(
                problem(
                    "Character {place} is U+{code}, which cannot be printed.",
                    place=place,
                    code=f"{ord(character):04X}",
                )
            )
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            raise Refused(
                problem("Expected a date as YYYY-MM-DD that exists, got {got!r}.", got=value[:40])
            )
        return day
    if isinstance(value, datetime):
        raise Refused(problem("Expected a date as YYYY-MM-DD, got a time, {got}.", got=str(value)))
    return value


def _count(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Refused(
            problem("Expected a whole number of at least 1, got {got}.", got=shown(value))
        )
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise Refused(problem("Expected text, got nothing."))
    return value


Text = Annotated[str, AfterValidator(_printable)]
"""Human-readable text on one line; may be empty."""

Code = Annotated[str, BeforeValidator(_quoted), AfterValidator(_filled), AfterValidator(_printable)]
"""Text that identifies: lots, serials, GTINs, revisions. Never a number, never empty."""

Day = Annotated[date, BeforeValidator(_day)]
"""A calendar date, YYYY-MM-DD."""

Count = Annotated[int, BeforeValidator(_count)]
"""A whole number of at least 1; a table may give it as text."""

S = TypeVar("S", bound=BaseModel)


def parse(shape: type[S], document: object, *, where: str = "") -> S:
    """The document as a value of this shape. Raises Refused with every problem found."""
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        found = [
            each.within(where) for detail in error.errors() for each in _problems(detail, shape)
        ]
        raise Refused(*found) from None


def shown(value: object) -> str:
    """The value as a person would recognise it, cut to a length that fits a sentence."""
    try:
        text = "nothing" if value is None else repr(value)
    except ValueError:  # a number of more digits than Python likes to write
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}…"


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date as YYYY-MM-DD",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of fields",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "decimal_type": "a number",
    "float_type": "a number",
}


def _problems(detail: ErrorDetails, shape: type[BaseModel]) -> tuple[Problem, ...]:
    where = ".".join(str(part) for part in detail["loc"])
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Refused):
        return tuple(each.within(where) for each in cause.problems)
    return (_problem(detail, shape).within(where),)


def _problem(detail: ErrorDetails, shape: type[BaseModel]) -> Problem:
    kind, got = detail["type"], shown(detail["input"])
    match kind:
        case "missing":
            return problem("This field is required.")
        case "extra_forbidden" if len(detail["loc"]) == 1:
            known = ", ".join(shape.model_fields)
            return problem("Unknown field. Expected one of: {known}.", known=known)
        case "extra_forbidden":
            return problem("Unknown field.")
        case "literal_error" | "enum":
            expected = str(detail["ctx"]["expected"])
            return problem("Expected one of {expected}, got {got}.", expected=expected, got=got)
        case _ if kind in _EXPECTED:
            return problem("Expected {expected}, got {got}.", expected=_EXPECTED[kind], got=got)
        case _:
            return problem("{why}: got {got}.", why=detail["msg"], got=got)
