"""The life of a design from the command line, with a station that runs and without one."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.app import Station
from station.config import Config, load, shipped
from station.core.events import StationStarted
from station.records.journal import Journal
from station.vision.decode import decode, read_image

UNIT, PRIMARY = "has-mhb-hc-unit", "has-mhb-x2-primary"
TWO = ["--author", "李伟", "--by", "王芳", "--reason", "pilot run"]


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of templates of a station that has run once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = tmp_path / "labels"
    folder.mkdir()
    for path in (shipped("labels") / f"{each}.yaml" for each in (UNIT, PRIMARY)):
        (folder / path.name).write_text(path.read_text("utf-8"), encoding="utf-8")
    (tmp_path / "station.yaml").write_text("data: data\nlabels: labels\nweb: {port: 0}\n")
    begin(tmp_path / "data")
    return folder


def begin(data: Path) -> None:
    with closing(Journal(data)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["template", *words])


def listed() -> dict[str, dict[str, str]]:
    lines = run("list", "--json").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    return {f"{each['name']} {each['revision']}": each for each in rows}


def edit(labels: Path, old: str, new: str, *, name: str = UNIT, to: str = "") -> Path:
    source = labels / f"{name}.yaml"
    target = labels / f"{to or name}.yaml"
    text = source.read_text("utf-8")
    assert old in text
    target.write_text(text.replace(old, new), encoding="utf-8")
    return target


@contextmanager
def running(settings: Config) -> Iterator[Station]:
    with Station(settings) as station:
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            worker.join()


@pytest.mark.usefixtures("labels")
def test_every_design_begins_as_a_draft_before_there_are_any_records() -> None:
    shutil.rmtree("data")
    found = listed()
    assert {name: each["state"] for name, each in found.items()} == {
        f"{UNIT} 1": "draft",
        f"{PRIMARY} 1": "draft",
    }
    assert found[f"{UNIT} 1"]["author"] is None
    refused = run("approve", UNIT, "1", *TWO)
    assert (refused.exit_code, "There is no journal" in refused.stderr) == (1, True)
    assert not Path("data").exists()


def test_the_whole_life_of_a_design(labels: Path) -> None:
    approved = run("approve", UNIT, "1", *TWO)
    digest = listed()[f"{UNIT} 1"]["digest"]
    assert approved.exit_code == 0
    assert approved.stdout.splitlines() == [
        f"Template {UNIT} 1: SHA-256 {digest}.",
        f"Template {UNIT} 1 is approved: labels may be printed from it.",
    ]
    row = listed()[f"{UNIT} 1"]
    assert (row["state"], row["approved"], row["author"]) == ("approved", digest, "李伟")
    assert row["approver"].startswith("王芳 (command line")
    assert f"{UNIT} 1  approved  {digest[:12]}  李伟 + 王芳  " in run("list").stdout
    assert f"{PRIMARY} 1  draft  " in run("list").stdout
    edit(labels, "width: 50,", "width: 49,")
    assert listed()[f"{UNIT} 1"]["state"] == "changed since it was approved"
    assert run("retire", UNIT, "1", "--by", "王芳", "--reason", "typo").exit_code == 0
    assert listed()[f"{UNIT} 1"]["retired_reason"] == "typo"
    again = run("approve", UNIT, "1", *TWO)
    assert again.exit_code == 1
    assert "needs another revision" in again.stderr
    (labels / f"{UNIT}.yaml").unlink()
    assert listed()[f"{UNIT} 1"]["digest"] is None
    assert f"{UNIT} 1  retired; there is no file  –  李伟 + 王芳  " in run("list").stdout


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize("prefix", ["0" * 12, "27b"])
def test_the_digest_that_was_looked_at_has_to_be_the_one_that_is_there(prefix: str) -> None:
    refused = run("approve", UNIT, "1", *TWO, "--digest", prefix)
    assert refused.exit_code == 1
    assert f"The design you looked at begins with {prefix}" in refused.stderr
    assert listed()[f"{UNIT} 1"]["state"] == "draft"
    digest = listed()[f"{UNIT} 1"]["digest"]
    assert run("approve", UNIT, "1", *TWO, "--digest", digest[:10].upper()).exit_code == 0


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["approve", UNIT, "1", "--by", "Wang", "--reason", "x"], "the name of the second"),
        (["approve", UNIT, "1", "--author", "Li", "--reason", "x"], "Say who you are"),
        (["approve", UNIT, "1", "--author", "Li", "--by", "Wang"], "Say why"),
        (["approve", UNIT, "1", "--author", "Li", "--by", "li", "--reason", "x"], "somebody else"),
        (["approve", "nothing", "1", *TWO], "There is no template 'nothing'"),
        (["retire", UNIT, "1", "--by", "Wang", "--reason", "x"], "was never approved"),
    ],
)
def test_what_lacks_something_is_refused(words: list[str], why: str) -> None:
    refused = run(*words)
    assert refused.exit_code == 1
    assert why in refused.stderr


def test_a_running_station_approves_only_the_design_it_prints_from(labels: Path) -> None:
    settings = load(Path("station.yaml"))
    with running(settings):
        assert run("approve", UNIT, "1", *TWO).exit_code == 0
        edit(labels, "width: 50,", "width: 49,", name=PRIMARY)
        refused = run("approve", PRIMARY, "1", *TWO)
        assert refused.exit_code == 1
        assert "restart the station, then approve" in refused.stderr
        assert run("retire", UNIT, "1", "--by", "王芳", "--reason", "typo").exit_code == 0
    with running(settings):
        assert run("approve", PRIMARY, "1", *TWO).exit_code == 0
    assert {each["state"] for each in listed().values()} == {"approved", "retired"}


@pytest.mark.usefixtures("labels")
def test_a_proof_is_a_picture_and_a_format_that_nothing_reads() -> None:
    made = run("proof", PRIMARY, "1", "-o", "proof.png", "--zpl", "proof.zpl")
    assert made.exit_code == 0
    assert "A specimen of HAS-MHB-Q1, primary; it is no label." in made.stdout
    assert decode(read_image(Path("proof.png"))).symbols == ()
    sent = Path("proof.zpl").read_bytes()
    assert sent.startswith(b"^XA")
    assert b"^BX" not in sent


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Say where the proof goes"),
        (["-o", "nowhere/p.png"], "No such file"),
        (["-o", "p.png", "--product", "X"], "There is no product 'X'"),
        (["-o", "p.png", "--product", "HAS-MHB-HC", "--level", "moon"], "no packaging level"),
        (["-o", "p.png", "--product", "HAS-MHB-X2"], "is not made for HAS-MHB-X2"),
    ],
)
def test_a_proof_that_cannot_be_drawn_says_why(words: list[str], why: str) -> None:
    refused = run("proof", UNIT, "1", *words)
    assert refused.exit_code == 2
    assert why in refused.stderr


def test_designs_are_checked_all_one_by_name_and_one_by_file(labels: Path) -> None:
    assert run("check").stdout.splitlines() == [f"good: {UNIT} 1", f"good: {PRIMARY} 1"]
    assert run("check", UNIT, "1", "--dots-per-mm", "12").exit_code == 0
    finer = run("check", "--dots-per-mm", "7")
    assert finer.exit_code == 1
    assert finer.stderr.count("Expected one of 6, 8, 12, 24 dots/mm, got 7.") == 2
    other = edit(labels, "y: 1.375, width: 50", "y: 4.5, width: 50", to="other")
    other = other.rename(labels.parent / "other.yaml")
    wrong = run("check", str(other))
    assert wrong.exit_code == 1
    assert f"{UNIT} 1.HAS-DBD.unit.elements.0: It lies over" in wrong.stderr
    assert run("check", "nothing.yaml").exit_code == 1


def test_two_designs_are_compared_by_name_by_file_and_as_approved(labels: Path) -> None:
    assert run("approve", UNIT, "1", *TWO).exit_code == 0
    same = run("diff", f"{UNIT}:1@approved", f"{UNIT}:1")
    assert (same.exit_code, same.stdout) == (0, "The labels are the same.\n")
    edit(labels, "其他内容详见说明书", "其它内容详见说明书")
    found = run("diff", f"{UNIT}:1@approved", str(labels / f"{UNIT}.yaml"), "-o", "diff.png")
    assert found.exit_code == 1
    first, *rest = found.stdout.splitlines()
    assert first == "elements.25.content: 其他内容详见说明书 → 其它内容详见说明书"
    assert any(line.startswith("text 25 line 1: ") for line in rest)
    with Image.open("diff.png") as picture:
        assert picture.size == (480, 320)
        assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) == 4


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nothing:1", "There is no template 'nothing'"),
        ("nothing", "Expected NAME:REVISION"),
        (f"{UNIT}:1@draft", "Expected NAME:REVISION"),
        (f"{UNIT}:1@approved", "was never approved"),
        ("station.yaml", "Unknown field"),
    ],
)
def test_what_is_no_design_cannot_be_compared(text: str, why: str) -> None:
    refused = run("diff", text, f"{UNIT}:1")
    assert refused.exit_code == 2
    assert why in refused.stderr


def test_a_restored_journal_keeps_its_approvals(labels: Path) -> None:
    settings = load(Path("station.yaml"))
    with running(settings):
        assert run("approve", UNIT, "1", *TWO).exit_code == 0
    Path("backups").mkdir()
    backup = CliRunner().invoke(app, ["backup", "--to", "backups", "--json"])
    assert backup.stderr == ""
    made = json.loads(backup.stdout)
    assert (made["good"], backup.exit_code) == (True, 0)
    assert CliRunner().invoke(app, ["restore", made["folder"], "restored"]).exit_code == 0
    (labels.parent / "station.yaml").write_text("data: restored\nlabels: labels\n")
    assert listed()[f"{UNIT} 1"]["state"] == "approved"
    assert run("diff", f"{UNIT}:1@approved", f"{UNIT}:1").exit_code == 0
