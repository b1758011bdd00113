"""What people decide on the command line, with a station that runs and without one."""

import json
import os
import pwd
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from drivers.simulated.bench import BenchFault
from station.__main__ import app
from station.app import Station, records_of
from station.config import Config, load
from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    OrderAccepted,
    OrderHeld,
    OrderStarted,
    Recipe,
)
from station.core.order import WorkOrder
from station.core.state import LabelState, OrderState
from station.line.board import Mode, Snapshot
from station.line.control import SOCKET
from station.records.journal import Journal, read_only, recorded
from torture.approved import approve

RUN = CliRunner(env={"LC_ALL": "C.UTF-8"})
USER = pwd.getpwuid(os.getuid()).pw_name
TWO = ["--by", "王芳", "--witness", "李伟", "--reason", "found at the printer"]
ORDER = """\
id: S-1
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {serials}
template: has-mhb-hc-unit
revision: "1"
{more}
"""


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nweb: {port: 0}\nreader: {camera: simulated, seconds: 0.5}\n")
    return path


def command(config_file: Path, *words: object, language: str = "C.UTF-8") -> Result:
    arguments = [*map(str, words), "--config", str(config_file)]
    return RUN.invoke(app, arguments, env={"LC_ALL": language})


@contextmanager
def running(settings: Config, faults: dict[int, BenchFault] | None = None) -> Iterator[Station]:
    with Station(settings, faults=faults) as station:
        approve(station.journal, settings.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            worker.join()


def until(station: Station, mode: Mode) -> Snapshot:
    snapshot = station.board.snapshot
    while snapshot.mode != mode or snapshot.order is None:
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        snapshot = station.board.newer(snapshot.version, seconds=1.0)
    return snapshot


def printed(
    config_file: Path, faults: dict[int, BenchFault], mode: Mode, order: str, *commands: list[str]
) -> list[Result]:
    """An order printed until the line is in this mode; what the commands answer while it stands."""
    settings = load(config_file)
    with running(settings, faults) as station:
        inbox = settings.data / "orders" / "inbox"
        (inbox / ".o.yaml").write_text(order)
        (inbox / ".o.yaml").rename(inbox / "o.yaml")
        until(station, mode)
        return [command(config_file, *each) for each in commands]


def in_doubt(config_file: Path, *commands: list[str]) -> list[Result]:
    order = ORDER.format(quantity=3, serials='{prefix: CN, start: "000001"}', more="")
    return printed(config_file, {2: BenchFault.LOST}, Mode.HELD, order, *commands)


def label(config_file: Path, number: int) -> LabelState:
    found = records_of(load(config_file)).label("S-1", number)
    assert found
    return found.state


def actors(config_file: Path) -> list[str]:
    """Who did what was not done by the station itself, nor before it began."""
    db = read_only(load(config_file).data)
    return [each.actor for each in recorded(db) if each.actor not in {"station", "approver"}]


def test_what_waits_is_listed_with_the_command_that_settles_it(config_file: Path) -> None:
    plain, as_json = in_doubt(config_file, ["settle"], ["settle", "--json"])
    assert plain.exit_code == 0
    assert "Order S-1, label 2 CN000002: in doubt." in plain.stdout
    typed = f"labelstation settle S-1 2 --scan --by NAME --config {config_file}"
    assert typed in plain.stdout
    found = json.loads(as_json.stdout)
    assert (found["order"], found["number"], found["state"]) == ("S-1", 2, "in doubt")
    assert len(found["commands"]) == 3


def test_a_running_station_settles_a_label(config_file: Path) -> None:
    settled, again = in_doubt(
        config_file,
        ["settle", "S-1", "2", "--destroyed", *TWO],
        ["settle", "S-1", "2", "--destroyed", *TWO],
    )
    assert (settled.exit_code, settled.stdout) == (0, "Label 2 is found and destroyed.\n")
    assert again.exit_code == 1
    assert "Label 2 is found and destroyed, so it cannot be said to be" in again.stderr
    assert actors(config_file) == [f"王芳 (command line, {USER})"]


def test_a_running_station_looks_at_a_label(config_file: Path) -> None:
    """Nothing lies before the camera here, and that is what it says."""
    (looked,) = in_doubt(config_file, ["settle", "S-1", "2", "--scan", "--by", "王芳"])
    assert looked.exit_code == 1
    assert "Nothing lies before the reader." in looked.stderr


def test_without_a_station_the_same_is_written_down_directly(config_file: Path) -> None:
    in_doubt(config_file)
    assert not (load(config_file).data / SOCKET).exists()
    settled = command(config_file, "settle", "S-1", 2, "--not-printed", *TWO)
    assert (settled.exit_code, settled.stdout) == (0, "Label 2 is not printed.\n")
    assert label(config_file, 2) == LabelState.NOT_PRINTED
    assert actors(config_file) == [f"王芳 (command line, {USER})"]


def test_a_label_is_looked_at_by_a_running_station_only(config_file: Path) -> None:
    in_doubt(config_file)
    looked = command(config_file, "settle", "S-1", 2, "--scan", "--by", "王芳")
    assert looked.exit_code == 1
    assert "Reading a label needs a running station" in looked.stderr


def test_refusals_are_told_in_the_language_of_the_terminal(config_file: Path) -> None:
    in_doubt(config_file)
    alone = ["settle", "S-1", 2, "--destroyed", "--by", "王芳", "--reason", "x"]
    english, chinese = (
        command(config_file, *alone, language=each) for each in ("C", "zh_CN.UTF-8")
    )
    assert "Two people vouch for this" in english.stderr
    assert "第二人" in chinese.stderr
    assert (english.exit_code, chinese.exit_code) == (1, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["settle", "S-1", "2"],
        ["settle", "S-1", "2", "--scan", "--destroyed"],
        ["settle", "S-1", "-1", "--destroyed", *TWO],
        ["settle", "S-1", str(2**70), "--destroyed", *TWO],
        ["settle", "S-1", "99", "--destroyed", *TWO],
        ["settle", "nothing", "2", "--destroyed", *TWO],
        ["settle", "S-1", "2", "--sample", "--reason", "x"],
        ["reprint", "S-1", "2", *TWO],
        ["order", "use", "S-1", "paper", "3", "--by", "Li", "--reason", "x"],
        ["order", "use", "S-1", "blank", "0", "--by", "Li", "--reason", "x"],
        ["order", "use", "S-1", "blank", str(2**70), "--by", "Li", "--reason", "x"],
        ["order", "close", "S-1", "--by", "Li"],
        ["order", "sheet", "nothing"],
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(config_file: Path, words: list[str]) -> None:
    """Nothing is recorded, and nobody sees a traceback."""
    _prepared(config_file)
    refused = command(config_file, *words)
    assert refused.exit_code in {1, 2}
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr
    assert actors(config_file) == []


def _prepared(config_file: Path) -> None:
    """The records of an order with a label in doubt, without a station that prints it."""
    journal = Journal(load(config_file).data)
    order = WorkOrder.model_validate_json(
        '{"id": "S-1", "product": "HAS-MHB-HC", "level": "unit", "quantity": 3,'
        ' "template": "has-mhb-hc-unit", "revision": "1", "production_date": "2026-03-20",'
        ' "serials": {"list": ["A1", "A2", "A3"]}}'
    )
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    journal.append(
        OrderAccepted(order=order, gtin="06972869182019", file="o", sha256="a"),
        OrderStarted(order="S-1", recipe=recipe),
    )
    for number in (1, 2):
        journal.append(
            LabelIssued(
                order="S-1",
                number=number,
                gtin="06972869182019",
                serial=f"A{number}",
                data="",
                zpl="",
            ),
            LabelInDoubt(order="S-1", number=number, cause="restart"),
        )
    journal.append(OrderHeld(order="S-1", cause="restart"))
    journal.close()


def test_commands_of_a_folder_without_records_begin_none(config_file: Path) -> None:
    refused = command(config_file, "settle", "S-1", 2, "--destroyed", *TWO)
    assert refused.exit_code == 1
    assert not (load(config_file).data / "journal.db").exists()


def test_a_serial_is_let_to_be_printed_again(config_file: Path) -> None:
    order = ORDER.format(quantity=2, serials='{list: ["A1", "A2"]}', more="reprint: same")
    gone, listed, let = printed(
        config_file,
        {1: BenchFault.DAMAGED},
        Mode.HELD,
        order,
        ["settle", "S-1", "1", "--voided", *TWO],
        ["settle"],
        ["reprint", "S-1", "1", *TWO],
    )
    assert gone.exit_code == 0
    assert "labelstation reprint S-1 1 --by NAME --witness NAME --reason TEXT" in listed.stdout
    assert let.exit_code == 0
    assert let.stdout == "The next label of order S-1 carries that serial.\n"
    assert len(records_of(load(config_file)).reprints("S-1")) == 1


def test_an_order_is_accounted_for_and_closed(config_file: Path) -> None:
    order = ORDER.format(quantity=2, serials='{prefix: CN, start: "000001"}', more="")
    use = ["order", "use", "S-1", "test-print", "2", "--by", "王芳", "--reason", "setting up"]
    used, sheet, as_json, alone = printed(
        config_file,
        {},
        Mode.IDLE,
        order,
        use,
        ["order", "sheet", "S-1"],
        ["order", "sheet", "S-1", "--json"],
        ["order", "close", "S-1", "--by", "王芳"],
    )
    assert (used.exit_code, used.stdout) == (0, "Written down: 2 labels.\n")
    assert "setting up" in sheet.stdout
    assert "The printer counted 2 labels, expected 4." in sheet.stdout
    assert "Not balanced yet" in sheet.stdout
    found = json.loads(as_json.stdout)
    assert found["odometer"] == {"start": 0, "end": 2, "counted": 2, "expected": [4, 4]}
    assert (found["balanced"], found["closed"]) == (False, None)
    assert alone.exit_code == 1
    assert "two people give their names and write why" in alone.stderr
    assert "The printer counted 2 labels, expected 4." in alone.stderr
    both = ["--by", "王芳", "--witness", "李伟", "--justification", "counted twice by hand"]
    closed = command(config_file, "order", "close", "S-1", *both)
    assert closed.exit_code == 0
    row = records_of(load(config_file)).order("S-1")
    assert row
    assert row.state == OrderState.CLOSED_UNBALANCED
    after = command(config_file, "order", "sheet", "S-1")
    assert "CLOSED, NOT BALANCED" in after.stdout
    assert f"王芳 (command line, {USER}) + 李伟: counted twice by hand" in after.stdout
    assert command(config_file, "settle").stdout == "Nothing waits for a person.\n"
