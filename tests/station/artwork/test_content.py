import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.content import (
    FIELDS,
    Placeholder,
    empty,
    filled,
    is_static,
    pieces,
    placeholders,
)
from station.core.problem import Refused
from station.core.profiles.item import TEXTS


def test_a_doubled_brace_is_a_brace() -> None:
    assert filled("{{{lot}}}", {"lot": "A1"}) == "{A1}"


def test_a_catalogue_may_name_fields_of_its_own() -> None:
    assert placeholders("{field.power}") == (Placeholder("field.power"),)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("YYYY-MM-DD", "2026-03-09"),
        ("YYYY.MM.DD", "2026.03.09"),
        ("YYYY年MM月DD日", "2026年03月09日"),
        ("YYYY-MM", "2026-03"),
        ("YYYYMMDD", "20260309"),
        ("DD/MM/YYYY", "09/03/2026"),
    ],
)
def test_a_date_is_written_in_its_pattern(pattern: str, text: str) -> None:
    assert filled(f"{{expiry_date:{pattern}}}", {"expiry_date": "2026-03-09"}) == text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{serial", "A brace is not closed or not opened"),
        ("serial}", "A brace is not closed or not opened"),
        ("{}", "There is no field ''."),
        ("{0}", "There is no field '0'."),
        ("{serial.real}", "There is no field 'serial.real'."),
        ("{lot[0]}", "There is no field 'lot[0]'."),
        ("{field.Power}", "There is no field 'field.Power'."),
        ("{lot!r}", "A placeholder has no conversion, got '!r'."),
        ("{lot:>20}", "Only a date has a pattern, got '>20' for lot."),
        ("{expiry_date:%Y}", "Expected a date pattern such as YYYY-MM-DD"),
        ("{expiry_date:{lot}}", "Expected a date pattern such as YYYY-MM-DD"),
    ],
)
def test_what_is_no_placeholder_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        pieces(content)
    assert str(refused.value).startswith(sentence)


def test_every_problem_of_a_content_is_reported_at_once() -> None:
    with pytest.raises(Refused) as refused:
        pieces("{nonsense} {lot!s} {model:x}")
    assert len(refused.value.problems) == 3


def test_a_text_lacks_a_field_that_is_missing_or_blank() -> None:
    fields = {"lot": " ", "serial": ""}
    assert empty("{lot} {serial} {model}", fields) == ("lot", "serial", "model")
    assert empty("LOT", fields) == ()


def test_only_texts_with_the_serial_differ_between_the_labels_of_an_order() -> None:
    assert is_static("其他内容详见说明书")
    assert is_static("{product_name} {registrant_name} {field.power}")
    assert not is_static("SN {serial}")
    assert is_static("{lot} {production_date} {expiry_date:YYYYMMDD} {internal} {quantity}")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("A\x1dB", "a control character (U+001D)"),
        ("A\nB", "a control character (U+000A)"),
        ("A\u202eB", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        ("A\u200bB", "ZERO WIDTH SPACE (U+200B)"),
        ("e\u0301", "COMBINING ACUTE ACCENT (U+0301)"),
        ("Aא", "HEBREW LETTER ALEF (U+05D0)"),
    ],
)
def test_a_character_that_cannot_be_printed_is_named_with_its_field(value: str, name: str) -> None:
    with pytest.raises(Refused) as refused:
        filled("LOT {lot}", {"lot": value})
    assert str(refused.value) == f"lot: Character 2 is {name}, which cannot be printed."


def test_a_date_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        filled("{expiry_date}", {"expiry_date": "2022-02-29"})
    assert str(refused.value) == (
        "expiry_date: Expected a date as YYYY-MM-DD that exists, got '2022-02-29'."
    )


def test_a_field_too_long_for_any_label_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(Refused) as refused:
        filled("{lot}", {"lot": "7" * 100_000})
    assert str(refused.value) == "lot: Expected at most 400 characters, got 100000."


@given(st.text(max_size=60))
def test_any_content_is_understood_or_refused(content: str) -> None:
    try:
        found = placeholders(content)
    except Refused:
        return
    assert all(each.field in FIELDS or each.field.startswith("field.") for each in found)


def test_a_rule_can_name_every_field_of_a_label() -> None:
    assert set(FIELDS) <= TEXTS
