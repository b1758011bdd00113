import pytest

from torture import __main__ as command
from torture.result import Result


def lost(*, long: bool) -> Result:
    return Result("long part" if long else "part", 3, ("at fsync 1: a label is lost",))


def kept(*, long: bool) -> Result:
    return Result("long part" if long else "part", 3, ())


def absent(*, long: bool) -> Result:  # noqa: ARG001 - as every part
    return Result("part", 0, (), skipped="strace is not installed")


def ran(monkeypatch: pytest.MonkeyPatch, part: command.Part, *arguments: str) -> int:
    monkeypatch.setattr(command, "PARTS", (part,))
    return command.main(arguments)


def test_a_single_violation_makes_the_command_fail_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, lost) == 1
    told = capsys.readouterr().out
    assert "part: 3 points, 1 violations, 0 s" in told
    assert "  at fsync 1: a label is lost" in told
    assert "| part | 3 | 1 | | 0 |" in told


def test_the_long_form_is_passed_on_to_every_part(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, kept, "--long") == 0
    assert "| long part | 3 | 0 | | 0 |" in capsys.readouterr().out


def test_a_part_that_cannot_run_here_says_why_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, absent) == 0
    told = capsys.readouterr().out
    assert "part: skipped, strace is not installed" in told
    assert "| part | – | – | strace is not installed | – |" in told


def test_an_argument_that_is_not_known_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, lost, "--fast") == 2
    assert capsys.readouterr().err == "Expected nothing or --long, got --fast.\n"
