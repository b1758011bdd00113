"""What two profiles ask and nobody can follow is shown, with both clauses."""

from typing import Any

from station.config import shipped
from station.core.profiles.conflict import conflicts
from station.core.profiles.profile import Profile, Profiles
from station.core.profiles.subject import Deviation, Subject, Trace
from station.core.shape import parse
from station.line.profiles import load

SHIPPED = load(shipped("profiles"))


def profile(name: str, *needs: dict[str, Any], **changes: Any) -> Profile:
    told = {"name": name, "market": "none", "title": {"zh": "规则", "en": "Rules"}}
    return parse(Profile, {**told, "needs": needs, **changes})


def found(*profiles: Profile, deviations: tuple[Deviation, ...] = ()) -> list[str]:
    ground = profile("ground", always=True)
    names = tuple(each.name for each in profiles)
    every = Profiles({each.name: each for each in (ground, *profiles)})
    return [str(each) for each in conflicts(_pack(*names, deviations=deviations), every)]


def _pack(
    *profiles: str,
    level: str = "primary",
    trace: Trace = "lot",
    deviations: tuple[Deviation, ...] = (),
) -> Subject:
    return Subject(
        profiles=profiles,
        level=level,
        transport=False,
        trace=trace,
        traits=frozenset(),
        ais=(),
        deviations=deviations,
    )


WANTS = {"ai": "91", "need": "required", "clause": "A 1"}
BARS = {"ai": "91", "need": "forbidden", "clause": "B 2"}


def test_what_one_profile_requires_and_another_forbids_is_shown_with_both_clauses() -> None:
    assert found(profile("one", WANTS), profile("other", BARS)) == [
        (
            "ais.91: one requires (91) (A 1), and other has no place for it (B 2): no label of this"
            " level follows both."
        )
    ]


def test_what_another_profile_is_closed_to_is_a_conflict_too() -> None:
    closed = profile("other", others={"ais": "refused", "clause": "B 9"})
    assert "(B 9)" in found(profile("one", WANTS), closed)[0]


def test_profiles_that_can_be_followed_together_do_not_conflict() -> None:
    optional = {**BARS, "need": "optional"}
    elsewhere = {**BARS, "levels": ("outer",)}
    assert not found(profile("one", WANTS), profile("other", optional, elsewhere))


def test_a_choice_conflicts_only_if_all_of_it_is_barred() -> None:
    either = profile("one", {"one_of": ("91", "21"), "need": "required", "clause": "A 1"})
    serial = {"ai": "21", "need": "forbidden", "clause": "B 3"}
    assert not found(either, profile("other", BARS))
    assert found(either, profile("other", BARS, serial))


def test_every_rule_that_cannot_be_followed_is_shown() -> None:
    serial = {"ai": "21", "need": "required", "clause": "A 2"}
    both = profile("one", WANTS, serial)
    closed = profile("three", others={"ais": "refused", "clause": "C 9"})
    assert [each.partition(":")[0] for each in found(both, profile("two", BARS), closed)] == [
        *("ais.91", "ais.21")
    ]


def test_a_profile_can_contradict_itself() -> None:
    assert found(profile("one", WANTS, BARS))


def test_a_rule_that_follows_from_a_certain_text_conflicts() -> None:
    """One asks for the date, so the other asks for (11), which the third does not allow."""
    date = profile("one", {"text": "production_date", "need": "required", "clause": "A 1"})
    symbol = profile(
        "two",
        {"ai": "11", "need": "required", "if_text": ("production_date",), "clause": "B 1"},
    )
    bars = profile("three", {"ai": "11", "need": "forbidden", "clause": "C 1"})
    assert not found(symbol, bars)
    assert "(B 1)" in found(date, symbol, bars)[0]


def test_a_date_that_is_to_be_written_in_two_ways_is_a_conflict() -> None:
    date = {"text": "expiry_date", "need": "optional"}
    one = profile("one", {**date, "pattern": "YYYY-MM-DD", "clause": "A 1"})
    other = profile("other", {**date, "pattern": "YYYY.MM.DD", "clause": "B 2"})
    assert not found(one, one)
    assert found(one, other) == [
        (
            "texts.expiry_date: one requires expiry_date as YYYY-MM-DD (A 1), and other as"
            " YYYY.MM.DD (B 2): no label of this level follows both."
        )
    ]


def test_departing_from_the_house_ends_the_conflict() -> None:
    house, law = profile("one", WANTS, house=True), profile("other", BARS)
    away = Deviation(profile="one", what="91", why="the EU label has no company information")
    assert found(house, law)
    assert not found(house, law, deviations=(away,))


def test_departing_from_the_house_also_opens_what_it_bars() -> None:
    house, law = profile("one", BARS, house=True), profile("other", WANTS)
    away = Deviation(profile="one", what="91", why="the customer asks for it")
    assert found(house, law)
    assert not found(house, law, deviations=(away,))


def test_china_and_the_house_go_together_on_every_level() -> None:
    for level in ("unit", "primary", "secondary"):
        assert not list(conflicts(_pack("nmpa", "has-qp-048", level=level), SHIPPED))
    carton = _pack("nmpa", "has-qp-048", level="outer", trace="serial")
    assert not list(conflicts(carton, SHIPPED))


def test_the_house_and_the_eu_disagree_about_company_information() -> None:
    said = [str(each) for each in conflicts(_pack("eu-mdr", "has-qp-048"), SHIPPED)]
    assert [each.partition(":")[0] for each in said] == ["ais.91"]
    assert "HAS-QP-048 5.2.1 (2) a" in said[0]
    assert "AI 91 to 99" in said[0]


def test_a_secondary_pack_traced_by_serial_has_no_place_in_the_procedure() -> None:
    pack = _pack("has-qp-048", level="secondary", trace="serial")
    assert [each.where for each in conflicts(pack, SHIPPED)] == ["ais.21"]
