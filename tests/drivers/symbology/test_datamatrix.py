"""The Data Matrix encoder, read back by a decoder that knows nothing of it."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.symbology import datamatrix
from drivers.symbology.datamatrix import FNC1, SIZES, DoesNotFit, Size

GS = 0x1D


def readings(modules: NDArray[np.bool_], *, dots: int = 4) -> set[tuple[str, bytes]]:
    paper = np.pad(~modules, 4, constant_values=True).repeat(dots, axis=0).repeat(dots, axis=1)
    found = zxingcpp.read_barcodes(
        paper.astype(np.uint8) * 255,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix),
    )
    return {(barcode.symbology_identifier, barcode.bytes) for barcode in found}


def expected(characters: list[int]) -> tuple[str, bytes]:
    data = bytes(GS if character == FNC1 else character for character in characters)
    return ("]d2", data[1:]) if characters[0] == FNC1 else ("]d1", data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=60))
def test_any_bytes_are_read_back_as_an_ordinary_symbol(data: list[int]) -> None:
    assert ("]d1", bytes(data)) in readings(datamatrix.encode(data))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(32, 126), min_size=1, max_size=20), min_size=1, max_size=4).map(
        lambda parts: [code for part in parts for code in (FNC1, *part)]
    )
)
def test_a_leading_fnc1_makes_a_gs1_symbol_and_an_inner_one_a_separator(
    characters: list[int],
) -> None:
    assert expected(characters) in readings(datamatrix.encode(characters))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.rows}x{size.columns}")
def test_every_size_is_read_when_it_is_full(size: Size) -> None:
    characters = [FNC1, *(65 + number % 26 for number in range(size.data - 1))]
    modules = datamatrix.encode(characters, rows=size.rows, columns=size.columns)
    assert modules.shape == (size.rows, size.columns)
    assert expected(characters) in readings(modules)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.rows}x{size.columns}")
def test_every_size_is_read_when_it_is_mostly_padding(size: Size) -> None:
    modules = datamatrix.encode([*b"AB"], rows=size.rows, columns=size.columns)
    assert ("]d1", b"AB") in readings(modules)


@pytest.mark.parametrize("size", SIZES[:14], ids=lambda size: f"{size.rows}x{size.columns}")
def test_a_damaged_symbol_is_corrected_as_far_as_the_standard_promises(size: Size) -> None:
    characters = [FNC1, *(65 + number % 26 for number in range(size.data - 1))]
    modules = datamatrix.encode(characters, rows=size.rows, columns=size.columns)
    modules[size.rows // 2, size.columns // 2] ^= True
    assert expected(characters) in readings(modules)


def test_digit_pairs_take_one_codeword_each() -> None:
    assert datamatrix.encode([*b"123456"]).shape == (10, 10)
    assert datamatrix.encode([*b"12345A"]).shape == (12, 12)


def test_a_rectangle_is_chosen_when_it_is_asked_for() -> None:
    assert datamatrix.encode([*b"123456"], rectangular=True).shape == (8, 18)


def test_data_that_do_not_fit_the_requested_size_are_refused() -> None:
    with pytest.raises(DoesNotFit, match="4 codewords do not fit: at most 3 do"):
        datamatrix.encode([*b"ABCD"], rows=10, columns=10)


def test_a_size_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="no Data Matrix symbol has 11 rows and 11 columns"):
        datamatrix.encode([*b"A"], rows=11, columns=11)


def test_the_codewords_and_check_codewords_are_those_of_the_standards_example() -> None:
    """ISO/IEC 16022:2006 annex O: "123456"."""
    assert datamatrix._codewords([*b"123456"]) == bytes([142, 164, 186])
    size = SIZES[0]
    assert datamatrix._check(bytes([142, 164, 186]), size) == bytes([114, 25, 5, 88, 102])
