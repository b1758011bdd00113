"""The Code 128 encoder, read back by a decoder that knows nothing of it."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.symbology import code128
from drivers.symbology.code128 import (
    CODE_A,
    CODE_B,
    FNC1,
    FNC1_CHARACTER,
    START_A,
    START_B,
    START_C,
    NotEncodable,
)


def reading(modules: NDArray[np.bool_]) -> tuple[str, bytes]:
    paper = np.tile(np.pad(~modules, 12, constant_values=True), (40, 1)).repeat(2, axis=1)
    found = zxingcpp.read_barcodes(
        paper.astype(np.uint8) * 255,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128),
    )
    assert len(found) == 1
    return found[0].symbology_identifier, found[0].bytes


ascii_and_digits = st.one_of(st.integers(0, 127), st.integers(48, 57), st.integers(48, 57))


@settings(max_examples=100, deadline=None)
@given(st.lists(ascii_and_digits, min_size=1, max_size=30))
def test_any_ascii_is_read_back_as_an_ordinary_symbol(data: list[int]) -> None:
    assert reading(code128.encode(code128.automatic(data))) == ("]C0", bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(ascii_and_digits, st.just(FNC1_CHARACTER)), min_size=1, max_size=30))
def test_a_leading_fnc1_makes_a_gs1_symbol_and_an_inner_one_a_separator(data: list[int]) -> None:
    assume(any(character != FNC1_CHARACTER for character in data))
    want = bytes(0x1D if character == FNC1_CHARACTER else character for character in data)
    values = code128.automatic([FNC1_CHARACTER, *data])
    assert reading(code128.encode(values)) == ("]C1", want)


def test_the_code_sets_can_be_chosen_by_hand() -> None:
    values = (START_A, 64 + 1, CODE_B, 65, CODE_A, 33)
    assert reading(code128.encode(values)) == ("]C0", b"\x01aA")


def test_digits_are_paired_where_that_is_shorter() -> None:
    assert code128.automatic([*b"12345678"]) == (START_C, 12, 34, 56, 78)
    assert code128.automatic([FNC1_CHARACTER, *b"01A"]) == (START_C, FNC1, 1, CODE_B, 33)
    assert code128.automatic([*b"A1"]) == (START_B, 33, 17)


def test_the_check_character_weighs_every_value_by_its_place() -> None:
    """ISO/IEC 15417:2007 annex A."""
    assert code128.check((START_B, 40, 73)) == (104 + 40 + 2 * 73) % 103


def test_every_pattern_is_eleven_modules_with_an_even_number_of_dark_ones() -> None:
    assert len(set(code128._WIDTHS)) == 106
    for widths in code128._WIDTHS:
        assert sum(map(int, widths)) == 11
        assert sum(map(int, widths[::2])) % 2 == 0


@pytest.mark.parametrize("character", [128, 255])
def test_a_byte_above_ascii_is_refused(character: int) -> None:
    with pytest.raises(NotEncodable, match=f"no character {character}"):
        code128.automatic([character])


def test_too_long_a_symbol_is_refused() -> None:
    with pytest.raises(NotEncodable, match="expected 1 to 256 symbol characters, got 300"):
        code128.encode([START_B] * 300)


@given(st.lists(st.one_of(ascii_and_digits, st.just(FNC1_CHARACTER)), min_size=1, max_size=30))
def test_what_a_reader_will_report_is_known_before_the_symbol_is_drawn(data: list[int]) -> None:
    want = bytes(0x1D if character == FNC1_CHARACTER else character for character in data)
    values = code128.automatic([FNC1_CHARACTER, *data])
    assert code128.transmitted(values) == ("]C1", want)


def test_a_shift_changes_the_code_set_for_one_character() -> None:
    values = (START_B, 33, code128.SHIFT, 65, 65)
    assert code128.transmitted(values) == reading(code128.encode(values)) == ("]C0", b"A\x01a")
