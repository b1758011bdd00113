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

from drivers.camera.still import LARGEST, picture
from drivers.deadline import Deadline
from drivers.interface import Frame, Garbled, Silent, Unreachable

POLL_SECONDS = 0.02
MOST_FILES = 2000
"""Listing more would keep a processor busy."""

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}


class FolderCamera:
    """Each file is given once, the newest first."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """What lies there now is old. Raises Unreachable where there is no such folder."""
        self._folder = folder
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

        Raises Unreachable while the folder cannot be read, Silent when nothing appears.
        """
        with self._news:
            while not deadline.expired:
                frame = self._newest(newer_than)
                if frame:
                    return frame
                self._news.wait(min(0.1, deadline.remaining()))
            if self._fault:
                raise Unreachable(str(self._folder), self._fault)
        raise Silent(str(self._folder), "no new picture in the folder")

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _newest(self, newer_than: float) -> Frame | None:
        new = [name for name, at in self._absent_at.items() if at > newer_than]
        for name in sorted(new, key=lambda name: (self._absent_at[name], name), reverse=True):
            pixels = self._whole(name)
            if pixels is not None:
                at, self._absent_at[name] = self._absent_at[name], float("-inf")
                return Frame(pixels, at)
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
            raise Unreachable(str(self._folder), error.strerror or str(error)) from None
        if len(found) > MOST_FILES:
            raise Unreachable(
                str(self._folder),
                f"holds {len(found)} pictures, at most {MOST_FILES}: clear it out",
            )
        return found

    def _whole(self, name: str) -> NDArray[np.uint8] | None:
        """The picture; None while it is still being written, and for what is none."""
        try:
            with (self._folder / name).open("rb") as file:
                return picture(name, file.read(LARGEST + 1))
        except (OSError, Garbled):
            return None
