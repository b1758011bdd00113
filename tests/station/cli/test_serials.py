"""Used serials are taken from a file as a whole, while the station stands still, or not at all."""

import json
import os
import pwd
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.app import records_of
from station.cli import serials as command
from station.config import load
from station.core.events import SerialsImported
from station.records.journal import Journal, JournalFailed, read_only, recorded
from station.records.signed.heads import read

GTIN = "06972869182019"
USER = pwd.getpwuid(os.getuid()).pw_name
ORDER = """\
id: S-1
product: HAS-MHB-HC
level: unit
quantity: 2
production_date: 2026-03-20
serials: {list: [CN1, CN2]}
template: has-mhb-hc-unit
revision: "1"
"""


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nheads: {folder: second}\nweb: {port: 0}\n")
    return path


def run(config_file: Path, *words: object, language: str = "C.UTF-8") -> Result:
    arguments = [*map(str, words), "--config", str(config_file)]
    return CliRunner(env={"LC_ALL": language}).invoke(app, arguments)


def bring(
    config_file: Path, text: str, *more: str, name: str = "old.txt", **changes: str
) -> Result:
    path = config_file.parent / name
    path.write_text(text)
    said = {"gtin": GTIN, "by": "王芳", "reason": "list of the old system"} | changes
    options = [word for key, value in said.items() for word in (f"--{key}", value)]
    return run(config_file, "serials", "import", path, *options, *more)


def events(config_file: Path) -> list[SerialsImported]:
    with closing(read_only(load(config_file).data)) as db:
        found = [each.event for each in recorded(db)]
    return [each for each in found if isinstance(each, SerialsImported)]


def test_every_serial_of_a_file_is_taken_signed_for_and_guarded(config_file: Path) -> None:
    result = bring(config_file, "CN1\nCN3\nCN1\n")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Imported: 2 serials of GTIN 06972869182019. 0 were in the records already; the file names"
        " 1 more than once.\n"
    )
    (event,) = events(config_file)
    assert (event.serials, event.file, event.reason) == (
        ("CN1", "CN3"),
        "old.txt",
        "list of the old system",
    )
    settings = load(config_file)
    found = records_of(settings).imported(GTIN, "CN1")
    assert found is not None
    assert found.actor == f"王芳 (command line, {USER})"
    with closing(read_only(settings.data)) as db:
        last = db.execute("SELECT max(seq) FROM event").get
    assert read(settings.heads.folder / "heads.jsonl").heads[-1].seq == last
    order = config_file.parent / "order.yaml"
    order.write_text(ORDER)
    refused = run(config_file, "order", "add", order)
    assert refused.exit_code == 1
    assert "1 of the serials belong to labels already, such as 'CN1': imported by" in refused.stderr
    traced = run(config_file, "trace", "CN1")
    assert traced.exit_code == 0
    assert "was used before: imported by 王芳" in traced.stdout


def test_the_same_file_again_says_that_all_is_known(config_file: Path) -> None:
    bring(config_file, "CN1\nCN2\n")
    told = json.loads(bring(config_file, "CN1\nCN2\nCN3\n", "--json").stdout)
    assert told | {"sha256": ""} == {
        "gtin": GTIN,
        "file": "old.txt",
        "sha256": "",
        "imported": 1,
        "known": 2,
        "repeated": 0,
    }


@pytest.mark.parametrize(
    ("text", "changes", "sentence"),
    [
        ("CN1\nC N2\nCN3\nÄ\n", {}, "line 2: Invalid character"),
        ("CN1\nC N2\nCN3\nÄ\n", {}, "line 4: Invalid character"),
        ("CN1\n", {"gtin": "06972869182018"}, "Invalid check digit"),
        ("CN1\n", {"gtin": "00000000000000"}, "No product of the catalogue has GTIN"),
        ("CN1\n", {"by": " "}, "Say who you are"),
        ("CN1\n", {"by": "a\nb"}, "A name is at most 60 letters on one line"),
        ("CN1\n", {"reason": ""}, "Say why"),
        ("", {}, "The file holds no serial."),
    ],
)
def test_what_is_not_right_takes_nothing_and_begins_no_records(
    config_file: Path, text: str, changes: dict[str, str], sentence: str
) -> None:
    result = bring(config_file, text, **changes)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert not load(config_file).data.exists()


def test_reasons_are_told_in_the_language_of_the_terminal(config_file: Path) -> None:
    path = config_file.parent / "old.txt"
    path.write_text("")
    words = ("serials", "import", path, "--gtin", GTIN, "--by", "王芳", "--reason", "旧系统")
    assert run(config_file, *words, language="zh_CN.UTF-8").stderr == "文件中没有序列号。\n"


def test_a_station_that_runs_is_to_be_stopped_first(config_file: Path) -> None:
    bring(config_file, "CN1\n")
    with closing(Journal(load(config_file).data)):
        result = bring(config_file, "CN2\n")
    assert result.exit_code == 1
    assert "A station runs in" in result.stderr
    assert "Stop it, import the file, and start it again." in result.stderr
    assert [each.serials for each in events(config_file)] == [("CN1",)]


def test_a_disk_that_takes_nothing_is_said(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise JournalFailed("The journal cannot be written: disk full.")

    monkeypatch.setattr(command, "take", failing)
    result = bring(config_file, "CN1\n")
    assert result.exit_code == 1
    assert "Nothing is known to be recorded: The journal cannot be written" in result.stderr


def test_a_file_that_is_not_there_is_said(config_file: Path) -> None:
    words = ("--gtin", GTIN, "--by", "王芳", "--reason", "old")
    result = run(config_file, "serials", "import", config_file.parent / "none.txt", *words)
    assert result.exit_code == 1
    assert "Cannot read" in result.stderr
