"""Durable copies: of files, of the journal of a running station, of pictures."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from station.core.problem import Problem, problem
from station.records import database, place
from station.records.backup.manifest import digest

PAGES = 1000
"""Pages of the journal that are copied at a time: 4 MB."""


def file(source: Path, target: Path) -> str:
    """Copy one file; returns its SHA-256 as it was written. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written, 1_000_000)
        written.flush()
        os.fsync(written.fileno())
    place.sync(target.parent)
    return digest(target)


def journal(source: Path, target: Path) -> None:
    """Copy a journal, whether a station writes to it or not, as it is at one moment.

    The station never waits: a reader sees the moment it began, and whoever writes goes on behind
    it. Raises Refused, OSError, apsw.Error.
    """
    log = source.with_name(f"{source.name}-wal")
    for _ in range(2):
        quiet = not log.exists()
        _copy_pages(source, target)
        if not (quiet and log.exists()):
            break  # otherwise a station was started meanwhile: look at it as at a running one


def _copy_pages(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    # The target may be a share, whose locks cannot be trusted; it is nobody's but ours.
    with (
        closing(database.reader(source)) as db,
        closing(apsw.Connection(str(target), vfs="unix-none")) as to,
    ):
        to.pragma("locking_mode", "exclusive")
        db.execute("BEGIN")
        db.execute("SELECT max(seq) FROM event").fetchone()
        with to.backup("main", db, "main") as running:
            while not running.done:
                running.step(PAGES)
        db.execute("COMMIT")
        # A copy is one file, without a log beside it.
        to.pragma("journal_mode", "delete")
    with target.open("rb+") as written:
        os.fsync(written.fileno())
    place.sync(target.parent)


def pictures(source: Path, target: Path) -> tuple[Problem, ...]:
    """Copy what is not there yet, each under the digest its bytes really have.

    Returns the pictures that are not what they were. Raises OSError.
    """
    spoilt: list[Problem] = []
    for folder in _folders(source):
        there = target / folder.name
        known = {each.name for each in there.iterdir()} if there.is_dir() else set()
        new = [each for each in folder.iterdir() if _whole(each) and each.name not in known]
        spoilt += (each for path in new for each in _picture(path, there))
        if there.is_dir() and new:
            place.sync(there)
            place.sync(target)
    return tuple(spoilt)


def _folders(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield from sorted(each for each in source.iterdir() if each.is_dir())


def _whole(path: Path) -> bool:
    return len(path.stem) == 64 and path.suffix != ".part" and path.is_file()


def _picture(path: Path, folder: Path) -> Iterator[Problem]:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != path.stem:
        yield problem("The picture {name} is not what it was.", name=path.name)
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{path.name}.part"
    with part.open("wb") as written:
        written.write(data)
        written.flush()
        os.fsync(written.fileno())
    part.replace(folder / path.name)
