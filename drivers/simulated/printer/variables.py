r"""Set-Get-Do: one line of text outside all formats asks the printer for a variable by its name.

>>> lines = Lines()
>>> [list(lines.feed(piece)) for piece in (b'! U1 getvar "odometer.tot', b'al_label_count"\r\n')]
[[], [b'! U1 getvar "odometer.total_label_count"\r\n']]
>>> asked_for(b'! U1 getvar "odometer.total_label_count"\r\n')
'odometer.total_label_count'

The line ends with CR LF or with a space, and is in lower case (ZPL II Programming Guide, SGD
Printer Commands, getvar). Whatever is not exactly so is text that means nothing.
"""

import re
from collections.abc import Iterator

LINE_LIMIT = 256
"""Bytes of a line that has no end yet."""

_GETVAR = re.compile(rb'! U1 getvar "([a-z0-9._]{1,80})"(?: |\r\n|[\r\n])')
_WHOLE = re.compile(rb'! U1 getvar "[^"\r\n]*" |[^\r\n]*(?:\r\n|[\r\n])')


class Lines:
    """Text comes in pieces. Only what may become a command is held back for its end."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, text: bytes) -> Iterator[bytes]:
        """Every line that is whole, and other text as it comes. Exhaust it before feeding more."""
        self._held += text
        place = 0
        while line := _WHOLE.match(self._held, place):
            place = line.end()
            yield line[0]
        del self._held[:place]
        if self._held and (self._held[:1] != b"!" or len(self._held) > LINE_LIMIT):
            yield self.take()

    def take(self) -> bytes:
        """What is held back: something else came before its end."""
        held = bytes(self._held)
        self._held.clear()
        return held


def asked_for(line: bytes) -> str | None:
    """The variable that a whole line asks for; None where it asks for none."""
    found = _GETVAR.fullmatch(line)
    return found[1].decode("ascii") if found else None
