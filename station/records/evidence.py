"""Pictures the verdicts rest on, named by their own SHA-256 and never overwritten."""

import hashlib
import os
import shutil
from pathlib import Path

from drivers.interface import Condition, NotReady
from station.core.problem import Refused, problem

SPARE_BYTES = 500_000_000
"""The station holds before the disk is full: a record that cannot be written is a label lost."""


class Evidence:
    def __init__(self, folder: Path, *, spare: int = SPARE_BYTES) -> None:
        self._folder = folder
        self._spare = spare
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, picture: bytes, *, suffix: str = ".jpg") -> str:
        """Write the bytes durably; returns their digest. The same bytes twice change nothing.

        Raises NotReady when the disk does not take them.
        """
        name = hashlib.sha256(picture).hexdigest()
        path = self.path(name, suffix=suffix)
        try:
            if not path.exists():
                _write(path, picture)
        except OSError as error:
            raise NotReady("disk", error.strerror or str(error), Condition.DISK_FULL) from None
        return name

    def path(self, name: str, *, suffix: str = ".jpg") -> Path:
        """Where the picture with this digest lies. Raises Refused for what is not a digest."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise Refused(problem("{name!r} is not the digest of a picture.", name=name[:80]))
        return self._folder / name[:2] / f"{name}{suffix}"

    def check_space(self) -> None:
        """Raises NotReady when there is less room than the station wants to keep free."""
        free = shutil.disk_usage(self._folder).free
        if free < self._spare:
            raise NotReady(
                "disk",
                f"{free // 1_000_000} MB left, {self._spare // 1_000_000} MB are kept free",
                Condition.DISK_FULL,
            )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
