r"""Field data to symbols: what ^BC and ^BX do with the escapes in ^FD.

>>> subset_values(b">;>80106>6A")
Subsets(values=(105, 102, 1, 6, 100, 33), text='0106A', ignored=())
>>> [*matrix_characters(b"_10106__", escape=ord("_"))] == [256, *b"0106_"]
True
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from drivers.symbology import code128, datamatrix
from drivers.zpl import text
from drivers.zpl.canvas import AREA_LIMIT, Bitmap, enlarged
from drivers.zpl.commands import Complaint

# Guide, ^BC, "Code 128 invocation characters".
_INVOCATIONS = dict(zip(b"<0=123456789:;", (62, 30, 94, *range(95, 106)), strict=True))
_STARTS = {code128.START_A: "A", code128.START_B: "B", code128.START_C: "C"}
_CHANGES = {code128.CODE_A: "A", code128.CODE_B: "B", code128.CODE_C: "C"}


class Carried(NamedTuple):
    """What a reader that reads the symbol will report."""

    identifier: str
    """AIM identifier (ISO/IEC 15424), such as "]C1"."""

    data: bytes
    """GS for every FNC1 but the first, as readers transmit them."""

    module: int
    """Dots of the narrowest bar, or of one side of a module."""


class Drawn(NamedTuple):
    """A field before it is turned: its dots, and the point of it that ^FT places."""

    bitmap: Bitmap
    anchor: tuple[int, int]
    notes: tuple[str, ...] = ()
    frame: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom of the part that ^FO places, where that is not all of it: an
    interpretation line hangs outside."""

    carried: Carried | None = None
    """None for text."""


class Subsets(NamedTuple):
    values: tuple[int, ...]
    text: str
    """What the interpretation line shows."""

    ignored: tuple[str, ...]
    """What the printer leaves out of the symbol without a word."""


@dataclass(frozen=True, slots=True)
class Linear:
    """^BC: Code 128."""

    module: int
    height: int
    interpretation: bool
    above: bool
    mode: str

    def draw(self, data: bytes) -> Drawn:
        values, caption, ignored = self._subsets(data)
        try:
            modules = code128.encode(values)
        except code128.NotEncodable as error:
            raise Complaint(f"^BC: {error}") from error
        bars = enlarged(modules[None, :], self.module, self.height)
        drawn = Drawn(
            bars,
            (0, self.height),
            tuple(f"^BC: {each}" for each in ignored),
            carried=Carried(*code128.transmitted(values), self.module),
        )
        return self._captioned(drawn, caption) if self.interpretation and caption else drawn

    def _subsets(self, data: bytes) -> Subsets:
        try:
            match self.mode:
                case "U":
                    return _case_code(data)
                case "A":
                    return Subsets(code128.automatic(data), data.decode("latin-1"), ())
                case "D":
                    return _ucc(data)
                case _:
                    return subset_values(data)
        except code128.NotEncodable as error:
            raise Complaint(f"^BC: {error}") from error

    def _captioned(self, drawn: Drawn, caption: str) -> Drawn:
        bars = drawn.bitmap
        words = text.line(caption, height=9 * self.module)
        across = max(bars.shape[1], words.shape[1])
        gap = np.zeros((self.module, across), dtype=bool)
        parts = [_centred(words, across), gap, _centred(bars, across)]
        stack = np.vstack(parts if self.above else parts[::-1])
        left = (across - bars.shape[1]) // 2
        top = stack.shape[0] - self.height if self.above else 0
        frame = (left, top, left + bars.shape[1], top + self.height)
        return drawn._replace(bitmap=stack, anchor=(left, top + self.height), frame=frame)


@dataclass(frozen=True, slots=True)
class Matrix:
    """^BX: Data Matrix ECC 200."""

    module: int
    """0: as large as the height of ^BY allows."""

    height: int
    rows: int
    columns: int
    escape: int
    rectangular: bool

    def draw(self, data: bytes) -> Drawn:
        characters = tuple(matrix_characters(data, escape=self.escape))
        try:
            modules = datamatrix.encode(
                characters,
                rows=self.rows,
                columns=self.columns,
                rectangular=self.rectangular,
            )
        except datamatrix.DoesNotFit as error:
            raise Complaint(f"^BX: {error}") from error
        side = self.module or max(1, self.height // modules.shape[0])
        bitmap = enlarged(modules, side, side)
        carried = Carried(*datamatrix.transmitted(characters), side)
        return Drawn(bitmap, (0, bitmap.shape[0]), carried=carried)


def _centred(bitmap: Bitmap, across: int) -> Bitmap:
    left = (across - bitmap.shape[1]) // 2
    if across * bitmap.shape[0] > AREA_LIMIT:
        raise Complaint(f"^BC: larger than {AREA_LIMIT} dots")
    return np.pad(bitmap, ((0, 0), (left, across - bitmap.shape[1] - left)))


def subset_values(data: bytes) -> Subsets:
    """Mode N: the field names its code sets; subset B where it does not.

    In subsets A and C the data are pairs of digits. As the guide says, a pair that is none is
    left out, which a scanner cannot see.
    """
    invoked = data[:1] == b">" and _INVOCATIONS.get(data[1]) if len(data) > 1 else None
    start = invoked if invoked in _STARTS else code128.START_B
    return _SubsetReader(data[2:] if invoked in _STARTS else data, int(start)).read()


class _SubsetReader:
    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._place = 0
        self._subset = _STARTS[start]
        self._values = [start]
        self._text = ""
        self._ignored: list[str] = []

    def read(self) -> Subsets:
        while self._place < len(self._data):
            if self._data[self._place] == ord(">"):
                self._invoke()
            elif self._subset == "B":
                self._character()
            else:
                self._pair()
        return Subsets(tuple(self._values), self._text, tuple(self._ignored[:5]))

    def _invoke(self) -> None:
        name = self._data[self._place + 1 : self._place + 2]
        value = _INVOCATIONS.get(name[0]) if name else None
        if value is None or value in _STARTS or value == code128.SHIFT:
            raise code128.NotEncodable(f"expected an invocation after >, got {name!r}")
        self._place += 2
        self._values.append(value)
        changed = _CHANGES.get(value, self._subset)
        if changed == self._subset and value < 96 and self._subset != "C":
            self._text += chr(value + 32)
        self._subset = changed

    def _character(self) -> None:
        character = self._data[self._place]
        if not 32 <= character <= 126:
            raise code128.NotEncodable(f"subset B has no byte {character}")
        self._values.append(character - 32)
        self._text += chr(character)
        self._place += 1

    def _pair(self) -> None:
        pair = self._data[self._place : self._place + 2]
        if not pair[:1].isdigit():
            self._drop(pair[:1])
        elif not pair[1:].isdigit():
            self._drop(pair[:1] if pair[1:] == b">" else pair)
        else:
            self._values.append(int(pair))
            self._text += pair.decode("ascii") if self._subset == "C" else _subset_a(int(pair))
            self._place += 2

    def _drop(self, what: bytes) -> None:
        self._ignored.append(f"left out {what.decode('latin-1')!r} in subset {self._subset}")
        self._place += len(what)


def _subset_a(value: int) -> str:
    return chr(value + 32) if value < 64 else ""


def _case_code(data: bytes) -> Subsets:
    """Mode U: nineteen digits, the check digit and FNC1 are added."""
    digits = bytes(each for each in data if chr(each).isdigit() and each < 128)[:19].ljust(19, b"0")
    weighted = sum((each - 48) * (3, 1)[place % 2] for place, each in enumerate(digits))
    whole = digits + str(-weighted % 10).encode("ascii")
    values = (int(whole[place : place + 2]) for place in range(0, 20, 2))
    return Subsets((code128.START_C, code128.FNC1, *values), whole.decode("ascii"), ())


def _ucc(data: bytes) -> Subsets:
    """Mode D: FNC1 first; parentheses and spaces are taken away, from the data as well."""
    characters: list[int] = [code128.FNC1_CHARACTER]
    for number, piece in enumerate(data.split(b">8")):
        characters += [code128.FNC1_CHARACTER] * (number > 0)
        characters += piece.translate(None, b"() ")
    caption = data.replace(b">8", b"").decode("latin-1")
    return Subsets(code128.automatic(characters), caption, ())


def matrix_characters(data: bytes, *, escape: int) -> Iterator[int]:
    """The escapes of ^BX for quality 200: _1 is FNC1, __ the sign itself, _d065 a byte by number,
    _@ to __ (0x40 to 0x5F) a control character. Others are refused, not printed.
    """
    place = 0
    while place < len(data):
        if data[place] != escape:
            yield data[place]
            place += 1
            continue
        character, used = _escaped(data[place + 1 : place + 5], escape)
        yield character
        place += 1 + used


def _escaped(following: bytes, escape: int) -> tuple[int, int]:
    """The character an escape stands for, and how many bytes name it."""
    first = following[:1]
    if first == bytes([escape]):
        return escape, 1
    if first == b"1":
        return datamatrix.FNC1, 1
    number = following[1:4]
    if first == b"d" and len(number) == 3 and number.isdigit() and int(number) < 256:
        return int(number), 4
    if first and 0x40 <= first[0] <= 0x5F:
        return first[0] - 0x40, 1
    raise Complaint(f"^BX: escape {chr(escape)}{following.decode('latin-1')!r} is not known")
