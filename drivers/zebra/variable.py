r"""Set-Get-Do: a variable is asked for by its name, and its value comes in double quotes.

The question is `getvar`, a name, CR LF; a printer that does not know the name answers "?" (ZPL II
Programming Guide, SGD Command Reference, getvar), and some clones say nothing at all. The answer
carries no mark of the question it belongs to, so whoever asks sees to it that no earlier question
is still open.

>>> getvar("ezpl.reprint_mode")
b'! U1 getvar "ezpl.reprint_mode"\r\n'
>>> answer = VariableAnswer("printer", what="setting")
>>> answer.add(b'PAPER LOW\r\n"of')
>>> answer.add(b'f"')
>>> answer.complete, answer.value
(True, b'off')
"""

import re

from drivers.interface import Garbled, Silent
from drivers.zebra.answer import LINE_LIMIT, Heard

UNKNOWN = frozenset({b"", b"?"})
"""Values that mean: there is no such variable, or none was ever set."""

_QUOTED = re.compile(rb'(?:\A|[\r\n])"([^"\r\n]*)"')
_FRAME = re.compile(rb"\x02[^\x03]*\x03")


def getvar(name: str) -> bytes:
    return f'! U1 getvar "{name}"\r\n'.encode("ascii")


class VariableAnswer:
    """One quoted value out of whatever pieces and other text it comes in."""

    def __init__(self, name: str, *, what: str) -> None:
        """what: for the sentence of an error."""
        self._name = name
        self._what = what
        self._heard = Heard()
        self._value: bytes | None = None
        self._quotes = False
        """Something was quoted: not silence, even if it is no answer."""

    @property
    def complete(self) -> bool:
        return self._value is not None

    @property
    def value(self) -> bytes:
        """Without its quotes."""
        assert self._value is not None, "asked only of a complete answer"
        return self._value

    def add(self, data: bytes) -> None:
        """Raises Garbled for two values, one of which is late, and for a line without end."""
        self._heard.add(data)
        self._quotes = self._quotes or b'"' in data
        # A late status frame is no part of the answer, nor does it join what is around it.
        pending = _FRAME.sub(b"\n", self._heard.pending)
        values = _QUOTED.findall(pending)
        line = pending[max(pending.rfind(b"\r"), pending.rfind(b"\n"), 0) :]
        if len(values) > 1 or len(line) > LINE_LIMIT:
            raise self._garbled()
        self._value = bytes(values[0]) if values else None
        self._heard.pending = bytearray(line)

    def missing(self) -> Silent | Garbled:
        """Text without quotes is somebody else's: an alert, the end of a late status."""
        return self._garbled() if self._quotes else Silent(self._name, f"no {self._what} in time")

    def _garbled(self) -> Garbled:
        got = self._heard.got
        return Garbled(self._name, f"expected a {self._what} in double quotes, got {got!r}")
