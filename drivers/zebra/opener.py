"""Connecting to a printer that may not be there: not too often, and told once.

After a connection that could not be made, the next is tried 0.2 s later, then 0.4 s, and so on up
to 5 s. Whoever asks meanwhile waits, and no longer than allowed.
"""

import logging
import time

from drivers.deadline import Deadline
from drivers.interface import DriverError, Unreachable
from drivers.wire import Wire, open_wire

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds."""

_log = logging.getLogger(__name__)


class Opener:
    def __init__(self, url: str) -> None:
        self._url = url
        self._pause = 0.0
        self._again: Deadline | None = None
        """When the next attempt may be made; None: now."""

        self._last: DriverError | None = None

    def open(self, deadline: Deadline) -> Wire:
        """Raises Unreachable, by the deadline."""
        self._wait(deadline)
        try:
            wire = open_wire(self._url, deadline=deadline)
        except DriverError as error:
            self._last = error
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._again = Deadline.after(self._pause, clock=deadline.clock)
            raise
        self._pause, self._again, self._last = 0.0, None, None
        return wire

    def _wait(self, deadline: Deadline) -> None:
        if self._again is None or self._last is None:
            return
        left = self._again.remaining()
        time.sleep(min(left, deadline.remaining()))
        if deadline.expired and not self._again.expired:
            raise Unreachable(self._url, self._last.detail, *self._last.conditions)


class Presence:
    """One line in the log when a device goes, and one when it is back."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._gone = False

    def gone(self, error: DriverError) -> None:
        if not self._gone:
            _log.warning("%s is gone: %s", self._name, error.detail)
        self._gone = True

    def here(self) -> None:
        if self._gone:
            _log.info("%s is back", self._name)
        self._gone = False
