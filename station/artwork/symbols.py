"""Element strings become modules: GS1 DataMatrix, GS1 QR Code and GS1-128, drawn by zxing-cpp.

>>> elements = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))
>>> data_matrix(elements).shape, data_matrix(elements, shape="rectangular").shape
((20, 20), (12, 36))
>>> gs1_qr(elements).shape
(25, 25)
>>> codewords(gs1_128(elements))[:4]  # start C, FNC1, "01", "06"
(105, 102, 1, 6)
>>> encoded(elements, "di"), encoded(elements, "pi")
(b'0106972869182019', b'1120022921CN010123')

The size of a DataMatrix is chosen so that plain ASCII encodation fits, the least clever one there
is. Any printer can then keep to the size we ask of it, whichever encodation it prefers.
"""

import re
from functools import lru_cache
from itertools import groupby
from typing import Literal

import numpy as np
import zxingcpp

from station.artwork.ink import Ink, sealed
from station.core.gs1 import Element, ElementString
from station.core.problem import Refused, problem

Part = Literal["all", "di", "pi"]
"""Which of the data a symbol carries: (01), the device identifier, or what follows it."""

Shape = Literal["square", "rectangular"]

SQUARES = (
    (10, 3),
    (12, 5),
    (14, 8),
    (16, 12),
    (18, 18),
    (20, 22),
    (22, 30),
    (24, 36),
    (26, 44),
    (32, 62),
    (36, 86),
    (40, 114),
    (44, 144),
    (48, 174),
)
"""Modules a side and data codewords, in the order of zxing's versions (ISO/IEC 16022 table 7).

Larger ones exist; a label that needs one has no business on a device.
"""

RECTANGLES = ((8, 18, 5), (8, 32, 10), (12, 26, 16), (12, 36, 22), (16, 36, 32), (16, 48, 49))
"""Rows, columns and data codewords; zxing's versions go on with them after the 24 squares.

The longer ones of ISO/IEC 21471 are no GS1 DataMatrix.
"""

QR_CORRECTION = "M"
"""Level of error correction, 15 % (ISO/IEC 18004 clause 6.5.1): more would make it larger."""

_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232"
    " 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122"
    " 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311"
    " 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113"
    " 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422"
    " 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111"
    " 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121"
    " 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412"
    " 211214 211232 2331112"
)
_VALUES = {widths: value for value, widths in enumerate(_WIDTHS.split())}
"""Widths of bars and spaces → symbol character (ISO/IEC 15417 table 1)."""


@lru_cache(256)
def data_matrix(elements: ElementString, *, shape: Shape = "square") -> Ink:
    """Modules (rows, columns) of a GS1 DataMatrix, without its quiet zone. Raises Refused."""
    size, version = _square(elements) if shape == "square" else _rectangle(elements)
    drawn = _drawn(
        elements.elements, zxingcpp.BarcodeFormat.DataMatrix, options={"version": version}
    )
    assert drawn.shape == size, "zxing draws the size it is asked for"
    return sealed(drawn)


@lru_cache(256)
def gs1_qr(elements: ElementString) -> Ink:
    """Square modules of a GS1 QR Code, without its quiet zone. Raises Refused."""
    drawn = _drawn(
        elements.elements, zxingcpp.BarcodeFormat.QRCode, options={"ec_level": QR_CORRECTION}
    )
    assert _qr_read(drawn) == ("]Q3", elements.encode()), "zxing draws what it was given, as GS1"
    return sealed(drawn)


@lru_cache(256)
def gs1_128(elements: ElementString, part: Part = "all") -> Ink:
    """One row of modules of a GS1-128, without its quiet zones. Raises Refused."""
    drawn = _drawn(_of_part(elements, part), zxingcpp.BarcodeFormat.Code128)
    return sealed(drawn[0].copy())


def plain_matrix(text: str) -> Ink:
    """The modules of a Data Matrix of plain ASCII text, no GS1: scanned at the line itself."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    picture = barcode.to_image(scale=1, add_hrt=False, add_quiet_zones=False)
    return sealed(np.asarray(picture) == 0)


def encoded(elements: ElementString, part: Part = "all") -> bytes:
    """The data of a symbol that carries this part of them. Raises Refused."""
    chosen = _of_part(elements, part)
    whole = elements.encode()
    first = len(elements.elements[0].ai + elements.elements[0].value)
    if len(chosen) == len(elements.elements):
        return whole
    return whole[:first] if part == "di" else whole[first:]


def _of_part(elements: ElementString, part: Part) -> tuple[Element, ...]:
    """(01) has a predefined length: no separator stands between the two parts."""
    first, *others = elements.elements
    if part == "all":
        return elements.elements
    if first.ai != "01" or not others:
        raise Refused(
            problem(
                "Data go into two symbols only where (01) comes first and something follows it:"
                " got {hri}.",
                hri=elements.hri(),
            )
        )
    return (first,) if part == "di" else tuple(others)


def codewords(bars: Ink) -> tuple[int, ...]:
    """The symbol characters of a Code 128, from its start to the last before the check.

    The printer is told exactly these, so that it draws the bars we expect and no others of the
    many that say the same.
    """
    runs = "".join(str(len(list(run))) for _, run in groupby(bars.tolist()))
    values = tuple(_VALUES[each] for each in re.findall(r"\d{7}$|\d{6}", runs))
    *body, check, _stop = values
    expected = (body[0] + sum(place * value for place, value in enumerate(body))) % 103
    assert check == expected, "zxing ends a Code 128 in its check character"
    return tuple(body)


def _drawn(
    elements: tuple[Element, ...],
    kind: zxingcpp.BarcodeFormat,
    *,
    options: dict[str, str | int] | None = None,
) -> Ink:
    """Bracket notation: bytes would be encoded with a plain GS in place of the first FNC1."""
    bracketed = "".join(f"[{each.ai}]{each.value}" for each in elements)
    try:
        barcode = zxingcpp.create_barcode(bracketed, kind, gs1=True, **(options or {}))
    except ValueError as error:
        hri = "".join(f"({each.ai}){each.value}" for each in elements)
        raise Refused(problem("{hri} cannot be encoded: {why}.", hri=hri, why=str(error))) from None
    picture = barcode.to_image(scale=1, add_hrt=False, add_quiet_zones=False)
    return np.asarray(np.asarray(picture) == 0, dtype=np.bool_)


def _qr_read(modules: Ink) -> tuple[str, bytes]:
    """What the drawing itself says: of the object that drew it, the identifier proves nothing."""
    paper = np.where(np.pad(modules, 4), np.uint8(0), np.uint8(255)).repeat(4, 0).repeat(4, 1)
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(paper, formats=formats, is_pure=True)
    return (found[0].symbology_identifier, bytes(found[0].bytes)) if found else ("", b"")


_Size = tuple[int, int]


def _square(elements: ElementString) -> tuple[_Size, int]:
    """Rows and columns, and which version of the symbol that is, from 1."""
    needed = _ascii_codewords(elements.encode())
    for version, (side, capacity) in enumerate(SQUARES, start=1):
        if needed <= capacity:
            return (side, side), version
    side, capacity = SQUARES[-1]
    raise Refused(
        problem(
            "The data need {got} codewords: expected at most {most}, a DataMatrix of {side} by"
            " {side} modules.",
            got=needed,
            most=capacity,
            side=side,
        )
    )


def _rectangle(elements: ElementString) -> tuple[_Size, int]:
    needed = _ascii_codewords(elements.encode())
    for version, (rows, columns, capacity) in enumerate(RECTANGLES, start=25):
        if needed <= capacity:
            return (rows, columns), version
    rows, columns, capacity = RECTANGLES[-1]
    raise Refused(
        problem(
            "The data need {got} codewords: expected at most {most}, a rectangular DataMatrix of"
            " {rows} by {columns} modules.",
            got=needed,
            most=capacity,
            rows=rows,
            columns=columns,
        )
    )


def _ascii_codewords(data: bytes) -> int:
    """FNC1, then one codeword for each pair of digits and for each other character."""
    return 1 + len(re.findall(rb"[0-9]{2}|.", data, re.DOTALL))
