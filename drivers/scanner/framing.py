"""How the bytes on a line become scans: lines with an end, or packets."""

from collections import deque
from typing import Protocol


class Framing(Protocol):
    scans: deque[bytes]
    """Complete ones, oldest first."""

    @property
    def unfinished(self) -> bool:
        """Whether a scan has begun and not ended."""

    def take(self, data: bytes) -> bytes:
        """Sort what arrived, in any pieces; gives what has to be sent at once, if anything."""

    def cut(self) -> bytes:
        """The rest did not come: forget what had begun. Gives what has to be sent, as `take`."""

    def clear(self) -> int:
        """Forget everything, the rest of what has begun included; how many were complete."""
