"""The study as a command: how many labels a plan needs, and what came out of some."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

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


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """The same one twice, in the folders a and b."""
    folder = tmp_path_factory.mktemp("studies")
    words = ["study", "--families", "wrong-serial,worn-shrunk,good", "--n", "2", "--seed", "7"]
    words += ["--agreement", "0", "--designs", "has-mhb-hc-unit", "--json"]
    env = {"SOURCE_DATE_EPOCH": "1772323200", "LC_ALL": "C.UTF-8"}
    return folder, [
        RUN.invoke(app, [*words, "--out", str(folder / name)], env=env) for name in "ab"
    ]


def test_a_small_study_is_written_as_a_document_and_on_paper(
    studies: tuple[Path, list[Result]],
) -> None:
    folder, (result, _) = studies
    assert result.exit_code == 1, "two labels show nothing"
    report = StudyReport.model_validate_json((folder / "a" / "study.json").read_text())
    family = report.families[0]
    assert (family.name, family.labels, family.right) == ("wrong-serial", 2, 2)
    assert (report.schema_version, report.evidence) == (1, "simulated")
    assert "not a plant's rate" in report.statement
    assert (folder / "a" / "study.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert json.loads(result.stdout.splitlines()[-1]) == json.loads(report.model_dump_json())


def test_the_same_seed_and_time_give_the_same_bytes(studies: tuple[Path, list[Result]]) -> None:
    folder, _ = studies
    one, other = (
        {each.relative_to(folder / name): each.read_bytes() for each in files(folder / name)}
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
