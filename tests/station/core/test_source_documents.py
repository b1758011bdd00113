"""The traps inside the UDI control procedure (HAS-QP-048 A/0), each by its name.

What the document says is written out here as it stands there, right or wrong.
"""

from datetime import date
from decimal import Decimal

import pytest

from drivers.interface import Symbol
from station.artwork.symbols import data_matrix, gs1_128
from station.core.ai import TABLE
from station.core.gmn import Gmn, check_pair
from station.core.gs1 import (
    GS,
    MOST_IN_GS1_128,
    ElementString,
    fits_gs1_128,
    length_in_gs1_128,
    parse_date,
)
from station.core.gtin import Gtin, check_digit, gtin14
from station.core.judge import Code, Expected, Meant, Reading, judge
from station.core.problem import Refused
from station.core.udi import Udi, check

PREFIX = "697286918"
"""Company prefix (4.4)."""

ANNEXES = (
    # Model, internal number and check pair of annex 1, GTIN-13 of annex 2.
    ("HAS-DBD", "101", "PP", "6972869181012"),
    ("HAS-A110", "102", "PR", "6972869181029"),
    ("HAS-A130", "103", "PT", "6972869181036"),
    ("HAS-A140", "104", "PV", "6972869181043"),
    ("HAS-A150", "105", "PX", "6972869181050"),
    ("HAS-C130", "106", "PZ", "6972869181067"),
    ("HAS-C150", "107", "Q3", "6972869181074"),
    ("A型", "301", "PZ", "6972869183016"),
    ("B型", "302", "Q3", "6972869183023"),
    ("C型", "303", "Q5", "6972869183030"),
    ("D型(小)", "304", "Q7", "6972869183047"),
    ("D型(大)", "305", "Q9", "6972869183054"),
    ("E型", "306", "QB", "6972869183061"),
    ("F型", "307", "QD", "6972869183078"),
    ("HAS-MHB-HC", "201", "PU", "6972869182019"),
    ("HAS-MHB-Q1", "202", "PW", "6972869182026"),
    ("HAS-MHB-Q2", "203", "PY", "6972869182033"),
    ("HAS-MHB-Q3", "204", "Q2", "6972869182040"),
    ("HAS-MHB-Q4", "205", "Q4", "6972869182057"),
    ("HAS-MHB-B1", "206", "Q6", "6972869182064"),
    ("HAS-MHB-B2", "207", "Q8", "6972869182071"),
    ("HAS-MHB-B3", "208", "QA", "6972869182088"),
    ("HAS-MHB-E1", "209", "QC", "6972869182095"),
    ("HAS-MHB-E2", "210", "PV", "6972869182101"),
    ("HAS-MHB-X1", "211", "PX", "6972869182118"),
    ("HAS-MHB-X2", "212", "PZ", "6972869182125"),
)

# 5.2.1: primary, secondary and outer packaging.
PRIMARY = "(01)06932992100755(10)181011(11)181012(17)211010(91)01A"
SECONDARY = "(01)16932992100752(10)181011(11)181012(17)211010"
OUTER = "(01)26932992137137(10)190101(11)190102(17)211231(91)01A190102(21)0001"
PACKAGING = (PRIMARY, SECONDARY, OUTER)

X_DIMENSION = Decimal("0.495")
"""Millimetres: what GS1 aims at for GS1-128 in healthcare."""

LONGEST_GS1_128 = Decimal("165.1")


def example(hri: str) -> ElementString:
    return ElementString.parse_bracketed(hri)


def millimetres(hri: str) -> Decimal:
    """Width of one GS1-128 with its quiet zones of 10 X."""
    modules = len(gs1_128(example(hri))) + 2 * 10
    return modules * X_DIMENSION


def test_both_annexes_list_26_products() -> None:
    assert (
        len(ANNEXES) == len({row[0] for row in ANNEXES}) == len({row[3] for row in ANNEXES}) == 26
    )


@pytest.mark.parametrize(("model", "number", "pair", "gtin"), ANNEXES)
def test_each_check_pair_of_annex_1_is_right(model: str, number: str, pair: str, gtin: str) -> None:
    assert check_pair(PREFIX + number) == pair, model
    assert Gmn.parse(PREFIX + number + pair).payload == gtin[:12]


@pytest.mark.parametrize(("model", "number", "pair", "gtin"), ANNEXES)
def test_each_check_digit_of_annex_2_is_right(
    model: str, number: str, pair: str, gtin: str
) -> None:
    assert check_digit(PREFIX + number) == gtin[-1], model
    assert str(Gtin.from_13(gtin)) == f"0{gtin}"
    assert pair != gtin[-2:]


def test_the_pair_of_the_generators_picture_is_right() -> None:
    """Figures 4-1 and 4-2: 697286918303 → Q5."""
    assert check_pair("697286918303") == "Q5"


def test_the_basic_udi_di_of_annex_1_is_padded_and_so_wrong() -> None:
    assert check_pair("0697286918212") == "8R"
    assert str(Gmn.parse("697286918212PZ")) == "697286918212PZ"
    with pytest.raises(Refused, match="expected 8R, got PZ"):
        Gmn.parse("0697286918212PZ")


@pytest.mark.parametrize("hri", ["(8013)697286918212PZ", "(01)06972869182125(8013)697286918212PZ"])
def test_the_basic_udi_di_is_never_printed(hri: str) -> None:
    with pytest.raises(Refused, match="never printed"):
        Udi.of(example(hri))
    assert any("never printed" in str(each) for each in check(hri).problems)


def test_the_expiry_of_annex_2_does_not_exist() -> None:
    with pytest.raises(Refused) as refused:
        example("(01)06972869182125(17)220229(10)20200331")
    assert [str(each) for each in refused.value.problems] == [
        "(17): Impossible date '220229': expected a day from 01 to 28, got 29."
    ]


def test_the_production_date_of_annex_3_exists_because_2020_is_a_leap_year() -> None:
    host = Udi.of(example("(01)06972869182019(11)200229(21)CN010123"))
    made = host.elements.get("11") or ""
    assert parse_date(made, today=date(2026, 1, 1)) == date(2020, 2, 29)


def test_the_outer_carton_has_59_characters_where_48_fit() -> None:
    assert MOST_IN_GS1_128 == 48
    assert length_in_gs1_128(example(OUTER)) == 59
    assert not fits_gs1_128(example(OUTER))


def test_the_primary_example_has_46_characters_and_fits_by_their_number() -> None:
    assert length_in_gs1_128(example(PRIMARY)) == 46
    assert fits_gs1_128(example(PRIMARY))


@pytest.mark.parametrize(
    ("hri", "width"),
    [
        (PRIMARY, "168.795"),
        (SECONDARY, "147.015"),
        (OUTER, "212.355"),
        ("(01)06972869182019(11)200229(21)CN010123", "141.570"),
    ],
)
def test_a_gs1_128_may_be_too_wide_where_its_characters_fit(hri: str, width: str) -> None:
    """165.1 mm, quiet zones included: the primary example fits by characters, not by width."""
    assert millimetres(hri) == Decimal(width)
    assert (millimetres(hri) <= LONGEST_GS1_128) == (hri not in (PRIMARY, OUTER))


def test_the_outer_carton_fits_a_data_matrix_of_24_modules() -> None:
    assert data_matrix(example(OUTER)).shape == (24, 24)


def test_a_level_digit_before_a_gtin_13_breaks_its_check_digit() -> None:
    """4.1.1 says packaging indicator, prefix, item: dressing A level 1 is …013, not …016."""
    assert str(gtin14(1, "6972869183016")) == "16972869183013"
    with pytest.raises(Refused, match="'16972869183016': expected 3, got 6"):
        Gtin.parse("16972869183016")


def test_the_packaging_examples_are_another_companys() -> None:
    gtins = [Gtin.parse(example(each).get("01") or "") for each in PACKAGING]
    assert {str(each)[1:9] for each in gtins} == {"69329921"}
    assert not any(str(each)[1:].startswith(PREFIX) for each in gtins)


def test_the_packaging_examples_are_two_different_items() -> None:
    items = [str(Gtin.parse(example(each).get("01") or "").item) for each in PACKAGING]
    assert items == ["06932992100755", "06932992100755", "06932992137133"]


@pytest.mark.parametrize(("hri", "needless"), [(PRIMARY, 0), (SECONDARY, 1), (OUTER, 0)])
def test_variable_before_fixed_is_legal_and_may_cost_a_separator(hri: str, needless: int) -> None:
    """(10) before (11)(17): needless where nothing else of variable length follows."""
    written = example(hri)
    best = written.canonical()
    assert ElementString.parse(written.encode()) == written
    assert written != best
    assert written.encode().count(GS.encode()) - best.encode().count(GS.encode()) == needless


class OneCarton:
    """A ledger in which one carton, serial 0001, left the printer: of the lot before."""

    def issued(self, gtin: str, serial: str) -> bool:
        return (gtin, serial) == ("26932992137137", "0001")


def test_a_serial_that_restarts_with_the_lot_is_a_duplicate() -> None:
    """GTIN and serial identify the carton for its whole life; the lot does not help."""
    before, after = (
        ElementString.of(("01", "26932992137137"), ("10", lot), ("21", "0001"))
        for lot in ("190101", "190102")
    )
    assert before != after
    assert [before.get(ai) for ai in ("01", "21")] == [after.get(ai) for ai in ("01", "21")]
    meant = ElementString.of(("01", "26932992137137"), ("10", "190102"), ("21", "0002"))
    read = Reading((Symbol("]d2", after.encode(), "zxing"),))
    verdict = judge(Expected(meant, (Meant("]d2", meant.encode()),)), read, OneCarton())
    assert [each.code for each in verdict.reasons] == [Code.DUPLICATE]


@pytest.mark.parametrize("hri", PACKAGING)
def test_the_examples_expire_three_years_less_a_day_after_the_date_in_the_lot(hri: str) -> None:
    """Not after the production date, which is a day later in each."""
    elements = example(hri)
    lot, made, expires = (
        parse_date(elements.get(ai) or "", today=date(2020, 1, 1)) for ai in ("10", "11", "17")
    )
    assert expires == date.fromordinal(lot.replace(year=lot.year + 3).toordinal() - 1)
    assert (made - lot).days == 1


def test_a_count_has_up_to_8_digits_where_the_procedure_says_8() -> None:
    assert TABLE["30"].lengths == tuple(range(1, 9))
    assert TABLE["30"].fnc1
    assert ElementString.of(("01", "06972869182019"), ("30", "24")).encode().endswith(b"3024")


def test_internal_data_have_up_to_90_characters_where_the_procedure_says_20() -> None:
    assert TABLE["91"].lengths == tuple(range(1, 91))
    assert TABLE["91"].fnc1


@pytest.mark.parametrize(
    ("code", "longest"), [("01", 14), ("10", 20), ("11", 6), ("17", 6), ("21", 20)]
)
def test_the_other_formats_of_the_procedure_are_those_of_gs1(code: str, longest: int) -> None:
    assert TABLE[code].lengths[-1] == longest


@pytest.mark.parametrize(
    "hri",
    [
        "(01)06901234567892(17)121201(21)ABC00V",
        "(01)06901234567892(17)130131(21)1302011475",
        "(01)26901234567896(17)130131(10)1234",
    ],
)
def test_the_general_examples_of_the_procedure_are_right(hri: str) -> None:
    """Figures 5-1 to 5-3."""
    assert Udi.of(example(hri)).elements.hri() == hri
