"""Backups are made by the clock, beside the line, and what becomes of them is recorded."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from station.core.events import BackupMade
from station.line import backups
from station.line.backups import Backups, Schedule

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD = {"folder": "/b/1", "at": AT.isoformat(), "seq": 7, "good": True, "detail": ""}


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def says(result: object, *, code: int = 0, before: str = "") -> tuple[str, ...]:
    program = f"import sys; print({before!r}); print({json.dumps(result)!r}); sys.exit({code})"
    return (sys.executable, "-c", program)


@pytest.fixture
def chore(tmp_path: Path) -> Callable[..., Backups]:
    def made(command: tuple[str, ...], clock: Hands | None = None) -> Backups:
        schedule = Schedule(every=timedelta(hours=24), command=command, log=tmp_path / "backup.log")
        return Backups(schedule, clock=clock or Hands())

    return made


def ended(of: Backups) -> BackupMade:
    """What is recorded when the backup is done."""
    while not (found := tuple(of())):
        assert of._running is not None
        of._running.wait(timeout=60)
    (event,) = found
    assert isinstance(event, BackupMade)
    return event


def test_a_good_backup_is_recorded_and_the_next_waits_for_its_hour(
    chore: Callable[..., Backups],
) -> None:
    clock = Hands()
    line = chore(says(GOOD), clock)
    assert ended(line) == BackupMade(folder="/b/1", seq=7, good=True)
    assert line.notice is None
    assert (tuple(line()), line._due) == ((), False)
    clock.at += timedelta(hours=25)
    line._next = Deadline.after(0)
    assert line._due


def test_a_start_does_not_back_up_again_what_was_backed_up_just_before(
    chore: Callable[..., Backups],
) -> None:
    ended(chore(says(GOOD)))
    assert not chore(says(GOOD))._due


@pytest.mark.parametrize(
    "command",
    [
        says(GOOD | {"good": False, "detail": "a picture is gone"}, code=1),
        says(GOOD | {"detail": "a picture is gone"}, code=1),
        (sys.executable, "-c", "import sys; print('the disk is full'); sys.exit(2)"),
        says({"good": True}, before="odd"),
        says("nothing"),
        (sys.executable, "-c", ""),
        (sys.executable, "-c", "import sys; sys.stdout.buffer.write(bytes(range(256)) * 1000)"),
    ],
)
def test_a_backup_that_failed_is_recorded_shown_and_tried_again_later(
    chore: Callable[..., Backups], command: tuple[str, ...]
) -> None:
    line = chore(command)
    event = ended(line)
    assert not event.good
    assert len(event.detail) <= backups.DETAIL
    assert line.notice is not None
    assert str(line.notice).startswith("The last backup failed: ")
    assert not line._due


def test_a_program_that_is_not_there_is_shown_and_stops_nothing(
    chore: Callable[..., Backups],
) -> None:
    line = chore(("/no/such/program",))
    assert tuple(line()) == ()
    assert "No such file" in str(line.notice)


def test_an_overdue_backup_is_shown(chore: Callable[..., Backups]) -> None:
    clock = Hands()
    line = chore(says(GOOD), clock)
    assert line.notice is None
    clock.at += timedelta(hours=49)
    assert "There is no good backup since 2026-11-22" in str(line.notice)


def test_a_backup_that_hangs_is_given_up(chore: Callable[..., Backups]) -> None:
    line = chore((sys.executable, "-c", "import threading; threading.Event().wait()"))
    assert tuple(line()) == ()
    line._by = Deadline.after(0)
    assert tuple(line()) == ()
    assert not ended(line).good


def test_a_station_that_stops_leaves_no_backup_behind_it(chore: Callable[..., Backups]) -> None:
    line = chore((sys.executable, "-c", "import threading; threading.Event().wait()"))
    assert tuple(line()) == ()
    running = line._running
    assert running is not None
    line.close()
    assert running.returncode is not None
