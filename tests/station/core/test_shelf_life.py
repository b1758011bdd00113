from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.core.shape import parse
from station.core.shelf_life import ShelfLife


def rule(**changes: object) -> ShelfLife:
    return parse(ShelfLife, {"base": "production", "minus_one_day": False} | changes)


@pytest.mark.parametrize(
    ("changes", "made", "expires"),
    [
        ({"years": 3, "minus_one_day": True}, date(2019, 1, 1), date(2021, 12, 31)),
        ({"years": 3}, date(2019, 1, 1), date(2022, 1, 1)),
        ({"years": 1}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"years": 1, "missing_day": "next"}, date(2024, 2, 29), date(2025, 3, 1)),
        ({"years": 4}, date(2024, 2, 29), date(2028, 2, 29)),
        ({"months": 1}, date(2026, 1, 31), date(2026, 2, 28)),
        ({"months": 1, "missing_day": "next"}, date(2026, 1, 31), date(2026, 3, 1)),
        ({"months": 18}, date(2026, 8, 15), date(2028, 2, 15)),
        ({"years": 1, "months": 6}, date(2026, 8, 15), date(2028, 2, 15)),
        ({"years": 2, "end_of_month": True}, date(2026, 2, 3), date(2028, 2, 29)),
        (
            {"years": 2, "minus_one_day": True, "end_of_month": True},
            date(2026, 3, 1),
            date(2028, 2, 29),
        ),
    ],
)
def test_the_expiry_date_follows_from_the_rule(
    changes: dict[str, object], made: date, expires: date
) -> None:
    assert rule(**changes).expiry(made) == expires


@pytest.mark.parametrize("changes", [{}, {"months": 601}, {"years": 51}])
def test_a_rule_without_a_length_or_beyond_two_digits_of_the_year_is_refused(
    changes: dict[str, object],
) -> None:
    with pytest.raises(Refused, match="expected 1 to 600 months in all"):
        rule(**changes)


def test_a_base_at_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(Refused, match="beyond the calendar"):
        rule(years=3).expiry(date(9998, 1, 1))


def test_the_formula_says_all_of_the_rule() -> None:
    found = rule(base="lot", years=2, months=6, minus_one_day=True, end_of_month=True)
    assert found.formula == "lot + P2Y6M − P1D → end of month"


@given(
    made=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    months=st.integers(1, 600),
    missing=st.sampled_from(["previous", "next"]),
)
def test_a_longer_shelf_life_never_expires_earlier_and_a_day_is_a_day(
    made: date, months: int, missing: str
) -> None:
    kept = rule(months=months, missing_day=missing).expiry(made)
    assert made < kept
    assert rule(months=months, missing_day=missing, minus_one_day=True).expiry(made) == (
        kept - timedelta(days=1)
    )
    assert rule(months=months, end_of_month=True).expiry(made) >= rule(months=months).expiry(made)
    if months < 600:
        assert rule(months=months + 1, missing_day=missing).expiry(made) > kept
