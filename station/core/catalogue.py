"""Products, their packaging levels, and the parties that answer for them.

Each packaging level of a product has a GTIN of its own, derived from the item by an indicator
digit (GS1 General Specifications 2.1, UDI control procedure 4.1.1). Every check digit, every
Basic UDI-DI and the uniqueness of every GTIN are verified when a catalogue is loaded.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from station.core.gmn import Gmn
from station.core.gtin import Gtin, gtin14
from station.core.lots import LotPolicy
from station.core.parties import Agreement, Certificate, LocalText, Party
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.subject import Deviation, Subject, Trait
from station.core.serials import SerialPolicy
from station.core.shape import Code, Shape, Text
from station.core.shelf_life import ShelfLife

PI_AIS = ("11", "17", "10", "21")
"""Production identifiers in the order in which they are encoded: fixed length first."""

CARRIED_AIS = (*PI_AIS, "240", "30", "91", "8012")
"""All that a symbol of the station can carry beside the DI, in the order of encoding: catalogue
number, variable count, company internal, software version after the production identifiers."""

Registry = Literal["nmpa", "eudamed", "gudid"]
"""A database of a market in which a DI is registered before its device is sold."""


class LevelName(StrEnum):
    """Packaging levels of the procedure, 5.2.1."""

    UNIT = "unit"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    OUTER = "outer"


class Level(Shape):
    level: Annotated[LevelName, Field(strict=False)]
    indicator: Annotated[int, Field(ge=0, le=9)]
    gtin: Code
    source: Literal["printed", "derived"]
    """Whether the GTIN stands in the procedure or was derived from the item by its indicator."""

    ais: tuple[Code, ...] | None = None
    """What the symbol of this level carries beside the DI; None: the product's PI selection."""

    transport: bool = False
    """It is also what is shipped, and follows the rules of the outer pack (procedure, 5.2.1)."""

    registered: tuple[Registry, ...] = ()
    """Where this DI is registered (procedure, 6.3)."""

    quantity: Text = ""
    gross_weight: Text = ""
    volume: Text = ""
    configuration: Text = ""


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
    contract_manufacturer: Code | None = None
    """Who makes it under contract, if somebody does: its label says so (委托生产)."""

    contract_prohibited: bool = False
    """It is on the list of devices that are never made under contract."""

    eu_representative: Code | None = None
    profiles: tuple[Code, ...] = ()
    """Markets it is made for, and house rules: names of `config/profiles`."""

    deviations: tuple[Deviation, ...] = ()
    """House rules that it departs from, each with the reason."""

    traits: tuple[Trait, ...] = ()
    """What kind of device it is; that it is made under contract follows from its parties."""

    shelf_life: ShelfLife | None = None
    lot_policy: LotPolicy | None = None
    serial_policy: SerialPolicy | None = None
    internal_policy: LotPolicy | None = None
    """How company internal information (91) is written, where it is."""

    registration: Certificate | None = None
    notified_body: Text = ""
    """Number beside the CE mark, four digits; empty where there is none."""

    ref: Text = ""
    """Catalogue number, where it is not the model."""

    specification: Text = ""
    software_version: Text = ""
    service_life: Text = ""
    storage: Text = ""
    power: Text = ""
    warnings: Text = ""
    fields: dict[str, Text] = Field(default_factory=dict)
    """Texts of its own, which a template names as `field.name`."""

    @property
    def maker(self) -> str:
        """Whose licence and production address stand for the making: id of a party."""
        return self.contract_manufacturer or self.manufacturer

    @property
    def parties(self) -> tuple[str, ...]:
        """Ids of all parties, each once: registrant, manufacturer, and who else there is."""
        others = (self.contract_manufacturer, self.eu_representative)
        named = (self.registrant, self.manufacturer, *(each for each in others if each))
        return tuple(dict.fromkeys(named))

    def level(self, name: LevelName) -> Level | None:
        return next((level for level in self.levels if level.level == name), None)

    def carried(self, level: Level) -> tuple[str, ...]:
        """What the symbol of a level carries beside the DI, in the order of encoding."""
        chosen = self.pi.ais if level.ais is None else level.ais
        return tuple(ai for ai in CARRIED_AIS if ai in chosen)

    def trace(self, level: Level) -> Literal["serial", "lot"]:
        """Whether the packs of a level are told apart, or are alike within a lot."""
        return "serial" if "21" in self.carried(level) else "lot"

    def subject(self, level: Level) -> Subject:
        """What the profiles are asked about at this level."""
        contract: tuple[Trait, ...] = ("contract",) if self.contract_manufacturer else ()
        return Subject(
            profiles=self.profiles,
            level=level.level.value,
            transport=level.transport,
            trace=self.trace(level),
            traits=frozenset((*self.traits, *contract)),
            ais=self.carried(level),
            deviations=self.deviations,
        )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(
            [
                *_ai_problems(self),
                *_level_problems(self.levels),
                *_gmn_problems(self),
                *_shelf_life_problems(self),
                *_contract_problems(self),
            ]
        )
        return self


class CatalogueFile(Shape):
    """One file of `config/catalogue/`; a catalogue is all of them together."""

    company_prefix: Code | None = None
    families: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What all products of a family share, so that it is said once: fields of a product, and of
    its levels by their names. A product's own entry wins."""

    parties: tuple[Party, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    products: tuple[Product, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _shared(cls, document: object) -> object:
        families = document.get("families") if isinstance(document, dict) else None
        products = document.get("products") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(families, dict):
            return document
        every = products if isinstance(products, tuple) else ()
        return {**document, "products": tuple(_with_shared(each, families) for each in every)}


def _with_shared(product: object, families: Mapping[str, object]) -> object:
    """A product's document with what its family shares; anything malformed is left as it is."""
    shared = families.get(str(product.get("family"))) if isinstance(product, dict) else None
    if not isinstance(product, dict) or not isinstance(shared, dict):
        return product
    levels, own = shared.get("levels"), product.get("levels")
    found = {**{name: each for name, each in shared.items() if name != "levels"}, **product}
    if isinstance(levels, dict) and isinstance(own, tuple):
        found["levels"] = tuple(_with_shared_level(each, levels) for each in own)
    return found


def _with_shared_level(level: object, levels: Mapping[str, object]) -> object:
    shared = levels.get(str(level.get("level"))) if isinstance(level, dict) else None
    if not isinstance(level, dict) or not isinstance(shared, dict):
        return level
    return {**shared, **level}


class Catalogue(Mapping[str, Product]):
    """All products by model. Raises Refused, with every problem of every file, on construction."""

    def __init__(self, files: Mapping[str, CatalogueFile]) -> None:
        products = [(name, each) for name, file in files.items() for each in file.products]
        self.parties = {each.id: each for file in files.values() for each in file.parties}
        self.agreements = tuple(each for file in files.values() for each in file.agreements)
        self._products = {product.model: product for _, product in products}
        refuse(
            [
                *_repeated(products),
                *self._unknown_parties(),
                *self._unknown_in_agreements(),
                *_wrong_prefixes(files),
            ]
        )

    def __getitem__(self, model: str) -> Product:
        return self._products[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self._products)

    def __len__(self) -> int:
        return len(self._products)

    def agreement(self, product: Product) -> Agreement | None:
        """The one under which the product is made by contract; the latest, if there are several."""
        found = [
            each
            for each in self.agreements
            if each.covers(
                registrant=product.registrant,
                maker=product.contract_manufacturer or "",
                model=product.model,
            )
        ]
        return max(found, key=lambda each: each.valid_until, default=None)

    def _unknown_parties(self) -> Iterator[Problem]:
        for product in self._products.values():
            for role, party in (
                ("registrant", product.registrant),
                ("manufacturer", product.manufacturer),
                ("contract_manufacturer", product.contract_manufacturer),
                ("eu_representative", product.eu_representative),
            ):
                if party is not None and party not in self.parties:
                    yield self._no_party(f"{product.model}.{role}", party)

    def _unknown_in_agreements(self) -> Iterator[Problem]:
        for place, each in enumerate(self.agreements):
            for party in (each.registrant, each.contract_manufacturer):
                if party not in self.parties:
                    yield self._no_party(f"agreements.{place}", party)
            for model in each.models:
                if model not in self._products:
                    yield problem(
                        "There is no product {got!r} in the catalogue.",
                        where=f"agreements.{place}.models",
                        got=model,
                    )

    def _no_party(self, where: str, party: str) -> Problem:
        return problem(
            "There is no party {party!r}. Known parties: {known}.",
            where=where,
            party=party,
            known=", ".join(self.parties) or "none",
        )


def _ai_problems(product: Product) -> Iterator[Problem]:
    """The selection of production identifiers, and what each level carries."""
    for ai in product.pi.ais:
        if ai not in PI_AIS:
            yield problem(
                "AI {ai} is not a production identifier. Expected some of {known}.",
                where="pi.ais",
                ai=ai,
                known=", ".join(PI_AIS),
            )
    yield from _selection_problems(product.pi.ais, "pi.ais")
    for level in product.levels:
        where = f"levels.{level.level}.ais"
        for ai in level.ais or ():
            if ai not in CARRIED_AIS:
                yield problem(
                    "AI {ai} has no place in a symbol of the station. Expected some of {known}.",
                    where=where,
                    ai=ai,
                    known=", ".join(CARRIED_AIS),
                )
        if level.ais is not None:
            yield from _selection_problems(level.ais, where)
        yield from _unfilled(product, level, where)


def _selection_problems(ais: tuple[str, ...], where: str) -> Iterator[Problem]:
    if len(set(ais)) != len(ais):
        yield problem("An AI is selected twice: {ais}.", where=where, ais=", ".join(ais))
    if not {"10", "21"} & set(ais):
        yield problem("Neither lot (10) nor serial (21) is selected.", where=where)


def _unfilled(product: Product, level: Level, where: str) -> Iterator[Problem]:
    """What only the catalogue can give has to be there."""
    for ai, field, value in (
        ("240", "ref", product.ref),
        ("8012", "software_version", product.software_version),
    ):
        if ai in product.carried(level) and not value:
            yield problem(
                "AI {ai} is carried, so the product needs its {field}.",
                where=where,
                ai=ai,
                field=field,
            )


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


def _shelf_life_problems(product: Product) -> Iterator[Problem]:
    rule, lots = product.shelf_life, product.lot_policy
    if rule and rule.base == "lot" and not (lots and lots.begins):
        yield problem(
            "A shelf life counted from the lot needs lots that begin with their date: expected"
            " lot_policy.begins.",
            where="shelf_life.base",
        )


def _contract_problems(product: Product) -> Iterator[Problem]:
    if "contract" in product.traits:
        yield problem(
            "That a product is made under contract is said by its contract_manufacturer: expected"
            " traits without it.",
            where="traits",
        )
    if product.contract_manufacturer == product.registrant:
        yield problem(
            "Who makes a product under contract is somebody else than its registrant: got"
            " {got!r} for both.",
            where="contract_manufacturer",
            got=product.registrant,
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
