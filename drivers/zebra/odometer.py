r"""What the odometer answers: a number in double quotes, at the beginning of a line.

The question is Set-Get-Do: `getvar`, a name, CR LF; a printer that does not know the name answers
"?" (ZPL II Programming Guide, SGD Command Reference, getvar; odometer.total_label_count). The
answer carries no mark of the question it belongs to, so whoever asks sees to it that no earlier
question is still open.

>>> parse_count(b"31084"), parse_count(b"1,234 LABELS"), parse_count(b"?")
(31084, 1234, None)
>>> parse_count(b"8516 INCHES, 21632 CENTIMETERS")
Traceback (most recent call last):
    ...
ValueError: expected a count of labels from the odometer, got b'8516 INCHES, 21632 CENTIMETERS'
"""

import re

from drivers.interface import Garbled, Silent
from drivers.zebra.answer import LINE_LIMIT, Heard

GET_COUNT = b'! U1 getvar "odometer.total_label_count"\r\n'

_QUOTED = re.compile(rb'(?:\A|[\r\n])"([^"\r\n]*)"')
_FRAME = re.compile(rb"\x02[^\x03]*\x03")
_COUNT = re.compile(rb"([0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?: ?labels?)?", re.IGNORECASE)
_UNKNOWN = frozenset({b"", b"?"})


class CountAnswer:
    """One quoted value out of whatever pieces and other text it comes in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heard = Heard()
        self._value: bytes | None = None
        self._quotes = False
        """Something was quoted: not silence, even if it is no answer."""

    @property
    def complete(self) -> bool:
        return self._value is not None

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

    def count(self) -> int | None:
        """None where the printer does not know the variable. Raises Garbled."""
        assert self._value is not None, "asked only of a complete answer"
        try:
            return parse_count(self._value)
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error

    def missing(self) -> Silent | Garbled:
        """Text without quotes is somebody else's: an alert, the end of a late status."""
        return self._garbled() if self._quotes else Silent(self._name, "no odometer in time")

    def _garbled(self) -> Garbled:
        return Garbled(self._name, f"expected a count in double quotes, got {self._heard.got!r}")


def parse_count(value: bytes) -> int | None:
    """The value without its quotes. Raises ValueError for what is no count or could be two."""
    text = value.strip(b" ")
    if text in _UNKNOWN:
        return None
    if not (found := _COUNT.fullmatch(text)):
        raise ValueError(f"expected a count of labels from the odometer, got {value!r}")
    return int(found[1].replace(b",", b""))
