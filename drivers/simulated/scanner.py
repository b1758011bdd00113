r"""A handheld scanner on a pseudo terminal: what it sends arrives as from a real serial line.

    scanner = SimulatedScanner(profile=Profile.HONEYWELL, waits=True)
    scanner.lose_gs()
    scanner.scan("]d2", b"10A1\x1d21B2")
    scanner.unplug()

Everything a real one does wrong happens on command. Nothing depends on the time: where a real one
has waited too long, `give_up` or `send_again` is called.
"""

import tempfile
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Symbol
from drivers.scanner.answers import Profile
from drivers.scanner.ssi import (
    CMD_ACK,
    CMD_NAK,
    CONTINUED,
    DECODE_DATA,
    MOST_DATA,
    SCANNER,
    Packet,
    frame_size,
    parse,
)
from drivers.simulated.label import PrintedLabel
from drivers.simulated.line import Line
from drivers.simulated.setup import ScannerSetup

_DATA_MATRIX = b"\x1b"
"""SSI's own number for the symbology."""

_ANSWER_ENDS = {Profile.HONEYWELL: b",", Profile.DATALOGIC: b"\r"}


class SimulatedScanner(ScannerSetup):
    def __init__(self, *, profile: Profile = Profile.NONE, waits: bool = False) -> None:
        """`waits`: after each scan its trigger is dead until it is answered."""
        super().__init__()
        self._profile = profile
        self._waits = waits
        self._folder = tempfile.TemporaryDirectory(prefix="scanner-")
        self._link = Path(self._folder.name) / "scanner"
        self.url = f"serial://{self._link}?baud=115200"
        self._changed = threading.Condition(threading.RLock())
        self._line: Line | None = None
        self._answers: list[bytes] = []
        self._heard_so_far = b""
        self._queue: deque[Packet] = deque()
        self._unacknowledged: Packet | None = None
        self._endless = self._spoilt = self._deaf = False
        self._held: bytes | None = None
        self.blocked = False
        self.plug_in()

    @property
    def answers(self) -> tuple[bytes, ...]:
        """What it was told, one by one; of SSI without the acknowledgements."""
        with self._changed:
            return tuple(self._answers)

    def wait_for_answers(self, count: int, deadline: Deadline) -> tuple[bytes, ...]:
        """As soon as there are so many, or what there is at the deadline."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._answers) >= count, deadline.remaining())
            return tuple(self._answers)

    def scan(self, identifier: str, data: bytes, *, terminator: bytes = b"\r") -> None:
        """Aim at a symbol and press the trigger."""
        with self._changed:
            if self.blocked:
                return
            self.blocked = self._waits
            text = self.sent(identifier, data)
            if self._profile is Profile.ZEBRA_SSI:
                self._queue.extend(_packets(text))
                self._send_next()
            else:
                self._transmit(text + terminator, end=len(terminator))

    def scan_label(
        self, label: PrintedLabel, decode: Callable[[NDArray[np.uint8]], tuple[Symbol, ...]]
    ) -> None:
        """Aim at a label: sends the first symbol `decode` finds, or nothing, like a real one."""
        for symbol in decode(label.picture)[:1]:
            self.scan(symbol.identifier, symbol.data)

    def send(self, raw: bytes) -> None:
        """Any bytes, as they are. What nobody reads is lost once the line's buffer is full."""
        with self._changed:
            if self._line:
                self._line.write(raw)

    def noise(self, raw: bytes) -> None:
        """What a motor beside the cable puts on the line."""
        self.send(raw)

    def without_terminator(self) -> None:
        """The next scan lacks its end: CR, or the last bytes of its packet."""
        self._endless = True

    def glue(self) -> None:
        """The next two scans arrive in one piece."""
        self._held = b""

    def spoil(self) -> None:
        """One byte of the next scan is changed on the way."""
        self._spoilt = True

    def ignore_host(self) -> None:
        """It hears nothing more of what it is told."""
        self._deaf = True

    def send_again(self) -> None:
        """SSI: nobody acknowledged in time, so the packet is sent once more."""
        with self._changed:
            if self._unacknowledged:
                self._send(self._unacknowledged.again())

    def give_up(self) -> None:
        """Nobody answered in time: it complains, and its trigger works again."""
        with self._changed:
            self.blocked = False
            self._queue.clear()
            self._unacknowledged = None

    def unplug(self) -> None:
        with self._changed:
            line, self._line = self._line, None
        if line:
            line.pull_out()
        self.give_up()

    def plug_in(self) -> None:
        """Another terminal under the same address, as after a cable was pulled."""
        with self._changed:
            self._heard_so_far = b""
            self._line = self._line or Line(self._link, self._heard)

    def close(self) -> None:
        self.unplug()
        self._folder.cleanup()

    def _transmit(self, data: bytes, *, end: int) -> None:
        if self._endless:
            data = data[: len(data) - end]
        if self._spoilt:
            middle = len(data) // 2
            data = data[:middle] + bytes((data[middle] ^ 0x01,)) + data[middle + 1 :]
        self._endless = self._spoilt = False
        if self._held == b"":
            self._held = data
        else:
            data, self._held = (self._held or b"") + data, None
            self.send(data)

    def _send_next(self) -> None:
        """Each packet is acknowledged before the next; of two that are glued the first is not."""
        glued = self._held is not None
        if self._queue and (glued or self._unacknowledged is None):
            self._send(self._queue.popleft())

    def _send(self, packet: Packet) -> None:
        self._unacknowledged = packet
        self._transmit(packet.encode(), end=3)

    def _heard(self, data: bytes) -> None:
        """Runs on the line's thread."""
        with self._changed:
            if self._deaf:
                return
            self._heard_so_far += data
            if self._profile is Profile.ZEBRA_SSI:
                self._hear_packets()
            else:
                self._hear_answers(_ANSWER_ENDS.get(self._profile))
            self._changed.notify_all()

    def _hear_answers(self, end: bytes | None) -> None:
        if end is None:
            self._answers.append(self._heard_so_far)
            self._heard_so_far = b""
            return
        *whole, self._heard_so_far = self._heard_so_far.split(end)
        self._answers.extend(each + end for each in whole)
        self.blocked = self.blocked and not whole

    def _hear_packets(self) -> None:
        while self._heard_so_far and (size := frame_size(self._heard_so_far[0])):
            frame, rest = self._heard_so_far[:size], self._heard_so_far[size:]
            if len(frame) < size:
                return
            self._heard_so_far = rest
            packet = parse(frame)
            assert packet, f"the station sends good packets, got {frame.hex()}"
            self._hear_packet(packet, frame)

    def _hear_packet(self, packet: Packet, frame: bytes) -> None:
        if packet.opcode == CMD_ACK:
            self._unacknowledged = None
            self._send_next()
        elif packet.opcode == CMD_NAK:
            self.send_again()
        else:
            self._answers.append(frame)
            self.blocked = False
            self.send(Packet(CMD_ACK, SCANNER).encode())


def _packets(text: bytes) -> tuple[Packet, ...]:
    pieces = [text[at : at + MOST_DATA] for at in range(0, len(text), MOST_DATA)] or [b""]
    last = len(pieces) - 1
    return tuple(
        Packet(DECODE_DATA, SCANNER, CONTINUED if at < last else 0, _DATA_MATRIX + piece)
        for at, piece in enumerate(pieces)
    )
