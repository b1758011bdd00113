from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.dots import Rectangle, at_least, nearest

LENGTHS = st.decimals(0, 300, places=3)
RESOLUTIONS = st.sampled_from((6, 8, 12, 24))


@pytest.mark.parametrize(
    ("mm", "dots_per_mm", "dots"),
    [("0.0625", 8, 1), ("0.062", 8, 0), ("0.1", 12, 1), ("0.125", 12, 2), ("60", 12, 720)],
)
def test_a_length_becomes_the_nearest_dots_and_halves_go_up(
    mm: str, dots_per_mm: int, dots: int
) -> None:
    assert nearest(Decimal(mm), dots_per_mm) == dots


@given(LENGTHS, RESOLUTIONS)
def test_at_least_is_never_short_and_never_a_dot_too_long(mm: Decimal, dots_per_mm: int) -> None:
    dots = at_least(mm, dots_per_mm)
    assert mm * dots_per_mm <= dots < mm * dots_per_mm + 1


@given(LENGTHS, LENGTHS, LENGTHS, RESOLUTIONS)
def test_boxes_that_touch_in_millimetres_touch_in_dots(
    x: Decimal, one: Decimal, other: Decimal, dots_per_mm: int
) -> None:
    height = Decimal(1)
    left = Rectangle.of(x, height, one, height, dots_per_mm=dots_per_mm)
    right = Rectangle.of(x + one, height, other, height, dots_per_mm=dots_per_mm)
    assert left.right == right.x
    assert not left.overlaps(right)


def test_rectangles_overlap_only_when_they_share_a_dot() -> None:
    box = Rectangle(10, 10, 5, 5)
    assert box.overlaps(Rectangle(14, 14, 5, 5))
    assert not box.overlaps(Rectangle(15, 10, 5, 5))
    assert not box.overlaps(Rectangle(10, 15, 5, 5))


def test_a_rectangle_holds_what_does_not_reach_out_of_it() -> None:
    box = Rectangle(0, 0, 10, 10)
    assert box.holds(box)
    assert not box.holds(Rectangle(0, 0, 10, 10).grown(horizontally=1))
