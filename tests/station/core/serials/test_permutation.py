"""Every place of a range has a number of its own, and nobody can tell which."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.serials.permutation import Permutation

LARGEST = 34**20
"""All serials there can be of twenty unambiguous characters."""


@given(st.binary(max_size=40), st.integers(1, 400))
def test_every_number_of_a_small_range_comes_exactly_once(key: bytes, size: int) -> None:
    shuffled = Permutation(key, size)
    assert sorted(shuffled.at(place) for place in range(size)) == list(range(size))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9999, 10_000, 10_001, 65_537])
def test_it_does_not_matter_how_the_size_divides(size: int) -> None:
    shuffled = Permutation(b"key", size)
    assert {shuffled.at(place) for place in range(size)} == set(range(size))


@given(st.binary(max_size=40), st.integers(1, LARGEST), st.data())
def test_places_of_a_large_range_have_numbers_inside_it_and_never_the_same(
    key: bytes, size: int, data: st.DataObject
) -> None:
    places = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=50))
    shuffled = Permutation(key, size)
    numbers = {shuffled.at(place) for place in places}
    assert len(numbers) == len(places)
    assert all(0 <= number < size for number in numbers)


@given(st.binary(max_size=40), st.integers(1, LARGEST), st.data())
def test_the_same_key_gives_the_same_order_whatever_was_asked_before(
    key: bytes, size: int, data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=20))
    once = Permutation(key, size)
    assert [once.at(each) for each in places] == [
        Permutation(key, size).at(each) for each in places
    ]


def test_keys_and_sizes_give_orders_that_have_nothing_in_common() -> None:
    def begins(key: bytes, size: int) -> tuple[int, ...]:
        shuffled = Permutation(key, size)
        return tuple(shuffled.at(place) for place in range(20))

    others = [begins(key, 10**8) for key in (b"", b"a", b"b", b"a\0")] + [begins(b"a", 10**8 + 1)]
    assert len(set(others)) == len(others)
    assert all(not set(one) & set(other) for one in others for other in others if one != other)


def test_numbers_that_follow_each_other_are_no_nearer_than_by_chance() -> None:
    """Twenty slices of the range, a thousand steps: each slice gets about its share."""
    size = 10**6
    shuffled = Permutation(b"key", size)
    numbers = [shuffled.at(place) for place in range(4000)]
    shares = [0] * 20
    for one, other in pairwise(numbers):
        shares[(other - one) % size * 20 // size] += 1
    assert all(120 < share < 280 for share in shares)


@pytest.mark.parametrize("place", [-1, 10])
def test_a_place_outside_has_no_number(place: int) -> None:
    with pytest.raises(ValueError, match=f"place {place} of 10"):
        Permutation(b"", 10).at(place)


def test_an_empty_range_is_none() -> None:
    with pytest.raises(ValueError, match="size 0"):
        Permutation(b"", 0)
