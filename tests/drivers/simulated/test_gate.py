"""The simulated gate moves labels as an iron one does, and fails as it is told."""

import os
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.simulated.gate import Flap, SimulatedRelay
from drivers.wire import open_wire

PATIENCE = 20.0


@pytest.fixture
def sides() -> list[bool]:
    return []


@pytest.fixture
def flap(sides: list[bool]) -> Flap:
    return Flap(sides.append)


@pytest.fixture
def relay() -> Iterator[SimulatedRelay]:
    simulated = SimulatedRelay(lambda _released: None)
    yield simulated
    simulated.close()


def test_opened_it_lets_the_label_pass_that_waits(flap: Flap, sides: list[bool]) -> None:
    flap.arrive()
    flap.drive(on=True)
    assert (sides, flap.passed, flap.at_rest) == ([True], 1, False)


def test_open_it_lets_pass_whatever_comes(flap: Flap, sides: list[bool]) -> None:
    flap.drive(on=True)
    flap.arrive()
    flap.arrive()
    flap.drive(on=False)
    flap.arrive()
    flap.carry_on()
    assert sides == [True, True, False]
    assert (flap.passed, flap.fallen, flap.at_rest) == (2, 1, True)


def test_where_no_label_waits_none_falls(flap: Flap, sides: list[bool]) -> None:
    flap.carry_on()
    for _ in range(5):
        assert flap.eye() is False
        assert flap.count() == 0
    assert sides == []


def test_a_label_falls_while_it_is_waited_for_and_the_eye_sees_it_for_a_moment(
    flap: Flap, sides: list[bool]
) -> None:
    flap.arrive()
    assert [flap.eye() for _ in range(6)] == [False, False, True, True, False, False]
    assert (sides, flap.count()) == ([False], 1)


def test_the_count_goes_on_at_nought_after_16_bits(flap: Flap) -> None:
    for _ in range(65537):
        flap.confirm_by_itself()
    assert flap.count() == 1


def test_stuck_it_lets_nothing_pass_and_says_that_it_is_at_rest(flap: Flap) -> None:
    flap.stick()
    flap.arrive()
    flap.drive(on=True)
    assert (flap.passed, flap.open, flap.at_rest) == (0, False, True)


def test_its_faults_end_when_it_is_healed(flap: Flap) -> None:
    for fault in (flap.stick, flap.not_at_rest, flap.block_eye, flap.lose_confirm, flap.go_astray):
        fault()
    flap.heal()
    flap.arrive()
    flap.drive(on=True)
    flap.drive(on=False)
    flap.arrive()
    flap.carry_on()
    assert (flap.passed, flap.fallen, flap.count(), flap.at_rest) == (1, 1, 1, True)


def test_a_label_gone_astray_falls_though_it_was_released(flap: Flap, sides: list[bool]) -> None:
    flap.go_astray()
    flap.arrive()
    flap.drive(on=True)
    assert (sides, flap.passed, flap.fallen, flap.count()) == ([False], 0, 1, 1)


def test_a_relay_passes_over_what_is_no_command(relay: SimulatedRelay) -> None:
    device = relay.url.removeprefix("relay://").partition("?")[0]
    wire = open_wire(f"serial://{device}", deadline=Deadline.after(PATIENCE))
    for command in (b"\xa0\x01\x01\xa0", b"\xa0", bytes.fromhex("A00101A2")):
        wire.write(command, Deadline.after(PATIENCE))
    assert relay.flap.wait_open(seconds=PATIENCE)
    wire.write(bytes.fromhex("A00100A1"), Deadline.after(PATIENCE))
    assert relay.flap.wait_shut(seconds=PATIENCE)
    wire.close()


def test_a_relay_has_the_same_name_when_it_is_plugged_in_again(relay: SimulatedRelay) -> None:
    device = relay.url.removeprefix("relay://").partition("?")[0]
    relay.unplug()
    assert not os.path.lexists(device)
    relay.unplug()
    relay.plug_in()
    relay.plug_in()
    open_wire(f"serial://{device}", deadline=Deadline.after(PATIENCE)).close()
