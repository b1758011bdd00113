"""Exact limits against sums of fractions, sample sizes, and kappa against published examples."""

from collections import Counter
from fractions import Fraction
from math import comb, isclose, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.problem import Refused
from station.core.statistics import (
    Plan,
    at_least,
    at_most,
    beta_below,
    both_sides,
    cohen,
    fleiss,
    percent,
    plan,
    sample_size,
    told,
)


def up_to(found: int, of: int, share: Fraction) -> Fraction:
    """The chance of so many or fewer, exactly."""
    return sum(
        (comb(of, each) * share**each * (1 - share) ** (of - each) for each in range(found + 1)),
        Fraction(0),
    )


counts = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
confidences = st.sampled_from((0.8, 0.9, 0.95, 0.99))


def test_the_numbers_of_the_textbooks_come_out() -> None:
    assert percent(at_most(0, 299)) == "0.997 %"
    assert percent(at_most(0, 2995)) == "0.100 %"
    low, high = both_sides(1, 500)
    assert (percent(low), percent(high)) == ("0.005 %", "1.109 %")


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [("95/95", 59), ("95/99", 299), ("99/99", 459), ("95/99.9", 2995), ("99/99.9", 4603)],
)
def test_a_plan_without_failures_needs_the_known_number_of_labels(wanted: str, labels: int) -> None:
    assert sample_size(plan(wanted)) == labels


def test_a_plan_that_allows_failures_needs_more() -> None:
    sizes = [sample_size(plan("95/99", failures=each)) for each in range(5)]
    assert sizes == sorted(set(sizes))


@settings(max_examples=60, deadline=None)
@given(
    st.floats(50, 99.9),
    st.floats(50, 99.5),
    st.integers(0, 3),
)
def test_a_sample_shows_its_plan_and_one_label_less_does_not(
    confidence: float, reliability: float, failures: int
) -> None:
    wanted = Plan(confidence, reliability, failures)
    size = sample_size(wanted)
    assert wanted.shown(failures, size)
    assert size - 1 <= failures or not wanted.shown(failures, size - 1)


@pytest.mark.parametrize("text", ["", "95", "95/", "95/100", "49/99", "nan/99", "inf/99", "a/b"])
def test_a_plan_that_is_none_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(Refused, match="Expected confidence and reliability"):
        plan(text)


@settings(max_examples=150, deadline=None)
@given(counts, confidences)
def test_at_the_upper_limit_so_few_are_exactly_as_unlikely_as_the_doubt(
    counted: tuple[int, int], confidence: float
) -> None:
    found, of = counted
    limit = at_most(found, of, confidence)
    if found < of:
        assert isclose(float(up_to(found, of, Fraction(limit))), 1 - confidence, rel_tol=1e-8)
    else:
        assert limit == 1.0


@settings(max_examples=150, deadline=None)
@given(counts, confidences)
def test_limits_enclose_what_was_found_and_grow_with_it(
    counted: tuple[int, int], confidence: float
) -> None:
    found, of = counted
    low, high = both_sides(found, of, confidence)
    assert 0 <= low <= found / of <= high <= 1
    assert high >= at_most(found, of, confidence)
    assert low <= at_least(found, of, confidence)
    assert at_most(found, of, confidence) >= at_most(found, of + 1, confidence)
    if found < of:
        assert at_most(found, of, confidence) < at_most(found + 1, of, confidence) + 1e-12


@pytest.mark.parametrize("of", range(1, 13))
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_intervals_cover_the_truth_at_least_as_often_as_they_say(
    of: int, confidence: float
) -> None:
    """By counting every outcome of every experiment, for true shares all over."""
    intervals = [both_sides(found, of, confidence) for found in range(of + 1)]
    for step in range(101):
        share = Fraction(step, 100)
        covered = sum(
            comb(of, found) * share**found * (1 - share) ** (of - found)
            for found, (low, high) in enumerate(intervals)
            if low <= share <= high
        )
        assert covered >= Fraction(confidence) - Fraction(1, 10**9)


@settings(max_examples=100, deadline=None)
@given(counts, st.fractions(0, 1, max_denominator=1000))
def test_the_beta_function_is_the_sum_of_the_binomials(
    counted: tuple[int, int], share: Fraction
) -> None:
    found, of = counted
    if found == 0:
        return
    more = 1 - up_to(found - 1, of, share)
    assert isclose(beta_below(float(share), found, of - found + 1), float(more), abs_tol=1e-10)


def test_large_samples_are_no_harder() -> None:
    assert percent(at_most(0, 1_000_000)) == "0.0003 %"
    assert isclose(at_most(500_000, 1_000_000), 0.5, abs_tol=1e-3)


def test_what_is_told_names_the_count_the_limit_and_the_confidence() -> None:
    assert told(0, 299) == "0 of 299: at most 0.997 % (95 % one-sided)"
    assert told(2, 4603, 0.99) == "2 of 4 603: at most 0.182 % (99 % one-sided)"
    assert told(0, 0) == "0 of 0: nothing was tried"


TABLES = [
    ((20, 5, 10, 15), 0.4000),
    ((45, 15, 25, 15), 0.1304),
    ((25, 35, 5, 35), 0.2593),
]
"""Both yes, yes and no, no and yes, both no; examples printed in many books."""


def pairs(table: tuple[int, int, int, int]) -> list[tuple[str, str]]:
    kinds = [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")]
    return [kind for kind, count in zip(kinds, table, strict=True) for _ in range(count)]


@pytest.mark.parametrize(("table", "kappa"), TABLES)
def test_kappa_of_two_raters_is_that_of_the_books(
    table: tuple[int, int, int, int], kappa: float
) -> None:
    found = cohen(pairs(table))
    assert found.kappa == pytest.approx(kappa, abs=5e-5)
    assert (found.labels, found.agreed) == (sum(table), table[0] + table[3])


def test_the_interval_of_kappa_is_near_the_one_for_large_samples() -> None:
    found = cohen(pairs((400, 100, 200, 300)))
    assert found.kappa is not None
    assert found.low is not None
    error = sqrt(0.7 * 0.3 / (1000 * 0.5**2))  # Cohen 1960, with chance taken as known
    assert found.kappa - found.low == pytest.approx(1.96 * error, rel=0.05)


FLEISS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip
"""Ten subjects, fourteen raters, five answers: an example printed in many places, kappa 0.210."""


def test_kappa_of_many_raters_is_that_of_the_books() -> None:
    ratings = [
        [str(answer) for answer, times in enumerate(row) for _ in range(times)] for row in FLEISS
    ]
    assert fleiss(ratings).kappa == pytest.approx(0.210, abs=5e-4)


labels = st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=2, max_size=40)


@given(labels)
def test_kappa_lies_within_its_interval_and_its_bounds(rated: list[tuple[str, str]]) -> None:
    for found in (cohen(rated), fleiss(rated)):
        assert found.labels == len(rated)
        if found.kappa is not None:
            assert -1 <= found.kappa <= 1
        if found.low is not None and found.high is not None and found.kappa is not None:
            assert found.low <= found.kappa <= found.high


@given(labels)
def test_raters_who_always_agree_have_kappa_one_unless_there_is_one_answer_only(
    rated: list[tuple[str, str]],
) -> None:
    same = [(one, one) for one, _ in rated]
    expected = 1.0 if len({one for one, _ in rated}) > 1 else None
    assert cohen(same).kappa == fleiss(same).kappa == expected


@given(labels)
def test_who_is_called_first_does_not_matter(rated: list[tuple[str, str]]) -> None:
    turned = [(other, one) for one, other in rated]
    assert cohen(rated) == cohen(turned)
    assert fleiss(rated) == fleiss(turned)
    assert Counter(rated).total() == len(rated)


def test_nothing_rated_says_nothing() -> None:
    assert cohen([]).kappa is None
    assert fleiss([]).labels == 0
