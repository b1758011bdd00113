"""A camera that is asked for each picture by HTTP GET; nothing is kept in between.

A picture counts as taken when it was asked for. A camera that hands out its latest picture instead
of taking one is given by its lag: the age a picture may have when it is handed out. The same
picture as before is not a new one, whenever it was asked for: the camera is asked again.
"""

import threading
import time
from collections.abc import Callable

from drivers.camera.inspection import FROZEN_AFTER, Inspection, Repeats
from drivers.camera.region import Region
from drivers.camera.request import Request
from drivers.camera.still import LARGEST, exposure, picture, without_password
from drivers.deadline import Deadline
from drivers.interface import Frame, Silent

AGAIN_SECONDS = 0.1
"""Between two requests of which the first brought the picture of before."""


class SnapshotCamera:
    def __init__(
        self,
        url: str,
        *,
        roi: Region | None = None,
        frozen_after: int | None = FROZEN_AFTER,
        answer_seconds: float = 3.0,
        lag_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`answer_seconds` is the longest that one answer may take, from asking to its end.

        `frozen_after` pictures alike in a row are a fault; None for a source without any noise.
        """
        self._name = f"camera {without_password(url)}"
        self._request = Request(url, name=self._name)
        self._inspection = Inspection(self._name, roi=roi, frozen_after=frozen_after)
        self._repeats = Repeats()
        self._answer_seconds = answer_seconds
        self._lag_seconds = lag_seconds
        self._clock = clock
        self._pause = threading.Event()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """A picture asked for after `newer_than`, at most once for each of them.

        Raises Silent, Unreachable, Garbled, and NotReady (see Inspection).
        """
        while not deadline.expired:
            at = self._clock() - self._lag_seconds
            if at <= newer_than:
                self._wait(newer_than - at + 0.001, deadline)
                continue
            data = self._get(deadline)
            times = self._repeats.count(exposure(data))
            if not self._inspection.repeated(times):
                pixels = picture(self._name, data)
                returned = self._repeats.returned
                return Frame(self._inspection.passed(pixels, times=times, returned=returned), at)
            self._wait(max(AGAIN_SECONDS, self._lag_seconds), deadline)
        raise Silent(self._name, "no picture before the deadline")

    def close(self) -> None:
        """Nothing is open between two requests."""

    def _wait(self, seconds: float, deadline: Deadline) -> None:
        self._pause.wait(min(seconds, deadline.remaining()))

    def _get(self, deadline: Deadline) -> bytes:
        limit = deadline.at_most(self._answer_seconds)
        with self._request.answered(limit) as answer:
            return answer.read(LARGEST + 1)
