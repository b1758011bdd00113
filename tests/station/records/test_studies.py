"""Studies that lie with the records are listed; what is none of them breaks nothing."""

import json
from pathlib import Path

import pytest

from station.records import studies
from station.records.studies import Study, paper

FAMILY = {"name": "void", "labels": 300, "shown": True, "passed": {"found": 0, "labels": 300}}


def written(data: Path, name: str, **changed: object) -> Path:
    folder = data / "studies" / name
    folder.mkdir(parents=True)
    document = {
        "evidence": "simulated",
        "plan": "95/99",
        "families": [FAMILY, FAMILY | {"labels": 0, "shown": False}],
        "good": [{"rejected": {"found": 1, "labels": 50}}],
        "environment": {"version": "0.1.0"},
    }
    (folder / "study.json").write_text(json.dumps(document | changed), encoding="utf-8")
    return folder


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert studies.studies(tmp_path) == ()


def test_a_study_is_told_in_its_counts(tmp_path: Path) -> None:
    folder = written(tmp_path, "2026-11")
    (folder / "study.pdf").write_bytes(b"%PDF")
    (found,) = studies.studies(tmp_path)
    assert (found.families, found.shown, found.bad, found.missed) == (1, 1, 300, 0)
    assert (found.good, found.rejected, found.proved, found.paper) == (50, 1, True, True)
    assert paper(tmp_path, "2026-11") == folder / "study.pdf"


def test_a_family_that_was_missed_proves_nothing(tmp_path: Path) -> None:
    missed = FAMILY | {"shown": False, "passed": {"found": 2, "labels": 300}}
    written(tmp_path, "a", families=[missed])
    assert not studies.studies(tmp_path)[0].proved


@pytest.mark.parametrize("text", ["", "[]", "{", '{"families": 3}', "[" * 100_000])
def test_what_is_no_study_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (written(tmp_path, "a") / "study.json").write_text(text, encoding="utf-8")
    (found,) = studies.studies(tmp_path)
    assert isinstance(found, Study)
    assert str(found.problem) == "study.json is not the document of a study."


@pytest.mark.parametrize("name", ["..", "../a", "b", "", "a/..", "/etc"])
def test_only_what_is_listed_is_handed_out(tmp_path: Path, name: str) -> None:
    (written(tmp_path, "a") / "study.pdf").write_bytes(b"%PDF")
    assert paper(tmp_path, name) is None


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    outside = written(tmp_path / "outside", "a")
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "linked").symlink_to(outside)
    assert studies.studies(tmp_path) == ()
