"""A lamp that cannot be set never stops the line."""

import logging
import threading
from collections.abc import Iterator

import pytest

from drivers.interface import Light, Unreachable
from drivers.settings import Settings
from drivers.signals import ModbusSignals, NoSignals, open_signals
from drivers.simulated.modbus import SimulatedModule

PATIENCE = 20.0
GREEN, AMBER, RED, HORN = 10, 11, 12, 13


class Lamps:
    """Implements drivers.simulated.modbus.Points."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._coils = dict.fromkeys((GREEN, AMBER, RED, HORN), False)
        self.writes = 0

    def coil(self, number: int) -> bool:
        return self._coils[number]

    def write(self, number: int, *, on: bool) -> None:
        with self._changed:
            if number not in self._coils:
                raise KeyError(number)
            self._coils[number] = on
            self.writes += 1
            self._changed.notify_all()

    def sense(self, number: int) -> bool:
        raise KeyError(number)

    def register(self, number: int) -> int:
        raise KeyError(number)

    def lost(self) -> None:
        return

    def put_out(self) -> None:
        with self._changed:
            self._coils = dict.fromkeys(self._coils, False)

    def wait(self, *lit: int) -> bool:
        """Wait until these are lit and no others; False if that does not come."""
        wanted = {number: number in lit for number in self._coils}
        with self._changed:
            return self._changed.wait_for(lambda: self._coils == wanted, timeout=PATIENCE)

    def wait_writes(self, more: int) -> bool:
        with self._changed:
            wanted = self.writes + more
            return self._changed.wait_for(lambda: self.writes >= wanted, timeout=PATIENCE)


@pytest.fixture
def lamps() -> Lamps:
    return Lamps()


@pytest.fixture
def module(lamps: Lamps) -> Iterator[SimulatedModule]:
    simulated = SimulatedModule(lamps)
    yield simulated
    simulated.close()


@pytest.fixture
def signals(module: SimulatedModule) -> Iterator[ModbusSignals]:
    url = f"modbus://{module.host}?green=10&amber=11&red=12&horn=13"
    opened = ModbusSignals(Settings(url), refresh_seconds=0.05)
    yield opened
    opened.close()


def test_each_light_is_one_lamp_and_the_horn_goes_with_any(
    signals: ModbusSignals, lamps: Lamps
) -> None:
    signals.show(Light.RUNNING)
    assert lamps.wait(GREEN)
    signals.show(Light.WAITING, sound=True)
    assert lamps.wait(AMBER, HORN)
    signals.show(Light.STOPPED)
    assert lamps.wait(RED)


def test_closed_all_is_dark(signals: ModbusSignals, lamps: Lamps) -> None:
    signals.show(Light.STOPPED, sound=True)
    assert lamps.wait(RED, HORN)
    signals.close()
    assert lamps.wait()
    signals.close()


def test_a_lamp_that_went_out_by_itself_is_lit_again(signals: ModbusSignals, lamps: Lamps) -> None:
    signals.show(Light.RUNNING)
    assert lamps.wait(GREEN)
    lamps.put_out()
    assert lamps.wait(GREEN)


def test_the_latest_wish_is_shown_when_the_module_returns(
    signals: ModbusSignals,
    lamps: Lamps,
    module: SimulatedModule,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    signals.show(Light.RUNNING)
    assert lamps.wait(GREEN)
    module.unplug()
    for light in (Light.WAITING, Light.RUNNING, Light.STOPPED):
        signals.show(light)
    module.plug_in()
    assert lamps.wait(RED)
    assert lamps.wait_writes(8)
    gone = [message for message in caplog.messages if "is gone" in message]
    assert len(gone) <= 1
    assert len([message for message in caplog.messages if "is back" in message]) == len(gone)


def test_a_module_that_refuses_is_told_once_and_stops_nothing(
    module: SimulatedModule, lamps: Lamps, caplog: pytest.LogCaptureFixture
) -> None:
    signals = ModbusSignals(
        Settings(f"modbus://{module.host}?green=10&red=99"), refresh_seconds=0.01
    )
    signals.show(Light.RUNNING)
    assert lamps.wait(GREEN)
    for _ in range(5):
        signals.show(Light.STOPPED)
    signals.close()
    assert [message.partition(" is ")[2] for message in caplog.messages] == [
        "gone: has no coil 99: change its number in the address (Modbus exception 2)"
    ]


def test_lamps_that_are_left_out_are_not_written(module: SimulatedModule, lamps: Lamps) -> None:
    signals = open_signals(f"modbus://{module.host}?red=12")
    signals.show(Light.STOPPED, sound=True)
    assert lamps.wait(RED)
    signals.show(Light.RUNNING)
    assert lamps.wait()
    signals.close()
    assert {each.address for each in module.requests} == {RED}


def test_without_an_address_there_are_none() -> None:
    signals = open_signals("")
    assert isinstance(signals, NoSignals)
    signals.show(Light.STOPPED, sound=True)
    signals.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("modbus://192.0.2.30", "expected at least one of green, amber, red and horn"),
        ("modbus://192.0.2.30?green=1&red=1", "two of green, amber, red and horn are the same"),
        ("modbus://192.0.2.30?green=1&blue=1", "no setting is called 'blue'"),
        ("http://192.0.2.30?green=1", "expected modbus://, an IP address and a port"),
    ],
)
def test_a_wrong_address_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        open_signals(url)
    assert caught.value.detail.startswith(sentence)
