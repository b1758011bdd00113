from itertools import permutations

import pytest
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core import ai
from station.core.ai import PREDEFINED, TABLE, find, match, problems, shown
from station.core.problem import Refused

RIGHT = {
    "00": ("106141411234567897",),
    "01": ("06972869182125", "00614141000036"),
    "10": ("A", "!\"%&'()*+,-./:;<=>?_", "0" * 20),
    "11": ("000229", "240229", "990131"),
    "253": ("4012345000009", "4012345000009X", "4012345000009" + "a" * 17),
    "255": ("4012345000009", "4012345000009012345678901"),
    "30": ("1", "00000012"),
    "3102": ("000123",),
    "3915": ("978" + "1", "978" + "9" * 15),
    "401": ("6972A",),
    "423": ("156", "156276", "156276756", "156276756840", "156276756840392"),
    "4302": ("a%20b", "%C3%bc"),
    "4307": ("CN",),
    "4309": ("1800000000" + "3600000000", "0000000000" + "3599999999"),
    "4321": ("0", "1"),
    "4330": ("000100", "000100-"),
    "7003": ("2612312359",),
    "7007": ("261201", "261201261231"),
    "7030": ("156ABC",),
    "7040": ("1ABz", "1AB_"),
    "7230": ("EMc",),
    "7250": ("20000229",),
    "7252": ("9",),
    "7258": ("1/3", "3/3"),
    "8001": ("12340000112319",),
    "8003": ("04012345000009", "04012345000009A"),
    "8006": ("069728691821250102",),
    "8007": ("GB82WEST12345698765432",),
    "8008": ("26123123", "2612312359", "261231235959"),
    "8010": ("6972#-/A",),
    "8011": ("0", "120"),
    "8013": ("697286918303Q5",),
    "8014": ("697286918303AGY",),
    "8030": ("abc-_", "ab=", "a=="),
    "8043": ("1" * 18, "1" * 20),
}

WRONG = {
    ("01", "06972869182128"): "Invalid check digit for '06972869182128': expected 5, got 8.",
    ("01", "0697286918212"): ("Invalid length of '0697286918212': expected 14 characters, got 13."),
    ("01", "0697286918212５"): (
        "Invalid character in '0697286918212５': expected digits 0 to 9, got '\\uff15' at character"
        " 14."
    ),
    ("00", "106141411234567890"): (
        "Invalid check digit for '106141411234567890': expected 7, got 0."
    ),
    ("10", ""): "The value is empty: expected 1 to 20 characters, got none.",
    ("10", "A" * 21): (
        "Invalid length of 'AAAAAAAAAAAAAAAAAAAAA': expected 1 to 20 characters, got 21."
    ),
    ("10", "A B"): (
        "Invalid character in 'A B': expected GS1 character set 82, got ' ' at character 2."
    ),
    ("21", "A\x1c"): (
        "Invalid character in 'A\\x1c': expected GS1 character set 82, got '\\x1c' at character 2."
    ),
    ("17", "220229"): "Impossible date '220229': expected a day from 01 to 28, got 29.",
    ("17", "220431"): "Impossible date '220431': expected a day from 01 to 30, got 31.",
    ("17", "221301"): "Impossible date '221301': expected a month from 01 to 12, got 13.",
    ("17", "220001"): "Impossible date '220001': expected a month from 01 to 12, got 00.",
    ("17", "220200"): (
        "Day 00 in '220200' is forbidden for regulated healthcare since 2025-01-01: expected a day"
        " from 01 to 28, got 00."
    ),
    ("253", "4012345000008X"): "Invalid check digit for '4012345000008': expected 9, got 8.",
    ("401", "697A"): "Expected a company prefix of at least 4 digits first, got '697A'.",
    ("423", "1562"): (
        "Invalid length of '1562': expected 3 or 6 or 9 or 12 or 15 characters, got 4."
    ),
    ("4302", "a%2"): "Expected two hexadecimal digits after each %, got 'a%2'.",
    ("4307", "cn"): "Expected two capital letters of a country, got 'cn'.",
    ("4309", "18000000010000000000"): "Expected 0000000000 to 1800000000, got '1800000001'.",
    ("4309", "00000000003600000001"): "Expected 0000000000 to 3600000000, got '3600000001'.",
    ("4321", "2"): "Expected 0 (no) or 1 (yes), got '2'.",
    ("4330", "000100+"): "Expected a minus sign or nothing, got '+'.",
    ("7003", "2612312460"): "Expected a time from 0000 to 2359, got '2460'.",
    ("7007", "261201261301"): "Impossible date '261301': expected a month from 01 to 12, got 13.",
    ("7040", "1AB="): "Expected base64url, got '='.",
    ("7250", "19000229"): "Impossible date '19000229': expected a day from 01 to 28, got 29.",
    ("7252", "3"): "Expected 0, 1, 2 or 9, got '3'.",
    ("7258", "4/3"): "Expected a place up to the total, such as 1/2, got '4/3'.",
    ("7258", "1-3"): "Expected a place up to the total, such as 1/2, got '1-3'.",
    ("8001", "12340000012311"): "Expected a number above 0, got '00000'.",
    ("8001", "12340000112321"): "Expected winding direction 0, 1 or 9, got '2'.",
    ("8003", "14012345000009"): "Expected 0 first, got '1'.",
    ("8006", "069728691821250201"): (
        "Expected a piece from 01 up to the total after it, got '0201'."
    ),
    ("8006", "069728691821250001"): (
        "Expected a piece from 01 up to the total after it, got '0001'."
    ),
    ("8007", "GB83WEST12345698765432"): (
        "Expected an IBAN with its right check digits, got 'GB83WEST12345698765432'."
    ),
    ("8007", "gb82"): "Expected an IBAN with its right check digits, got 'gb82'.",
    ("8008", "26123124"): "Expected an hour from 00 to 23, got '24'.",
    ("8008", "2612312360"): "Expected two digits from 00 to 59, got '60'.",
    ("8010", "6972a"): (
        "Invalid character in '6972a': expected GS1 character set 39, got 'a' at character 5."
    ),
    ("8011", "012"): "Expected a number without leading zeros, got '012'.",
    ("8013", "697286918303Q6"): "Invalid check pair for '697286918303Q6': expected Q5, got Q6.",
    (
        "8014",
        "69728691830312",
    ): "Expected at least one character that is no digit, got '69728691830312'.",
    ("8030", "a=b"): "Expected '=' at the end only, up to a multiple of 3, got 'a=b'.",
    ("8030", "a+b"): "Invalid character in 'a+b': expected base64url, got '+' at character 2.",
}


@pytest.mark.parametrize(
    ("code", "value"), [(code, value) for code, values in RIGHT.items() for value in values]
)
def test_a_right_value_has_no_problems(code: str, value: str) -> None:
    assert problems(code, value) == ()


@pytest.mark.parametrize(("code", "value", "sentence"), [(*k, v) for k, v in WRONG.items()])
def test_a_wrong_value_is_told_what_was_expected(code: str, value: str, sentence: str) -> None:
    assert [str(each) for each in problems(code, value)] == [f"({code}): {sentence}"]


def test_length_and_characters_are_reported_together() -> None:
    assert [str(each) for each in problems("01", "069728X")] == [
        "(01): Invalid length of '069728X': expected 14 characters, got 7.",
        "(01): Invalid character in '069728X': expected digits 0 to 9, got 'X' at character 7.",
    ]


def test_an_unknown_identifier_is_refused() -> None:
    sentence = "Unknown application identifier: expected one of the GS1 table, got '04'."
    with pytest.raises(Refused) as refused:
        find("04")
    assert str(refused.value) == sentence
    assert [str(each) for each in problems("04", "1")] == [sentence]


@pytest.mark.parametrize("code", ["", "0", "1", "04", "14", "18", "19", "23", "999", "０1", "8015"])
def test_what_gs1_has_not_assigned_is_not_in_the_table(code: str) -> None:
    assert code not in TABLE


def test_the_table_is_whole() -> None:
    assert len(TABLE) == 541
    assert find("01").title == "GTIN"
    assert find("3105").title == "NET WEIGHT (kg)"
    assert find("3695").title == "VOLUME (yd³), log"
    assert find("3909").title == "AMOUNT"
    assert find("99").title == "INTERNAL"


def test_no_code_is_the_beginning_of_another() -> None:
    """So the digits at the head of an element name one identifier only."""
    assert not [(one, other) for one, other in permutations(TABLE, 2) if other.startswith(one)]
    assert all(match(f"{code}12345678") is TABLE[code] for code in TABLE)
    assert match("") is match("0") is match("04123") is match("０1") is None


def test_every_code_that_is_required_or_excluded_exists() -> None:
    named = {
        family
        for row in TABLE.values()
        for family in (*row.excludes, *(each for group in row.requires for each in group))
    }
    assert not [each for each in named if not any(code.startswith(each) for code in TABLE)]


def test_predefined_lengths_are_exactly_those_of_gs1() -> None:
    listed = "00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41"
    assert " ".join(sorted(PREDEFINED)) == listed
    assert {code for code in TABLE if len(code) < 4 and not find(code).fnc1} == {
        *("00", "01", "02", "03", "11", "12", "13", "15", "16", "17", "20"),
        *("410", "411", "412", "413", "414", "415", "416", "417"),
    }


def test_a_value_of_predefined_length_has_one_length() -> None:
    assert all(len(row.lengths) == 1 for row in TABLE.values() if not row.fnc1)


@pytest.mark.parametrize("code", sorted(TABLE))
def test_the_second_opinion_agrees_on_separators(code: str) -> None:
    assert GS1ApplicationIdentifier.extract(code).separator_required == find(code).fnc1


def test_a_family_bars_its_other_members() -> None:
    assert find("3102").excludes == ("310",)
    assert find("3950").excludes == ("395", "392", "393", "8005")


def test_requirements_are_alternatives_of_groups() -> None:
    assert find("37").requires == (("00", "02"), ("00", "8026"))
    assert find("21").requires == (("01",), ("03",), ("8006",))
    assert find("00").requires == ()


def test_only_set_82_holds_brackets() -> None:
    assert [find(code).holds_brackets for code in ("01", "10", "253", "8010", "8030")] == [
        *(False, True, True, False, False)
    ]


@settings(deadline=None)
@given(st.sampled_from(sorted(TABLE)), st.text(max_size=100))
def test_any_text_is_either_right_or_told_why_not(code: str, text: str) -> None:
    for each in problems(code, text):
        assert each.sentence


@settings(deadline=None)
@given(st.sampled_from(sorted(TABLE)), st.text("0123456789", min_size=1, max_size=30))
def test_a_value_longer_than_allowed_is_never_right(code: str, text: str) -> None:
    too_long = text.ljust(find(code).lengths[-1] + 1, "0")
    assert problems(code, too_long)


def test_long_values_are_cut_in_sentences() -> None:
    assert shown("A" * 48) == "A" * 48
    assert shown("A" * 49) == "A" * 47 + "…"
    assert len(str(ai.problems("10", "A" * 5000)[0])) < 130
