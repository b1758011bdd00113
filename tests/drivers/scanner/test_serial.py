"""A scan is complete or it is no scan."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from drivers.deadline import Deadline
from drivers.interface import Silent, Symbol, Unreachable
from drivers.scanner import Profile, SerialScanner, Wedge, open_scanner
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


def test_scans_that_lack_their_end_are_told_of_when_nothing_else_comes(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.without_terminator()
    scanner.scan("]d2", DATA)
    with pytest.raises(Silent, match=r"came without their end: 1\. .* send CR after each"):
        handheld.read(Deadline.after(0.5))


def test_what_the_scanner_loses_or_changes_comes_as_it_is(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    """Bytes decide; nothing here guesses what was meant."""
    scanner.lose_gs()
    scanner.scan("]d2", DATA)
    assert handheld.read(soon()).data == DATA.replace(b"\x1d", b"")
    scanner.translate_gs(b"^]")
    scanner.scan("]d2", DATA)
    assert handheld.read(soon()).data == DATA.replace(b"\x1d", b"^]")
    scanner.restore()
    scanner.drop_identifier()
    scanner.scan("]d2", DATA)
    assert handheld.read(soon()) == Symbol("", DATA, "scanner")


class Answered:
    """A simulated scanner of some make, and the driver that has to answer it."""

    def __init__(self, profile: Profile, *, waits: bool = False) -> None:
        self.device = SimulatedScanner(profile=profile, waits=waits)
        self.driver = SerialScanner(self.device.url, profile=profile)
        self.driver.discard()

    def close(self) -> None:
        self.driver.close()
        self.device.close()


@pytest.mark.parametrize(
    ("profile", "good", "bad"),
    [
        (Profile.HONEYWELL, b"\x1b7,", b"\x1b8,"),
        (Profile.DATALOGIC, b"\x12\x1b[3q\r", b"\x12\x1b[4q\r"),
        (
            Profile.ZEBRA_SSI,
            bytes.fromhex("05 e6 04 00 00 ff 11"),
            bytes.fromhex("05 e6 04 00 06 ff 0b"),
        ),
    ],
)
def test_the_hand_that_scanned_hears_what_became_of_the_label(
    profile: Profile, good: bytes, bad: bytes
) -> None:
    with closing(Answered(profile)) as rig:
        for verdict in (True, False):
            rig.device.scan("]d2", DATA)
            assert rig.driver.read(soon()).data == DATA
            rig.driver.answer(good=verdict)
        assert rig.device.wait_for_answers(2, soon()) == (good, bad)


def test_a_scanner_without_a_profile_is_sent_nothing(
    scanner: SimulatedScanner, handheld: SerialScanner
) -> None:
    scanner.scan("]d2", DATA)
    handheld.read(soon())
    handheld.answer(good=True)
    handheld.discard()
    assert scanner.wait_for_answers(1, Deadline.after(0.05)) == ()


def test_a_scanner_that_waits_is_let_go_on_when_the_label_has_another_symbol() -> None:
    with closing(Answered(Profile.HONEYWELL, waits=True)) as rig:
        rig.device.scan("]d2", b"A")
        rig.driver.read(soon())
        assert rig.device.blocked
        with pytest.raises(Silent):
            rig.driver.read(Deadline.after(0.02))
        assert rig.device.wait_for_answers(1, soon()) == (b"\x1b1,",)
        rig.device.scan("]C1", b"B")
        assert rig.driver.read(soon()).data == b"B"
        rig.driver.answer(good=True)
        assert rig.device.wait_for_answers(2, soon())[1:] == (b"\x1b7,",)
        assert not rig.device.blocked


def test_who_scanned_too_early_hears_that_it_did_not_count() -> None:
    with closing(Answered(Profile.HONEYWELL, waits=True)) as rig:
        rig.device.scan("]d2", b"A")
        assert rig.driver.discard() == 1
        assert rig.device.wait_for_answers(1, soon()) == (b"\x1b8,",)
        assert not rig.device.blocked


def test_a_scan_that_nobody_judged_does_not_block_the_scanner() -> None:
    with closing(Answered(Profile.HONEYWELL, waits=True)) as rig:
        rig.device.scan("]d2", b"A")
        rig.driver.read(soon())
        assert rig.driver.discard() == 0
        assert rig.device.wait_for_answers(1, soon()) == (b"\x1b1,",)
        rig.driver.discard()
        assert len(rig.device.wait_for_answers(2, Deadline.after(0.05))) == 1


def test_an_ssi_scanner_that_was_not_heard_is_heard_once_and_acknowledged() -> None:
    with closing(Answered(Profile.ZEBRA_SSI)) as rig:
        rig.device.scan("]d2", b"A")
        rig.device.send_again()
        assert rig.driver.read(soon()).data == b"A"
        with pytest.raises(Silent):
            rig.driver.read(Deadline.after(0.05))


def test_a_scan_from_before_the_label_that_is_sent_again_later_is_not_read() -> None:
    with closing(Answered(Profile.ZEBRA_SSI)) as rig:
        rig.device.ignore_host()
        rig.device.scan("]d2", b"A")
        assert rig.driver.discard() == 1
        rig.device.send_again()
        with pytest.raises(Silent):
            rig.driver.read(Deadline.after(0.05))


def test_a_spoilt_ssi_packet_is_asked_for_again() -> None:
    with closing(Answered(Profile.ZEBRA_SSI)) as rig:
        rig.device.spoil()
        rig.device.scan("]d2", DATA)
        assert rig.driver.read(soon()).data == DATA


def test_an_ssi_scan_longer_than_a_packet_is_put_together() -> None:
    with closing(Answered(Profile.ZEBRA_SSI)) as rig:
        rig.device.scan("]d2", DATA * 40)
        assert rig.driver.read(soon()).data == DATA * 40


def test_an_answer_that_is_not_taken_is_a_fault_and_not_a_wait() -> None:
    """The scanner has stopped the flow on its line (XOFF), and goes on later (XON)."""
    with (
        closing(SimulatedScanner(profile=Profile.HONEYWELL)) as device,
        closing(SerialScanner(f"{device.url}&flow=xonxoff", profile=Profile.HONEYWELL)) as driver,
    ):
        driver.discard()
        device.scan("]d2", b"A\r\x13")
        assert driver.read(soon()).data == b"A"
        with pytest.raises(Silent, match="took only 0 of 3 bytes"):
            driver.answer(good=True)
        device.send(b"\x11")
        driver.answer(good=True)
        driver.discard()
        device.scan("]d2", b"B")
        assert driver.read(soon()).data == b"B"
        assert device.answers == ()


def test_an_answer_over_a_line_that_is_gone_is_a_fault_once() -> None:
    with closing(Answered(Profile.HONEYWELL)) as rig:
        rig.device.unplug()
        with pytest.raises(Unreachable):
            rig.driver.answer(good=True)
        rig.driver.answer(good=True)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("serial:///dev/ttyUSB0", SerialScanner),
        ("tcp://192.0.2.40:2112", SerialScanner),
        ("wedge:///dev/input/event4", Wedge),
    ],
)
def test_the_address_says_which_kind_of_scanner_it_is(url: str, kind: type) -> None:
    assert isinstance(open_scanner(url, profile=Profile.HONEYWELL), kind)
