"""The data directory: on a disk that keeps what it is given, and held by one station at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from station.core.problem import Refused, problem

UNSAFE_FILE_SYSTEMS = {"tmpfs", "ramfs", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"}


class InUse(Refused):
    """Another station works in this data directory."""


def take(folder: Path) -> IO[str]:
    """Make the folder and hold it until the returned file is closed. Raises Refused, InUse."""
    with usable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        check_file_system(folder)
        return _locked(folder)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """What the disk does not do is said in a sentence. Raises Refused."""
    try:
        yield
    except OSError as error:
        raise Refused(
            problem(
                "The data directory {folder} cannot be used: {why}.",
                folder=str(folder),
                why=error.strerror or "?",
            )
        ) from None


def check_file_system(folder: Path) -> None:
    """Raises Refused for one that can lose what was written, or lock for two machines at once."""
    system = file_system(folder)
    if system in UNSAFE_FILE_SYSTEMS:
        raise Refused(
            problem(
                "{folder} is on {system}, which can lose what was written. Expected a local disk.",
                folder=str(folder),
                system=system,
            )
        )


def sync(folder: Path) -> None:
    """Make the names in a folder durable: a file is lost without its name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """A file that is there whole or not at all, and still there after a power cut.

    Raises OSError.
    """
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    if made:
        sync(path.parent.parent)
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def _locked(folder: Path) -> IO[str]:
    file = (folder / "station.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read(200).strip() or "another process"
        file.close()
        raise InUse(
            problem(
                "{folder} is in use by {holder}. One station, one data directory.",
                folder=str(folder),
                holder=holder,
            )
        ) from None
    try:
        file.truncate(0)
        file.write(f"process {os.getpid()} on {os.uname().nodename}")
        file.flush()
    except OSError:
        with suppress(OSError):  # what could not be written is tried again by close
            file.close()
        raise
    return file


def file_system(folder: Path) -> str:
    """The type of the mount that holds the folder, from /proc/self/mounts."""
    target = folder.resolve()
    best = ("", "")
    for line in Path("/proc/self/mounts").read_text().split("\n"):
        parts = line.split(" ")
        if len(parts) > 2:
            mount = Path(parts[1].replace("\\040", " "))
            if target.is_relative_to(mount) and len(str(mount)) >= len(best[0]):
                best = (str(mount), parts[2])
    return best[1]
