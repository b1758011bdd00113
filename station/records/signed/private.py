"""Files for nobody but the station: the key it signs with, and what it signed last.

A secret that others can read, or can exchange because they may write its folder, is none. Such a
file is refused before a byte of it is used. Files appear whole and durably, or not at all.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.core.problem import Refused, problem
from station.records import place

LIMIT = 16_384
"""Bytes that are read at most; a key in PEM has some 120, a line of heads some 600."""

_OTHERS_USE, _OTHERS_WRITE = 0o077, 0o022


def read(path: Path) -> bytes | None:
    """What the file holds; None if there is no file. Raises Refused."""
    with _readable(path):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            _check_folder(path.parent)
            _check_file(path, os.fstat(handle))
            return os.read(handle, LIMIT)
        finally:
            os.close(handle)


def create(path: Path, data: bytes) -> None:
    """A new file of mode 0600. Raises Refused, also where there is one already."""
    with _writable(path):
        part = _written(path, data)
        os.link(part, path)  # unlike a rename it never takes the place of another file
        part.unlink()
        place.sync(path.parent)


def replace(path: Path, data: bytes) -> None:
    """The file with this content in the place of what was there before. Raises Refused."""
    with _writable(path):
        _written(path, data).replace(path)
        place.sync(path.parent)


def move(path: Path, target: Path) -> None:
    """The file under another name of the same folder, in the place of what was there before.

    Raises Refused.
    """
    with _writable(target):
        path.replace(target)
        place.sync(target.parent)


def make(folder: Path, *, mode: int = 0o777) -> None:
    """The folder, durably. Raises OSError."""
    if not folder.exists():
        folder.mkdir(mode=mode, parents=True)
        place.sync(folder.parent)


def _written(path: Path, data: bytes) -> Path:
    """The bytes under a name that nobody uses, in the folder where they belong."""
    make(path.parent, mode=0o700)
    _check_folder(path.parent)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # an attempt that power cut off
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    return part


def _check_folder(folder: Path) -> None:
    found = folder.stat()
    if found.st_mode & _OTHERS_WRITE:
        raise Refused(
            problem(
                "Others can write in {folder}, so they could exchange what is private in it:"
                " expected at most mode 755, got {mode}.",
                folder=str(folder),
                mode=_mode(found),
            )
        )
    if os.geteuid() == 0 and found.st_uid != 0:
        # What root makes here the station could not read.
        raise Refused(
            problem(
                "{folder} belongs to user {owner}: run this as that user.",
                folder=str(folder),
                owner=found.st_uid,
            )
        )


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Refused(
            problem("{path} is not a file but a device or a pipe.", path=str(path)),
        )
    if found.st_mode & _OTHERS_USE:
        raise Refused(
            problem(
                "Others can read or write {path}: expected mode 600, got {mode}.",
                path=str(path),
                mode=_mode(found),
            )
        )


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):o}"


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(
            problem("Cannot read {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None
