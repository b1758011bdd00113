"""Where a symbol is tells it from others; what it says does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from station.vision.places import Corners, same_place

WHOLE = st.integers(-2000, 2000)
QUADS = st.tuples(*[st.tuples(WHOLE, WHOLE)] * 4)


def box(left: int, top: int, width: int, height: int) -> Corners:
    right, bottom = left + width, top + height
    return (left, top), (right, top), (right, bottom), (left, bottom)


@given(QUADS, QUADS, st.booleans())
def test_any_four_points_can_be_compared_and_the_order_does_not_matter(
    one: Corners,
    other: Corners,
    linear: bool,  # noqa: FBT001 - drawn
) -> None:
    assert same_place(one, other, linear=linear) == same_place(other, one, linear=linear)


@given(QUADS)
def test_a_place_is_the_same_as_itself(place: Corners) -> None:
    assert same_place(place, place)


def test_a_place_within_a_larger_one_is_the_same() -> None:
    assert same_place(box(0, 0, 400, 100), box(100, 20, 50, 30))


def test_neighbours_that_touch_are_two() -> None:
    assert not same_place(box(0, 0, 100, 100), box(100, 0, 100, 100))


def test_two_low_slices_of_turned_bars_are_one_place() -> None:
    turn = np.radians(30)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

    def turned(place: Corners) -> Corners:
        one, two, three, four = (np.array(place) @ rotation).round().astype(int).tolist()
        return tuple(one), tuple(two), tuple(three), tuple(four)

    high, low = turned(box(0, 0, 600, 3)), turned(box(0, 30, 600, 3))
    assert same_place(high, low, linear=True)
    assert not same_place(high, low)


def test_two_bar_codes_one_above_the_other_are_two() -> None:
    assert not same_place(box(0, 0, 600, 80), box(0, 120, 600, 80), linear=True)
