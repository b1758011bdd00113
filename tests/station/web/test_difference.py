from hypothesis import given
from hypothesis import strategies as st

from station.web.difference import Piece, controls, marked

near = st.text("AB01␝", max_size=12)


def differing(pieces: tuple[Piece, ...]) -> str:
    return "".join(each.text for each in pieces if each.differs)


@given(near, near)
def test_nothing_of_either_text_is_lost(expected: str, read: str) -> None:
    left, right = marked(expected, read)
    assert "".join(each.text for each in left) == expected
    assert "".join(each.text for each in right) == read


@given(near, near)
def test_something_is_marked_exactly_when_the_texts_differ(expected: str, read: str) -> None:
    left, right = marked(expected, read)
    assert bool(differing(left) or differing(right)) == (expected != read)


def test_texts_of_one_length_are_compared_place_by_place() -> None:
    left, right = marked("12345", "23451")
    assert (differing(left), differing(right)) == ("12345", "23451")


def test_a_lost_character_moves_nothing_else() -> None:
    left, right = marked("10A1␝21B2", "10A121B2")
    assert (differing(left), differing(right)) == ("␝", "")


def test_a_very_long_reading_is_compared_in_no_time() -> None:
    """Aligning two texts of seven thousand equal characters would take minutes."""
    left, right = marked("A" * 7000, "A" * 7089)
    assert (differing(left), differing(right)) == ("", "A" * 89)


@given(st.text())
def test_control_pictures_are_named_and_the_rest_stays(text: str) -> None:
    for part, control in controls(text):
        assert control or part in text
    rest = "".join(part for part, control in controls(text) if not control)
    assert rest == "".join(each for each in text if not 0x2400 <= ord(each) < 0x2420)
