"""A scanner that changes anything is found out, and told what it changes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.core.ai import CSET82
from station.core.challenge_card import BARS, CARD, problems
from station.core.gs1 import GS, ElementString, fits_gs1_128
from station.core.udi import check

DATA = CARD.encode()
TEXT = DATA.decode("ascii")


def told(data: bytes, identifier: str = "]d2") -> str:
    return "\n".join(str(each) for each in problems(Symbol(identifier, data, "scanner")))


def test_the_card_holds_every_character_an_element_can_hold() -> None:
    assert CSET82.characters <= set(TEXT)
    assert TEXT.count(GS) == 4


def test_the_card_is_no_udi_whoever_reads_it() -> None:
    assert ElementString.parse(DATA) == CARD
    assert not check(b"]d2" + DATA).valid
    assert not check(b"]C1" + BARS.encode()).valid


def test_the_bars_fit_into_a_gs1_128_and_hold_a_separator() -> None:
    assert fits_gs1_128(BARS)
    assert GS.encode() in BARS.encode()


def test_the_bars_alone_prove_nothing() -> None:
    assert "Scan its square code." in told(BARS.encode(), "]C1")
    assert "AIM identifier is missing" in told(BARS.encode(), "")


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (DATA.replace(b"\x1d", b""), "The separators (GS) are lost."),
        (DATA.replace(b"\x1d", b"|"), "The separators arrive as '|'"),
        (DATA.replace(b"\x1d", b"<GS>"), "The separators arrive as '<GS>'"),
        (DATA.replace(b"\x1d", "↔".encode()), r"The separators arrive as '\u2194'"),
        (DATA.swapcase(), "'A' arrives as 'a'. Switch Caps Lock off"),
        (DATA.upper(), "'y' arrives as 'Y'."),
        (DATA.lower(), "'A' arrives as 'a'."),
        (DATA.translate(bytes.maketrans(b"yzYZ", b"zyZY")), "Y and Z are exchanged"),
        (DATA.translate(bytes.maketrans(b"aqAQ", b"qaQA")), "Characters are changed: A → Q"),
        (DATA.replace(b"-", b"\xdf"), r"Characters are changed: - → \xdf."),
        (DATA[:-1], "expected 101 characters, got 100; the first that differs is character 101."),
        (b"x" + DATA, "got 102; the first that differs is character 1."),
        (DATA.replace(b"\x1d", b"", 1), "the first that differs is character 13."),
        (b"", "This is not the challenge card"),
        (b"010697286918201921CN010123", "This is not the challenge card"),
        (b"\x1b[2J" * 2000, "This is not the challenge card"),
    ],
)
def test_what_is_lost_is_told_with_its_cause(data: bytes, cause: str) -> None:
    assert cause in told(data)


def test_all_that_is_wrong_is_told_at_once() -> None:
    both = told(DATA.replace(b"\x1d", b"").swapcase(), "")
    assert "AIM identifier is missing" in both
    assert "separators (GS) are lost" in both
    assert "Caps Lock" in both


@pytest.mark.parametrize("identifier", ["]d1", "]C0", "]Q3", "]X0"])
def test_a_code_named_otherwise_does_not_prove_anything(identifier: str) -> None:
    assert f"The scanner names the code {identifier}: expected ]d2" in told(DATA, identifier)


@given(st.binary(max_size=300), st.sampled_from(["", "]d2", "]d1", "]C1"]))
def test_nothing_but_the_card_as_it_is_survives(data: bytes, identifier: str) -> None:
    assert bool(told(data, identifier)) == ((identifier, data) != ("]d2", DATA))


@given(st.permutations(string.ascii_letters + string.digits + string.punctuation + GS))
def test_every_exchange_of_characters_is_found(letters: list[str]) -> None:
    alphabet = string.ascii_letters + string.digits + string.punctuation + GS
    changed = TEXT.translate(str.maketrans(alphabet, "".join(letters)))
    assert bool(told(changed.encode())) == (changed != TEXT)


@given(st.integers(0, len(DATA) - 1), st.binary(max_size=3))
def test_every_change_at_one_place_is_found(place: int, instead: bytes) -> None:
    changed = DATA[:place] + instead + DATA[place + 1 :]
    assert bool(told(changed)) == (changed != DATA)


@given(st.text(max_size=120))
def test_a_sentence_never_carries_what_could_steer_a_terminal(text: str) -> None:
    assert all(each.isprintable() or each == "\n" for each in told(text.encode("utf-8", "replace")))
