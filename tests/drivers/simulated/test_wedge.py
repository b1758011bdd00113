"""The simulated wedge presses the keys that a real one would."""

import string
from collections.abc import Iterator
from contextlib import closing

import pytest

from drivers.deadline import Deadline
from drivers.interface import NotReady, Silent, Unreachable
from drivers.scanner.keyboard import EV_KEY, EV_SYN, Keyboard, KeyEvent
from drivers.simulated.layouts import on_us_keyboard, strokes
from drivers.simulated.wedge import SimulatedWedge

A, ENTER, SHIFT = 30, 28, 42
PATH = "/dev/input/simulated-event-kbd"


def soon() -> Deadline:
    return Deadline.after(10)


@pytest.fixture
def wedge() -> Iterator[SimulatedWedge]:
    with closing(SimulatedWedge()) as simulated:
        yield simulated


@pytest.fixture
def keyboard(wedge: SimulatedWedge) -> Iterator[Keyboard]:
    with closing(wedge.open_keyboard(PATH, soon())) as opened:
        yield opened


def pressed(*codes: int) -> list[tuple[int, int]]:
    return [(code, value) for code in codes for value in (1, 0)]


def keys(events: tuple[KeyEvent, ...]) -> list[tuple[int, int]]:
    return [(each.code, each.value) for each in events if each.kind == EV_KEY]


def test_each_key_is_pressed_and_released_and_reported(
    wedge: SimulatedWedge, keyboard: Keyboard
) -> None:
    wedge.scan("", b"aA")
    events = keyboard.read(soon())
    assert keys(events) == [*pressed(A), (SHIFT, 1), *pressed(A), (SHIFT, 0), *pressed(ENTER)]
    assert [each for each in events if each.kind == EV_SYN] == [KeyEvent(EV_SYN, 0, 0)] * 8


def test_the_keyboard_of_another_country_has_its_keys_elsewhere(
    wedge: SimulatedWedge, keyboard: Keyboard
) -> None:
    wedge.layout("de")
    wedge.scan("", b"y]")
    assert keys(keyboard.read(soon())) == [
        *pressed(44),
        (100, 1),
        *pressed(10),
        (100, 0),
        *pressed(ENTER),
    ]


def test_nothing_pressed_is_silence_and_nothing_to_drain(keyboard: Keyboard) -> None:
    assert keyboard.drain() == ()
    with pytest.raises(Silent):
        keyboard.read(Deadline.after(0.01))


def test_it_is_grabbed_by_one_until_that_one_closes_it(
    wedge: SimulatedWedge, keyboard: Keyboard
) -> None:
    with pytest.raises(NotReady):
        wedge.open_keyboard(PATH, soon())
    keyboard.close()
    wedge.scan("", b"a")
    again = wedge.open_keyboard(PATH, soon())
    assert again.drain() == ()
    again.close()


def test_unplugged_it_is_gone_and_cannot_be_opened(
    wedge: SimulatedWedge, keyboard: Keyboard
) -> None:
    wedge.unplug()
    wedge.scan("", b"a")
    for ask in (keyboard.drain, lambda: keyboard.read(soon())):
        with pytest.raises(Unreachable, match="no such device"):
            ask()
    with pytest.raises(Unreachable, match="no such file"):
        wedge.open_keyboard(PATH, soon())


def test_on_the_us_keyboard_every_character_is_itself() -> None:
    printable = (string.ascii_letters + string.digits + string.punctuation).encode("ascii")
    assert on_us_keyboard(printable, "us") == printable
    assert strokes("A", "us").shift


def test_what_nobody_reads_is_lost_and_nobody_waits(
    wedge: SimulatedWedge, keyboard: Keyboard
) -> None:
    for _ in range(60):
        wedge.noise(b"x" * 1000)
    assert keys(keyboard.drain())[:2] == pressed(45)
