"""Two names of one person are one person."""

import pytest

from station.core.person import named, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王芳", "王 芳"),
        ("王芳", "王芳 (command line, root)"),
        ("Anna Li", "li anna"),
        ("ＡＮＮＡ", "anna"),
    ],
)
def test_one_person_is_known_however_the_name_is_written(one: str, other: str) -> None:
    assert same(one, other)


def test_two_people_are_two() -> None:
    assert not same("王芳", "王强")
    assert not same("芳王", "王芳"), "Chinese characters in another order are another name"


def test_a_name_has_a_letter() -> None:
    assert named("王")
    assert not named(" – 123 ")
