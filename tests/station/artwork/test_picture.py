import io
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image

from station.artwork.items import Artwork, Bitmap, Box
from station.artwork.layout import layout
from station.artwork.picture import expected_picture, inked, save_png, to_png
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString

Case = tuple[Template, dict[str, str], ElementString]


def test_the_picture_is_ink_on_paper_and_nothing_between(case: Case, font: Font) -> None:
    template, fields, elements = case
    picture = expected_picture(layout(template, fields, elements, dots_per_mm=8, font=font))
    assert picture.shape == (320, 480)
    assert picture.dtype == np.uint8
    assert set(np.unique(picture)) == {0, 255}


def test_its_symbol_reads_as_the_element_string(case: Case, font: Font) -> None:
    template, fields, elements = case
    for dots_per_mm in (8, 12):
        artwork = layout(template, fields, elements, dots_per_mm=dots_per_mm, font=font)
        (symbol,) = zxingcpp.read_barcodes(expected_picture(artwork))
        assert (symbol.symbology_identifier, symbol.bytes) == ("]d2", elements.encode())


def test_static_and_dynamic_and_symbols_are_the_whole(case: Case, font: Font) -> None:
    template, fields, elements = case
    artwork = layout(template, fields, elements, dots_per_mm=8, font=font)
    parts = (*artwork.static, *artwork.dynamic, *artwork.symbols)
    assert np.array_equal(inked(artwork, parts), inked(artwork, artwork.items))
    assert len(parts) == len(artwork.items)


def test_an_outline_is_as_thick_as_it_says_and_empty_inside() -> None:
    picture = inked(Artwork(10, 8, 8, ()), (Box(1, 1, 8, 6, 2),))
    assert picture.sum() == 8 * 6 - 4 * 2
    assert not picture[3:5, 3:7].any()


def test_a_box_as_thick_as_itself_is_a_rule() -> None:
    assert Box(0, 0, 8, 2, 2).strips == (Box(0, 0, 8, 2, 2).area,)


def test_the_png_has_the_same_dots(tmp_path: Path) -> None:
    dots = np.array([[True, False], [False, True]])
    picture = expected_picture(Artwork(4, 3, 8, (Bitmap(1, 1, dots, "dots", static=False),)))
    path = tmp_path / "label.png"
    save_png(picture, path)
    assert path.read_bytes() == to_png(picture)
    with Image.open(io.BytesIO(to_png(picture))) as image:
        assert image.mode == "1"
        assert np.array_equal(np.asarray(image.convert("L")), picture)
