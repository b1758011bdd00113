"""Whether a design can be approved: every product of its scope, with the longest codes it can get.

A design that fits one lot may overflow with the next. So the worst case of each product and level
is laid out once, before a person approves the template, and what it shows is held against the
profiles of the product's markets. An order is then only what was looked at before.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from station.artwork.template import Template
from station.artwork.text import Font
from station.core.catalogue import Level, Product
from station.core.lots import LotPolicy
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.check import check_label
from station.core.serials import SerialPolicy, Serials
from station.line.job import Job
from station.line.library import Library

MOST_PROBLEMS = 100
"""Named at once."""


def check(
    template: Template, *, library: Library, font: Font, dots_per_mm: int, today: date
) -> None:
    """Raises Refused with everything that stands against approving the design."""
    covered = tuple(_covered(template, library))
    if not covered:
        raise Refused(
            problem(
                "The template is for no product of the catalogue: expected a scope with families or"
                " models, and levels.",
                where="scope",
            )
        )
    here = replace(library, templates={(template.name, template.revision): template})
    found = (
        each.within(f"{product.model}.{level.level}")
        for product, level in covered
        for each in _problems(_worst(template, product, level, today), here, font, dots_per_mm)
    )
    refuse(islice(found, MOST_PROBLEMS))


def rule_problems(job: Job, *, library: Library) -> Iterator[Problem]:
    """What the profiles of its product have against the labels of a job."""
    shown = job.template.shown(job.fields(job.first.serial))
    yield from check_label(job.product.subject(job.level), shown, library.profiles)


def _covered(template: Template, library: Library) -> Iterator[tuple[Product, Level]]:
    scope = template.scope
    for product in library.catalogue.values() if scope else ():
        for level in product.levels:
            if scope and scope.covers(
                model=product.model, family=product.family, level=level.level
            ):
                yield product, level


def _problems(
    order: WorkOrder, library: Library, font: Font, dots_per_mm: int
) -> Iterator[Problem]:
    try:
        job = Job(order, library=library, font=font, dots_per_mm=dots_per_mm)
    except Refused as refused:
        yield from refused.problems
    else:
        yield from rule_problems(job, library=library)


def _worst(template: Template, product: Product, level: Level, today: date) -> WorkOrder:
    """An order of one label with the widest codes the product can have."""
    carried = product.carried(level)
    lot = (product.lot_policy or LotPolicy()).widest
    serial = (product.serial_policy or SerialPolicy()).widest
    internal = (product.internal_policy or LotPolicy()).widest
    return WorkOrder(
        id="WORST-CASE",
        product=product.model,
        level=level.level,
        quantity=1,
        template=template.name,
        revision=template.revision,
        lot=lot if "10" in carried else None,
        production_date=today,
        expiry_date=_expiry(product, today) if "17" in carried else None,
        serials=Serials(list=(serial,)) if "21" in carried else None,
        sterilisation_lot=lot if "sterile" in product.traits else None,
        internal=internal if "91" in carried else None,
        count="8" * 8 if "30" in carried else None,
    )


def _expiry(product: Product, today: date) -> date:
    """By its rule, or any day later than today: dates are all alike in width."""
    rule = product.shelf_life
    return rule.expiry(today) if rule else date(today.year + 1, 12, 28)
