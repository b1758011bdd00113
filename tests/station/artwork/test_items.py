"""What a reader finds a symbol by is the same whatever the symbol says."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.ink import Ink
from station.artwork.items import SymbolItem
from station.artwork.layout import layout
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString

FONT = Font.load()
KINDS = {
    "qr": {"kind": "gs1_qr", "x": 5, "y": 5, "module": "0.4"},
    "square": {"kind": "datamatrix", "x": 5, "y": 5, "module": "0.4"},
    "rectangle": {"kind": "datamatrix", "x": 5, "y": 5, "module": "0.4", "shape": "rectangular"},
    "linear": {"kind": "gs1_128", "x": 5, "y": 5, "module": "0.25", "height": "12.7"},
}
HRI = {"kind": "hri", "x": 80, "y": 5, "width": 28, "height": 30, "size": 2}
SERIALS = st.from_regex("[A-Z]{6}", fullmatch=True)


def symbol(kind: str, serial: str) -> SymbolItem:
    template = Template.parse(
        {
            "name": "t",
            "revision": "1",
            "size": {"width": 110, "height": 40},
            "elements": (KINDS[kind], HRI),
        }
    )
    elements = ElementString.of(("01", "06972869182019"), ("21", serial))
    (found,) = layout(template, {}, elements, dots_per_mm=8, font=FONT).symbols
    return found


def read(ink: Ink) -> list[str]:
    picture = np.where(np.pad(ink, 40), np.uint8(0), np.uint8(255))
    return [each.symbology_identifier for each in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("kind", KINDS)
@given(one=SERIALS, other=SERIALS)
def test_the_frame_is_a_part_of_the_ink_that_the_data_do_not_change(
    kind: str, one: str, other: str
) -> None:
    first, second = symbol(kind, one), symbol(kind, other)
    assert np.array_equal(first.frame, second.frame)
    assert not (first.frame & ~first.ink).any()


@pytest.mark.parametrize("kind", KINDS)
@given(serial=SERIALS)
def test_neither_the_frame_nor_the_rest_can_be_read_alone(kind: str, serial: str) -> None:
    found = symbol(kind, serial)
    assert read(found.ink) == [found.identifier]
    assert read(found.frame) == []
    assert read(found.ink & ~found.frame) == []
