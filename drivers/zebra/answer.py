"""What all answers of the printer have in common: they come in pieces, among other text."""

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
