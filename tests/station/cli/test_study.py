"""The study as a command: how many labels a plan needs, and what came out of some."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from station.__main__ import app
from station.study.report import StudyReport

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_plan_alone_says_how_many_labels_it_needs() -> None:
    result = RUN.invoke(app, ["study", "--plan", "95/99", "--json"])
    assert json.loads(result.stdout)["labels"]["0"] == 299
    assert "299 labels" in RUN.invoke(app, ["study", "--plan", "95/99"]).stdout


def test_a_small_study_is_written_as_a_document_and_on_paper(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["study", "--families", "wrong-serial,good", "--n", "2", "--agreement", "0", "--json"]
    words += ["--designs", "has-mhb-hc-unit", "--out", str(out), "--seed", "7"]
    result = RUN.invoke(app, words)
    assert result.exit_code == 1, "two labels show nothing"
    report = StudyReport.model_validate_json((out / "study.json").read_text())
    (family,) = report.families
    assert (family.name, family.labels, family.right) == ("wrong-serial", 2, 2)
    assert report.evidence == "simulated"
    assert "not a plant's rate" in report.statement
    assert (out / "study.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert json.loads(result.stdout.splitlines()[-1]) == json.loads(report.model_dump_json())


def test_the_same_seed_and_time_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    words = ["study", "--families", "any-character", "--n", "2", "--agreement", "0", "--seed", "3"]
    for name in "ab":
        RUN.invoke(app, [*words, "--designs", "has-mhb-hc-unit", "--out", str(tmp_path / name)])
    one, other = (
        {each.relative_to(tmp_path / name): each.read_bytes() for each in files(tmp_path / name)}
        for name in "ab"
    )
    assert one == other
    assert Path("study.pdf") in one


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_time_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    result = RUN.invoke(app, ["study", "--n", "1", "--out", "x"])
    assert "Expected seconds since 1970, got 'today'" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Expected --out FOLDER"),
        (["--plan", "95"], "Expected confidence and reliability"),
        (["--out", "x", "--families", "nothing"], "There is no family 'nothing'"),
        (["--out", "x", "--optics", "eye"], "There are no optics 'eye'"),
        (["--out", "x", "--designs", "none", "--n", "1"], "There is no template 'none'"),
        (["--out", "x", "--pictures", "."], "Expected both of --pictures"),
        (["--out", "/dev/null/x", "--n", "1"], "Cannot write"),
        (["--out", ".", "--n", "1"], "is not empty: expected a new folder"),
        (["--out", "x", "--pictures", ".", "--manifest", "none.csv"], "Cannot read none.csv"),
        (
            ["--out", "x", "--pictures", ".", "--manifest", "a.csv", "--n", "9"],
            "n: This says how labels are simulated",
        ),
    ],
)
def test_what_cannot_be_studied_is_refused_with_the_reason(words: list[str], sentence: str) -> None:
    Path("something").touch()
    result = RUN.invoke(app, ["study", *words])
    assert result.exit_code == 2
    assert sentence in result.stderr
