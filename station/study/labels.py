"""Distinct labels to try: of each design in turn, every one with a serial, a lot and dates of its
own. All follows from a seed, so a label that was missed can be made again.

>>> code(np.random.default_rng(1), 7), code(np.random.default_rng(1), 8)
('HIRY0007', 'HIRY0008')
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

import numpy as np

from station.app import Workshop
from station.core.problem import Refused, problem
from station.line.challenge.ground import Ground
from station.line.job import Job
from station.line.specimen import Codes, Press, covered, order_of

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Those that look alike are among them: they are what a reader may take for each other."""

FIRST_DAY = date(2025, 1, 1)
DAYS = 600
"""Within which labels say they were made."""

TRIES = 8
"""Codes that are too wide for a design are drawn again so often."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A design that labels of the study are made of."""

    template: str
    revision: str

    def __str__(self) -> str:
        return f"{self.template} {self.revision}"


def subjects(workshop: Workshop) -> tuple[Subject, ...]:
    """Every design of which a label can be laid out, by name."""
    named = (Subject(*each) for each in sorted(workshop.library.templates))
    return tuple(each for each in named if _can_be_laid_out(workshop, each))


def ground(workshop: Workshop, subject: Subject, *, number: int, seed: int) -> Ground:
    """Label `number` of the study. Raises Refused where the design has no room for such codes."""
    drawn = np.random.default_rng((seed, number))
    press = replace(workshop.press, today=_day(drawn))
    refused: Refused | None = None
    for _ in range(TRIES):
        codes = Codes(*(code(drawn, number) for _ in range(3)))
        try:
            return _laid_out(workshop, subject, codes, press)
        except Refused as again:
            refused = again
    assert refused, "it was tried"
    raise refused


def code(drawn: np.random.Generator, number: int) -> str:
    """Eight characters: four by chance, and four that no other label of the study has."""
    return "".join(drawn.choice(list(CHARACTERS), 4).tolist()) + np.base_repr(number, 36).zfill(4)


def _day(drawn: np.random.Generator) -> date:
    return FIRST_DAY + timedelta(days=int(drawn.integers(DAYS)))


def _can_be_laid_out(workshop: Workshop, subject: Subject) -> bool:
    try:
        ground(workshop, subject, number=0, seed=0)
    except Refused:
        return False
    return True


def _laid_out(workshop: Workshop, subject: Subject, codes: Codes, press: Press) -> Ground:
    """Of the first product that the design can be laid out for. Raises Refused."""
    design = workshop.library.template(subject.template, subject.revision)
    refused: Refused | None = None
    for product, level in islice(covered(design, workshop.library), TRIES):
        order = order_of(design, product, level, codes=codes, today=press.today)
        try:
            job = Job(
                order,
                library=press.library,
                font=press.font,
                dots_per_mm=press.dots_per_mm,
            )
        except Refused as again:
            refused = again
        else:
            return Ground(order, level, job.first.serial, job, press)
    raise refused or Refused(problem("No product is made with this design."))
