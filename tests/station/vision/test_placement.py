"""Where the print lies on its paper, told in the field's words and in millimetres."""

import numpy as np
import pytest

from drivers.simulated.wear import WEAR, Wear, printed
from station.core.verdict import Code
from station.vision.sighting import Finding
from tests.station.vision.seen import looked, sheet, taken


def found(wear: Wear, *, seed: int = 5) -> tuple[Finding, ...]:
    good = sheet()
    return looked(taken(np.asarray(printed(good.picture, wear, seed))), good).rejects


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("offset", Code.OFFSET),
        ("stretch", Code.OFFSET),
        ("shrunk", Code.OFFSET),
        ("skew", Code.SKEW),
        ("cut", Code.CUT),
    ],
)
def test_print_that_lies_elsewhere_on_its_paper_is_named(name: str, code: Code) -> None:
    (whole, *rest) = found(WEAR[name])
    assert whole.code == code
    assert name == "cut" or not rest, "the print itself is right"


def test_an_offset_is_told_in_millimetres_to_the_right_and_down() -> None:
    (offset, *_) = found(Wear(shift_x=16, shift_y=-8))
    assert offset.seen == "+2.0, -1.0 mm"


@pytest.mark.parametrize(("dots", "rejected"), [(6, False), (10, True)])
def test_a_millimetre_is_the_limit(dots: float, *, rejected: bool) -> None:
    assert bool(found(Wear(shift_x=dots))) == rejected


def test_on_a_web_whose_paper_goes_on_nothing_is_said() -> None:
    good = sheet()
    wide = np.full((good.height + 120, good.width + 160), 255, np.uint8)
    wide[60:-60, 80:-80] = good.picture
    assert looked(taken(wide), good).findings == ()
