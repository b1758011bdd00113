"""A scan is complete or it is no scan."""

import socket
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import Silent, Symbol, Unreachable
from drivers.scanner.serial import SerialScanner
from drivers.simulated.scanner import SimulatedScanner

DATA = b"010697286918212510A1\x1d21B2"


@pytest.fixture
def scanner() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


@pytest.fixture
def handheld(scanner: SimulatedScanner) -> Iterator[SerialScanner]:
    driver = SerialScanner(scanner.url)
    driver.discard()
    yield driver
    driver.close()


def soon() -> Deadline:
    return Deadline.after(5.0)


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
def test_a_scan_keeps_its_separators_and_loses_only_its_terminator(
    scanner: SimulatedScanner, handheld: SerialScanner, terminator: bytes
) -> None:
    scanner.scan("]d2", DATA, terminator=terminator)
    assert handheld.read(soon()) == Symbol("]d2", DATA, "scanner")


@pytest.mark.parametrize("byte", [b"\x03", b"\x04", b"\x11", b"\x13", b"\x1a", b"\xff", b" "])
def test_the_line_is_raw_and_swallows_no_byte(
    scanner: SimulatedScanner, handheld: SerialScanner, byte: bytes
) -> None:
    scanner.scan("]C1", byte + b"AB" + byte)
    assert handheld.read(soon()).data == byte + b"AB" + byte


def test_two_scans_glued_together_are_two(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.send(b"]d2A\r]C1B\r")
    assert [handheld.read(soon()).data for _ in range(2)] == [b"A", b"B"]


def test_a_scan_without_identifier_says_so(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.send(DATA + b"\r")
    assert handheld.read(soon()) == Symbol("", DATA, "scanner")


def test_a_scan_without_terminator_is_dropped(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.send(b"]d2half")
    with pytest.raises(Silent, match="nothing was scanned in time"):
        handheld.read(Deadline.after(0.8))
    scanner.send(b"]d2whole\r")
    assert handheld.read(soon()).data == b"whole"


def test_noise_without_end_is_not_kept(scanner: SimulatedScanner, handheld: SerialScanner) -> None:
    for _ in range(8):
        scanner.send(b"x" * 1000)
        with pytest.raises(Silent):
            handheld.read(Deadline.after(0.05))
    scanner.send(b"\r]d2A\r")
    assert handheld.read(soon()).data == b"A"


def test_what_was_scanned_before_is_forgotten_on_request(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.send(b"]d2A\r]d2B\r]d2C")
    first = handheld.read(soon())
    assert first.data == b"A"
    assert handheld.discard() == 1
    scanner.send(b"\r]d2D\r")
    assert handheld.read(soon()).data == b"D"


def test_empty_lines_are_no_scans(scanner: SimulatedScanner, handheld: SerialScanner) -> None:
    scanner.send(b"\r\n\r\n]d2A\r\n")
    assert handheld.read(soon()).data == b"A"


def test_a_scanner_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(Unreachable):
        SerialScanner("serial:///dev/there-is-none?baud=9600").read(soon())


def test_a_closed_scanner_is_opened_again_at_the_next_use(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.scan("]d2", b"A")
    assert handheld.read(soon()).data == b"A"
    handheld.close()
    handheld.discard()
    scanner.scan("]d2", b"B")
    assert handheld.read(soon()).data == b"B"


def test_a_scan_that_straddles_two_readings_is_one(scanner: SimulatedScanner) -> None:
    """On a clock that stands still no pause is too long."""
    handheld = SerialScanner(scanner.url, clock=lambda: 1.0)
    handheld.discard()
    scanner.send(b"]d2fir")
    with pytest.raises(Silent):
        handheld.read(Deadline.after(0.02))
    scanner.send(b"st\r")
    assert handheld.read(soon()) == Symbol("]d2", b"first", "scanner")
    handheld.close()


def test_a_scan_longer_than_any_is_dropped_whole(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    for _ in range(5):
        scanner.send(b"]d2" + b"9" * 1000)
        with pytest.raises(Silent):
            handheld.read(Deadline.after(0.02))
    scanner.send(b"\r]d2A\r")
    assert handheld.read(soon()).data == b"A"


def test_nothing_read_before_a_failure_is_given_after_it(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.send(b"]d2A\r]d2B\r")
    assert handheld.read(soon()).data == b"A"
    handheld.close()
    with pytest.raises(Silent):
        handheld.read(Deadline.after(0.05))


@pytest.fixture
def network_scanner() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_scanner_on_the_network_reads_like_one_on_a_serial_line(
    network_scanner: socket.socket,
) -> None:
    handheld = SerialScanner(f"tcp://127.0.0.1:{network_scanner.getsockname()[1]}", name="line 2")
    handheld.discard()
    connection, _ = network_scanner.accept()
    connection.sendall(b"]C1" + DATA + b"\r\n")
    assert handheld.read(soon()) == Symbol("]C1", DATA, "line 2")
    connection.close()
    with pytest.raises(Unreachable):
        handheld.read(soon())
    handheld.close()
