"""An order made ready to print: its labels carry its data and never a command."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.zpl.interpreter import Interpreter
from station.app import Workshop
from station.artwork import zpl
from station.artwork.picture import expected_picture
from station.artwork.template import Template
from station.config import Config, shipped
from station.core.catalogue import Catalogue, CatalogueFile
from station.core.judge import NothingIssued, Reading, judge
from station.core.problem import Refused
from station.core.shape import parse
from station.documents import read_yaml
from station.line.job import Job, make_order
from station.line.library import Library, load
from station.vision.decode import decode

TODAY = date(2026, 11, 22)
SERIAL: dict[str, Any] = {
    "id": "WO-1",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 3,
    "production_date": "2026-11-20",
    "serials": {"prefix": "CN", "start": "010123"},
    "template": "has-mhb-hc-unit",
    "revision": "1",
}
LOT: dict[str, Any] = {
    "id": "WO-2",
    "product": "HAS-MHB-X2",
    "level": "primary",
    "quantity": 3,
    "lot": "20261120",
    "production_date": "2026-11-20",
    "expiry_date": "2029-11-19",
    "template": "has-mhb-x2-primary",
    "revision": "1",
}
SHAPE = re.compile(
    r"\^XA\^PW\^LL("
    r"\^LH\^LS\^PO\^PM\^LR\^CV(\^FO\^GF\^FS)*(\^FO\^(BX|BY\^BC)\^FH\^FD\^FS)+"
    r"|\^XF\^FS(\^FN\^FH\^FD\^FS)+(\^FO\^GF\^FS)*"
    r")\^PQ\^XZ"
)
"""The only sequences of commands a label is ever made of: whole, or recalling what is stored."""

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
HOSTILE = st.text(max_size=24) | st.sampled_from(
    ["^XZ~JR", "~JA", "^XA^FO0,0^GB9,9^FS^XZ", "\\5EXZ", "_5EXZ", "^CC!", "~CT|", "\x1b", "\x00^FS"]
)


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop.open(Config())


def job(workshop: Workshop, document: dict[str, Any], library: Library | None = None) -> Job:
    chosen = library or workshop.library
    font = workshop.font
    order = make_order(document, library=chosen, font=font, dots_per_mm=8, today=TODAY)
    return Job(order, library=chosen, font=font, dots_per_mm=8)


def executed(data: bytes) -> str:
    return "".join(Interpreter(dots_per_mm=8, width_mm=104).render(data).executed)


def test_a_label_prints_what_its_order_says(workshop: Workshop) -> None:
    made = job(workshop, SERIAL)
    label = made.label(2, serial=made.serial_of(2))
    assert label.elements.hri() == "(01)06972869182019(11)261120(21)CN010124"
    assert label.expected.carriers == ("]d2",)
    assert made.recipe.template == made.template.digest


def test_a_label_number_outside_the_order_is_refused(workshop: Workshop) -> None:
    made = job(workshop, SERIAL)
    for number in (0, 4):
        with pytest.raises(Refused, match="has labels 1 to 3"):
            made.serial_of(number)


def test_a_template_that_is_not_there_is_refused_with_those_that_are(workshop: Workshop) -> None:
    with pytest.raises(
        Refused, match=r"no template 'x' of revision '1'\. Known: .*has-mhb-hc-unit"
    ):
        job(workshop, {**SERIAL, "template": "x"})


def test_what_an_earlier_version_did_not_record_of_a_recipe_has_not_changed(
    workshop: Workshop,
) -> None:
    made = job(workshop, SERIAL)
    old = made.recipe.model_copy(update={"printer": "", "profiles": ""})
    made.check_unchanged(gtin=made.level.gtin, recipe=old)
    other = made.recipe.model_copy(update={"printer": "0" * 64, "font": "f"})
    with pytest.raises(Refused, match=r"this has changed: font, printer\. Put it back"):
        made.check_unchanged(gtin=made.level.gtin, recipe=other)


def test_a_template_for_other_data_refuses_the_order(workshop: Workshop) -> None:
    """A lot label has no place for a serial product without lot."""
    with pytest.raises(Refused):
        job(workshop, {**SERIAL, "template": "has-mhb-x2-primary"})


@pytest.mark.parametrize("document", [SERIAL, LOT])
def test_the_printer_draws_what_was_expected(workshop: Workshop, document: dict[str, Any]) -> None:
    """The simulated printer has encoders of its own; both pictures read alike."""
    label = job(workshop, document).first
    rendered = Interpreter(dots_per_mm=8, width_mm=104).render(zpl.standalone(label.artwork))
    assert rendered.unknown == ()
    assert rendered.picture is not None
    want = expected_picture(label.artwork)
    for picture in (rendered.picture, want):
        read = {(each.identifier, each.data) for each in decode(picture).symbols}
        assert read == {(each, label.elements.encode()) for each in label.expected.carriers}
    outside = [item.with_quiet_zone for item in label.artwork.symbols]
    same = rendered.picture == want
    for area in outside:
        same[area.y : area.y + area.height, area.x : area.x + area.width] = True
    assert same.all()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lot=st.text(CSET_82, min_size=1, max_size=20))
def test_any_lot_is_carried_exactly_and_no_lot_is_a_command(workshop: Workshop, lot: str) -> None:
    try:
        label = job(workshop, {**LOT, "lot": lot}).first
    except Refused:
        return  # too wide for its line on this label
    for data in (label.zpl, zpl.standalone(label.artwork)):
        assert SHAPE.fullmatch(executed(data)), executed(data)
    picture = Interpreter(dots_per_mm=8, width_mm=104).render(zpl.standalone(label.artwork)).picture
    assert picture is not None
    assert {each.data for each in decode(picture).symbols} == {label.elements.encode()}


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    field=st.sampled_from(
        ["specification", "registration_number", "service_life", "storage", "name"]
    ),
    text=HOSTILE,
)
def test_no_text_of_the_catalogue_changes_the_commands(
    workshop: Workshop, field: str, text: str
) -> None:
    """It is printed as dots, or refused; it never reaches the printer as text."""
    try:
        made = job(workshop, SERIAL, changed(workshop, field, text))
    except Refused as refused:
        told = str(refused)
        assert told
        return
    for data in (made.first.zpl, zpl.standalone(made.first.artwork)):
        assert SHAPE.fullmatch(executed(data)), executed(data)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    field=st.sampled_from(["id", "lot", "template", "revision", "product", "serial"]),
    text=HOSTILE,
)
def test_no_text_of_an_order_changes_the_commands(
    workshop: Workshop, field: str, text: str
) -> None:
    document = {**SERIAL, "quantity": 1, "serials": {"list": ("S1",)}}
    document |= {"serials": {"list": (text,)}} if field == "serial" else {field: text}
    try:
        made = job(workshop, document)
    except Refused as refused:
        told = str(refused)
        assert told
        return
    assert SHAPE.fullmatch(executed(made.first.zpl))


def changed(workshop: Workshop, field: str, text: str) -> Library:
    """The shipped library with one text of the HC unit replaced."""
    product = workshop.library.catalogue["HAS-MHB-HC"]
    document = product.model_dump(mode="python")
    document["level"] = None
    del document["level"]
    document[field] = {"zh": text, "en": text} if field == "name" else text
    parties = [each.model_dump() for each in workshop.library.catalogue.parties.values()]
    file = parse(CatalogueFile, {"parties": tuple(parties), "products": (document,)})
    return Library(Catalogue({"one": file}), workshop.library.profiles, workshop.library.templates)


def folders(tmp_path: Path) -> Iterator[Path]:
    for name in ("catalogue", "labels"):
        (tmp_path / name).mkdir()
        yield tmp_path / name


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    catalogue, labels = folders(tmp_path)
    (catalogue / "a.yaml").write_text("products: 7\n")
    (catalogue / "b.yaml").write_text("a: &x 1\n")
    (labels / "t.yaml").write_text("name: 7\n")
    with pytest.raises(Refused) as refused:
        load(catalogue=catalogue, labels=labels, profiles=shipped("profiles"))
    files = {each.where.partition(".yaml")[0] for each in refused.value.problems}
    assert files == {"a", "b", "t"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        load(catalogue=tmp_path / "none", labels=tmp_path, profiles=tmp_path)


PARTS = """
name: parts
revision: "1"
size: {width: 60, height: 50}
repeat: {across: 2, pitch: 62}
elements:
  - {kind: gs1_128, part: di, x: 6, y: 4, module: 0.25, height: 12.7}
  - {kind: gs1_128, part: pi, x: 6, y: 19, module: 0.25, height: 12.7}
  - {kind: gs1_qr, x: 4, y: 36, module: 0.375}
  - {kind: text, x: 20, y: 46, width: 30, height: 3, size: 2.5, content: "{lot}", when: lot}
  - {kind: hri, x: 20, y: 36, width: 38, height: 9, size: 2, flow: flowing}
"""


def _without_rules(library: Library) -> Library:
    """The same products, made for no market: what they show is nobody's business."""
    free = tuple(
        each.model_copy(update={"profiles": (), "deviations": ()})
        for each in library.catalogue.values()
    )
    file = CatalogueFile(parties=tuple(library.catalogue.parties.values()), products=free)
    return replace(library, catalogue=Catalogue({"one": file}))


@pytest.mark.parametrize("document", [SERIAL, LOT])
def test_a_label_in_several_symbols_is_accepted_with_all_of_them_only(
    workshop: Workshop, document: dict[str, Any]
) -> None:
    """From the order to the verdict: two parts and a QR code, twice side by side."""
    template = Template.parse(read_yaml(PARTS.encode()))
    library = replace(_without_rules(workshop.library), templates={("parts", "1"): template})
    label = job(workshop, {**document, "template": "parts", "revision": "1"}, library).first
    rendered = Interpreter(dots_per_mm=8, width_mm=130).render(zpl.standalone(label.artwork))
    assert rendered.unknown == ()
    assert rendered.picture is not None
    assert label.expected.carriers == ("]C1", "]C1", "]C1", "]C1", "]Q3", "]Q3")

    def accepted(picture: NDArray[np.uint8]) -> bool:
        found = decode(picture, expected=label.expected.carriers)
        reading = Reading(found.symbols, found.disagreements)
        return judge(label.expected, reading, NothingIssued()).accepted

    framed = np.pad(rendered.picture, 40, constant_values=255)
    assert accepted(framed)
    for symbol in label.artwork.symbols:
        lacking = framed.copy()
        area = symbol.area
        lacking[40 + area.y : 40 + area.bottom, 40 + area.x : 40 + area.right] = 255
        assert not accepted(lacking)


def test_a_template_for_other_products_is_told_with_everything_else_that_is_wrong(
    workshop: Workshop,
) -> None:
    document = {**LOT, "template": "has-mhb-hc-unit", "lot": "2026112I"}
    with pytest.raises(Refused) as refused:
        workshop.order(document)
    assert [each.where for each in refused.value.problems] == ["lot", "lot", "template"]
    with pytest.raises(Refused, match="is not made for HAS-MHB-X2 at the level primary"):
        workshop.order({**LOT, "template": "has-mhb-hc-unit"})
