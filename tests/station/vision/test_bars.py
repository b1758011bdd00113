"""Bars laid straight can be read where a slice of them misleads."""

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.vision.bars import REPEATED, straightened
from station.vision.decode import decode
from station.vision.picture import Picture
from station.vision.places import Corners
from station.vision.zbar import second_opinion

BRACKETED = "(01)06972869182019(10)A1(21)B2"
DATA = b"010697286918201910A1\x1d21B2"


def bars(
    bracketed: str = BRACKETED, *, across: int = 3, down: int = 90, gs1: bool = True
) -> Picture:
    kind = zxingcpp.BarcodeFormat.Code128
    made = zxingcpp.create_barcode(bracketed, kind, **({"gs1": True} if gs1 else {}))
    row = np.array(made.to_image(scale=1, add_quiet_zones=False), np.uint8)[:1]
    return np.pad(np.kron(row, np.ones((down, across), np.uint8)), 60, constant_values=255)


def place(picture: Picture) -> Corners:
    height, width = picture.shape
    return (60, 60), (width - 60, 60), (width - 60, height - 60), (60, height - 60)


def symbol(identifier: str, picture: Picture, data: bytes = DATA) -> Symbol:
    return Symbol(identifier, data, "zxing", place(picture))


def test_the_second_decoder_reads_gs1_128_with_its_separators() -> None:
    picture = bars()
    found = second_opinion(picture, symbol("]C1", picture))
    assert found == Symbol("]C1", DATA, "zbar", place(picture))


def test_the_second_decoder_tells_plain_code_128_apart() -> None:
    picture = bars("010697286918201910A1", gs1=False)
    found = second_opinion(picture, symbol("]C1", picture))
    assert found is not None
    assert (found.identifier, found.data) == ("]C0", b"010697286918201910A1")


def test_the_second_decoder_says_what_it_reads_and_not_what_it_was_told() -> None:
    picture = bars()
    found = second_opinion(picture, symbol("]C1", picture, data=b"01069728691820"))
    assert found is not None
    assert found.data == DATA


def test_where_there_are_no_bars_the_second_decoder_has_no_opinion() -> None:
    blank = np.full((200, 600), 200, np.uint8)
    assert second_opinion(blank, symbol("]C1", blank)) is None
    assert second_opinion(blank, Symbol("]C1", DATA, "scanner")) is None


def test_clean_bars_are_confirmed() -> None:
    picture = bars()
    assert decode(picture).unconfirmed == ()


@pytest.mark.parametrize("turn", [-40, -12, 3, 25, 90, 180])
def test_a_slice_of_turned_bars_is_straightened_by_the_bars_themselves(turn: int) -> None:
    """The slice tells where the symbol is; which way its bars run, only they can tell."""
    flat = np.pad(bars(down=120), 300, constant_values=255)
    height, width = flat.shape
    there = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    picture = np.asarray(cv2.warpAffine(flat, there, (width, height), borderValue=255), np.uint8)
    ends = np.array([[360.0, height / 2, 1.0], [width - 360.0, height / 2, 1.0]]) @ there.T
    left, right = (tuple(end) for end in ends.round().astype(int).tolist())
    region = straightened(picture, (left, right, right, left))
    assert region.shape[0] == REPEATED
    (read,) = zxingcpp.read_barcodes(
        region, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    )
    assert read.bytes == DATA


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.tuples(st.integers(-400, 800), st.integers(-400, 800))] * 4))
def test_any_corners_give_a_region(corners: Corners) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (120, 160), np.uint8)
    region = straightened(picture, corners)
    assert region.shape[0] == REPEATED
    assert (region == region[0]).all()
