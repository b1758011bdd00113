"""Every printer there is, on every line it can be on."""

from collections.abc import Iterator

import pytest

from drivers.interface import Printer
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra
from tests.drivers.conformance.printer import PrinterConformance, World


def zebra(url: str, *, answer_seconds: float = 5.0) -> Iterator[Zebra]:
    opened = Zebra(
        url,
        poll_seconds=0.002,
        answer_seconds=answer_seconds,
        feed_seconds=0.3,
        proof_seconds=0.01,
    )
    yield opened
    opened.close()


class TestZebraOverTcp(PrinterConformance):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        world = World()
        with SimulatedPrinter(on_label=world.take) as world.machine:
            yield world

    @pytest.fixture
    def printer(self, world: World) -> Iterator[Printer]:
        yield from zebra(world.machine.serve_tcp())


class TestZebraOnASerialLine(PrinterConformance):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        world = World()
        with SimulatedPrinter(on_label=world.take) as world.machine:
            yield world

    @pytest.fixture
    def printer(self, world: World) -> Iterator[Printer]:
        yield from zebra(world.machine.serve_tty(baud=115200))


class TestCloneThatAnswersOnlyItsStatus(PrinterConformance):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        world = World()
        with SimulatedPrinter(
            on_label=world.take, directory=False, identity=False, health=False, variables=False
        ) as world.machine:
            yield world

    @pytest.fixture
    def printer(self, world: World) -> Iterator[Printer]:
        yield from zebra(world.machine.serve_tcp(), answer_seconds=0.5)
