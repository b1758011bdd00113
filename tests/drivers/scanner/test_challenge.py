"""What a scanner does to the card is named, and what to set in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Condition, NotReady, Symbol
from drivers.scanner.challenge import CARD, CHARACTERS, explain, survives
from station.core.gs1 import ElementString

SHOWN = {*range(0x20, 0x7F)}


def read(data: bytes, identifier: str = "]d2") -> Symbol:
    return Symbol(identifier, data, "scanner")


def test_the_card_as_it_is_survives() -> None:
    survives(read(CARD))


def test_the_card_has_every_character_that_an_element_may_have() -> None:
    assert len(set(CHARACTERS)) == len(CHARACTERS) == 82


def test_the_card_is_an_element_string_that_names_no_product() -> None:
    elements = ElementString.parse(CARD)
    assert elements.encode() == CARD
    assert elements.hri().startswith("(91)SCANNER-CHALLENGE(99)")
    assert "(01)" not in elements.hri()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (CARD.replace(b"\x1d", b""), "the separator GS is missing: switch on"),
        (CARD.replace(b"\x1d", b"^]"), "the separator GS came as '^]': switch off"),
        (CARD.replace(b"\x1d", b" "), "the separator GS came as ' '"),
        (CARD.translate(bytes.maketrans(b"yzYZ", b"zyZY")), "y and z are swapped: set the"),
        (CARD.upper(), "lower case became upper case"),
        (CARD.lower(), "upper case became lower case"),
        (CARD.swapcase(), "upper and lower case are swapped: switch off Caps Lock"),
        (CARD[:-4], "only 100 of 104 characters came"),
        (CARD[2:], "only 102 of 104 characters came"),
        (CARD + b"\t", "the scanner adds '\\t' after the data"),
        (b"w" + CARD + b" ", "the scanner adds 'w' before the data and ' ' after the data"),
        (CARD.replace(b"%", b"5"), "character 87 is another: expected '%', got '5'"),
        (b"", "character 1 is another: expected '9', got nothing"),
        (b"0106972869182125", "character 1 is another: expected '9', got '0'"),
    ],
)
def test_what_was_changed_is_said_with_its_likely_cause(data: bytes, cause: str) -> None:
    assert cause in explain(read(data))


def test_several_changes_are_all_said() -> None:
    said = explain(read(CARD.replace(b"\x1d", b"").upper(), ""))
    assert [each.partition(":")[0] for each in said.split("; ")] == [
        "the AIM identifier is missing",
        "the separator GS is missing",
        "lower case became upper case",
    ]


def test_another_identifier_is_another_symbol() -> None:
    assert "the AIM identifier is ]C1, expected ]d2" in explain(read(CARD, "]C1"))


def test_a_scanner_that_changes_data_is_not_ready() -> None:
    with pytest.raises(NotReady) as caught:
        survives(read(CARD, ""))
    assert caught.value.conditions == (Condition.SCANNER_CHANGES_DATA,)
    assert "switch on 'transmit AIM ID'" in str(caught.value)


@given(st.binary(max_size=300), st.sampled_from(["", "]d2", "]C1"]))
def test_whatever_comes_is_explained_in_one_short_line(data: bytes, identifier: str) -> None:
    said = explain(read(data, identifier))
    assert bool(said) is ((identifier, data) != ("]d2", CARD))
    assert len(said) < 400
    assert {ord(each) for each in said} <= SHOWN | {ord("…")}


@given(st.integers(0, len(CARD) - 1), st.binary(max_size=2))
def test_no_change_at_any_place_survives(place: int, instead: bytes) -> None:
    changed = CARD[:place] + instead + CARD[place + 1 :]
    assert bool(explain(read(changed))) is (changed != CARD)
