"""A scanner that types is grabbed, read until the deadline, and let go."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import evdev
import pytest
from evdev import ecodes
from pytest_mock import MockerFixture, MockType

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable
from drivers.scanner.keyboard import EV_KEY, PRESSED, KeyEvent, open_keyboard

PATH = "/dev/input/by-id/usb-scanner-event-kbd"
UINPUT = Path("/dev/uinput")


def soon() -> Deadline:
    return Deadline.after(5.0)


@pytest.fixture
def wire() -> Iterator[tuple[int, int]]:
    """What the device is read from, and where its events are put in."""
    near, far = os.pipe()
    yield near, far
    os.close(near)
    os.close(far)


@pytest.fixture
def device(mocker: MockerFixture, wire: tuple[int, int]) -> MockType:
    """evdev.InputDevice, at the door: there may be no input devices where the tests run."""
    opened: MockType = mocker.patch("drivers.scanner.keyboard.evdev.InputDevice").return_value
    opened.fd = wire[0]
    opened.leds.return_value = []
    return opened


def test_it_is_grabbed_before_anything_is_read_and_let_go_at_the_end(device: MockType) -> None:
    keyboard = open_keyboard(PATH, soon())
    device.grab.assert_called_once_with()
    device.read.assert_not_called()
    keyboard.close()
    device.close.assert_called_once_with()


@pytest.mark.parametrize(("leds", "lit"), [([], False), ([0], False), ([0, 1], True)])
def test_it_says_whether_the_caps_lock_lamp_is_lit(
    device: MockType, leds: list[int], *, lit: bool
) -> None:
    device.leds.return_value = leds
    assert open_keyboard(PATH, soon()).caps_lock is lit


def test_events_come_in_their_order(device: MockType, wire: tuple[int, int]) -> None:
    device.read.return_value = iter(
        [evdev.InputEvent(1, 2, EV_KEY, 30, 1), evdev.InputEvent(1, 2, EV_KEY, 30, 0)]
    )
    keyboard = open_keyboard(PATH, soon())
    os.write(wire[1], b"ready")
    assert keyboard.read(soon()) == (KeyEvent(EV_KEY, 30, 1), KeyEvent(EV_KEY, 30, 0))


def test_a_drain_takes_what_is_there_and_does_not_wait(
    device: MockType, wire: tuple[int, int]
) -> None:
    keyboard = open_keyboard(PATH, soon())
    assert keyboard.drain() == ()
    device.read.return_value = iter([evdev.InputEvent(1, 2, EV_KEY, 30, 1)])
    os.write(wire[1], b"ready")
    assert keyboard.drain() == (KeyEvent(EV_KEY, 30, PRESSED),)


@pytest.mark.usefixtures("device")
def test_nothing_until_the_deadline_is_silence() -> None:
    with pytest.raises(Silent):
        open_keyboard(PATH, soon()).read(Deadline.after(0.02))


def test_one_that_somebody_else_has_grabbed_is_in_use(device: MockType) -> None:
    device.grab.side_effect = OSError(errno.EBUSY, "busy")
    with pytest.raises(NotReady, match="another program has grabbed it") as caught:
        open_keyboard(PATH, soon())
    assert caught.value.conditions == (Condition.IN_USE,)
    device.close.assert_called_once_with()


def test_one_that_is_pulled_out_is_unreachable(device: MockType, wire: tuple[int, int]) -> None:
    device.read.side_effect = OSError(errno.ENODEV, "gone")
    device.close.side_effect = OSError(errno.ENODEV, "gone")
    keyboard = open_keyboard(PATH, soon())
    os.write(wire[1], b"ready")
    with pytest.raises(Unreachable, match="connection lost: no such device"):
        keyboard.read(soon())
    keyboard.close()


@pytest.mark.parametrize("path", ["/dev/input/there-is-none", "/dev/null"])
def test_what_is_no_input_device_is_unreachable(path: str) -> None:
    with pytest.raises(Unreachable, match="cannot open: "):
        open_keyboard(path, soon())


@pytest.mark.skipif(
    not os.access(UINPUT, os.W_OK),
    reason="needs /dev/uinput: load the kernel module uinput, and be allowed to write to it",
)
def test_a_real_input_device_is_read_and_nobody_else_gets_its_keys() -> None:
    with evdev.UInput({ecodes.EV_KEY: [ecodes.KEY_A]}, name="scanner under test") as typist:
        path = str(typist.device.path)
        keyboard = open_keyboard(path, soon())
        with pytest.raises(NotReady):
            open_keyboard(path, soon())
        typist.write(ecodes.EV_KEY, ecodes.KEY_A, 1)
        typist.syn()
        assert keyboard.read(soon())[0] == KeyEvent(EV_KEY, ecodes.KEY_A, PRESSED)
        keyboard.close()
        open_keyboard(path, soon()).close()
