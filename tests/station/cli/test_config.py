"""A configuration is checked whole: what a start would find one by one is told at once."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.app import Station
from station.config import Config, HeadsConfig, WebConfig, load
from station.core.problem import Refused
from station.readiness import of, of_file


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["config", "check", *arguments])


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def places(path: Path) -> list[str]:
    return [each.where for each in of_file(path).problems]


def test_the_defaults_are_good_and_simulated() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "Good: a station could start with it." in result.stdout
    assert "Mind: Simulated: printer, camera, gate." in result.stdout


def test_it_speaks_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "正常：工作站可以用此配置启动。" in run().stdout


def test_everything_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    written(
        tmp_path,
        "nmae: x\n"
        "printer: {url: 'tcp://192.0.2.20', dots_per_mm: 9}\n"
        "gate: {url: nowhere}\n"
        "font: none.ttc\n"
        "catalogue: none\n"
        "backup: {folder: none}\n",
    )
    result = run("--json")
    assert result.exit_code == 1
    found: list[dict[str, Any]] = [json.loads(each) for each in result.stdout.splitlines()]
    assert [each["where"] for each in found if each.get("kind") == "problem"] == [
        "printer.dots_per_mm",
        "nmae",
        "",
        "printer.url",
        "gate.url",
        "catalogue",
        "font",
        "backup.folder",
    ]
    assert found[-1] == {"good": False}


def test_a_default_in_the_place_of_what_was_refused_is_not_blamed(tmp_path: Path) -> None:
    """The camera is refused, so nobody says that a simulated one cannot see a real printer."""
    path = written(
        tmp_path,
        "printer: {url: 'tcp://192.0.2.20:9100'}\nreader: {camera: 7}\ngate: {url: operator}\n",
    )
    assert places(path) == ["reader.camera"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("reader: {camera: 'ftp://192.0.2.21/x'}", "reader.camera"),
        ("reader: {camera: 'rtsp:///x'}", "reader.camera"),
        ("reader: {camera: 'http://[x'}", "reader.camera"),
        ("reader: {camera: 'v4l2://'}", "reader.camera"),
        ("reader: {camera: 'folder:///none/there'}", "reader.camera"),
        ("reader: {camera: '', scanner: 'serial:///dev/x?baud=7'}", "reader.scanner"),
        ("reader: {camera: ''}", "reader"),
        ("reader: {scanner: simulated, window: 3}", "reader.window"),
        ("reader: {empty: /none.png}", "reader.empty"),
        ("labels: none", "labels"),
        ("data: /proc/self/none", "data"),
        ("heads: {folder: /proc/version/x}", "heads.folder"),
        ("spare_megabytes: yes", "spare_megabytes"),
        ("spare_megabytes: 0", "spare_megabytes"),
    ],
)
def test_each_mistake_is_named_with_its_setting(tmp_path: Path, text: str, where: str) -> None:
    assert where in places(written(tmp_path, f"{text}\n"))


def test_an_address_is_checked_without_speaking_to_the_device(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        written(
            tmp_path,
            f"printer: {{url: 'tcp://127.0.0.1:{port}'}}\n"
            f"reader: {{camera: 'http://127.0.0.1:{port}/x'}}\n"
            "gate: {url: operator}\n",
        )
        assert run().exit_code == 0
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_with_devices_they_are_asked_too(tmp_path: Path) -> None:
    assert run("--devices").exit_code == 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    written(
        tmp_path,
        f"printer: {{url: 'tcp://127.0.0.1:{port}'}}\n"
        "reader: {camera: '', scanner: 'serial:///dev/none'}\n"
        "gate: {url: operator}\n",
    )
    result = run("--devices")
    assert result.exit_code == 1
    assert "printer: cannot connect: connection refused" in result.stdout
    assert "scanner: cannot open: no such file or directory" in result.stdout


def test_the_devices_of_a_running_station_are_left_alone(mocker: MockerFixture) -> None:
    mocker.patch("station.cli.config.served", return_value=True)
    result = run("--devices")
    assert result.exit_code == 1
    assert "The station is running and uses its devices" in result.stdout


def test_a_port_that_is_taken_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path = written(tmp_path, f"web: {{port: {port}}}\n")
        assert places(path) == ["web.port"]


def test_the_port_of_the_station_that_runs_here_is_its_own(tmp_path: Path) -> None:
    settings = Config(data=tmp_path / "data", web=WebConfig(port=0))
    with Station(settings) as station:
        port = int(station.server.url.rpartition(":")[2])
        running = settings.model_copy(update={"web": WebConfig(port=port)})
        assert of(running).good


def test_a_folder_nobody_may_write_in_is_found(tmp_path: Path, mocker: MockerFixture) -> None:
    """Asked of the system, because the tests may run as one who may write everywhere."""
    mocker.patch("station.readiness.os.access", return_value=False)
    found = [each.where for each in of(Config(data=tmp_path / "data")).problems]
    assert found == ["data", "heads.folder", "heads.key"]


def test_heads_without_their_key_are_found(tmp_path: Path) -> None:
    heads = HeadsConfig(folder=tmp_path / "second", key=tmp_path / "station.pem")
    heads.folder.mkdir()
    (heads.folder / "heads.jsonl").write_text("{}\n")
    config = Config(data=tmp_path / "data").model_copy(update={"heads": heads})
    assert [each.where for each in of(config).problems] == ["heads.key"]


def test_whoever_loses_one_disk_is_told_before(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    written(tmp_path, "heads: {folder: second}\nbackup: {folder: backup}\n")
    told = run().stdout
    assert told.count("whoever loses one has lost both") == 2


def test_looking_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, "data: records\nheads: {folder: second}\n")
    run()
    assert [each.name for each in tmp_path.iterdir()] == ["station.yaml"]


@pytest.mark.parametrize("text", ["{", "a: &x 1\n", "- a\n", ""])
def test_what_is_no_configuration_is_unreadable(tmp_path: Path, text: str) -> None:
    written(tmp_path, text)
    assert run().exit_code == 2


@pytest.mark.parametrize("text", ["printer: 7\n", "printer: {url: [a]}\n", "heads: {key: []}\n"])
def test_a_section_of_another_kind_is_one_problem(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Refused):
        load(path)
    assert len(of_file(path).problems) == 1


def test_a_file_that_is_not_there_is_unreadable() -> None:
    assert run("--config", "none.yaml").exit_code == 2


# -- the validated baseline ----------------------------------------------------------------


def baseline(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["config", "baseline", *arguments])


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A station that has run here once."""
    path = written(tmp_path, "data: records\nweb: {port: 0}\n")
    with Station(load(path)):
        pass
    return path


VOUCHED = ("--by", "王芳", "--witness", "Anna Li", "--reason", "qualified")


@pytest.mark.usefixtures("begun")
def test_nobody_has_vouched_at_first() -> None:
    result = baseline()
    assert result.exit_code == 1
    assert "Nobody has vouched for the settings as validated." in result.output


def test_two_people_vouch_and_what_differs_later_is_told_line_by_line(
    tmp_path: Path, begun: Path
) -> None:
    assert baseline(*VOUCHED).exit_code == 0
    same = baseline()
    assert (same.exit_code, same.stdout.strip()) == (0, "Everything is as it was validated.")
    written(tmp_path, begun.read_text("utf-8") + "hold_after_rejects: 5\n")
    result = baseline()
    assert result.exit_code == 1
    assert result.stdout.strip() == "configuration.hold_after_rejects: 3 → 5"
    *lines, last = (json.loads(each) for each in baseline("--json").stdout.splitlines())
    assert lines == [{"path": "configuration.hold_after_rejects", "before": "3", "after": "5"}]
    assert not last["same"]


@pytest.mark.usefixtures("begun")
def test_one_person_alone_does_not_vouch() -> None:
    result = baseline("--by", "王芳", "--witness", "王 芳", "--reason", "qualified")
    assert result.exit_code == 1
    assert "The second person has to be somebody else" in result.output
    assert baseline().exit_code == 1


def test_without_records_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    written(tmp_path, "data: records\n")
    assert baseline().exit_code == 2
    assert baseline(*VOUCHED).exit_code != 0
    assert not (tmp_path / "records" / "journal.db").exists()
