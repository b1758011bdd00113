"""Qualification as a command: a protocol to be signed, and an exit code that tells."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.core.problem import problem
from station.qualification import run
from station.qualification.check import Check, Finding, met, missed
from station.qualification.protocol import Protocol
from station.qualification.requirements import Need

GOOD, BAD, UNREADABLE = 0, 1, 2


def check(id_: str, finding: Finding) -> Check[object]:
    does, expects = problem("Ask the camera for a picture."), problem("Good, and then found out.")
    return Check(id_, (Need.DEVICES,), does, expects, lambda _: finding)


SAID = problem("systemd: {said}", said="\x1b[2J")
PASSED, FAILED = check("IQ-1", met(SAID)), check("OQ-1", missed(SAID, evidence=b"seen"))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(run, "IQ", (PASSED,))
    monkeypatch.setattr(run, "OQ", (FAILED,))


def qualify(*words: str) -> Result:
    return CliRunner().invoke(app, ["qualify", "--by", "Li Wei", "--out", "out", *words])


def test_without_a_word_both_parts_are_made_and_written() -> None:
    result = qualify()
    assert result.exit_code == BAD
    assert "1 passed, 1 FAILED, 0 not applicable" in result.stdout
    made = Protocol.model_validate_json(Path("out/qualification.json").read_bytes())
    assert (made.parts, made.by) == (("IQ", "OQ"), "Li Wei")
    assert [each.id for each in made.checks] == ["IQ-1", "OQ-1"]
    assert Path("out/qualification.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert Path("out/evidence/OQ-1.txt").read_bytes() == b"seen"


@pytest.mark.parametrize(("part", "code"), [("--iq", GOOD), ("--oq", BAD)])
def test_one_part_alone_is_made_and_its_result_is_the_exit_code(part: str, code: int) -> None:
    assert qualify(part).exit_code == code
    made = Protocol.model_validate_json(Path("out/qualification.json").read_bytes())
    assert [each.id[:2].lower() for each in made.checks] == [part.removeprefix("--")]


def test_what_a_device_says_is_no_command_to_the_terminal() -> None:
    assert "\x1b" not in qualify("--oq").stdout


def test_each_check_is_a_line_of_json() -> None:
    lines = [json.loads(each) for each in qualify("--json").stdout.split("\n") if each]
    assert [(each["id"], each["outcome"]) for each in lines] == [("IQ-1", "pass"), ("OQ-1", "fail")]
    assert lines[0]["does"]["zh"] == "向相机索取一幅图像。"


def test_it_speaks_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "向相机索取一幅图像。" in qualify("--iq").stdout


@pytest.mark.parametrize("name", ["", "  ", "Li\nWei", "x" * 101])
def test_whoever_makes_it_has_a_name(name: str) -> None:
    result = CliRunner().invoke(app, ["qualify", "--by", name, "--out", "out"])
    assert result.exit_code == UNREADABLE
    assert "Expected a name" in result.stderr
    assert not Path("out").exists()


def test_no_protocol_takes_the_place_of_another() -> None:
    qualify("--iq")
    before = Path("out/qualification.json").read_bytes()
    result = qualify("--iq")
    assert result.exit_code == UNREADABLE
    assert "Expected a folder that is new or empty" in result.stderr
    assert Path("out/qualification.json").read_bytes() == before


def test_a_configuration_that_cannot_be_read_makes_no_protocol() -> None:
    Path("station.yaml").write_text("colour: red\n", encoding="utf-8")
    assert qualify().exit_code == UNREADABLE
    assert not Path("out").exists()
