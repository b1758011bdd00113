"""Backups by the clock, beside the line: started, watched and written down, never waited for.

A backup is a program of its own with the lowest priority, so whatever it meets, a full disk, a
share that hangs, a picture that cannot be read, the line does not feel it. A backup that failed or
is overdue is shown, and stops nothing: paper does not get worse by it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from drivers.deadline import Deadline
from station.core.events import BackupMade, Event
from station.core.problem import Problem, problem

LONGEST_SECONDS = 12 * 3600.0
"""A backup that takes longer hangs."""

AGAIN_SECONDS = 900.0
"""After one that failed the next is tried so much later."""

TOLD = 64_000
"""Bytes of what a backup says that are read."""

DETAIL = 1000
"""Characters of it that are recorded."""


@dataclass(frozen=True, slots=True)
class Schedule:
    every: timedelta
    command: tuple[str, ...]
    """What makes one backup, and says in a last line of JSON what came of it."""

    log: Path
    """Where it says so, on the station's own disk."""


class Result(BaseModel):
    """The last line of the command."""

    model_config = ConfigDict(frozen=True)

    folder: str
    at: AwareDatetime
    seq: int
    good: bool
    detail: str
    """Why it is not good."""


class Backups:
    """A chore of the daemon: call it once per turn."""

    def __init__(self, schedule: Schedule, *, clock: Callable[[], datetime]) -> None:
        self._schedule = schedule
        self._clock = clock
        self._began = clock()
        self._running: subprocess.Popen[bytes] | None = None
        self._by = Deadline.after(LONGEST_SECONDS)
        self._next = Deadline.after(0.0)
        self._last = self._before()
        self._failed = ""

    def __call__(self) -> Iterator[Event]:
        if self._running is None:
            if self._due:
                self._start()
            return
        if self._running.poll() is not None:
            yield self._ended(self._running.returncode)
        elif self._by.expired:
            self._running.kill()

    @property
    def notice(self) -> Problem | None:
        """What people should know of the backups; None while they are as they should be."""
        if self._failed:
            return problem("The last backup failed: {why}", why=self._failed)
        since = self._last or self._began
        if self._clock() - since > 2 * self._schedule.every:
            return problem(
                "There is no good backup since {since}: expected one every {hours} hours.",
                since=since.astimezone().strftime("%Y-%m-%d %H:%M"),
                hours=int(self._schedule.every / timedelta(hours=1)),
            )
        return None

    def close(self) -> None:
        """A backup that is not done is given up; what it made is cleared away by the next."""
        if self._running:
            self._running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(timeout=10)
            self._running.kill()
            self._running.wait()
            self._running = None

    @property
    def _due(self) -> bool:
        """By the newest good one that is there, not by what was ever made."""
        if not self._next.expired:
            return False
        return self._last is None or self._clock() - self._last >= self._schedule.every

    def _before(self) -> datetime | None:
        """When the last one was made, if it was good: from this disk, for a share may hang."""
        lines = self._lines()
        result = _result(lines[-1]) if lines else None
        return result.at if result and result.good else None

    def _start(self) -> None:
        self._next = Deadline.after(AGAIN_SECONDS)
        self._by = Deadline.after(LONGEST_SECONDS)
        try:
            with self._schedule.log.open("wb") as said:
                self._running = subprocess.Popen(  # noqa: S603 - the station's own program
                    self._schedule.command,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                )
            os.setpriority(os.PRIO_PROCESS, self._running.pid, 19)
        except ProcessLookupError:
            pass  # it is done already
        except OSError as error:
            self._failed = error.strerror or str(error)

    def _ended(self, code: int) -> BackupMade:
        self._running = None
        lines = self._lines()
        result = _result(lines[-1]) if lines else None
        if result is None:
            why = " ".join(lines) or f"it ended with code {code} and said nothing"
            self._failed = why[:DETAIL]
            return BackupMade(folder="", seq=0, good=False, detail=self._failed)
        good = code == 0 and result.good
        self._failed = "" if good else result.detail[:DETAIL]
        if good:
            self._last = result.at
        return BackupMade(
            folder=result.folder, seq=result.seq, good=good, detail=result.detail[:DETAIL]
        )

    def _lines(self) -> list[str]:
        """What the last backup said."""
        with suppress(OSError), self._schedule.log.open("rb") as said:
            text = said.read(TOLD).decode("utf-8", "replace")
            return [line for line in text.split("\n") if line.strip()]
        return []


def _result(line: str) -> Result | None:
    """What the command said, if its last line is that."""
    with suppress(ValidationError):
        return Result.model_validate_json(line)
    return None
