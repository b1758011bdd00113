"""The power fails at any moment of print → verify → commit, and the disk forgets.

The real journal works on a file system of our own, an apsw.VFS over the default one that reports
every write, sync and deletion to a Disk (see disk.py). At each sync, and at each effect on the
world between two syncs, the disk is stopped, and every fate of its unsynced writes becomes a data
folder of its own. There the journal is opened again on the plain file system, and must

- be a journal, and satisfy every invariant of truth.py, given what had happened by then, and
- hold each event whose append had returned by then, and the head that was signed last;

and the station that is started again there must come to the end of its orders.

The VFS has no shared memory to offer; the journal then holds its locks for good, which SQLite
takes in its place.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from unittest.mock import patch

import apsw
from typing_extensions import Buffer

from station.core.problem import Refused
from station.records.journal import Journal, hash_of
from torture.crew import Crew
from torture.deaths import live
from torture.disk import Disk, Moment, fates
from torture.memory import Mishap, World
from torture.result import Result
from torture.rig import Rig, drop, quiet
from torture.truth import Invariant, said, violations

PAGES = 30
"""So few pages of WAL are a checkpoint, that a short run has some."""

PLAN = (None, None, Mishap.SMUDGED, Mishap.MUTE, Mishap.STUCK, None)
"""What befalls the labels of the run, one after the other."""

FIRST = 3
"""Labels that the first order asks for; a second one, traced by lot, comes after it."""

BESIDE = ("evidence", "orders")
"""Folders of the data directory that the plain file system keeps."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A moment at which the power can fail, and what had happened by then."""

    name: str
    disk: Moment
    world: World
    beside: tuple[tuple[Path, bytes], ...]
    """Pictures and order files: they are not on the forgetful disk."""


class ForgetfulVfs(apsw.VFS):
    """The default file system; a Disk is told what is done to the files."""

    def __init__(self, disk: Disk, *, before_sync: Callable[[str], None]) -> None:
        self.name = f"forgetful {next(_numbers)}"
        self.disk = disk
        self.before_sync = before_sync
        super().__init__(self.name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - apsw's
        if name is None:
            return super().xOpen(name, flags)
        path = Path(name if isinstance(name, str) else name.filename())
        self.disk.create(path.name)
        return _File(self, path.name, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - apsw's
        super().xDelete(filename, syncdir)
        self.disk.delete(Path(filename).name)
        if syncdir:
            self.disk.sync_folder()


class _File(apsw.VFSFile):
    def __init__(
        self, vfs: ForgetfulVfs, name: str, path: str | apsw.URIFilename, flags: list[int]
    ) -> None:
        self._vfs = vfs
        self._name = name
        self._new = flags[0] & apsw.SQLITE_OPEN_CREATE != 0
        self._main = flags[0] & apsw.SQLITE_OPEN_MAIN_DB != 0
        super().__init__("", path, flags)

    def xWrite(self, data: Buffer, offset: int) -> None:  # noqa: N802 - apsw's
        self._vfs.disk.write(self._name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's
        self._vfs.disk.truncate(self._name, newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 - apsw's
        """Nothing is synced really: the plain files are thrown away.

        SQLite's own file system syncs the folder with the first sync of a new journal or WAL, and
        never with that of a database.
        """
        self._vfs.before_sync(f"before a sync of {self._name}")
        self._vfs.disk.sync(self._name)
        if self._new and not self._main:
            self._vfs.disk.sync_folder()
        self._new = False


@contextmanager
def folder_syncs(folder: Path, vfs: ForgetfulVfs) -> Iterator[None]:
    """The Disk hears, too, when Python syncs the folder."""

    def fsync(handle: int) -> None:
        if os.path.samestat(os.fstat(handle), folder.stat()):
            vfs.before_sync("before a sync of the folder")
            vfs.disk.sync_folder()

    folder.mkdir(parents=True, exist_ok=True)
    with patch.object(os, "fsync", fsync):
        yield


class Workload:
    """print → verify → commit on a Disk; every moment at which the power can fail is noted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disk = Disk()
        self._losses: list[Loss] = []
        self._world = World(watch=self._note)
        self._vfs = ForgetfulVfs(self._disk, before_sync=self._note)

    def losses(self) -> Generator[Loss, None, None]:
        """In order, a few at a time: they are many, and each holds a whole disk."""
        drop(self._folder, "A", kind=0, quantity=FIRST)
        drop(self._folder, "B", kind=3, quantity=1)
        with folder_syncs(self._folder, self._vfs):
            rig = Rig(self._folder, self._world, vfs=self._vfs.name)
        try:
            yield from self._taken()
            rig.journal.db.pragma("wal_autocheckpoint", PAGES)
            crew = Crew(rig, self._world)
            for mishap in PLAN:
                self._world.mishap = mishap
                crew.step()
                yield from self._taken()
            crew.finish()
            crew.close()
            yield from self._taken()
        finally:
            rig.kill()

    def _note(self, name: str) -> None:
        beside = [each for part in BESIDE for each in (self._folder / part).rglob("*")]
        self._losses.append(
            Loss(
                name,
                self._disk.moment(),
                self._world.as_it_is(),
                tuple(
                    (path.relative_to(self._folder), path.read_bytes())
                    for path in beside
                    if path.is_file()
                ),
            )
        )

    def _taken(self) -> list[Loss]:
        found, self._losses = self._losses, []
        return found


def power_losses(*, mixtures: int, go_on: int, until: str = "") -> tuple[int, tuple[str, ...]]:
    """How many different states of the disk were opened again, and what was broken in them.

    In each `go_on`-th the station is started again as well, and brought to its end. A violation
    that begins with `until` ends it early.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    with (
        tempfile.TemporaryDirectory() as temporary,
        closing(Workload(Path(temporary)).losses()) as losses,
    ):
        for loss, fate in product(losses, tuple(fates(mixtures=mixtures))):
            files = fate.after(loss.disk)
            state = _digest(files, loss)
            if state not in seen:
                seen.add(state)
                for each in reopened(files, loss, go_on=len(seen) % go_on == 0):
                    found.setdefault(each, f"power lost {loss.name}, writes {fate.name}")
            if until and any(each.startswith(until) for each in found):
                break
    return len(seen), tuple(f"{each} ({where})" for each, where in found.items())


def reopened(files: dict[str, bytes], loss: Loss, *, go_on: bool) -> tuple[str, ...]:
    """What is broken when the station is started on these files on a plain file system."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, world = Path(temporary), loss.world.as_it_is()
        for path, content in (*loss.beside, *((Path(name), each) for name, each in files.items())):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        try:
            journal = Journal(folder, signed=lambda: world.signed)
        except Refused as refused:
            return (said(Invariant.READABLE, str(refused)),)
        last = world.written
        kept = last is None or hash_of(journal.db, last.seq) == last.hash
        journal.close()
        lost = () if kept else (said(Invariant.DURABLE, f"{last} was written, and is lost"),)
        found = (*lost, *violations(folder, world.truth))
        return (*found, *live(folder, world), *violations(folder, world.truth)) if go_on else found


def _digest(files: dict[str, bytes], loss: Loss) -> str:
    """States that are alike are looked at once."""
    world = loss.world
    digest = hashlib.sha256(
        repr((sorted(files), world.truth, world.written, world.signed)).encode()
    )
    for name in sorted(files):
        digest.update(hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def run(*, long: bool) -> Result:
    """Hundreds of states in seconds in the short form, thousands in the long one."""
    with quiet():
        points, found = power_losses(mixtures=40 if long else 3, go_on=1 if long else 10)
    return Result("storage", points, found)
