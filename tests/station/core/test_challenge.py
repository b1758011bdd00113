"""When a challenge is due, what a miss puts on hold, and what counts as caught."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.challenge import (
    BY_NAME,
    FAMILIES,
    Cause,
    Facts,
    Family,
    Kind,
    Made,
    Result,
    Schedule,
    Step,
    chosen,
    due,
    locked,
    longest_stop,
    next_due,
    numbers_of,
    quarantined,
    result,
    spans,
    told,
)
from station.core.judge import Code, Reason

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

schedules = st.builds(
    Schedule,
    every=st.sampled_from([timedelta(0), HOUR, 8 * HOUR]),
    at_start=st.booleans(),
    after_stops=st.sampled_from([timedelta(0), HOUR]),
    at_end=st.booleans(),
)
facts = st.builds(
    Facts,
    passed=st.none() | st.timedeltas(-9 * HOUR, 2 * HOUR).map(lambda by: NOW + by),
    missed=st.booleans(),
    passed_here=st.booleans(),
    longest_stop=st.timedeltas(timedelta(0), 3 * HOUR),
    fault=st.booleans(),
    made=st.integers(0, 5),
    finishing=st.booleans(),
)


def test_there_are_at_least_twenty_families_each_with_its_own_name_and_reason() -> None:
    assert len(FAMILIES) >= 20
    assert len(BY_NAME) == len(FAMILIES)
    assert all(each.expected for each in FAMILIES)


def test_the_quick_choice_has_families_of_every_kind() -> None:
    quick = chosen("quick")
    assert {each.kind for each in quick} == set(Kind)
    assert set(quick) < set(chosen("all"))
    assert chosen("all") == FAMILIES


@pytest.mark.parametrize("family", FAMILIES, ids=lambda each: each.name)
def test_a_specimen_is_caught_by_its_own_reasons_and_by_no_other(family: Family) -> None:
    for code in Code:
        reasons = (Reason(code, ai=family.ai),)
        assert family.caught(reasons) == (code in family.expected)
    assert not family.caught(())


def test_the_right_reason_about_another_element_is_not_the_right_reason() -> None:
    assert not BY_NAME["wrong-lot"].caught((Reason(Code.LOT, ai="21"),))


def test_a_challenge_that_tried_nothing_has_not_passed() -> None:
    assert result(()) == Result.MISSED
    assert result((True, False, True)) == Result.MISSED
    assert result((True,)) == Result.PASSED


@given(facts)
def test_nothing_is_due_where_nobody_asks_for_it_unless_the_last_one_was_missed(
    said: Facts,
) -> None:
    found = due(Schedule(), said, now=NOW)
    assert found == ((Cause.MISSED,) if said.missed else ())


@given(schedules, facts)
def test_a_miss_locks_whatever_the_schedule(schedule: Schedule, said: Facts) -> None:
    assert locked(schedule, said, now=NOW) or not said.missed


@given(schedules)
def test_right_after_a_pass_nothing_is_due(schedule: Schedule) -> None:
    said = Facts(passed=NOW, passed_here=True, finishing=True)
    assert not due(schedule, said, now=NOW)


@given(schedules, facts)
def test_what_is_due_stays_due_until_it_is_passed(schedule: Schedule, said: Facts) -> None:
    """Waiting never makes a challenge superfluous, however the clock is set meanwhile."""
    now, later = NOW + 3 * HOUR, NOW + 4 * HOUR
    assert set(due(schedule, said, now=now)) <= set(due(schedule, said, now=later))


@pytest.mark.parametrize(
    ("schedule", "said", "cause"),
    [
        (Schedule(at_start=True), Facts(passed=NOW), Cause.START),
        (Schedule(every=8 * HOUR), Facts(), Cause.TIME),
        (Schedule(every=8 * HOUR), Facts(passed=NOW - 9 * HOUR), Cause.TIME),
        (Schedule(every=8 * HOUR), Facts(passed=NOW + HOUR), Cause.TIME),
        (Schedule(after_stops=HOUR), Facts(longest_stop=2 * HOUR), Cause.STOP),
        (Schedule(after_stops=HOUR), Facts(fault=True), Cause.FAULT),
        (Schedule(at_end=True), Facts(finishing=True, made=1), Cause.END),
    ],
)
def test_each_setting_asks_for_its_own_reason(
    schedule: Schedule, said: Facts, cause: Cause
) -> None:
    assert due(schedule, said, now=NOW) == (cause,)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(every=8 * HOUR), Facts(passed=NOW - 8 * HOUR)),
        (Schedule(after_stops=HOUR), Facts(longest_stop=HOUR)),
        (Schedule(at_end=True), Facts(finishing=True)),
        (Schedule(at_end=True), Facts(made=5)),
    ],
)
def test_the_limit_itself_is_still_good(schedule: Schedule, said: Facts) -> None:
    assert not due(schedule, said, now=NOW)


def test_the_clock_asks_for_the_next_one_when_the_last_pass_runs_out() -> None:
    assert next_due(Schedule(every=8 * HOUR), Facts(passed=NOW)) == NOW + 8 * HOUR
    assert next_due(Schedule(), Facts(passed=NOW)) is None
    assert next_due(Schedule(every=HOUR), Facts()) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=12))
def test_the_longest_stop_is_what_a_watch_beside_the_line_would_show(
    steps: list[tuple[int, bool]],
) -> None:
    minutes = sorted(steps, key=lambda each: each[0])
    now = NOW + timedelta(minutes=61)
    every = (Step(NOW + timedelta(minutes=at), stopped) for at, stopped in minutes)
    found = longest_stop(every, now=now)
    stands, run, longest = False, 0, 0
    for minute in range(61):
        for stopped in (each for at, each in minutes if at == minute):
            run = run if stopped else 0
            stands = stopped
        run += stands
        longest = max(longest, run)
    assert found == timedelta(minutes=longest)


@given(st.lists(st.sampled_from(["label", "pass", "miss", "abort"]), max_size=30))
def test_a_miss_holds_exactly_the_labels_since_the_last_pass(history: list[str]) -> None:
    """Against a line that puts labels into a box, and empties it at each pass."""
    labels: list[Made] = []
    box: list[int] = []
    passed = 0
    for seq, what in enumerate(history, start=1):
        if what == "label":
            labels.append(Made("A", seq, seq))
            box.append(seq)
        elif what == "pass":
            passed, box = seq, []
        elif what == "miss":
            found = quarantined(labels, passed=passed)
            assert numbers_of(found.get("A", ())) == tuple(box)


@given(st.sets(st.integers(1, 200)))
def test_stretches_of_numbers_are_the_numbers(numbers: set[int]) -> None:
    found = spans(numbers)
    assert numbers_of(found) == tuple(sorted(numbers))
    assert all(second[0] > first[1] + 1 for first, second in pairwise(found))


def test_stretches_are_told_as_people_write_them() -> None:
    assert told(spans([1, 2, 3, 9])) == "1–3, 9"
