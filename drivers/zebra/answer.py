r"""What all answers of the printer have in common: they come in pieces, among other text.

>>> answer = FrameAnswer("printer", mark=b"PRINTER STATUS", what="list of errors")
>>> for piece in (b"PAPER LOW\r\n\x02030,0\x03\r\n\x02 PRINTER", b" STATUS \x03"):
...     answer.add(piece)
>>> answer.complete, answer.text
(True, b' PRINTER STATUS ')
"""

import re
from typing import Protocol

from drivers.interface import Garbled, Silent

LINE_LIMIT = 256
"""Bytes of one frame or one line: no answer is longer."""

_GOT_LIMIT = 80

_FLOW_CONTROL = bytes((0x11, 0x13))
"""XON and XOFF, which land among the answers where the line does not obey them."""


class Answer(Protocol):
    @property
    def complete(self) -> bool: ...

    def add(self, data: bytes) -> None:
        """Raises Garbled for what can no longer become an answer."""

    def missing(self) -> Silent | Garbled:
        """Why there is no answer: nothing came, or nothing that is one."""


class Heard:
    """Everything that came: what is still to be understood, and a beginning to show."""

    def __init__(self) -> None:
        self.pending = bytearray()
        self.got = b""
        """The beginning of it all, for the sentence of an error."""

    def add(self, data: bytes) -> None:
        plain = data.translate(None, _FLOW_CONTROL)
        self.got = (self.got + plain[:_GOT_LIMIT])[:_GOT_LIMIT]
        self.pending += plain


_FRAME = re.compile(rb"\x02([^\x02\x03]*)\x03")


class FrameAnswer:
    """One frame, STX … ETX, that bears a mark; whatever else comes is somebody else's."""

    def __init__(self, name: str, *, mark: bytes, what: str, limit: int = 1024) -> None:
        """mark: a pattern found in no other frame of a printer; what: for the sentence of an
        error; limit: bytes of a frame that has no end yet.
        """
        self._name = name
        self._mark = re.compile(mark, re.IGNORECASE)
        self._what = what
        self._limit = limit
        self._heard = Heard()
        self._text: bytes | None = None

    @property
    def complete(self) -> bool:
        return self._text is not None

    @property
    def text(self) -> bytes:
        """The frame without STX and ETX."""
        assert self._text is not None, "asked only of a complete answer"
        return self._text

    def add(self, data: bytes) -> None:
        """Raises Garbled for a frame without end."""
        self._heard.add(data)
        pending = self._heard.pending
        for text in _FRAME.findall(pending):
            if self._mark.search(text):
                self._text = bytes(text)
        begun = pending.rfind(b"\x02")
        ended = begun < 0 or b"\x03" in pending[begun:]
        del pending[: len(pending) if ended else begun]
        if len(pending) > self._limit:
            raise self.garbled()

    def missing(self) -> Silent | Garbled:
        """A frame that has begun is no silence; what else came is somebody else's."""
        begun = self._mark.search(self._heard.pending)
        return self.garbled() if begun else Silent(self._name, f"no {self._what} in time")

    def garbled(self) -> Garbled:
        return Garbled(self._name, f"expected a {self._what}, got {self._heard.got!r}")
