"""strace, taken hold of a station after its imports: to count its calls, and to let one of them
fail or kill.

`when=N` of strace counts per call, so one kind of call is injected at a time.
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from torture.stage import Tracer

WRITES = (
    "pwrite64",
    "pwritev",
    "write",
    "writev",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "ftruncate",
    "fallocate",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "sendto",
    "sendmsg",
    "openat",
)
"""Every call with which the station changes something outside itself; openat where it creates."""

_LINE = re.compile(r"^(?:\d+ +)?(?P<call>[a-z0-9_]+)\((?P<rest>.*)$", re.MULTILINE)
_ATTACHED = b"attached"


@dataclass(frozen=True, slots=True)
class Point:
    """The nth of one kind of call, counted from 1, from the start of the station's work."""

    call: str
    nth: int
    about: str = ""
    """What it was about in the run in which it was counted: a file, or bytes sent."""

    def __str__(self) -> str:
        return f"{self.call} {self.nth}{f' ({self.about})' if self.about else ''}"


@cache
def missing() -> str:
    """Why calls cannot be traced here; empty if they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        with _strace("-o", "/dev/null", calls=("write",), paths=())(sleeper.pid):
            return ""
    except Untraceable as error:
        return str(error)
    finally:
        sleeper.kill()
        sleeper.wait()


class Untraceable(Exception):
    """strace may not take hold of a process here."""


def counting(log: Path, *, paths: Sequence[Path] = ()) -> Tracer:
    """Writes every call of WRITES into the file; `paths` restricts it to those files."""
    return _strace("-y", "-s", "64", "-o", str(log), calls=WRITES, paths=paths)


def killing(point: Point) -> Tracer:
    """SIGKILL at the entry of the call: it is not done any more."""
    return _injecting(point.call, f"signal=SIGKILL:when={point.nth}", paths=())


def failing(point: Point, error: str, *, for_good: bool, paths: Sequence[Path]) -> Tracer:
    """The call on one of the files does nothing and gives an error, once or from then on."""
    when = f"{point.nth}+" if for_good else f"{point.nth}"
    return _injecting(point.call, f"error={error}:when={when}", paths=paths)


def _injecting(call: str, what: str, *, paths: Sequence[Path]) -> Tracer:
    return _strace("-o", "/dev/null", "-e", f"inject={call}:{what}", calls=(call,), paths=paths)


def _strace(*options: str, calls: Sequence[str], paths: Sequence[Path]) -> Tracer:
    only = [f"--trace-path={path}" for path in paths]
    # A question mark: an architecture without this call is no error.
    traced = "trace=" + ",".join(f"?{call}" for call in calls)
    command = ["strace", "-f", "-e", "signal=none", "-e", traced, *only, *options]

    @contextmanager
    def attached(process: int) -> Iterator[None]:
        tracing = subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.PIPE)
        assert tracing.stderr is not None, "it was asked for"
        try:
            if _ATTACHED not in tracing.stderr.readline():
                raise Untraceable("strace may not take hold of another process here")
            yield
        finally:
            tracing.terminate()
            tracing.communicate()

    return attached


def points(log: Path) -> tuple[Point, ...]:
    """Every call in the order in which it was made; of openat only those that may create."""
    seen: Counter[str] = Counter()
    found = []
    for line in _LINE.finditer(log.read_text(errors="replace")):
        call, rest = line["call"], line["rest"]
        seen[call] += 1
        if call != "openat" or "O_CREAT" in rest:
            found.append(Point(call, seen[call], _about(rest)))
    return tuple(found)


def _about(rest: str) -> str:
    """A short name: the path that is named, or the file behind the descriptor."""
    named = re.findall(r'"/?(?:[^"]*/)?([^"/]+)"', rest)
    opened = re.findall(r"/([^/<>\"]+)>", rest)
    return str((named if rest.startswith(("AT_FDCWD", '"')) else opened or [""])[-1])


def sample(found: Sequence[Point], most: int) -> tuple[Point, ...]:
    """So many of them at most, evenly spread, the first and the last among them.

    >>> [str(each) for each in sample([Point("write", n) for n in range(1, 10)], 3)]
    ['write 1', 'write 5', 'write 9']
    """
    if len(found) <= most:
        return tuple(found)
    step = (len(found) - 1) / max(1, most - 1)
    return tuple(found[round(step * place)] for place in range(most))
