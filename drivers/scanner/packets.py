"""Scans in the packets of Zebra's Simple Serial Interface: checked, acknowledged, put together.

A scanner sends a packet again when nobody acknowledged it. Such a second copy counts only if it
was asked for, because the first came spoilt. Otherwise it is one that was read already, or one
from before the station listened, which must not be taken for the label in hand.

Source: Simple Serial Interface Programmer's Guide (Zebra 72E-40451), chapters 2 and 3.
"""

import re
from collections import deque

from drivers.scanner.scan import LONGEST
from drivers.scanner.ssi import (
    ACK,
    CMD_ACK,
    CMD_NAK,
    DECODE_DATA,
    NAK,
    SCANNER,
    Packet,
    frame_size,
    parse,
)

_SUFFIX = re.compile(rb"(\r\n|\r|\n)\Z")
"""What the scanner may have been set up to add to a scan; no GS1 data ends so."""


class Packets:
    """Implements drivers.scanner.framing.Framing."""

    def __init__(self) -> None:
        self.scans: deque[bytes] = deque()
        self._raw = b""
        self._parts = b""
        self._asked_again = False
        self._skipping = False

    @property
    def unfinished(self) -> bool:
        return bool(self._raw or self._parts)

    def take(self, data: bytes) -> bytes:
        self._raw += data
        replies = b""
        while self._raw and (size := frame_size(self._raw[0])) and len(self._raw) >= size:
            frame, self._raw = self._raw[:size], self._raw[size:]
            packet = parse(frame)
            replies += self._received(packet) if packet else self._ask_again()
        if self._raw and frame_size(self._raw[0]) is None:
            replies += self._ask_again()
        return replies

    def cut(self) -> bytes:
        if self._raw:
            return self._ask_again()
        self._drop_begun()
        return b""

    def clear(self) -> int:
        dropped = len(self.scans)
        self.scans.clear()
        self._raw, self._asked_again = b"", False
        self._drop_begun()
        return dropped

    def _drop_begun(self) -> None:
        """What is still to come of a scan in several packets is no scan."""
        self._skipping = self._skipping or bool(self._parts)
        self._parts = b""
        self._asked_again = False

    def _ask_again(self) -> bytes:
        """Where one packet ends and the next begins is lost with it: all that came is dropped."""
        self._raw, self._asked_again = b"", True
        return NAK.encode()

    def _received(self, packet: Packet) -> bytes:
        """A packet that says it is from a host is our own, come back over the line."""
        if packet.source != SCANNER or packet.opcode in {CMD_ACK, CMD_NAK}:
            return b""
        if packet.opcode == DECODE_DATA and (self._asked_again or not packet.retransmitted):
            self._asked_again = False
            self._decoded(packet)
        return ACK.encode()

    def _decoded(self, packet: Packet) -> None:
        """Each packet of a scan says its symbology; what comes after an overlong one is dropped."""
        self._parts = (self._parts + packet.data[1:])[: LONGEST + 3]
        if packet.continued:
            return
        scan, self._parts = _SUFFIX.sub(b"", self._parts, count=1), b""
        if not self._skipping and 0 < len(scan) <= LONGEST:
            self.scans.append(scan)
        self._skipping = False
