r"""A label printer that speaks ZPL, asked with ~HS what it is doing.

The answer is three frames, STX … ETX CR LF, of 12, 11 and 2 fields (ZPL II Programming Guide,
~HS). This one says: paper out, paused, head open, ribbon out, three labels to go.

>>> status = parse_status((b"030,1,1,0320,002,0,0,0,000,0,0,0",
...                        b"000,0,1,1,1,4,6,0,00000003,1,000", b"1234,0"))
>>> ", ".join(status.conditions), status.formats_in_buffer, status.labels_remaining
('head-open, paper-out, ribbon-out, paused', 2, 3)

Nothing is ever sent twice. After any failure the connection is dropped, so that a late answer
cannot be taken for the answer to a later question; the next verb connects again.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, PrinterStatus, Silent
from drivers.wire import Wire, open_wire

_FIELDS = (12, 11, 2)
_FRAME_LIMIT = 256
_GOT_LIMIT = 80

_FLOW_CONTROL = bytes((0x11, 0x13))
"""XON and XOFF, which land among the answers where the line does not obey them."""

_CLEAN_START = b"~JX~JA^XA^JZN^XZ"
"""End a half-sent format, cancel what waits, never print a label again after an error. The print
mode is the plant's choice and stays as it is."""

_HUSH_SECONDS = 0.2

# They come and go while the printer is still taking a format in.
_PASSING = frozenset({Condition.BUFFER_FULL, Condition.PARTIAL_FORMAT})


class Zebra:
    """Implements drivers.interface.Printer. For one thread at a time."""

    def __init__(
        self, url: str, *, answer_seconds: float = 2.0, poll_seconds: float = 0.02
    ) -> None:
        """answer_seconds: how long ~HS may take. poll_seconds: the pause between two of them."""
        self._url = url
        self._name = f"printer {url}"
        self._answer_seconds = answer_seconds
        self._poll_seconds = poll_seconds
        self._wire: Wire | None = None

    def prepare(self, deadline: Deadline) -> None:
        """Start clean: nothing of an earlier session is left to be printed or to be read.

        Raises Silent when the printer does not become idle in time.
        """
        with self._connected(deadline) as wire:
            wire.write(_CLEAN_START, deadline)
            self._hush(wire, deadline)
            self._settle(wire, deadline, fatal=frozenset())

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask once. Raises Silent, Garbled or Unreachable."""
        with self._connected(deadline) as wire:
            return self._ask(wire, deadline)

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        """Send graphics or formats to keep, and wait until the printer has taken them in.

        Paper, ribbon and head do not matter here. Raises NotReady when its memory is bad.
        """
        with self._connected(deadline) as wire:
            wire.write(zpl, deadline)
            self._settle(wire, deadline, fatal=frozenset({Condition.CORRUPT_MEMORY}))

    def print(self, zpl: bytes, deadline: Deadline) -> None:
        """Print one label: see drivers.interface.Printer."""
        with self._connected(deadline) as wire:
            self._require_ready(self._ask(wire, deadline))
            wire.write(zpl, deadline)
            self._settle(wire, deadline, fatal=frozenset(Condition) - _PASSING)

    def odometer(self, deadline: Deadline) -> int | None:  # noqa: ARG002
        return None

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @contextmanager
    def _connected(self, deadline: Deadline) -> Iterator[Wire]:
        """The wire, opened if need be; dropped by whatever goes wrong on it.

        A connection that the printer closed while nobody spoke is reported, not mended: the
        printer may have been switched off, and has then forgotten what `prepare` told it.
        """
        if self._wire is None:
            self._wire = open_wire(self._url, deadline=deadline)
        with ExitStack() as on_error:
            on_error.callback(self.close)
            yield self._wire
            on_error.pop_all()

    def _hush(self, wire: Wire, deadline: Deadline) -> None:
        """Read away the late answers to questions of an earlier session, until none comes."""
        enough = deadline.at_most(self._answer_seconds)
        while not enough.expired:
            try:
                wire.read(enough.at_most(_HUSH_SECONDS))
            except Silent:
                if enough.remaining() > 0:
                    return
                break  # cut off by the time allowed: no pause
        raise Garbled(self._name, "does not stop talking")

    def _require_ready(self, status: PrinterStatus) -> None:
        conditions = status.conditions
        if not status.idle:
            conditions += (Condition.JOB_LEFT,)
        if conditions:
            raise self._not_ready(conditions)

    def _settle(self, wire: Wire, deadline: Deadline, *, fatal: frozenset[Condition]) -> None:
        """Ask until the printer is idle and has nothing half received."""
        status = self._ask(wire, deadline)
        while not self._done(status, fatal):
            if deadline.remaining() <= self._poll_seconds:
                raise self._not_finished(status)
            time.sleep(self._poll_seconds)
            try:
                status = self._ask(wire, deadline)
            except (Silent, Garbled) as cut_off:
                if deadline.expired:
                    raise self._not_finished(status) from cut_off
                raise

    def _done(self, status: PrinterStatus, fatal: frozenset[Condition]) -> bool:
        if fatal.intersection(status.conditions):
            raise self._not_ready(status.conditions)
        return status.idle and not _PASSING.intersection(status.conditions)

    def _ask(self, wire: Wire, deadline: Deadline) -> PrinterStatus:
        wire.drain()
        soon = deadline.at_most(self._answer_seconds)
        wire.write(b"~HS", soon)
        answer = _Answer(self._name)
        while not answer.complete:
            try:
                answer.add(wire.read(soon))
            except Silent as silent:
                raise answer.missing() from silent
        return answer.status()

    def _not_ready(self, conditions: tuple[Condition, ...]) -> NotReady:
        return NotReady(self._name, _words(conditions), *conditions)

    def _not_finished(self, status: PrinterStatus) -> NotReady | Silent:
        if status.idle:
            return self._not_ready(status.conditions)
        return Silent(
            self._name,
            f"not done in time: {status.formats_in_buffer} formats in the buffer, "
            f"{status.labels_remaining} labels remaining",
        )


class _Answer:
    """Three frames out of whatever pieces and other text they come in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._buffer = bytearray()
        self._frames: list[bytes] = []
        self._got = b""
        """The beginning of everything that came, for the sentence of an error."""

    @property
    def complete(self) -> bool:
        return len(self._frames) == len(_FIELDS)

    def add(self, data: bytes) -> None:
        """Raises Garbled for a frame that is none of these."""
        plain = data.translate(None, _FLOW_CONTROL)
        self._got = (self._got + plain)[:_GOT_LIMIT]
        self._buffer += plain
        while not self.complete and (frame := self._cut()) is not None:
            if frame.count(b",") + 1 != _FIELDS[len(self._frames)]:
                raise self._garbled()
            self._frames.append(frame)

    def status(self) -> PrinterStatus:
        first, second, third = self._frames
        try:
            return parse_status((first, second, third))
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error

    def missing(self) -> Silent | Garbled:
        """Why there is no answer: nothing came, or nothing that is one."""
        return self._garbled() if self._got else Silent(self._name, "no answer in time")

    def _cut(self) -> bytes | None:
        """The next whole frame. Text before it is somebody else's: an alert, an echo."""
        start = self._buffer.find(b"\x02")
        del self._buffer[: start if start >= 0 else len(self._buffer)]
        end = self._buffer.find(b"\x03\r\n")
        if end < 0:
            if len(self._buffer) > _FRAME_LIMIT:
                raise self._garbled()
            return None
        frame = bytes(self._buffer[1:end])
        del self._buffer[: end + 3]
        return frame

    def _garbled(self) -> Garbled:
        return Garbled(self._name, f"expected three status frames, got {self._got!r}")


def parse_status(frames: tuple[bytes, bytes, bytes]) -> PrinterStatus:
    """Frames without STX, ETX, CR, LF and with the right number of fields. Raises ValueError."""
    first, second = (frame.split(b",") for frame in frames[:2])
    return PrinterStatus(
        paper_out=_flag(first[1]),
        paused=_flag(first[2]),
        formats_in_buffer=_count(first[4]),
        buffer_full=_flag(first[5]),
        partial_format=_flag(first[7]),
        corrupt_memory=_flag(first[9]),
        under_temperature=_flag(first[10]),
        over_temperature=_flag(first[11]),
        head_open=_flag(second[2]),
        ribbon_out=_flag(second[3]),
        label_waiting=_flag(second[7]),
        labels_remaining=_count(second[8]),
        graphics_stored=_count(second[10]),
    )


def _flag(field: bytes) -> bool:
    if field not in {b"0", b"1"}:
        raise ValueError(f"expected 0 or 1 in a status frame, got {field!r}")
    return field == b"1"


def _count(field: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,8}", field):
        raise ValueError(f"expected a number in a status frame, got {field!r}")
    return int(field)


def _words(conditions: tuple[Condition, ...]) -> str:
    return ", ".join(condition.replace("-", " ") for condition in conditions)
