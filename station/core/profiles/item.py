"""What a rule is about: an AI in the symbol, a text on the label, or a pictogram.

>>> [str(Item.parse(each)) for each in ("10", "expiry_date", "pictogram.ce")]
['(10)', 'expiry_date', 'pictogram.ce']
>>> Item.parse("expiry_dat")
Traceback (most recent call last):
station.core.problem.Refused: There is no text 'expiry_dat'. Expected a field of a label such as \
expiry_date, field.name, an AI such as 10, or pictogram.name.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from station.core import ai
from station.core.problem import Refused, problem
from station.core.shape import Code

_MAKER_TEXTS = (
    *("name", "name_en", "domicile", "domicile_en"),
    *("address", "address_en", "contact"),
)

TEXTS = frozenset(
    (
        *("product_name", "product_name_en", "model", "specification", "ref"),
        *("lot", "serial", "sterilisation_lot", "production_date", "expiry_date"),
        *("registrant_name", "registrant_name_en"),
        *("registrant_address", "registrant_address_en", "registrant_contact"),
        *(f"manufacturer_{text}" for text in _MAKER_TEXTS),
        *(f"contract_manufacturer_{text}" for text in _MAKER_TEXTS),
        *("registration_number", "production_licence"),
        *("contract_statement", "contract_manufacturer_licence"),
        *("eu_representative_name", "eu_representative_address", "notified_body"),
        *("service_life", "storage", "power", "warnings", "sterile", "single_use"),
        *("quantity", "gross_weight", "volume", "configuration"),
        *("internal", "count", "software_version"),
    )
)
"""Fields of a label that a rule can name; a word that is none of them is a slip of the pen, and a
rule about it would never be asked."""

DATES = ("production_date", "expiry_date")

_FREE = re.compile(r"field\.[a-z][a-z0-9_]{0,39}")
_PICTOGRAM = re.compile(r"pictogram\.[a-z][a-z0-9-]{0,39}")


class Kind(StrEnum):
    AI = "ais"
    TEXT = "texts"
    PICTOGRAM = "pictograms"


@dataclass(frozen=True, slots=True)
class Item:
    kind: Kind
    name: str

    @classmethod
    def parse(cls, written: str) -> "Item":
        """As rules and deviations write it. Raises Refused if there is no such thing."""
        if written.isascii() and written.isdigit():
            return cls(Kind.AI, ai.find(written).code)
        if _PICTOGRAM.fullmatch(written):
            return cls(Kind.PICTOGRAM, written.removeprefix("pictogram."))
        if written in TEXTS or _FREE.fullmatch(written):
            return cls(Kind.TEXT, written)
        raise Refused(
            problem(
                "There is no text {got!r}. Expected a field of a label such as expiry_date,"
                " field.name, an AI such as 10, or pictogram.name.",
                got=written[:60],
            )
        )

    @property
    def where(self) -> str:
        return f"{self.kind.value}.{self.name}"

    def __str__(self) -> str:
        match self.kind:
            case Kind.AI:
                return f"({self.name})"
            case Kind.PICTOGRAM:
                return f"pictogram.{self.name}"
        return self.name


def ai_items(*codes: str) -> frozenset[Item]:
    return frozenset(Item(Kind.AI, each) for each in codes)


def text_items(*names: str) -> frozenset[Item]:
    return frozenset(Item(Kind.TEXT, each) for each in names)


def _written(value: str) -> str:
    Item.parse(value)
    return value


def _code(value: str) -> str:
    return ai.find(value).code


def _text(value: str) -> str:
    if Item.parse(value).kind is not Kind.TEXT:
        raise Refused(problem("Expected the name of a text, got {got!r}.", got=value[:60]))
    return value


def _pictogram(value: str) -> str:
    if not _PICTOGRAM.fullmatch(f"pictogram.{value}"):
        raise Refused(
            problem(
                "Expected the name of a pictogram such as do-not-reuse, got {got!r}.",
                got=value[:60],
            )
        )
    return value


What = Annotated[Code, AfterValidator(_written)]
"""An item as it is written: `"10"`, `lot`, `pictogram.ce`."""

AiCode = Annotated[Code, AfterValidator(_code)]
TextName = Annotated[Code, AfterValidator(_text)]
PictogramName = Annotated[Code, AfterValidator(_pictogram)]
