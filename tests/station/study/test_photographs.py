"""A study of photographs: what the list says, and what the pictures show."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drivers.simulated.optics import MILD, photograph
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.problem import Refused
from station.core.statistics import plan
from station.line.challenge.kit import kit
from station.line.job import Job
from station.study import manifest, pool
from station.study.photographs import photographed
from station.study.report import StudyReport
from station.study.trial import past_of
from tests.station.study.studied import UNIT, Here

ORDER = {
    "product": "HAS-MHB-HC",
    "level": "unit",
    "production_date": "2026-03-20",
    "template": UNIT.template,
    "revision": "1",
}

Row = dict[str, str]


def job(serial: str) -> Job:
    document = ORDER | {"id": "V1", "quantity": 1, "serials": {"list": (serial,)}}
    return pool.opened().job(pool.opened().order(document))


def taken(path: Path, dots: np.ndarray) -> None:
    pixels = photograph(dots, dots_per_mm=8, optics=MILD, seed=len(path.name))
    Image.fromarray(pixels).save(path)


def right(path: Path, serial: str) -> None:
    taken(path, expected_picture(job(serial).first.artwork))


def row(file: str, family: str, serial: str, **more: str) -> Row:
    return {"file": file, "family": family, **ORDER, "serials.list": serial, **more}


def listed(folder: Path, *rows: Row) -> Path:
    path = folder / "manifest.csv"
    columns = dict.fromkeys(name for each in rows for name in each)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(columns), restval="")
        table.writeheader()
        table.writerows(rows)
    return path


def studied(folder: Path, *rows: Row) -> StudyReport:
    out = folder.parent / "out"
    return photographed(
        Config(),
        listed(folder, *rows),
        folder,
        plan=plan("95/99"),
        folder=out,
        tell=lambda *_: None,
    )


def told(folder: Path, *rows: Row) -> str:
    """All that is wrong with a list."""
    with pytest.raises(Refused) as refused:
        manifest.read(listed(folder, *rows), folder, Here())
    return str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def test_photographs_are_judged_against_the_labels_they_were_meant_to_be(folder: Path) -> None:
    right(folder / "good.png", "CN010123")
    right(folder / "other.png", "CN010125")
    made = kit(
        job("CN010126"),
        serial="CN010126",
        press=pool.opened().press,
        past=past_of("CN010126"),
        compared=True,
    )
    specimen = next(each for each in made.specimens if each.family.name == "missing-line")
    assert specimen.artwork
    taken(folder / "specimen.png", expected_picture(specimen.artwork))
    found = studied(
        folder,
        row("good.png", "good", "CN010123"),
        row("other.png", "wrong-serial", "CN010124"),
        row("specimen.png", "missing-line", "CN010126", specimen="yes"),
    )
    assert (found.evidence, found.seed, found.misses) == ("physical", None, ())
    assert {each.name: each.right for each in found.families} == {
        "wrong-serial": 1,
        "missing-line": 1,
    }
    (good,) = found.good
    assert (good.labels, good.rejected.found) == (1, 0)
    (design,) = found.designs
    assert (design.bad, design.missed, design.good, design.rejected) == (2, 0, 1, 0)
    assert set(found.sources) == {"manifest.csv", "pictures"}


def test_a_good_label_that_is_called_bad_is_a_miss_with_its_picture(folder: Path) -> None:
    right(folder / "a.png", "CN010123")
    found = studied(folder, row("a.png", "wrong-serial", "CN010123"))
    (miss,) = found.misses
    assert (folder.parent / "out" / miss.picture).read_bytes()[:2] == b"\xff\xd8"
    assert miss.what == "a.png"
    assert not found.shown


def test_everything_that_is_wrong_with_a_list_is_said_at_once(folder: Path) -> None:
    (folder / "d.png").write_bytes(b"no picture")
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "round.png").symlink_to("round.png")
    problems = told(
        folder,
        row("a.png", "wrong-colour", "CN010123"),
        row("../b.png", "good", "CN010124"),
        row(str(folder / "d.png"), "good", "CN010125"),
        row("link.png", "good", "CN010126", label="two"),
        row("d.png", "good", "CN010127", specimen="perhaps"),
        row("d.png", "good", "CN010128", product="NONE"),
        row("round.png", "good", "CN010129"),
        row("x" * 300, "good", "CN010130"),
    )
    for sentence in (
        "row 1.family: There is no family 'wrong-colour'",
        "row 1.file: Cannot read",
        "row 2.file: Expected a file in the folder of the pictures, got '../b.png'",
        "row 3.file: Expected a file in the folder",
        "row 4.label: Expected a whole number of at least 1, got 'two'",
        "row 5.specimen: Expected one of 'yes' or 'no'",
        "row 6.file: ",
        "row 6.product: There is no product 'NONE'",
        "row 7.file: ",
        "row 8.file: ",
    ):
        assert sentence in problems


def test_a_list_with_other_columns_is_refused_before_anything_is_read(folder: Path) -> None:
    problems = told(folder, {"picture": "a.png", "family": "good"})
    assert "There is no column 'picture': expected file, family, label" in problems
    assert "The list needs the column file." in problems
    assert "The list needs the column template." in problems
    assert "row" not in problems


def test_what_is_photographed_twice_is_no_second_label(folder: Path) -> None:
    right(folder / "a.png", "CN010123")
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes())
    problems = told(folder, row("a.png", "good", "CN010123"), row("b.png", "good", "CN010124"))
    assert problems.count("This print stands in the list more than once.") == 2


def test_of_many_problems_the_first_are_told_and_the_rest_is_counted(folder: Path) -> None:
    rows = [row(f"{number}.png", "good", f"CN{number}") for number in range(130)]
    problems = told(folder, *rows).splitlines()
    assert len(problems) == manifest.MOST_TOLD + 1
    assert problems[-1] == "And 30 more."


def test_a_folder_that_is_not_there_and_a_list_that_is_too_long_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row("a.png", "good", "CN1"), row("b.png", "good", "CN2")]
    with pytest.raises(Refused, match="There is no folder"):
        manifest.read(listed(folder, *rows), folder / "none", Here())
    monkeypatch.setattr(manifest, "MOST", 1)
    assert "A table has at most 1 rows, got 2" in told(folder, *rows)
    monkeypatch.setattr(manifest, "LIMIT", 10)
    assert "The file is too large" in told(folder, *rows)
