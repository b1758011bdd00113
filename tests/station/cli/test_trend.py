"""`labelstation trend`: one line an index, and the exit code says whether something moves."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.core.quality import Quality, SymbolQuality
from tests.station.records.test_trends import MEASURED, record


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trend", *arguments])


def faint(contrast: int) -> Quality:
    indices = {"contrast_index": contrast}
    symbols = (SymbolQuality(identifier="]d2", indices=indices),)
    return Quality(registration=100, symbols=symbols)


def test_labels_that_stay_as_they_were_are_in_control(folder: Path) -> None:
    record(folder, *(MEASURED,) * 30)
    result = run()
    assert result.exit_code == 0, result.output
    assert "GS1 DataMatrix, contrast index: mean 880, usual 880; in control" in result.stdout
    assert "not a verification grade" in result.stdout


def test_print_that_fades_is_told_with_what_to_do(folder: Path) -> None:
    record(folder, *(MEASURED,) * 25, *(faint(600),) * 20)
    result = run("WO-1")
    assert result.exit_code == 1
    assert "alarm" in result.stdout
    assert "check ribbon and darkness" in result.stdout
    found = json.loads(run("WO-1", "--json").stdout)
    assert [each["state"] for each in found["trends"]] == ["alarm"]
    assert found["labels"] == 45


def test_an_order_without_indices_is_refused_with_a_sentence(folder: Path) -> None:
    record(folder, None)
    result = run("WO-9")
    assert result.exit_code == 1
    assert "No print quality was measured on labels of 'WO-9'." in result.stderr
