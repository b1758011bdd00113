"""A study of photographs: what the list says, and what the pictures show."""

import json
from pathlib import Path
from typing import Any

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
from station.study import pool
from station.study.photographs import photographed
from station.study.report import StudyReport
from station.study.trial import past_of
from tests.station.study.studied import UNIT  # opens the workshop

ORDER = {
    "id": "V1",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 10,
    "production_date": "2026-03-20",
    "serials": {"prefix": "CN", "start": "010123"},
    "template": UNIT.template,
    "revision": "1",
}


def job() -> Job:
    return pool.opened().job(pool.opened().order(ORDER))


def taken(folder: Path, name: str, dots: np.ndarray) -> None:
    pixels = photograph(dots, dots_per_mm=8, optics=MILD, seed=len(name))
    Image.fromarray(pixels).save(folder / name)


def listed(folder: Path, *pictures: dict[str, Any], orders: tuple[object, ...] = (ORDER,)) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps({"orders": list(orders), "pictures": list(pictures)}))
    return path


def line(picture: str, family: str, label: int, **more: object) -> dict[str, Any]:
    return {"picture": picture, "family": family, "order": "V1", "label": label, **more}


def studied(folder: Path, manifest: Path) -> StudyReport:
    return photographed(
        Config(), manifest, folder, plan=plan("95/99"), folder=folder / "out", tell=lambda *_: None
    )


def test_photographs_are_judged_against_the_labels_they_were_meant_to_be(tmp_path: Path) -> None:
    of = job()
    taken(tmp_path, "good.png", expected_picture(of.label(1, serial="CN010123").artwork))
    taken(tmp_path, "other.png", expected_picture(of.label(3, serial="CN010125").artwork))
    serial = of.serial_of(4)
    made = kit(of, serial=serial, press=pool.opened().press, past=past_of(serial), compared=True)
    specimen = next(each for each in made.specimens if each.family.name == "missing-line")
    assert specimen.artwork
    taken(tmp_path, "specimen.png", expected_picture(specimen.artwork))
    found = studied(
        tmp_path,
        listed(
            tmp_path,
            line("good.png", "good", 1),
            line("other.png", "wrong-serial", 2),
            line("specimen.png", "missing-line", 4, specimen=True),
        ),
    )
    assert (found.evidence, found.seed, found.misses) == ("physical", None, ())
    assert {each.name: each.right for each in found.families} == {
        "wrong-serial": 1,
        "missing-line": 1,
    }
    (good,) = found.good
    assert (good.labels, good.rejected.found) == (1, 0)


def test_a_good_label_that_is_called_bad_is_a_miss_with_its_picture(tmp_path: Path) -> None:
    taken(tmp_path, "a.png", expected_picture(job().label(1, serial="CN010123").artwork))
    found = studied(tmp_path, listed(tmp_path, line("a.png", "wrong-serial", 1)))
    (miss,) = found.misses
    assert (tmp_path / "out" / miss.picture).read_bytes()[:2] == b"\xff\xd8"
    assert not found.shown


def test_everything_that_is_wrong_with_a_list_is_said_at_once(tmp_path: Path) -> None:
    manifest = listed(
        tmp_path,
        line("a.png", "wrong-colour", 1),
        line("../b.png", "good", 2),
        line("/etc/passwd", "good", 3),
        line("c.png", "good", 4),
        line("d.png", "good", 4),
    )
    with pytest.raises(Refused) as refused:
        studied(tmp_path, manifest)
    told = str(refused.value)
    assert "pictures.0.family: There is no family 'wrong-colour'" in told
    assert told.count("Expected a file in the folder") == 2
    assert told.count("more than once") == 2


def test_an_order_that_is_not_in_the_list_and_a_file_that_is_not_there_are_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(Refused, match="There is no order 'V1' in this list"):
        studied(tmp_path, listed(tmp_path, line("a.png", "good", 1), orders=()))
    with pytest.raises(Refused, match=r"pictures\.0: Cannot read"):
        studied(tmp_path, listed(tmp_path, line("a.png", "good", 1)))
    with pytest.raises(Refused, match="names no picture"):
        studied(tmp_path, listed(tmp_path))
