"""What a backup holds, file by file: manifest.json, written last.

A folder without one was never finished. With it every byte of a backup can be checked by anybody:
the names and the SHA-256 of all files, and the last event of the journal among them. The pictures
are not in it: each is named by its own SHA-256, and by the event that rests on it.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from station import documents
from station.core.problem import Problem, Refused, problem
from station.core.shape import Shape, Text, parse
from station.records import place

FILE = "manifest.json"
LIMIT = 64_000_000
"""Bytes of a manifest that are read."""

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

_PLAIN = re.compile(r"(?!\.)[^/\x00]+(/(?!\.)[^/\x00]+)*")
"""A name inside the folder: nothing absolute, nothing hidden, nothing that leads out of it."""


class Manifest(Shape):
    form: Literal[1] = 1
    station: Text
    version: Text
    """Of the program that made it."""

    at: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9-]{5}T[0-9:]{8}\+00:00$")]
    """When it was begun, UTC."""

    seq: Annotated[int, Field(ge=0)]
    """The last event in it."""

    hash: Digest
    """Of that event."""

    configuration: Digest
    """SHA-256 of configuration.json, as the station names it when it starts."""

    files: dict[str, Digest]
    verified: bool | None = None
    """Whether it was restored elsewhere and found whole; none if that was not tried."""

    problems: tuple[str, ...] = ()
    """What was found then."""

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.at)


def write(folder: Path, manifest: Manifest) -> None:
    """Raises OSError."""
    place.write_whole(folder / FILE, manifest.model_dump_json(indent=1).encode() + b"\n")


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises Refused."""
    path = folder / FILE
    if not path.is_file():
        raise Refused(
            problem(
                "{folder} is not a whole backup: it has no {file}.", folder=str(folder), file=FILE
            )
        )
    manifest = parse(Manifest, documents.read(path, limit=LIMIT), where=FILE)
    for name in manifest.files:
        if not _PLAIN.fullmatch(name):
            raise Refused(problem("{name!r} leads out of the folder.", where=FILE, name=name[:80]))
    return manifest


def differences(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Files that are not what the manifest says."""
    for name, expected in manifest.files.items():
        try:
            found = digest(folder / name)
        except OSError as error:
            yield problem("Cannot read {path}: {why}.", path=name, why=error.strerror or "?")
            continue
        if found != expected:
            yield problem(
                "{path} was changed: expected SHA-256 {expected}, got {got}.",
                path=name,
                expected=expected,
                got=found,
            )


def digest(path: Path) -> str:
    """SHA-256 of a regular file; a link or a device is none. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return "no file"
        return hashlib.file_digest(file, "sha256").hexdigest()
