"""Every way to connect a handheld scanner keeps to what a Scanner is."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from drivers.scanner.answers import Profile
from drivers.scanner.keys import End, Gs
from drivers.scanner.serial import SerialScanner
from drivers.scanner.wedge import Wedge
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.wedge import SimulatedWedge
from tests.drivers.conformance.scanner import Rig, ScannerConformance


def serial_rig(profile: Profile) -> Iterator[Rig]:
    with ExitStack() as opened:
        device = opened.enter_context(closing(SimulatedScanner(profile=profile)))
        scanner = opened.enter_context(closing(SerialScanner(device.url, profile=profile)))
        yield Rig(scanner, device)


def wedge_rig(gs: Gs, end: End) -> Iterator[Rig]:
    with ExitStack() as opened:
        device = opened.enter_context(closing(SimulatedWedge(gs=gs, end=end)))
        wedge = Wedge(device.url, open_keyboard=device.open_keyboard)
        yield Rig(opened.enter_context(closing(wedge)), device)


class TestRawSerial(ScannerConformance):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        yield from serial_rig(Profile.NONE)


class TestHoneywell(ScannerConformance):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        yield from serial_rig(Profile.HONEYWELL)


class TestZebraSsi(ScannerConformance):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        yield from serial_rig(Profile.ZEBRA_SSI)


class TestWedge(ScannerConformance):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        yield from wedge_rig(Gs.CTRL_BRACKET, End.ENTER)


class TestWedgeWithOtherKeys(ScannerConformance):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        yield from wedge_rig(Gs.ALT_029, End.TAB)
