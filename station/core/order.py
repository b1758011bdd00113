"""A work order: what to print, how many, and with which codes.

A work order that exists agrees with itself and with the catalogue; every label it will ask for
can be encoded. Whether its serials were used before is for the journal to say.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from station.core.catalogue import PI_AIS, Catalogue, Level, LevelName, Product
from station.core.gs1 import ElementString, format_date, parse_date
from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials import MOST, Serials
from station.core.shape import Code, Count, Day, Shape, parse


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
    reprint: Literal["burn", "same"] = "burn"
    """What follows a label that failed: its serial is burnt and a replacement gets the next one, or
    the same serial is printed again, because it is engraved on the device."""

    @model_validator(mode="after")
    def _sane(self) -> Self:
        refuse(_own_problems(self))
        return self


def parse_order(document: object, *, catalogue: Catalogue, today: date) -> WorkOrder:
    """The work order in a document. Raises Refused with every reason at once."""
    try:
        order = parse(WorkOrder, document)
    except Refused as refused:
        raise Refused(*refused.problems, *_unknown(document, catalogue)) from None
    refuse(_unknown({"product": order.product}, catalogue))
    product = catalogue[order.product]
    refuse(_product_problems(order, product, today))
    return order


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
    }
    chosen = [(ai, values[ai]) for ai in PI_AIS if ai in product.pi.ais]
    return ElementString.of(("01", level.gtin), *chosen)


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


_FIELD_OF_AI = {"11": "production_date", "17": "expiry_date", "10": "lot", "21": "serials"}


def _product_problems(order: WorkOrder, product: Product, today: date) -> Iterator[Problem]:
    level = product.level(order.level)
    if level is None:
        yield problem(
            "{model} has no packaging level {got!r}. It has: {known}.",
            where="level",
            model=product.model,
            got=order.level.value,
            known=", ".join(each.level.value for each in product.levels),
        )
        return
    given = {
        "11": order.production_date,
        "17": order.expiry_date,
        "10": order.lot,
        "21": order.serials,
    }
    missing = [
        problem(
            "{model} carries AI {ai} on its label, so this field is required.",
            where=_FIELD_OF_AI[ai],
            model=product.model,
            ai=ai,
        )
        for ai in product.pi.ais
        if given[ai] is None
    ]
    yield from missing
    # A production date may stand on a label as text; what else is on it is in the symbol too.
    for ai in ("10", "17", "21"):
        if ai not in product.pi.ais and given[ai] is not None:
            yield problem(
                "{model} does not carry AI {ai} on its label, so this field has no place there.",
                where=_FIELD_OF_AI[ai],
                model=product.model,
                ai=ai,
            )
    yield from _date_problems(order, today)
    if not missing:
        yield from _label_problems(order, product, level)


def _date_problems(order: WorkOrder, today: date) -> Iterator[Problem]:
    """Two digits of the year must mean the same year to whoever reads the label today."""
    for where, day in (
        ("production_date", order.production_date),
        ("expiry_date", order.expiry_date),
    ):
        if day and parse_date(format_date(day), today=today) != day:
            yield problem(
                "{day} cannot be encoded: a label has two digits for the year, and readers take"
                " them within 49 years back and 50 ahead.",
                where=where,
                day=str(day),
            )
    made, expires = order.production_date, order.expiry_date
    if expires and expires <= today:
        yield problem(
            "The expiry date {expiry} is over; today is {today}.",
            where="expiry_date",
            expiry=str(expires),
            today=str(today),
        )
    if made and made > today:
        yield problem(
            "The production date {made} lies in the future; today is {today}.",
            where="production_date",
            made=str(made),
            today=str(today),
        )


def _label_problems(order: WorkOrder, product: Product, level: Level) -> Iterator[Problem]:
    """Try the codes of every label, so that the thousandth cannot fail on the line."""
    serials: tuple[str, ...] = ("",)
    if product.serialised and order.serials:
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
