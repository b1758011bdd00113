"""A stop lasts until the line goes on, belongs to one cause, and no time is counted twice."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from station.core.production import Change, first_pass, stops, totals

BEGAN = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - one clock for all of them
CHANGES = st.lists(
    st.builds(
        Change,
        at=st.integers(0, 600).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
        cause=st.sampled_from(["", "fault", "operator"]),
    ),
    max_size=20,
).map(lambda every: sorted(every, key=lambda each: each.at))


@given(changes=CHANGES)
def test_stops_lie_within_the_time_and_never_over_each_other(changes: list[Change]) -> None:
    since, until = BEGAN + timedelta(minutes=100), BEGAN + timedelta(minutes=500)
    found = list(stops(changes, since=since, until=until))
    for each in found:
        assert since <= each.since < each.until <= until
        assert each.cause
    for one, other in pairwise(found):
        assert one.until <= other.since
    whole = sum((each.length for each in found), timedelta())
    assert whole == sum((each.whole for each in totals(found)), timedelta())
    assert whole <= until - since


def test_a_stop_that_goes_on_lasts_until_now() -> None:
    now = BEGAN + timedelta(hours=2)
    (found,) = stops([Change(BEGAN, "fault")], since=BEGAN, until=now)
    assert (found.cause, found.length) == ("fault", timedelta(hours=2))


def test_a_clock_that_was_set_back_makes_no_stop_shorter_than_nothing() -> None:
    changes = [Change(BEGAN + timedelta(hours=1), "fault"), Change(BEGAN)]
    assert not list(stops(changes, since=BEGAN, until=BEGAN + timedelta(hours=2)))


@given(labels=st.integers(0, 1000), rejected=st.integers(0, 1000))
def test_a_yield_is_a_share(labels: int, rejected: int) -> None:
    found = first_pass(labels, rejected)
    assert (found is None) == (labels == 0)
    assert found is None or 0 <= found <= 1
