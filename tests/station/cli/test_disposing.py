"""`labelstation dispose`: the same decision typed, with a station and without one."""

from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.core.state import LabelState
from station.line.board import Mode
from tests.station.cli.test_people import ORDER, command, config_file, label, printed

__all__ = ["config_file"]

TWO = ["--by", "王芳", "--witness", "李伟", "--reason", "blots", "--containment", "bin locked"]


def rejected(config_file: Path, *commands: list[str]) -> list[str]:
    """Label 1 is rejected, and the line waits for its reprint; what the commands answer."""
    order = ORDER.format(quantity=1, serials='{list: ["A1"]}', more="reprint: same")
    found = printed(config_file, {1: BenchFault.DAMAGED}, Mode.HELD, order, *commands)
    return [f"{each.exit_code} {each.stdout}{each.stderr}" for each in found]


def test_a_running_station_takes_the_first_decision(config_file: Path) -> None:
    first, second = rejected(
        config_file,
        ["dispose", "S-1", "1", *TWO, "--capa", "CAPA-7"],
        ["dispose", "S-1", "1", "reprint", *TWO],
    )
    assert first == "0 Label 1 is rejected.\n"
    assert second.startswith("1 It was decided already: scrap, by 王芳 (command line, ")
    assert label(config_file, 1) == LabelState.REJECTED


def test_without_a_station_the_same_is_written_down_directly(config_file: Path) -> None:
    rejected(config_file)
    found = command(config_file, "dispose", "S-1", 1, "reprint", *TWO)
    assert (found.exit_code, found.stdout) == (0, "Label 1 is rejected.\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["sell", *TWO], "Expected one of scrap, reprint, concession, return, reinspect, got sell"),
        (["concession", *TWO], "A label is used as it is only for how it is printed"),
        (["scrap", *TWO[:-2]], "Say what was done so that nothing else is affected."),
        (["scrap", *TWO, "--capa", "=1+1"], "A CAPA reference is at most 40 letters"),
        (["return", *TWO], "Name the roll or the lot"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    config_file: Path,
    words: list[str],
    why: str,
) -> None:
    rejected(config_file)
    found = command(config_file, "dispose", "S-1", 1, *words)
    assert found.exit_code == 1
    assert why in found.stderr
