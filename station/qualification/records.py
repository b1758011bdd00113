"""Operation: what is recorded survives a loss of power, comes back from a backup, and is found
changed where it was changed.
"""

import shutil
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from drivers.deadline import Deadline
from station.app import VERSION
from station.config import Config, ReaderConfig
from station.core.events import LabelIssued, LabelJudged
from station.core.problem import Refused, problem
from station.core.state import LabelState
from station.qualification.check import LONGEST_WORD, Check, Finding
from station.qualification.requirements import Need
from station.qualification.trial import (
    STEP_SECONDS,
    Ground,
    audited,
    serialised,
    states_of,
    trial,
    tried,
    unless,
)
from station.records import place
from station.records.audit.audit import audit
from station.records.backup.backup import Source, make
from station.records.backup.restore import known_from, restore
from station.records.clock import now
from station.records.engine import refusals
from station.records.export import exported
from station.records.export.export import export
from station.records.journal import FILE, read_only, recorded

ORDER = "OQ-1"
LOST_AFTER = 2
"""The label that is in hand when the power goes."""

STALLS = "faults:\n  - {at: 2, step: look, fault: camera-stalled}\n"


def _killed(ground: Ground) -> Finding:
    """A process of its own is killed while a label lies before the camera, and not asked to end."""
    with trial(ground):
        pass  # two people approve the design
    line = Ground(ground.folder, ground.font, ground.shared)
    settings = line.config(reader=ReaderConfig(seconds=STEP_SECONDS))
    _kill_at_the_second(settings, ground.folder)
    with trial(ground, approved=()) as after:
        seen = after.held("restart")
        before = [each.state for each in after.labels(ORDER)]
        printed = after.bench.received
        after.settle(seen)
        after.resume()
        after.finished(ORDER)
        serials = [each.serial for each in after.labels(ORDER)]
    return tried(
        ground,
        (
            *unless(before == [LabelState.RELEASED, LabelState.IN_DOUBT], states_of(before)),
            *unless(not printed, problem("{count} labels were printed by the restart.",
                                         count=printed)),
            *unless(len(set(serials)) == len(serials),
                    problem("A serial stands on two labels: {serials}.",
                            serials=", ".join(serials))),
            *audited(ground.folder / "data").problems,
        ),
        problem("Killed with label {number} in hand. Held after the restart, the label in doubt,"
                " nothing printed; settled by two people and finished with {count} labels.",
                number=LOST_AFTER, count=len(serials)),
    )  # fmt: skip


def _kill_at_the_second(settings: Config, folder: Path) -> None:
    """Start a station as the service does, and kill it in the middle of its second label."""
    written, faults = folder / "station.json", folder / "faults.yaml"
    place.write_whole(written, settings.canonical)
    place.write_whole(faults, STALLS.encode())
    inbox = settings.data / "orders" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    place.write_whole(inbox / "order.yaml", serialised(ORDER).encode())
    command = (sys.executable, "-m", "station", "run", "--config", str(written),
               "--faults", str(faults))  # fmt: skip
    with (folder / "killed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ourselves
    try:
        _wait_until_issued(settings.data, process, folder / "killed.log")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _wait_until_issued(data: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Raises Refused where the second label is never in hand."""
    deadline, pause = Deadline.after(STEP_SECONDS), threading.Event()
    while not deadline.expired and process.poll() is None:
        with closing(read_only(data)) as db:
            of_labels = [
                each.event for each in recorded(db)
                if isinstance(each.event, LabelIssued | LabelJudged)
            ]  # fmt: skip
        last = of_labels[-1] if of_labels else None
        if isinstance(last, LabelIssued) and last.number == LOST_AFTER:
            return
        pause.wait(0.1)
    said = log.read_text("utf-8", "replace").strip()[-LONGEST_WORD:]
    raise Refused(
        problem("The station did not come to label {number}. It said: {said}", number=LOST_AFTER,
                said=said or "–")
    )  # fmt: skip


def _worked(ground: Ground) -> None:
    """Records to look at: an order with a reject, closed."""
    with trial(ground) as line:
        line.bench.order("wrong-serial", at=2)
        line.put(ORDER, serialised(ORDER))
        line.finished(ORDER)


def _restored(ground: Ground) -> Finding:
    """While the station runs, as the clock does it; then as a person does it on a new machine."""
    folder = ground.folder / "backups"
    folder.mkdir()
    with trial(ground) as line:
        line.bench.order("wrong-serial", at=2)
        line.put(ORDER, serialised(ORDER))
        line.finished(ORDER)
        made = make(_source(line.config), folder, at=now().utc)
    into = ground.folder / "restored"
    heads = ground.folder / "data" / "heads" / "heads.jsonl"
    done = restore(made.folder, into, known=known_from(heads), signer=None, actor="OQ")
    report = audit(into / FILE, evidence=into / "evidence")
    return tried(
        ground, (*made.problems, *report.problems),
        problem("Backed up to event {seq}, brought back and found whole to the last picture.",
                seq=done.seq),
    )  # fmt: skip


def _source(config: Config) -> Source:
    return Source(
        station=config.name,
        version=VERSION,
        data=config.data,
        heads=config.heads.folder,
        catalogue=config.catalogue,
        labels=config.labels,
        configuration=config.canonical,
        digest=config.digest,
    )


def _byte(ground: Ground) -> Finding:
    """One byte of one event, where the serial of a label stands; nothing is made to fit it."""
    _worked(ground)
    copy = _copied(ground)
    path = copy / FILE
    data = path.read_bytes()
    at = data.rindex(b'"serial":"CN') + len('"serial":"CN')
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    return _has_to_be_found(ground, copy, unchanged=ground.folder / "data")


def _picture(ground: Ground) -> Finding:
    """One byte of the picture a verdict rests on."""
    _worked(ground)
    copy = _copied(ground)
    path = next(iter(sorted((copy / "evidence").rglob("*.jpg"))))
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    return _has_to_be_found(ground, copy, unchanged=ground.folder / "data")


def _older(ground: Ground) -> Finding:
    """Records as they were before the last order: whole in themselves, and too short."""
    _worked(ground)
    copy = _copied(ground)
    with trial(ground, approved=()) as line:
        line.put("OQ-2", serialised("OQ-2", start="500001"))
        line.finished("OQ-2")
    shutil.copytree(ground.folder / "data" / "heads", copy / "heads", dirs_exist_ok=True)
    return _has_to_be_found(ground, copy, unchanged=ground.folder / "data")


def _copied(ground: Ground) -> Path:
    copy = ground.folder / "changed"
    keep = shutil.ignore_patterns("station.*", "*.sock")
    shutil.copytree(ground.folder / "data", copy, ignore=keep)
    return copy


def _has_to_be_found(ground: Ground, changed: Path, *, unchanged: Path) -> Finding:
    """The audit finds it in the one, and nothing in the other."""
    found = audited(changed).problems
    return tried(
        ground,
        (*unless(bool(found), problem("The audit found nothing.")), *audited(unchanged).problems),
        *found[:5],
    )


def _overwritten(ground: Ground) -> Finding:
    """A program with the rights of the station tries what no step of the station does."""
    _worked(ground)
    tries = refusals(_copied(ground))
    done = [what for what, why in tries if not why]
    return tried(
        ground,
        unless(not done, problem("The records let this be done: {what}.", what=", ".join(done))),
        *(problem("{what}: {why}.", what=what, why=why) for what, why in tries),
    )


def _exported(ground: Ground) -> Finding:
    """A closed order as a folder, checked without the station; then with a byte missing."""
    folder = ground.folder / "exported"
    data = ground.folder / "data"
    with trial(ground) as line:
        line.put(ORDER, serialised(ORDER))
        line.finished(ORDER)
        line.close(ORDER)
    with closing(read_only(data)) as db:
        export(db, ORDER, folder, evidence=data / "evidence", heads=data / "heads" / "heads.jsonl")
    good = exported.check(folder)
    path = max(folder.iterdir(), key=lambda each: each.stat().st_size if each.is_file() else 0)
    path.write_bytes(path.read_bytes()[:-1])
    return tried(
        ground,
        (*good, *unless(bool(exported.check(folder)), problem("A change was not found."))),
        problem("Good by itself; with one byte of {file} missing it was found out.",
                file=path.name),
    )  # fmt: skip


CHECKS: tuple[Check[Ground], ...] = (
    Check(
        "OQ-71", (Need.DURABLE, Need.IN_DOUBT, Need.NOT_TWICE),
        problem("Kill the station while a label lies before the camera, and start it again."),
        problem("The label is in doubt, nothing is printed by itself, the order can be finished."),
        _killed,
    ),
    Check(
        "OQ-72", (Need.BACKUP,),
        problem("Back the records up beside the running station, and bring them back elsewhere."),
        problem("They come back whole."),
        _restored,
    ),
    Check(
        "OQ-73", (Need.TAMPERING, Need.JOURNAL),
        problem("Change one byte of one event in a copy of the journal, and audit it."),
        problem("The audit finds it, and nothing in the original."),
        _byte,
    ),
    Check(
        "OQ-74", (Need.TAMPERING, Need.SIGNED),
        problem("Audit records as they were before the last order, with the signed heads of now."),
        problem("The audit finds that their end is missing, and nothing in the original."),
        _older,
    ),
    Check(
        "OQ-75", (Need.TAMPERING, Need.EVIDENCE),
        problem("Change one byte of a picture in a copy of the records, and audit it."),
        problem("The audit finds it, and nothing in the original."),
        _picture,
    ),
    Check(
        "OQ-76", (Need.JOURNAL,),
        problem("Change, delete and replace an event by the database itself."),
        problem("All three are refused."),
        _overwritten,
    ),
    Check(
        "OQ-77", (Need.EXPORT, Need.TRACE),
        problem("Export a closed order, check it by itself, and again with one byte missing."),
        problem("Good, and then found out."),
        _exported,
    ),
)  # fmt: skip
