"""Serials are planned exactly, leading zeros are part of them, and random ones never come twice."""

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.core.serials import Serials, plan
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
        ({"first": "A1", "last": "A2", "prefix": "CN"}, "Give serials in exactly one way"),
        ({"start": "1", "alphabet": "AB"}, "Give serials in exactly one way"),
        ({"start": "1", "random": 6}, "Give serials in exactly one way"),
        ({"start": "10", "until": "9"}, "until: A counter ends with as many digits"),
        ({"start": "10", "until": "1x"}, "expected 2, got '1x'"),
        ({"start": "20", "until": "19"}, "The range runs backwards: 20 to 19."),
        ({"random": 21}, "random: At most 20 characters are drawn, got 21."),
        ({"random": 0}, "random: Expected a whole number of at least 1"),
        ({"random": 6, "alphabet": "A"}, "alphabet: Expected at least 2 characters"),
        ({"random": 6, "alphabet": "ABA"}, "alphabet: Expected at least 2 characters, each once"),
        ({"random": 6, "alphabet": "AB IO"}, "alphabet: I O looks like a digit."),
        ({"random": 6, "alphabet": "AB IO"}, "character set 82, which has no ' '"),
        ({"random": 6, "drawn": {"key": "XY", "serials": (), "after": 0}}, "drawn.key: "),
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
    bounded = Serials(prefix="CN", start="010123", until="010999")
    assert [each for each in SOME if bounded.reaches(each)] == ["CN010123"]


SOME = ("CN010122", "CN010123", "CN999999", "CN1000000", "CX010123", "CN01012A", "CN", "")


def test_a_counter_stops_where_its_plan_says() -> None:
    counter = serials(prefix="CN", start="08", until="11")
    assert counter.planned(2) == ("CN08", "CN09")
    assert tuple(counter.following(2)) == ("CN10", "CN11")
    with pytest.raises(Refused, match="The plan gives 4 serials, expected 5"):
        counter.planned(5)


def test_a_closed_plan_has_nothing_to_follow() -> None:
    assert tuple(serials(list=("A", "B")).following(2)) == ()
    assert tuple(serials(first="A1", last="A9").following(2)) == ()


ALPHABETS = ("0123456789", "AB", "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
keys = st.binary(min_size=1, max_size=40).map(bytes.hex)


def nobody(_: str) -> bool:
    return False


@given(
    key=keys,
    alphabet=st.sampled_from(ALPHABETS),
    length=st.integers(1, 20),
    quantity=st.integers(1, 60),
)
def test_random_serials_are_as_long_as_asked_of_the_alphabet_and_each_once(
    key: str, alphabet: str, length: int, quantity: int
) -> None:
    asked = serials(prefix="CN", random=length, alphabet=alphabet)
    capacity = len(alphabet) ** length
    if quantity > capacity:
        with pytest.raises(Refused, match=f"expected {quantity}"):
            asked.draw(quantity, key=key, used=nobody)
        return
    drawn = asked.draw(quantity, key=key, used=nobody)
    found = tuple(islice(drawn.every(), quantity + 50))
    assert len(set(found)) == len(found) == min(quantity + 50, capacity)
    for each in found:
        assert each.startswith("CN")
        assert len(each) == 2 + length
        assert set(each[2:]) <= set(alphabet)
        assert drawn.reaches(each)


@given(
    key=keys, used=st.sets(st.integers(0, 99).map("{:02d}".format)), quantity=st.integers(1, 100)
)
def test_serials_that_are_used_are_passed_over_and_a_full_range_is_refused(
    key: str, used: set[str], quantity: int
) -> None:
    asked = serials(random=2)
    if len(used) + quantity > 100:
        with pytest.raises(Refused) as refused:
            asked.draw(quantity, key=key, used=used.__contains__)
        assert f"only {100 - len(used)} were never used" in str(refused.value)
        assert f"expected {quantity}" in str(refused.value)
        return
    drawn = asked.draw(quantity, key=key, used=used.__contains__)
    planned, more = drawn.planned(quantity), tuple(drawn.following(quantity))
    assert not used & set(planned)
    assert not set(planned) & set(more)
    assert set(planned) | set(more) | used == {f"{n:02d}" for n in range(100)}


@given(key=keys, quantity=st.integers(1, 40))
def test_what_was_drawn_goes_on_the_same_after_it_was_written_down(key: str, quantity: int) -> None:
    drawn = serials(prefix="CN", random=4).draw(quantity, key=key, used=nobody)
    again = Serials.model_validate_json(drawn.model_dump_json())
    assert again == drawn
    assert again.planned(quantity) == drawn.planned(quantity)
    assert tuple(islice(again.following(quantity), 9)) == tuple(
        islice(drawn.following(quantity), 9)
    )


def test_another_key_gives_another_sequence() -> None:
    asked = serials(random=6)
    every = {asked.draw(20, key=f"{n:02x}", used=nobody).planned(20) for n in range(50)}
    assert len(every) == 50


def test_what_is_not_drawn_yet_shows_specimens_in_its_form() -> None:
    asked = serials(prefix="CN", random=6)
    assert asked.open
    assert asked.planned(3) == asked.planned(3)
    assert len(set(asked.planned(1000))) == 1000


def test_letters_that_look_like_digits_are_drawn_only_where_that_is_said() -> None:
    letters = serials(random=3, alphabet="IO", ambiguous="allowed")
    assert set("".join(letters.planned(8))) == set("IO")


def test_a_random_plan_reaches_its_whole_range_and_nothing_else() -> None:
    asked = serials(prefix="CN", random=6)
    assert [each for each in SOME if asked.reaches(each)] == ["CN010122", "CN010123", "CN999999"]
    assert asked.ends() == ("CN000000", "CN999999")
    gaps = serials(random=2, alphabet="AC")
    assert [each for each in ("AA", "AB", "CC", "CD", "A") if gaps.reaches(each)] == ["AA", "CC"]


def test_the_widest_serial_of_an_open_plan_is_as_long_as_any_and_of_its_characters() -> None:
    assert serials(prefix="CN", random=4, alphabet="019AMZ").widest == "CNMMMM"
    assert serials(prefix="CN", start="0009").widest == "CN0000"
    assert serials(list=("A",)).widest == ""


def test_nobody_looks_for_a_free_serial_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "LOOKED_AT_MOST", 1000)
    with pytest.raises(Refused, match="among 1000 of them only 0 were never used"):
        serials(random=20).draw(1, key="00", used=lambda _: True)
