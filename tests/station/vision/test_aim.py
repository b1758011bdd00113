"""What a camera still lacks is said before a line starts with it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.simulated.optics import MILD, Optics, Picture, empty_table, photograph
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.problem import Refused
from station.vision.aim import Aim, marked, measured
from tests.station.vision.test_ink import ORDER

MODULES = (("]d2", 24),)


@pytest.fixture(scope="module")
def label() -> Picture:
    workshop = Workshop.open(Config())
    return expected_picture(workshop.job(workshop.order(ORDER)).first.artwork)


def aimed(label: Picture, optics: Optics, light: float = 1.0) -> Aim:
    picture = photograph(label, dots_per_mm=8, optics=optics, seed=3)
    return measured(np.asarray(cv2.convertScaleAbs(picture, alpha=light), np.uint8), MODULES)


def test_a_good_place_needs_no_advice(label: Picture) -> None:
    aim = aimed(label, MILD)
    assert aim.good
    assert aim.missing == ()
    assert [each.identifier for each in aim.symbols] == ["]d2"]


@pytest.mark.parametrize(
    ("optics", "light", "sentence"),
    [
        (MILD, 0.3, "Too dark"),
        (MILD, 20.0, "Too bright"),
        (replace(MILD, blur_pixels=7.0), 1.0, "Out of focus"),
        (replace(MILD, pixels_per_mm=5.0), 1.0, "Too small"),
        (replace(MILD, rotation_degrees=90.0), 1.0, "askew"),
    ],
)
def test_what_to_change_is_one_sentence_each(
    label: Picture, optics: Optics, light: float, sentence: str
) -> None:
    aim = aimed(label, optics, light)
    assert not aim.good
    assert any(sentence in str(each) for each in aim.advice)


def test_an_empty_place_wants_a_label() -> None:
    aim = measured(empty_table(optics=MILD, seed=1), MODULES)
    assert "lay a label" in str(aim.advice)
    assert aim.missing == ("]d2",)


def test_the_symbol_that_was_read_is_outlined(label: Picture) -> None:
    picture = photograph(label, dots_per_mm=8, optics=MILD, seed=3)
    drawn = cv2.imdecode(np.frombuffer(marked(picture, measured(picture, MODULES)), np.uint8), 1)
    assert drawn is not None
    blue, green, red = (drawn[:, :, channel].astype(int) for channel in range(3))
    assert np.count_nonzero((green - red > 60) & (green - blue > 40)) > 500


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(Refused):
        measured(np.zeros((0, 0), np.uint8), MODULES)
