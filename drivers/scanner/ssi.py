"""One packet of Zebra's Simple Serial Interface.

    length  opcode  source  status  data …  checksum

Length counts everything but the checksum, which is the two's complement of the sum of all bytes
before it, high byte first. Source is 0 for the scanner and 4 for the host.

>>> ACK.encode().hex(" ")
'04 d0 04 00 ff 28'
>>> parse(bytes.fromhex("05 e6 04 00 00 ff 11")) == beep(HIGH)
True
>>> parse(bytes.fromhex("05 e6 04 00 01 ff 11")) is None
True

Source: Simple Serial Interface Programmer's Guide (Zebra 72E-40451), chapter 2.
"""

from dataclasses import dataclass, replace

SCANNER, HOST = 0x00, 0x04

CMD_ACK = 0xD0
CMD_NAK = 0xD1
BEEP = 0xE6
DECODE_DATA = 0xF3

RETRANSMITTED = 0x01
"""In the status: sent before, and not acknowledged."""

CONTINUED = 0x02
"""In the status: more of the same scan follows in the next packet."""

RESEND = 0x01
"""The cause in a CMD_NAK: the checksum was wrong."""

HIGH, TWO_LOW = 0x00, 0x06
"""Beeps: one short high, two short low."""

SHORTEST = 4
"""The least a length can say: itself, opcode, source and status."""

MOST_DATA = 0xFF - SHORTEST - 1
"""Characters of a scan in one packet; one byte says which symbology it was."""


@dataclass(frozen=True, slots=True)
class Packet:
    opcode: int
    source: int
    status: int = 0
    data: bytes = b""
    """Of DECODE_DATA: the scanner's own number for the symbology, then characters."""

    @property
    def retransmitted(self) -> bool:
        return bool(self.status & RETRANSMITTED)

    @property
    def continued(self) -> bool:
        return bool(self.status & CONTINUED)

    def again(self) -> "Packet":
        return replace(self, status=self.status | RETRANSMITTED)

    def encode(self) -> bytes:
        length = SHORTEST + len(self.data)
        body = bytes((length, self.opcode, self.source, self.status)) + self.data
        return body + _checksum(body)


ACK = Packet(CMD_ACK, HOST)
NAK = Packet(CMD_NAK, HOST, data=bytes((RESEND,)))


def beep(code: int) -> Packet:
    return Packet(BEEP, HOST, data=bytes((code,)))


def frame_size(length: int) -> int | None:
    """Bytes of a packet that begins with `length`; None where none begins so."""
    return length + 2 if length >= SHORTEST else None


def parse(frame: bytes) -> Packet | None:
    """The packet in exactly these bytes; None where its checksum or length is wrong."""
    if len(frame) < SHORTEST + 2 or frame[0] + 2 != len(frame):
        return None
    body = frame[:-2]
    if frame[-2:] != _checksum(body):
        return None
    return Packet(body[1], body[2], body[3], body[4:])


def _checksum(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")
