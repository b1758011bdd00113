"""Graphic data to dots: hexadecimal, its run lengths, and the two base 64 forms.

Run lengths (guide, "Alternative data compression scheme"): G–Y repeat what follows 1–19 times,
g–z 20–400 times; a comma fills the line with zeros, "!" with ones, ":" repeats the line above.

>>> unpack("^GF", b"8H0!:!,", total=8, width=2).astype(int)[:, :12]
array([[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
       [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
       [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
       [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
"""

import base64
import binascii
import re
import zlib

import numpy as np
from numpy.typing import NDArray

from drivers.zpl.commands import Command, Complaint
from drivers.zpl.memory import Memory, normal

SIZE_LIMIT = 2 << 20
"""Bytes of one graphic, unpacked: more than a 300 dpi label of 104 × 300 mm needs."""

_TOKEN = re.compile(rb"([G-Yg-z]+)([0-9A-Fa-f])|([0-9A-Fa-f]+)|([,!:])")
_ENVELOPE = re.compile(rb":(Z64|B64):([A-Za-z0-9+/=\s]*):([0-9A-Fa-f]{4})\s*")


def unpack(code: str, data: bytes, *, total: int, width: int) -> NDArray[np.bool_]:
    """Dots (rows, columns), True is ink; total and width in bytes. Raises Complaint."""
    _measure(code, total, width)
    packed = data.lstrip(b"\r\n\t ")
    unpacked = (
        _base64(code, packed, total)
        if packed.startswith((b":Z64:", b":B64:"))
        else _hexadecimal(code, packed, total, width)
    )
    return dots(unpacked, total=total, width=width)


def dots(unpacked: bytes, *, total: int, width: int) -> NDArray[np.bool_]:
    """Bits to dots; what is missing at the end is paper."""
    rows = -(-total // width)
    filled = unpacked[:total].ljust(rows * width, b"\0")
    return np.unpackbits(np.frombuffer(filled, dtype=np.uint8).reshape(rows, width), axis=1) > 0


def _measure(code: str, total: int, width: int) -> None:
    if not 0 < width <= total <= SIZE_LIMIT:
        raise Complaint(
            f"{code}: expected 0 < bytes per row <= bytes <= {SIZE_LIMIT}, got {width} and {total}"
        )


def _base64(code: str, packed: bytes, total: int) -> bytes:
    found = _ENVELOPE.fullmatch(packed)
    if not found:
        raise Complaint(f"{code}: expected :Z64:data:check, got {packed[:20]!r}")
    encoded = re.sub(rb"\s", b"", found[2])
    expected, got = binascii.crc_hqx(encoded, 0), int(found[3], 16)
    if expected != got:
        raise Complaint(f"{code}: graphic damaged: expected check {expected:04X}, got {got:04X}")
    try:
        plain = base64.b64decode(encoded, validate=True)
        return zlib.decompressobj().decompress(plain, total) if found[1] == b"Z64" else plain
    except (binascii.Error, zlib.error) as error:
        raise Complaint(f"{code}: graphic damaged: {error}") from error


def _hexadecimal(code: str, packed: bytes, total: int, width: int) -> bytes:
    text = re.sub(rb"\s", b"", packed)
    if re.search(rb"[^0-9A-Fa-fG-Yg-z,!:]", text):
        raise Complaint(f"{code}: expected hexadecimal data, got {text[:20]!r}")
    if re.fullmatch(rb"[0-9A-Fa-f]*", text):
        return _octets(text)
    return _Runs(digits=width * 2, rows=-(-total // width)).read(text)


def _octets(digits: bytes) -> bytes:
    """Two digits to a byte; a last one alone is the upper half."""
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


class _Runs:
    """Lines of hexadecimal digits, put together from run lengths."""

    def __init__(self, *, digits: int, rows: int) -> None:
        self._digits = digits
        self._most = digits * rows
        self._out = bytearray()

    def read(self, text: bytes) -> bytes:
        for token in _TOKEN.finditer(text):
            if len(self._out) >= self._most:
                break
            if token[4]:
                self._mark(token[4])
            else:
                self._out += token[3] or token[2] * min(_count(token[1]), self._most)
        return _octets(bytes(self._out[: self._most]))

    def _mark(self, mark: bytes) -> None:
        if mark == b":":
            self._out += self._out[-self._digits :].rjust(self._digits, b"0")
        else:
            room = self._digits - len(self._out) % self._digits
            self._out += (b"0" if mark == b"," else b"F") * room


def _count(letters: bytes) -> int:
    return sum(_letter(letter) for letter in letters)


def _letter(letter: int) -> int:
    return letter - ord("F") if letter < ord("a") else (letter - ord("f")) * 20


def download(command: Command, memory: Memory) -> None:
    """Keep the graphic of ~DG or ~DY. Raises Complaint."""
    name = normal(command.parameters(1).text(0, "UNKNOWN"), kind="GRF")
    if command.code == "~DG":
        memory.keep_graphic(name, _decoded(command, "A", first=1))
        return
    fields = command.parameters(5)
    encoding = fields.choice(1, "A", among="ABCP")
    if encoding not in "AB" or fields.choice(2, "G", among="BEGPTX") != "G":
        raise Complaint("~DY: only graphics (extension G) in the forms A and B are known")
    memory.keep_graphic(name, _decoded(command, encoding, first=3))


def inline(command: Command) -> NDArray[np.bool_]:
    """The dots of ^GF. Raises Complaint."""
    encoding = command.parameters(4).choice(0, "A", among="ABC")
    if encoding == "C":
        raise Complaint("^GF: the compressed binary form C is not known")
    return _decoded(command, encoding, first=2)


def _decoded(command: Command, encoding: str, *, first: int) -> NDArray[np.bool_]:
    """The graphic whose size stands in parameters first and first + 1, its data after them."""
    fields = command.parameters(first + 2)
    total, width = fields.number(first, 0, high=SIZE_LIMIT + 1), fields.number(first + 1, 0)
    data = b"".join(command.body.split(bytes([command.delimiter]), first + 2)[first + 2 :])
    if encoding == "A":
        return unpack(command.code, data, total=total, width=width)
    _measure(command.code, total, width)
    return dots(data, total=total, width=width)
