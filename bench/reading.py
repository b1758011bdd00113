"""How many symbols are read, and whether one is misread: beside other decoders, on the same frames.

Each label has a Data Matrix and a GS1-128 of its own, both with all of its data. The peers get the
whole picture, and only the symbologies that are on it. libdmtx is left out where it is missing.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar import pyzbar

from drivers.interface import Symbol
from drivers.simulated.optics import OPTICS, photograph
from station.artwork.symbols import data_matrix, encoded, gs1_128
from station.core.gs1 import ElementString
from station.line.reader import reading_of
from station.vision.decode import Decoding, decode
from station.vision.sheet import Area, Sheet, SymbolPlace

try:
    from pylibdmtx import pylibdmtx
except ImportError:
    pylibdmtx = None
    """Not needed otherwise: pip install pylibdmtx, apt-get install libdmtx0b."""

Dots = NDArray[np.uint8]
CARRIERS = ("]d2", "]C1")
SIZE = (320, 720)
"""Dots of the label, 90 × 40 mm: 1.5 pixels a dot in a picture of 1280 × 960."""

MATRIX_MODULE, BAR_MODULE, BAR_HEIGHT = 4, 3, 80


@dataclass(frozen=True, slots=True)
class Set:
    """Labels as a camera saw them."""

    sheet: Sheet
    data: bytes
    frame: Dots


def label(drawn: random.Random) -> tuple[Sheet, bytes]:
    """Ten digits of lot and serial: the GS1-128 has 200 modules."""
    serial = "".join(drawn.choice(string.digits) for _ in range(10))
    elements = ElementString.of(("01", "06972869182019"), ("21", serial))
    picture = np.full(SIZE, 255, np.uint8)
    matrix = _placed(picture, "]d2", data_matrix(elements), (40, 40), encoded(elements))
    bars = gs1_128(elements)[None, :]
    linear = _placed(picture, "]C1", bars, (60, 200), encoded(elements))
    for line in range(5):
        text = f"{serial} LOT {serial[::-1]}"
        cv2.putText(picture, text, (180, 50 + 24 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,), 2)
    return Sheet(picture, 8, (), (matrix, linear)), encoded(elements)


def _placed(
    picture: Dots, identifier: str, modules: NDArray[np.bool_], at: tuple[int, int], data: bytes
) -> SymbolPlace:
    x, y = at
    matrix = len(modules) > 1
    module = MATRIX_MODULE if matrix else BAR_MODULE
    tall = module if matrix else BAR_HEIGHT
    ink = np.kron(modules, np.ones((tall, module), np.bool_))
    rows, columns = ink.shape
    picture[y : y + rows, x : x + columns][ink] = 0
    return SymbolPlace(
        identifier, data, Area(x, y, columns, rows), module, modules, 2 if matrix else 10
    )


# -- read rates ----------------------------------------------------------------------------

Reads = tuple[bool, bool]
"""Whether the Data Matrix and the GS1-128 were read, as meant."""


def _ours(frame: Dots, data: bytes, sheet: Sheet | None) -> Reads:
    found = reading_of(decode(frame, expected=CARRIERS, sheet=sheet)).symbols
    read = {(each.identifier, each.data) for each in found}
    return ("]d2", data) in read, ("]C1", data) in read


def _zxing(frame: Dots, data: bytes) -> Reads:
    kinds = [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128]
    found = zxingcpp.read_barcodes(frame, formats=zxingcpp.BarcodeFormats(kinds))
    read = {(each.symbology_identifier, bytes(each.bytes)) for each in found}
    return ("]d2", data) in read, ("]C1", data) in read


def _zbar(frame: Dots, data: bytes) -> Reads:
    found = pyzbar.decode(frame, symbols=[pyzbar.ZBarSymbol.CODE128])
    return False, any(each.data == data for each in found)


def _libdmtx(frame: Dots, data: bytes) -> Reads:
    found = pylibdmtx.decode(frame, max_count=1, timeout=400)
    return any(each.data.replace(b"\x1d", b"") == data for each in found), False


@dataclass(frozen=True, slots=True)
class Rate:
    frames: int = 0
    matrix: int = 0
    linear: int = 0
    both: int = 0

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            self.frames + other.frames,
            self.matrix + other.matrix,
            self.linear + other.linear,
            self.both + other.both,
        )


def rates(optics: str, count: int, seed: int) -> dict[str, Rate]:
    """Of each way to read, on the same frames."""
    drawn = random.Random(f"reading {optics} {seed}")  # noqa: S311 - it has to come again
    cv2.setNumThreads(1)
    total: dict[str, Rate] = {}
    for _ in range(count):
        sheet, data = label(drawn)
        chosen = OPTICS[optics]
        frame = photograph(
            sheet.picture, dots_per_mm=8, optics=chosen, seed=drawn.randrange(1 << 30)
        )
        ways: dict[str, Callable[[Dots, bytes], Reads]] = {
            "the station, with its sheet": partial(_ours, sheet=sheet),
            "the station, without a sheet": partial(_ours, sheet=None),
            "zxing-cpp 3.1.1, whole frame": _zxing,
            "zbar, whole frame": _zbar,
        }
        if pylibdmtx:
            ways["libdmtx, whole frame"] = _libdmtx
        for name, way in ways.items():
            matrix, linear = way(frame, data)
            total[name] = total.get(name, Rate()) + Rate(1, matrix, linear, matrix and linear)
    return total


# -- misreads ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Damaged:
    symbols: int = 0
    read: int = 0
    misread: int = 0
    """Some decoder pass said something else."""

    accepted: int = 0
    """Something else, and it would have been judged by."""

    def __add__(self, other: "Damaged") -> "Damaged":
        return Damaged(
            self.symbols + other.symbols,
            self.read + other.read,
            self.misread + other.misread,
            self.accepted + other.accepted,
        )


def damaged(count: int, seed: int) -> Damaged:
    """GS1-128 by themselves, each damaged in one to three ways."""
    drawn = random.Random(f"misreads {seed}")  # noqa: S311 - it has to come again
    cv2.setNumThreads(1)
    read = misread = accepted = 0
    for _ in range(count):
        sheet, data = label(drawn)
        bars = sheet.symbols[1].area
        picture = np.full((120, SIZE[1]), 255, np.uint8)
        picture[20:100] = sheet.picture[bars.y : bars.y + 80]
        for _ in range(drawn.randint(1, 3)):
            drawn.choice(_DAMAGE)(picture, drawn)
        optics = OPTICS[drawn.choice(("mild", "ugly", "harsh"))]
        frame = photograph(picture, dots_per_mm=8, optics=optics, seed=drawn.randrange(1 << 30))
        found = decode(frame, expected=("]C1",))
        said = {each.data for each in _all(found)}
        judged = {each.data for each in reading_of(found).symbols}
        read += data in judged
        misread += bool(said - {data})
        accepted += bool(judged - {data}) and not found.disagreements
    return Damaged(count, read, misread, accepted)


def _all(found: Decoding) -> tuple[Symbol, ...]:
    others = tuple(each for pair in found.disagreements for each in pair)
    return (*found.symbols, *others, *found.glimpses)


def _cut(picture: Dots, drawn: random.Random) -> None:
    """Only a few dots tall."""
    left = drawn.randint(2, 8)
    top = 20 + drawn.randrange(80 - left)
    picture[:top], picture[top + left :] = 255, 255


def _hole(picture: Dots, drawn: random.Random) -> None:
    centre = (drawn.randrange(60, 660), drawn.randrange(20, 100))
    cv2.circle(picture, centre, drawn.randint(4, 40), (255,), -1)


def _blot(picture: Dots, drawn: random.Random) -> None:
    centre = (drawn.randrange(60, 660), drawn.randrange(20, 100))
    cv2.circle(picture, centre, drawn.randint(2, 20), (0,), -1)


def _dead(picture: Dots, drawn: random.Random) -> None:
    for _ in range(drawn.randint(1, 4)):
        dot = drawn.randrange(60, 650)
        picture[:, dot : dot + drawn.randint(1, 3)] = 255


def _scratch(picture: Dots, drawn: random.Random) -> None:
    one = (drawn.randrange(60, 660), 20)
    other = (one[0] + drawn.randint(-60, 60), 100)
    cv2.line(picture, one, other, (drawn.choice((0, 255)),), drawn.randint(1, 5))


def _blurred(picture: Dots, drawn: random.Random) -> None:
    picture[:] = cv2.GaussianBlur(picture, (0, 0), drawn.uniform(0.8, 2.2))


_DAMAGE = (_cut, _cut, _hole, _blot, _dead, _scratch, _blurred)
