"""Holes and blots in a symbol that every reader reads all the same."""

import cv2
import numpy as np
import pytest

from station.core.verdict import Code
from station.vision.picture import Picture
from station.vision.sheet import Area
from tests.station.vision.seen import looked, sheet, taken

HOLE = 10


def most_unlike(level: int, picture: Picture, area: Area) -> tuple[int, int]:
    """Where a hole of that level changes most, away from the symbol's edges."""
    inner = Area(area.x + 16, area.y + 16, area.width - 42, area.height - 42)
    unlike = np.abs(picture.astype(np.float32) - level)
    sums = cv2.boxFilter(unlike, -1, (HOLE, HOLE), anchor=(0, 0))[inner.y : inner.bottom]
    most = int(sums[:, inner.x : inner.right].argmax())
    y, x = divmod(most, inner.width)
    return inner.y + y, inner.x + x


@pytest.mark.parametrize(("level", "code"), [(255, Code.VOID), (0, Code.SMEAR)])
def test_a_hole_or_a_blot_is_found_where_it_is(level: int, code: Code) -> None:
    good = sheet()
    picture, area = good.picture.copy(), good.symbols[0].area
    y, x = most_unlike(level, picture, area)
    picture[y : y + HOLE, x : x + HOLE] = level
    found = looked(taken(picture), good)
    assert {each.identifier for each in found.decoding.symbols} == {"]d2"}
    assert code in {each.code for each in found.rejects}


def test_the_same_data_in_another_encodation_is_right() -> None:
    """Half of its modules are others then."""
    good, other = sheet(code="CN8B0O5S"), sheet(code="ZZ7K1P3M")
    picture, place = good.picture.copy(), good.symbols[0].area
    place.of(picture)[:] = other.symbols[0].area.of(other.picture)
    found = looked(taken(picture), good)
    assert not {Code.VOID, Code.SMEAR} & {each.code for each in found.findings}
