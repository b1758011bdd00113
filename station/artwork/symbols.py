"""Element strings become modules: GS1 DataMatrix and GS1-128, drawn by zxing-cpp.

>>> elements = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))
>>> data_matrix(elements).shape
(20, 20)
>>> codewords(gs1_128(elements))[:4]  # start C, FNC1, "01", "06"
(105, 102, 1, 6)

The size of a DataMatrix is chosen so that plain ASCII encodation fits, the least clever one there
is. Any printer can then keep to the size we ask of it, whichever encodation it prefers.
"""

import re
from functools import lru_cache
from itertools import groupby

import numpy as np
import zxingcpp

from station.artwork.ink import Ink, sealed
from station.core.gs1 import ElementString
from station.core.problem import Refused, problem

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
def data_matrix(elements: ElementString) -> Ink:
    """Square modules of a GS1 DataMatrix, without its quiet zone. Raises Refused."""
    side, version = _square(elements)
    drawn = _drawn(elements, zxingcpp.BarcodeFormat.DataMatrix, version=version)
    assert drawn.shape == (side, side), "zxing draws the size it is asked for"
    return sealed(drawn)


@lru_cache(256)
def gs1_128(elements: ElementString) -> Ink:
    """One row of modules of a GS1-128, without its quiet zones. Raises Refused."""
    return sealed(_drawn(elements, zxingcpp.BarcodeFormat.Code128)[0].copy())


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


def _drawn(elements: ElementString, kind: zxingcpp.BarcodeFormat, *, version: int = 0) -> Ink:
    """Bracket notation: bytes would be encoded with a plain GS in place of the first FNC1."""
    bracketed = "".join(f"[{each.ai}]{each.value}" for each in elements.elements)
    options = {"version": version} if version else {}
    try:
        barcode = zxingcpp.create_barcode(bracketed, kind, gs1=True, **options)
    except ValueError as error:
        raise Refused(
            problem("{hri} cannot be encoded: {why}.", hri=elements.hri(), why=str(error))
        ) from None
    picture = barcode.to_image(scale=1, add_hrt=False, add_quiet_zones=False)
    return np.asarray(np.asarray(picture) == 0, dtype=np.bool_)


def _square(elements: ElementString) -> tuple[int, int]:
    """Modules a side, and which version of the symbol that is, from 1."""
    needed = _ascii_codewords(elements.encode())
    for version, (side, capacity) in enumerate(SQUARES, start=1):
        if needed <= capacity:
            return side, version
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


def _ascii_codewords(data: bytes) -> int:
    """FNC1, then one codeword for each pair of digits and for each other character."""
    return 1 + len(re.findall(rb"[0-9]{2}|.", data, re.DOTALL))
