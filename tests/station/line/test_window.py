"""Which labels are on their way to the camera, and what went wrong with which."""

from hypothesis import given
from hypothesis import strategies as st

from station.core.judge import Code
from station.line.window import disorder

MEANT = (5, 6, 7, 8)


def test_labels_that_come_as_they_were_printed_are_in_order() -> None:
    assert disorder(MEANT, MEANT, before=4) == {}


def test_a_label_that_never_comes_is_lost() -> None:
    assert disorder(MEANT, (5, 7, 8), before=4) == {6: Code.LOST}


def test_a_web_that_did_not_move_shows_the_label_before_and_one_is_lost() -> None:
    assert disorder(MEANT, (4, 5, 6, 7), before=4) == {8: Code.LOST}


def test_a_label_that_comes_twice_is_doubled() -> None:
    assert disorder(MEANT, (5, 6, 6, 7, 8), before=4) == {6: Code.DOUBLED}


def test_the_label_before_is_doubled_where_none_is_lost() -> None:
    assert disorder(MEANT, (4, *MEANT), before=4) == {4: Code.DOUBLED}


def test_labels_that_change_places_are_swapped() -> None:
    assert disorder(MEANT, (5, 7, 6, 8), before=4) == {6: Code.SWAPPED, 7: Code.SWAPPED}


@given(st.lists(st.integers(3, 9)))
def test_only_what_came_exactly_as_meant_is_in_order(met: list[int]) -> None:
    found = disorder(MEANT, tuple(met), before=4)
    as_meant = [number for number in met if number in {4, *MEANT}] == list(MEANT)
    assert (found == {}) == as_meant
