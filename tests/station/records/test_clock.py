"""A clock that cannot be believed stops the line; a record says what its time is worth."""

from datetime import UTC, datetime, timedelta

import pytest

from drivers.interface import Condition, NotReady
from station.records.clock import Instant, Watch, boot, now

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Hands:
    """A clock whose wall and whose running time are moved apart by hand."""

    def __init__(self, utc: datetime = NOON) -> None:
        self.utc = utc
        self.running = timedelta()

    def __call__(self) -> Instant:
        running = int(self.running.total_seconds() * 1_000_000_000)
        return Instant(self.utc, offset=480, monotonic=running, steered=True)

    def go_on(self, seconds: float) -> None:
        self.utc += timedelta(seconds=seconds)
        self.running += timedelta(seconds=seconds)


def test_a_clock_that_goes_on_is_believed() -> None:
    hands = Hands()
    watch = Watch(hands, last=NOON - timedelta(days=1))
    for _ in range(3):
        watch.check()
        hands.go_on(3600)


@pytest.mark.parametrize("seconds", [-3600, -2.5, 2.5, 86_400])
def test_a_clock_that_was_set_is_told_once(seconds: float) -> None:
    """A person looks at it and lets the line go on; the new time is then the time."""
    hands = Hands()
    watch = Watch(hands, last=NOON - timedelta(days=1))
    watch.check()
    hands.utc += timedelta(seconds=seconds)
    with pytest.raises(NotReady, match="it was set from 2026-11-22 12:00:00 UTC to 2026") as told:
        watch.check()
    assert told.value.conditions == (Condition.CLOCK,)
    if seconds < -2:
        return  # a time before the last record stays wrong: see below
    watch.check()


def test_a_clock_in_1970_is_wrong_until_it_is_right() -> None:
    hands = Hands(datetime(1970, 1, 1, tzinfo=UTC))
    watch = Watch(hands, last=None)
    for _ in range(2):
        with pytest.raises(NotReady, match="it says 1970-01-01 00:00:00 UTC, which is before"):
            watch.check()


def test_a_clock_behind_the_last_record_is_wrong_until_it_is_right() -> None:
    hands = Hands()
    watch = Watch(hands, last=NOON + timedelta(hours=1))
    for _ in range(2):
        with pytest.raises(NotReady, match="but the last record is of 2026-11-22 13:00:00 UTC"):
            watch.check()
    hands.go_on(3600)
    watch.check()


def test_the_real_clock_says_what_it_is_worth() -> None:
    first, second = now(), now()
    assert first.utc.tzinfo is UTC
    assert -14 * 60 <= first.offset <= 14 * 60
    assert second.monotonic > first.monotonic
    assert isinstance(first.steered, bool)
    assert len(boot()) == 36
