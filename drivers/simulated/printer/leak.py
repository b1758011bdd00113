"""A serial line on which bytes get lost, as where the two ends disagree about flow control.

>>> leak = Leak()
>>> leak.drop(3, after=4)
>>> [leak.through(piece) for piece in (b"0123", b"45", b"6789")]
[b'0123', b'', b'789']
"""


class Leak:
    def __init__(self) -> None:
        self._after = self._count = 0

    def drop(self, count: int, *, after: int) -> None:
        """Lose so many bytes when so many more have come through."""
        self._count, self._after = count, after

    def through(self, data: bytes) -> bytes:
        """What of them arrives."""
        kept, rest = data[: self._after], data[self._after :]
        self._after -= len(kept)
        lost = min(self._count, len(rest))
        self._count -= lost
        return kept + rest[lost:]
