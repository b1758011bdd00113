"""Light, blur and growth of the print are told apart."""

import numpy as np
import pytest

from drivers.simulated.wear import Wear, printed
from station.vision.rectify import Rectified, rectify
from station.vision.registration import register
from station.vision.sheet import Sheet
from tests.station.vision.seen import looked, sheet, taken


def laid(frame: np.ndarray, of: Sheet) -> Rectified:
    registered = register(frame, of, looked(frame, of).decoding.symbols)
    assert registered
    return rectify(frame, of, registered)


def test_what_was_seen_lies_over_what_was_meant() -> None:
    good = sheet()
    found = laid(taken(good.picture), good)
    inside = found.part(good.parts[0].area)
    unlike = np.abs(found.seen[inside].astype(int) - found.meant[inside])
    assert unlike.mean() < 12
    assert found.registration.error < 0.1


@pytest.mark.parametrize("growth", [-0.3, 0.0, 0.3])
def test_fat_print_is_not_taken_for_a_soft_picture(growth: float) -> None:
    good = sheet()
    plain = laid(taken(good.picture), good)
    found = laid(taken(np.asarray(printed(good.picture, Wear(growth_dots=growth), 1))), good)
    assert found.growth - plain.growth == pytest.approx(growth, abs=0.15)
    assert found.softness == pytest.approx(plain.softness, abs=0.15)


def test_a_darker_picture_of_the_same_label_is_the_same() -> None:
    good = sheet()
    frame = taken(good.picture)
    dark = laid((frame * 0.6).astype(np.uint8), good)
    assert dark.contrast == pytest.approx(laid(frame, good).contrast, abs=0.03)
