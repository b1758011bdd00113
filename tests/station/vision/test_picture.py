"""Files come from anybody: what would not fit in memory is never decoded."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from station.core.problem import Refused
from station.vision.picture import for_screen, from_bytes, grey, read_image, to_jpeg

GREY = np.random.default_rng(3).integers(0, 255, (30, 40), np.uint8)


def png_that_claims(width: int, height: int) -> bytes:
    """Seventy bytes of PNG with any size in its head."""
    small: bytes = cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1].tobytes()
    head = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_that_claims(9_000, 9_000))
    sentence = "has too many pixels: at most 50000000, got 9000 × 9000"
    with pytest.raises(Refused, match=sentence):
        read_image(path)


def test_a_picture_that_would_fill_any_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(2_000_000, 2_000_000))
    with pytest.raises(Refused, match="has too many pixels: at most 50000000"):
        read_image(path)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "nothing.png"
    path.touch()
    with pytest.raises(Refused) as caught:
        read_image(path)
    assert str(caught.value) == f"{path} is not a picture: the file is empty."


def test_other_kinds_of_file_are_refused_with_those_that_are_read(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    path.write_bytes(b"GIF89a" + bytes(100))
    with pytest.raises(Refused, match="expected BMP, JPEG, PNG, TIFF, WEBP"):
        read_image(path)


@pytest.mark.parametrize("suffix", [".bmp", ".png", ".tiff", ".webp"])
def test_the_usual_kinds_are_read(suffix: str) -> None:
    data = cv2.imencode(suffix, GREY, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
    found = from_bytes(data)
    assert found is not None
    assert np.array_equal(found[:, :, 0], GREY)


def test_16_bits_come_out_as_8() -> None:
    data = cv2.imencode(".png", GREY.astype(np.uint16) * 257)[1].tobytes()
    found = from_bytes(data)
    assert found is not None
    assert np.array_equal(grey(found), GREY)


def test_what_is_no_picture_is_none_where_nobody_asks_why() -> None:
    assert from_bytes(b"") is None
    assert from_bytes(b"\xff\xd8\xff" * 30) is None


def test_evidence_shows_what_was_seen() -> None:
    smooth = cv2.GaussianBlur(GREY, (0, 0), 3)
    again = from_bytes(to_jpeg(np.asarray(smooth, np.uint8)))
    assert again is not None
    assert np.abs(grey(again).astype(int) - smooth).max() < 12


def test_a_view_into_another_array_is_read_like_a_copy() -> None:
    assert np.array_equal(grey(GREY[::-1, ::2]), GREY[::-1, ::2].copy())


def test_more_pixels_than_are_accepted_are_refused_with_their_size() -> None:
    with pytest.raises(Refused, match="at least 8 × 8 and at most 50000000 pixels, got 60000 × 9"):
        grey(np.broadcast_to(np.zeros(1, np.uint8), (900, 60000)))


@pytest.mark.parametrize(("columns", "wanted"), [(1280, 240), (100, 100)])
def test_a_picture_for_a_page_is_never_made_larger(columns: int, wanted: int) -> None:
    picture = from_bytes(for_screen(np.full((60, columns, 3), 200, np.uint8), 240))
    assert picture is not None
    assert picture.shape[1] == wanted
