"""The dates of an order follow from its product, or are refused with the rule they break."""

from datetime import date
from typing import Any

import pytest

from station.core.catalogue import Product
from station.core.expiry import Dates, date_problems, expiry
from station.core.problem import Refused
from station.core.shape import parse

TODAY = date(2018, 12, 1)

PATCH: dict[str, Any] = {
    "model": "A型",
    "name": {"zh": "穴位贴敷贴"},
    "family": "acupoint_patch",
    "basic_udi_di": "697286918301PZ",
    "registrant": "us",
    "manufacturer": "us",
    "pi": {"ais": ("11", "17", "10"), "inferred": False},
    "levels": (
        {"level": "primary", "indicator": 0, "gtin": "06972869183016", "source": "printed"},
    ),
    "shelf_life": {"base": "lot", "years": 3, "minus_one_day": True},
    "lot_policy": {"begins": "YYMMDD"},
}
MADE, LOT = date(2018, 10, 12), "181011"
"""The primary pack of the procedure, 5.2.1: its expiry date is printed as 211010."""


def product(**changes: Any) -> Product:
    return parse(Product, {**PATCH, **changes})


def problems(dates: Dates, **changes: Any) -> list[str]:
    return [str(each) for each in date_problems(product(**changes), dates, today=TODAY)]


def test_the_examples_of_the_procedure_expire_three_years_after_their_lot_less_a_day() -> None:
    assert expiry(product(), Dates(MADE, None, LOT)) == date(2021, 10, 10)
    assert expiry(product(), Dates(date(2019, 1, 2), None, "190101")) == date(2021, 12, 31)


def test_an_expiry_date_that_follows_from_the_rule_is_accepted_as_given() -> None:
    assert problems(Dates(MADE, date(2021, 10, 10), LOT)) == []


def test_an_expiry_date_that_contradicts_the_rule_is_refused_with_the_rule() -> None:
    (found,) = problems(Dates(MADE, date(2021, 10, 11), LOT))
    assert found == (
        "expiry_date: The expiry date contradicts the shelf life of A型, lot + P3Y − P1D:"
        " expected 2021-10-10, got 2021-10-11."
    )


def test_a_product_without_a_rule_keeps_the_date_it_is_given() -> None:
    plain = product(shelf_life=None, lot_policy=None)
    assert expiry(plain, Dates(MADE, None, LOT)) is None
    assert problems(Dates(MADE, date(2020, 1, 1), LOT), shelf_life=None, lot_policy=None) == []


def test_a_lot_is_not_finished_before_it_was_begun() -> None:
    (found,) = problems(Dates(date(2018, 10, 10), None, LOT))
    assert found == (
        "production_date: The production date 2018-10-10 lies before the date of lot 181011:"
        " expected 2018-10-11 or later."
    )


def test_a_lot_whose_date_does_not_exist_is_refused_and_nothing_computed_from_it() -> None:
    found = problems(Dates(MADE, date(2021, 10, 10), "181131"))
    assert found == ["lot: It begins with its date as YYMMDD, and one that exists: got '181131'."]


def test_every_date_that_cannot_be_is_named() -> None:
    found = problems(Dates(date(2019, 1, 1), date(1918, 1, 1), None), shelf_life=None)
    assert [each.partition(":")[0] for each in found] == [
        "expiry_date",
        "expiry_date",
        "production_date",
    ]


def test_a_shelf_life_from_the_lot_needs_lots_with_dates() -> None:
    with pytest.raises(Refused, match=r"shelf_life\.base: .* lot_policy\.begins"):
        product(lot_policy=None)
