"""A product departs from rules of the house only, and only where there is something to excuse."""

from typing import Any

import pytest

from station.config import shipped
from station.core.problem import Refused
from station.core.profiles.deviation import check_deviations
from station.core.profiles.subject import Deviation, Subject, Trace
from station.core.shape import parse
from station.line.profiles import load

PROFILES = load(shipped("profiles"))


def level(name: str, *ais: str, trace: Trace = "lot", profiles: Any = None) -> Subject:
    return Subject(
        profiles=profiles or ("nmpa", "has-qp-048"),
        level=name,
        transport=False,
        trace=trace,
        traits=frozenset(("single-use",)),
        ais=ais,
    )


def deviation(what: str, *levels: str, profile: str = "has-qp-048") -> Deviation:
    document = {"profile": profile, "what": what, "why": "annex 3 selects (17)(10)"}
    return parse(Deviation, {**document, "levels": levels})


def said(*deviations: Deviation, levels: tuple[Subject, ...]) -> list[str]:
    return [str(each) for each in check_deviations(deviations, levels, PROFILES)]


X2 = (level("primary", "17", "10"), level("outer", "11", "17", "10", "21", "91", trace="serial"))
"""HAS-MHB-X2 as annex 3 selects its AIs, in a carton as 5.2.1 wants it."""


def test_the_example_of_annex_3_may_depart_from_5_2_1() -> None:
    assert not said(deviation("11"), deviation("91", "primary"), levels=X2)


def test_a_text_may_be_departed_from_before_there_is_a_template() -> None:
    assert not said(deviation("configuration"), deviation("gross_weight", "outer"), levels=X2)


@pytest.mark.parametrize(
    "idle",
    [
        deviation("10"),  # carried wherever the house asks for it
        deviation("17"),
        deviation("91", "outer"),  # carried there
        deviation("11", "secondary"),  # the product has no such level
        deviation("power"),  # the house does not ask for it
        deviation("gross_weight", "primary"),  # asked of cartons only
        deviation("30"),  # neither asked for nor carried
        deviation("pictogram.ce"),
    ],
)
def test_a_deviation_that_excuses_nothing_is_refused(idle: Deviation) -> None:
    found = said(idle, levels=X2)
    assert len(found) == 1
    assert found[0].startswith("deviations.0.what: This departs from nothing: has-qp-048 asks")
    assert f" about {idle.item} on any level, or the product follows it." in found[0]


def test_a_deviation_may_allow_what_the_house_is_closed_to() -> None:
    counted = (level("primary", "10", "11", "17", "91", "30"),)
    assert not said(deviation("30"), levels=counted)


@pytest.mark.parametrize("profile", ["nmpa", "eu-mdr", "fda", "gs1-udi"])
def test_nobody_departs_from_the_rule_of_a_regulator(profile: str) -> None:
    found = said(deviation("17"), deviation("model", profile=profile), levels=X2)[1]
    expected = f"{profile} is no rule of the house, and only such a rule can be departed from."
    assert found == f"deviations.1.profile: {expected}"


@pytest.mark.parametrize("profile", ["has-qp-048", "mars"])
def test_nobody_departs_from_what_does_not_bind_the_product(profile: str) -> None:
    chinese = (level("primary", "17", "10", profiles=("nmpa",)),)
    expected = f"The product does not follow the profile {profile!r}, so it cannot depart from it."
    assert said(deviation("11", profile=profile), levels=chinese) == [
        f"deviations.0.profile: {expected}"
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("why", ""), ("why", "  "), ("what", "expiry_dat"), ("what", "9999"), ("levels", ("box",))],
)
def test_a_deviation_needs_its_reason_and_names_what_there_is(field: str, value: Any) -> None:
    document = {"profile": "has-qp-048", "what": "11", "why": "annex 3", field: value}
    with pytest.raises(Refused) as refused:
        parse(Deviation, document)
    assert [each.where.partition(".")[0] for each in refused.value.problems] == [field]
