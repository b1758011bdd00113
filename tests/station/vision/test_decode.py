"""What stands in a picture is read as it is, or not at all."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from drivers.interface import Symbol
from drivers.simulated.optics import HARSH, MILD, empty_table, photograph
from station.core.problem import Refused
from station.vision import decode as module
from station.vision.decode import decode, read_image
from station.vision.presence import label_present
from station.vision.zbar import second_opinion

Picture = NDArray[np.uint8]
BRACKETED = "[01]06972869182125[10]A123"
DATA = b"010697286918212510A123"


def symbol(kind: zxingcpp.BarcodeFormat, across: int, down: int, *, gs1: bool = True) -> Picture:
    options = {"gs1": True} if gs1 else {}
    text = BRACKETED if gs1 else DATA.decode()
    made = zxingcpp.create_barcode(text, kind, **options)
    modules = np.array(made.to_image(scale=1, add_quiet_zones=False), np.uint8)
    if kind == zxingcpp.BarcodeFormat.Code128:
        modules = modules[:1]
    return np.kron(modules, np.ones((down, across), np.uint8))


def label(dots_per_mm: int, *, gs1: bool = True, linear: bool = True) -> Picture:
    paper = np.full((40 * dots_per_mm, 60 * dots_per_mm), 255, np.uint8)
    matrix = symbol(zxingcpp.BarcodeFormat.DataMatrix, 4, 4, gs1=gs1)
    paper[20 : 20 + matrix.shape[0], 20 : 20 + matrix.shape[1]] = matrix
    if linear:
        bars = symbol(zxingcpp.BarcodeFormat.Code128, 2, 12 * dots_per_mm, gs1=gs1)
        left = (paper.shape[1] - bars.shape[1]) // 2
        paper[-20 - bars.shape[0] : -20, left : left + bars.shape[1]] = bars
    return paper


def photo(picture: Picture, seed: int, *, harsh: bool = False) -> Picture:
    optics = HARSH if harsh else MILD
    return photograph(picture, dots_per_mm=8, optics=optics, seed=seed)


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_every_mild_photograph_is_read_on_the_first_pass(dots_per_mm: int) -> None:
    for seed in range(40):
        picture = photograph(label(dots_per_mm), dots_per_mm=dots_per_mm, optics=MILD, seed=seed)
        found = decode(picture, expected=("]d2", "]C1"))
        assert {(each.identifier, each.data) for each in found.symbols} == {
            ("]d2", DATA),
            ("]C1", DATA),
        }
        assert (found.passes, found.rescued, found.disagreements) == (("raw",), False, ())


def test_symbols_without_fnc1_are_named_as_what_they_are() -> None:
    found = decode(photo(label(8, gs1=False), 1))
    assert {each.identifier for each in found.symbols} == {"]d1", "]C0"}


def test_dead_print_head_dots_are_rescued_and_the_rescue_is_not_hidden() -> None:
    burnt = label(8, linear=False)
    burnt[:, 45] = 255
    rescued = 0
    for seed in range(12):
        found = decode(photo(burnt, seed), expected=("]d2",), budget_seconds=5.0)
        assert {each.data for each in found.symbols} <= {DATA}
        assert found.rescued == (bool(found.symbols) and len(found.passes) > 1)
        rescued += found.rescued
    assert rescued > 0


def test_a_low_slice_of_bars_is_no_reading() -> None:
    """Slices of 3 to 6 pixels have given wrong text with a valid check character."""
    whole = photo(label(8), 1)
    (bars,) = (each for each in decode(whole).symbols if each.identifier == "]C1")
    assert bars.corners is not None
    top = bars.corners[0][1] + 40
    slice_only = whole.copy()
    slice_only[:top] = slice_only[top + 6 :] = 230
    assert decode(slice_only, expected=("]C1",)).symbols == ()


def test_the_ladder_ends_when_its_time_is_over() -> None:
    found = decode(photo(label(8), 1), expected=("]Q3",), budget_seconds=0.0)
    assert found.passes == ("raw",)


def test_two_labels_in_view_are_two_symbols() -> None:
    both = np.hstack([label(8, linear=False), label(8, linear=False)])
    assert len(decode(both).symbols) == 2


def test_another_reading_of_the_same_bars_is_a_disagreement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second decoder stands at the door of a library, so it is replaced here."""
    other = Symbol("]C1", b"01", "zbar")
    monkeypatch.setattr(module, "second_opinion", lambda _picture, _symbol: other)
    found = decode(photo(label(8), 1), expected=("]d2", "]C1"))
    ((one, two),) = found.disagreements
    assert (one.identifier, one.data, two) == ("]C1", DATA, other)


def test_the_second_decoder_sees_whether_bars_are_gs1(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Symbol] = []

    def lying(picture: Picture, read: Symbol) -> Symbol | None:
        other = second_opinion(picture, Symbol("]C0", read.data, "zxing", read.corners))
        if other:
            seen.append(other)
        return None

    monkeypatch.setattr(module, "second_opinion", lying)
    decode(photo(label(8), 1), expected=("]d2", "]C1"))
    assert [(each.identifier, each.data, each.engine) for each in seen] == [("]C1", DATA, "zbar")]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_colour_and_grey_read_alike(channels: int) -> None:
    picture = photo(label(8), 3)
    stacked = np.repeat(picture[:, :, None], channels, axis=2)
    assert len(decode(stacked).symbols) == 2


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 0), np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((7, 100), np.uint8),
        np.zeros((10, 10, 2), np.uint8),
        np.zeros((10,), np.uint8),
        np.zeros((10, 10, 3, 1), np.uint8),
        np.full((10, 10), np.nan, np.float32),
        np.zeros((10, 10), np.uint16),
        np.zeros((9, 50_000), np.uint8),
    ],
)
def test_what_is_no_picture_of_8_bits_is_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(Refused, match="Expected a picture of"):
        decode(pixels)
    with pytest.raises(Refused, match="Expected a picture of"):
        label_present(pixels)


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(8, 90), st.integers(8, 90))))
def test_noise_reads_as_nothing(pixels: Picture) -> None:
    assert decode(pixels, expected=("]d2", "]C1")).symbols == ()


def test_a_picture_file_is_read_in_colour(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    cv2.imwrite(str(path), photo(label(8), 1))
    assert read_image(path).shape == (960, 1280, 3)
    assert len(decode(read_image(path)).symbols) == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "No such file"),
        (b"", "is not a picture"),
        (b"text", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is not a picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 1000, "is not a picture"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(
    tmp_path: Path, data: bytes | None, sentence: str
) -> None:
    path = tmp_path / "x.png"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(Refused, match=sentence):
        read_image(path)


def test_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Is a directory"):
        read_image(tmp_path)
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(module.FILE_LIMIT + 1)
    with pytest.raises(Refused, match="too large"):
        read_image(huge)


@pytest.mark.parametrize("seed", range(5))
def test_a_label_is_told_from_an_empty_table(seed: int) -> None:
    for optics in (MILD, HARSH):
        assert label_present(photograph(label(8), dots_per_mm=8, optics=optics, seed=seed))
        assert not label_present(empty_table(optics=optics, seed=seed))


def test_black_and_white_pictures_show_no_label() -> None:
    for level in (0, 255):
        assert not label_present(np.full((480, 640), level, np.uint8))
