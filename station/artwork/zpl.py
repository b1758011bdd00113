r"""An artwork as ZPL: few commands, all of them written here, and data that can never be one.

A label is one format, ^XA to ^XZ. It states every setting that a printer remembers and that could
change the picture, recalls the stored graphic, places the texts that vary, and lets the printer
draw its symbols. Text never travels as text: it is dots. What travels as text are the element
strings in ^BX and ^BC, and of them all but an allow-list goes out as ^FH hexadecimal.

>>> field_data(b"CN-01^XZ~JR\\_")
'CN-01\\5EXZ\\7EJR\\5C_'

Source: ZPL II Programming Guide, ^BC, ^BX, ^FH, ^GF, ~DG, ^XG.
"""

import base64
import binascii
import hashlib
import json
import string
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from zpl import Label

from station.artwork.ink import Ink, trimmed
from station.artwork.items import Artwork, LinearSymbol, MatrixSymbol
from station.artwork.picture import inked

_PLAIN = frozenset((string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_").encode())
"""CSET 82 (GS1 General Specifications, figure 7.11-1): the bytes that go out as they are."""

_INVOCATIONS = {
    95: ">1",
    96: ">2",
    97: ">3",
    98: ">4",
    99: ">5",
    100: ">6",
    101: ">7",
    102: ">8",
    103: ">9",
    104: ">:",
    105: ">;",
}
"""Code 128 symbol characters that are not data → how ^BC is told (^BC, table of invocations)."""

_TO_SUBSET = {99: "C", 100: "B", 101: "A", 103: "A", 104: "B", 105: "C"}

_HEADER = "^LH0,0^LS0^PON^PMN^LRN^CVY"
_FOOTER = "^PQ1,0,1,Y"


def settings(dots_per_mm: int) -> bytes:
    """What every label states for the printer whatever it shows: JSON, part of the recipe."""
    said = {"dots_per_mm": dots_per_mm, "footer": _FOOTER, "header": _HEADER}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def setup(artwork: Artwork) -> bytes:
    """The graphic that all labels of a product share, for the printer to keep; prints nothing.

    Kept in R:, which a printer loses with its power. Empty if the design has no fixed part.
    """
    found = _static(artwork)
    if found is None:
        return b""
    _, _, ink = found
    total, row = _bytes(ink)
    return f"~DGR:{_name(ink)}.GRF,{total},{row},{_z64(ink)}".encode("ascii")


def label(artwork: Artwork) -> bytes:
    """One format that prints one label, after `setup` of an artwork with the same fixed part."""
    found = _static(artwork)
    recalled = [(x, y, f"^XGR:{_name(ink)}.GRF,1,1") for x, y, ink in (found,)] if found else []
    return _format(artwork, recalled)


def standalone(artwork: Artwork) -> bytes:
    """One format that prints one label on any printer, nothing stored beforehand."""
    found = _static(artwork)
    return _format(artwork, [(x, y, _graphic(ink)) for x, y, ink in (found,)] if found else [])


def field_data(data: bytes) -> str:
    """Data for ^FD after ^FH with a backslash as indicator; any byte may be in it."""
    return "".join(chr(each) if each in _PLAIN else f"\\{each:02X}" for each in data)


_Field = tuple[int, int, str]
"""Where, in dots, and the commands of one field."""


def _format(artwork: Artwork, fixed: Sequence[_Field]) -> bytes:
    skeleton = Label(height=artwork.height, width=artwork.width, dpmm=1)
    skeleton.zpl_raw(_HEADER)
    for x, y, commands in (*fixed, *_fields(artwork)):
        skeleton.origin(x, y)
        skeleton.zpl_raw(commands)
        skeleton.endorigin()
    skeleton.zpl_raw(_FOOTER)
    return str(skeleton.dumpZPL()).encode("ascii")


def _fields(artwork: Artwork) -> Iterator[_Field]:
    """Graphics first, then what the printer draws itself."""
    drawn = tuple(each for each in artwork.symbols if not each.drawn_by_printer)
    for graphic in (*artwork.dynamic, *drawn):
        yield graphic.x, graphic.y, _graphic(graphic.ink)
    for symbol in artwork.symbols:
        if symbol.drawn_by_printer:
            draw = _matrix(symbol) if isinstance(symbol, MatrixSymbol) else _linear(symbol)
            yield symbol.x, symbol.y, draw


def _matrix(symbol: MatrixSymbol) -> str:
    r"""^BX of quality 200 and of the size we expect; `_1` is FNC1, `__` an underscore."""
    rows, columns = symbol.modules.shape
    parts = (field_data(each.replace(b"_", b"__")) for each in symbol.data.split(b"\x1d"))
    return f"^BXN,{symbol.module},200,{columns},{rows},6,_,1^FH\\^FD_1{'_1'.join(parts)}"


def _linear(symbol: LinearSymbol) -> str:
    """^BC without a text line, each symbol character as we expect it."""
    data = field_data(invoked(symbol.codewords).encode("ascii"))
    return f"^BY{symbol.module}^BCN,{symbol.height},N,N,N,N^FH\\^FD{data}"


def invoked(codewords: Sequence[int]) -> str:
    """^BC data that make the printer use exactly these symbol characters."""
    subset, parts = "", []
    for value in codewords:
        if value in _INVOCATIONS and (subset != "C" or value > 99):
            parts.append(_INVOCATIONS[value])
            subset = _TO_SUBSET.get(value, subset)
        elif subset == "C":
            parts.append(f"{value:02}")
        else:
            parts.append(chr(value + 32).replace(">", ">0"))
    return "".join(parts)


def _static(artwork: Artwork) -> tuple[int, int, Ink] | None:
    """Where the fixed part begins, and its dots."""
    return trimmed(inked(artwork, artwork.static))


def _name(ink: Ink) -> str:
    """Eight characters a printer takes as a name, different for different dots."""
    digest = hashlib.sha256(f"{ink.shape}".encode() + np.packbits(ink).tobytes())
    return digest.hexdigest()[:8].upper()


def _graphic(ink: Ink) -> str:
    total, row = _bytes(ink)
    return f"^GFA,{total},{total},{row},{_z64(ink)}"


def _bytes(ink: Ink) -> tuple[int, int]:
    """In all, and in a row: rows are whole bytes."""
    height, width = ink.shape
    row = (width + 7) // 8
    return height * row, row


def _z64(ink: Ink) -> str:
    """Rows of whole bytes, compressed, in base 64, with the check a printer verifies."""
    text = base64.b64encode(zlib.compress(np.packbits(ink, axis=1).tobytes(), 9))
    return f":Z64:{text.decode()}:{binascii.crc_hqx(text, 0):04X}"
