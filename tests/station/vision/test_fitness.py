"""A picture that cannot be judged by is told from a label that cannot be read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from drivers.interface import Condition
from drivers.simulated.optics import HARSH, MILD, Optics, Picture, empty_table, photograph
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.problem import Refused
from station.vision.decode import decode
from station.vision.fitness import bad_light, edge_width, unfit
from tests.station.vision.test_ink import ORDER

SEEDS = range(40)


@pytest.fixture(scope="module")
def label() -> Picture:
    workshop = Workshop.open(Config())
    return expected_picture(workshop.job(workshop.order(ORDER)).first.artwork)


def seen(label: Picture, optics: Optics, seed: int) -> Picture:
    return photograph(label, dots_per_mm=8, optics=optics, seed=seed)


@pytest.mark.parametrize("optics", [MILD, HARSH], ids=["mild", "harsh"])
def test_labels_in_mild_and_harsh_light_are_fit(label: Picture, optics: Optics) -> None:
    assert {unfit(seen(label, optics, seed)) for seed in SEEDS} == {None}


@pytest.mark.parametrize("optics", [MILD, HARSH], ids=["mild", "harsh"])
def test_an_empty_table_and_a_blank_label_are_fit(label: Picture, optics: Optics) -> None:
    blank = np.full_like(label, 255)
    for seed in SEEDS:
        assert unfit(empty_table(optics=optics, seed=seed)) is None
        assert unfit(seen(blank, optics, seed)) is None


def test_a_faint_label_is_unreadable_and_not_out_of_focus(label: Picture) -> None:
    faint = replace(MILD, ink=200)
    assert {unfit(seen(label, faint, seed)) for seed in SEEDS} == {None}


def lit(picture: Picture, share: float) -> Picture:
    """As with another lamp: the sensor keeps its noise."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=share), np.uint8)


def test_the_dark_and_too_much_light_are_told_with_and_without_a_label(label: Picture) -> None:
    for seed in SEEDS:
        for picture in (seen(label, MILD, seed), empty_table(optics=MILD, seed=seed)):
            assert bad_light(lit(picture, 0.1)) == Condition.BLACK_PICTURE
            assert bad_light(lit(picture, 20.0)) == Condition.BLOWN_OUT_PICTURE


def test_a_label_that_is_not_to_be_read_for_blur_is_out_of_focus(label: Picture) -> None:
    for seed in SEEDS:
        picture = seen(label, replace(MILD, blur_pixels=8.0), seed)
        assert decode(picture).symbols == ()
        assert unfit(picture) == Condition.BLURRED_PICTURE


def test_edges_grow_wider_with_blur(label: Picture) -> None:
    widths = [
        edge_width(seen(label, replace(MILD, blur_pixels=blur), 1)) for blur in (0.5, 2, 4, 8)
    ]
    assert None not in widths
    assert widths == sorted(width for width in widths if width)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(8, 90), st.integers(8, 90))))
def test_any_picture_is_answered(picture: Picture) -> None:
    unfit(picture)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1)])
def test_what_is_no_picture_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(Refused):
        unfit(np.zeros(shape, np.uint8))
