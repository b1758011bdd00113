import json
from typing import Any

import pytest

from station.artwork.items import Bitmap
from station.artwork.layout import layout
from station.artwork.pictograms import NAMES
from station.artwork.pictograms.contact import SAMPLES
from station.artwork.pictograms.table import DRAWINGS
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Refused

ELEMENTS = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))
MATRIX = {"kind": "datamatrix", "x": 3, "y": 3, "module": "0.375"}
HRI = {"kind": "hri", "x": 20, "y": 3, "width": 38, "height": 9, "size": 2}
PICTOGRAM = {"kind": "pictogram", "name": "lot", "x": 3, "y": 20, "size": 3}
COLD = PICTOGRAM | {"name": "temperature", "size": 4, "lower": "2 °C", "upper": "8 °C"}
CE = PICTOGRAM | {"name": "ce", "size": 5, "number": "{field.notified_body}"}


def template(pictogram: dict[str, Any], width: int = 120) -> Template:
    size = {"width": width, "height": 40}
    found = {"name": "t", "revision": "1", "size": size, "elements": (pictogram, MATRIX, HRI)}
    return Template.parse(found)


def bitmap(pictogram: dict[str, Any], font: Font, **fields: str) -> Bitmap:
    label = {name.replace("__", "."): value for name, value in fields.items()}
    artwork = layout(template(pictogram), label, ELEMENTS, dots_per_mm=8, font=font)
    found = artwork.items[0]
    assert isinstance(found, Bitmap)
    return found


def refusal(pictogram: dict[str, Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        template(pictogram)
    return [str(each) for each in refused.value.problems]


def late_refusal(pictogram: dict[str, Any], font: Font, **fields: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        bitmap(pictogram, font, **fields)
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize("name", NAMES)
def test_every_pictogram_can_stand_on_a_label(name: str, font: Font) -> None:
    found = bitmap(PICTOGRAM | {"name": name, "size": 8, **SAMPLES.get(name, {})}, font)
    assert found.pixels.shape[0] == 64
    assert found.static
    assert found.name == f"{name} 0"


def test_a_name_that_is_not_known_is_refused_with_its_path() -> None:
    (found,) = refusal(PICTOGRAM | {"name": "batch"})
    assert found.startswith("elements.0.pictogram.name: There is no pictogram 'batch'. Expected")


def test_values_are_refused_when_the_template_is_read() -> None:
    assert refusal(PICTOGRAM | {"name": "temperature", "size": 4, "upper": "8", "code": "CN"}) == [
        "elements.0.pictogram.lower: The pictogram temperature needs this value.",
        "elements.0.pictogram.code: The pictogram temperature takes no such value.",
        (
            "elements.0.pictogram.upper: Expected a temperature with its unit, such as −20 °C or"
            " 77 °F, got '8'."
        ),
    ]


def test_a_number_that_lost_its_zero_is_refused() -> None:
    (found,) = refusal(CE | {"number": 123})
    assert found.startswith("elements.0.pictogram.number: This was read as a number, 123")


def test_norway_is_text() -> None:
    (found,) = refusal(PICTOGRAM | {"name": "country", "code": False})
    assert found.startswith("elements.0.pictogram.code: This was read as a yes or no")


def test_a_value_may_come_from_a_field_of_the_product(font: Font) -> None:
    found = bitmap(CE, font, field__notified_body="0123")
    written = bitmap(CE | {"number": "0123"}, font)
    assert (found.pixels == written.pixels).all()
    assert found.static
    assert template(CE).fields == ("field.notified_body",)


def test_a_value_that_changes_with_the_label_is_sent_with_the_label(font: Font) -> None:
    assert not bitmap(COLD | {"upper": "{serial} °C"}, font, serial="24").static
    assert bitmap(COLD | {"upper": "{count} °C"}, font, count="24").static


def test_a_value_from_a_field_is_refused_when_the_label_is_laid_out(font: Font) -> None:
    assert late_refusal(CE, font, field__notified_body="TÜV") == [
        (
            "elements.0.number: Expected the four digits of a notified body (Regulation (EU)"
            " 2017/745, Article 43), got 'TÜV'."
        ),
    ]
    assert late_refusal(COLD | {"upper": "{field.warm}"}, font, field__warm="1 °C") == [
        "elements.0.lower: Expected a lower limit below the upper one, 1 °C, got 2 °C.",
    ]


def test_a_field_that_the_label_does_not_have_is_no_empty_value(font: Font) -> None:
    assert late_refusal(CE, font) == [
        "elements.0.number: The label has no field.notified_body, which this pictogram shows.",
    ]


def test_a_value_wider_than_the_label_is_refused(font: Font) -> None:
    found = template(COLD | {"x": 42, "lower": "−100.25 °C", "upper": "100.25 °C"}, width=60)
    with pytest.raises(Refused, match="reaches out of the label"):
        layout(found, {}, ELEMENTS, dots_per_mm=8, font=font)


def test_the_ce_marking_is_five_millimetres_high_except_on_small_devices(font: Font) -> None:
    assert refusal(CE | {"size": 4}) == [
        (
            "elements.0.pictogram.size: The CE marking is at least 5 mm high, got 4 mm; on a"
            " small-scale device it may be lower, where the template says small_device: true"
            " (Regulation (EU) 2017/745, Annex V)."
        ),
    ]
    small = bitmap(CE | {"size": 4, "small_device": True}, font, field__notified_body="0123")
    assert small.pixels.shape[0] == 32


def test_no_other_pictogram_has_a_size_for_small_devices() -> None:
    assert refusal(PICTOGRAM | {"small_device": True}) == [
        (
            "elements.0.pictogram.small_device: Only the CE marking has a size for small-scale"
            " devices, lot has none."
        ),
    ]


def test_too_small_a_pictogram_is_refused_with_the_size_it_needs(font: Font) -> None:
    assert DRAWINGS["do-not-resterilize"].smallest == 56
    assert late_refusal(PICTOGRAM | {"name": "do-not-resterilize"}, font) == [
        (
            "elements.0: The pictogram do-not-resterilize needs at least 56 dots, 7 mm at 8"
            " dots/mm, got 24."
        ),
    ]


def test_what_is_not_given_is_no_part_of_what_was_approved() -> None:
    """Templates without values keep the digest under which they were approved."""
    first = json.loads(template(PICTOGRAM | {"x": 0}).canonical)["elements"][0]
    assert first == {"kind": "pictogram", "name": "lot", "size": "3", "x": "0", "y": "20"}
    with_values = json.loads(template(COLD).canonical)["elements"][0]
    assert (with_values["lower"], with_values["upper"]) == ("2 °C", "8 °C")
