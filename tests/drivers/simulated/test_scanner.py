"""The simulated scanner sends on a line what a real one would."""

import os
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Symbol, Unreachable
from drivers.scanner.answers import Profile
from drivers.simulated.label import PrintedLabel
from drivers.simulated.scanner import SimulatedScanner
from drivers.wire import Wire, open_wire

LABEL = PrintedLabel(1, np.full((8, 8), 255, np.uint8), 8, b"")


@pytest.fixture
def scanner() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


@pytest.fixture
def wire(scanner: SimulatedScanner) -> Iterator[Wire]:
    opened = open_wire(scanner.url, deadline=Deadline.after(20))
    yield opened
    opened.close()


def test_a_scan_is_identifier_data_and_terminator(scanner: SimulatedScanner, wire: Wire) -> None:
    scanner.scan("]d2", b"10A\x1d21B", terminator=b"\r\n")
    assert wire.read(Deadline.after(20)) == b"]d210A\x1d21B\r\n"


def test_of_a_label_the_first_symbol_is_sent(scanner: SimulatedScanner, wire: Wire) -> None:
    seen: list[NDArray[np.uint8]] = []

    def decode(picture: NDArray[np.uint8]) -> tuple[Symbol, ...]:
        seen.append(picture)
        return Symbol("]C1", b"10A", "x"), Symbol("]d2", b"10B", "x")

    scanner.scan_label(LABEL, decode)
    assert wire.read(Deadline.after(20)) == b"]C110A\r"
    assert seen[0] is LABEL.picture


def test_of_a_label_that_cannot_be_read_nothing_is_sent(
    scanner: SimulatedScanner, wire: Wire
) -> None:
    scanner.scan_label(LABEL, lambda _picture: ())
    scanner.send(b"end")
    assert wire.read(Deadline.after(20)) == b"end"


def test_what_nobody_reads_is_lost_and_nobody_waits(scanner: SimulatedScanner) -> None:
    for _ in range(200):
        scanner.send(b"x" * 1000)


def test_the_line_is_there_until_the_scanner_is_closed(scanner: SimulatedScanner) -> None:
    path = scanner.url.removeprefix("serial://").partition("?")[0]
    assert os.path.exists(path)  # noqa: PTH110 - a device node


def test_a_scanner_that_was_plugged_in_again_has_the_same_address(
    scanner: SimulatedScanner, wire: Wire
) -> None:
    scanner.unplug()
    with pytest.raises(Unreachable):
        wire.read(Deadline.after(20))
    with pytest.raises(Unreachable):
        open_wire(scanner.url, deadline=Deadline.after(1))
    scanner.plug_in()
    again = open_wire(scanner.url, deadline=Deadline.after(20))
    scanner.scan("]d2", b"10A")
    assert again.read(Deadline.after(20)) == b"]d210A\r"
    again.close()


def test_what_is_done_to_an_unplugged_scanner_is_lost(scanner: SimulatedScanner) -> None:
    scanner.unplug()
    scanner.scan("]d2", b"10A")
    scanner.unplug()


def test_how_it_is_set_up_changes_every_scan_until_it_is_set_right(
    scanner: SimulatedScanner, wire: Wire
) -> None:
    scanner.translate_gs(b"|")
    scanner.drop_identifier()
    scanner.layout("de")
    for _ in range(2):
        scanner.scan("]d2", b"10y\x1d21-")
        assert wire.read(Deadline.after(20)) == b"10z21/\r"
    scanner.restore()
    scanner.scan("]d2", b"10y\x1d21-")
    assert wire.read(Deadline.after(20)) == b"]d210y\x1d21-\r"


def test_two_scans_are_glued_and_the_third_is_not(scanner: SimulatedScanner, wire: Wire) -> None:
    scanner.glue()
    scanner.scan("]d2", b"A")
    scanner.scan("]d2", b"B")
    assert wire.read(Deadline.after(20)) == b"]d2A\r]d2B\r"
    scanner.scan("]d2", b"C")
    assert wire.read(Deadline.after(20)) == b"]d2C\r"


def test_one_scan_is_spoilt_and_one_lacks_its_end(scanner: SimulatedScanner, wire: Wire) -> None:
    scanner.spoil()
    scanner.without_terminator()
    scanner.scan("]d2", b"AAA")
    assert wire.read(Deadline.after(20)) == b"]d2@AA"
    scanner.noise(b"\xff\x00")
    assert wire.read(Deadline.after(20)) == b"\xff\x00"


def test_what_it_was_told_is_remembered(scanner: SimulatedScanner, wire: Wire) -> None:
    wire.write(b"hello", Deadline.after(20))
    assert b"".join(scanner.wait_for_answers(1, Deadline.after(20))) == b"hello"


def test_one_that_waits_is_dead_until_it_is_answered_or_gives_up() -> None:
    with closing(SimulatedScanner(profile=Profile.HONEYWELL, waits=True)) as scanner:
        wire = open_wire(scanner.url, deadline=Deadline.after(20))
        scanner.scan("]d2", b"A")
        scanner.scan("]d2", b"B")
        assert wire.read(Deadline.after(20)) == b"]d2A\r"
        scanner.give_up()
        scanner.scan("]d2", b"C")
        assert wire.read(Deadline.after(20)) == b"]d2C\r"
        wire.write(b"\x1b7,", Deadline.after(20))
        assert scanner.wait_for_answers(1, Deadline.after(20)) == (b"\x1b7,",)
        assert not scanner.blocked
        wire.close()
