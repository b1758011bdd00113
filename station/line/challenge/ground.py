"""What specimens are made from: the next label of the order that runs, as it should be.

It is laid out the way every label is. What a family changes is one thing, and everything else stays
as it was approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from station.artwork.design import laid_out
from station.artwork.ink import Ink
from station.artwork.items import Artwork
from station.artwork.picture import inked
from station.core.catalogue import Level, Product
from station.core.gs1 import ElementString
from station.core.order import WorkOrder, elements
from station.core.problem import Refused, problem
from station.line.fields import label_fields
from station.line.job import Job
from station.line.specimen import Press


@dataclass(frozen=True)
class Ground:
    order: WorkOrder
    level: Level
    serial: str
    """The next one of the order; empty where it has none. Nothing is issued for a specimen."""

    job: Job
    press: Press

    @property
    def product(self) -> Product:
        return self.job.product

    @cached_property
    def carried(self) -> ElementString:
        return elements(self.order, level=self.level, product=self.product, serial=self.serial)

    @cached_property
    def artwork(self) -> Artwork:
        """Raises Refused."""
        return self.laid(self.fields)

    @cached_property
    def ink(self) -> Ink:
        """All its dots. Raises Refused."""
        return inked(self.artwork, self.artwork.items)

    @property
    def fields(self) -> dict[str, str]:
        return label_fields(
            self.order,
            product=self.product,
            level=self.level,
            catalogue=self.press.library.catalogue,
            serial=self.serial,
        )

    def laid(self, fields: Mapping[str, str]) -> Artwork:
        """The label with other texts. Raises Refused where it cannot be laid out."""
        return laid_out(
            self.job.template,
            fields,
            self.carried,
            dots_per_mm=self.press.dots_per_mm,
            font=self.press.font,
        )

    def but(
        self,
        *,
        order: WorkOrder | None = None,
        level: Level | None = None,
        serial: str | None = None,
    ) -> "Ground":
        """The same with other data. Raises Refused where its label has another size."""
        other = replace(
            self,
            order=order or self.order,
            level=level or self.level,
            serial=self.serial if serial is None else serial,
        )
        if other.ink.shape != self.ink.shape:
            raise Refused(problem("The label would have another size."))
        return other
