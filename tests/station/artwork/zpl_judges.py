"""Two renderers that know nothing of the artwork: what do they make of our ZPL?"""

from collections.abc import Sequence

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from zplkit import Options, render
from zplkit.parse import parse
from zplkit.rendering import Limits

DPI = {8: 203, 12: 300}
PRINTER_ONLY = (b"^PQ", b"^CV", b"^LS")
"""What steers a printer and draws nothing; zplkit refuses to guess at it."""


def commands(zpl: bytes) -> tuple[str, ...]:
    """Prefix and letters of every command, by zplkit's parser."""
    return tuple(bytes(each)[:3].decode("latin-1") for each in parse(zpl).elements)


def drawn(zpl: bytes, *, dots_per_mm: int, width: int, height: int) -> NDArray[np.uint8]:
    """The label as zplkit draws it: 0 is ink, 255 is paper."""
    kept = b"".join(
        bytes(each) for each in parse(zpl).elements if not bytes(each).startswith(PRINTER_ONLY)
    )
    options = Options(width=width, height=height, dpi=DPI[dots_per_mm])
    document = render(kept, options, limits=Limits(graphic_bytes=1_000_000))
    assert document.warnings == []
    raster = document.labels[0].rasterize()
    pixels = np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)
    return pixels[:, :, 0]


def read(picture: NDArray[np.uint8]) -> Sequence[tuple[str, bytes]]:
    """AIM identifier and bytes of every symbol, in the order of the identifiers."""
    framed = np.pad(picture, 20, constant_values=255)
    return sorted((each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(framed))
