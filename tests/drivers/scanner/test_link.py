"""A lost connection is opened again, ever less eagerly, and spoken of once."""

import logging
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import Silent, Unreachable
from drivers.scanner.link import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Link


class Clock:
    """Stands still until it is set; a wait on it takes no time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Device:
    """There or not there, and counts how often it was asked for."""

    def __init__(self) -> None:
        self.there = True
        self.attempts = 0
        self.closed = 0

    def connect(self, deadline: Deadline) -> "Device":  # noqa: ARG002 - it never waits
        self.attempts += 1
        if not self.there:
            raise Unreachable("somewhere", "not there")
        return self

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def link(clock: Clock, device: Device) -> Link[Device]:
    return Link("scanner somewhere", device.connect, clock=clock)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="drivers.scanner.link"):
        yield caplog


def use(link: Link[Device], clock: Clock, seconds: float = 10.0) -> None:
    with link.use(Deadline.after(seconds, clock=clock)):
        pass


def fail(link: Link[Device], clock: Clock, seconds: float = 10.0) -> None:
    with pytest.raises(Unreachable):
        use(link, clock, seconds)


def test_it_is_opened_once_and_used_often(link: Link[Device], clock: Clock, device: Device) -> None:
    use(link, clock)
    use(link, clock)
    assert (device.attempts, device.closed) == (1, 0)


def test_a_fault_closes_it_and_has_the_name_of_the_device(
    link: Link[Device], clock: Clock, device: Device
) -> None:
    with (
        pytest.raises(Silent) as caught,
        link.use(Deadline.after(1, clock=clock)),
    ):
        raise Silent("wire", "did not take it")
    assert caught.value.device == "scanner somewhere"
    assert device.closed == 1
    assert not link.connected


def test_pauses_between_attempts_grow_to_two_seconds(
    link: Link[Device], clock: Clock, device: Device
) -> None:
    device.there = False
    pauses = []
    for _ in range(7):
        clock.now = link._not_before
        fail(link, clock)
        pauses.append(round(link._not_before - clock.now, 3))
    assert pauses == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]
    assert pauses[0] == FIRST_PAUSE_SECONDS
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_who_comes_too_early_is_told_why_and_delays_nobody(
    link: Link[Device], clock: Clock, device: Device
) -> None:
    device.there = False
    fail(link, clock)
    turn = link._not_before
    for _ in range(3):
        with pytest.raises(Unreachable, match="scanner somewhere: not there"):
            use(link, clock, seconds=0.01)
    assert device.attempts == 1
    assert link._not_before == turn


def test_something_heard_makes_the_next_failure_a_first_one(
    link: Link[Device], clock: Clock, device: Device
) -> None:
    device.there = False
    for _ in range(4):
        clock.now = link._not_before
        fail(link, clock)
    device.there = True
    clock.now = link._not_before
    use(link, clock)
    link.alive()
    link._lose("unplugged")
    assert link._not_before - clock.now == pytest.approx(FIRST_PAUSE_SECONDS)


def test_the_log_has_one_line_when_it_goes_and_one_when_it_is_back(
    link: Link[Device], clock: Clock, device: Device, log: pytest.LogCaptureFixture
) -> None:
    use(link, clock)
    device.there = False
    link._lose("the device was unplugged")
    for _ in range(3):
        clock.now = link._not_before
        fail(link, clock)
    device.there = True
    clock.now = link._not_before
    use(link, clock)
    assert [(each.levelname, each.getMessage()) for each in log.records] == [
        ("WARNING", "scanner somewhere is gone: the device was unplugged"),
        ("INFO", "scanner somewhere is back"),
    ]


def test_one_that_was_closed_on_purpose_is_not_gone(
    link: Link[Device], clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    use(link, clock)
    link.close()
    use(link, clock)
    assert not log.records
