"""A design in the printer's own fonts is learned from labels, and compared from then on."""

from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from station.artwork.design import Design, from_file
from station.artwork.picture import expected_picture
from station.core.calibration import LearnedDesign
from station.core.problem import Refused
from station.core.verdict import Code
from station.line.calibrating import against, learned
from station.line.job import Label
from station.line.sheet import compared_with
from station.line.taught import different, learned_of, learned_sheet, recorded
from station.vision.picture import Picture
from station.vision.see import see
from station.vision.sheet import Area
from station.vision.sighting import Sighting
from tests.station.vision.seen import sheet, taken, workshop

DOCUMENT = """\
name: imported-unit
revision: "1"
design: imported-unit.zpl
size: {width: 60, height: 40}
dots_per_mm: [8]
not_compared: [registrant_name, registrant_address]
"""
EXPORTED = Path(__file__).parents[1] / "artwork/foreign/imported-unit.zpl"
COUNT = 10
CAPTION = Area(16, 104, 30, 18)
"""SN, on every label."""


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Design:
    folder = tmp_path_factory.mktemp("design")
    smaller = EXPORTED.read_bytes().replace(b"^A0N,32,32^FH", b"^A0N,17,17^FH")
    (folder / "imported-unit.zpl").write_bytes(smaller)  # for the longest name there is
    (folder / "imported-unit.yaml").write_text(DOCUMENT)
    return from_file(folder / "imported-unit.yaml")


@lru_cache(maxsize=1)
def labels(design: Design) -> tuple[Label, ...]:
    return tuple(islice(different(design, press=workshop().press), COUNT + 3))


def shown(label: Label, seed: int) -> tuple[Label, Picture]:
    return label, taken(expected_picture(label.artwork), seed=seed)


@pytest.fixture(scope="module")
def record(design: Design) -> LearnedDesign:
    first = [shown(each, seed) for seed, each in enumerate(labels(design)[:COUNT])]
    return recorded(learned(first, see=see))


def looked(label: Label, picture: Picture, record: LearnedDesign) -> Sighting:
    sheet = learned_sheet(record, label.artwork)
    return see(taken(picture, seed=77), expected=label.expected.carriers, sheet=sheet)


def test_labels_that_teach_differ_in_all_that_orders_change(design: Design) -> None:
    data = {each.expected.symbols[0].data for each in labels(design)}
    assert len(data) == COUNT + 3


def test_what_differs_is_known_by_its_place_and_the_rest_by_its_dots(
    design: Design, record: LearnedDesign
) -> None:
    taught, meant = learned_of(record), expected_picture(labels(design)[0].artwork)
    assert np.mean((CAPTION.of(taught.picture) < 128) == (CAPTION.of(meant) < 128)) > 0.85
    serial = (110, 110)
    assert any(
        each.x <= serial[0] < each.right and each.y <= serial[1] < each.bottom
        for each in taught.varying
    )


def test_another_good_label_of_the_design_is_good(design: Design, record: LearnedDesign) -> None:
    for label in labels(design)[COUNT:]:
        found = looked(label, expected_picture(label.artwork), record)
        assert (found.compared, found.rejects) == (True, ())


def test_what_is_on_every_label_is_missed_where_it_is_not(
    design: Design, record: LearnedDesign
) -> None:
    label = labels(design)[-1]
    picture = expected_picture(label.artwork).copy()
    CAPTION.of(picture)[:] = 255
    assert {each.code for each in looked(label, picture, record).rejects} == {Code.TEXT_MISSING}


def test_ink_where_no_label_has_any_is_found(design: Design, record: LearnedDesign) -> None:
    label = labels(design)[-1]
    picture = expected_picture(label.artwork).copy()
    picture[300:308, 300:312] = 0
    assert Code.SMEAR in {each.code for each in looked(label, picture, record).rejects}


def test_each_label_that_taught_is_measured_against_what_all_of_them_have(
    design: Design, record: LearnedDesign
) -> None:
    quality = against(*shown(labels(design)[0], 0), record, see=see)
    assert quality.residual < 500


def test_without_it_nothing_is_compared(design: Design) -> None:
    assert compared_with(labels(design)[0].artwork) is None


def test_too_few_labels_teach_nothing(design: Design) -> None:
    with pytest.raises(Refused, match="Expected at least 5 labels to learn from, got 2"):
        learned([shown(each, 1) for each in labels(design)[:2]], see=see)


def test_a_label_of_another_design_among_them_is_refused(design: Design) -> None:
    some = [shown(each, seed) for seed, each in enumerate(labels(design)[:6])]
    some[3] = (some[3][0], taken(sheet("patch-secondary").picture))
    with pytest.raises(Refused, match="is it of the same design"):
        learned(some, see=see)
