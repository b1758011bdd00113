"""All pictograms on one sheet, to be looked at: docs/pictograms.png.

After a drawing has changed, look at it, and keep what was seen:
`keep(Path("docs/pictograms.png"))`.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from station.artwork.ink import Ink, blank
from station.artwork.pictograms.drawing import pictogram
from station.artwork.pictograms.table import DRAWINGS, NAMES
from station.artwork.text import Font

HEIGHTS = (20, 30, 44, 64)
"""Dots; those too small for a pictogram are left out."""

SAMPLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "country": {"code": "CN"},
        "temperature-lower": {"lower": "−20 °C"},
        "temperature-upper": {"upper": "40 °C"},
        "temperature": {"lower": "−20 °C", "upper": "40 °C"},
        "humidity": {"lower": "15 %", "upper": "85 %"},
        "pressure": {"lower": "70 kPa", "upper": "106 kPa"},
        "ce": {"number": "0123"},
    }
)
"""Values for those that take some."""

_COLUMNS = 2
_CELL = (96, 820)
"""Dots of height and width."""

_CAPTION = 16


def keep(path: Path) -> None:
    """Write the sheet as a PNG."""
    Image.fromarray(~contact_sheet(font=Font.load())).save(path, optimize=True)


def contact_sheet(*, font: Font) -> Ink:
    """Every pictogram under its name and clause, at each of the heights it can have."""
    cells = [_cell(name, font) for name in NAMES]
    cells += [blank(width=_CELL[1], height=_CELL[0])] * (-len(cells) % _COLUMNS)
    rows = [cells[start : start + _COLUMNS] for start in range(0, len(cells), _COLUMNS)]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows], axis=0)


def _cell(name: str, font: Font) -> Ink:
    drawing = DRAWINGS[name]
    ink = blank(width=_CELL[1], height=_CELL[0])
    caption = font.line(f"{name}  {drawing.clause}", size=_CAPTION).ink
    _put(caption, ink, x=8, bottom=_CAPTION + 2)
    x = 8
    for height in HEIGHTS:
        if height >= drawing.smallest:
            drawn = pictogram(name, height=height, font=font, values=SAMPLES.get(name))
            _put(drawn, ink, x=x, bottom=_CELL[0] - 8)
            x += drawn.shape[1] + 16
    return ink


def _put(drawn: Ink, ink: Ink, *, x: int, bottom: int) -> None:
    rows, columns = drawn.shape
    ink[bottom - rows : bottom, x : x + columns] = drawn
