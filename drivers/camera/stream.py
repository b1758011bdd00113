"""A camera that sends pictures all the time.

A thread drains it, so that the latest picture is never an old one, and connects again whenever it
breaks off. A picture is given only if the one before it began to arrive after the moment in
question: the one before may have been on its way, this one was taken while that one came.

    source (mjpeg, capture, genicam)  →  pictures, each with when it was surely not there yet
    StreamCamera                      →  the newest two that kept the camera's pace
"""

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing as closed_afterwards
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.camera.inspection import FROZEN_AFTER, Inspection, Repeats
from drivers.camera.pace import Pace
from drivers.camera.region import Region
from drivers.deadline import Deadline
from drivers.interface import DriverError, Frame, NotReady, Silent, Unreachable

OPEN_SECONDS = 5.0
STALL_SECONDS = 3.0
RETRY_SECONDS = (0.5, 5.0)
"""The first pause before connecting again, and the longest; each is twice the one before."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One picture as it came in."""

    absent: float
    """The last moment (monotonic seconds) at which it was surely not there yet."""

    here: float
    """When all of it was there."""

    exposure: bytes
    """What tells it from another picture."""

    develop: Callable[[], NDArray[np.uint8]]
    """Its pixels; raises Garbled. Only what is looked at is decoded."""


class Source(Protocol):
    """One way of getting pictures. Each call of `pictures` connects anew."""

    name: str

    def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
        """Every picture in its order, until closing is set. Raises DriverError."""


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    taken: Taken
    times: int
    """How often it came in a row."""


class StreamCamera:
    """The newest picture of a source, with a thread that never lets an old one lie."""

    def __init__(
        self,
        source: Source,
        *,
        roi: Region | None = None,
        frozen_after: int | None = FROZEN_AFTER,
        lag_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`lag_seconds` is how old a picture may be when it begins to arrive, less one frame."""
        self._source = source
        self._inspection = Inspection(source.name, roi=roi, frozen_after=frozen_after)
        self._repeats = Repeats()
        self._returned = False
        """A picture of before has come once more, and nobody was told yet."""

        self._lag_seconds = lag_seconds
        self._clock = clock
        self._news = threading.Condition()
        self._latest: tuple[_Counted, ...] = ()
        """The latest two that kept the pace."""

        self._fault: DriverError | None = Unreachable(source.name, "not connected yet")
        self._told = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._drain, name=source.name, daemon=True)
        self._thread.start()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """A picture taken after `newer_than`; its time is when the one before was not there yet.

        Raises Unreachable while the stream is gone, Silent when it is there and stalls, Garbled,
        and NotReady when the camera refused a setting or for its pictures (see Inspection).
        """
        before, newest = self._awaited(newer_than, deadline)
        returned, self._returned = self._returned, False
        pixels = newest.taken.develop()
        shown = self._inspection.passed(pixels, times=newest.times, returned=returned)
        return Frame(shown, before.taken.absent - self._lag_seconds)

    def close(self) -> None:
        self._closing.set()
        self._thread.join(timeout=OPEN_SECONDS + STALL_SECONDS)

    def _awaited(self, newer_than: float, deadline: Deadline) -> tuple[_Counted, _Counted]:
        with self._news:
            while True:
                if len(self._latest) == 2:
                    before, newest = self._latest
                    new = before.taken.absent - self._lag_seconds > newer_than
                    if new and not self._inspection.repeated(newest.times):
                        return before, newest
                if deadline.expired or isinstance(self._fault, NotReady):
                    raise self._why_not()
                self._news.wait(min(0.1, deadline.remaining()))

    def _why_not(self) -> DriverError:
        fault = self._fault
        if fault is None:
            return Silent(self._source.name, "no new picture before the deadline")
        return type(fault)(fault.device, fault.detail, *fault.conditions)

    def _drain(self) -> None:
        pause = RETRY_SECONDS[0]
        while not self._closing.is_set():
            fault = self._follow()
            if self._lost(fault):
                pause = RETRY_SECONDS[0]
            self._closing.wait(pause)
            pause = min(2 * pause, RETRY_SECONDS[1])

    def _follow(self) -> DriverError:
        """Take pictures until there are no more; why."""
        pace = Pace()
        try:
            with closed_afterwards(self._source.pictures(self._closing)) as pictures:
                for taken in pictures:
                    self._arrived(taken, pace)
        except DriverError as error:
            return error
        return Unreachable(self._source.name, "closed")

    def _arrived(self, taken: Taken, pace: Pace) -> None:
        with self._news:
            if self._told:
                _log.info("%s sends pictures", self._source.name)
            self._fault, self._told = None, False
            times = self._repeats.count(taken.exposure)
            self._returned = self._returned or self._repeats.returned
            if pace.lively(taken.here):
                self._latest = (*self._latest[-1:], _Counted(taken, times))
            self._news.notify_all()

    def _lost(self, fault: DriverError) -> bool:
        """Whether it had been there."""
        with self._news:
            if not self._told and not self._closing.is_set():
                _log.warning("%s is gone: %s", fault.device, fault.detail)
                self._told = True
            was_there = self._fault is None
            self._fault = fault
            self._latest = ()
            # What it shows when it is back need not follow on what it showed before.
            self._repeats, self._returned = Repeats(), False
            self._news.notify_all()
            return was_there
