"""`labelstation calibrate`: good labels are printed and measured, and the limits follow."""

import json
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.core.calibration import Calibration
from station.records.calibrations import Calibrations
from station.records.journal import read_only
from tests.station.line.test_taught import DOCUMENT, EXPORTED

RUN = CliRunner(env={"LC_ALL": "C.UTF-8", "COLUMNS": "200"})
COUNT = 10


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A station, and beside it a folder with a design of another designer."""
    templates = tmp_path / "templates"
    templates.mkdir()
    smaller = EXPORTED.read_bytes().replace(b"^A0N,32,32^FH", b"^A0N,17,17^FH")
    (templates / "imported-unit.zpl").write_bytes(smaller)
    (templates / "imported-unit.yaml").write_text(DOCUMENT)
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nname: Line 1\nweb: {port: 0}\n")
    return path


def calibrate(settings: Path, *words: object) -> Result:
    return RUN.invoke(app, ["calibrate", *map(str, words), "--config", str(settings)])


def last(settings: Path, name: str) -> Calibration | None:
    with closing(read_only(settings.parent / "data")) as db:
        return Calibrations(db).last(name, "1")


def test_limits_follow_from_good_labels_of_the_design(settings: Path) -> None:
    told = calibrate(settings, "has-mhb-hc-unit", "1", "--labels", COUNT, "--by", "王芳")
    assert told.exit_code == 0, told.stderr
    assert "Calibrated with 10 labels: template has-mhb-hc-unit 1." in told.stdout
    found = last(settings, "has-mhb-hc-unit")
    assert found
    assert (found.labels, found.learned) == (COUNT, None)


def test_a_design_in_the_printers_own_fonts_is_learned_from_labels_that_all_differ(
    settings: Path,
) -> None:
    with settings.open("a") as file:
        file.write("labels: templates\n")
    proof = settings.parent / "proof.png"
    name = ("imported-unit", "1", "--by", "王芳")
    told = calibrate(settings, *name, "--labels", COUNT, "--proof", proof, "--json")
    assert told.exit_code == 0, told.stderr
    learned = json.loads(told.stdout)["learned"]
    assert len(learned["varying"]) >= 1
    picture = cv2.imread(str(proof), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (320, 480)
    assert np.count_nonzero(picture == 160)
    found = last(settings, "imported-unit")
    assert found
    assert found.learned

    photographs = calibrate(settings, *name, "--pictures", settings.parent)
    assert photographs.exit_code == 1
    assert "is learned from labels that all differ" in photographs.stderr


def test_photographs_of_another_label_do_not_calibrate(settings: Path) -> None:
    folder = settings.parent / "photographs"
    folder.mkdir()
    cv2.imwrite(str(folder / "one.png"), np.full((960, 1280), 200, np.uint8))
    told = calibrate(settings, "has-mhb-hc-unit", "1", "--by", "王芳", "--pictures", folder)
    assert told.exit_code == 1
    assert "one.png" in told.stderr
    assert last(settings, "has-mhb-hc-unit") is None
