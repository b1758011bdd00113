"""A proof shows a design, and nothing reads it as a label."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyzbar import pyzbar

from drivers.simulated.optics import MILD, photograph
from drivers.zpl.interpreter import Interpreter
from station.artwork import zpl
from station.artwork.items import Artwork, Bitmap, Box, LinearSymbol
from station.artwork.layout import layout
from station.artwork.picture import expected_picture
from station.artwork.proof import proof
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.vision.decode import decode

Case = tuple[Template, dict[str, str], ElementString]
Picture = NDArray[np.uint8]

FONT = Font.load()


def laid_out(case: Case, dots_per_mm: int) -> Artwork:
    template, fields, elements = case
    return layout(template, fields, elements, dots_per_mm=dots_per_mm, font=FONT)


def read(picture: Picture) -> list[str]:
    """Everything that any of our readers makes of it, as it is, larger, smaller and negative."""
    quiet = np.pad(picture, 40, constant_values=255)
    views = (quiet, quiet.repeat(2, 0).repeat(2, 1), quiet[::2, ::2].copy(), 255 - quiet)
    found = [each.data.decode("utf-8", "replace") for each in decode(quiet).symbols]
    for view in views:
        found += [each.text for each in zxingcpp.read_barcodes(view)]
        found += [each.text for each in zxingcpp.read_barcodes(view, binarizer=BINARIZER)]
        found += [str(each.data) for each in pyzbar.decode(view)]
    return found


BINARIZER = zxingcpp.Binarizer.GlobalHistogram


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_nothing_on_a_proof_can_be_read(case: Case, dots_per_mm: int) -> None:
    artwork = laid_out(case, dots_per_mm)
    assert read(expected_picture(artwork)), "the label itself can"
    drawn = expected_picture(proof(artwork, font=FONT))
    assert read(drawn) == []
    for seed in range(3):
        frame = photograph(drawn, dots_per_mm=dots_per_mm, optics=MILD, seed=seed)
        assert decode(frame).symbols == ()


@settings(max_examples=8)
@given(
    lot=st.text("0123456789ABCXYZ-", min_size=1, max_size=20),
    dots_per_mm=st.sampled_from((8, 12)),
)
def test_whatever_its_symbols_carry_and_however_large_they_are(
    wide: Template, lot: str, dots_per_mm: int
) -> None:
    elements = ElementString.of(("01", "06972869182019"), ("10", lot))
    assert (
        read(expected_picture(proof(laid_out((wide, {}, elements), dots_per_mm), font=FONT))) == []
    )


def test_of_a_gs1_128_no_row_of_dots_is_left_whole(wide: Template) -> None:
    elements = ElementString.of(("01", "06972869182019"), ("10", "A1"))
    artwork = laid_out((wide, {}, elements), 8)
    (linear,) = (each for each in artwork.symbols if isinstance(each, LinearSymbol))
    drawn = expected_picture(proof(artwork, font=FONT)) == 0
    area = linear.area
    struck = drawn[area.y : area.bottom, area.x : area.right]
    assert (struck != linear.ink).any(axis=1).all()


def test_a_symbol_keeps_its_place_and_its_size(unit: Case) -> None:
    """At its corners, and where it is wide, a designer sees how large it is."""
    artwork = laid_out(unit, 8)
    (symbol,) = artwork.symbols
    ink = expected_picture(proof(artwork, font=FONT)) == 0
    part = ink[symbol.area.y : symbol.area.bottom, symbol.area.x : symbol.area.right]
    for edge in (part[0], part[-1], part[:, 0], part[:, -1]):
        assert edge.any()


def test_a_proof_is_one_picture_and_leaves_a_printer_nothing_to_draw(unit: Case) -> None:
    drawn = proof(laid_out(unit, 8), font=FONT)
    sent = zpl.standalone(drawn)
    assert sent.count(b"^GFA") == sent.count(b"^FO") == 1
    assert not any(command in sent for command in (b"^BX", b"^BC", b"^FD", b"^XG"))
    rendered = Interpreter(dots_per_mm=8, width_mm=104).render(sent)
    assert rendered.picture is not None
    assert (rendered.picture == expected_picture(drawn)).all()


@pytest.mark.parametrize(("width", "height"), [(480, 320), (80, 300), (800, 60), (24, 16)])
def test_a_label_of_any_shape_is_marked_over_most_of_its_width_or_height(
    width: int, height: int
) -> None:
    drawn = proof(Artwork(width, height, 8, (Box(0, 0, 2, 2, 2),)), font=FONT)
    (whole,) = drawn.items
    assert isinstance(whole, Bitmap)
    assert drawn.area.holds(whole.area)
    assert whole.area.right > 0.8 * width or whole.area.bottom > 0.8 * height


def test_the_same_label_makes_the_same_proof(unit: Case) -> None:
    artwork = laid_out(unit, 8)
    one, other = (zpl.standalone(proof(artwork, font=FONT)) for _ in range(2))
    assert one == other
