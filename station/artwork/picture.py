"""The picture we expect to see: an artwork as dots on paper, drawn without any printer.

>>> from station.artwork.items import Artwork, Box
>>> expected_picture(Artwork(8, 4, 8, (Box(2, 1, 4, 2, 1),)))[1]
array([255, 255,   0,   0,   0,   0, 255, 255], dtype=uint8)
"""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from station.artwork.ink import Ink, blank
from station.artwork.items import Artwork, Item

Picture = NDArray[np.uint8]
"""(height, width) in dots: 0 is ink, 255 is paper."""


def expected_picture(artwork: Artwork) -> Picture:
    """What the printer should leave on the paper, dot for dot.

    Inside a DataMatrix the printer may encode the same data another way: compare those areas by
    what they say, everything else by its dots.
    """
    return np.where(inked(artwork, artwork.items), np.uint8(0), np.uint8(255))


def inked(artwork: Artwork, items: Iterable[Item]) -> Ink:
    """These items on a label of the artwork's size; True is ink."""
    ink = blank(width=artwork.width, height=artwork.height)
    for item in items:
        area = item.area
        ink[area.y : area.bottom, area.x : area.right] |= item.ink
    return ink


def to_png(picture: Picture) -> bytes:
    """A PNG file of one bit a dot."""
    file = io.BytesIO()
    Image.fromarray(picture).convert("1", dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def save_png(picture: Picture, path: Path) -> None:
    path.write_bytes(to_png(picture))
