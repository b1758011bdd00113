r"""What ~HS answers: three frames, STX … ETX CR LF, of 12, 11 and 2 fields (ZPL II Programming
Guide, ~HS Host Status Return). This one says: paper out, paused, head open, ribbon out, three
labels to go.

>>> status = parse_status((b"030,1,1,0320,002,0,0,0,000,0,0,0",
...                        b"000,0,1,1,1,4,6,0,00000003,1,000", b"1234,0"))
>>> ", ".join(status.conditions), status.formats_in_buffer, status.labels_remaining
('head-open, paper-out, ribbon-out, paused', 2, 3)
"""

import re

from drivers.interface import Garbled, PrinterStatus, PrintMode, Silent
from drivers.zebra.answer import LINE_LIMIT, Heard

HOST_STATUS = b"~HS"

MODES = {
    b"0": PrintMode.REWIND,
    b"1": PrintMode.PEEL,
    b"2": PrintMode.TEAR,
    b"3": PrintMode.CUTTER,
    b"4": PrintMode.APPLICATOR,
}
"""Of the second frame. Firmware has more of them, which no station asks for."""

_FIELDS = (12, 11, 2)


class StatusAnswer:
    """Three frames out of whatever pieces and other text they come in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heard = Heard()
        self._frames: list[bytes] = []

    @property
    def complete(self) -> bool:
        return len(self._frames) == len(_FIELDS)

    def add(self, data: bytes) -> None:
        """Raises Garbled for a frame that is none of these."""
        self._heard.add(data)
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

    @property
    def mode(self) -> bytes:
        """The field of the print mode, whatever stands there."""
        return self._frames[1].split(b",")[5].strip()

    def missing(self) -> Silent | Garbled:
        """Why there is no answer: nothing came, or nothing that is one."""
        return self._garbled() if self._heard.got else Silent(self._name, "no answer in time")

    def _cut(self) -> bytes | None:
        """The next whole frame. Text before it is somebody else's: an alert, an echo."""
        pending = self._heard.pending
        start = pending.find(b"\x02")
        del pending[: start if start >= 0 else len(pending)]
        end = pending.find(b"\x03\r\n")
        if end < 0:
            if len(pending) > LINE_LIMIT:
                raise self._garbled()
            return None
        frame = bytes(pending[1:end])
        del pending[: end + 3]
        return frame

    def _garbled(self) -> Garbled:
        return Garbled(self._name, f"expected three status frames, got {self._heard.got!r}")


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
