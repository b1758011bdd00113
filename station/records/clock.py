"""What time it is, and how far that can be believed.

Dates are printed on labels and times stand in records, so each record carries more than a wall
clock: the local offset, a clock that nobody can set, and whether the kernel's clock was being
steered by a time source when the record was written.
"""

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drivers.interface import Condition, NotReady

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No label was ever printed before this: a clock that says so has lost its battery."""

JUMP = timedelta(seconds=2)
"""A steered clock is moved by parts per million; what moves more between two looks was set."""

_NOT_STEERED = 5
"""TIME_ERROR of adjtimex(2)."""

_TIMEX_BYTES = 512
"""More than struct timex has on any machine."""


@dataclass(frozen=True, slots=True)
class Instant:
    utc: datetime
    offset: int
    """Minutes by which local time is ahead of UTC."""

    monotonic: int
    """Nanoseconds since the machine was switched on, time asleep included."""

    steered: bool
    """The kernel's clock was synchronised with a time source."""


Clock = Callable[[], Instant]


def now() -> Instant:
    utc = datetime.now(UTC)
    offset = utc.astimezone().utcoffset() or timedelta()
    return Instant(
        utc=utc,
        offset=int(offset.total_seconds()) // 60,
        monotonic=time.clock_gettime_ns(time.CLOCK_BOOTTIME),
        steered=_steered(),
    )


def boot() -> str:
    """Which start of the machine the monotonic readings count from."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class Watch:
    """Notices that the clock was set, or is plainly wrong."""

    def __init__(self, clock: Clock, *, last: datetime | None) -> None:
        """`last` is the time of the last record: no time before it can be now."""
        self._clock = clock
        self._last = last or EARLIEST
        self._before: Instant | None = None

    def check(self) -> None:
        """Raises NotReady. A jump is told once; a time that cannot be is told until it is right."""
        at, before = self._clock(), self._before
        self._before = at
        if at.utc < EARLIEST:
            raise _wrong(f"it says {_text(at.utc)}, which is before this station was made")
        if at.utc < self._last - JUMP:
            raise _wrong(f"it says {_text(at.utc)}, but the last record is of {_text(self._last)}")
        if before is None:
            return
        passed = timedelta(microseconds=(at.monotonic - before.monotonic) // 1000)
        jump = at.utc - before.utc - passed
        if abs(jump) > JUMP:
            raise _wrong(f"it was set from {_text(before.utc + passed)} to {_text(at.utc)}")
        self._last = max(self._last, at.utc)


def _wrong(detail: str) -> NotReady:
    return NotReady("clock", detail, Condition.CLOCK)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _steered() -> bool:
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    return _LIBC.adjtimex(timex) not in {-1, _NOT_STEERED}


_LIBC = ctypes.CDLL(None)
