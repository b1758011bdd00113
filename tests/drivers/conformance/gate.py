"""What every gate does. A test class inherits the suite and says in what world its gate stands."""

import subprocess
import sys
from typing import Protocol

import pytest

from drivers.deadline import Deadline
from drivers.gate import open_gate
from drivers.interface import Condition, DriverError, Gate, Unreachable
from drivers.simulated.gate import Flap

PATIENCE = 20.0

DIE_WHILE_OPEN = """
import sys
from drivers.deadline import Deadline
from drivers.gate import open_gate
open_gate(sys.argv[1]).release(Deadline.after(60))
"""


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class GateConformance:
    """Whether a machine moves or not."""

    @pytest.fixture
    def gate(self) -> Gate:
        raise NotImplementedError("the subclass says which gate")

    def test_at_rest_it_passes_its_check_again_and_again(self, gate: Gate) -> None:
        for _ in range(3):
            gate.check(soon())

    def test_it_takes_verdicts_in_any_order(self, gate: Gate) -> None:
        for verb in (gate.release, gate.release, gate.check, gate.release):
            verb(soon())
            gate.check(soon())

    def test_closing_twice_is_closing_once(self, gate: Gate) -> None:
        gate.check(soon())
        gate.close()
        gate.close()

    def test_what_was_never_used_can_be_closed(self, gate: Gate) -> None:
        gate.close()

    def test_after_closing_it_works_as_before(self, gate: Gate) -> None:
        gate.check(soon())
        gate.close()
        gate.release(soon())
        gate.check(soon())


class World(Protocol):
    """A gate that moves, its wire, and the belt in front of it."""

    flap: Flap
    url: str

    def unplug(self) -> None: ...

    def plug_in(self) -> None: ...


class MovingGateConformance(GateConformance):
    """A machine that lets labels through."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError("the subclass says in which world")

    def test_a_release_lets_exactly_one_label_pass(self, gate: Gate, world: World) -> None:
        for number in range(1, 4):
            world.flap.arrive()
            gate.release(soon())
            assert world.flap.wait_shut(seconds=PATIENCE)
            assert (world.flap.passed, world.flap.fallen) == (number, 0)

    def test_the_label_behind_a_released_one_does_not_pass(self, gate: Gate, world: World) -> None:
        world.flap.arrive()
        gate.release(soon())
        assert world.flap.wait_shut(seconds=PATIENCE)
        world.flap.arrive()
        world.flap.carry_on()
        assert (world.flap.passed, world.flap.fallen) == (1, 1)

    def test_a_reject_lets_nothing_pass(self, gate: Gate, world: World) -> None:
        gate.check(soon())
        world.flap.arrive()
        gate.reject(soon())
        world.flap.carry_on()
        assert (world.flap.passed, world.flap.fallen) == (0, 1)

    def test_it_is_shut_after_every_verb(self, gate: Gate, world: World) -> None:
        for verb in (gate.check, gate.release, gate.reject, gate.release, gate.check):
            world.flap.arrive()
            verb(soon())
            assert world.flap.wait_shut(seconds=PATIENCE)
            world.flap.carry_on()

    @pytest.mark.parametrize("verb", ["check", "release", "reject"])
    def test_a_gate_that_is_not_there_lets_nothing_pass(
        self, gate: Gate, world: World, verb: str
    ) -> None:
        world.unplug()
        world.flap.arrive()
        with pytest.raises(Unreachable, match=r"^gate .*cannot "):
            {"check": gate.check, "release": gate.release, "reject": gate.reject}[verb](soon())
        assert world.flap.passed == 0

    def test_plugged_in_again_it_works_as_before(self, gate: Gate, world: World) -> None:
        gate.check(soon())
        world.unplug()
        with pytest.raises(DriverError):
            gate.release(soon())
        world.plug_in()
        gate.check(soon())
        world.flap.arrive()
        gate.release(soon())
        assert (world.flap.passed, world.flap.fallen) == (1, 0)

    @pytest.mark.parametrize("verb", ["check", "release", "reject"])
    def test_when_no_time_is_left_nothing_passes(self, gate: Gate, world: World, verb: str) -> None:
        world.flap.arrive()
        with pytest.raises(DriverError):
            {"check": gate.check, "release": gate.release, "reject": gate.reject}[verb](
                Deadline.after(0)
            )
        assert world.flap.passed == 0
        assert world.flap.wait_shut(seconds=PATIENCE)

    def test_a_pulse_that_does_not_fit_into_the_time_left_is_not_begun(self, world: World) -> None:
        patient = open_gate(longer(world.url))
        patient.check(soon())
        with pytest.raises(DriverError, match="no time was left to let the label pass"):
            patient.release(Deadline.after(3))
        assert world.flap.wait_shut(seconds=PATIENCE)
        patient.close()

    def test_open_for_too_long_is_a_fault(self, world: World) -> None:
        """The machine stood still while the gate was open: a second label may have passed."""
        moments = iter((0.0, 70.0))
        slow = open_gate(world.url, clock=lambda: next(moments))
        world.flap.arrive()
        with pytest.raises(
            DriverError, match=r"was open for 70\.00 s instead of 0\.03 s"
        ) as caught:
            slow.release(soon())
        assert caught.value.conditions == (Condition.GATE_NOT_AT_REST,)
        assert world.flap.wait_shut(seconds=PATIENCE)
        slow.close()

    def test_a_gate_left_open_by_a_station_that_was_killed_is_shut_by_the_next(
        self, gate: Gate, world: World
    ) -> None:
        command = [sys.executable, "-c", DIE_WHILE_OPEN, longer(world.url)]
        with subprocess.Popen(command) as station:
            opened = world.flap.wait_open(seconds=PATIENCE)
            station.kill()
        assert opened
        assert world.flap.open
        gate.check(soon())
        assert world.flap.wait_shut(seconds=PATIENCE)


def longer(url: str) -> str:
    return url.replace("pulse_ms=30", "pulse_ms=5000")
