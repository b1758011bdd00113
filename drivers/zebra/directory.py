r"""What the printer keeps: a listing of one drive in one frame, STX to ETX.

A title, a line for each object, and the room that is left (ZPL II Programming Guide, ^HW Host
Directory List). Printers differ in columns and marks around a name, so only names are taken, and
only from a frame that has the title.

>>> answer = DirectoryAnswer("printer")
>>> answer.add(b"\x02\r\n- DIR R:*.*\r\n* R:LS3F09A1.GRF   2400\r\n- 8386000 bytes free\r\n\x03")
>>> sorted(answer.names())
['LS3F09A1.GRF']
"""

import re

from drivers.interface import Garbled, Silent
from drivers.zebra.answer import Heard

LIST_STORED = b"^XA^HWR:*.*^XZ"

LISTING_LIMIT = 1 << 17
"""Bytes; a printer keeps some hundreds of objects."""

_FRAME = re.compile(rb"\x02([^\x02\x03]*)\x03")
_NAME = re.compile(rb"(?<![\w.-])(?:R:)?([\w-]{1,16}\.[A-Za-z0-9]{3})(?![\w.])", re.ASCII)


class DirectoryAnswer:
    """One listing out of whatever pieces and other frames it comes in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heard = Heard()
        self._listing: bytes | None = None

    @property
    def complete(self) -> bool:
        return self._listing is not None

    def add(self, data: bytes) -> None:
        """Raises Garbled for a listing without end."""
        self._heard.add(data)
        for frame in _FRAME.findall(bytes(self._heard.pending)):
            if b"DIR" in frame:
                self._listing = frame
        if len(self._heard.pending) > LISTING_LIMIT:
            raise self._garbled()

    def names(self) -> frozenset[str]:
        assert self._listing is not None, "asked only of a complete answer"
        return frozenset(each.decode("ascii").upper() for each in _NAME.findall(self._listing))

    def missing(self) -> Silent | Garbled:
        """A frame that has begun is no silence; what belongs to nobody is."""
        begun = b"DIR" in self._heard.pending
        return self._garbled() if begun else Silent(self._name, "no listing in time")

    def _garbled(self) -> Garbled:
        return Garbled(self._name, f"expected a listing, got {self._heard.got!r}")
