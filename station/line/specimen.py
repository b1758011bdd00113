"""A label that no order asked for: to look at, or the one that takes the most room.

>>> SPECIMEN.serial
'SPECIMEN'
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from station.artwork.design import Design
from station.artwork.text import Font
from station.core.catalogue import Level, Product
from station.core.lots import LotPolicy
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem
from station.core.serials import SerialPolicy, Serials
from station.line.job import Job, Label
from station.line.library import Library


@dataclass(frozen=True, slots=True)
class Codes:
    """What an order would have given the label."""

    serial: str
    lot: str
    internal: str


SPECIMEN = Codes("SPECIMEN", "SPECIMEN", "SPECIMEN")
"""Values that no device ever has; of eight characters, as most serials and lots here have."""


def widest(product: Product) -> Codes:
    """The codes that take the most room of all the product can have."""
    return Codes(
        (product.serial_policy or SerialPolicy()).widest,
        (product.lot_policy or LotPolicy()).widest,
        (product.internal_policy or LotPolicy()).widest,
    )


@dataclass(frozen=True, slots=True)
class Press:
    """What labels are laid out with."""

    library: Library
    font: Font
    dots_per_mm: int
    today: date
    profiles: str = ""
    """SHA-256 of the profiles in force; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Specimen:
    product: str
    level: str
    label: Label


def specimen(
    template: Design, product: Product, level: Level, *, press: Press, codes: Codes = SPECIMEN
) -> Specimen:
    """The label of one packaging level. Raises Refused when it cannot be laid out."""
    key = (template.name, template.revision)
    job = Job(
        order_of(template, product, level, codes=codes, today=press.today),
        library=replace(press.library, templates={key: template}),
        font=press.font,
        dots_per_mm=press.dots_per_mm,
    )
    return Specimen(product.model, level.level, job.first)


def some_specimen(
    template: Design, *, press: Press, product: str = "", level: str = ""
) -> Specimen:
    """The first label that can be laid out, of this product and level where they are named.

    Raises Refused where none can be, with what stood in the way of the one that came closest.
    """
    closest: Refused | None = None
    for of, at in _wanted(template, press.library, product, level):
        try:
            return specimen(template, of, at, press=press)
        except Refused as refused:
            if closest is None or len(refused.problems) < len(closest.problems):
                closest = refused
    raise closest or Refused(_unknown(template, press.library, product, level))


def covered(template: Design, library: Library) -> Iterator[tuple[Product, Level]]:
    """The products and levels of the template's scope; without a scope, all there are."""
    scope = template.scope
    for product in library.catalogue.values():
        for level in product.levels:
            if scope is None or scope.covers(
                model=product.model, family=product.family, level=level.level
            ):
                yield product, level


def _wanted(
    template: Design, library: Library, product: str, level: str
) -> Iterator[tuple[Product, Level]]:
    for each, at in covered(template, library):
        if product in {"", each.model} and level in {"", at.level}:
            yield each, at


def _unknown(template: Design, library: Library, product: str, level: str) -> Problem:
    found = library.catalogue.get(product)
    if found is not None and (not level or any(each.level == level for each in found.levels)):
        return problem(
            "Template {name} is not made for {model} at the level {level}: expected one of"
            " {known}.",
            where="template",
            name=template.name,
            model=product,
            level=level or "-",
            known=template.scope.words if template.scope else "-",
        )
    if found is None:
        return problem(
            "There is no product {got!r} in the catalogue.", where="product", got=product[:60]
        )
    return problem(
        "{model} has no packaging level {got!r}. It has: {known}.",
        where="level",
        model=product,
        got=level[:60],
        known=", ".join(each.level.value for each in found.levels),
    )


def order_of(
    template: Design, product: Product, level: Level, *, codes: Codes, today: date
) -> WorkOrder:
    """An order of one label, with all that its symbol carries."""
    carried = product.carried(level)
    return WorkOrder(
        id="SPECIMEN",
        product=product.model,
        level=level.level,
        quantity=1,
        template=template.name,
        revision=template.revision,
        lot=codes.lot if "10" in carried else None,
        production_date=today,
        expiry_date=_expiry(product, today) if "17" in carried else None,
        serials=Serials(list=(codes.serial,)) if "21" in carried else None,
        sterilisation_lot=codes.lot if "sterile" in product.traits else None,
        internal=codes.internal if "91" in carried else None,
        count="88888888" if "30" in carried else None,
    )


def _expiry(product: Product, today: date) -> date:
    """By its rule, or any later day: all dates are of one width."""
    rule = product.shelf_life
    return rule.expiry(today) if rule else date(today.year + 3, 12, 28)
