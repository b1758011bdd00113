"""Products, their packaging levels, and the parties that answer for them.

Each packaging level of a product has a GTIN of its own, derived from the item by an indicator
digit (GS1 General Specifications 2.1, UDI control procedure 4.1.1). Every check digit, every
Basic UDI-DI and the uniqueness of every GTIN are verified when a catalogue is loaded.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from station.core.gmn import Gmn
from station.core.gtin import Gtin, gtin14
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Shape, Text

PI_AIS = ("11", "17", "10", "21")
"""Production identifiers in the order in which they are encoded: fixed length first."""


class LevelName(StrEnum):
    """Packaging levels of the procedure, 5.2.1."""

    UNIT = "unit"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    OUTER = "outer"


class LocalText(Shape):
    """One text in the languages of the label."""

    zh: Text
    en: Text = ""


class Party(Shape):
    """A registrant or maker, as the label law wants it named (NMPA order no. 6, art. 13)."""

    id: Code
    name: LocalText
    domicile: LocalText
    production_address: LocalText | None = None
    licence: Text = ""
    contact: Text = ""
    specimen: bool = False
    """True for the invented parties of the sample catalogue."""


class Level(Shape):
    level: Annotated[LevelName, Field(strict=False)]
    indicator: Annotated[int, Field(ge=0, le=9)]
    gtin: Code
    source: Literal["printed", "derived"]
    """Whether the GTIN stands in the procedure or was derived from the item by its indicator."""


class PiSelection(Shape):
    """Which production identifiers the label carries (procedure, annex 3)."""

    ais: tuple[Code, ...]
    inferred: bool
    """True where annex 3's tick marks were lost and the selection is a proposal to be approved."""


class Product(Shape):
    model: Code
    name: LocalText
    family: Code
    basic_udi_di: Code
    """Registration key; never printed, never encoded."""

    pi: PiSelection
    levels: tuple[Level, ...]
    registrant: Code
    manufacturer: Code
    specification: Text = ""
    registration_number: Text = ""
    service_life: Text = ""
    storage: Text = ""

    @property
    def serialised(self) -> bool:
        """Every item has a serial; otherwise items of one lot are alike."""
        return "21" in self.pi.ais

    @property
    def parties(self) -> tuple[str, str]:
        """Ids of the registrant and of the manufacturer."""
        return self.registrant, self.manufacturer

    def level(self, name: LevelName) -> Level | None:
        return next((level for level in self.levels if level.level == name), None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse([*_pi_problems(self.pi), *_level_problems(self.levels), *_gmn_problems(self)])
        return self


class CatalogueFile(Shape):
    """One file of `config/catalogue/`; a catalogue is all of them together."""

    company_prefix: Code | None = None
    parties: tuple[Party, ...] = ()
    products: tuple[Product, ...] = ()


class Catalogue(Mapping[str, Product]):
    """All products by model. Raises Refused, with every problem of every file, on construction."""

    def __init__(self, files: Mapping[str, CatalogueFile]) -> None:
        products = [(name, each) for name, file in files.items() for each in file.products]
        self.parties = {each.id: each for file in files.values() for each in file.parties}
        self._products = {product.model: product for _, product in products}
        refuse([*_repeated(products), *self._unknown_parties(), *_wrong_prefixes(files)])

    def __getitem__(self, model: str) -> Product:
        return self._products[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self._products)

    def __len__(self) -> int:
        return len(self._products)

    def _unknown_parties(self) -> Iterator[Problem]:
        for product in self._products.values():
            for role, party in (
                ("registrant", product.registrant),
                ("manufacturer", product.manufacturer),
            ):
                if party not in self.parties:
                    yield problem(
                        "There is no party {party!r}. Known parties: {known}.",
                        where=f"{product.model}.{role}",
                        party=party,
                        known=", ".join(self.parties) or "none",
                    )


def _pi_problems(pi: PiSelection) -> Iterator[Problem]:
    for ai in pi.ais:
        if ai not in PI_AIS:
            yield problem(
                "AI {ai} is not a production identifier. Expected some of {known}.",
                where="pi.ais",
                ai=ai,
                known=", ".join(PI_AIS),
            )
    if len(set(pi.ais)) != len(pi.ais):
        yield problem("An AI is selected twice: {ais}.", where="pi.ais", ais=", ".join(pi.ais))
    if not {"10", "21"} & set(pi.ais):
        yield problem("Neither lot (10) nor serial (21) is selected.", where="pi.ais")


def _level_problems(levels: tuple[Level, ...]) -> Iterator[Problem]:
    names = [level.level for level in levels]
    if not levels or len(set(names)) != len(names):
        yield problem("A product needs at least one level, and each level once.", where="levels")
        return
    try:
        items = [Gtin.parse(level.gtin) for level in levels]
    except Refused as refused:
        yield from refused.within("levels").problems
        return
    for level, gtin in zip(levels, items, strict=True):
        expected = items[0] if level.indicator == 0 else gtin14(level.indicator, items[0].item)
        if str(gtin) != str(expected):
            yield problem(
                "The GTIN of an item at indicator {indicator} is the indicator, the item's first"
                " 12 digits and a new check digit: expected {expected}, got {got}.",
                where=f"levels.{level.level}",
                indicator=level.indicator,
                expected=str(expected),
                got=level.gtin,
            )


def _gmn_problems(product: Product) -> Iterator[Problem]:
    try:
        Gmn.parse(product.basic_udi_di)
    except Refused as refused:
        yield from refused.within("basic_udi_di").problems


def _repeated(products: list[tuple[str, Product]]) -> Iterator[Problem]:
    """Models, GTINs and Basic UDI-DIs are unique over all products and levels."""
    for what, values in (
        ("model", [(product.model, name) for name, product in products]),
        ("gtin", [(level.gtin, p.model) for _, p in products for level in p.levels]),
        ("basic_udi_di", [(product.basic_udi_di, product.model) for _, product in products]),
    ):
        for value, times in Counter(value for value, _ in values).items():
            if times > 1:
                yield problem(
                    "{what} {value} is used {times} times: {users}.",
                    where=what,
                    what=what,
                    value=value,
                    times=times,
                    users=", ".join(user for each, user in values if each == value),
                )


def _wrong_prefixes(files: Mapping[str, CatalogueFile]) -> Iterator[Problem]:
    for file in files.values():
        for product in file.products if file.company_prefix else ():
            for level in product.levels:
                if not level.gtin[1:].startswith(file.company_prefix or ""):
                    yield problem(
                        "GTIN {gtin} does not carry the company prefix {prefix}.",
                        where=f"{product.model}.levels.{level.level}",
                        gtin=level.gtin,
                        prefix=file.company_prefix or "",
                    )
