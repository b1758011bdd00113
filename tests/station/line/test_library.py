"""What a station prints from is loaded whole, and held against the rules of its markets."""

from pathlib import Path

import pytest

from station.config import shipped
from station.core.problem import Refused
from station.line.library import Library, load

PARTY = "parties:\n  - {id: us, name: {zh: 本公司}, domicile: {zh: 本市}}\n"
PRODUCT = """\
products:
  - model: HAS-MHB-X2
    name: {{zh: 医用升温毯}}
    family: warming_blanket
    basic_udi_di: "697286918212PZ"
    registrant: us
    manufacturer: us
    profiles: [{profiles}]
    {more}
    pi: {{ais: [{ais}], inferred: false}}
    levels:
      - {{level: primary, indicator: 0, gtin: "06972869182125", source: printed}}
"""


def loaded(
    folder: Path, *, profiles: str = "has-qp-048", ais: str = '"11", "17", "10"', more: str = ""
) -> Library:
    text = PARTY + PRODUCT.format(profiles=profiles, ais=ais, more=more)
    (folder / "one.yaml").write_text(text)
    return load(catalogue=folder, labels=shipped("labels"), profiles=shipped("profiles"))


def test_a_selection_that_its_profile_does_not_allow_is_refused_with_the_clause(
    tmp_path: Path,
) -> None:
    with pytest.raises(Refused) as refused:
        loaded(tmp_path)
    assert [str(each) for each in refused.value.problems] == [
        (
            "HAS-MHB-X2.levels.primary.ais.91: has-qp-048 requires (91) in the symbol, got"
            " (01)(11)(17)(10) (HAS-QP-048 5.2.1 (2) a)."
        )
    ]


def test_a_house_rule_can_be_departed_from_with_a_reason(tmp_path: Path) -> None:
    more = 'deviations: [{profile: has-qp-048, what: "91", why: its example has none}]'
    assert loaded(tmp_path, more=more).catalogue["HAS-MHB-X2"].deviations


def test_a_deviation_that_excuses_nothing_is_refused(tmp_path: Path) -> None:
    more = 'deviations: [{profile: has-qp-048, what: "10", why: by mistake}]'
    with pytest.raises(Refused, match=r"deviations\.0\.what: This departs from nothing"):
        loaded(tmp_path, more=more)


def test_two_markets_that_cannot_both_be_followed_are_shown_both(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        loaded(tmp_path, profiles="eu-mdr, has-qp-048")
    both = [str(each) for each in refused.value.problems if "no label of this level" in str(each)]
    assert len(both) == 1
    assert "has-qp-048 requires (91)" in both[0]
    assert "eu-mdr has no place for it" in both[0]


def test_a_market_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no profile 'mars'"):
        loaded(tmp_path, profiles="mars")
