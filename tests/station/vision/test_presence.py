"""Whether a label lies there is a question of its own."""

import cv2
import numpy as np
import pytest

from drivers.simulated.optics import HARSH, MILD, Optics, Picture, empty_table, photograph
from station.core.problem import Refused
from station.vision.presence import label_present

WHITE = np.full((320, 480), 255, np.uint8)


def with_rails(picture: Picture) -> Picture:
    """A fixture with bright edges of its own."""
    found = picture.copy()
    for row in (40, 900):
        cv2.line(found, (0, row), (1279, row + 10), (230,), 12)
    return found


@pytest.mark.parametrize("optics", [MILD, HARSH])
def test_a_label_without_any_print_is_a_label(optics: Optics) -> None:
    assert label_present(photograph(WHITE, dots_per_mm=8, optics=optics, seed=1))


@pytest.mark.parametrize("optics", [MILD, HARSH])
def test_a_fixture_with_edges_is_empty_beside_its_own_picture(optics: Optics) -> None:
    empty = with_rails(empty_table(optics=optics, seed=1))
    again = with_rails(empty_table(optics=optics, seed=1) // 10 * 10)
    assert label_present(empty)
    assert not label_present(again, empty=empty)
    laid = with_rails(photograph(WHITE[:80, :80], dots_per_mm=8, optics=optics, seed=1))
    assert label_present(laid, empty=empty)


def test_a_picture_of_another_size_is_no_picture_of_the_empty_fixture() -> None:
    laid = photograph(WHITE, dots_per_mm=8, optics=MILD, seed=1)
    assert label_present(laid, empty=laid[:480])


def test_a_half_seen_label_is_a_label() -> None:
    laid = photograph(WHITE, dots_per_mm=8, optics=MILD, seed=1)
    assert label_present(np.hstack([laid[:, 1000:], np.full((960, 1000), 80, np.uint8)]))


def test_an_empty_picture_of_the_fixture_is_refused() -> None:
    with pytest.raises(Refused):
        label_present(WHITE, empty=np.zeros((0, 0), np.uint8))
