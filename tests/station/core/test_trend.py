import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.quality import Quality, SymbolQuality
from station.core.trend import (
    LEAST_LABELS,
    Baseline,
    State,
    Trend,
    baselines_of,
    followed,
    moving,
    values_of,
)

CONTRAST = Baseline(symbol="]d2", index="contrast_index", mean=880, deviation=5, alarm=80)
GROWTH = Baseline(symbol="]d2", index="print_growth_x_index", mean=30, deviation=5, alarm=60)
DAMAGE = Baseline(symbol="]d2", index="fixed_pattern_damage_index", mean=0, deviation=0, alarm=120)

thousandths = st.integers(min_value=-1000, max_value=2000)


def label(**indices: int) -> Quality:
    return Quality(symbols=(SymbolQuality(identifier="]d2", indices=indices),))


def after(baseline: Baseline, *values: int) -> Trend:
    trend = Trend(baseline)
    for value in values:
        trend = trend.after(value)
    return trend


@given(baseline=st.sampled_from([CONTRAST, GROWTH, DAMAGE]), value=thousandths)
def test_one_label_alone_is_never_a_drift(baseline: Baseline, value: int) -> None:
    assert after(baseline, value).state == State.IN_CONTROL


@given(baseline=st.sampled_from([CONTRAST, GROWTH, DAMAGE]), values=st.lists(thousandths))
def test_the_level_stays_where_values_can_be(baseline: Baseline, values: list[int]) -> None:
    low, high = min((baseline.mean, *values)), max((baseline.mean, *values))
    assert low <= after(baseline, *values).level <= high


def test_a_step_drifts_first_and_alarms_where_it_lasts() -> None:
    states = [after(CONTRAST, *(700,) * count).state for count in range(12)]
    assert states == sorted(states, key=list(State).index)
    assert (states[2], states[6]) == (State.DRIFTING, State.ALARM)


def test_a_machine_that_was_set_right_is_in_control_again() -> None:
    assert after(CONTRAST, *(700,) * 10, *(880,) * 12).state == State.IN_CONTROL


@pytest.mark.parametrize(
    ("baseline", "value", "state"),
    [
        (CONTRAST, 1000, State.IN_CONTROL),
        (CONTRAST, 600, State.ALARM),
        (DAMAGE, 300, State.ALARM),
        (GROWTH, 300, State.ALARM),
        (GROWTH, -300, State.ALARM),
    ],
)
def test_only_what_is_worse_counts(baseline: Baseline, value: int, state: State) -> None:
    assert after(baseline, *(value,) * 20).state == state


def test_baselines_come_from_what_every_good_label_has() -> None:
    values = (870, 880, 890) * 4
    labels = [label(contrast_index=each, odd=1) for each in values]
    labels[3] = label(contrast_index=870)
    (found,) = baselines_of(labels)
    assert (found.symbol, found.index, found.mean) == ("]d2", "contrast_index", 880)
    assert (found.deviation, found.alarm) == (9, 120)
    assert baselines_of(labels[: LEAST_LABELS - 1]) == ()


def test_two_symbols_of_a_kind_are_two_and_one_that_was_not_read_is_neither() -> None:
    one = SymbolQuality(identifier="]C1", indices={"contrast_index": 900})
    other = SymbolQuality(identifier="]C1", indices={"contrast_index": 500})
    baselines = baselines_of([Quality(symbols=(one, other))] * 10)
    assert [each.symbol for each in baselines] == ["]C1 1", "]C1 2"]
    trends = followed(baselines, [Quality(symbols=(other,))] * 9)
    assert {each.labels for each in trends} == {0}
    assert len(values_of(Quality(symbols=(one, other)))) == 2


def test_the_worst_comes_first_and_what_causes_it_before_what_follows_from_it() -> None:
    usual = Baseline(symbol="]d2", index="modulation_index", mean=880, deviation=5, alarm=100)
    labels = [label(modulation_index=300, contrast_index=700, print_growth_x_index=60)] * 9
    found = [each.baseline.index for each in moving(followed((GROWTH, usual, CONTRAST), labels))]
    assert found == ["contrast_index", "modulation_index", "print_growth_x_index"]
    assert moving(followed((CONTRAST,), [label(contrast_index=880)])) == ()


def test_labels_as_good_as_ever_are_seldom_called_a_drift() -> None:
    drawn = random.Random(7)
    false = 0
    for _ in range(20):
        good = [label(contrast_index=round(drawn.gauss(880, 20))) for _ in range(20)]
        trends = tuple(map(Trend, baselines_of(good)))
        for _ in range(500):
            trends = tuple(each.after(round(drawn.gauss(880, 20))) for each in trends)
            if moving(trends):
                false += 1
                break
    assert false <= 4
