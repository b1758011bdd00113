"""A work order: what to print, how many, and with which codes.

A work order that exists agrees with itself and with the catalogue; every label it will ask for
can be encoded. Whether its serials were used before is for the journal to say.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from station.core.catalogue import Catalogue, Level, LevelName, Product
from station.core.expiry import Dates, date_problems, expiry
from station.core.gs1 import ElementString, format_date
from station.core.manufacture import making_problems
from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials import MOST, Serials
from station.core.shape import Code, Count, Day, Shape, Text, parse


def _plain(value: str) -> str:
    """An id becomes part of file names and addresses: letters, digits, dot, dash, underscore."""
    allowed = value.isascii() and all(each.isalnum() or each in "._-" for each in value)
    if not allowed or len(value) > 40 or not value[0].isalnum():
        raise Refused(
            problem(
                "Expected 1 to 40 of A-Z a-z 0-9 . _ - beginning with a letter or digit, got"
                " {got!r}.",
                got=value[:60],
            )
        )
    return value


Id = Annotated[Code, AfterValidator(_plain)]


class WorkOrder(Shape):
    id: Id
    product: Code
    """The model, as in the catalogue."""

    level: Annotated[LevelName, Field(strict=False)]
    quantity: Count
    """Good labels wanted."""

    template: Code
    revision: Code
    lot: Code | None = None
    production_date: Day | None = None
    expiry_date: Day | None = None
    serials: Serials | None = None
    sterilisation_lot: Code | None = None
    count: Code | None = None
    """Variable count of pieces, AI 30."""

    internal: Code | None = None
    """Company internal information, AI 91."""

    configuration: Text | None = None
    """Of this lot, such as its set of needles; otherwise the catalogue's."""

    reprint: Literal["burn", "same"] = "burn"
    """What follows a label that failed: its serial is burnt and a replacement gets the next one, or
    the same serial is printed again, because it is engraved on the device."""

    @property
    def dates(self) -> Dates:
        return Dates(self.production_date, self.expiry_date, self.lot)

    @model_validator(mode="after")
    def _sane(self) -> Self:
        refuse(_own_problems(self))
        return self


def parse_order(
    document: object, *, catalogue: Catalogue, today: date, station: str = ""
) -> WorkOrder:
    """The work order in a document. Raises Refused with every reason at once.

    `station` is whose order it is: a product may keep blocks of serials for each.
    """
    try:
        order = parse(WorkOrder, document)
    except Refused as refused:
        raise Refused(*refused.problems, *_unknown(document, catalogue)) from None
    refuse(_unknown({"product": order.product}, catalogue))
    product = catalogue[order.product]
    level = _level(order, product)
    dated = _dated(order, product, level)
    refuse(
        [
            *_field_problems(dated, product, level),
            *date_problems(product, dated.dates, today=today),
            *making_problems(product, catalogue, dated.production_date or today),
        ]
    )
    refuse(_label_problems(dated, product, level))
    if product.serial_policy and dated.serials:
        refuse(product.serial_policy.problems(dated.serials, dated.quantity, station=station))
    return dated


def _dated(order: WorkOrder, product: Product, level: Level) -> WorkOrder:
    """With the expiry date that the product's shelf life gives, where the order leaves it out."""
    if order.expiry_date or "17" not in product.carried(level):
        return order
    try:
        return order.model_copy(update={"expiry_date": expiry(product, order.dates)})
    except Refused:
        return order  # what is wrong with its dates is said with everything else


def _level(order: WorkOrder, product: Product) -> Level:
    found = product.level(order.level)
    if found is None:
        raise Refused(
            problem(
                "{model} has no packaging level {got!r}. It has: {known}.",
                where="level",
                model=product.model,
                got=order.level.value,
                known=", ".join(each.level.value for each in product.levels),
            )
        )
    return found


def _unknown(document: object, catalogue: Catalogue) -> Iterator[Problem]:
    """The product, if it is named and there is none."""
    named = document.get("product") if isinstance(document, dict) else None
    if isinstance(named, str) and named not in catalogue:
        yield problem(
            "There is no product {got!r} in the catalogue.", where="product", got=named[:60]
        )


def elements(order: WorkOrder, *, level: Level, product: Product, serial: str) -> ElementString:
    """What the symbol of one label carries: DI first, fixed lengths before variable ones."""
    values = {
        "11": format_date(order.production_date) if order.production_date else "",
        "17": format_date(order.expiry_date) if order.expiry_date else "",
        "10": order.lot or "",
        "21": serial,
        "240": product.ref,
        "30": order.count or "",
        "91": order.internal or "",
        "8012": product.software_version,
    }
    carried = ((ai, values[ai]) for ai in product.carried(level))
    return ElementString.of(("01", level.gtin), *carried)


def _own_problems(order: WorkOrder) -> Iterator[Problem]:
    if order.quantity > MOST:
        yield problem(
            "An order has at most {most} labels, got {got}.",
            where="quantity",
            most=MOST,
            got=order.quantity,
        )
    if order.reprint == "same" and order.serials is None:
        yield problem(
            "An order without serials has none to print again: expected burn, got same.",
            where="reprint",
        )
    made, expires = order.production_date, order.expiry_date
    if made and expires and expires <= made:
        yield problem(
            "The expiry date {expiry} is not after the production date {made}.",
            where="expiry_date",
            expiry=str(expires),
            made=str(made),
        )


_FIELD_OF_AI = {
    "11": "production_date",
    "17": "expiry_date",
    "10": "lot",
    "21": "serials",
    "30": "count",
    "91": "internal",
}
"""Fields of an order by what they are in the symbol."""

_TEXTS = frozenset({"11"})
"""A production date may stand on a label as text; what else is on it is in the symbol too."""


def _field_problems(order: WorkOrder, product: Product, level: Level) -> Iterator[Problem]:
    """The order has what the symbol of this level carries, and nothing that it does not."""
    carried = product.carried(level)
    for ai, field in _FIELD_OF_AI.items():
        given = order.model_dump(include={field})[field] is not None
        computed = ai == "17" and product.shelf_life is not None
        if ai in carried and not given and not computed:
            yield problem(
                "{model} carries AI {ai} on its label, so this field is required.",
                where=field,
                model=product.model,
                ai=ai,
            )
        if given and ai not in carried and ai not in _TEXTS:
            yield problem(
                "{model} does not carry AI {ai} on its label, so this field has no place there.",
                where=field,
                model=product.model,
                ai=ai,
            )
    if product.internal_policy and order.internal is not None:
        found = product.internal_policy.problems(order.internal)
        yield from (each.within("internal") for each in found)


def _label_problems(order: WorkOrder, product: Product, level: Level) -> Iterator[Problem]:
    """Try the codes of every label, so that the thousandth cannot fail on the line."""
    serials: tuple[str, ...] = ("",)
    if product.trace(level) == "serial" and order.serials:
        if order.quantity > MOST:
            return
        try:
            serials = order.serials.planned(order.quantity)
        except Refused as refused:
            yield from refused.within("serials").problems
            return
    for serial in serials:
        try:
            elements(order, level=level, product=product, serial=serial)
        except Refused as refused:
            yield from refused.within("serials" if serial else "").problems
            return
