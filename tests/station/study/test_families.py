"""Families by name, their right reasons and their words."""

import pytest

from drivers.simulated.wear import WEAR
from station.core.problem import Refused
from station.core.verdict import Code, Reason
from station.study.families import _SHOWN_AS, BY_NAME, CHALLENGE, FAMILIES, GOOD, chosen
from station.study.words import family


def test_no_two_families_have_one_name() -> None:
    assert len(BY_NAME) == len(FAMILIES)
    assert not set(BY_NAME) & set(GOOD)


def test_every_kind_of_worn_print_has_its_right_reason() -> None:
    assert set(_SHOWN_AS) == set(WEAR) - {"good", "ugly"}


def test_every_family_has_words_in_both_languages() -> None:
    for name in (*GOOD, *BY_NAME):
        assert family(name, "en") != name
        assert family(name, "zh") != family(name, "en")


def test_a_dead_dot_is_not_caught_by_a_symbol_that_could_not_be_read() -> None:
    assert not BY_NAME["dead-2-in-symbol"].caught((Reason(Code.NO_READ),))


def test_groups_and_names_can_be_mixed_and_count_once() -> None:
    assert chosen("wrong-lot, good,wrong-lot") == ("wrong-lot", *GOOD)
    assert set(chosen("challenge")) == {each.name for each in CHALLENGE}
    assert set(chosen("all")) == {*GOOD, *BY_NAME}


def test_a_name_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refused, match="There is no family 'wrong-colour'"):
        chosen("wrong-lot,wrong-colour")
    with pytest.raises(Refused, match="There is no family ''"):
        chosen("")
