"""Two designs are compared by what is written in them, what is sent, and what comes out."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from station.artwork.difference import ABSENT, BLUE, GREY, RED, Difference, difference, overlay
from station.artwork.items import Artwork
from station.artwork.layout import layout
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString

FONT = Font.load()
ELEMENTS = ElementString.of(("01", "06972869182019"), ("10", "A1"))
DOCUMENT: dict[str, Any] = {
    "name": "unit",
    "revision": "1",
    "size": {"width": 60, "height": 40},
    "elements": (
        {"kind": "text", "x": 2, "y": 2, "width": 40, "height": 4, "size": 3, "content": "LOT"},
        {"kind": "box", "x": 2, "y": 30, "width": 10, "height": 5, "thickness": 0.25},
        {"kind": "datamatrix", "x": 4, "y": 10, "module": 0.375},
        {"kind": "hri", "x": 20, "y": 10, "width": 38, "height": 10, "size": 2},
    ),
}


def changed(place: int, **values: object) -> dict[str, Any]:
    elements = list(DOCUMENT["elements"])
    elements[place] = {**elements[place], **values}
    return {**DOCUMENT, "elements": tuple(elements)}


def drawn(template: Template) -> Artwork:
    return layout(template, {}, ELEMENTS, dots_per_mm=8, font=FONT)


def between(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    one, other = Template.parse(before), Template.parse(after)
    return difference(one, other, labels=(drawn(one), drawn(other)))


def fields(found: Difference) -> list[tuple[str, str, str]]:
    return [(each.path, each.before, each.after) for each in found.fields]


def test_the_same_design_is_the_same() -> None:
    found = between(DOCUMENT, DOCUMENT)
    assert found == Difference((), (), 0, ())
    assert found.same


def test_another_revision_of_the_same_design_makes_the_same_labels() -> None:
    found = between(DOCUMENT, {**DOCUMENT, "revision": "2"})
    assert fields(found) == [("revision", "1", "2")]
    assert found.same


def test_a_text_that_differs_is_told_with_both_and_with_its_dots() -> None:
    found = between(DOCUMENT, changed(0, content="LOS"))
    assert fields(found) == [("elements.0.content", "LOT", "LOS")]
    (text,) = found.elements
    assert (text.name, text.dots) == ("text 0 line 1", found.dots)
    assert text.area.x >= 16
    assert text.area.bottom <= 48
    assert any(each.startswith("-^GFA") for each in found.commands)
    assert not found.same


def test_an_element_that_was_put_in_between_makes_only_itself_differ() -> None:
    line = {"kind": "line", "x": 2, "y": 38, "length": 20, "thickness": 0.25}
    elements = DOCUMENT["elements"]
    found = between(DOCUMENT, {**DOCUMENT, "elements": (elements[0], line, *elements[1:])})
    ((path, before, after),) = fields(found)
    assert (path, before) == ("elements.1", ABSENT)
    assert '"kind": "line"' in after
    assert [(each.name, each.dots) for each in found.elements] == [("box 16,304", 160 * 2)]


def test_a_symbol_that_moved_is_told_by_its_command_and_both_places() -> None:
    found = between(DOCUMENT, changed(2, y=11))
    assert {"-^FO32,80", "+^FO32,88"} <= set(found.commands)
    (symbol,) = found.elements
    assert symbol.name == "datamatrix"
    assert (symbol.area.y, symbol.area.x) == (80, 32)


def test_labels_of_two_sizes_are_compared_on_a_sheet_that_has_room_for_either() -> None:
    found = between(DOCUMENT, {**DOCUMENT, "size": {"width": 62, "height": 40}})
    assert fields(found) == [("size.width", "60", "62")]
    assert found.dots == 0
    assert not found.same


@pytest.mark.parametrize(("before", "after", "colour"), [(0, 1, BLUE), (1, 0, RED)])
def test_the_picture_says_which_ink_came_and_which_went(
    before: int, after: int, colour: tuple[int, int, int]
) -> None:
    whole = Template.parse(DOCUMENT)
    less = Template.parse({**DOCUMENT, "elements": DOCUMENT["elements"][1:]})
    pair = (drawn(less), drawn(whole))
    pixels = np.asarray(Image.open(io.BytesIO(overlay(pair[before], pair[after]))))
    found = {tuple(each) for each in pixels.reshape(-1, 3).tolist()}
    assert found == {colour, GREY, (255, 255, 255)}
    text = pixels[16:48, 16:200].reshape(-1, 3).tolist()
    assert {tuple(each) for each in text} == {colour, (255, 255, 255)}
