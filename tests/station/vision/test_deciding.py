"""In text of strokes one dot wide, one dot makes another character: it is looked at by itself."""

import numpy as np
import pytest

from drivers.simulated.optics import OPTICS
from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.deciding import decisive
from station.vision.picture import Picture
from station.vision.see import see
from station.vision.sheet import Sheet
from station.vision.sighting import Sighting
from tests.station.vision.seen import sheet, taken

CLOSE = Limits(residual=270, residual_elsewhere=60, single_dot=450)
"""As a calibration sets them on mild pictures."""


def looked(picture: Picture, of: Sheet, *, optics: str = "mild") -> Sighting:
    carriers = tuple(each.identifier for each in of.symbols)
    frame = taken(picture, optics=OPTICS[optics], seed=4)
    return see(frame, expected=carriers, sheet=of, limits=CLOSE)


def small_dots(of: Sheet) -> tuple[tuple[int, int], ...]:
    """(x, y) of some strokes' dots in its smallest text."""
    smallest = min((each for each in of.parts if each.text), key=lambda part: part.area.height)
    strokes, _ = decisive(of.picture)
    rows, columns = np.nonzero(smallest.area.of(strokes.astype(np.uint8)))
    dots = zip((columns + smallest.area.x).tolist(), (rows + smallest.area.y).tolist(), strict=True)
    return tuple(dots)[::7][:6]


def test_an_l_that_has_the_gap_of_an_i_is_another_letter() -> None:
    good = sheet()
    for x, y in small_dots(good):
        picture = good.picture.copy()
        picture[y, x] = 255
        assert Code.TEXT_WRONG in {each.code for each in looked(picture, good).rejects}


def test_an_i_whose_gap_is_closed_is_another_letter() -> None:
    good = sheet()
    printed = good.picture
    for x, y in small_dots(good):
        picture = printed.copy()
        picture[y, x] = 255
        meant = Sheet(picture, good.dots_per_mm, good.parts, good.symbols)
        assert Code.TEXT_WRONG in {each.code for each in looked(printed, meant).rejects}


@pytest.mark.parametrize("optics", ["mild", "ugly"])
def test_a_good_label_has_every_dot_that_decides(optics: str) -> None:
    good = sheet()
    found = looked(good.picture, good, optics=optics).quality.single_dot
    assert 0 <= found < 1000


def test_the_corner_of_a_stroke_decides_nothing() -> None:
    strokes, gaps = decisive(np.array([[0, 0, 255], [0, 255, 255], [0, 255, 255]], np.uint8))
    assert not gaps.any()
    assert strokes.tolist() == [[False, False, False], [True, False, False], [False, False, False]]
