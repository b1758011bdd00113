"""Wrong values look as right as the right ones."""

import string

from hypothesis import given
from hypothesis import strategies as st

from station.core.gtin import Gtin, check_digit
from station.line.challenge.values import LOOK_ALIKES, alike, other_gtin, other_text, other_texts

plain = st.text(string.ascii_letters + string.digits + "-/.", min_size=1, max_size=20)


@given(st.text(string.digits, min_size=13, max_size=13).filter(lambda each: each[0] != "9"))
def test_another_gtin_is_valid_and_another(digits: str) -> None:
    right = digits + check_digit(digits)
    wrong = other_gtin(right)
    assert wrong != right
    assert len(wrong) == 14
    assert wrong[-1] == check_digit(wrong[:-1])
    assert wrong[:11] == right[:11], "of the same company"


def test_another_gtin_is_one() -> None:
    assert Gtin.parse(other_gtin("06972869182019")).digits != "06972869182019"


@given(plain)
def test_other_texts_differ_in_one_character_of_the_same_kind(text: str) -> None:
    seen = set()
    for other in other_texts(text):
        changed = [pair for pair in zip(text, other, strict=True) if pair[0] != pair[1]]
        ((right, wrong),) = changed
        assert right.isdigit() == wrong.isdigit()
        assert right.isupper() == wrong.isupper()
        assert LOOK_ALIKES.get(right) != wrong, "that is another family"
        seen.add(other)
    assert text not in seen


@given(st.text("-/.", max_size=5))
def test_a_text_without_letters_and_digits_has_no_other(text: str) -> None:
    assert other_text(text) == text


@given(plain)
def test_look_alikes_differ_in_one_character_that_looks_like_it(text: str) -> None:
    for other in alike(text):
        ((right, wrong),) = [pair for pair in zip(text, other, strict=True) if pair[0] != pair[1]]
        assert LOOK_ALIKES[right] == wrong
