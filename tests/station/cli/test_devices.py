"""Devices from the command line: found, asked, and written down as they go into station.yaml."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from drivers.discovery import Found, Kind
from drivers.simulated.printer import SimulatedPrinter
from station import documents
from station.__main__ import app
from station.config import Config, GateConfig, PrinterConfig, ReaderConfig, load
from station.core.problem import problem
from station.core.shape import parse
from station.probes import Probed, Role, not_asked, probe, probe_printer
from station.proposal import proposed, quoted

WEBCAM = Found(Kind.CAMERA, "v4l2:///dev/video0", "HD Webcam", "formats MJPG")
SCANNER = Found(Kind.SCANNER, "serial:///dev/serial/by-id/usb-1950g?baud=9600", "1950g")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["devices", *arguments])


def told(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def nobody() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def test_the_simulated_bench_shows_its_devices_through_the_same_probes() -> None:
    result = run("--simulated", "--json")
    assert result.exit_code == 0
    configured = [each for each in told(result) if each.get("how") == "configured"]
    assert [each["device"] for each in configured] == ["printer", "camera", "scanner", "gate"]
    assert all(each["good"] for each in configured)
    assert "pixels" in configured[1]["says"]


def test_without_a_configuration_the_devices_are_simulated() -> None:
    result = run()
    assert result.exit_code == 0
    assert "printer (configured)" in result.stdout


def test_the_table_speaks_chinese_where_the_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    result = run("--simulated")
    assert "打印机" in result.stdout
    assert "供 station.yaml 使用：" in result.stdout


def test_a_configured_device_that_does_not_work_is_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "station.yaml").write_text(
        f"printer: {{url: '{nobody()}'}}\nreader: {{camera: '', scanner: 'serial:///dev/none'}}\n"
        "gate: {url: operator}\n"
    )
    result = run("--json")
    assert result.exit_code == 1
    printer, scanner, gate = (each for each in told(result) if each.get("how") == "configured")
    assert (printer["good"], printer["conditions"]) == (False, ["unreachable"])
    assert "connection refused" in printer["why_not"]
    assert (scanner["good"], scanner["conditions"]) == (False, ["unreachable"])
    assert gate["good"]


def test_a_printer_is_asked_and_prints_nothing() -> None:
    printed: list[object] = []

    with SimulatedPrinter(dots_per_mm=8, on_label=printed.append) as printer:
        probed = probe_printer(Config(), printer.serve_tcp())
    assert probed.good
    assert printed == []


def test_a_printer_that_cannot_print_now_says_why() -> None:
    with SimulatedPrinter(dots_per_mm=8, on_label=lambda _: None) as printer:
        printer.open_head()
        probed = probe_printer(Config(), printer.serve_tcp())
    assert str(probed.why_not[0]) == "It cannot print now: head open."
    assert probed.says is not None


def test_a_printer_that_is_mute_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        probed = probe_printer(Config(), url, seconds=0.3)
    assert not probed.good
    assert probed.conditions


def test_a_camera_that_is_not_there_is_no_crash() -> None:
    config = Config(
        printer=PrinterConfig(url=nobody()),
        reader=ReaderConfig(camera=f"snapshot+{nobody().replace('tcp', 'http')}/x.jpg"),
        gate=GateConfig(url="operator"),
    )
    camera = probe(config, seconds=1.0)[1]
    assert (camera.role, camera.good) == (Role.CAMERA, False)


def test_devices_at_work_are_left_alone(mocker: MockerFixture) -> None:
    """A second voice on the printer's line can ruin the label that is being sent."""
    mocker.patch("station.cli.devices.served", return_value=True)
    result = run("--json")
    assert result.exit_code == 1
    assert "the station is running" in told(result)[0]["why_not"]


def test_a_password_is_never_shown() -> None:
    camera = "http://admin:secret@192.0.2.21/stream"
    config = Config(reader=ReaderConfig(camera=camera), gate=GateConfig(url="operator"))
    shown = not_asked(config, problem("Not now."))
    assert "secret" not in repr(shown)
    real = Config(
        printer=PrinterConfig(url="tcp://192.0.2.20:9100"), reader=ReaderConfig(camera=camera)
    )
    assert "secret" not in "\n".join(proposed(real, (), ()))


def test_what_a_plug_calls_itself_is_no_command_to_the_terminal(mocker: MockerFixture) -> None:
    evil = Found(Kind.CAMERA, "v4l2:///dev/video0", "\x1b]0;owned\x07[red]Cam\u202e")
    mocker.patch("station.cli.devices.everything", return_value=(evil,))
    result = run("--simulated")
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "[red]" in result.stdout


def pasted(lines: list[str], tmp_path: Path) -> Config:
    path = tmp_path / "pasted.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(path)


def test_the_lines_to_paste_are_a_configuration(tmp_path: Path) -> None:
    config = Config(printer=PrinterConfig(url="tcp://192.0.2.20:9100"))
    lines = [*proposed(config, (WEBCAM, SCANNER), ())]
    read = pasted(lines, tmp_path)
    assert read.printer.url == "tcp://192.0.2.20:9100"
    assert (read.reader.camera, read.reader.scanner) == (WEBCAM.address, SCANNER.address)
    assert read.gate.url == "operator"


def test_those_of_the_simulated_bench_are_one_too(tmp_path: Path) -> None:
    read = pasted([*proposed(Config(), (WEBCAM,), ())], tmp_path)
    assert (read.printer.url, read.reader.camera, read.gate.url) == ("simulated",) * 3


def test_a_printer_that_answered_is_proposed_with_its_resolution(tmp_path: Path) -> None:
    answered = Probed(Role.PRINTER, "tcp://192.0.2.9:9100", problem("x"), dots_per_mm=12)
    silent = Probed(Role.PRINTER, "tcp://192.0.2.8:9100", None, (problem("y"),))
    read = pasted([*proposed(Config(), (), (silent, answered))], tmp_path)
    assert (read.printer.url, read.printer.dots_per_mm) == ("tcp://192.0.2.9:9100", 12)
    assert read.reader.camera == ""


def test_a_second_camera_is_a_comment(tmp_path: Path) -> None:
    config = Config(printer=PrinterConfig(url="tcp://192.0.2.20:9100"))
    second = Found(Kind.CAMERA, "v4l2:///dev/video2", "Other")
    lines = [*proposed(config, (WEBCAM, second), ())]
    assert '  # or "v4l2:///dev/video2"' in lines
    assert pasted(lines, tmp_path).reader.camera == WEBCAM.address


@given(st.text())
def test_any_address_is_one_text_in_yaml(address: str) -> None:
    expected = "".join(each for each in address if each.isprintable())
    assert documents.read_yaml(f"url: {quoted(address)}\n".encode()) == {"url": expected}


@given(st.text(), st.text())
def test_no_address_adds_a_line_or_a_setting(address: str, other: str) -> None:
    config = Config(printer=PrinterConfig(url="tcp://192.0.2.20:9100"))
    found = (Found(Kind.CAMERA, address, ""), Found(Kind.CAMERA, other, ""))
    lines = "\n".join(proposed(config, found, ()))
    document = documents.read_yaml(lines.encode())
    assert parse(Config, document).gate.url == "operator"
