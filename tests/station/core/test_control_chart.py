"""What chance alone explains is no signal, and what it does not is one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.control_chart import (
    Group,
    gaps,
    mean_share,
    shares,
    suits_shares,
)

GROUPS = st.lists(
    st.integers(0, 2_000).flatmap(
        lambda labels: st.builds(
            Group, name=st.just("h"), labels=st.just(labels), rejected=st.integers(0, labels)
        )
    ),
    max_size=30,
)


@given(groups=GROUPS)
def test_limits_lie_around_the_mean_and_within_what_is_possible(groups: list[Group]) -> None:
    chart = shares(groups)
    assert len(chart.points) == sum(each.labels > 0 for each in groups)
    for each in chart.points:
        assert 0 <= each.low <= chart.mean <= each.high <= 1
        assert (each.signal == "above") == (each.value > each.high)
        assert (each.signal == "below") == (each.value < each.low)


def test_the_limits_are_those_of_the_textbook() -> None:
    """Montgomery, 7th ed., example 7.1: thirty samples of 50 cans, 347 leak: 0.2313, 0.0524 and
    0.4102.
    """
    groups = [Group(str(n), 50, 11 + (n < 17)) for n in range(30)]
    assert sum(each.rejected for each in groups) == 347
    chart = shares(groups)
    assert chart.mean == pytest.approx(0.2313, abs=5e-5)
    assert chart.points[0].low == pytest.approx(0.0524, abs=2e-4)
    assert chart.points[0].high == pytest.approx(0.4102, abs=2e-4)


def test_a_group_too_small_for_limits_signals_nothing() -> None:
    groups = [*(Group("h", 1000, 6) for _ in range(10)), Group("few", 3, 3)]
    assert suits_shares(groups)
    assert shares(groups).points[-1].signal == ""


@given(groups=GROUPS)
def test_shares_are_shown_exactly_where_a_usual_group_has_five_rejects(groups: list[Group]) -> None:
    made = [each for each in groups if each.labels]
    rejected = sum(each.rejected for each in made)
    assert suits_shares(groups) == (bool(made) and rejected / len(made) >= 5 - 1e-9) or (
        abs(rejected / len(made) - 5) < 1e-6
    )


def test_nothing_made_has_no_chart() -> None:
    assert mean_share([]) == 0
    assert shares([Group("h", 0, 0)]).points == ()
    assert gaps([], names=()).points == ()


def test_chance_alone_rarely_signals_between_rejects() -> None:
    drawn = Random(7)
    counts = [_gap(drawn, 0.001) for _ in range(5_000)]
    signals = gaps(counts, names=map(str, range(5_000))).signals
    assert len(signals) <= 5_000 * 2 * 0.00135 * 1.8


def _gap(drawn: Random, chance: float) -> int:
    count = 0
    while drawn.random() > chance:
        count += 1
    return count


def test_rejects_one_after_the_other_signal_where_they_are_rare() -> None:
    chart = gaps([2000, 3000, 2500, 1500, 2800, 0], names="abcdef")
    assert [(each.name, each.signal) for each in chart.signals] == [("f", "below")]


def test_a_long_time_without_a_reject_signals_that_it_got_better() -> None:
    counts = [20, 30, 25, 15, 28, 20, 30] * 4 + [400]
    chart = gaps(counts, names=map(str, range(len(counts))))
    assert [(each.count, each.signal) for each in chart.signals] == [(400, "above")]


@given(counts=st.lists(st.integers(0, 10_000), max_size=4))
def test_a_few_rejects_say_nothing_about_what_is_usual(counts: list[int]) -> None:
    assert not gaps(counts, names=map(str, counts)).signals


def test_only_rejects_are_no_chart_but_no_error_either() -> None:
    assert not gaps([0, 0, 0, 0, 0, 0], names="abcdef").signals
