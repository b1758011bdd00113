"""One work order made ready to print: its product, its template, and each label it asks for."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from station.artwork import zpl
from station.artwork.design import Design, laid_out
from station.artwork.items import Artwork
from station.artwork.text import Font
from station.artwork.zpl import Stored
from station.core.catalogue import Level, Product
from station.core.events import Recipe
from station.core.gs1 import ElementString
from station.core.judge import Expected
from station.core.order import WorkOrder, elements, parse_order
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.check import check_label
from station.core.profiles.profile import digest
from station.line.fields import label_fields
from station.line.library import Library


@dataclass(frozen=True, slots=True)
class Label:
    """One label as it should be."""

    number: int
    serial: str
    expected: Expected
    artwork: Artwork
    zpl: bytes
    stored: Stored
    """What the printer has to keep before it is sent."""

    reprint_of: int = 0
    """The label that carried its serial before; 0 for a first print."""

    @property
    def elements(self) -> ElementString:
        return self.expected.elements

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes sent for it."""
        return hashlib.sha256(self.zpl).hexdigest()


class Job:
    """Raises Refused, on construction, when the order's labels cannot be laid out."""

    def __init__(self, order: WorkOrder, *, library: Library, font: Font, dots_per_mm: int) -> None:
        self.order = order
        self.product: Product = _known(library.catalogue.get(order.product), order.product)
        self.level: Level = _known(self.product.level(order.level), order.level)
        self.template: Design = library.template(order.template, order.revision)
        refuse(_out_of_scope(self.template, self.product, self.level))
        self.dots_per_mm = dots_per_mm
        self._font = font
        self._library = library
        self.first = self.label(1, serial=next(self.serials(), ""))

    def serials(self) -> Iterator[str]:
        """The serials of the order; nothing for an order traced by lot."""
        return self.order.serials.every() if self.order.serials else iter(())

    def serial_of(self, number: int) -> str:
        """The serial planned for label `number`; label numbers count from 1."""
        if not 1 <= number <= self.order.quantity:
            raise Refused(
                problem(
                    "Order {order} has labels 1 to {last}, got {number}.",
                    order=self.order.id,
                    last=self.order.quantity,
                    number=number,
                )
            )
        serials = self.serials()
        return next((each for place, each in enumerate(serials, 1) if place == number), "")

    def check_unchanged(self, *, gtin: str, recipe: Recipe | None) -> None:
        """Raises Refused when the order was accepted, or started, with something else.

        An order is printed to its end with what it was started with; what changed meanwhile is
        for the next one.
        """
        if gtin != self.level.gtin:
            raise Refused(
                problem(
                    "The catalogue has changed: the order was accepted with GTIN {expected}, now"
                    " it is {got}.",
                    expected=gtin,
                    got=self.level.gtin,
                )
            )
        started = recipe.model_dump(exclude_defaults=True) if recipe else {}
        now = self.recipe.model_dump()
        # What a record of an earlier version does not say cannot have changed.
        changed = [name for name, value in started.items() if value != now[name]]
        if changed:
            raise Refused(
                problem(
                    "Since the order was started, this has changed: {what}. Put it back, or end"
                    " the order.",
                    what=", ".join(changed),
                )
            )

    def label(self, number: int, *, serial: str) -> Label:
        carried = elements(self.order, level=self.level, product=self.product, serial=serial)
        artwork = laid_out(
            self.template,
            self.fields(serial),
            carried,
            dots_per_mm=self.dots_per_mm,
            font=self._font,
        )
        expected = Expected(carried, artwork.meant)
        return Label(number, serial, expected, artwork, zpl.label(artwork), zpl.stored(artwork))

    @cached_property
    def recipe(self) -> Recipe:
        return Recipe(
            template=self.template.digest,
            font=self._font.digest,
            product=hashlib.sha256(self._entry).hexdigest(),
            dots_per_mm=self.dots_per_mm,
            carriers=self.first.expected.carriers,
            printer=hashlib.sha256(zpl.settings(self.dots_per_mm)).hexdigest(),
            profiles=digest(self._library.profiles.in_force(self.product.subject(self.level))),
        )

    @property
    def sources(self) -> tuple[bytes, ...]:
        """The bytes behind the recipe's digests of template, product and printer settings, to be
        kept with it.
        """
        return self.template.canonical, self._entry, zpl.settings(self.dots_per_mm)

    @cached_property
    def _entry(self) -> bytes:
        """The product's catalogue entry and its parties: one JSON document a line."""
        parties = self._library.catalogue.parties
        entry = (self.product, *(parties[each] for each in self.product.parties))
        return "\n".join(each.model_dump_json() for each in entry).encode()

    def rule_problems(self) -> Iterator[Problem]:
        """What the profiles of the product's markets have against its labels."""
        shown = self.template.shown(self.fields(self.first.serial))
        subject = self.product.subject(self.level)
        yield from check_label(subject, shown, self._library.profiles)

    def fields(self, serial: str) -> dict[str, str]:
        """The texts of one label, by the names a template uses."""
        return label_fields(
            self.order,
            product=self.product,
            level=self.level,
            catalogue=self._library.catalogue,
            serial=serial,
        )


def make_order(
    document: object,
    *,
    library: Library,
    font: Font,
    dots_per_mm: int,
    today: date,
    station: str = "",
) -> WorkOrder:
    """The order in a document, checked as far as it can be without printing.

    Its first label is laid out, and the one with the widest serial. Raises Refused with every
    reason.
    """
    try:
        order = parse_order(document, catalogue=library.catalogue, today=today, station=station)
    except Refused as refused:
        raise Refused(*refused.problems, *_unknown_template(document, library)) from None
    job = Job(order, library=library, font=font, dots_per_mm=dots_per_mm)
    refuse(job.rule_problems())
    for serial in _extremes(order, font):
        job.label(1, serial=serial)
    return order


def _extremes(order: WorkOrder, font: Font) -> tuple[str, ...]:
    """The serials that take the most room of all that the order can come to."""
    if order.serials is None:
        return ()
    if order.serials.list:
        return max(order.serials.list, key=len), max(order.serials.list, key=font.width)
    return (order.serials.widest,) if order.serials.widest else ()


def _unknown_template(document: object, library: Library) -> Iterator[Problem]:
    """The template, if it is named and there is none."""
    wanted = document if isinstance(document, dict) else {}
    name, revision = wanted.get("template"), wanted.get("revision")
    if isinstance(name, str) and isinstance(revision, str):
        try:
            yield from _misplaced(library.template(name, revision), wanted, library)
        except Refused as refused:
            yield from refused.problems


def _misplaced(
    template: Design, wanted: Mapping[str, object], library: Library
) -> Iterator[Problem]:
    """Whether the template is for another product, as far as the document names one."""
    product = library.catalogue.get(str(wanted.get("product")))
    for level in product.levels if product else ():
        if product and level.level == wanted.get("level"):
            yield from _out_of_scope(template, product, level)


def _out_of_scope(template: Design, product: Product, level: Level) -> Iterator[Problem]:
    """A design is used for what it was approved for, and for nothing else."""
    scope = template.scope
    if scope and not scope.covers(model=product.model, family=product.family, level=level.level):
        yield problem(
            "Template {name} is not made for {model} at the level {level}: expected one of"
            " {known}.",
            where="template",
            name=template.name,
            model=product.model,
            level=level.level.value,
            known=scope.words,
        )


T = TypeVar("T")


def _known(found: T | None, name: str) -> T:
    if found is None:
        raise Refused(problem("{name!r} is not in the catalogue any more.", name=name))
    return found
