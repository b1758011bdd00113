"""A date in a code exists, or it is said what about it cannot be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.written_date import date_problems

FORMS = {
    "YYMMDD": "%y%m%d",
    "MMDDYY": "%m%d%y",
    "YYYYMMDD": "%Y%m%d",
    "YYJJJ": "%y%j",
    "MMYY": "%m%y",
}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(sorted(FORMS)))
def test_every_day_can_be_written_in_every_form(day: date, form: str) -> None:
    assert not list(date_problems(form, f"{day:{FORMS[form]}}"))


@pytest.mark.parametrize(
    ("form", "value", "problem"),
    [
        ("YYMMDD", "26123", "Invalid date '26123': expected YYMMDD."),
        ("YYMMDD", "26123٣", "Invalid date '26123٣': expected YYMMDD."),
        ("YYMMDD", "260001", "Impossible date '260001': expected MM from 1 to 12, got 0."),
        ("YYMMDD", "260100", "Impossible date '260100': expected DD from 1 to 31, got 0."),
        ("MMDDYY", "022926", "Impossible date '022926': expected DD from 1 to 28, got 29."),
        (
            "YYYYMMDD",
            "00000101",
            "Impossible date '00000101': expected YYYY from 1 to 9999, got 0.",
        ),
        ("YYJJJ", "24367", "Impossible date '24367': expected JJJ from 1 to 366, got 367."),
        ("YYMMDDHH", "26010124", "Impossible date '26010124': expected HH from 0 to 23, got 24."),
    ],
)
def test_a_day_that_does_not_exist_is_named(form: str, value: str, problem: str) -> None:
    assert [str(each) for each in date_problems(form, value)] == [problem]


@given(st.text("0123456789", min_size=6, max_size=6))
def test_six_digits_are_a_day_exactly_when_the_calendar_has_it(value: str) -> None:
    try:
        date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
        exists = True
    except ValueError:
        exists = False
    assert (not list(date_problems("YYMMDD", value))) == exists
