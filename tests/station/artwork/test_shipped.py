"""Every label that ships: it can be approved, and three renderers draw it alike."""

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
import zxingcpp
from zplkit import Options, render
from zplkit.parse import parse
from zplkit.rendering import Limits

from drivers.zpl.interpreter import render_stream
from station.app import Workshop
from station.artwork import zpl
from station.artwork.items import Artwork
from station.artwork.picture import Picture, expected_picture
from station.config import Config, PrinterConfig
from station.core.problem import Refused
from station.line import design
from station.line.job import Job
from station.line.specimen import SPECIMEN, covered, order_of, widest

TODAY = date(2026, 11, 22)
NAMES = sorted(name for name, _ in Workshop.open(Config()).library.templates)
FINE = (8, 12, 24)
"""Dots per millimetre for which the small print of the shipped labels is made."""

DPI = {8: 203, 12: 300, 24: 600}
PRINTER_ONLY = (b"^PQ", b"^CV", b"^LS")
"""What steers a printer and draws nothing; zplkit refuses to guess at it."""


def workshop(dots_per_mm: int) -> Workshop:
    printer = PrinterConfig.model_validate({"dots_per_mm": dots_per_mm})
    return Workshop.open(Config(printer=printer))


@pytest.mark.parametrize("dots_per_mm", FINE)
def test_every_shipped_label_can_be_approved_for_all_it_is_made_for(dots_per_mm: int) -> None:
    at = workshop(dots_per_mm)
    for template in at.library.templates.values():
        design.check(
            template, library=at.library, font=at.font, dots_per_mm=dots_per_mm, today=TODAY
        )


def test_on_a_coarse_head_only_the_large_labels_can_be_approved() -> None:
    at = workshop(6)
    approved = set()
    for template in at.library.templates.values():
        with suppress(Refused):
            design.check(template, library=at.library, font=at.font, dots_per_mm=6, today=TODAY)
            approved.add(template.name)
    assert approved == {
        "equipment-outer",
        "equipment-outer-bilingual",
        "outer-carton",
        "outer-carton-bilingual",
    }


@pytest.mark.parametrize("dots_per_mm", FINE)
@pytest.mark.parametrize("name", NAMES)
def test_the_simulated_printer_draws_what_is_expected_and_its_symbols_are_read(
    name: str, dots_per_mm: int
) -> None:
    at = workshop(dots_per_mm)
    template = at.library.template(name, "1")
    product, level = next(covered(template, at.library))
    for codes in (SPECIMEN, widest(product)):
        order = order_of(template, product, level, codes=codes, today=TODAY)
        label = Job(order, library=at.library, font=at.font, dots_per_mm=dots_per_mm).first
        *silent, printed = render_stream(
            zpl.setup(label.artwork) + label.zpl, dots_per_mm=dots_per_mm, width_mm=160
        )
        expected = expected_picture(label.artwork)
        assert {each.unknown for each in (*silent, printed)} == {()}
        assert printed.picture is not None
        meant = sorted((each.identifier, each.data) for each in label.artwork.meant)
        assert read(printed.picture) == read(expected) == meant
        assert np.array_equal(
            without_matrices(printed.picture, label.artwork),
            without_matrices(expected, label.artwork),
        )


@pytest.mark.parametrize("dots_per_mm", FINE)
@pytest.mark.parametrize("name", NAMES)
def test_an_independent_renderer_draws_the_same_label(name: str, dots_per_mm: int) -> None:
    """Symbols say the same; all other ink is the same, dot for dot."""
    at = workshop(dots_per_mm)
    template = at.library.template(name, "1")
    product, level = next(covered(template, at.library))
    order = order_of(template, product, level, codes=SPECIMEN, today=TODAY)
    artwork = Job(order, library=at.library, font=at.font, dots_per_mm=dots_per_mm).first.artwork
    drawn = by_zplkit(artwork)
    expected = expected_picture(artwork)
    assert read(drawn) == read(expected)
    assert np.array_equal(without_matrices(drawn, artwork), without_matrices(expected, artwork))


def by_zplkit(artwork: Artwork) -> Picture:
    """The whole format without what only a printer understands."""
    kept = b"".join(
        bytes(each)
        for each in parse(zpl.standalone(artwork)).elements
        if not bytes(each).startswith(PRINTER_ONLY)
    )
    options = Options(width=artwork.width, height=artwork.height, dpi=DPI[artwork.dots_per_mm])
    document = render(kept, options, limits=Limits(graphic_bytes=4_000_000))
    raster = document.labels[0].rasterize()
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)
    return pixels[:, :, 0]


def read(picture: Picture) -> list[tuple[str, bytes]]:
    """AIM identifier and bytes of every symbol."""
    framed = np.pad(picture, 40, constant_values=255)
    return sorted(
        (each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(framed)
    )


def without_matrices(picture: Picture, artwork: Artwork) -> Picture:
    """A printer may encode the same data into other modules of a DataMatrix."""
    left = picture.copy()
    for symbol in artwork.symbols:
        if symbol.identifier == "]d2":
            area = symbol.area
            left[area.y : area.bottom, area.x : area.right] = 255
    return left


SECONDARY = ("lot", "production_date", "expiry_date", "model", "quantity", "configuration")
"""Beside the HRI of (01), (10), (11), (17): the ten items of the procedure, 5.2.1 (2) b."""

OUTER = (
    *("product_name", "lot", "sterilisation_lot", "production_date", "expiry_date", "model"),
    *("quantity", "gross_weight", "volume", "ref", "configuration"),
)
"""Beside the HRI of (01), (10), (11), (17), (91), (21): the seventeen items, 5.2.1 (2) c."""


@pytest.mark.parametrize(
    ("name", "items", "ais"),
    [
        ("patch-secondary", SECONDARY, "01 11 17 10"),
        ("patch-secondary-bilingual", SECONDARY, "01 11 17 10"),
        ("outer-carton", OUTER, "01 11 17 10 21 91"),
        ("outer-carton-bilingual", OUTER, "01 11 17 10 21 91"),
        ("outer-carton-gs1-128", OUTER, "01 11 17 10 21 91"),
    ],
)
def test_the_items_of_the_procedure_are_on_the_label(
    name: str, items: tuple[str, ...], ais: str
) -> None:
    at = workshop(8)
    template = at.library.template(name, "1")
    assert set(items) <= set(template.fields)
    product, level = next(covered(template, at.library))
    order = order_of(template, product, level, codes=SPECIMEN, today=TODAY)
    label = Job(order, library=at.library, font=at.font, dots_per_mm=8).first
    assert [each.ai for each in label.elements.elements] == ais.split()
    shown = template.shown(dict.fromkeys(template.fields, "x"))
    assert set(items) <= shown.texts
