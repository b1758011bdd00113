"""A profile that exists can be asked: every line has a clause, and every word a meaning."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.core.profiles.item import Item
from station.core.profiles.profile import Profile, Profiles, digest
from station.core.shape import parse

NEED = {"ai": "10", "need": "required", "clause": "5.2.1"}
PROFILE: dict[str, Any] = {
    "name": "ours",
    "market": "none",
    "title": {"zh": "规则", "en": "Rules"},
    "always": True,
    "needs": (NEED,),
}


def profile(**changes: Any) -> Profile:
    return parse(Profile, {**copy.deepcopy(PROFILE), **changes})


def refused(need: dict[str, Any]) -> list[str]:
    with pytest.raises(Refused) as found:
        profile(needs=(need,))
    return [str(each) for each in found.value.problems]


@pytest.mark.parametrize("clause", [None, "", "   "])
def test_a_need_without_its_clause_is_refused(clause: str | None) -> None:
    need = {"ai": "10", "need": "required"} | ({} if clause is None else {"clause": clause})
    assert refused(need)[0].startswith("needs.0.clause: ")


@pytest.mark.parametrize("given_fields", [{}, {"ai": "10", "text": "lot"}])
def test_a_need_is_about_one_thing(given_fields: dict[str, str]) -> None:
    found = refused({**given_fields, "need": "required", "clause": "5"})
    assert "A need is about one thing" in found[0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"ai": "98765"}, "needs.0.ai"),
        ({"ai": 10}, "needs.0.ai"),
        ({"ai": None, "text": "expiry_dat"}, "needs.0.text"),
        ({"ai": None, "text": "10"}, "needs.0.text"),
        ({"ai": None, "pictogram": "Do Not Reuse"}, "needs.0.pictogram"),
        ({"ai": None, "one_of": ("10", "nonsense")}, "needs.0.one_of.1"),
        ({"ai": None, "one_of": ("10", "10")}, "needs.0.one_of"),
        ({"ai": None, "one_of": ("10", "21"), "need": "forbidden"}, "needs.0.one_of"),
        ({"if_text": ("expiry_dat",)}, "needs.0.if_text.0"),
        ({"if_text": ("lot",), "unless_text": ("lot",)}, "needs.0.unless_text"),
        ({"levels": ("box",)}, "needs.0.levels.0"),
        ({"traits": ("implants",)}, "needs.0.traits.0"),
        ({"trace": "both"}, "needs.0.trace"),
        ({"need": "wanted"}, "needs.0.need"),
        ({"deferrable": True}, "needs.0.deferrable"),
        ({"if_given": True}, "needs.0"),
        ({"pattern": "YYYY-MM-DD"}, "needs.0.pattern"),
        ({"level": "unit"}, "needs.0.level"),
    ],
)
def test_a_word_that_would_never_be_asked_is_refused(change: dict[str, Any], where: str) -> None:
    assert refused({**NEED, **change})[0].startswith(f"{where}: ")


def test_all_problems_of_a_profile_come_at_once() -> None:
    with pytest.raises(Refused) as found:
        profile(market="mars", needs=({**NEED, "ai": "98765"}, {**NEED, "clause": ""}))
    assert [each.where for each in found.value.problems] == [
        *("market", "needs.0.ai", "needs.1.clause")
    ]


def test_a_rule_of_the_house_is_never_in_force_unasked() -> None:
    with pytest.raises(Refused, match="not in force on every label"):
        profile(house=True)


def test_profiles_have_names_of_their_own_and_one_of_them_is_the_ground() -> None:
    with pytest.raises(Refused) as found:
        Profiles({"a.yaml": profile(always=False), "b.yaml": profile(always=False)})
    assert [str(each).partition(",")[0] for each in found.value.problems] == [
        "b.yaml: Profile ours is defined twice.",
        "No profile is in force on every label: expected one with always: true",
    ]


def test_profiles_are_as_many_as_their_names() -> None:
    assert len(Profiles({"a.yaml": profile(), "b.yaml": profile(name="other")})) == 2


def test_no_profiles_at_all_are_refused() -> None:
    with pytest.raises(Refused, match="always: true"):
        Profiles({})


def test_a_digest_follows_the_meaning_and_not_the_layout_of_the_file() -> None:
    turned = dict(reversed(PROFILE.items()))
    assert profile().digest == parse(Profile, turned).digest
    assert profile().digest != profile(needs=({**NEED, "clause": "5.2.2"},)).digest


def test_the_digest_of_several_profiles_does_not_depend_on_their_order() -> None:
    one, other = profile(), profile(name="other")
    assert digest((one, other)) == digest((other, one, one))
    assert digest((one,)) != digest((one, other)) != digest(())


@given(st.text(max_size=30))
def test_whatever_is_written_is_an_item_or_refused(written: str) -> None:
    try:
        item = Item.parse(written)
    except Refused:
        return
    assert written in str(item)
