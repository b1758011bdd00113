"""A moment after which waiting ends, on the monotonic clock.

>>> ticks = iter([10.0, 10.5, 13.0])
>>> deadline = Deadline.after(2.0, clock=lambda: next(ticks))
>>> deadline.remaining()
1.5
>>> deadline.expired
True
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Deadline:
    """Wall clocks jump; every time-out in the house is one of these."""

    at: float
    """Seconds on the monotonic clock."""

    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after(cls, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        return cls(clock() + seconds, clock)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - self.clock())

    @property
    def expired(self) -> bool:
        return self.remaining() <= 0.0

    def at_most(self, seconds: float) -> "Deadline":
        """The sooner of this deadline and so many seconds from now."""
        return Deadline(min(self.at, self.clock() + seconds), self.clock)
