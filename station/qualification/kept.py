"""What records need: disk, engine, clock, rights, key, second place, backups; and the records."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from station.core.problem import Problem, problem
from station.qualification.check import Check, Finding, judged, met, missed, not_applicable
from station.qualification.installation import Installation
from station.qualification.requirements import Need
from station.records import clock, place
from station.records.audit.audit import audit
from station.records.backup.backup import backups
from station.records.engine import examine
from station.records.journal import FILE, read_only
from station.records.query import Records
from station.records.signed import heads
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE as HEADS
from station.records.signed.second_place import same_disk

_OTHERS = stat.S_IRWXO | stat.S_IRWXG
_LATE = 2
"""A backup may be so many times older than the time from one to the next."""


def _engine(of: Installation) -> Finding:
    """In a folder of its own on the disk of the records, where nothing else is touched."""
    with TemporaryDirectory(prefix=".qualification-", dir=_there(of.config.data)) as folder:
        found = examine(Path(folder))
    told = problem(
        "SQLite {version}: {pragmas}.",
        version=found.version,
        pragmas=", ".join(f"{name}={value}" for name, value in found.pragmas),
    )
    evidence = "\n".join((found.source, *found.options)).encode()
    return met(told, evidence=evidence) if found.safe else missed(told, evidence=evidence)


def _there(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    whole = folder.absolute()
    return next(each for each in (whole, *whole.parents) if each.is_dir())


def _disk(of: Installation) -> Finding:
    place.check_file_system(of.config.data)
    there = _there(of.config.data)
    return met(
        problem(
            "{folder} is on {system}.", folder=str(there), system=place.file_system(there) or "?"
        )
    )


def _room(of: Installation) -> Finding:
    free = shutil.disk_usage(_there(of.config.data)).free // 1_000_000
    told = problem(
        "{free} MB are free, {spare} MB are kept free.", free=free, spare=of.config.spare_megabytes
    )
    return met(told) if free > _LATE * of.config.spare_megabytes else missed(told)


def _rights(of: Installation) -> Finding:
    if not of.config.data.is_dir():
        return not_applicable(problem("No station has run here yet."))
    return judged(
        _wrong_rights(of),
        problem("User {user}; nobody else can read {folder}.", user=os.geteuid(),
                folder=str(of.config.data)),
    )  # fmt: skip


def _wrong_rights(of: Installation) -> Iterator[Problem]:
    found = of.config.data.stat()
    if found.st_mode & _OTHERS:
        yield problem(
            "Others can use {folder}: expected mode 0700, got {got}.",
            folder=str(of.config.data),
            got=f"{stat.S_IMODE(found.st_mode):04o}",
        )
    if found.st_uid == 0:
        yield problem("{folder} belongs to root: the service has a user of its own.",
                      folder=str(of.config.data))  # fmt: skip


def _clock(_: Installation) -> Finding:
    at = clock.now()
    told = problem(
        "{at}, {minutes} minutes ahead of UTC.",
        at=at.utc.isoformat(timespec="seconds"),
        minutes=at.offset,
    )
    if not at.steered:
        return missed(problem("Nothing steers the clock of this machine."), told)
    return met(told) if at.utc > clock.EARLIEST else missed(told)


def _key(of: Installation) -> Finding:
    if not of.config.heads.key.exists():
        return not_applicable(
            problem("There is no key yet: the station makes it when it first runs.")
        )
    key = Key.load(of.config.heads.key)
    return met(
        problem("Key {id} of {path}; fingerprint: {fingerprint}.", id=key.id, path=str(key.path),
                fingerprint=key.fingerprint)
    )  # fmt: skip


def _second_place(of: Installation) -> Finding:
    folder = of.config.heads.folder
    if not (folder / HEADS).exists():
        return not_applicable(problem("Nothing was signed yet."))
    found = heads.read(folder / HEADS)
    wrong = list(found.problems)
    if same_disk(folder, of.config.data):
        wrong.append(
            problem(
                "The second place is on the disk of the records: whoever loses one has lost both."
            )
        )
    return judged(
        wrong,
        problem("{count} heads in {folder}, the last of {at}.", count=len(found.heads),
                folder=str(folder), at=found.heads[-1].at if found.heads else "–"),
        evidence=(folder / HEADS).read_bytes()[-100_000:],
    )  # fmt: skip


def _backup(of: Installation) -> Finding:
    """The newest one that was restored for trial, and how old it is."""
    wanted = of.config.backup
    if wanted.folder is None:
        return missed(problem("No folder is configured, so no backups are made."))
    good = [each for each in backups(wanted.folder, of.config.name) if each[1].verified]
    if not good:
        return missed(problem("There is no backup in {folder} that was restored for trial.",
                              folder=str(wanted.folder)))  # fmt: skip
    path, made = good[-1]
    told = problem("{folder}, of {at}, up to event {seq}.", folder=path.name, at=made.at,
                   seq=made.seq)  # fmt: skip
    late = clock.now().utc - made.made > _LATE * timedelta(hours=wanted.every_hours)
    return missed(problem("The newest backup is too old."), told) if late else met(told)


def _records(of: Installation) -> Finding:
    """All that is there, to the last picture; on a long journal it takes its time."""
    journal = of.config.data / FILE
    if not journal.exists():
        return not_applicable(problem("No station has run here yet."))
    with closing(read_only(of.config.data)) as db:
        signed = Records(db).signed_before()
    kept = of.config.heads.folder / HEADS
    report = audit(
        journal,
        heads=kept if kept.exists() or signed else None,
        evidence=of.config.data / "evidence",
    )
    told = tuple(each.looked for each in report.checks)
    if report.good:
        return met(*told)
    return missed(*report.problems[:20], *told)


CHECKS: tuple[Check[Installation], ...] = (
    Check(
        "IQ-21", (Need.DURABLE,),
        problem("Write a small journal on the disk of the records, and ask how it is kept."),
        problem(
            "SQLite 3.51.3 or later with synchronous=3 (EXTRA), journal_mode=wal, foreign_keys=1."
        ),
        _engine,
    ),
    Check(
        "IQ-22", (Need.DURABLE,),
        problem("Ask which file system the records are on."),
        problem("A local disk; neither memory nor a network share."),
        _disk,
    ),
    Check(
        "IQ-23", (Need.DURABLE, Need.EVIDENCE),
        problem("Ask how much room there is on the disk."),
        problem("More than twice what is kept free."),
        _room,
    ),
    Check(
        "IQ-24", (Need.SERVICE, Need.ACCESS),
        problem("Ask whose the folder of the records is, and who may use it."),
        problem("Nobody but the service."),
        _rights,
    ),
    Check(
        "IQ-25", (Need.TIME,),
        problem("Ask the kernel whether a time source steers the clock."),
        problem("It does, and the time can be."),
        _clock,
    ),
    Check(
        "IQ-26", (Need.SIGNED,),
        problem("Read the key that signs."),
        problem("It can be used, and nobody else can read it."),
        _key,
    ),
    Check(
        "IQ-27", (Need.SIGNED,),
        problem("Check every signed head in the second place."),
        problem("Every signature is right, and the place is on another disk."),
        _second_place,
    ),
    Check(
        "IQ-28", (Need.BACKUP,),
        problem("Look for the newest backup that was restored for trial."),
        problem("There is one, and it is not older than twice the time between two."),
        _backup,
    ),
    Check(
        "IQ-29", (Need.JOURNAL, Need.TAMPERING, Need.EVIDENCE),
        problem("Audit all records of this station."),
        problem("Every record still is what it was."),
        _records,
    ),
)  # fmt: skip
