"""The dates of a label: computed where a rule gives them, refused where they cannot be.

A label has two digits for the year, and an expiry date is a promise about a product: a date that
does not exist, is over, runs backwards or contradicts the product's shelf life is never printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from station.core.catalogue import Product
from station.core.gs1 import format_date, parse_date
from station.core.problem import Problem, Refused, problem
from station.core.shelf_life import ShelfLife


@dataclass(frozen=True, slots=True)
class Dates:
    """What a work order says about time."""

    production: date | None
    expiry: date | None
    lot: str | None


def expiry(product: Product, dates: Dates) -> date | None:
    """The use-by date that the product's shelf life gives; None where no rule or no base is known.

    Raises Refused when the lot does not begin with a date, or the rule leaves the calendar.
    """
    rule = product.shelf_life
    base = _base(product, rule, dates) if rule else None
    return rule.expiry(base) if rule and base else None


def date_problems(product: Product, dates: Dates, *, today: date) -> Iterator[Problem]:
    """Everything that is wrong with the dates of an order, each with its rule."""
    yield from _two_digit_problems(dates, today)
    yield from _order_problems(dates, today)
    lots = product.lot_policy
    wrong = tuple(lots.problems(dates.lot)) if lots and dates.lot else ()
    yield from (each.within("lot") for each in wrong)
    if wrong:
        return  # a date in such a lot means nothing
    yield from _lot_problems(product, dates)
    try:
        yield from _rule_problems(product, dates)
    except Refused as refused:
        yield from refused.within("expiry_date").problems


def _base(product: Product, rule: ShelfLife, dates: Dates) -> date | None:
    if rule.base == "production":
        return dates.production
    return _lot_date(product, dates.lot) if dates.lot else None


def _lot_date(product: Product, lot: str) -> date | None:
    """The date a lot begins with; None where the product's lots begin with none."""
    return product.lot_policy.lot_date(lot) if product.lot_policy else None


def _two_digit_problems(dates: Dates, today: date) -> Iterator[Problem]:
    """Two digits of the year must mean the same year to whoever reads the label today."""
    for where, day in (("production_date", dates.production), ("expiry_date", dates.expiry)):
        if day and parse_date(format_date(day), today=today) != day:
            yield problem(
                "{day} cannot be encoded: a label has two digits for the year, and readers take"
                " them within 49 years back and 50 ahead (GS1 General Specifications 7.12).",
                where=where,
                day=str(day),
            )


def _order_problems(dates: Dates, today: date) -> Iterator[Problem]:
    """Made, no later than today; used by, later than today."""
    made, expires = dates.production, dates.expiry
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


def _lot_problems(product: Product, dates: Dates) -> Iterator[Problem]:
    """Nothing is finished before its lot was begun."""
    begun = _lot_date(product, dates.lot) if dates.lot else None
    if begun and dates.production and dates.production < begun:
        yield problem(
            "The production date {made} lies before the date of lot {lot}: expected {begun} or"
            " later.",
            where="production_date",
            made=str(dates.production),
            lot=dates.lot or "",
            begun=str(begun),
        )


def _rule_problems(product: Product, dates: Dates) -> Iterator[Problem]:
    expected = expiry(product, dates)
    if expected and dates.expiry and dates.expiry != expected:
        assert product.shelf_life is not None, "only a rule expects a date"
        yield problem(
            "The expiry date contradicts the shelf life of {model}, {rule}: expected {expected},"
            " got {got}.",
            where="expiry_date",
            model=product.model,
            rule=product.shelf_life.formula,
            expected=str(expected),
            got=str(dates.expiry),
        )
