"""A label to look at: laid out as every other, with values that no device ever has.

>>> SERIAL, LOT
('SPECIMEN', 'SPECIMEN')
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from station.artwork.template import Template
from station.artwork.text import Font
from station.core.catalogue import Level, Product
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem
from station.core.serials import Serials
from station.line.job import Job, Label
from station.line.library import Library

SERIAL = LOT = "SPECIMEN"
"""Eight characters, as most serials and lots here have."""

SHELF_LIFE = timedelta(days=1095)


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


def specimen(template: Template, product: Product, level: Level, *, press: Press) -> Specimen:
    """The label of one packaging level. Raises Refused when it cannot be laid out."""
    key = (template.name, template.revision)
    job = Job(
        _order(template, product, level, press.today),
        library=replace(press.library, templates={key: template}),
        font=press.font,
        dots_per_mm=press.dots_per_mm,
    )
    return Specimen(product.model, level.level, job.first)


def some_specimen(
    template: Template, *, press: Press, product: str = "", level: str = ""
) -> Specimen:
    """The first label that can be laid out, of this product and level where they are named.

    Raises Refused where none can be, with what stood in the way of the one that came closest.
    """
    closest: Refused | None = None
    for of, at in _wanted(press.library, product, level):
        try:
            return specimen(template, of, at, press=press)
        except Refused as refused:
            if closest is None or len(refused.problems) < len(closest.problems):
                closest = refused
    raise closest or Refused(_unknown(press.library, product, level))


def _wanted(library: Library, product: str, level: str) -> Iterator[tuple[Product, Level]]:
    for each in library.catalogue.values():
        for at in each.levels:
            if product in {"", each.model} and level in {"", at.level}:
                yield each, at


def _unknown(library: Library, product: str, level: str) -> Problem:
    found = library.catalogue.get(product)
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


def _order(template: Template, product: Product, level: Level, today: date) -> WorkOrder:
    carried = product.pi.ais
    return WorkOrder(
        id="SPECIMEN",
        product=product.model,
        level=level.level,
        quantity=1,
        template=template.name,
        revision=template.revision,
        lot=LOT if "10" in carried else None,
        production_date=today,
        expiry_date=today + SHELF_LIFE if "17" in carried else None,
        serials=Serials(list=(SERIAL,)) if "21" in carried else None,
    )
