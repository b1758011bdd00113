import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.gtin import Gtin, check_digit, gtin14
from station.core.problem import Refused

PRINTED = (
    "6972869181012", "6972869181029", "6972869181036", "6972869181043", "6972869181050",
    "6972869181067", "6972869181074", "6972869183016", "6972869183023", "6972869183030",
    "6972869183047", "6972869183054", "6972869183061", "6972869183078", "6972869182019",
    "6972869182026", "6972869182033", "6972869182040", "6972869182057", "6972869182064",
    "6972869182071", "6972869182088", "6972869182095", "6972869182101", "6972869182118",
    "6972869182125",
)  # fmt: skip
"""Every GTIN-13 registered in annex 2 of the UDI control procedure."""

thirteen = st.text("0123456789", min_size=12, max_size=12).map(
    lambda each: each + check_digit(each)
)


@pytest.mark.parametrize("printed", PRINTED)
def test_every_registered_gtin_13_closes_with_its_check_digit(printed: str) -> None:
    assert check_digit(printed[:12]) == printed[12]
    assert str(Gtin.from_13(printed)) == f"0{printed}"


@pytest.mark.parametrize(
    ("indicator", "unit", "level"),
    [
        (1, "6972869183016", "16972869183013"),
        (2, "6972869183016", "26972869183010"),
        (1, "06972869182125", "16972869182122"),
        (8, "06972869181012", "86972869181018"),
    ],
)
def test_a_packaging_level_gets_a_new_check_digit(indicator: int, unit: str, level: str) -> None:
    assert str(gtin14(indicator, unit)) == level


def test_a_digit_put_before_a_gtin_13_is_not_a_gtin_14() -> None:
    with pytest.raises(Refused) as refused:
        Gtin.parse("1" + "6972869183016")
    assert str(refused.value) == "Invalid check digit for '16972869183016': expected 3, got 6."


def test_a_level_knows_its_indicator_and_the_unit_it_came_from() -> None:
    level = gtin14(2, Gtin.from_13("6972869183016"))
    assert level.indicator == 2
    assert level.item == Gtin.parse("06972869183016")
    assert level.item.item == level.item


@pytest.mark.parametrize(
    ("indicator", "sentence"),
    [
        (0, "Invalid indicator of a packaging level: expected 1 to 8, got 0."),
        (10, "Invalid indicator of a packaging level: expected 1 to 8, got 10."),
        (-1, "Invalid indicator of a packaging level: expected 1 to 8, got -1."),
        (
            9,
            (
                "Indicator 9 means an item of variable measure, which a device never is: expected 1"
                " to 8, got 9."
            ),
        ),
    ],
)
def test_only_indicators_1_to_8_are_packaging_levels(indicator: int, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        gtin14(indicator, "6972869183016")
    assert str(refused.value) == sentence


def test_a_level_is_never_derived_from_another_level() -> None:
    with pytest.raises(Refused) as refused:
        gtin14(9, "16972869183013")
    assert [str(each) for each in refused.value.problems] == [
        (
            "Indicator 9 means an item of variable measure, which a device never is: expected 1 to"
            " 8, got 9."
        ),
        (
            "A packaging level is derived from the unit's GTIN: expected indicator 0, got 1 in"
            " '16972869183013'."
        ),
    ]


def test_shorter_gtins_are_padded_only_by_their_own_method() -> None:
    assert str(Gtin.from_12("614141000036")) == "00614141000036"
    assert str(Gtin.from_8("96385074")) == "00000096385074"
    with pytest.raises(Refused, match="expected 14 digits 0 to 9, got 13 characters"):
        Gtin.parse("6972869183016")
    with pytest.raises(Refused, match="expected 13 digits 0 to 9, got 14 characters"):
        Gtin.from_13("06972869183016")


@pytest.mark.parametrize(
    "text", ["", "0697286918301", "06972869183016 ", "0697286918301x", "0697286918301６", "²" * 14]
)
def test_a_gtin_is_fourteen_ascii_digits(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Gtin.parse(text)
    assert str(refused.value) == (
        f"Invalid GTIN {text!r}: expected 14 digits 0 to 9, got {len(text)} characters."
    )


@pytest.mark.parametrize("payload", ["", "12a", "１２", "1 2"])
def test_a_check_digit_is_computed_over_ascii_digits_only(payload: str) -> None:
    with pytest.raises(Refused, match="A check digit is computed over digits"):
        check_digit(payload)


@settings(deadline=None)
@given(thirteen, st.integers(1, 8))
def test_a_level_always_leads_back_to_its_unit(unit: str, indicator: int) -> None:
    level = gtin14(indicator, unit)
    assert level.digits[1:13] == unit[:12]
    assert level.item == Gtin.from_13(unit)


@settings(deadline=None)
@given(thirteen, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_refused(unit: str, place: int, shift: int) -> None:
    wrong = str((int(unit[place]) + shift) % 10)
    with pytest.raises(Refused):
        Gtin.from_13(unit[:place] + wrong + unit[place + 1 :])
