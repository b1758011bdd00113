"""A file of lines that is only ever appended to; a line that was taken is durable.

The file may lie on a share that comes and goes, and power may fail in the middle of a line. So
before each line the file is looked at again: what is in it beyond the last line known is read on,
and the piece of a line that a power cut left is seen as such. A file that is gone is not begun
again: an empty folder where a share should be mounted is no second place.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from station.core.problem import Refused, problem
from station.records.place import sync
from station.records.signed.private import make

LONGEST = 8192
"""Bytes of a line; a line of heads has some 600."""

MOST = 1_000_000
"""Lines of a file: a hundred a day for 27 years."""


class Lines:
    """Raises OSError where the file cannot be used, Refused where it is not what it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.last = b""
        """The last line read or appended, without its end."""

        self.piece = b""
        """What stood behind it without an end of its own when the file was read."""

        self._end = 0
        """Where the next line begins, in bytes."""

    def unread(self) -> Iterator[bytes]:
        """The whole lines behind the last one known, without their ends."""
        with _opened(self.path) as file:
            self._check_kept(file)
            file.seek(self._end)
            while (line := file.readline(LONGEST + 1)).endswith(b"\n"):
                self._know(line)
                yield self.last
        if len(line) > LONGEST:
            raise Refused(problem("It is longer than {limit} bytes.", limit=LONGEST)).within(
                f"line {self.count + 1}"
            )
        self.piece = line

    def append(self, line: bytes) -> None:
        """Behind the last line known, which has to be the last of the file.

        Only before the first one the file may be missing.
        """
        if not self.count:
            make(self.path.parent)
            self.path.touch(mode=0o644)
            sync(self.path.parent)
        self._write(line + b"\n")
        self._know(line + b"\n")

    def complete(self) -> None:
        """The piece was a whole line, but for its end."""
        self._write(b"\n")
        self._know(self.piece + b"\n")
        self.piece = b""

    def cut(self) -> None:
        """The piece was never more than that: nothing rests on it."""
        with self.path.open("rb+") as file:
            file.truncate(self._end)
            os.fsync(file.fileno())
        self.piece = b""

    def _check_kept(self, file: BinaryIO) -> None:
        """Whether the last line known still stands where it stood."""
        known = self.last + b"\n" if self.count else b""
        file.seek(self._end - len(known))
        if file.read(len(known)) != known:
            raise Refused(
                problem(
                    "{path} was exchanged or cut off while it was in use: its line {line} is not"
                    " the one that was written.",
                    path=str(self.path),
                    line=self.count,
                )
            )

    def _know(self, line: bytes) -> None:
        if self.count == MOST:
            raise Refused(
                problem(
                    "{path} has too many lines: at most {limit} are read.",
                    path=str(self.path),
                    limit=MOST,
                )
            )
        self.count += 1
        self.last = line[:-1]
        self._end += len(line)

    def _write(self, data: bytes) -> None:
        # Opened to append and nothing else, as a share that forbids changes demands.
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            if os.write(handle, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        finally:
            os.close(handle)


def _opened(path: Path) -> BinaryIO:
    """A regular file; opening a pipe would wait for somebody to write into it."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused(problem("{path} is not a file but a device or a pipe.", path=str(path)))
    return os.fdopen(handle, "rb")
