"""Pictures the verdicts rest on, and the designs labels are made from: files named by their own
SHA-256 and never overwritten.
"""

import hashlib
import os
import shutil
from pathlib import Path

from drivers.interface import Condition, NotReady
from station.core.problem import Refused, problem
from station.records.place import usable, write_whole

SPARE_BYTES = 500_000_000
"""The station holds before the disk is full: a record that cannot be written is a label lost."""


class Evidence:
    def __init__(self, folder: Path, *, spare: int = SPARE_BYTES) -> None:
        self._folder = folder
        self._spare = spare
        with usable(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, picture: bytes, *, suffix: str = ".jpg") -> str:
        """Write the bytes durably; returns their digest. The same bytes twice change nothing.

        Raises NotReady when the disk does not take them.
        """
        name = hashlib.sha256(picture).hexdigest()
        path = self.path(name, suffix=suffix)
        try:
            if not path.exists():
                write_whole(path, picture)
        except OSError as error:
            raise NotReady("disk", error.strerror or str(error), Condition.DISK_FULL) from None
        return name

    def path(self, name: str, *, suffix: str = ".jpg") -> Path:
        """Where the picture with this digest lies. Raises Refused for what is not a digest."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise Refused(problem("{name!r} is not the digest of a picture.", name=name[:80]))
        return self._folder / name[:2] / f"{name}{suffix}"

    def check_space(self) -> None:
        """Raises NotReady when nothing can be kept: no room, or a disk that cannot be written."""
        if not os.access(self._folder, os.W_OK):
            raise NotReady("disk", f"{self._folder} cannot be written", Condition.DISK_FULL)
        free = shutil.disk_usage(self._folder).free
        if free < self._spare:
            raise NotReady(
                "disk",
                f"{free // 1_000_000} MB left, {self._spare // 1_000_000} MB are kept free",
                Condition.DISK_FULL,
            )
