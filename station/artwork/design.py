"""A design that a person approves: a template of ours, or ZPL that another designer wrote.

Both are read from a document, have a digest, a scope and texts they show, and become an artwork.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from station import documents
from station.artwork.drawing import beside
from station.artwork.foreign.artwork import ForeignArtwork, ForeignSymbol
from station.artwork.foreign.template import ForeignTemplate, design_file
from station.artwork.items import Artwork, Bitmap, Item, LinearSymbol, MatrixSymbol
from station.artwork.layout import layout
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Refused, problem

Design = Template | ForeignTemplate

ZPL_LIMIT = 1_000_000
"""Bytes of a .zpl file; a label of 100 × 150 mm as one picture is a tenth of it."""


def from_file(path: Path) -> Design:
    """The design in a file and those it names beside it. Raises Refused with every problem."""
    document = documents.read(path)
    zpl = design_file(document)
    if zpl is not None:
        return ForeignTemplate.parse(document, documents.load(path.parent / zpl, limit=ZPL_LIMIT))
    try:
        pictures = beside(document, path.parent)
    except OSError as error:
        raise Refused(
            problem("Cannot read {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None
    return Template.parse(document, pictures=pictures)


def from_canonical(data: bytes) -> Design:
    """The design that was approved, from what was kept of it. Raises Refused."""
    document = documents.read_json(data)
    if not isinstance(document, dict):
        raise Refused(problem("Expected a mapping of fields, got a list."))
    zpl, pictures = document.pop("zpl", None), document.pop("pictures", {})
    if isinstance(zpl, str):
        document.pop("sha256", None)
        return ForeignTemplate.parse(document, zpl.encode())
    return Template.parse(document, pictures=_decoded(pictures))


def laid_out(
    design: Design,
    fields: Mapping[str, str],
    elements: ElementString,
    *,
    dots_per_mm: int,
    font: Font,
) -> Artwork:
    """One label. Raises Refused with everything that cannot be as it is designed."""
    if isinstance(design, ForeignTemplate):
        return _as_drawn(design.artwork(fields, elements, dots_per_mm=dots_per_mm))
    return layout(design, fields, elements, dots_per_mm=dots_per_mm, font=font)


def _as_drawn(found: ForeignArtwork) -> Artwork:
    """All its dots as one picture, its symbols, and the bytes that print it."""
    whole = Bitmap(0, 0, found.picture == 0, "design", static=False)
    symbols = (_symbol(each, found) for each in found.symbols)
    return Artwork(found.width, found.height, found.dots_per_mm, (whole, *symbols), found.zpl)


def _symbol(symbol: ForeignSymbol, found: ForeignArtwork) -> Item:
    """As it is drawn, each dot a module: how many dots a module has, the file alone knows."""
    area = symbol.area
    ink = found.picture[area.y : area.bottom, area.x : area.right] == 0
    if symbol.identifier == "]C1":
        return LinearSymbol(area.x, area.y, 1, area.height, symbol.data, (), ink[0])
    return MatrixSymbol(area.x, area.y, 1, symbol.data, ink)


def _decoded(pictures: object) -> dict[str, bytes]:
    try:
        return {
            name: base64.b64decode(text, validate=True)
            for name, text in (pictures.items() if isinstance(pictures, dict) else ())
        }
    except (binascii.Error, TypeError, ValueError):
        raise Refused(problem("A picture kept with the design is damaged.")) from None
