"""The disk refuses: a write or a sync fails, once or from then on.

EIO once is a bad block that was mapped away; ENOSPC from a call on is a disk that filled up. The
station may go on or stop; it may not lose a label, hang, or show a traceback to the operator. On a
disk that works again the next start has to finish the orders.
"""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from torture import tracer
from torture.kills import FAULTS, Kills, counted, spread, tried
from torture.result import Result
from torture.stage import Stage
from torture.tracer import Point

FILES = ("journal.db", "journal.db-wal", "journal.db-shm", "journal.db-journal")
ELSEWHERE = ("openat", "write", "fsync", "ftruncate", "rename", "link", "unlink", "mkdir")
"""Calls with which orders, receipts, pictures and the lock come to the disk."""

SHORT = 20
"""Failures of each kind in the short form."""


def run(*, long: bool) -> Result:
    """In the files of the journal."""
    name = "disk errors in the journal"
    why = tracer.missing()
    if why:
        return Result(name, 0, (), skipped=why)
    points = journal_points()
    chosen = points if long else spread(points, SHORT)
    once = _tried(chosen, "EIO", for_good=False, files=FILES)
    for_good = _tried(chosen, "ENOSPC", for_good=True, files=FILES)
    return Result(name, 2 * len(chosen), once + for_good)


def run_beside(*, long: bool) -> Result:
    """Everywhere else in the data directory."""
    name = "disk errors beside the journal"
    why = tracer.missing()
    if why:
        return Result(name, 0, (), skipped=why)
    points = [each for each in counted(()) if each.call in ELSEWHERE and each.about not in FILES]
    chosen = points if long else tracer.sample(points, SHORT)
    return Result(name, len(chosen), _tried(chosen, "EIO", for_good=False, files=()))


def journal_points() -> tuple[Point, ...]:
    """Every write-type call on the journal's files."""
    with tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as name:
        folder = Path(name).resolve()
        log = folder / "calls"
        with Stage(folder, faults=FAULTS) as stage:
            stage.live(tracer.counting(log, paths=_paths(stage, FILES)))
        return tracer.points(log)


def _tried(
    points: Sequence[Point], error: str, *, for_good: bool, files: tuple[str, ...]
) -> tuple[str, ...]:
    attempt = partial(failed_at, error=error, for_good=for_good, files=files)
    return tuple(f"{error} {each}" for each in tried([(point,) for point in points], attempt))


def failed_at(
    kills: Kills, *, error: str, for_good: bool, files: tuple[str, ...] = FILES
) -> Iterator[str]:
    """One line whose disk refuses at this point; what is wrong with its journal.

    The point is counted over calls on these files, or over all if none is named.
    """
    with (
        tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as folder,
        Stage(Path(folder).resolve(), faults=FAULTS) as stage,
    ):
        paths = _paths(stage, files)
        life = stage.live(tracer.failing(kills[0], error, for_good=for_good, paths=paths))
        if life.late:
            yield "end: the station neither goes on nor stops"
        if "Traceback" in life.said:
            yield f"end: the operator saw a traceback: {life.last_words!r}"
        yield from stage.wrong()
        again = stage.live()
        yield from stage.wrong()
        yield from stage.unfinished(again)


def _paths(stage: Stage, files: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(stage.data / name for name in files)
