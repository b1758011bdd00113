"""`labelstation challenge`: a running station makes the bad labels; a table says what came."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.app import Station
from tests.station.challenged import accept_everything, drop, held, running

RUN = CliRunner(env={"LC_ALL": "C.UTF-8", "COLUMNS": "200"})


def configured(folder: Path) -> Path:
    """The configuration that `running` has, as a file."""
    path = folder / "station.yaml"
    path.write_text("data: data\nname: Line 1\nweb: {port: 0}\n")
    return path


def command(folder: Path, *words: object, language: str = "C.UTF-8") -> Result:
    arguments = ["challenge", *map(str, words), "--config", str(configured(folder))]
    return RUN.invoke(app, arguments, env={"LC_ALL": language})


def test_the_order_on_hold_is_challenged_and_the_table_says_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, at_start=True, families="quick") as station:
        drop(station)
        held(station, "challenge")
        html = tmp_path / "report.html"
        passed = command(tmp_path, "--by", "王芳", "--report", html)
        assert passed.exit_code == 0, passed.output
        assert "Wrong serial" in passed.stdout
        assert "Challenge of order C-1: passed." in passed.stdout
        assert "Left out" in passed.stdout
        assert "data:image/jpeg;base64," in html.read_text("utf-8")
        assert page_of(station).count("✓") >= 5

        accept_everything(station, monkeypatch)
        told = tmp_path / "report.json"
        missed = command(tmp_path, "--by", "王芳", "--families", "quick", "--report", told)
        assert missed.exit_code == 1, missed.output
        assert "nothing: it was accepted" in missed.stdout
        found = json.loads(told.read_text("utf-8"))
        assert found["result"] == "missed"
        assert found["by"].startswith("王芳 (command line")

        last = command(tmp_path, "--last", "--json")
        assert last.exit_code == 1
        assert json.loads(last.stdout)["event"] == found["event"]
        chinese = command(tmp_path, "--last", language="zh_CN.UTF-8")
        assert "工单 C-1 的挑战测试：未通过。" in chinese.stdout


def page_of(station: Station) -> str:
    return httpx.get(f"{station.server.url}/challenge").text


def test_without_a_station_or_an_order_it_says_what_is_missing(tmp_path: Path) -> None:
    with running(tmp_path, at_start=True) as station:
        nobody = command(tmp_path, "--by", "王芳")
        assert nobody.exit_code == 1
        assert "There is no order at the line." in nobody.stderr
        none_yet = command(tmp_path, "--last")
        assert (none_yet.exit_code, "No challenge was made here yet." in none_yet.stderr) == (
            1,
            True,
        )
        wrong = command(tmp_path, "--by", "", "--families", "some", "--report", "x.pdf")
        assert wrong.exit_code == 1
        assert "Expected all or quick, got 'some'." in wrong.stderr
        assert "Expected a file that ends in .html or .json, got 'x.pdf'." in wrong.stderr
        drop(station)
        held(station, "challenge")
    stopped = command(tmp_path, "--by", "王芳")
    assert stopped.exit_code == 1
    assert "No station runs" in stopped.stderr
