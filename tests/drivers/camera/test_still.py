"""A picture may be any bytes."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.still import exposure, picture
from drivers.interface import Garbled

JPEG = cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 255, (32, 32), np.uint8))[
    1
].tobytes()


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: b"\xff\xd8\xff" + data))
def test_any_bytes_have_an_exposure_and_are_no_picture(data: bytes) -> None:
    assert data.endswith(exposure(data))
    with pytest.raises(Garbled):
        picture("camera x", data)


@given(comment=st.binary(max_size=100))
def test_a_comment_is_no_part_of_the_exposure(comment: bytes) -> None:
    head = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    assert exposure(JPEG[:2] + head + JPEG[2:]) == exposure(JPEG)


@given(cut=st.integers(0, len(JPEG) - 1))
def test_a_cut_jpeg_is_never_filled_with_grey(cut: int) -> None:
    with pytest.raises(Garbled):
        picture("camera x", JPEG[:cut])
