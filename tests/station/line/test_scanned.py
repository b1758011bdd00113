"""Text goes in, bytes come out, and nothing is guessed on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.core.gs1 import ElementString
from station.line.scanned import joined, scanned

DI = b"0106972869182125"
DATA = DI + b"10A1\x1d21CN7"


def symbols(*contents: bytes, identifier: str = "]C1") -> tuple[Symbol, ...]:
    return tuple(Symbol(identifier, each, "zxing") for each in contents)


@pytest.mark.parametrize(
    "text",
    [
        "]d2010697286918212510A1\x1d21CN7",
        "]d2010697286918212510A1\u241d21CN7",
        "]d2010697286918212510A1\x1d21CN7\r\n",
        "]d2010697286918212510A1\x1d21CN7\n",
    ],
)
def test_a_separator_is_the_character_or_its_picture(text: str) -> None:
    assert (scanned(text).symbol.identifier, scanned(text).symbol.data) == ("]d2", DATA)
    assert scanned(text).doubts == ()


def test_what_is_bracketed_is_encoded_and_says_nothing_about_the_symbol() -> None:
    found = scanned("(01)06972869182125(10)A1(21)CN7")
    assert (found.symbol.identifier, found.symbol.data, found.bracketed) == ("", DATA, True)
    assert not scanned("]d2(01)06972869182125").bracketed
    assert scanned("(01)069728691821").symbol.data == b"(01)069728691821"


@pytest.mark.parametrize("written", ["<GS>", "{GS}", "[GS]", "<FNC1>", "\\x1d", "%1D", "^]", "↔"])
def test_a_separator_written_otherwise_stays_text_and_is_told(written: str) -> None:
    found = scanned(f"]d2010697286918212510A1{written}21CN7")
    assert b"\x1d" not in found.symbol.data
    (doubt,) = found.doubts
    assert "is taken as text" in str(doubt)
    assert ascii(written) in str(doubt)


def test_an_input_method_that_widened_the_scan_is_told() -> None:
    (doubt,) = scanned("（０１）06972869182125").doubts
    assert "an input method has changed the scan" in str(doubt)


def test_a_byte_that_is_no_text_stays_visible() -> None:
    assert scanned("]d201\udcff").symbol.data == b"01\\udcff"


@given(st.text())
def test_every_text_is_some_symbol_and_can_be_shown(text: str) -> None:
    found = scanned(text)
    assert found.shown.isprintable()
    assert found.line.isascii() or not text.isascii()


@given(st.binary(max_size=40))
def test_every_byte_that_can_be_typed_is_kept(data: bytes) -> None:
    text = data.decode("latin-1").rstrip("\r\n")
    if text.isascii() and not text.startswith(("]", "(", "[")):
        assert scanned(text).symbol.data == text.encode()


def test_two_symbols_with_a_part_each_are_one_label() -> None:
    assert [each.data for each in joined(symbols(DI, b"10A1\x1d21CN7"))] == [DATA]
    assert [each.data for each in joined(symbols(b"10A1\x1d21CN7", DI))] == [DATA]


def test_the_same_symbol_seen_twice_is_one() -> None:
    assert joined(symbols(DATA, DATA)) == symbols(DATA)


def test_a_part_beside_the_whole_is_not_told_twice() -> None:
    assert [each.data for each in joined(symbols(DATA, DI))] == [DATA]


def test_two_labels_in_one_picture_stay_two() -> None:
    other = DI + b"10A2"
    assert [each.data for each in joined(symbols(DATA, other))] == [DATA, other]


def test_parts_that_do_not_belong_together_for_sure_stay_apart() -> None:
    found = joined(symbols(DI, b"21CN7", b"21CN8"))
    assert sorted(each.data for each in found) == sorted([DI, b"21CN7", b"21CN8"])


@given(st.lists(st.sampled_from([DI, DATA, b"21CN7", b"", b"\xff", b"10A1"]), max_size=6))
def test_nothing_that_was_read_gets_lost(contents: list[bytes]) -> None:
    told = b"".join(each.data for each in joined(symbols(*contents)))
    for each in set(contents) - {DI}:
        assert each in told


def test_a_picture_of_nothing_has_nothing() -> None:
    assert joined(()) == ()
    assert ElementString.parse(DATA).get("21") == "CN7"
