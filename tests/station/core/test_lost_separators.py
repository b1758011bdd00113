"""What is possible is shown, in order, and nothing else; no data take long."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from station.core.ai import CSET82
from station.core.gs1 import ElementString
from station.core.lost_separators import LONGEST, possible
from station.core.problem import Refused

DI = ("01", "06972869182125")
VALUES = st.text(alphabet=sorted(CSET82.characters), min_size=1, max_size=8)


def hri(data: bytes) -> list[str]:
    return [each.hri() for each in possible(data)]


def test_the_fewest_lost_separators_come_first() -> None:
    found = hri(b"0106972869182125" + b"10A1217" + b"9112")
    assert found == [
        "(01)06972869182125(10)A1(21)79112",
        "(01)06972869182125(10)A1217(91)12",
        "(01)06972869182125(10)A1(21)7(91)12",
    ]


def test_nothing_is_thought_of_before_a_value_that_a_separator_closes() -> None:
    assert hri(b"0106972869182125" + b"11211121" + b"21CN") == []


@pytest.mark.parametrize("data", [b"", b"\x1d", b"21", b"\xff" * 50, b"0106972869182125"])
def test_data_without_a_place_for_one_have_no_other_reading(data: bytes) -> None:
    assert possible(data) == ()


def test_what_is_longer_than_any_label_is_not_looked_at() -> None:
    assert possible(b"10" + b"1721" * LONGEST) == ()


@given(VALUES, VALUES)
def test_the_data_that_were_printed_are_among_them(lot: str, serial: str) -> None:
    printed = ElementString.of(DI, ("10", lot), ("21", serial))
    lost = printed.encode().replace(b"\x1d", b"")
    assume(sum(lost.count(code) for code in (b"10", b"21", b"11", b"17", b"30", b"91")) < 7)
    assert printed in possible(lost)


@given(st.binary(max_size=80))
def test_each_says_the_same_characters_and_is_another_reading(data: bytes) -> None:
    plain = data.replace(b"\x1d", b"")
    for each in possible(plain):
        assert each.encode().replace(b"\x1d", b"") == plain
        assert each.encode() != plain


@given(st.text(alphabet="0127", max_size=60).map(lambda text: b"0106972869182125" + text.encode()))
def test_every_one_of_them_is_a_valid_element_string(data: bytes) -> None:
    for each in possible(data):
        try:
            assert ElementString.parse(each.encode()) == each
        except Refused:
            pytest.fail(f"{each.hri()} cannot be printed")
