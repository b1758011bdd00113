"""A breach of a profile is always found, always named, and all come at once."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from station.config import shipped
from station.core.profiles.check import check_label, check_selection
from station.core.profiles.conflict import conflicts
from station.core.profiles.item import Item, Kind
from station.core.profiles.need import Need
from station.core.profiles.profile import Profile, Profiles
from station.core.profiles.subject import Deviation, Shown, Subject, Trait
from station.core.shape import parse
from station.language import tell
from station.line.profiles import load

PROFILES = load(shipped("profiles"))
NAMES = ("nmpa", "eu-mdr", "fda", "has-qp-048")
FORBIDDEN = ("8013", "00", "02", "37", *(str(each) for each in range(92, 100)))

subjects = st.builds(
    Subject,
    profiles=st.lists(st.sampled_from(NAMES), unique=True).map(tuple),
    level=st.sampled_from(("unit", "primary", "secondary", "outer")),
    transport=st.booleans(),
    trace=st.sampled_from(("serial", "lot")),
    traits=st.frozensets(st.sampled_from(get_args(Trait))),
    ais=st.just(()),
)


def rules(*needs: dict[str, Any], **changes: Any) -> Profiles:
    """One profile "ours" with these needs, in force on every label unless it is the house's."""
    told: dict[str, Any] = {"title": {"zh": "规则", "en": "Rules"}, "market": "none"}
    ground = {**told, "name": "ground", "always": True, "needs": ()}
    ours = {**told, "name": "ours", "needs": needs, **changes}
    return Profiles({each["name"]: parse(Profile, each) for each in (ground, ours)})


def pack(*ais: str, **changes: Any) -> Subject:
    return Subject(
        profiles=changes.get("profiles", ("ours",)),
        level=changes.get("level", "primary"),
        transport=False,
        trace=changes.get("trace", "lot"),
        traits=frozenset(),
        ais=ais,
        deviations=changes.get("deviations", ()),
    )


def shown(*texts: str, **changes: Any) -> Shown:
    return Shown(texts=frozenset(texts), given=frozenset(texts), **changes)


def said(problems: Any) -> list[str]:
    return [str(each) for each in problems]


def required(what: str, **conditions: Any) -> dict[str, Any]:
    return {**_about(what), "need": "required", "clause": "5.1", **conditions}


def forbidden(what: str, **conditions: Any) -> dict[str, Any]:
    return {**_about(what), "need": "forbidden", "clause": "5.2", **conditions}


def _about(what: str) -> dict[str, Any]:
    item = Item.parse(what)
    return {{Kind.AI: "ai", Kind.TEXT: "text", Kind.PICTOGRAM: "pictogram"}[item.kind]: item.name}


@pytest.mark.parametrize(("level", "traits"), [("box", ()), ("unit", ("implants",))])
def test_a_subject_of_which_no_rule_knows_does_not_exist(level: str, traits: Any) -> None:
    with pytest.raises(AssertionError):
        replace(pack(), level=level, traits=frozenset(traits))


def test_a_missing_ai_is_told_with_what_there_is_and_the_clause() -> None:
    assert said(check_selection(pack("17"), rules(required("10")))) == [
        "ais.10: ours requires (10) in the symbol, got (01)(17) (5.1)."
    ]


def test_a_choice_is_met_by_any_of_it() -> None:
    either = {"one_of": ("10", "21"), "need": "required", "clause": "5.1"}
    assert not said(check_selection(pack("21"), rules(either)))
    assert said(check_selection(pack("17"), rules(either))) == [
        "ais: ours requires one of (10), (21) in the symbol, got (01)(17) (5.1)."
    ]


def test_a_choice_between_texts_and_pictograms_waits_for_the_label() -> None:
    either = {"one_of": ("single_use", "pictogram.do-not-reuse"), "need": "required"}
    profiles = rules({**either, "clause": "5.1"})
    assert not said(check_selection(pack(), profiles))
    drawn = shown(pictograms=frozenset(("do-not-reuse",)))
    assert not said(check_label(pack(), drawn, profiles))
    assert said(check_label(pack(), shown(), profiles)) == [
        (
            "texts: ours requires one of single_use, pictogram.do-not-reuse on the label, and none"
            " is there (5.1)."
        )
    ]


def test_a_forbidden_ai_and_a_forbidden_text_are_told() -> None:
    profiles = rules(forbidden("91"), forbidden("internal"), forbidden("pictogram.ce"))
    drawn = shown("internal", pictograms=frozenset(("ce",)))
    assert said(check_label(pack("91"), drawn, profiles)) == [
        "ais.91: ours forbids (91) in the symbol, got (01)(91) (5.2).",
        "texts.internal: ours forbids internal on the label, and it is there (5.2).",
        "pictograms.ce: ours forbids pictogram.ce on the label, and it is there (5.2).",
    ]


def test_a_deferrable_text_is_there_or_the_label_says_where_to_look() -> None:
    profiles = rules(required("power", deferrable=True))
    assert not said(check_label(pack(), shown("power"), profiles))
    assert not said(check_label(pack(), shown(defers=True), profiles))
    assert said(check_label(pack(), shown(), profiles)) == [
        (
            "texts.power: ours requires power on the label, or the words 其他内容详见说明书;"
            " neither is there (5.1)."
        )
    ]


def test_what_no_need_speaks_of_is_refused_where_the_profile_says_so() -> None:
    profiles = rules(
        required("01"),
        required("10"),
        {"text": "lot", "need": "optional", "clause": "5.1"},
        others={"ais": "refused", "texts": "refused", "clause": "5.9"},
    )
    assert said(check_label(pack("10", "21"), shown("lot", "serial"), profiles)) == [
        "ais.21: ours has no place for (21) on this level: expected only (01), (10) (5.9).",
        "texts.serial: ours has no place for serial on this level: expected only lot (5.9).",
    ]


def test_what_no_need_speaks_of_is_allowed_otherwise() -> None:
    assert not said(check_label(pack("10", "21"), shown("serial"), rules(required("10"))))


def test_a_profile_that_there_is_not_is_named_and_the_others_are_still_asked() -> None:
    asking = pack(profiles=("mars", "ours"))
    assert said(check_selection(asking, rules(required("10")))) == [
        "profiles: There is no profile 'mars'. Known profiles: ground, ours.",
        "ais.10: ours requires (10) in the symbol, got (01) (5.1).",
    ]


def test_every_breach_of_every_profile_comes_at_once() -> None:
    contract = Subject(
        profiles=("nmpa", "eu-mdr", "fda", "has-qp-048"),
        level="primary",
        transport=False,
        trace="lot",
        traits=frozenset(("contract", "sterile")),
        ais=("8013", "00"),
    )
    found = list(check_label(contract, Shown(texts=frozenset(), given=frozenset()), PROFILES))
    assert {dict(each.values)["profile"] for each in found} == set(PROFILES)
    assert len(found) > 40


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_breach_is_told_in_the_language_of_whoever_reads_it(language: str) -> None:
    found = next(check_selection(pack("17"), rules(required("10"))))
    expected = {
        "en": "ais.10: ours requires (10) in the symbol, got (01)(17) (5.1).",
        "zh": "ais.10: ours 要求条码中有 (10)，实际为 (01)(17)（5.1）。",
    }
    assert tell(found, language) == expected[language]


def test_a_text_that_is_certain_to_be_shown_decides_before_there_is_a_label() -> None:
    needs = (required("production_date"), required("11", if_text=("production_date",)))
    assert said(check_selection(pack(), rules(*needs))) == [
        "ais.11: ours requires (11) in the symbol, got (01) (5.1)."
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"deferrable": True},
        {"if_given": True},
        {"unless_text": ("expiry_date",)},
        {"if_text": ("expiry_date",)},
        {"levels": ("outer",)},
        {"trace": "serial"},
        {"need": "optional", "deferrable": False},
    ],
)
def test_a_text_under_a_condition_decides_nothing_yet(condition: dict[str, Any]) -> None:
    needs = (required("production_date", **condition), required("11", if_text=("production_date",)))
    assert not said(check_selection(pack(), rules(*needs)))


def test_a_departure_from_the_house_excuses_what_it_names_and_nothing_else() -> None:
    profiles = rules(required("11"), required("91"), required("configuration"), house=True)
    here = Deviation(profile="ours", what="91", why="annex 3")
    elsewhere = Deviation(profile="ours", what="11", why="annex 3", levels=("outer",))
    text = Deviation(profile="ours", what="configuration", why="it has none")
    found = check_label(pack(deviations=(here, elsewhere, text)), shown(), profiles)
    assert [each.where for each in found] == ["ais.11"]


def test_a_departure_also_opens_what_the_house_closes() -> None:
    closed = {"ais": "refused", "clause": "5.9"}
    profiles = rules({"ai": "01", "need": "required", "clause": "5"}, house=True, others=closed)
    serial = Deviation(profile="ours", what="21", why="the hospital asks for it")
    assert [each.where for each in check_selection(pack("21"), profiles)] == ["ais.21"]
    assert not said(check_selection(pack("21", deviations=(serial,)), profiles))


def test_nobody_departs_from_what_is_not_the_house() -> None:
    serial = Deviation(profile="ours", what="10", why="we would like to")
    found = check_selection(pack(deviations=(serial,)), rules(required("10")))
    assert [each.where for each in found] == ["ais.10"]


def _completed(subject: Subject, ais: tuple[str, ...] = ()) -> tuple[str, ...]:
    """AIs with which nothing is missing in the subject's symbol."""
    while lacking := _lacking(_with(subject, ais)):
        ais = (*ais, lacking)
    return ais


def _lacking(subject: Subject) -> str | None:
    for each in check_selection(subject, PROFILES):
        values = dict(each.values)
        if "requires" in each.template:
            return str(values["what"]).strip("()").partition(")")[0]
    return None


def _with(subject: Subject, ais: tuple[str, ...]) -> Subject:
    return replace(subject, ais=ais)


def _required(subject: Subject, *, encoded: bool) -> list[tuple[Profile, Need]]:
    """What is required of the subject whatever its label shows, apart from (01)."""
    return [
        (profile, need)
        for profile in PROFILES.in_force(subject)
        for need in profile.concerning(subject)
        if need.need == "required" and not (need.if_text or need.unless_text)
        if need.encoded is encoded and need.ai != "01"
    ]


def _told(problems: Any, profile: Profile, need: Need) -> bool:
    """Whether one of the problems names the profile, what it requires, and the clause."""
    what = ", ".join(str(each) for each in need.items)
    wanted = {("profile", profile.name), ("what", what), ("clause", need.clause)}
    return any(wanted <= set(each.values) for each in problems)


@given(subjects, st.sampled_from(FORBIDDEN))
def test_a_forbidden_ai_is_always_named(subject: Subject, ai: str) -> None:
    ais = _completed(subject)
    assert ai not in ais
    found = check_selection(_with(subject, (*ais, ai)), PROFILES)
    assert [each for each in found if each.where == f"ais.{ai}"]


@given(subjects, st.data())
def test_a_required_ai_that_is_taken_away_is_always_named(
    subject: Subject, data: st.DataObject
) -> None:
    wanted = _required(subject, encoded=True)
    assume(wanted)
    profile, need = data.draw(st.sampled_from(wanted))
    taken = {each.name for each in need.items}
    rest = tuple(each for each in _completed(subject) if each not in taken)
    assert _told(check_selection(_with(subject, rest), PROFILES), profile, need)


@given(subjects, st.data())
def test_a_required_text_or_pictogram_that_is_taken_away_is_always_named(
    subject: Subject, data: st.DataObject
) -> None:
    wanted = _required(subject, encoded=False)
    assume(wanted)
    profile, need = data.draw(st.sampled_from(wanted))
    taken = {each.name for each in need.items}
    full = _full_label(subject)
    rest = Shown(texts=full.texts - taken, given=full.given, pictograms=full.pictograms - taken)
    assert _told(check_label(subject, rest, PROFILES), profile, need)


def _full_label(subject: Subject) -> Shown:
    named = [
        item
        for profile in PROFILES.in_force(subject)
        for need in profile.concerning(subject)
        for item in need.items
    ]
    texts = frozenset(each.name for each in named if each.kind is Kind.TEXT)
    drawn = frozenset(each.name for each in named if each.kind is Kind.PICTOGRAM)
    return Shown(texts=texts, given=texts, pictograms=drawn)


@given(subjects)
def test_a_label_with_everything_lacks_nothing_but_ais(subject: Subject) -> None:
    found = check_label(subject, _full_label(subject), PROFILES)
    assert not [each for each in found if not each.where.startswith("ais")]


@given(subjects)
def test_a_symbol_can_always_be_completed_unless_profiles_conflict(subject: Subject) -> None:
    """Whatever cannot be followed is shown as a conflict, with two clauses."""
    ais = _completed(subject)
    if list(check_selection(_with(subject, ais), PROFILES)):
        shown_conflicts = list(conflicts(subject, PROFILES))
        assert shown_conflicts
        assert all(dict(each.values)["one_clause"] for each in shown_conflicts)
