from typing import get_args

import numpy as np
import pytest

from station.artwork.pictograms import pictogram
from station.artwork.template import PictogramElement
from station.artwork.text import Font
from station.core.problem import Refused

NAMES = get_args(PictogramElement.model_fields["name"].annotation)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("height", [16, 22, 33, 60])
def test_every_pictogram_fills_its_height(name: str, height: int, font: Font) -> None:
    ink = pictogram(name, height=height, font=font)
    assert ink.shape[0] == height
    assert ink[0].any()
    assert ink[-1].any()
    assert 0.05 < ink.mean() < 0.75


@pytest.mark.parametrize("name", ["lot", "serial", "ref", "udi", "md"])
def test_a_boxed_word_has_an_unbroken_border_and_stands_free_of_it(name: str, font: Font) -> None:
    ink = pictogram(name, height=22, font=font)
    assert ink[0].all()
    assert ink[:, 0].all()
    assert ink[-1].all()
    assert ink[:, -1].all()
    assert not ink[3, 3:-3].any()
    assert not ink[3:-3, 3].any()


def test_all_pictograms_differ(font: Font) -> None:
    drawn = {pictogram(name, height=24, font=font).tobytes() for name in NAMES}
    assert len(drawn) == len(NAMES) == 9


def test_the_date_of_manufacture_is_the_outline_of_the_manufacturer(font: Font) -> None:
    filled = pictogram("manufacturer", height=40, font=font)
    outline = pictogram("manufactured", height=40, font=font)
    assert filled[outline].all()
    assert outline.sum() < filled.sum() / 2


def test_the_hourglass_stands_the_same_on_its_head(font: Font) -> None:
    ink = pictogram("use-by", height=40, font=font)
    assert np.mean(ink ^ ink[::-1]) < 0.04


def test_a_pictogram_too_small_to_be_told_is_refused(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        pictogram("lot", height=15, font=font)
    assert str(refused.value) == "A pictogram needs at least 16 dots, got 15."
