"""Every label that ships, recalled from what the printer keeps: two renderers that know no artwork
draw it exactly as the format that needs nothing.
"""

from datetime import date
from functools import cache

import numpy as np
import pytest
from zplkit import Options, render
from zplkit.parse import parse
from zplkit.rendering import Limits

from drivers.zpl.interpreter import Interpreter, render_stream
from station.app import Workshop
from station.artwork import zpl
from station.artwork.items import Artwork
from station.artwork.picture import Picture
from station.config import Config, PrinterConfig
from station.line.job import Job
from station.line.specimen import SPECIMEN, covered, order_of
from station.vision.decode import decode

TODAY = date(2026, 11, 22)
DPI = {6: 152, 8: 203, 12: 300, 24: 600}
PRINTER_ONLY = (b"^PQ", b"^CV", b"^LS")
LARGE = ("equipment-outer", "equipment-outer-bilingual", "outer-carton", "outer-carton-bilingual")
"""The only ones that can be printed on a head of 6 dots/mm: test_shipped says so."""


@cache
def workshop(dots_per_mm: int) -> Workshop:
    printer = PrinterConfig.model_validate({"dots_per_mm": dots_per_mm})
    return Workshop.open(Config(printer=printer))


NAMES = sorted(name for name, _ in workshop(8).library.templates)
EVERY = [(name, dots) for dots in DPI for name in (LARGE if dots == 6 else NAMES)]


def artwork_of(name: str, dots_per_mm: int) -> Artwork:
    at = workshop(dots_per_mm)
    template = at.library.template(name, "1")
    product, level = next(covered(template, at.library))
    order = order_of(template, product, level, codes=SPECIMEN, today=TODAY)
    return Job(order, library=at.library, font=at.font, dots_per_mm=dots_per_mm).first.artwork


def simulated(data: bytes, dots_per_mm: int) -> Picture:
    *silent, printed = render_stream(data, dots_per_mm=dots_per_mm, width_mm=160)
    assert {each.unknown for each in (*silent, printed)} == {()}
    assert printed.picture is not None
    return printed.picture


def independent(data: bytes, artwork: Artwork) -> Picture:
    """As zplkit draws it; it refuses what steers a printer."""
    elements = (bytes(each) for each in parse(data).elements)
    kept = b"".join(each for each in elements if not each.startswith(PRINTER_ONLY))
    options = Options(width=artwork.width, height=artwork.height, dpi=DPI[artwork.dots_per_mm])
    (label,) = render(kept, options, limits=Limits(graphic_bytes=40_000_000)).labels
    raster = label.rasterize()
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)
    return pixels[:, :, 0]


@pytest.mark.parametrize(("name", "dots_per_mm"), EVERY)
def test_recalled_and_whole_are_the_same_dots(name: str, dots_per_mm: int) -> None:
    artwork = artwork_of(name, dots_per_mm)
    whole, recalled = zpl.standalone(artwork), zpl.setup(artwork) + zpl.label(artwork)
    assert len(zpl.label(artwork)) < len(whole) / 2
    assert np.array_equal(simulated(recalled, dots_per_mm), simulated(whole, dots_per_mm))
    assert np.array_equal(independent(recalled, artwork), independent(whole, artwork))


@pytest.mark.parametrize(("name", "dots_per_mm"), EVERY)
def test_without_what_is_stored_nothing_on_it_can_be_read(name: str, dots_per_mm: int) -> None:
    """So a label of a printer that lost its memory is rejected, whatever its texts are."""
    artwork = artwork_of(name, dots_per_mm)
    printer = Interpreter(dots_per_mm=dots_per_mm, width_mm=160)
    picture = printer.render(zpl.label(artwork)).picture
    assert picture is not None
    framed = np.pad(picture, 40, constant_values=255)
    assert decode(framed, expected=artwork.carriers).symbols == ()
