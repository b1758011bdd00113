"""Backups, restores and traces from the command line, on a station that really prints."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.app import Station
from station.config import BackupConfig, Config, load
from station.core.state import OrderState
from station.line.board import Hold, Mode, Snapshot
from torture.approved import approve

ORDER = """\
id: WO-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-03-20
serials: {prefix: CN, start: "000001"}
template: has-mhb-hc-unit
revision: "1"
"""


def configured(folder: Path) -> Config:
    (folder / "to").mkdir()
    (folder / "station.yaml").write_text(
        "name: Line 1\nlanguage: en\nweb: {port: 0}\n"
        "heads: {folder: second, key: keys/station.pem}\nbackup: {folder: to}\n"
    )
    return load(folder / "station.yaml")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return configured(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@contextmanager
def running(config: Config) -> Iterator[Station]:
    """With backups by hand only."""
    with Station(config.model_copy(update={"backup": BackupConfig()})) as station:
        approve(station.journal, config.data, station.workshop.library)
        thread = Thread(target=station.daemon.run)
        thread.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            thread.join(60)


def until(station: Station, state: OrderState) -> Snapshot:
    shown = station.board.snapshot
    for _ in range(1000):
        if shown.order and shown.order.state == state and shown.mode != Mode.RUNNING:
            return shown
        shown = station.board.newer(shown.version, seconds=30)
    raise AssertionError(f"the order is never {state}")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station that printed an order of three labels and was stopped, made once."""
    folder = tmp_path_factory.mktemp("stopped")
    config = configured(folder)
    with running(config) as station:
        drop(config)
        until(station, OrderState.FINISHED)
    return folder


@pytest.fixture
def printed(config: Config, tmp_path: Path, stopped: Path) -> Config:
    """A copy of it, at another place."""
    shutil.copytree(stopped, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
    return config


def drop(config: Config) -> None:
    inbox = config.data / "orders" / "inbox"
    (inbox / ".a.yaml").write_text(ORDER)
    (inbox / ".a.yaml").rename(inbox / "a.yaml")


def test_a_backup_beside_a_running_station_is_good_and_does_not_stop_it(config: Config) -> None:
    with running(config) as station:
        drop(config)
        until(station, OrderState.FINISHED)
        result = run("backup")
        assert (result.exit_code, "restored and found whole" in result.stdout) == (0, True)
        asked = station.board.ask(Hold("still there"), actor="Li")
        wait([asked], timeout=60)
        assert "There is no order at the line" in str(asked.exception())


def test_a_backup_of_a_stopped_station_goes_on_where_it_was(
    printed: Config, tmp_path: Path
) -> None:
    made = json.loads(run("backup", "--json").stdout)
    assert (made["good"], made["detail"], made["same_disk"]) == (True, "", True)
    shutil.rmtree(printed.data)
    result = run("restore", made["folder"], str(printed.data), "--json", "--replace-station")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["whole"], told["signed"]) == (0, True, True)
    assert (told["seq"], told["ended"], told["unknown"]) == (made["seq"], [], [])
    with running(printed) as station:
        row = station.records.order("WO-1")
        assert row is not None
        assert row.state == OrderState.FINISHED
    assert run("audit", "--heads", str(tmp_path / "second" / "heads.jsonl")).exit_code == 0


def test_without_heads_the_restore_says_what_nobody_knows(printed: Config) -> None:
    made = json.loads(run("backup", "--json").stdout)
    for folder in (printed.heads.folder, printed.heads.key.parent):
        shutil.rmtree(folder)
    result = run("restore", made["folder"], "new", "--replace-station")
    assert result.exit_code == 0
    assert "There are no signed heads to tell what was lost." in result.stdout
    assert "No key is there to sign with" in result.stdout


def test_a_trial_restore_leaves_the_station_and_its_heads_as_they_are(
    printed: Config, tmp_path: Path
) -> None:
    """And no station starts on it: it is not what was signed last."""
    made = json.loads(run("backup", "--json").stdout)
    heads = tmp_path / "second" / "heads.jsonl"
    with running(printed) as station:
        before = heads.read_bytes()
        result = run("restore", made["folder"], "trial")
        assert (result.exit_code, heads.read_bytes()) == (0, before)
        assert "For trial: nothing was signed" in result.stdout
        refused = run("restore", made["folder"], "other", "--replace-station")
        assert refused.exit_code == 2
        assert "is in use by" in refused.stderr
        assert station.records.fault() is None
    assert run("audit", "--heads", str(heads)).exit_code == 0


def test_a_restore_never_writes_over_a_record(printed: Config) -> None:
    made = json.loads(run("backup", "--json").stdout)
    result = run("restore", made["folder"], str(printed.data))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not empty, and nothing in it is written over" in result.stderr


def test_a_backup_that_cannot_be_made_is_one_sentence(printed: Config) -> None:
    assert printed.backup.folder
    shutil.rmtree(printed.backup.folder)
    result = run("backup")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert "Is the disk there?" in result.stderr


def test_a_station_without_a_folder_for_backups_says_so(printed: Config) -> None:
    Path("station.yaml").write_text(f"data: {printed.data}\n")
    result = run("backup")
    assert result.exit_code == 2
    assert "No folder is configured for backups" in result.stderr


def test_a_backup_that_is_not_good_says_why_and_ends_with_one(printed: Config) -> None:
    shutil.rmtree(printed.heads.folder)
    result = run("backup")
    assert result.exit_code == 1
    assert "made, but NOT good" in result.stdout
    assert "there are no signed heads with it" in result.stdout


def test_a_trace_tells_people_and_programs_the_same(printed: Config) -> None:
    assert printed.name == "Line 1"
    plain, told = run("trace", "CN000002"), json.loads(run("trace", "CN000002", "--json").stdout)
    assert plain.exit_code == 0
    (label,) = told["labels"]
    assert (label["order"], label["number"], label["accepted"]) == ("WO-1", 2, True)
    assert label["data"].startswith("3031")
    assert label["zpl"] in plain.stdout
    assert "WO-1 #2  CN000002" in plain.stdout
    gtin = label["gtin"]
    scanned = json.loads(run("trace", f"01{gtin}21CN000002", "--json").stdout)
    assert [each["number"] for each in scanned["labels"]] == [2]


def test_a_trace_that_finds_nothing_says_so_and_ends_with_one(printed: Config) -> None:
    assert printed.name == "Line 1"
    result = run("trace", "nowhere")
    assert (result.exit_code, "Nothing is recorded" in result.stdout) == (1, True)
