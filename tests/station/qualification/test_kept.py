"""What records need is looked at: engine, disk, rights, clock, key, heads, backups, records."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station.app import open_records
from station.config import BackupConfig, Config, WebConfig
from station.core.events import StationStarted
from station.qualification import kept
from station.qualification.check import Finding, Outcome
from station.qualification.installation import Installation
from station.records import clock, engine
from station.records.backup import manifest
from station.records.backup.manifest import Manifest
from station.records.clock import Instant
from station.records.journal import FILE, Journal


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", web=WebConfig(port=0))


def look(id_: str, settings: Config) -> Finding:
    (check,) = (each for each in kept.CHECKS if each.id == id_)
    return check.look(Installation(settings, path=None))


def texts(found: Finding) -> str:
    return "\n".join(map(str, found.told))


def begun(settings: Config) -> None:
    """Records with one event, signed."""
    with open_records(settings) as (journal, _):
        journal.append(StationStarted(version="1", configuration=settings.digest))


def test_the_engine_keeps_what_was_committed_and_leaves_nothing_behind(settings: Config) -> None:
    begun(settings)
    before = sorted(settings.data.rglob("*"))
    found = look("IQ-21", settings)
    assert found.outcome == Outcome.PASS
    assert "synchronous=3, journal_mode=wal, foreign_keys=1" in texts(found)
    assert sorted(settings.data.rglob("*")) == before


def test_the_engine_refuses_what_no_step_of_a_station_does(settings: Config) -> None:
    with closing(Journal(settings.data)) as journal:
        for _ in range(3):
            journal.append(StationStarted(version="1", configuration=""))
    found = dict(engine.refusals(settings.data))
    assert list(found) == ["UPDATE", "DELETE", "INSERT OR REPLACE"]
    assert all(found.values())


def test_memory_is_no_disk(settings: Config) -> None:
    (check,) = (each for each in kept.CHECKS if each.id == "IQ-22")
    assert check.look(Installation(settings, path=None)).outcome == Outcome.PASS


def test_a_disk_without_room_is_told(settings: Config) -> None:
    assert look("IQ-23", settings.model_copy(update={"spare_megabytes": 1})).outcome == Outcome.PASS
    full = settings.model_copy(update={"spare_megabytes": 10**9})
    assert look("IQ-23", full).outcome == Outcome.FAIL


def test_records_that_others_can_read_are_told(settings: Config) -> None:
    assert look("IQ-24", settings).outcome == Outcome.NOT_APPLICABLE
    settings.data.mkdir()
    settings.data.chmod(0o755)
    found = look("IQ-24", settings)
    assert found.outcome == Outcome.FAIL
    assert "expected mode 0700, got 0755" in texts(found)


@pytest.mark.parametrize(("steered", "outcome"), [(True, Outcome.PASS), (False, Outcome.FAIL)])
def test_a_clock_that_nothing_steers_is_told(
    settings: Config, monkeypatch: pytest.MonkeyPatch, steered: object, outcome: Outcome
) -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    instant = Instant(at, offset=480, monotonic=0, steered=bool(steered))
    monkeypatch.setattr(clock, "now", lambda: instant)
    found = look("IQ-25", settings)
    assert found.outcome == outcome
    assert "480 minutes ahead of UTC" in texts(found)


def test_the_key_and_its_heads_are_looked_at(settings: Config) -> None:
    for id_ in ("IQ-26", "IQ-27"):
        assert look(id_, settings).outcome == Outcome.NOT_APPLICABLE
    begun(settings)
    assert look("IQ-26", settings).outcome == Outcome.PASS
    same = look("IQ-27", settings)
    assert same.outcome == Outcome.FAIL
    assert texts(same).startswith("The second place is on the disk of the records")


def test_a_head_that_was_changed_is_found(settings: Config) -> None:
    begun(settings)
    path = settings.heads.folder / "heads.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seq":', b'"seq":9', 1))
    assert "line 1" in texts(look("IQ-27", settings))


def _backed_up(folder: Path, *, at: datetime) -> None:
    made = folder / f"station-{at:%Y%m%dT%H%M%SZ}"
    made.mkdir(parents=True)
    manifest.write(
        made,
        Manifest(
            station="station", version="1", at=at.isoformat(timespec="seconds"), seq=1,
            hash="00" * 32, configuration="0" * 64, files={}, verified=True,
        ),
    )  # fmt: skip


def test_a_backup_has_to_be_there_and_not_too_old(settings: Config, tmp_path: Path) -> None:
    assert look("IQ-28", settings).outcome == Outcome.FAIL
    folder = tmp_path / "backups"
    folder.mkdir()
    own = settings.model_copy(update={"backup": BackupConfig(folder=folder)})
    assert "There is no backup in" in texts(look("IQ-28", own))
    now = datetime.now(UTC).replace(microsecond=0)
    _backed_up(folder, at=now - timedelta(days=9))
    assert texts(look("IQ-28", own)).startswith("The newest backup is too old.")
    _backed_up(folder, at=now)
    assert look("IQ-28", own).outcome == Outcome.PASS


def test_records_that_were_changed_are_found(settings: Config) -> None:
    assert look("IQ-29", settings).outcome == Outcome.NOT_APPLICABLE
    begun(settings)
    assert look("IQ-29", settings).outcome == Outcome.PASS
    path = settings.data / FILE
    data = path.read_bytes()
    at = data.rindex(b"StationStarted")
    path.write_bytes(data[:at] + b"stationStarted" + data[at + 14 :])
    found = look("IQ-29", settings)
    assert found.outcome == Outcome.FAIL
