"""Any label on the command line: typed, photographed or scanned; told, and with an exit code."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from drivers.simulated.scanner import SimulatedScanner
from station.__main__ import app
from station.app import Workshop
from station.artwork.picture import expected_picture, save_png
from station.config import load
from station.core.events import (
    LabelIssued,
    LabelJudged,
    LabelReleased,
    OrderAccepted,
    OrderStarted,
    Recipe,
)
from station.core.order import WorkOrder
from station.documents import read_yaml
from station.line.board import Board
from station.line.control import Control
from station.records.journal import Journal

RUN = CliRunner()
GTIN = "06972869182019"
ORDER = b"""\
id: WO-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-03-20
serials: {prefix: CN, start: "010123"}
template: has-mhb-hc-unit
revision: "1"
"""
DATA = f"01{GTIN}" + "11260320" + "21CN010123"
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


@pytest.fixture
def device() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


@pytest.fixture
def config_file(tmp_path: Path, device: SimulatedScanner) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text(f"data: data\nreader: {{scanner: '{device.url}'}}\n")
    order = WorkOrder.model_validate(Workshop.open(load(path)).order(read_yaml(ORDER)))
    with closing(Journal(tmp_path / "data")) as journal:
        journal.append(
            OrderAccepted(order=order, gtin=GTIN, file="o.yaml", sha256="0" * 64),
            OrderStarted(order="WO-1", recipe=RECIPE),
            LabelIssued(
                order="WO-1",
                number=1,
                gtin=GTIN,
                serial="CN010123",
                data=DATA.encode().hex(),
                zpl="0" * 64,
                recipe=RECIPE.digest,
            ),
            LabelJudged(order="WO-1", number=1, accepted=True, reasons=(), symbols=()),
            LabelReleased(order="WO-1", number=1),
        )
    return path


def verify(config_file: Path, *words: str, language: str = "C.UTF-8") -> Result:
    arguments = ["verify", *words, "--config", str(config_file)]
    return RUN.invoke(app, arguments, env={"LC_ALL": language})


def journal_of(config_file: Path) -> bytes:
    return (config_file.parent / "data" / "journal.db").read_bytes()


@pytest.mark.parametrize("text", [f"]d2{DATA}", f"(01){GTIN}(11)260320(21)CN010123", DATA])
def test_a_good_label_is_good_however_it_is_typed_and_nothing_is_written(
    config_file: Path, text: str
) -> None:
    before = journal_of(config_file)
    result = verify(config_file, text)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Made here, released, data agree"
    assert "    (11) Production date: 260320 = 2026-03-20" in lines
    assert any("HAS-MHB-HC" in each and "Medical warming blanket" in each for each in lines)
    assert any(each.startswith("    Label 1 of order WO-1  CN010123") for each in lines)
    assert journal_of(config_file) == before


def test_it_is_told_in_chinese_too(config_file: Path) -> None:
    result = verify(config_file, f"]d2{DATA}", language="zh_CN.UTF-8")
    assert result.stdout.startswith("本站制作，已放行，数据一致\n")
    assert "医用升温毯" in result.stdout


def test_every_difference_is_named(config_file: Path) -> None:
    result = verify(config_file, f"]d2{DATA}".replace("260320", "260321"))
    assert result.exit_code == 1
    assert result.stdout.startswith("Looks like made here, but data differ\n")
    assert "        Production date: made as 260320, read 260321.\n" in result.stdout


def test_the_worst_of_several_labels_decides(config_file: Path) -> None:
    result = verify(config_file, f"]d2{DATA}", f"]d201{GTIN}21X", "--json")
    assert result.exit_code == 1
    good, other = map(json.loads, result.stdout.splitlines())
    assert (good["verdict"], good["good"], good["product"]) == ("agrees", True, "HAS-MHB-HC")
    assert good["made"][0] == {
        "order": "WO-1",
        "order_state": "running",
        "number": 1,
        "state": "released",
        "issued_at": good["made"][0]["issued_at"],
        "recipe": RECIPE.digest,
        "labels": None,
        "released": None,
        "data_hex": DATA.encode().hex(),
        "differences": [],
    }
    assert (other["verdict"], other["made"]) == ("not-ours", [])


def test_nothing_that_was_read_steers_the_terminal(config_file: Path) -> None:
    hostile = "]d2\x1b[2J\x1b]0;owned\x07\x9b31m\u202e"
    for words in ((hostile,), (hostile, "--json"), (f"01{GTIN}21A\x1b[2J",)):
        result = verify(config_file, *words)
        assert result.exit_code == 1
        assert all(each.isprintable() or each == "\n" for each in result.stdout)


def test_a_photograph_of_a_label_is_read(config_file: Path, tmp_path: Path) -> None:
    workshop = Workshop.open(load(config_file))
    job = workshop.job(workshop.order(read_yaml(ORDER)))
    picture = tmp_path / "label.png"
    save_png(expected_picture(job.label(1, serial="CN010123").artwork), picture)
    result = verify(config_file, "--picture", str(picture))
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        "Made here, released, data agree",
    )


def test_a_picture_without_a_code_says_so(config_file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "white.png"
    workshop = Workshop.open(load(config_file))
    job = workshop.job(workshop.order(read_yaml(ORDER)))
    white = np.full_like(expected_picture(job.first.artwork), 255)
    save_png(white, picture)
    result = verify(config_file, "--picture", str(picture))
    assert result.exit_code == 1
    assert "No code was found in the picture." in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Expected one of DATA, --picture FILE and --scan."),
        (("x", "--scan"), "Expected one of"),
        (("--picture", "nothing.png"), "nothing.png"),
    ],
)
def test_what_cannot_be_looked_at_is_a_mistake_in_usage(
    config_file: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = verify(config_file, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_without_records_nothing_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "station.yaml"
    path.write_text("data: nowhere\n")
    result = verify(path, DATA)
    assert result.exit_code == 2
    assert "There is no journal" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_the_scanner_of_a_running_station_is_its_own(config_file: Path) -> None:
    control = Control(config_file.parent / "data", Board())
    control.start()
    try:
        result = verify(config_file, "--scan")
    finally:
        control.stop()
    assert result.exit_code == 2
    assert "the device is its own" in result.stderr


def test_one_label_after_the_other_is_scanned_until_ctrl_c(
    config_file: Path, device: SimulatedScanner
) -> None:
    command = [sys.executable, "-m", "station", "verify", "--scan", "--json"]
    done = threading.Event()

    def scan() -> None:
        """What comes before the scanner is listened to is forgotten, so it goes on and on."""
        while not done.wait(0.1):
            device.scan("]d2", DATA.encode())

    hand = threading.Thread(target=scan)
    with subprocess.Popen(
        [*command, "--config", str(config_file)],
        stdout=subprocess.PIPE,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        text=True,
    ) as process:
        hand.start()
        try:
            assert process.stdout
            told = [json.loads(process.stdout.readline()) for _ in range(2)]
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30.0) == 0
        finally:
            process.kill()
            done.set()
            hand.join()
    assert [each["good"] for each in told] == [True, True]
