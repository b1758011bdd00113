"""The shipped profiles say what the documents say, level by level."""

from typing import Any

import pytest

from station.config import shipped
from station.core.problem import Problem
from station.core.profiles.check import check_label, check_selection
from station.core.profiles.item import ai_items
from station.core.profiles.subject import Shown, Subject, Trace
from station.line.profiles import load

PROFILES = load(shipped("profiles"))
BLANK = Shown(texts=frozenset(), given=frozenset())
LEVELS = ("unit", "primary", "secondary", "outer")
MARKETS = ("nmpa", "eu-mdr", "fda", "has-qp-048")


def subject(
    *profiles: str, level: str = "primary", trace: Trace = "lot", **changes: Any
) -> Subject:
    return Subject(
        profiles=profiles,
        level=level,
        trace=trace,
        transport=changes.get("transport", False),
        traits=frozenset(changes.get("traits", ())),
        ais=changes.get("ais", ()),
    )


def label(*texts: str, **changes: Any) -> Shown:
    return Shown(
        texts=frozenset(texts),
        given=frozenset(changes.get("given", texts)),
        dates=frozenset(changes.get("dates", ())),
        pictograms=frozenset(changes.get("pictograms", ())),
        defers=changes.get("defers", False),
    )


def asked(problems: Any, profile: str) -> set[str]:
    """What one profile says is missing, apart from what holds on every label."""
    found: list[dict[str, str | int]] = [dict(each.values) for each in problems]
    return {str(each["what"]) for each in found if each["profile"] == profile}


def ais_asked(profile: str, **changes: Any) -> set[str]:
    return asked(check_selection(subject(profile, **changes), PROFILES), profile)


def texts_asked(profile: str, shown: Shown = BLANK, **changes: Any) -> set[str]:
    """What is missing on the label, apart from its symbol."""
    everything = asked(check_label(subject(profile, **changes), shown, PROFILES), profile)
    return {each for each in everything if not each.startswith("(")}


def test_the_markets_and_the_house_are_shipped() -> None:
    assert set(PROFILES) == {"gs1-udi", *MARKETS}
    assert [name for name, each in PROFILES.items() if each.house] == ["has-qp-048"]
    assert [name for name, each in PROFILES.items() if each.always] == ["gs1-udi"]


def test_every_need_names_its_clause() -> None:
    for profile in PROFILES.values():
        assert profile.needs
        assert all(need.clause for need in profile.needs)


EITHER = "(11), (17)"
"""5.2.3: a serial or a lot stands with the production date or the expiry."""


@pytest.mark.parametrize(
    ("level", "trace", "traits", "expected"),
    [
        ("unit", "serial", (), {"(21)", EITHER}),
        ("unit", "lot", (), {"(10)", EITHER}),
        ("unit", "serial", ("equipment",), {"(21)", EITHER}),
        ("primary", "lot", (), {"(10)", "(11)", "(17)", "(91)"}),
        ("primary", "serial", (), {"(10)", "(11)", "(17)", "(91)"}),
        ("primary", "lot", ("single-use", "sterile"), {"(10)", "(11)", "(17)", "(91)"}),
        ("primary", "lot", ("implant",), {"(10), (21)", "(11)", "(17)", "(91)"}),
        ("primary", "serial", ("active-implant",), {"(10), (21)", "(11)", "(17)", "(91)"}),
        ("primary", "serial", ("interventional",), {"(10), (21)", "(11)", "(17)", "(91)"}),
        ("primary", "serial", ("equipment",), {"(10), (21)", "(11)", "(17)", "(91)"}),
        ("secondary", "lot", (), {"(10)", "(11)", "(17)"}),
        ("secondary", "lot", ("implant",), {"(10)", "(11)", "(17)"}),
        ("outer", "lot", (), {"(10)", "(11)", "(17)", "(91)", "(21)"}),
        ("outer", "serial", ("equipment",), {"(10)", "(11)", "(17)", "(91)", "(21)"}),
    ],
)
def test_the_procedure_asks_these_ais_of_each_level(
    level: str, trace: Trace, traits: tuple[str, ...], expected: set[str]
) -> None:
    """HAS-QP-048 5.2.1 (2) a to c, 5.2.3."""
    assert ais_asked("has-qp-048", level=level, trace=trace, traits=traits) == expected


MODEL = "model, specification"


@pytest.mark.parametrize(
    ("level", "traits", "expected"),
    [
        ("unit", (), set[str]()),
        ("primary", (), {"lot, serial", "production_date", "expiry_date", "configuration"}),
        (
            "secondary",
            (),
            {"lot", "production_date", "expiry_date", MODEL, "quantity", "configuration"},
        ),
        (
            "outer",
            ("sterile",),
            {
                *("product_name", "lot", "sterilisation_lot", "production_date", "expiry_date"),
                *(MODEL, "quantity", "gross_weight", "volume", "ref", "configuration"),
            },
        ),
    ],
)
def test_the_procedure_asks_these_texts_of_each_level(
    level: str, traits: tuple[str, ...], expected: set[str]
) -> None:
    assert texts_asked("has-qp-048", level=level, traits=traits) == expected


@pytest.mark.parametrize(("level", "items"), [("primary", 6), ("secondary", 10), ("outer", 17)])
def test_ais_and_texts_are_as_many_as_the_procedure_counts(level: str, items: int) -> None:
    """Its six items of a primary pack count (01) and (91), of the other packs every AI."""
    ais = (
        {"(01)", "(91)"} if level == "primary" else {"(01)", *ais_asked("has-qp-048", level=level)}
    )
    texts = texts_asked("has-qp-048", level=level, traits=("sterile",))
    assert len(ais) + len(texts) == items


def test_only_a_sterile_outer_pack_needs_its_sterilisation_lot() -> None:
    assert "sterilisation_lot" not in texts_asked("has-qp-048", level="outer")


@pytest.mark.parametrize("level", ["unit", "primary", "secondary"])
def test_what_is_also_the_shipping_pack_follows_the_rules_of_the_outer_pack(level: str) -> None:
    """HAS-QP-048 5.2.1 (2) b."""
    for ask in (ais_asked, texts_asked):
        assert ask("has-qp-048", level=level, transport=True) == ask("has-qp-048", level="outer")


@pytest.mark.parametrize(
    ("level", "ais", "refused"),
    [
        ("primary", ("10", "11", "17", "91", "21"), {"ais.21"}),
        ("secondary", ("10", "11", "17", "91"), {"ais.91"}),
        ("outer", ("10", "11", "17", "91", "21", "30"), {"ais.30"}),
    ],
)
def test_the_procedure_closes_the_set_of_ais_of_a_pack(
    level: str, ais: tuple[str, ...], refused: set[str]
) -> None:
    trace: Trace = "serial" if "21" in ais else "lot"
    asking = subject("has-qp-048", level=level, ais=ais, trace=trace)
    found = list(check_selection(asking, PROFILES))
    assert {each.where for each in found} == refused
    assert all("has no place for" in str(each) for each in found)


CHINESE = {"product_name", "model", "production_date", "expiry_date, service_life"}
DEFERRABLE = {
    *("registrant_name", "registrant_address", "registrant_contact", "registration_number"),
    *("manufacturer_name", "manufacturer_domicile", "manufacturer_address"),
    *("manufacturer_contact", "production_licence"),
}
CONTRACT = {
    *("contract_statement", "contract_manufacturer_name", "contract_manufacturer_domicile"),
    *("contract_manufacturer_address", "contract_manufacturer_licence"),
    *("registrant_name", "registrant_address", "registration_number"),
}


@pytest.mark.parametrize("level", LEVELS)
def test_the_chinese_label_law_asks_the_same_of_every_level(level: str) -> None:
    """Order no. 6 (2014) art. 13."""
    assert ais_asked("nmpa", level=level) == set()
    assert texts_asked("nmpa", level=level) == CHINESE | DEFERRABLE


def test_a_small_chinese_label_leaves_the_rest_to_the_instructions() -> None:
    assert texts_asked("nmpa", label(defers=True)) == CHINESE
    shown = label("product_name", "model", "production_date", "service_life", defers=True)
    assert texts_asked("nmpa", shown) == set()


@pytest.mark.parametrize("defers", [True, False])
def test_what_a_contract_label_names_is_never_left_to_the_instructions(*, defers: bool) -> None:
    """The contract manufacturer's name, domicile, production address and licence number, and the
    registrant's name, address and registration number, and that it is made under contract."""
    found = texts_asked("nmpa", label(defers=defers), traits=("contract", "implant"))
    assert found == CHINESE | CONTRACT | (set() if defers else DEFERRABLE)


@pytest.mark.parametrize("text", ["specification", "power", "warnings", "storage"])
def test_what_a_product_has_to_say_is_on_its_chinese_label(text: str) -> None:
    assert text not in texts_asked("nmpa", label(given=()))
    assert text in texts_asked("nmpa", label(given=(text,)))


PI_OF_TEXT = (
    ("lot", "(10)"),
    ("serial", "(21)"),
    ("expiry_date", "(17)"),
    ("production_date", "(11)"),
)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("market", ["eu-mdr", "fda"])
@pytest.mark.parametrize(("text", "ai"), PI_OF_TEXT)
def test_what_an_eu_or_us_label_shows_is_in_the_symbol(
    market: str, text: str, ai: str, level: str
) -> None:
    """MDR Annex VI Part C 3.5; 21 CFR 801.40 (b)."""
    found = check_label(subject(market, level=level), label(text), PROFILES)
    assert ai in asked(found, market)
    shipped_as = subject(market, level=level, transport=True)
    assert ai not in asked(check_label(shipped_as, label(text), PROFILES), market)


def test_an_expiry_date_frees_the_production_date_in_the_eu_and_not_in_the_us() -> None:
    shown = label("production_date", "expiry_date")
    eu = check_label(subject("eu-mdr", ais=("10", "17")), shown, PROFILES)
    us = check_label(subject("fda", ais=("10", "17")), shown, PROFILES)
    assert "(11)" not in asked(eu, "eu-mdr")
    assert "(11)" in asked(us, "fda")


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        (("implant",), {"(21), (10)"}),
        (("active-implant",), {"(21)"}),
        (("implant", "active-implant"), {"(21)"}),
        (("equipment",), set[str]()),
        (("software",), {"(8012)"}),
    ],
)
@pytest.mark.parametrize("level", ["unit", "primary"])
def test_an_implant_of_the_eu_has_its_serial_or_lot(
    level: str, traits: tuple[str, ...], expected: set[str]
) -> None:
    """MDR Annex VI Part C 6.1.2; software: 6.5.1."""
    assert ais_asked("eu-mdr", level=level, traits=traits) == expected


def test_an_eu_label_shows_these_particulars() -> None:
    """MDR Annex I 23.2."""
    assert texts_asked("eu-mdr", traits=("single-use",)) == {
        "product_name_en",
        "model, ref, specification",
        "registrant_name_en, manufacturer_name_en",
        "registrant_address_en, manufacturer_domicile_en, manufacturer_address_en",
        "eu_representative_name",
        "eu_representative_address",
        "lot, serial",
        "production_date",
        "single_use, pictogram.do-not-reuse",
        "pictogram.md",
        "pictogram.ce, pictogram.ce-no-body",
    }
    assert texts_asked("eu-mdr", level="outer") == set()
    assert "eu_representative_name" not in texts_asked("eu-mdr", traits=("eu-established",))


def test_a_sterile_eu_label_shows_how_it_was_sterilised() -> None:
    def missing(*pictograms: str) -> set[str]:
        shown = label(pictograms=pictograms)
        return {each for each in texts_asked("eu-mdr", shown, traits=("sterile",)) if "eo" in each}

    assert missing("sterile")
    assert not missing("sterile-eo")


def test_a_us_label_says_in_english_who_answers_for_the_device() -> None:
    """21 CFR 801.1."""
    name = "registrant_name_en, manufacturer_name_en"
    address = "registrant_address_en, manufacturer_domicile_en, manufacturer_address_en"
    assert texts_asked("fda") == {name, address}
    contract = texts_asked("fda", label("registrant_name_en"), traits=("contract",))
    assert contract == {address, "contract_statement"}


@pytest.mark.parametrize("field", ["production_date", "expiry_date"])
@pytest.mark.parametrize("pattern", ["", "YYYY-MM-DD", "YYYY.MM.DD", "YYYY年MM月DD日"])
def test_a_us_label_writes_its_dates_one_way(field: str, pattern: str) -> None:
    """21 CFR 801.18 (a)."""
    shown = label(field, dates=((field, ""), (field, pattern)))
    found = [each for each in check_label(subject("fda"), shown, PROFILES) if "801.18" in str(each)]
    right = pattern in ("", "YYYY-MM-DD")
    assert [each.where for each in found] == ([] if right else [f"texts.{field}"])
    assert right or "requires" in str(found[0])


def test_a_production_date_that_china_asks_for_is_in_the_symbol_of_the_us() -> None:
    """Found when the catalogue is loaded: no template can avoid it."""
    found = check_selection(subject("nmpa", "fda", ais=("17", "10")), PROFILES)
    assert asked(found, "fda") == {"(11)"}


@pytest.mark.parametrize("ai", ["8013", "00", "02", "37", "92", "99", "22", "241", "414"])
@pytest.mark.parametrize("profiles", [(), *((each,) for each in MARKETS)])
def test_some_ais_are_in_no_symbol_whatever_the_market(ai: str, profiles: tuple[str, ...]) -> None:
    found = [
        each
        for each in check_selection(subject(*profiles, ais=("10", ai)), PROFILES)
        if dict(each.values)["profile"] == "gs1-udi"
    ]
    assert [each.where for each in found] == [f"ais.{ai}"]


@pytest.mark.parametrize(
    ("profile", "allowed"), [("nmpa", True), ("eu-mdr", False), ("fda", False)]
)
def test_company_information_is_for_the_market_to_allow(profile: str, *, allowed: bool) -> None:
    found: list[Problem] = list(check_selection(subject(profile, ais=("10", "91")), PROFILES))
    assert [each.where for each in found] == ([] if allowed else ["ais.91"])


@pytest.mark.parametrize(("trace", "ai"), [("serial", "21"), ("lot", "10")])
def test_a_symbol_carries_what_the_pack_is_traced_by(trace: Trace, ai: str) -> None:
    assert asked(check_selection(subject(trace=trace), PROFILES), "gs1-udi") == {f"({ai})"}
    assert not list(check_selection(subject(trace=trace, ais=(ai,)), PROFILES))


def test_the_example_of_annex_3_departs_from_the_procedure_it_stands_in() -> None:
    """HAS-MHB-X2, primary pack: (01)(17)(10), where 5.2.1 asks for (11) and (91) too."""
    example = subject("has-qp-048", ais=("17", "10"), traits=("single-use",))
    assert asked(check_selection(example, PROFILES), "has-qp-048") == {"(11)", "(91)"}


def test_the_other_example_of_annex_3_follows_it() -> None:
    """HAS-MHB-HC, the item itself: (01)(11)(21)."""
    example = subject("nmpa", "has-qp-048", level="unit", trace="serial", ais=("11", "21"))
    assert not list(check_selection(example, PROFILES))


def test_a_subject_always_carries_its_device_identifier() -> None:
    assert subject().carried == ai_items("01")
