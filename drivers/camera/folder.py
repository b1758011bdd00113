"""A camera that drops one file per picture into a folder, by FTP for instance.

The folder is watched all the time, because a file does not say when its picture was taken: that it
was not there yet at a certain moment is all that can be known, and enough. Each picture needs a
name of its own; a file that is written over is not seen again. Clear the folder out now and then.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drivers.camera.inspection import FROZEN_AFTER, Inspection, Repeats
from drivers.camera.region import Region
from drivers.camera.still import LARGEST, exposure, picture
from drivers.deadline import Deadline
from drivers.interface import Frame, Garbled, Silent, Unreachable

POLL_SECONDS = 0.02
MOST_FILES = 2000
"""Listing more would keep a processor busy."""

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}


class FolderCamera:
    """Each file is given once, the newest first."""

    def __init__(
        self,
        folder: Path,
        *,
        roi: Region | None = None,
        frozen_after: int | None = FROZEN_AFTER,
        lag_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """What lies there now is old. Raises Unreachable where there is no such folder.

        `lag_seconds` is how long a picture may take from its exposure until its file appears.
        """
        self._folder = folder
        self._name = f"camera {folder}"
        self._inspection = Inspection(self._name, roi=roi, frozen_after=frozen_after)
        self._repeats = Repeats()
        self._lag_seconds = lag_seconds
        self._clock = clock
        self._news = threading.Condition()
        self._looked_at = clock()
        self._absent_at = dict.fromkeys(self._names(), float("-inf"))
        """For each file there the last moment at which it was not."""

        self._fault = ""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"folder {folder}", daemon=True)
        self._thread.start()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """The latest whole picture that was not there yet at `newer_than`.

        Raises Unreachable while the folder cannot be read, Silent when nothing appears, and
        NotReady (see Inspection).
        """
        with self._news:
            while not deadline.expired:
                frame = self._newest(newer_than + self._lag_seconds)
                if frame:
                    return frame
                self._news.wait(min(0.1, deadline.remaining()))
            if self._fault:
                raise Unreachable(self._name, self._fault)
        raise Silent(self._name, "no new picture in the folder")

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _newest(self, newer_than: float) -> Frame | None:
        new = [name for name, at in self._absent_at.items() if at > newer_than]
        for name in sorted(new, key=lambda name: (self._absent_at[name], name), reverse=True):
            found = self._whole(name)
            if not found:
                continue
            data, pixels = found
            at, self._absent_at[name] = self._absent_at[name], float("-inf")
            times = self._repeats.count(exposure(data))
            if not self._inspection.repeated(times):
                return Frame(self._inspection.passed(pixels, times=times), at - self._lag_seconds)
        return None

    def _watch(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            before, now = self._looked_at, self._clock()
            try:
                names, fault = self._names(), ""
            except Unreachable as error:
                names, fault = set(self._absent_at), error.detail
            with self._news:
                self._fault = fault
                if not fault:
                    self._looked_at = now
                    self._absent_at = {name: self._absent_at.get(name, before) for name in names}
                self._news.notify_all()

    def _names(self) -> set[str]:
        try:
            found = {
                path.name for path in self._folder.iterdir() if path.suffix.lower() in _SUFFIXES
            }
        except OSError as error:
            raise Unreachable(self._name, error.strerror or str(error)) from None
        if len(found) > MOST_FILES:
            raise Unreachable(
                self._name,
                f"holds {len(found)} pictures, at most {MOST_FILES}: clear it out",
            )
        return found

    def _whole(self, name: str) -> tuple[bytes, NDArray[np.uint8]] | None:
        """The file and its picture; None while it is still being written, and if it is none."""
        try:
            with (self._folder / name).open("rb") as file:
                data = file.read(LARGEST + 1)
            return data, picture(name, data)
        except (OSError, Garbled):
            return None
