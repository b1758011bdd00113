"""A scanner that types is believed key by key, or not at all."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, Silent, Symbol, Unreachable
from drivers.scanner.keyboard import EV_SYN
from drivers.scanner.keys import Gs
from drivers.scanner.wedge import Wedge, parse_wedge
from drivers.simulated.wedge import SimulatedWedge
from station.core.challenge_card import CARD, problems

DATA = b"010697286918212510A1\x1d21B2"


@pytest.fixture
def device() -> Iterator[SimulatedWedge]:
    with closing(SimulatedWedge(gs=Gs.F8)) as simulated:
        yield simulated


@pytest.fixture
def wedge(device: SimulatedWedge) -> Iterator[Wedge]:
    with closing(Wedge(device.url, open_keyboard=device.open_keyboard)) as driver:
        driver.discard()
        yield driver


def soon() -> Deadline:
    return Deadline.after(5.0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("wedge:///dev/input/event4?gs=f9", "expected gs to be ctrl-], f8, f12, down or alt-029"),
        ("wedge:///dev/input/event4?gs=", "got ''"),
        ("wedge:///dev/input/event4?end=escape", "expected end to be enter or tab, got 'escape'"),
        ("wedge:///dev/input/event4?baud=9600", "expected gs and end, got baud"),
        ("wedge://host/dev/input/event4", "expected wedge:///dev/input/"),
        ("wedge:", "expected wedge:///dev/input/"),
        ("serial:///dev/ttyUSB0", "expected wedge:///dev/input/"),
        ("wedge://[/dev", "not an address"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_and_says_what_was_expected(
    url: str, expected: str
) -> None:
    with pytest.raises(Unreachable) as caught:
        parse_wedge(url)
    assert expected in str(caught.value)


@pytest.mark.parametrize("gs", Gs)
def test_the_separator_arrives_however_it_is_typed(gs: Gs) -> None:
    with closing(SimulatedWedge(gs=gs)) as device:
        wedge = Wedge(device.url, open_keyboard=device.open_keyboard, name="line 2")
        wedge.discard()
        device.scan("]d2", DATA)
        assert wedge.read(soon()) == Symbol("]d2", DATA, "line 2")
        wedge.close()


def test_a_key_without_a_meaning_is_a_fault_that_names_it_and_the_next_scan_is_read(
    device: SimulatedWedge, wedge: Wedge
) -> None:
    device.press(88)
    device.scan("]d2", DATA)
    device.scan("]d2", DATA)
    with pytest.raises(Garbled, match="cannot be believed: F12 has no meaning with gs=f8"):
        wedge.read(soon())
    assert wedge.read(soon()).data == DATA


def test_keys_that_were_lost_are_a_fault(device: SimulatedWedge, wedge: Wedge) -> None:
    device.event(EV_SYN, 3, 0)
    device.scan("]d2", DATA)
    with pytest.raises(Garbled, match="keys were lost"):
        wedge.read(soon())


def test_a_scanner_with_a_german_keyboard_is_found_out_by_the_card(
    device: SimulatedWedge, wedge: Wedge
) -> None:
    """Its "]" has no meaning here; without one it types y for z, and nobody would notice."""
    device.layout("de")
    device.scan("]d2", CARD.encode())
    with pytest.raises(Garbled, match="it may be set to the keyboard of another country"):
        wedge.read(soon())
    device.scan("", b"21yz")
    assert wedge.read(soon()).data == b"21zy"


def test_a_scanner_that_has_no_separator_is_found_out_by_the_card(
    device: SimulatedWedge, wedge: Wedge
) -> None:
    device.lose_gs()
    device.scan("]d2", CARD.encode())
    assert "separator" in str(problems(wedge.read(soon())))


@pytest.mark.parametrize("lit", [True, False])
def test_caps_lock_that_was_on_before_changes_no_letter(*, lit: bool) -> None:
    with closing(SimulatedWedge()) as device:
        device.caps_lock(lit=lit)
        wedge = Wedge(device.url, open_keyboard=device.open_keyboard)
        wedge.discard()
        device.scan("]d2", b"21aB")
        assert wedge.read(soon()).data == b"21aB"
        wedge.close()


def test_scans_that_lack_their_end_are_told_of_when_nothing_else_comes(
    device: SimulatedWedge, wedge: Wedge
) -> None:
    device.without_terminator()
    device.scan("]d2", DATA)
    with pytest.raises(Silent, match=r"came without their end: 1\. .* press Enter after"):
        wedge.read(Deadline.after(0.5))


def test_two_stations_cannot_share_one(device: SimulatedWedge, wedge: Wedge) -> None:
    other = Wedge(device.url, open_keyboard=device.open_keyboard)
    with pytest.raises(NotReady, match="another program has grabbed it") as caught:
        other.discard()
    assert caught.value.conditions == (Condition.IN_USE,)
    wedge.close()
    other.discard()
    other.close()


def test_what_was_typed_before_it_was_grabbed_is_not_read(device: SimulatedWedge) -> None:
    device.scan("]d2", DATA)
    with closing(Wedge(device.url, open_keyboard=device.open_keyboard)) as wedge:
        assert wedge.discard() == 0


def test_the_rest_of_a_scan_that_had_begun_before_is_not_read(device: SimulatedWedge) -> None:
    """On a clock that stands still no pause is too long."""
    wedge = Wedge(device.url, open_keyboard=device.open_keyboard, clock=lambda: 1.0)
    with closing(wedge):
        wedge.discard()
        device.without_terminator()
        device.scan("]d2", b"10A")
        assert wedge.discard() == 0
        device.scan("", b"21B")
        device.scan("]d2", b"10C")
        assert wedge.read(soon()).data == b"10C"
