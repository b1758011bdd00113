"""The power fails: what was not synced is gone, and the station starts again on what is left.

Each round has a disk of its own, ext4 in an image file. The station is stopped dead at one of its
calls, the file system is shut down without writing its log (as the plug would do), mounted again,
which replays what had reached the disk, and the next start has to finish the order. Every other
time the printer, too, loses what it was told.
"""

import fcntl
import os
import random
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from station.line.cycle import Cycle
from torture import tracer
from torture.kills import FAULTS, Kills, counted, tried
from torture.result import Result
from torture.stage import Stage
from torture.station import Make

SHORT, LONG = 24, 200
MEGABYTES = 64
SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN of <linux/ext4.h>: _IOR('X', 125, __u32)."""

WITHOUT_LOG = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the disk, the journal of ext4 included."""


def run(*, long: bool) -> Result:
    name = "power failures"
    why = missing()
    if why:
        return Result(name, 0, (), skipped=why)
    points = counted(())
    rounds = LONG if long else SHORT
    chosen = [(random.Random(seed).choice(points),) for seed in range(rounds)]  # noqa: S311 - repeatable on purpose
    return Result(name, rounds, tried(chosen, failed_at))


def failed_at(kills: Kills, *, make_cycle: Make = Cycle) -> Iterator[str]:
    """One line whose power fails at this point; what is wrong with its journal."""
    with ExitStack() as opened:
        name = opened.enter_context(tempfile.TemporaryDirectory(prefix=".torture-", dir="."))
        folder = Path(name).resolve()
        disk = opened.enter_context(Disk(folder))
        data = disk.mounted / "data"
        stage = opened.enter_context(Stage(folder, data=data, faults=FAULTS, make_cycle=make_cycle))
        disk.sync()
        point = kills[0]
        life = stage.live(tracer.killing(point))
        disk.fail()
        if point.nth % 2:
            stage.line.ask("power-cycle")
        yield from stage.wrong()
        if not life.killed:
            yield from stage.unfinished(life)
        again = stage.live()
        yield from stage.wrong()
        yield from stage.unfinished(again)


class Disk:
    """An ext4 file system in an image file, mounted while the context lasts."""

    def __init__(self, folder: Path) -> None:
        self._image = folder / "disk.img"
        self.mounted = folder / "disk"

    def __enter__(self) -> Self:
        with self._image.open("wb") as image:
            image.truncate(MEGABYTES << 20)
        _run("mkfs.ext4", "-q", "-F", "-b", "4096", str(self._image))
        self.mounted.mkdir()
        self._mount()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Lazily, so that nobody who still has a file open keeps it; the loop device goes with it.
        _run("umount", "--lazy", str(self.mounted))

    def sync(self) -> None:
        """What is there now, an earlier day has brought to the disk."""
        _run("sync", "--file-system", str(self.mounted))

    def fail(self) -> None:
        """The power goes and comes back."""
        handle = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", WITHOUT_LOG))
        finally:
            os.close(handle)
        _run("umount", str(self.mounted))
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.mounted))


def missing() -> str:
    """Why no power can fail here; empty if it can."""
    if os.geteuid() != 0:
        return "only root can mount a disk"
    absent = [each for each in ("mkfs.ext4", "mount", "umount") if shutil.which(each) is None]
    if absent:
        return f"{', '.join(absent)} not installed"
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as folder,
            Disk(Path(folder).resolve()) as disk,
        ):
            disk.fail()
    except (OSError, Unable) as error:
        return f"no disk can be mounted and shut down here: {error}"
    return tracer.missing()


class Unable(Exception):
    """A program that mounts or makes a disk did not do it."""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unable(f"{' '.join(command[:1])}: {done.stderr.strip()}")
