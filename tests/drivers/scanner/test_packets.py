"""A packet counts once, whole and unspoilt; nothing from before counts at all."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.scanner.packets import Packets
from drivers.scanner.scan import LONGEST
from drivers.scanner.ssi import (
    ACK,
    CMD_ACK,
    CMD_NAK,
    CONTINUED,
    DECODE_DATA,
    HOST,
    MOST_DATA,
    NAK,
    RETRANSMITTED,
    SCANNER,
    Packet,
    parse,
)

CAPTURES = Path(__file__).parents[2] / "captures" / "scanner"


def decoded(data: bytes, status: int = 0) -> bytes:
    return Packet(DECODE_DATA, SCANNER, status, b"\x1b" + data).encode()


packets = st.builds(
    Packet,
    opcode=st.integers(0, 255),
    source=st.sampled_from([SCANNER, HOST]),
    status=st.integers(0, 255),
    data=st.binary(max_size=MOST_DATA + 1),
)


@given(packets)
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    assert parse(packet.encode()) == packet


@given(packets, st.data())
def test_a_packet_with_one_wrong_byte_is_none(packet: Packet, data: st.DataObject) -> None:
    frame = bytearray(packet.encode())
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] ^= data.draw(st.integers(1, 255))
    assert parse(bytes(frame)) is None


@settings(deadline=None)
@given(
    scans=st.lists(st.binary(min_size=1, max_size=600), min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 900), max_size=8),
)
def test_scans_in_any_number_of_packets_and_pieces_come_whole(
    scans: list[bytes], cuts: list[int]
) -> None:
    scans = [scan.replace(b"\r", b"_").replace(b"\n", b"_") for scan in scans]
    sent = b"".join(_in_packets(scan) for scan in scans)
    packets, replies = Packets(), b""
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    for start, end in pairwise(places):
        replies += packets.take(sent[start:end])
    assert list(packets.scans) == scans
    assert not packets.unfinished
    assert replies == ACK.encode() * (len(replies) // len(ACK.encode()))


def _in_packets(scan: bytes) -> bytes:
    pieces = [scan[at : at + MOST_DATA] for at in range(0, len(scan), MOST_DATA)]
    return b"".join(decoded(each, CONTINUED) for each in pieces[:-1]) + decoded(pieces[-1])


@given(st.lists(st.binary(max_size=400), max_size=12))
def test_no_bytes_do_more_than_be_refused(noise: list[bytes]) -> None:
    packets = Packets()
    for each in noise:
        for reply in (packets.take(each), packets.cut()):
            assert reply.replace(ACK.encode(), b"").replace(NAK.encode(), b"") == b""
    assert all(len(each) <= LONGEST for each in packets.scans)
    assert not packets.unfinished


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b""])
def test_what_the_scanner_adds_at_the_end_is_no_data(suffix: bytes) -> None:
    packets = Packets()
    packets.take(decoded(b"]d210A" + suffix))
    assert list(packets.scans) == [b"]d210A"]


def test_a_spoilt_packet_is_asked_for_and_its_second_copy_is_taken() -> None:
    packets, spoilt = Packets(), bytearray(decoded(b"]d210A"))
    spoilt[6] ^= 1
    assert packets.take(bytes(spoilt)) == NAK.encode()
    assert packets.take(decoded(b"]d210A", RETRANSMITTED)) == ACK.encode()
    assert list(packets.scans) == [b"]d210A"]


def test_a_second_copy_that_nobody_asked_for_is_acknowledged_and_dropped() -> None:
    packets = Packets()
    packets.take(decoded(b"]d210A"))
    assert packets.take(decoded(b"]d210A", RETRANSMITTED)) == ACK.encode()
    assert list(packets.scans) == [b"]d210A"]


def test_a_second_copy_of_what_was_cleared_away_is_not_read() -> None:
    """It was scanned before the label in hand."""
    packets, spoilt = Packets(), bytearray(decoded(b"]d210A"))
    spoilt[6] ^= 1
    packets.take(bytes(spoilt))
    packets.clear()
    packets.take(decoded(b"]d210A", RETRANSMITTED))
    assert not packets.scans


def test_the_end_of_a_scan_whose_beginning_was_cleared_away_is_none() -> None:
    packets = Packets()
    packets.take(decoded(b"]d210A", CONTINUED))
    assert packets.clear() == 0
    packets.take(decoded(b"]d221B"))
    packets.take(decoded(b"]d210C"))
    assert list(packets.scans) == [b"]d210C"]


def test_the_end_of_a_scan_that_did_not_go_on_in_time_is_none() -> None:
    packets = Packets()
    packets.take(decoded(b"]d210A", CONTINUED))
    assert packets.cut() == b""
    packets.take(decoded(b"]d221B"))
    packets.take(decoded(b"]d210C"))
    assert list(packets.scans) == [b"]d210C"]


def test_half_a_packet_is_asked_for_again_after_a_pause() -> None:
    packets = Packets()
    assert packets.take(decoded(b"]d210A")[:-3]) == b""
    assert packets.cut() == NAK.encode()
    packets.take(decoded(b"]d210A", RETRANSMITTED))
    assert list(packets.scans) == [b"]d210A"]


def test_a_scan_that_is_too_long_is_dropped_and_the_next_one_read() -> None:
    packets = Packets()
    for _ in range(30):
        packets.take(decoded(b"9" * MOST_DATA, CONTINUED))
    packets.take(decoded(b"9"))
    packets.take(decoded(b"]d210A"))
    assert list(packets.scans) == [b"]d210A"]


@pytest.mark.parametrize("opcode", [CMD_ACK, CMD_NAK])
def test_an_acknowledgement_is_not_acknowledged(opcode: int) -> None:
    assert Packets().take(Packet(opcode, SCANNER).encode()) == b""


def test_our_own_packets_that_come_back_are_ignored() -> None:
    packets = Packets()
    assert packets.take(Packet(DECODE_DATA, HOST, 0, b"\x1b]d210A").encode()) == b""
    assert not packets.scans


def test_what_has_no_meaning_here_is_acknowledged() -> None:
    """An event of the scanner's, such as its start; otherwise it would be sent three times."""
    assert Packets().take(Packet(0xF6, SCANNER, data=b"\x03").encode()) == ACK.encode()


@pytest.mark.parametrize("path", sorted(CAPTURES.glob("ssi-*.txt")), ids=lambda path: path.stem)
def test_recorded_exchanges_come_out_as_they_say(path: Path) -> None:
    """Lines of hex: "<" from the scanner, ">" what it has to be answered, "=" a scan read."""
    packets, pending = Packets(), b""
    for line in path.read_text(encoding="ascii").splitlines():
        match line[:2]:
            case "< ":
                pending += packets.take(bytes.fromhex(line[2:]))
            case "~ ":
                pending += packets.cut()
            case "> ":
                expected = bytes.fromhex(line[2:])
                assert pending[: len(expected)] == expected
                pending = pending[len(expected) :]
            case "= ":
                assert packets.scans.popleft() == bytes.fromhex(line[2:])
    assert not pending
    assert not packets.scans
