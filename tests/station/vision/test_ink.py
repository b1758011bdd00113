"""Printed or blank: what can be told of a label on a web."""

from dataclasses import replace

import numpy as np
import pytest

from drivers.simulated.optics import HARSH, MILD, Optics, photograph
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.problem import Refused
from station.vision.ink import printed

ORDER = {
    "id": "A-1",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 1,
    "production_date": "2026-03-20",
    "serials": {"prefix": "CN", "start": "000001"},
    "template": "has-mhb-hc-unit",
    "revision": "1",
}
OPTICS = [MILD, HARSH, replace(MILD, blur_pixels=2.5), replace(MILD, width=640, height=480)]


@pytest.mark.parametrize("optics", OPTICS)
def test_print_is_told_from_blank_paper(optics: Optics) -> None:
    workshop = Workshop.open(Config())
    label = expected_picture(workshop.job(workshop.order(ORDER)).first.artwork)
    blank = np.full_like(label, 255)
    for seed in range(8):
        assert printed(photograph(label, dots_per_mm=8, optics=optics, seed=seed))
        assert not printed(photograph(blank, dots_per_mm=8, optics=optics, seed=seed))


@pytest.mark.parametrize("shape", [(8, 8), (8, 2000), (2000, 8)])
def test_a_picture_of_any_size_is_answered(shape: tuple[int, int]) -> None:
    assert not printed(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 2000)])
def test_what_is_no_picture_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(Refused):
        printed(np.zeros(shape, np.uint8))
