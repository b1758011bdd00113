"""Whether a design can be approved: every product of its scope, with the longest codes it can get.

A design that fits one lot may overflow with the next. So the worst case of each product and level
is laid out once, before a person approves the template, and what it shows is held against the
profiles of the product's markets. An order is then only what was looked at before.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from station.artwork.design import Design
from station.artwork.layout import resolution_problems
from station.artwork.text import Font
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem, refuse
from station.line.job import Job
from station.line.library import Library
from station.line.specimen import covered, order_of, widest

MOST_PROBLEMS = 100
"""Named at once."""


def check(template: Design, *, library: Library, font: Font, dots_per_mm: int, today: date) -> None:
    """Raises Refused with everything that stands against approving the design."""
    refuse(resolution_problems(dots_per_mm))
    every = tuple(covered(template, library)) if template.scope else ()
    if not every:
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
        for product, level in every
        for each in _problems(
            order_of(template, product, level, codes=widest(product), today=today),
            here,
            font,
            dots_per_mm,
        )
    )
    refuse(islice(found, MOST_PROBLEMS))


def _problems(
    order: WorkOrder, library: Library, font: Font, dots_per_mm: int
) -> Iterator[Problem]:
    try:
        job = Job(order, library=library, font=font, dots_per_mm=dots_per_mm)
    except Refused as refused:
        yield from refused.problems
    else:
        yield from job.rule_problems()
