"""Whether a picture that arrives now was taken just now, as far as arrivals can tell.

Two things can be known without a clock in the camera. Each picture has a last moment at which it
was surely *absent*: nothing of it could be read yet. What piled up while this machine stood still
was all absent at one moment, before the stop, and counts from then. And a living camera has a
pace: pictures that follow each other too quickly had been waiting in the network, and one that
comes after too long a silence may have been.
"""

import statistics
from collections import deque

BURST = 0.4
"""Share of the usual time between two pictures below which the second had been waiting."""

HICCUP = 3.0
"""So many times the usual time are a silence. What ends it may have been held up itself."""

BLOCKED = 0.5
"""Share of the usual time that a call has to wait for a picture which was not there before."""


class Pace:
    """The usual time between two pictures, and whether one keeps to it.

    >>> pace = Pace()
    >>> [pace.lively(at) for at in (0.00, 0.04, 0.08, 0.12)]
    [False, True, True, True]

    Nothing comes for two seconds; then what had piled up, all at once, and then new pictures:

    >>> [pace.lively(at) for at in (2.12, 2.125, 2.13, 2.16)]
    [False, False, False, True]
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=25)
        self._last: float | None = None

    @property
    def usual(self) -> float:
        """Seconds; zero before the second picture."""
        return statistics.median(self._gaps) if self._gaps else 0.0

    def lively(self, at: float) -> bool:
        """Note an arrival; False for the first of all and for one that may have been waiting."""
        last, self._last = self._last, at
        if last is None:
            return False
        usual, gap = self.usual, at - last
        self._gaps.append(gap)
        return not usual or BURST * usual <= gap <= HICCUP * usual


class Calls:
    """For a library that only says how long its call for the next picture took.

    A call that returns at once got a picture that had been waiting: it was absent no later than
    the one before. Half the usual time of waiting shows that it was not there when called.

    >>> calls = Calls()
    >>> [calls.absent(asked, here) for asked, here in ((0.00, 0.04), (0.04, 0.08), (0.08, 0.12))]
    [0.0, 0.04, 0.08]

    This machine stands still for two seconds; of what piled up, nothing is newer than that:

    >>> [calls.absent(asked, here) for asked, here in ((0.12, 2.12), (2.12, 2.12), (2.13, 2.16))]
    [0.12, 0.12, 2.13]
    """

    def __init__(self) -> None:
        self._waits: deque[float] = deque(maxlen=25)
        self._absent = float("-inf")

    def absent(self, asked: float, here: float) -> float:
        """The last moment at which the picture asked for and got then was surely not there."""
        waited = here - asked
        usual = statistics.median(self._waits) if self._waits else 0.0
        if waited >= BLOCKED * usual:
            self._absent = max(self._absent, asked)
        self._waits.append(waited)
        return self._absent


class Lateness:
    """How much later than the quickest of its kind a picture came, by a clock in the camera.

    That clock need not show our time, only run alike for a few seconds.

    >>> lateness = Lateness()
    >>> [round(lateness.of(taken, here), 3)
    ...  for taken, here in ((5.00, 100.01), (5.04, 100.05), (5.08, 102.09), (5.12, 102.09))]
    [0.0, 0.0, 2.0, 1.96]
    """

    def __init__(self) -> None:
        self._offsets: deque[float] = deque(maxlen=50)

    def of(self, taken: float, here: float) -> float:
        """Seconds."""
        offset = here - taken
        self._offsets.append(offset)
        return offset - min(self._offsets)
