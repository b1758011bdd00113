r"""An artwork as ZPL: few commands, all of them written here, and data that can never be one.

What all labels of an order share is stored once: the dots as a graphic, and a format that states
every setting which could change the picture, recalls that graphic and places the symbols. A label
is then one short format: it recalls the stored one, fills the symbols in, and places the texts that
vary. Stored objects are named by what is in them, so a label never recalls another's.

Text never travels as text: it is dots. What travels as text are the element strings in ^BX and
^BC, and of them all but an allow-list goes out as ^FH hexadecimal.

>>> field_data(b"CN-01^XZ~JR\\_")
'CN-01\\5EXZ\\7EJR\\5C_'

Source: ZPL II Programming Guide, ^BC, ^BX, ^DF, ^FH, ^FN, ^GF, ^ID, ~DG, ^XF, ^XG.
"""

import base64
import binascii
import hashlib
import json
import string
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from zpl import Label

from station.artwork.ink import Ink, trimmed
from station.artwork.items import Artwork, Bitmap, LinearSymbol, MatrixSymbol, SymbolItem
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

GRAPHICS_REMEMBERED = 64
"""Compressed ones: the large one that all labels share is compressed once, not for each label."""

_TO_SUBSET = {99: "C", 100: "B", 101: "A", 103: "A", 104: "B", 105: "C"}

_OURS = "LSQ"
"""What the station stores is named so, and nothing else is: no word begins with it."""

_HEADER = "^LH0,0^LS0^PON^PMN^LRN^CVY"
_FOOTER = "^PQ1,0,1,Y"

FORGET = f"^XA^IDR:{_OURS}*.GRF^FS^IDR:{_OURS}*.ZPL^FS^XZ".encode("ascii")
"""Makes a printer forget what the station stored on it before, and nothing of anybody else's.

To be sent, and waited for, before anything new is stored: ~DG acts when it arrives and ^ID when its
format's turn comes, so that in one piece the new graphic could go with the old ones.
"""


def settings(dots_per_mm: int) -> bytes:
    """What every label states for the printer whatever it shows: JSON, part of the recipe."""
    said = {"dots_per_mm": dots_per_mm, "footer": _FOOTER, "header": _HEADER}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Stored:
    """What a printer has to keep in R: before it can print a label; lost with its power."""

    graphic: str
    """Name, such as "LSQ7K2AF.GRF"."""

    format: str
    """Name, such as "LSQX4D3M.ZPL"; empty for a label that brings all of itself."""

    zpl: bytes
    """Stores both, and prints nothing."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each for each in (self.graphic, self.format) if each)


MARK = Stored(f"{_OURS}MARK.GRF", "", f"~DGR:{_OURS}MARK.GRF,1,1,80".encode("ascii"))
"""One dot. A printer that has lost it was off and on again, and has forgotten its settings too."""


@lru_cache(8)
def stored(artwork: Artwork) -> Stored:
    """What the label has in common with its neighbours; the same for all that share each dot of it.

    MARK where each label brings all of itself: a foreign one, and one without a fixed part.
    """
    found = None if artwork.foreign else _static(artwork)
    if found is None:
        return MARK
    x, y, ink = found
    total, row = _bytes(ink)
    graphic = f"{_name(_rows(ink) + repr(ink.shape).encode())}.GRF"
    kept = [(x, y, f"^XGR:{graphic},1,1"), *_places(artwork)]
    body = _format(artwork, kept, before=_HEADER, after="")
    name = f"{_name(body)}.ZPL"
    whole = (
        f"~DGR:{graphic},{total},{row},{_z64(_rows(ink))}"
        f"^XA^DFR:{name}^FS{body.decode('ascii').removeprefix('^XA')}"
    )
    return Stored(graphic, name, whole.encode("ascii"))


def setup(artwork: Artwork) -> bytes:
    """What is sent before the first label; prints nothing."""
    return stored(artwork).zpl


def label(artwork: Artwork) -> bytes:
    """One format that prints one label, where the printer keeps what is `stored` for it.

    A printer that does not prints no symbol that can be read, so no such label is accepted.
    """
    kept = stored(artwork)
    if not kept.format:
        return standalone(artwork)
    filled = "".join(f"^FN{number}{data}^FS" for data, number in _numbers(artwork).items())
    before = f"^XFR:{kept.format}^FS{filled}"
    return _format(artwork, tuple(_graphics(artwork)), before=before, after=_FOOTER)


def standalone(artwork: Artwork) -> bytes:
    """One format that prints one label on any printer, nothing stored beforehand."""
    if artwork.foreign:
        return artwork.foreign
    found = _static(artwork)
    fixed = [(x, y, _graphic(ink)) for x, y, ink in (found,)] if found else []
    symbols = [(each.x, each.y, _shape(each) + _data(each)) for each in _own(artwork)]
    fields = (*fixed, *_graphics(artwork), *symbols)
    return _format(artwork, fields, before=_HEADER, after=_FOOTER)


def field_data(data: bytes) -> str:
    """Data for ^FD after ^FH with a backslash as indicator; any byte may be in it."""
    return "".join(chr(each) if each in _PLAIN else f"\\{each:02X}" for each in data)


_Field = tuple[int, int, str]
"""Where, in dots, and the commands of one field."""


def _format(artwork: Artwork, fields: Sequence[_Field], *, before: str, after: str) -> bytes:
    skeleton = Label(height=artwork.height, width=artwork.width, dpmm=1)
    skeleton.zpl_raw(before)
    for x, y, commands in fields:
        skeleton.origin(x, y)
        skeleton.zpl_raw(commands)
        skeleton.endorigin()
    skeleton.zpl_raw(after)
    return str(skeleton.dumpZPL()).encode("ascii")


def _graphics(artwork: Artwork) -> Iterator[_Field]:
    """What travels as dots with each label: of a symbol, all but its frame."""
    for text in artwork.dynamic:
        yield text.x, text.y, _graphic(text.ink)
    for symbol in _dotted(artwork):
        yield symbol.x, symbol.y, _graphic(symbol.ink & ~symbol.frame)


def _own(artwork: Artwork) -> tuple[SymbolItem, ...]:
    """The symbols that the printer draws itself."""
    return tuple(each for each in artwork.symbols if each.drawn_by_printer)


def _dotted(artwork: Artwork) -> tuple[SymbolItem, ...]:
    """Those that travel as dots."""
    return tuple(each for each in artwork.symbols if not each.drawn_by_printer)


def _places(artwork: Artwork) -> Iterator[_Field]:
    """Its symbols in a stored format: where and how, with a number in place of the data."""
    numbers = _numbers(artwork)
    for symbol in _own(artwork):
        yield symbol.x, symbol.y, f"{_shape(symbol)}^FN{numbers[_data(symbol)]}"


def _numbers(artwork: Artwork) -> dict[str, int]:
    """Field data to its number from 1: symbols that carry the same are filled at once."""
    every = dict.fromkeys(_data(each) for each in _own(artwork))
    return {data: number for number, data in enumerate(every, start=1)}


def _shape(symbol: SymbolItem) -> str:
    """^BX of quality 200 and of the size we expect; ^BC without a text line."""
    if isinstance(symbol, MatrixSymbol):
        rows, columns = symbol.modules.shape
        return f"^BXN,{symbol.module},200,{columns},{rows},6,_,1"
    return f"^BY{symbol.module}^BCN,{symbol.height},N,N,N,N"


def _data(symbol: SymbolItem) -> str:
    r"""In ^BX, `_1` is FNC1 and `__` an underscore; in ^BC, each symbol character is told."""
    if isinstance(symbol, LinearSymbol):
        return f"^FH\\^FD{field_data(invoked(symbol.codewords).encode('ascii'))}"
    parts = (field_data(each.replace(b"_", b"__")) for each in symbol.data.split(b"\x1d"))
    return f"^FH\\^FD_1{'_1'.join(parts)}"


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
    """Where the fixed part begins, and its dots.

    The frames of the symbols that travel as dots belong to it: a printer that lost its memory would
    print them without the rest of the label, and a reader would find nothing wrong.
    """
    frames = (Bitmap(each.x, each.y, each.frame, "frame", static=True) for each in _dotted(artwork))
    return trimmed(inked(artwork, (*artwork.static, *frames)))


def _name(content: bytes) -> str:
    """Eight characters that a printer takes as a name: ours, and others for other contents."""
    digest = base64.b32encode(hashlib.sha256(content).digest()).decode("ascii")
    return f"{_OURS}{digest[:5]}"


def _graphic(ink: Ink) -> str:
    total, row = _bytes(ink)
    return f"^GFA,{total},{total},{row},{_z64(_rows(ink))}"


def _bytes(ink: Ink) -> tuple[int, int]:
    """In all, and in a row: rows are whole bytes."""
    height, width = ink.shape
    row = (width + 7) // 8
    return height * row, row


def _rows(ink: Ink) -> bytes:
    return np.packbits(ink, axis=1).tobytes()


@lru_cache(GRAPHICS_REMEMBERED)
def _z64(rows: bytes) -> str:
    """Rows of whole bytes, compressed, in base 64, with the check a printer verifies."""
    text = base64.b64encode(zlib.compress(rows, 9))
    return f":Z64:{text.decode()}:{binascii.crc_hqx(text, 0):04X}"
