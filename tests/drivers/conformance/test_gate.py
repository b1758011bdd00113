"""Every gate there is, in its world."""

from collections.abc import Iterator

import pytest

from drivers.gate import OperatorGate, open_gate
from drivers.interface import Gate
from drivers.simulated.gate import Flap, SimulatedModbusGate, SimulatedRelay
from tests.drivers.conformance.gate import GateConformance, MovingGateConformance, World


def nowhere(_released: bool) -> None:  # noqa: FBT001 - the gate's own call
    return


class TestOperatorGate(GateConformance):
    @pytest.fixture
    def gate(self) -> Gate:
        return OperatorGate()


class TestRelayGate(MovingGateConformance):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        simulated = SimulatedRelay(nowhere)
        yield simulated
        simulated.close()

    @pytest.fixture
    def gate(self, world: World) -> Iterator[Gate]:
        opened = open_gate(world.url)
        yield opened
        opened.close()


class ModbusWorld:
    """A module without a watchdog of its own: the driver is alone with keeping it shut."""

    def __init__(self, *, eye: str) -> None:
        self.simulated = SimulatedModbusGate(nowhere, watchdog=False)
        self.flap: Flap = self.simulated.flap
        self.url = self.simulated.url.replace("&confirm_count=5", eye)

    def unplug(self) -> None:
        self.simulated.module.unplug()

    def plug_in(self) -> None:
        self.simulated.module.plug_in()


class TestModbusGate(MovingGateConformance):
    @pytest.fixture(
        params=["", "&confirm=1", "&confirm_count=5"], ids=["blind", "polled", "counted"]
    )
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        world = ModbusWorld(eye=request.param)
        yield world
        world.simulated.close()

    @pytest.fixture
    def gate(self, world: World) -> Iterator[Gate]:
        opened = open_gate(world.url)
        yield opened
        opened.close()
