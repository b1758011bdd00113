"""Looking at pictures in a process of its own, which can be killed.

Decoders are C++ and pictures come from outside: a crafted QR Code hangs zxing-cpp 3.1.1, and other
pictures have crashed decoders before. Here that costs one look: the process is killed, another one
is started, and the line stops with a fault. A fault is no verdict about a label.

    station ── length, pickled question ──> worker      over its standard input
            <── length, pickled answer ───              over its standard output

The worker trusts the station that started it, and nobody else can write to its pipes.
"""

import ctypes
import fcntl
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import cv2

from drivers.interface import Condition, NotReady
from station.core.problem import Problem, Refused
from station.core.quality import Limits
from station.vision.picture import Picture
from station.vision.see import see
from station.vision.sheet import Sheet
from station.vision.sighting import Sighting

STARTING_SECONDS = 60.0
"""Longest until a worker has loaded its libraries."""

ENDING_SECONDS = 1.0
"""Longest until a worker whose pipes are closed has ended."""

SECONDS = 3.0
"""Longest for one look: fifty times what the slowest takes."""

MEMORY = 4 << 30
"""Bytes of address space a worker may have."""

PIPE = 1 << 20
"""Bytes of a pipe: a picture takes few writes."""

_LENGTH = struct.Struct("<Q")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    pixels: Picture
    expected: tuple[str, ...]
    sheet: Sheet | None
    limits: Limits


Answer = Sighting | tuple[Problem, ...]
"""What was seen, or why it was refused."""


class Worker:
    """Looks at a picture as `station.vision.see.see` does; a `station.line.reader.See`."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        keep: Callable[[Picture], str] = lambda _: "",
        program: str = "from station.vision.worker import main; main()",
    ) -> None:
        """`keep` puts a picture aside that stopped a worker, and says where it is."""
        self._seconds = seconds
        self._keep = keep
        self._program = program
        self._process: subprocess.Popen[bytes] | None = self._started()
        self._waited = False

    def __call__(
        self,
        pixels: Picture,
        /,
        *,
        expected: tuple[str, ...] = (),
        sheet: Sheet | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Sighting:
        """Raises Refused for what is no picture, NotReady where the worker did not survive it."""
        process = self._ready()
        question = Question(pixels, expected, sheet, limits)
        answer = self._exchanged(process, question)
        if answer is None:
            kept = self._keep(pixels)
            detail = f"a picture could not be looked at: the worker {self._end(process)}"
            raise NotReady("camera", f"{detail} {kept}".rstrip(), Condition.SEEING_FAILED)
        if isinstance(answer, Sighting):
            return answer
        raise Refused(*answer)

    @property
    def pid(self) -> int:
        """Of the process that is there now, 0 after the end."""
        return self._process.pid if self._process else 0

    def close(self) -> None:
        """End the worker. Twice is once."""
        process, self._process = self._process, None
        if process:
            process.kill()
            _buried(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        """Returns at once; the libraries take most of a second to load."""
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        for pipe in (process.stdin, process.stdout):
            assert pipe
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
        self._waited = False
        return process

    def _ready(self) -> subprocess.Popen[bytes]:
        """A worker that has said that it is there. Raises NotReady."""
        if self._process and self._process.poll() is not None:
            self._end(self._process)
        process = self._process = self._process or self._started()
        if not self._waited:
            assert process.stdout
            if _within(STARTING_SECONDS, process, lambda: _read(_of(process.stdout), 1)) is None:
                detail = f"no worker can be started: it {self._end(process)}"
                raise NotReady("camera", detail, Condition.SEEING_FAILED)
            self._waited = True
        return process

    def _exchanged(self, process: subprocess.Popen[bytes], question: Question) -> Answer | None:
        """None where the worker did not answer in time, or not at all."""
        body = pickle.dumps(question, protocol=5)

        def ask() -> bytes | None:
            _write(_of(process.stdin), body)
            return _received(_of(process.stdout))

        body_of_answer = _within(self._seconds, process, ask)
        if body_of_answer is None:
            return None
        answer: Answer = pickle.loads(body_of_answer)  # noqa: S301 - of our own worker
        return answer

    def _end(self, process: subprocess.Popen[bytes]) -> str:
        """How it ended; the next one is started."""
        _buried(process)
        self._process = self._started()
        code = process.returncode
        if code == -signal.SIGKILL:
            return f"was killed, after {self._seconds:g} s or by the system"
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _buried(process: subprocess.Popen[bytes]) -> None:
    """Nothing is left of it; killed, where it does not end by itself now that nobody asks."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _within(
    seconds: float, process: subprocess.Popen[bytes], work: Callable[[], bytes | None]
) -> bytes | None:
    """What `work` with the process gives; None where it had to be killed, or ended by itself."""
    watch = threading.Timer(seconds, process.kill)
    watch.start()
    try:
        return work()
    except BrokenPipeError:
        return None
    finally:
        watch.cancel()


def _of(pipe: IO[bytes] | None) -> int:
    assert pipe
    return pipe.fileno()


def _write(pipe: int, body: bytes) -> None:
    for part in (_LENGTH.pack(len(body)), body):
        left = memoryview(part)
        while left:
            left = left[os.write(pipe, left) :]


def _received(pipe: int) -> bytes | None:
    head = _read(pipe, _LENGTH.size)
    return None if head is None else _read(pipe, _LENGTH.unpack(head)[0])


def _read(pipe: int, size: int) -> bytes | None:
    """So many bytes; None where the other side is gone."""
    found = bytearray(size)
    left = memoryview(found)
    while left:
        count = os.readv(pipe, [left])
        if not count:
            return None
        left = left[count:]
    return bytes(found)


# -- in the worker -------------------------------------------------------------------------


def main(look: Callable[[Question], Sighting] | None = None) -> None:
    """Answer until the station closes the pipe, or is gone."""
    look = look or _look
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cv2.setNumThreads(1)
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    os.write(answers, b"+")
    while (body := _received(0)) is not None:
        _write(answers, pickle.dumps(_answered(look, body), protocol=5))


def _answered(look: Callable[[Question], Sighting], body: bytes) -> Answer:
    try:
        return look(pickle.loads(body))  # noqa: S301 - of the station that started us
    except Refused as refused:
        return refused.problems


def _look(asked: Question) -> Sighting:
    return see(asked.pixels, expected=asked.expected, sheet=asked.sheet, limits=asked.limits)


def kept_beside(folder: Path, most: int = 5) -> Callable[[Picture], str]:
    """Puts a picture into a folder that holds the last few."""

    def keep(pixels: Picture) -> str:
        folder.mkdir(exist_ok=True)
        there = sorted(folder.glob("*.png"))
        for old in there[: max(0, len(there) - most + 1)]:
            old.unlink(missing_ok=True)
        number = int(there[-1].stem) + 1 if there else 1
        path = folder / f"{number:06d}.png"
        written, png = cv2.imencode(".png", pixels)
        if written:
            path.write_bytes(png.tobytes())
        return f"({path.name})"

    return keep


if __name__ == "__main__":
    main()
