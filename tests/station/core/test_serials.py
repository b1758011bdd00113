"""Serials are planned exactly, and leading zeros are part of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.core.serials import Serials
from station.core.shape import parse


def serials(**fields: Any) -> Serials:
    return parse(Serials, fields)


def test_a_list_is_used_as_it_stands() -> None:
    plan = serials(list=("B2", "A1"))
    assert plan.planned(2) == ("B2", "A1")
    assert not plan.open


def test_a_range_counts_from_first_to_last() -> None:
    assert serials(first="CN098", last="CN101").planned(4) == ("CN098", "CN099", "CN100", "CN101")


def test_a_counter_goes_on_after_the_planned_serials() -> None:
    plan = serials(prefix="CN", start="998")
    assert plan.open
    assert plan.planned(1) == ("CN998",)
    assert tuple(plan.every()) == ("CN998", "CN999")


def test_a_counter_never_grows_wider() -> None:
    with pytest.raises(Refused, match="The plan gives 2 serials, expected 3"):
        serials(prefix="CN", start="98").planned(3)


def test_a_counter_needs_no_prefix() -> None:
    assert serials(start="001").planned(2) == ("001", "002")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Give serials in exactly one way"),
        ({"list": ("A",), "start": "1"}, "Give serials in exactly one way"),
        ({"list": ("A",), "prefix": "B"}, "Give serials in exactly one way"),
        ({"prefix": "CN"}, "Give serials in exactly one way"),
        ({"first": "A1"}, "Give serials in exactly one way"),
        ({"start": "1x"}, "A counter starts with 1 to 20 digits, got '1x'."),
        ({"start": "1" * 21}, "A counter starts with 1 to 20 digits"),
        ({"start": "١٢"}, "A counter starts with 1 to 20 digits"),
        ({"first": "1" * 5000, "last": "1" * 5000}, "counters of one width"),
        ({"first": "A9", "last": "A10"}, "counters of one width"),
        ({"first": "A1", "last": "B2"}, "A range needs one prefix"),
        ({"first": "A2", "last": "A1"}, "The range runs backwards: A2 to A1."),
        ({"first": "AB", "last": "AB"}, "A range needs one prefix"),
        ({"list": ("A", "B", "A")}, "list.2: Serial 'A' is listed twice."),
        ({"first": "0" * 3, "last": 9}, "quote it"),
    ],
)
def test_a_plan_that_is_not_clear_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        serials(**fields)
    assert sentence in str(refused.value)


def test_a_plan_with_another_number_of_serials_is_refused() -> None:
    with pytest.raises(Refused, match="gives more than 1 serials, expected 1"):
        serials(list=("A", "B")).planned(1)


@given(
    prefix=st.text("ABCXYZ", max_size=3),
    low=st.integers(0, 99_000),
    count=st.integers(1, 500),
)
def test_a_range_gives_each_serial_once_in_order_and_of_one_width(
    prefix: str, low: int, count: int
) -> None:
    plan = serials(first=f"{prefix}{low:05d}", last=f"{prefix}{low + count - 1:05d}")
    found = plan.planned(count)
    assert len(set(found)) == count
    assert list(found) == sorted(found)
    assert {len(each) for each in found} == {len(prefix) + 5}


def test_a_counter_reaches_what_follows_in_its_own_width_and_nothing_else() -> None:
    counter = Serials(prefix="CN", start="010123")
    assert [each for each in SOME if counter.reaches(each)] == ["CN010123", "CN999999"]
    assert not any(Serials(list=("CN010123",)).reaches(each) for each in SOME)


SOME = ("CN010122", "CN010123", "CN999999", "CN1000000", "CX010123", "CN01012A", "CN", "")
