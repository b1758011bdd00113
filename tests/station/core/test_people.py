"""One table says who may do what; nobody has roles that have to be apart."""

import pytest

from station.core.people import APART, RIGHTS, Right, Role, may, name_problems, role_problems


def test_every_right_is_somebodys_and_every_role_has_one() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert {role for roles in RIGHTS.values() for role in roles} == set(Role)


@pytest.mark.parametrize(
    "right",
    [Right.SIGN_QUALITY, Right.SIGN_MARKET, Right.APPROVE_TEMPLATES, Right.RUN, Right.CLOSE],
)
def test_whoever_hands_out_rights_signs_nothing_with_them(right: Right) -> None:
    assert not may({Role.ADMIN}, right)


def test_an_author_does_not_approve_and_an_operator_does_not_close() -> None:
    assert not may({Role.AUTHOR}, Right.APPROVE_TEMPLATES)
    assert not may({Role.OPERATOR}, Right.CLOSE)


@pytest.mark.parametrize("pair", APART)
def test_roles_that_have_to_be_apart_are_refused_together(pair: frozenset[Role]) -> None:
    assert "One person cannot be" in str(*role_problems(sorted(pair)))


def test_all_that_is_wrong_with_roles_is_said_at_once() -> None:
    assert [str(each)[:20] for each in role_problems(["boss", "admin", "quality"])] == [
        "Expected roles of ad",
        "One person cannot be",
    ]
    assert len(list(role_problems([]))) == 1


@pytest.mark.parametrize("name", ["王芳", "王 芳", "王　芳"])
def test_a_name_that_reads_like_one_before_is_taken(name: str) -> None:
    assert "already" in str(*name_problems(name, taken=["王芳"]))


@pytest.mark.parametrize("name", ["", " ", "42", " Anna", "x" * 61])
def test_what_names_nobody_is_no_name(name: str) -> None:
    assert "Expected a name" in str(*name_problems(name, taken=()))
