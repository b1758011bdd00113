"""A gate on a relay that obeys and says nothing."""

import logging
import os
import select
import threading
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.gate import open_gate
from drivers.interface import Condition, DriverError, Silent, Unreachable
from drivers.simulated.gate import SimulatedRelay

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@pytest.fixture
def relay() -> Iterator[SimulatedRelay]:
    simulated = SimulatedRelay(lambda _released: None)
    yield simulated
    simulated.close()


def test_unplugged_while_open_it_falls_back_and_the_verb_fails(relay: SimulatedRelay) -> None:
    """Fed by USB. The driver cannot know that it is, and says that it may stand open."""
    gate = open_gate(relay.url.replace("pulse_ms=30", "pulse_ms=300"))
    gate.check(soon())

    def pull_the_plug() -> None:
        if relay.flap.wait_open(seconds=PATIENCE):
            relay.unplug()

    hand = threading.Thread(target=pull_the_plug)
    hand.start()
    with pytest.raises(Unreachable, match="may stand open") as caught:
        gate.release(Deadline.after(1.5))
    hand.join()
    assert Condition.GATE_NOT_AT_REST in caught.value.conditions
    assert not relay.flap.open
    relay.plug_in()
    gate.check(soon())
    gate.close()


def test_other_bytes_can_be_given_for_other_relays() -> None:
    near, far = os.openpty()
    gate = open_gate(f"relay://{os.ttyname(far)}?baud=115200&on=5501&off=5500&pulse_ms=10")
    gate.release(soon())
    said = b""
    while len(said) < 6:
        said += os.read(near, 64)
    assert said == bytes.fromhex("5500 5501 5500")
    gate.close()
    os.close(near)
    os.close(far)


def test_a_line_that_takes_nothing_is_silent() -> None:
    """Nobody reads at the other end, and its buffer is full."""
    near, far = os.openpty()
    gate = open_gate(f"relay://{os.ttyname(far)}?pulse_ms=10")
    gate.check(soon())
    fill(far)
    with pytest.raises(Silent, match=r"^gate relay:///dev/pts/\d+: "):
        gate.release(Deadline.after(0.5))
    gate.close()
    os.close(near)
    os.close(far)


def fill(line: int) -> None:
    os.set_blocking(line, False)
    while select.select([], [line], [], 0)[1]:
        os.write(line, bytes(1024))


def test_what_the_relay_says_is_read_away(relay: SimulatedRelay) -> None:
    gate = open_gate(relay.url)
    gate.check(soon())
    os.write(relay._open[0], b"CH1: OFF\r\n" * 50)
    gate.release(soon())
    gate.close()


def test_its_going_and_its_return_are_one_line_each(
    relay: SimulatedRelay, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    gate = open_gate(relay.url)
    relay.unplug()
    for _ in range(3):
        with pytest.raises(DriverError):
            gate.check(soon())
    relay.plug_in()
    gate.check(soon())
    gate.check(soon())
    assert [message.split(": ")[0].split("usb-relay")[1] for message in caplog.messages] == [
        " is gone",
        " is back",
    ]
    gate.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("relay:///dev/ttyUSB0?on=xy", "expected on as bytes in hexadecimal, got 'xy'"),
        ("relay:///dev/ttyUSB0?off=", "expected off as bytes in hexadecimal, got ''"),
        ("relay:///dev/ttyUSB0?on=" + "00" * 33, "expected on as bytes in hexadecimal"),
        ("relay:///dev/ttyUSB0?on=A00100A1", "on and off are the same bytes"),
        ("relay:///dev/ttyUSB0?confirm=cts", "no setting is called 'confirm'"),
        ("relay:///dev/ttyUSB0?baud=9601", "expected a baud rate of 1200, 2400"),
        ("relay://ttyUSB0", "expected relay:///dev/…"),
    ],
)
def test_a_wrong_address_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        open_gate(url)
    assert caught.value.detail.startswith(sentence)
