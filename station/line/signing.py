"""When the journal's head is signed and kept in its second place: by the hour, and at every moment
after which a missing end would hurt.
"""

from datetime import UTC
from typing import Protocol

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady
from station.core.problem import Refused
from station.records.journal import Journal

HOUR_SECONDS = 3600.0


class Heads(Protocol):
    def sign(self, *, seq: int, hash: str, at: str, why: str, order: str = "") -> object:  # noqa: A002 - the field's name
        """Raises NotReady when the second place does not take it, Refused when it cannot be."""


class Signing:
    def __init__(self, journal: Journal, heads: Heads | None) -> None:
        """Without heads nothing is signed."""
        self._journal = journal
        self._heads = heads
        self._signed = 0
        self._next = Deadline.after(HOUR_SECONDS)

    def sign(self, why: str, order: str = "") -> None:
        """Raises NotReady."""
        if self._heads is None:
            return
        head = self._journal.head
        at = self._journal.clock().utc.astimezone(UTC).isoformat(timespec="seconds")
        try:
            self._heads.sign(seq=head.seq, hash=head.hash, at=at, why=why, order=order)
        except Refused as refused:
            raise NotReady("second place", str(refused), Condition.HEAD_NOT_KEPT) from None
        self._signed = head.seq
        self._next = Deadline.after(HOUR_SECONDS)

    def by_the_hour(self) -> None:
        """Sign if the hour is over and something was recorded in it. Raises NotReady."""
        if self._next.expired and self._journal.head.seq > self._signed:
            self.sign("hour")
