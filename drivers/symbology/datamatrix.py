"""Data Matrix ECC 200 (ISO/IEC 16022:2006): characters in, modules out.

Characters are integers: 0–255 for bytes, and FNC1, which may stand anywhere. Only the ASCII
encodation is used, so a symbol is sometimes larger than the smallest one possible.

>>> encode([*b"123456"]).shape
(10, 10)
>>> encode([FNC1, *b"0106972869182019", FNC1, *b"21A"], rows=20, columns=20).shape
(20, 20)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drivers.symbology.reed_solomon import check_codewords

FNC1 = 256
"""A function character, above every byte."""

_PAD, _FNC1_CODEWORD, _UPPER_SHIFT = 129, 232, 235


class DoesNotFit(ValueError):
    """The data are too long for the symbol that was asked for, or such a symbol is not known."""


@dataclass(frozen=True, slots=True)
class Size:
    """One line of table 7 of the standard."""

    rows: int
    columns: int
    data: int
    """Data codewords in the whole symbol."""

    check: int
    """Error correction codewords in the whole symbol."""

    blocks: int = 1
    """Interleaved blocks the codewords are dealt to, one after the other."""

    regions: tuple[int, int] = (1, 1)
    """Data regions down and across, each inside its own finder."""

    @property
    def mapping(self) -> tuple[int, int]:
        """Modules that carry bits, finders taken away."""
        return self.rows - 2 * self.regions[0], self.columns - 2 * self.regions[1]


def _square(side: int, data: int, check: int, blocks: int = 1, regions: int = 1) -> Size:
    return Size(side, side, data, check, blocks, (regions, regions))


# 144 × 144 is left out: the standard and the readers disagree about its interleaving.
SIZES = (
    _square(10, 3, 5),
    _square(12, 5, 7),
    _square(14, 8, 10),
    _square(16, 12, 12),
    _square(18, 18, 14),
    _square(20, 22, 18),
    _square(22, 30, 20),
    _square(24, 36, 24),
    _square(26, 44, 28),
    _square(32, 62, 36, regions=2),
    _square(36, 86, 42, regions=2),
    _square(40, 114, 48, regions=2),
    _square(44, 144, 56, regions=2),
    _square(48, 174, 68, regions=2),
    _square(52, 204, 84, blocks=2, regions=2),
    _square(64, 280, 112, blocks=2, regions=4),
    _square(72, 368, 144, blocks=4, regions=4),
    _square(80, 456, 192, blocks=4, regions=4),
    _square(88, 576, 224, blocks=4, regions=4),
    _square(96, 696, 272, blocks=4, regions=4),
    _square(104, 816, 336, blocks=6, regions=4),
    _square(120, 1050, 408, blocks=6, regions=6),
    _square(132, 1304, 496, blocks=8, regions=6),
    Size(8, 18, 5, 7),
    Size(8, 32, 10, 11, regions=(1, 2)),
    Size(12, 26, 16, 14),
    Size(12, 36, 22, 18, regions=(1, 2)),
    Size(16, 36, 32, 24, regions=(1, 2)),
    Size(16, 48, 49, 28, regions=(1, 2)),
)


def encode(
    characters: Sequence[int], *, rows: int = 0, columns: int = 0, rectangular: bool = False
) -> NDArray[np.bool_]:
    """The modules (rows, columns), True is dark, finder included, quiet zone not.

    Zero rows or columns: the smallest symbol that holds the data. Raises DoesNotFit.
    """
    codewords = _codewords(characters)
    size = _choose(len(codewords), rows, columns, rectangular=rectangular)
    data = _padded(codewords, size.data)
    return _framed(_placed(data + _check(data, size), size), size)


def transmitted(characters: Sequence[int]) -> tuple[str, bytes]:
    r"""The AIM identifier and the data that a reader reports: ]d2 where FNC1 comes first.

    >>> transmitted([FNC1, *b"0106", FNC1, *b"21A"])
    (']d2', b'0106\x1d21A')
    """
    gs1 = tuple(characters[:1]) == (FNC1,)
    data = bytes(0x1D if each == FNC1 else each for each in characters[gs1:])
    return ("]d2" if gs1 else "]d1"), data


@lru_cache
def codeword_places(rows: int, columns: int) -> tuple[Size, NDArray[np.int32]]:
    """The line of table 7, and of which codeword each module is, counted from 0; -1 in the finder
    and where no codeword reaches. Do not write to it. Raises DoesNotFit.

    >>> codeword_places(10, 10)[1][1].tolist()
    [-1, 1, 1, 2, 2, 2, 3, 3, 3, -1]
    """
    size = next((each for each in SIZES if (each.rows, each.columns) == (rows, columns)), None)
    if size is None:
        raise DoesNotFit(f"no Data Matrix symbol has {rows} rows and {columns} columns")
    bits = _placement(*size.mapping)
    places = np.full((rows, columns), -1, np.int32)
    places[_inner(size)] = np.where(bits < 0, -1, bits // 8)
    return size, places


def _codewords(characters: Sequence[int]) -> bytes:
    """ASCII encodation, clause 5.2.3."""
    out = bytearray()
    place = 0
    while place < len(characters):
        here = characters[place]
        following = characters[place + 1] if place + 1 < len(characters) else FNC1
        if _is_digit(here) and _is_digit(following):
            out.append(130 + (here - 48) * 10 + following - 48)
            place += 2
            continue
        out += _codeword(here)
        place += 1
    return bytes(out)


def _is_digit(character: int) -> bool:
    return 48 <= character <= 57


def _codeword(character: int) -> bytes:
    if character == FNC1:
        return bytes([_FNC1_CODEWORD])
    if character < 128:
        return bytes([character + 1])
    return bytes([_UPPER_SHIFT, character - 127])


def _choose(length: int, rows: int, columns: int, *, rectangular: bool) -> Size:
    wanted = [
        size
        for size in SIZES
        if rows in {0, size.rows}
        and columns in {0, size.columns}
        and (rows or columns or (size.rows != size.columns) == rectangular)
    ]
    if not wanted:
        raise DoesNotFit(f"no Data Matrix symbol has {rows} rows and {columns} columns")
    for size in sorted(wanted, key=lambda size: size.data):
        if length <= size.data:
            return size
    raise DoesNotFit(f"{length} codewords do not fit: at most {max(s.data for s in wanted)} do")


def _padded(codewords: bytes, capacity: int) -> bytes:
    """Clause 5.2.3: one pad, then pads made random so that no pattern arises (annex B.1)."""
    out = bytearray(codewords)
    if len(out) < capacity:
        out.append(_PAD)
    while len(out) < capacity:
        value = _PAD + 149 * (len(out) + 1) % 253 + 1
        out.append(value if value <= 254 else value - 254)
    return bytes(out)


def _check(data: bytes, size: Size) -> bytes:
    """Check codewords of every block, dealt round like the data (clause 5.5)."""
    out = bytearray(size.check)
    for block in range(size.blocks):
        out[block :: size.blocks] = check_codewords(
            data[block :: size.blocks], count=size.check // size.blocks
        )
    return bytes(out)


def _placed(codewords: bytes, size: Size) -> NDArray[np.bool_]:
    """The mapping matrix: every module looks up its bit."""
    bits = np.unpackbits(np.frombuffer(codewords + b"\x80", dtype=np.uint8)).astype(bool)
    dark, light = len(codewords) * 8, len(codewords) * 8 + 1
    wanted = _placement(*size.mapping)
    return bits[np.where(wanted == _DARK, dark, np.where(wanted == _LIGHT, light, wanted))]


def _framed(mapping: NDArray[np.bool_], size: Size) -> NDArray[np.bool_]:
    """Cut the mapping matrix into regions; solid left and bottom, clocked top and right."""
    modules = np.zeros((size.rows, size.columns), dtype=bool)
    down, across = size.regions
    height, width = size.rows // down, size.columns // across
    for row in range(0, size.rows, height):
        modules[row, ::2] = True
        modules[row + height - 1, :] = True
    for column in range(0, size.columns, width):
        modules[:, column] = True
        modules[1::2, column + width - 1] = True
    modules[_inner(size)] = mapping
    return modules


def _inner(size: Size) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where in the symbol the mapping matrix lies."""
    down, across = size.regions
    rows = np.flatnonzero(_inside(size.rows, size.rows // down))
    columns = np.flatnonzero(_inside(size.columns, size.columns // across))
    return rows[:, None], columns[None, :]


def _inside(length: int, region: int) -> NDArray[np.bool_]:
    place = np.arange(length) % region
    return (place > 0) & (place < region - 1)


_LIGHT, _DARK = -1, -2
"""Modules of the lower right corner that no codeword reaches (annex F.3)."""

# The eight modules of a codeword, most significant bit first, around its last one.
_UTAH = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))

# The four corner shapes; a negative place counts from the far side.
_CORNERS = (
    ((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -4), (0, -3), (0, -2), (0, -1), (1, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-1, 0), (-1, -1), (0, -3), (0, -2), (0, -1), (1, -3), (1, -2), (1, -1)),
)


class _Walk:
    """Annex F: codewords walk the matrix in diagonals, up to the right and down to the left."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.bits = np.full((rows, columns), _LIGHT, dtype=np.int32)
        self._count = 0

    def run(self) -> NDArray[np.int32]:
        row, column = 4, 0
        while row < self.rows or column < self.columns:
            self._corner(row, column)
            row, column = self._sweep(row, column, -2)
            row, column = row + 1, column + 3
            row, column = self._sweep(row, column, 2)
            row, column = row + 3, column + 1
        if self.bits[-1, -1] == _LIGHT:
            self.bits[-1, -1] = self.bits[-2, -2] = _DARK
        return self.bits

    def _sweep(self, row: int, column: int, step: int) -> tuple[int, int]:
        while True:
            if 0 <= row < self.rows and 0 <= column < self.columns:
                self._utah(row, column)
            row, column = row + step, column - step
            leaving = (
                row < 0 or column >= self.columns if step < 0 else (row >= self.rows or column < 0)
            )
            if leaving:
                return row, column

    def _corner(self, row: int, column: int) -> None:
        rows, columns = self.rows, self.columns
        at_bottom = (row, column) == (rows, 0)
        above_bottom = (row, column) == (rows - 2, 0)
        for shape, applies in enumerate(
            (
                at_bottom,
                above_bottom and columns % 4 != 0,
                above_bottom and columns % 8 == 4,
                (row, column) == (rows + 4, 2) and columns % 8 == 0,
            )
        ):
            if applies:
                self._assign([(r % rows, c % columns) for r, c in _CORNERS[shape]])

    def _utah(self, row: int, column: int) -> None:
        if self.bits[row, column] == _LIGHT:
            self._assign([self._wrapped(row + r, column + c) for r, c in _UTAH])

    def _wrapped(self, row: int, column: int) -> tuple[int, int]:
        if row < 0:
            row, column = row + self.rows, column + 4 - (self.rows + 4) % 8
        if column < 0:
            row, column = row + 4 - (self.columns + 4) % 8, column + self.columns
        return row % self.rows, column % self.columns

    def _assign(self, modules: Sequence[tuple[int, int]]) -> None:
        for place, (row, column) in enumerate(modules):
            self.bits[row, column] = self._count * 8 + place
        self._count += 1


@lru_cache
def _placement(rows: int, columns: int) -> NDArray[np.int32]:
    """For every module of the mapping matrix the number of its bit; do not write to it."""
    return _Walk(rows, columns).run()
