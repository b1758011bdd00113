"""The simulated scanner sends on a line what a real one would."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Symbol
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
