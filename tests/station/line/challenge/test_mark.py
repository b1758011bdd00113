"""The mark of a specimen takes the white of a label, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.ink import blank, sealed
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.artwork.text import Font
from station.core.problem import Refused
from station.line.challenge.mark import CLEAR, MOST, marks

FONT = Font.load()


def spotted(places: list[tuple[int, int]]) -> Artwork:
    """A label with a black square of four dots at each of these places."""
    ink = blank(width=480, height=320)
    for x, y in places:
        ink[y : y + 4, x : x + 4] = True
    return Artwork(480, 320, 8, (Bitmap(0, 0, sealed(ink), "spots", static=True),))


@given(st.lists(st.tuples(st.integers(0, 475), st.integers(0, 315)), max_size=8))
def test_marks_keep_clear_of_everything_and_of_each_other(places: list[tuple[int, int]]) -> None:
    label = spotted(places)
    found = marks(label, font=FONT)
    assert 1 <= len(found) <= MOST
    clear = round(CLEAR * 8)
    ink = inked(label, label.items)
    for each in found:
        assert label.area.holds(each.area)
        area = each.area.grown(horizontally=clear, vertically=clear)
        assert not ink[max(0, area.y) : area.bottom, max(0, area.x) : area.right].any()
        assert not any(area.overlaps(other.area) for other in found if other is not each)


def test_the_largest_comes_first() -> None:
    sizes = [min(each.area.width, each.area.height) for each in marks(spotted([]), font=FONT)]
    assert sizes == sorted(sizes, reverse=True)


def test_a_label_without_a_free_place_has_no_specimens() -> None:
    full = spotted([(x, y) for x in range(0, 476, 8) for y in range(0, 316, 8)])
    with pytest.raises(Refused, match=r"no free place of 1\.25 mm"):
        marks(full, font=FONT)
