"""Pictures of labels that are made the same way every time."""

from dataclasses import replace

import numpy as np
import pytest

from drivers.simulated.optics import HARSH, MILD, Optics, Picture, empty_table, photograph


def label(width: int = 480, height: int = 320) -> Picture:
    drawn = np.full((height, width), 255, np.uint8)
    drawn[height // 4 : height // 2, width // 4 : width // 2] = 0
    return drawn


@pytest.mark.parametrize("optics", [MILD, HARSH])
def test_the_same_seed_gives_the_same_picture(optics: Optics) -> None:
    one, two = (photograph(label(), dots_per_mm=8, optics=optics, seed=5) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, photograph(label(), dots_per_mm=8, optics=optics, seed=6))


@pytest.mark.parametrize("colour", [False, True])
def test_a_picture_is_a_full_frame_of_8_bits(colour: bool) -> None:  # noqa: FBT001 - parametrised
    optics = replace(MILD, colour=colour)
    shape = (960, 1280, 3) if colour else (960, 1280)
    for picture in (
        photograph(label(), dots_per_mm=8, optics=optics, seed=1),
        empty_table(optics=optics, seed=1),
    ):
        assert picture.shape == shape
        assert picture.dtype == np.uint8


def test_a_label_of_60_by_40_mm_fills_most_of_the_frame() -> None:
    """So that a module of three dots at 8 dots/mm is more than five pixels wide."""
    blank = photograph(np.full((320, 480), 255, np.uint8), dots_per_mm=8, optics=MILD, seed=3)
    share = np.count_nonzero(blank > 140) / blank.size
    assert share == pytest.approx(60 * 40 * 18**2 / (1280 * 960), rel=0.03)


@pytest.mark.parametrize("size", [(830, 1200), (1200, 830), (1, 1), (20, 2000)])
def test_a_label_of_any_size_lies_within_the_frame(size: tuple[int, int]) -> None:
    picture = photograph(label(*size), dots_per_mm=8, optics=replace(MILD, noise_levels=0), seed=2)
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert edge.max() < 130


def test_ink_that_spreads_covers_more() -> None:
    def dark(growth: float) -> int:
        optics = replace(MILD, growth_dots=growth, noise_levels=0.0, light_fall=0.0)
        lines = label()
        lines[:, ::8] = 0
        return int(photograph(lines, dots_per_mm=8, optics=optics, seed=1).mean() * 100)

    assert dark(0.6) < dark(0.0) < dark(-0.6)


def test_the_label_given_is_left_as_it_was() -> None:
    drawn = label()
    photograph(drawn, dots_per_mm=8, optics=HARSH, seed=1)
    assert np.array_equal(drawn, label())
