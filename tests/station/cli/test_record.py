"""`labelstation order record` and `report verification` write data and paper, or say why not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.generate import generate
from station.__main__ import app
from station.config import Config, load
from station.records.evidence import Evidence


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "station.yaml").write_text("name: Line 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = load(tmp_path / "station.yaml")
    generate(found.data, 12, per_order=5)
    Evidence(found.data / "evidence", spare=0)
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def record(*arguments: str) -> Result:
    return run("order", "record", "WO-000001", *arguments)


@pytest.mark.usefixtures("config")
def test_without_a_file_the_document_goes_to_standard_output() -> None:
    result = record("--every-label")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["station"], found["order"]["id"]) == ("Line 1", "WO-000001")
    assert len(found["labels"]["every"]) == 5


@pytest.mark.usefixtures("config")
def test_both_files_are_written_and_the_second_time_they_are_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        result = record("--pdf", f"{name}.pdf", "--json", f"{name}.json", "--language", "zh")
        assert result.exit_code == 0, result.output
        assert result.stdout == f"Written: {name}.json\nWritten: {name}.pdf\n"
    for kind in ("json", "pdf"):
        one, two = (tmp_path / f"{name}.{kind}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.usefixtures("config")
def test_what_cannot_be_had_is_refused_with_a_sentence() -> None:
    result = run("order", "record", "NOBODY")
    assert (result.exit_code, result.stderr) == (2, "There is no order 'NOBODY'.\n")
    result = record("--pdf", "a.pdf", "--language", "fr")
    assert (result.exit_code, result.stderr) == (2, "Expected one of zh, en, both, got fr.\n")


@pytest.mark.usefixtures("config")
def test_a_report_of_the_line_is_written_without_any_study(tmp_path: Path) -> None:
    result = run("report", "verification", "--pdf", "v.pdf", "--json", "v.json")
    assert result.exit_code == 0, result.output
    assert len(json.loads((tmp_path / "v.json").read_text())["line"]["orders"]) == 3
    assert (tmp_path / "v.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert json.loads(run("report", "verification").stdout)["plan"] == "95/99"
    assert run("report", "verification", "--pdf", "v.pdf", "--language", "fr").exit_code == 2
