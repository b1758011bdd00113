"""A design is read with the files beside it, kept whole, and laid out whichever kind it is."""

import io
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from drivers.zpl.interpreter import render_stream
from station.app import Workshop
from station.artwork import zpl
from station.artwork.design import from_canonical, from_file
from station.artwork.picture import expected_picture
from station.config import Config, shipped
from station.core.problem import Refused
from station.line.job import Job
from station.line.specimen import SPECIMEN, covered, order_of

ZPL = Path(__file__).parent / "foreign" / "imported-unit.zpl"
BESIDE = """\
name: imported-unit
revision: "1"
design: imported-unit.zpl
size: {width: 60, height: 40}
dots_per_mm: [8]
scope: {families: [warming_unit], levels: [unit]}
not_compared: [registrant_name, registrant_address]
"""
PICTURED = """\
name: pictured
revision: "1"
size: {width: 60, height: 40}
elements:
  - {kind: picture, x: 2, y: 2, width: 2, height: 2, file: logo.png}
  - {kind: datamatrix, x: 10, y: 10, module: 0.5}
  - {kind: hri, x: 30, y: 10, width: 28, height: 20, size: 2}
"""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    shutil.copytree(shipped("labels"), folder)
    narrower = ZPL.read_text().replace("^A0N,32,32^FH", "^A0N,24,24^FH")
    (folder / "imported-unit.zpl").write_text(narrower)
    (folder / "imported-unit.yaml").write_text(BESIDE)
    return folder


def test_another_designers_zpl_is_printed_as_it_is_and_its_symbol_is_read(labels: Path) -> None:
    workshop = Workshop.open(Config(labels=labels))
    template = workshop.library.template("imported-unit", "1")
    product, level = next(covered(template, workshop.library))
    order = order_of(template, product, level, codes=SPECIMEN, today=date(2026, 11, 20))
    label = Job(order, library=workshop.library, font=workshop.font, dots_per_mm=8).first
    assert label.stored == zpl.MARK
    assert label.zpl == zpl.standalone(label.artwork)
    (printed,) = render_stream(label.zpl)
    assert printed.picture is not None
    assert np.array_equal(printed.picture, expected_picture(label.artwork))
    (read,) = zxingcpp.read_barcodes(np.pad(printed.picture, 20, constant_values=255))
    assert (read.symbology_identifier, read.bytes) == ("]d2", label.elements.encode())
    assert label.expected.carriers == ("]d2",)


def test_it_is_held_against_the_profiles_like_any_other(labels: Path) -> None:
    workshop = Workshop.open(Config(labels=labels))
    document = {
        "id": "WO-1",
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 1,
        "production_date": "2026-11-20",
        "serials": {"list": ("S1",)},
        "template": "imported-unit",
        "revision": "1",
    }
    with pytest.raises(Refused, match=r"texts\.specification: nmpa requires specification"):
        workshop.order(document)


def test_a_file_that_is_not_there_is_said(labels: Path) -> None:
    (labels / "imported-unit.zpl").unlink()
    with pytest.raises(Refused, match=r"imported-unit\.yaml: Cannot read .*imported-unit\.zpl"):
        Workshop.open(Config(labels=labels))


def test_what_is_kept_of_a_design_is_all_of_it(labels: Path) -> None:
    file = io.BytesIO()
    Image.fromarray(np.eye(16, dtype=bool)).save(file, "PNG")
    (labels / "logo.png").write_bytes(file.getvalue())
    (labels / "pictured.yaml").write_text(PICTURED)
    for path in sorted(labels.glob("*.yaml")):
        design = from_file(path)
        assert from_canonical(design.canonical).digest == design.digest


@pytest.mark.parametrize(
    "kept", [b'{"zpl": 7}', b'{"pictures": {"a.png": "?"}}', b"[]", b'{"zpl": "x"}']
)
def test_what_was_kept_and_is_damaged_is_refused(kept: bytes) -> None:
    with pytest.raises(Refused):
        from_canonical(kept)
