r"""Scans that end in CR, LF or CRLF.

>>> lines = Lines()
>>> lines.take(b"]d2A\r\n]C1B\r]d2")
b''
>>> list(lines.scans), lines.unfinished
([b']d2A', b']C1B'], True)
"""

import re
from collections import deque

from drivers.scanner.scan import LONGEST

_END = re.compile(rb"[\r\n]")


class Lines:
    """Implements drivers.scanner.framing.Framing. Lines are never answered."""

    def __init__(self) -> None:
        self.scans: deque[bytes] = deque()
        self._half = b""
        self._skipping = False

    @property
    def unfinished(self) -> bool:
        return bool(self._half) or self._skipping

    def take(self, data: bytes) -> bytes:
        *scans, half = _END.split(self._half + data)
        if self._skipping and scans:
            del scans[0]
            self._skipping = False
        self.scans.extend(scan for scan in scans if 0 < len(scan) <= LONGEST)
        self._half = b"" if self._skipping else half[: LONGEST + 1]
        return b""

    def cut(self) -> bytes:
        self._half, self._skipping = b"", False
        return b""

    def clear(self) -> int:
        """What comes before the next end belongs to the scan that had begun."""
        dropped = len(self.scans)
        self.scans.clear()
        self._half, self._skipping = b"", self.unfinished
        return dropped
