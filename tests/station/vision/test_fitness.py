"""A picture is fit, or it is a fault of the machine; a label that is spoilt is neither."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Condition
from drivers.simulated.optics import HARSH, MILD, Optics, Picture, empty_table, photograph
from station.artwork.symbols import data_matrix, gs1_128
from station.core.gs1 import ElementString
from station.core.problem import Refused
from station.vision.decode import decode
from station.vision.fitness import (
    LEAST_LINEAR_PIXELS,
    LEAST_MATRIX_PIXELS,
    SOFT,
    edge_width,
    least_pixels,
    pixels_per_module,
    unfit,
    unlit,
)
from station.vision.places import Corners

ELEMENTS = ElementString.of(("01", "06972869182019"), ("11", "260320"), ("21", "CN010123"))
SQUARE: Corners = ((0, 0), (80, 0), (80, 60), (0, 60))


def label(*, ink: int = 0) -> Picture:
    """60 × 40 mm: a Data Matrix of 3 dots a module, a GS1-128 of 2, and something like text."""
    picture = np.full((320, 480), 255, np.uint8)
    matrix = data_matrix(ELEMENTS).repeat(3, 0).repeat(3, 1)
    picture[20 : 20 + len(matrix), 20 : 20 + len(matrix)][matrix] = ink
    bars = gs1_128(ELEMENTS, "di").repeat(2)
    picture[200:280, 30 : 30 + len(bars)][:, bars] = ink
    cv2.putText(picture, "LOT 20200331", (150, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (ink,), 3)
    return picture


def taken(optics: Optics, seed: int, *, ink: int = 0) -> Picture:
    return photograph(label(ink=ink), dots_per_mm=8, optics=optics, seed=seed)


@pytest.mark.parametrize("optics", [MILD, HARSH], ids=["mild", "harsh"])
def test_a_sharp_picture_has_sharp_edges_whatever_is_printed(optics: Optics) -> None:
    for seed in range(20):
        for ink in (0, 200, 255):
            width = edge_width(taken(optics, seed, ink=ink))
            assert width is not None
            assert width < SOFT - 0.2, (seed, ink)


@pytest.mark.parametrize("optics", [MILD, HARSH], ids=["mild", "harsh"])
@pytest.mark.parametrize("blur", [6.0, 10.0, 20.0])
def test_a_blurred_picture_has_none(optics: Optics, blur: float) -> None:
    for seed in range(10):
        picture = taken(replace(optics, blur_pixels=blur), seed)
        assert unfit(picture, label=True) == Condition.BLURRED_PICTURE, seed


def test_focus_is_the_same_question_for_every_camera() -> None:
    """A label that fills the view is as sharp in five megapixels as in a third of one."""
    for width in (640, 2560):
        times = width / 1280
        camera = replace(
            MILD, width=width, height=width * 3 // 4, pixels_per_mm=MILD.pixels_per_mm * times
        )
        sharp = taken(replace(camera, blur_pixels=0.7 * times), 1)
        soft = taken(replace(camera, blur_pixels=6 * times), 1)
        assert unfit(sharp, label=True) is None
        assert unfit(soft, label=True) == Condition.BLURRED_PICTURE


def test_a_dark_fixture_in_good_light_is_not_black() -> None:
    plate = empty_table(optics=replace(MILD, table=25), seed=1)
    assert unfit(plate, label=False) is None


def test_paper_that_just_saturates_is_not_blown_out() -> None:
    bright = replace(MILD, paper=255, light_fall=0.0)
    for ink in (0, 255):
        picture = taken(bright, 3, ink=ink)
        assert np.mean(picture >= 250) > 0.3
        assert unfit(picture, label=True) == (None if ink == 0 else Condition.BLOWN_OUT_PICTURE)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 4000), (7, 7)])
def test_what_is_no_picture_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(Refused):
        unfit(np.zeros(shape, np.uint8), label=True)
    with pytest.raises(Refused):
        edge_width(np.full((480, 640), 80, np.uint8), empty=np.zeros(shape, np.uint8))


def test_sixteen_bits_are_refused() -> None:
    deep = np.zeros((480, 640), np.uint16).view()
    with pytest.raises(Refused, match="8 bits"):
        unlit(deep, label=False)  # type: ignore[arg-type]  # what a camera's driver might give


@given(
    rows=st.integers(8, 90),
    columns=st.integers(8, 90),
    colour=st.sampled_from([(), (1,), (3,), (4,)]),
    low=st.integers(0, 255),
    seed=st.integers(0, 2**32 - 1),
)
def test_noise_of_any_size_gets_an_answer(
    rows: int, columns: int, colour: tuple[int, ...], low: int, seed: int
) -> None:
    shape = (rows, columns, *colour)
    noise = np.random.default_rng(seed).integers(low, 256, shape, dtype=np.uint8)
    assert unfit(noise, label=True) in {
        None,
        Condition.BLACK_PICTURE,
        Condition.BLOWN_OUT_PICTURE,
        Condition.BLURRED_PICTURE,
    }


def test_an_empty_picture_of_another_size_masks_nothing() -> None:
    picture = taken(MILD, 1)
    assert edge_width(picture, empty=picture[:480]) == edge_width(picture)


def test_edges_of_the_fixture_say_nothing_about_the_label() -> None:
    fixture = empty_table(optics=MILD, seed=1)
    fixture[::30] = 255
    assert edge_width(fixture) is not None
    assert edge_width(fixture, empty=fixture) is None


def test_pixels_per_module_are_those_of_the_tighter_direction() -> None:
    assert pixels_per_module(SQUARE, rows=20, columns=20) == pytest.approx(3.0)
    assert pixels_per_module(SQUARE, rows=1, columns=40) == pytest.approx(2.0)
    assert (least_pixels("]d2"), least_pixels("]C1")) == (LEAST_MATRIX_PIXELS, LEAST_LINEAR_PIXELS)


def test_pixels_per_module_are_measured_from_what_was_read() -> None:
    """At 18 pixels a millimetre, 3 dots of an eighth are 6.75 pixels and 2 dots are 4.5."""
    for seed in range(5):
        found = {each.identifier: each.corners for each in decode(taken(MILD, seed)).symbols}
        matrix, bars = found["]d2"], found["]C1"]
        assert matrix
        assert bars
        size = len(data_matrix(ELEMENTS))
        assert pixels_per_module(matrix, rows=size, columns=size) == pytest.approx(6.75, rel=0.05)
        length = len(gs1_128(ELEMENTS, "di"))
        assert pixels_per_module(bars, rows=1, columns=length) == pytest.approx(4.5, rel=0.05)
