"""A scan is complete or it is no scan."""

import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.handheld import Handheld
from drivers.interface import Silent, Symbol, Unreachable
from drivers.simulated.scanner import SimulatedScanner

DATA = b"010697286918212510A1\x1d21B2"


@pytest.fixture
def scanner() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


@pytest.fixture
def handheld(scanner: SimulatedScanner) -> Iterator[Handheld]:
    driver = Handheld(scanner.url)
    driver.discard()
    yield driver
    driver.close()


def soon() -> Deadline:
    return Deadline.after(5.0)


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
def test_a_scan_keeps_its_separators_and_loses_only_its_terminator(
    scanner: SimulatedScanner, handheld: Handheld, terminator: bytes
) -> None:
    scanner.scan("]d2", DATA, terminator=terminator)
    assert handheld.read(soon()) == Symbol("]d2", DATA, "scanner")


@pytest.mark.parametrize("byte", [b"\x03", b"\x04", b"\x11", b"\x13", b"\x1a", b"\xff", b" "])
def test_the_line_is_raw_and_swallows_no_byte(
    scanner: SimulatedScanner, handheld: Handheld, byte: bytes
) -> None:
    scanner.scan("]C1", byte + b"AB" + byte)
    assert handheld.read(soon()).data == byte + b"AB" + byte


def test_two_scans_glued_together_are_two(scanner: SimulatedScanner, handheld: Handheld) -> None:
    scanner.send(b"]d2A\r]C1B\r")
    assert [handheld.read(soon()).data for _ in range(2)] == [b"A", b"B"]


def test_a_scan_without_identifier_says_so(scanner: SimulatedScanner, handheld: Handheld) -> None:
    scanner.send(DATA + b"\r")
    assert handheld.read(soon()) == Symbol("", DATA, "scanner")


def test_a_scan_without_terminator_is_dropped(
    scanner: SimulatedScanner, handheld: Handheld
) -> None:
    scanner.send(b"]d2half")
    with pytest.raises(Silent, match="nothing was scanned in time"):
        handheld.read(Deadline.after(0.8))
    scanner.send(b"]d2whole\r")
    assert handheld.read(soon()).data == b"whole"


def test_noise_without_end_is_not_kept(scanner: SimulatedScanner, handheld: Handheld) -> None:
    for _ in range(8):
        scanner.send(b"x" * 1000)
        with pytest.raises(Silent):
            handheld.read(Deadline.after(0.05))
    scanner.send(b"\r]d2A\r")
    assert handheld.read(soon()).data == b"A"


def test_what_was_scanned_before_is_forgotten_on_request(
    scanner: SimulatedScanner, handheld: Handheld
) -> None:
    scanner.send(b"]d2A\r]d2B\r]d2C")
    first = handheld.read(soon())
    assert first.data == b"A"
    assert handheld.discard() == 1
    scanner.send(b"\r]d2D\r")
    assert handheld.read(soon()).data == b"D"


def test_empty_lines_are_no_scans(scanner: SimulatedScanner, handheld: Handheld) -> None:
    scanner.send(b"\r\n\r\n]d2A\r\n")
    assert handheld.read(soon()).data == b"A"


def test_a_scanner_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(Unreachable):
        Handheld("serial:///dev/there-is-none?baud=9600").read(soon())


def test_a_closed_scanner_is_opened_again_at_the_next_use(
    scanner: SimulatedScanner, handheld: Handheld
) -> None:
    scanner.scan("]d2", b"A")
    assert handheld.read(soon()).data == b"A"
    handheld.close()
    handheld.discard()
    scanner.scan("]d2", b"B")
    assert handheld.read(soon()).data == b"B"


def test_a_scan_that_straddles_two_readings_is_one(scanner: SimulatedScanner) -> None:
    """On a clock that stands still no pause is too long."""
    handheld = Handheld(scanner.url, clock=lambda: 1.0)
    handheld.discard()
    scanner.send(b"]d2fir")
    with pytest.raises(Silent):
        handheld.read(Deadline.after(0.02))
    scanner.send(b"st\r")
    assert handheld.read(soon()) == Symbol("]d2", b"first", "scanner")
    handheld.close()


def test_a_scan_longer_than_any_is_dropped_whole(
    scanner: SimulatedScanner, handheld: Handheld
) -> None:
    for _ in range(5):
        scanner.send(b"]d2" + b"9" * 1000)
        with pytest.raises(Silent):
            handheld.read(Deadline.after(0.02))
    scanner.send(b"\r]d2A\r")
    assert handheld.read(soon()).data == b"A"


def test_nothing_read_before_a_failure_is_given_after_it(
    scanner: SimulatedScanner, handheld: Handheld
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
    handheld = Handheld(f"tcp://127.0.0.1:{network_scanner.getsockname()[1]}", name="line 2")
    handheld.discard()
    connection, _ = network_scanner.accept()
    connection.sendall(b"]C1" + DATA + b"\r\n")
    assert handheld.read(soon()) == Symbol("]C1", DATA, "line 2")
    connection.close()
    with pytest.raises(Unreachable):
        handheld.read(soon())
    handheld.close()


@settings(max_examples=40, deadline=None)
@given(
    scans=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6),
    cuts=st.lists(st.integers(1, 40), max_size=8),
)
def test_every_byte_between_two_terminators_survives(scans: list[bytes], cuts: list[int]) -> None:
    """However the bytes are cut on the wire, and whatever they are."""
    kept = [re.sub(rb"[\r\n]", b"\x1d", scan) for scan in scans]
    handheld, sent = Handheld("serial:///dev/null"), b"".join(scan + b"\r" for scan in kept)
    for cut in cuts:
        handheld._take(sent[:cut])
        sent = sent[cut:]
    handheld._take(sent)
    read = [handheld.read(soon()) for _ in kept]
    assert [each.identifier.encode() + each.data for each in read] == kept
    assert all(re.fullmatch(r"(\][A-Za-z][0-9A-Za-z])?", each.identifier) for each in read)
