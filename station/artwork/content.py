"""Texts with placeholders: what a template writes and a label fills in.

>>> pieces("SN {serial}")
('SN ', Placeholder(field='serial', pattern=''))
>>> filled("生产日期 {production_date:YYYY年MM月}", {"production_date": "2026-03-31"})
'生产日期 2026年03月'
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from station.core.problem import Problem, Refused, problem, refuse

PRODUCT_FIELDS = (
    "product_name",
    "product_name_en",
    "model",
    "specification",
    "ref",
    "registration_number",
    "notified_body",
    "software_version",
    "service_life",
    "storage",
    "power",
    "warnings",
    "sterile",
    "single_use",
)
LEVEL_FIELDS = ("quantity", "gross_weight", "volume")
LABEL_FIELDS = (
    "lot",
    "serial",
    "sterilisation_lot",
    "production_date",
    "expiry_date",
    "internal",
    "count",
    "configuration",
)
"""What changes from label to label, or from lot to lot."""

PARTY_FIELDS = (
    "registrant_name",
    "registrant_name_en",
    "registrant_address",
    "registrant_address_en",
    "registrant_contact",
    "production_licence",
    *(
        f"{role}_{what}"
        for role in ("manufacturer", "contract_manufacturer")
        for what in (
            *("name", "name_en", "domicile", "domicile_en"),
            *("address", "address_en", "contact"),
        )
    ),
    "contract_statement",
    "contract_manufacturer_licence",
    "eu_representative_name",
    "eu_representative_address",
)
FIELDS = (*PRODUCT_FIELDS, *LEVEL_FIELDS, *LABEL_FIELDS, *PARTY_FIELDS)
VARIABLE = frozenset(("serial",))
"""What differs between two labels of one order. A text with one of these is sent with every label;
all others are stored on the printer once."""

DEFERRAL = "其他内容详见说明书"
"""With these words a small label leaves to the instructions what the law lets it (NMPA order no. 6,
art. 13)."""

DATES = frozenset(("production_date", "expiry_date"))
LONGEST = 400
"""Characters of one field; no label has room for more."""

_FREE = re.compile(r"field\.[a-z][a-z0-9_]{0,39}")
_PATTERN = re.compile(r"YYYY[-./ 年]?MM[-./ 月]?(DD日?)?|DD[-./ ]MM[-./ ]YYYY")


@dataclass(frozen=True, slots=True)
class Placeholder:
    field: str
    """One of FIELDS, or "field." and a name of the catalogue's own."""

    pattern: str = ""
    """For dates: YYYY, MM and DD with separators; empty means YYYY-MM-DD."""


@lru_cache(1024)
def pieces(content: str) -> tuple[str | Placeholder, ...]:
    """The content's texts and placeholders in their order. Raises Refused with every problem."""
    try:
        parsed = list(string.Formatter().parse(content))
    except ValueError:
        raise Refused(
            problem(
                "A brace is not closed or not opened: a placeholder is {{serial}}, and a brace"
                " itself is written twice. Got {got!r}.",
                got=content[:60],
            )
        ) from None
    refuse(
        found
        for _, field, pattern, conversion in parsed
        if field is not None
        for found in _placeholder_problems(field, pattern or "", conversion)
    )
    return tuple(_pieces(parsed))


def placeholders(content: str) -> tuple[Placeholder, ...]:
    return tuple(each for each in pieces(content) if isinstance(each, Placeholder))


def is_static(content: str) -> bool:
    """Whether the text is the same on every label of an order."""
    return not any(each.field in VARIABLE for each in placeholders(content))


def empty(content: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that the content needs and the label does not have.

    A caption without its value is not half a text but a defect, so one of them is enough.
    """
    return tuple(
        each.field for each in placeholders(content) if not fields.get(each.field, "").strip()
    )


def filled(content: str, fields: Mapping[str, str]) -> str:
    """The text with its values. Raises Refused with every value that cannot be printed."""
    needed = placeholders(content)
    refuse(
        found.within(each.field)
        for each in needed
        for found in _value_problems(each, fields.get(each.field, ""))
    )
    return "".join(
        each if isinstance(each, str) else _value(each, fields.get(each.field, ""))
        for each in pieces(content)
    )


def unprintable(text: str) -> Iterator[Problem]:
    """Controls, direction marks, and characters that need shaping we do not do."""
    for place, character in enumerate(text, start=1):
        kind = unicodedata.category(character)
        reordered = unicodedata.bidirectional(character) in {"R", "AL", "AN"}
        if kind[0] in "CM" or kind in {"Zl", "Zp"} or reordered:
            yield problem(
                "Character {place} is {name} (U+{code}), which cannot be printed.",
                place=place,
                name=unicodedata.name(character, "a control character"),
                code=f"{ord(character):04X}",
            )


def _pieces(
    parsed: list[tuple[str, str | None, str | None, str | None]],
) -> Iterator[str | Placeholder]:
    for text, field, pattern, _ in parsed:
        if text:
            yield text
        if field is not None:
            yield Placeholder(field, pattern or "")


def _placeholder_problems(field: str, pattern: str, conversion: str | None) -> Iterator[Problem]:
    if field not in FIELDS and not _FREE.fullmatch(field):
        yield problem(
            "There is no field {got!r}. Expected one of: {known}; or field.name.",
            got=field[:60],
            known=", ".join(FIELDS),
        )
    if conversion:
        yield problem("A placeholder has no conversion, got '!{got}'.", got=conversion[:20])
    if pattern and field not in DATES:
        yield problem(
            "Only a date has a pattern, got {got!r} for {field}.", got=pattern[:40], field=field
        )
    elif pattern and not _PATTERN.fullmatch(pattern):
        yield problem(
            "Expected a date pattern such as YYYY-MM-DD, YYYY.MM or YYYY年MM月DD日, got {got!r}.",
            got=pattern[:40],
        )


def _value_problems(placeholder: Placeholder, value: str) -> Iterator[Problem]:
    if len(value) > LONGEST:
        yield problem(
            "Expected at most {most} characters, got {got}.", most=LONGEST, got=len(value)
        )
        return
    yield from unprintable(value)
    if placeholder.field in DATES and value and _day(value) is None:
        yield problem("Expected a date as YYYY-MM-DD that exists, got {got!r}.", got=value[:40])


def _value(placeholder: Placeholder, value: str) -> str:
    day = _day(value) if placeholder.pattern else None
    if day is None:
        return value
    parts = (("YYYY", f"{day.year:04}"), ("MM", f"{day.month:02}"), ("DD", f"{day.day:02}"))
    text = placeholder.pattern
    for name, digits in parts:
        text = text.replace(name, digits)
    return text


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.isoformat() == value else None
