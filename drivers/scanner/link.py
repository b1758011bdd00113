"""A connection that is opened at first use, and again after it was lost, ever less eagerly.

Between two attempts lie 0.2 seconds, then twice as long each time, two seconds at most: no longer
than somebody who has just plugged a scanner in again will wait. Whoever asks earlier waits within
the deadline. The log has one line when the device goes and one when it is back.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from drivers.deadline import Deadline
from drivers.interface import DriverError, Unreachable

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Connection(Protocol):
    def close(self) -> None:
        """Never raises."""


ConnectionT = TypeVar("ConnectionT", bound=Connection)


class Link(Generic[ConnectionT]):
    def __init__(
        self,
        device: str,
        connect: Callable[[Deadline], ConnectionT],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`device` is its role and address: what a fault and the log call it."""
        self.device = device
        self._connect = connect
        self._clock = clock
        self._connection: ConnectionT | None = None
        self._gone = ""
        self._pause = FIRST_PAUSE_SECONDS
        self._not_before = clock()

    @property
    def connected(self) -> bool:
        return self._connection is not None

    @contextmanager
    def use(self, deadline: Deadline) -> Iterator[ConnectionT]:
        """The connection, opened if need be. A fault closes it. Raises DriverError."""
        try:
            yield self._opened(deadline)
        except DriverError as fault:
            fault.device = self.device
            self._lose(fault.detail)
            raise

    def alive(self) -> None:
        """Something came over it, so the next failure is a new one."""
        self._pause = FIRST_PAUSE_SECONDS

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _opened(self, deadline: Deadline) -> ConnectionT:
        if self._connection is None:
            self._wait_for_its_turn(deadline)
            self._connection = self._connect(deadline)
            if self._gone:
                _log.info("%s is back", self.device)
            self._gone = ""
        return self._connection

    def _wait_for_its_turn(self, deadline: Deadline) -> None:
        wait, left = self._not_before - self._clock(), deadline.remaining()
        if wait > 0:
            threading.Event().wait(min(wait, left))
        if wait > left:
            raise Unreachable(self.device, self._gone or "no time is left to connect")

    def _lose(self, why: str) -> None:
        self.close()
        if not self._gone:
            _log.warning("%s is gone: %s", self.device, why)
        self._gone = why
        # One that was only too early to try again must not be put off for longer by it.
        if self._clock() >= self._not_before:
            self._not_before = self._clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
