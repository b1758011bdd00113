"""`labelstation audit` says in a table, in sentences and by its exit code whether all is good."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.generate import generate
from station.__main__ import app
from station.config import Config, load
from station.core.events import StationStarted
from station.records.evidence import Evidence
from station.records.journal import FILE, Journal, read_only
from station.records.signed.heads import Key
from station.records.signed.second_place import Heads


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "station.yaml").write_text("name: Line 1\nheads: {folder: second}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = load(tmp_path / "station.yaml")
    generate(found.data, 12, per_order=5)
    Evidence(found.data / "evidence", spare=0)
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def spoil(path: Path) -> None:
    with closing(Journal(path.parent)) as journal:
        journal.db.execute("UPDATE label SET state='sample' WHERE number=3")


def test_a_good_journal_is_good_by_its_configuration_alone(config: Config) -> None:
    heads = Heads(config.heads.folder, key=Key.open(config.heads.key), station=config.name)
    with closing(Journal(config.data)) as journal:
        journal.append(StationStarted(version="1", configuration="c", key=heads.key.id))
        seq, chained = journal.head
    heads.sign(seq=seq, hash=chained, at="2026-11-22T08:00:00+00:00", why="hour")
    result = run("--key", heads.key.id)
    assert result.exit_code == 0, result.output
    assert "WRONG" not in result.stdout
    assert "2 signed heads" in result.stdout
    assert run("--key", "0" * 16).exit_code == 1


def test_what_is_wrong_is_said_in_a_sentence_and_by_the_exit_code(config: Config) -> None:
    path = config.data / FILE
    spoil(path)
    result = run("--journal", str(path), "--no-evidence")
    assert result.exit_code == 1
    assert (
        "Table label, row order_id 'WO-000001', number 3: state is 'sample',"
        " but the events say 'released'." in result.stdout
    )
    assert run("--order", "WO-000001").exit_code == 1


def test_each_check_is_a_line_of_json(config: Config) -> None:
    spoil(config.data / FILE)
    found = {
        (each := json.loads(line))["check"]: each for line in run("--json").stdout.splitlines()
    }
    assert set(found) == {"file", "chain", "tables", "evidence", "heads", "orders", "rules"}
    assert found["tables"]["state"] == "wrong"
    assert found["heads"]["state"] == "not looked at"


@pytest.mark.usefixtures("config")
def test_one_order_is_audited_alone() -> None:
    result = run("--order", "WO-000002", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[0])["looked"] == "21 events"
    assert "There is no order 'X'" in run("--order", "X").stderr


def test_it_speaks_chinese(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    result = run("--journal", str(config.data / FILE))
    assert "事件链" in result.stdout


def test_what_cannot_be_read_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"nothing" * 1000)
    for path in (tmp_path, tmp_path / "none.db", tmp_path / "other.db"):
        result = run("--journal", str(path))
        assert result.exit_code == 2
        assert result.stderr
        assert isinstance(result.exception, SystemExit)


def test_looking_leaves_no_trace(config: Config) -> None:
    before = sorted((each, each.stat().st_mtime_ns) for each in config.data.rglob("*"))
    run()
    run("--order", "WO-000001")
    assert sorted((each, each.stat().st_mtime_ns) for each in config.data.rglob("*")) == before
    read_only(config.data).close()
