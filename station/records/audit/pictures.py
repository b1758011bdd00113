"""The pictures that verdicts rest on, and the designs of the labels: each one there, and its bytes
as they were.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import file_digest
from pathlib import Path

import apsw

SUFFIXES = (".jpg", ".json", ".png")
"""Of a picture, of a design, and of a drawn label."""


class Wrong(Enum):
    GONE = auto()
    UNREADABLE = auto()
    CHANGED = auto()
    NAMELESS = auto()
    """What the event names can be no picture's digest."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A picture that an event names, and that does not bear it out."""

    seq: int
    """The event that rests on it."""

    name: str
    why: Wrong


def look_at(folder: Path, seq: int, name: bytes) -> Missing | None:
    """What is wrong with a picture; None if it is there and its bytes have that SHA-256."""
    digest = name.decode("ascii", "replace")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        return Missing(seq, digest[:80], Wrong.NAMELESS)
    try:
        found = _digest_of_either(folder / digest[:2], digest)
    except FileNotFoundError:
        return Missing(seq, digest, Wrong.GONE)
    except OSError:
        return Missing(seq, digest, Wrong.UNREADABLE)
    return None if found == digest else Missing(seq, digest, Wrong.CHANGED)


def _digest_of_either(folder: Path, name: str) -> str:
    """SHA-256 of what is kept under this name. Raises OSError."""
    *before, last = (folder / f"{name}{suffix}" for suffix in SUFFIXES)
    for each in before:
        with suppress(FileNotFoundError):
            return _digest(each)
    return _digest(last)


def _digest(path: Path) -> str:
    """SHA-256 of a file; of anything else that lies there, none. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        return file_digest(file, "sha256").hexdigest()


class Named:
    """The digests of all pictures that are named, on disk where they are many."""

    def __init__(self) -> None:
        self._db = apsw.Connection("")
        self._db.pragma("journal_mode", "off")
        self._db.execute("CREATE TABLE named(name BLOB PRIMARY KEY)")

    def add(self, digests: bytes) -> None:
        """Digests of 32 bytes each, one after the other."""
        each = ((digests[at : at + 32],) for at in range(0, len(digests), 32))
        self._db.executemany("INSERT OR IGNORE INTO named VALUES(?)", each)

    def strays(self, folder: Path) -> int:
        """Files in the folder that no event names: a picture is kept before its verdict is."""
        return sum(not self._known(Path(name)) for _, _, names in os.walk(folder) for name in names)

    def _known(self, name: Path) -> bool:
        try:
            digest = bytes.fromhex(name.stem)
        except ValueError:
            return False
        found = self._db.execute("SELECT 1 FROM named WHERE name=?", (digest,)).get
        return found is not None and name.suffix in SUFFIXES

    def close(self) -> None:
        self._db.close()
