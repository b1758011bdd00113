"""The line asks for a label: once is one, and what nobody waits for any more is none."""

import threading
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import Silent, Unreachable
from drivers.settings import Settings
from drivers.simulated.gate import SimulatedModbusGate
from drivers.trigger import ModbusTrigger

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def shortly() -> Deadline:
    return Deadline.after(0.4)


@pytest.fixture
def line() -> Iterator[SimulatedModbusGate]:
    """Its eye is the line's request: input 1, counted in register 5."""
    with SimulatedModbusGate(lambda _released: None) as simulated:
        yield simulated


@pytest.fixture(params=["count=5", "count=holding:5", "input=1"])
def trigger(line: SimulatedModbusGate, request: pytest.FixtureRequest) -> Iterator[ModbusTrigger]:
    opened = ModbusTrigger(Settings(f"modbus://{line.module.host}?{request.param}"))
    yield opened
    opened.close()


def test_nobody_asks_and_it_is_silent(trigger: ModbusTrigger) -> None:
    for _ in range(2):
        with pytest.raises(Silent, match="the line did not ask for a label in time"):
            trigger.wait(shortly())


def test_what_came_before_the_first_wait_is_not_asked(
    trigger: ModbusTrigger, line: SimulatedModbusGate
) -> None:
    line.flap.confirm_by_itself()
    with pytest.raises(Silent):
        trigger.wait(shortly())


def test_a_request_that_comes_while_one_waits_is_one_label(
    trigger: ModbusTrigger, line: SimulatedModbusGate
) -> None:
    with pytest.raises(Silent):
        trigger.wait(shortly())
    asking = threading.Timer(0.05, line.flap.confirm_by_itself)
    asking.start()
    trigger.wait(soon())
    asking.join()
    with pytest.raises(Silent):
        trigger.wait(shortly())


def test_requests_that_came_while_nobody_waited_are_one_label(
    line: SimulatedModbusGate,
) -> None:
    trigger = ModbusTrigger(Settings(f"modbus://{line.module.host}?count=5"))
    with pytest.raises(Silent):
        trigger.wait(shortly())
    for _ in range(3):
        line.flap.confirm_by_itself()
    trigger.wait(soon())
    with pytest.raises(Silent):
        trigger.wait(shortly())
    trigger.close()


def test_after_the_module_was_away_it_begins_anew(
    trigger: ModbusTrigger, line: SimulatedModbusGate
) -> None:
    with pytest.raises(Silent):
        trigger.wait(shortly())
    line.module.unplug()
    with pytest.raises(Unreachable):
        trigger.wait(shortly())
    line.flap.confirm_by_itself()
    line.module.plug_in()
    with pytest.raises(Silent):
        trigger.wait(shortly())


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("modbus://192.0.2.30", "expected input or count, one of them"),
        ("modbus://192.0.2.30?input=1&count=5", "expected input or count, one of them"),
        ("modbus://192.0.2.30?count=x", "expected count 5, input:5 or holding:5, got 'x'"),
    ],
)
def test_a_wrong_address_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        ModbusTrigger(Settings(url))
    assert caught.value.detail.startswith(sentence)
