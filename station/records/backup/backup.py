"""Backups: everything a station needs to go on elsewhere, but for its private key.

    <folder>/Line-1-20261122T080000Z/   one backup
        journal.db                      as it was at one moment; the station prints on meanwhile
        heads/                          what was signed, and the public keys
        orders/                         accepted order files and their receipts
        catalogue/  labels/             in force, as files
        configuration.json              every setting
        manifest.json                   SHA-256 of each of these; written last
    <folder>/evidence/ab/abcd….jpg      pictures, once for all backups

A backup is made under a name that begins with a dot, brought back beside itself and looked at from
end to end, and only then gets its name. What was cut off by a power cut or a full disk is never
taken for one, and is cleared away by the next.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import apsw

from station.core.problem import Problem, Refused, problem
from station.records import database, journal, place
from station.records.backup import copying, manifest
from station.records.backup.drill import drill
from station.records.backup.manifest import Manifest

EVIDENCE = "evidence"
HEADS = Path("heads") / "heads.jsonl"
CONFIGURATION = "configuration.json"
_LOCK = "backup.lock"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the things are that a backup is made of."""

    station: str
    version: str
    data: Path
    heads: Path
    catalogue: Path
    labels: Path
    configuration: bytes
    """Every setting, in canonical form."""

    digest: str
    """SHA-256 of that."""


@dataclass(frozen=True, slots=True)
class Backup:
    folder: Path
    seq: int
    """The last event in it."""

    problems: tuple[Problem, ...]
    """What the restore drill found."""

    @property
    def good(self) -> bool:
        return not self.problems


def make(source: Source, folder: Path, *, at: datetime) -> Backup:
    """Make one backup in this folder, and look whether it can be brought back.

    Raises Refused when it cannot be made; then nothing of it is left. Where it was made and is not
    good, it is kept, and its problems say why.
    """
    with _sentences(folder), _alone(source.data):
        if not folder.is_dir():
            raise Refused(
                problem(
                    "There is no folder {folder} for backups. Is the disk there? Make the folder"
                    " on it if it is new.",
                    folder=str(folder),
                )
            )
        name = _free_name(folder, f"{_prefix(source.station)}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        part = folder / f".{name}.part"
        _clear(folder, source.station)
        try:
            return _made(source, folder, part, folder / name, at=at)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _made(source: Source, folder: Path, part: Path, final: Path, *, at: datetime) -> Backup:
    part.mkdir()
    files = dict(_files(source, part))
    head = _head(part)
    # After the journal, so that no event in it rests on a picture that is not there.
    spoilt = copying.pictures(source.data / EVIDENCE, folder / EVIDENCE)
    made = Manifest(
        station=source.station,
        version=source.version,
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        seq=head.seq,
        hash=head.hash,
        configuration=source.digest,
        files=files,
    )
    manifest.write(part, made)
    problems = (*spoilt, *verify(part, evidence=folder / EVIDENCE))
    found = {"verified": not problems, "problems": tuple(str(each) for each in problems)}
    manifest.write(part, made.model_copy(update=found))
    part.rename(final)
    place.sync(folder)
    return Backup(final, head.seq, problems)


def _files(source: Source, part: Path) -> Iterator[tuple[str, str]]:
    """Copy each file; gives its name in the backup and its SHA-256."""
    # Heads before the journal: none is then of an event that is not in it.
    yield from _copies(source.heads, part, "heads", ("heads-*.jsonl", "*.pub"))
    yield from _whole_lines(source.heads / HEADS.name, part)
    copying.journal(source.data / journal.FILE, part / journal.FILE)
    yield journal.FILE, manifest.digest(part / journal.FILE)
    yield from _copies(source.data / "orders" / "accepted", part, "orders", ("*",))
    yield from _copies(source.catalogue, part, "catalogue", ("*.yaml",))
    yield from _copies(source.labels, part, "labels", ("*.yaml",))
    place.write_whole(part / CONFIGURATION, source.configuration)
    yield CONFIGURATION, manifest.digest(part / CONFIGURATION)


def _whole_lines(path: Path, part: Path) -> Iterator[tuple[str, str]]:
    """The signed heads, without the beginning of a line that is being written."""
    if path.is_file():
        place.write_whole(part / HEADS, path.read_bytes().rpartition(b"\n")[0] + b"\n")
        yield str(HEADS), manifest.digest(part / HEADS)


def _copies(
    folder: Path, part: Path, name: str, patterns: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for path in sorted(each for pattern in patterns for each in folder.glob(pattern)):
        if path.is_file() and not path.name.startswith("."):
            inside = f"{name}/{path.name}"
            yield inside, copying.file(path, part / inside)


def _head(part: Path) -> journal.Head:
    with closing(database.reader(part / journal.FILE)) as db:
        return journal.head(db)


def verify(backup: Path, *, evidence: Path) -> tuple[Problem, ...]:
    """Bring a backup back beside itself, and look at all of it. Raises Refused, OSError."""
    made = manifest.read(backup)
    changed = tuple(manifest.differences(backup, made))
    if changed:
        return changed
    beside = backup.with_name(f".{backup.name.strip('.').removesuffix('.part')}.drill")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        restored = beside / journal.FILE
        copying.file(backup / journal.FILE, restored)
        return drill(restored, signed=backup / HEADS, evidence=evidence)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def backups(folder: Path, station: str) -> tuple[tuple[Path, Manifest], ...]:
    """The whole backups of a station in this folder, oldest first. Raises OSError."""
    found = []
    for path in folder.iterdir():
        if path.name.startswith(_prefix(station)) and path.is_dir():
            try:
                made = manifest.read(path)
            except Refused:
                continue
            if made.station == station:
                found.append((path, made))
    return tuple(sorted(found, key=lambda each: (each[1].made, each[0].name)))


def prune(folder: Path, station: str, *, keep: int) -> tuple[Path, ...]:
    """Delete what is older than the newest `keep` verified backups; pictures stay.

    Where there are not that many, nothing is deleted. Raises Refused.
    """
    with _sentences(folder):
        every = backups(folder, station)
        good = [place for place, (_, made) in enumerate(every) if made.verified]
        first = good[-keep] if len(good) >= keep else 0
        gone = tuple(path for path, _ in every[:first])
        for path in gone:
            # Half deleted it must not look whole.
            shutil.rmtree(path.rename(folder / f".{path.name}.part"))
        return gone


def _prefix(station: str) -> str:
    """How the names of its backups begin, in letters that every file system takes."""
    return f"{re.sub(r'[^0-9A-Za-z_]+', '-', station).strip('-') or 'station'}-"


def _free_name(folder: Path, name: str) -> str:
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    return next(each for each in names if not (folder / each).exists())


def _clear(folder: Path, station: str) -> None:
    """Remove what an attempt that was cut off has left."""
    ours = re.compile(rf"\.{_prefix(station)}[0-9]{{8}}T[0-9]{{6}}Z(-[0-9]+)?\.(part|drill)")
    for path in folder.iterdir():
        if ours.fullmatch(path.name) and path.is_dir():
            shutil.rmtree(path)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One backup of a station at a time. The lock is on the station's disk: shares have none."""
    if not data.is_dir():
        raise Refused(problem("There is no journal in {folder} yet.", folder=str(data)))
    with (data / _LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(problem("Another backup of this station is being made.")) from None
        yield


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """What the disk does not do is said in one sentence."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        raise Refused(_not_made(folder, f"{where}{why}")) from None
    except apsw.Error as error:
        raise Refused(_not_made(folder, str(error))) from None


def _not_made(folder: Path, why: str) -> Problem:
    return problem("No backup could be made in {folder}: {why}.", folder=str(folder), why=why)
