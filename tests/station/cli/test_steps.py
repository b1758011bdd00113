"""The steps of an order on the command line, with a station that runs and without one."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.core.state import OrderState
from station.line.board import Close
from tests.station.challenged import ask, drop, held, state
from tests.station.signed import EVERYTHING, go_on, signed_station

RUN = CliRunner()


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nweb: {port: 0}\n")
    return path


def command(config_file: Path, *words: str, language: str = "C.UTF-8") -> Result:
    arguments = ["order", *words, "--config", str(config_file)]
    return RUN.invoke(app, arguments, env={"LC_ALL": language, "COLUMNS": "160"})


ALL = ["--confirm", "labels", "--confirm", "ribbon", "--confirm", "bin"]
TWO = ["--by", "王芳", "--witness", "李强", "--reason", "looked at"]
ONE = ["--by", "张敏", "--reason", "looked at"]


def test_an_order_is_brought_to_the_market_by_commands(config_file: Path, tmp_path: Path) -> None:
    with signed_station(tmp_path, EVERYTHING) as station:
        drop(station)
        held(station, "workflow")
        early = command(config_file, "step", "C-1", "release", *ONE)
        assert early.exit_code == 1
        assert "Line clearance is missing: one person clears the line" in early.output
        assert "confirmed: labels, ribbon, bin" in (
            command(config_file, "step", "C-1", "clearance", *TWO).output
        )
        cleared = command(config_file, "step", "C-1", "clearance", *TWO, *ALL)
        assert cleared.exit_code == 0, cleared.output
        assert cleared.output == "The next step of order C-1: label release.\n"
        assert command(config_file, "step", "C-1", "release", *ONE).exit_code == 0
        go_on(station)
        held(station, "first-article")
        assert command(config_file, "step", "C-1", "first-article", *TWO).exit_code == 0
        go_on(station)
        state(station, OrderState.FINISHED)
        ask(station, Close("C-1"))
    for step, by in (
        ("review", "张敏"),
        ("production-release", "赵质量"),
        ("market-release", "钱注册"),
    ):
        signed = command(config_file, "step", "C-1", step, "--by", by, "--reason", "complete")
        assert signed.exit_code == 0, signed.output
    assert signed.output == "Every step of order C-1 is taken.\n"
    check_told(config_file)


def check_told(config_file: Path) -> None:
    """What is written down where no station runs is read again."""
    told = json.loads(command(config_file, "steps", "C-1", "--json").output)
    assert (told["released"], told["next"]) == (True, None)
    steps = {each["step"]: each for each in told["steps"]}
    assert steps["market-release"]["by"].startswith("钱注册 (command line")
    assert steps["clearance"]["witness"] == "李强"
    assert steps["resident-labels"]["state"] == "off"
    shown = command(config_file, "steps", "C-1", language="zh_CN.UTF-8").output
    assert "✓ 已完成" in shown
    assert "上市放行" in shown
    again = command(config_file, "step", "C-1", "market-release", *ONE)
    assert "signed already" in again.output


def test_what_nobody_signs_and_what_is_unknown_is_refused(
    config_file: Path, tmp_path: Path
) -> None:
    with signed_station(tmp_path, EVERYTHING) as station:
        drop(station)
        held(station, "workflow")
    for name in ("run", "nonsense"):
        refused = command(config_file, "step", "C-1", name, *ONE)
        assert refused.exit_code == 1
        assert "Expected one of clearance, release," in refused.output
    standing_still = command(config_file, "step", "C-1", "clearance", *TWO, *ALL)
    assert "needs a running station" in standing_still.output
    assert "There is no order 'C-9'" in command(config_file, "steps", "C-9").output
    missing = command(config_file, "steps", "C-1")
    assert missing.exit_code == 0
    assert "▶ next" in missing.output
    assert "The market release is missing." in missing.output
