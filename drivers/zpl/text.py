"""Field text to dots, in the one outline font that Pillow brings along.

A real printer has its own fonts: sizes agree roughly (capitals are 0.7 of the height), shapes
do not. A station that compares pictures sends its text as graphics.

>>> line("LOT 42", height=20).shape[0]
20
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drivers.zpl.canvas import AREA_LIMIT, Bitmap
from drivers.zpl.commands import Complaint

TEXT_LIMIT = 3072
"""Bytes of one field, as in the guide (^FD)."""

HEIGHT_LIMIT = 1500

ENCODINGS = {
    **dict.fromkeys(range(14), "cp850"),
    27: "cp1252",
    28: "utf-8",
    29: "utf-16-be",
    30: "utf-16-le",
}
"""The argument of ^CI. The first fourteen differ by a few signs that no label here uses."""


@dataclass(frozen=True, slots=True)
class Block:
    """^FB: lines no wider than so many dots. ^TB is one with as many lines as its height holds."""

    width: int
    lines: int = 1
    spacing: int = 0
    """Dots added between lines."""

    justification: str = "L"
    indent: int = 0
    """Dots the second and later lines stand in."""


def baseline(height: int) -> int:
    """Dots from the top of a line to its baseline."""
    return round(height * 0.75)


def plain(data: bytes, encoding: str) -> str:
    """The characters of a field; undecodable bytes and controls become visible signs."""
    text = data[:TEXT_LIMIT].decode(encoding, errors="replace")
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def line(text: str, *, height: int, width: int = 0) -> Bitmap:
    """One line, `height` dots high; width stretches it by width / height, 0 does not."""
    size = min(max(height, 1), HEIGHT_LIMIT)
    advance = max(1, round(_length(text, size)))
    across = max(1, round(advance * (width or size) / size))
    if max(advance, across) * size > AREA_LIMIT:
        raise Complaint(f"text: larger than {AREA_LIMIT} dots")
    picture = Image.new("L", (advance, size))
    ImageDraw.Draw(picture).text((0, baseline(size)), text, 255, font=_font(size), anchor="ls")
    return np.asarray(picture.resize((across, size))) > 127


def block(
    text: str, shape: Block, *, height: int, width: int = 0
) -> tuple[Bitmap, tuple[str, ...]]:
    r"""Lines broken at spaces and at \&; and what a person should hear of them.

    Lines that are too many are printed over the last one, what is too wide is cut off.
    """
    pitch = max(1, height + shape.spacing)
    lines = _wrapped(text, shape, height, width)
    rows = (min(len(lines), shape.lines) - 1) * pitch + height
    if rows * shape.width > AREA_LIMIT:
        raise Complaint(f"^FB: larger than {AREA_LIMIT} dots")
    out = np.zeros((max(rows, height), max(1, shape.width)), dtype=bool)
    widest = 0
    for number, words in enumerate(lines):
        left = shape.indent if number else 0
        dots = line(words, height=height, width=width)
        widest = max(widest, left + dots.shape[1])
        dots = dots[: out.shape[0], : out.shape[1]]
        x = min(left + _aside(shape, dots.shape[1] + left), out.shape[1])
        y = min(number, shape.lines - 1) * pitch
        room = out[y : y + dots.shape[0], x : x + dots.shape[1]]
        room |= dots[: room.shape[0], : room.shape[1]]
    return out, tuple(_too_much(shape, lines=len(lines), widest=widest))


def _too_much(shape: Block, *, lines: int, widest: int) -> Iterator[str]:
    if lines > shape.lines:
        yield f"^FB: {lines} lines in the room of {shape.lines}, printed over each other"
    if widest > shape.width:
        yield f"^FB: a line of {widest} dots in the room of {shape.width}, cut off"


def _aside(shape: Block, used: int) -> int:
    spare = max(0, shape.width - used)
    return {"C": spare // 2, "R": spare}.get(shape.justification, 0)


def _wrapped(text: str, shape: Block, height: int, width: int) -> list[str]:
    room = shape.width * height / (width or height)
    lines: list[str] = []
    for paragraph in text.replace("\\\\", "\0").split("\\&"):
        current = ""
        for word in paragraph.replace("\0", "\\").split(" "):
            longer = f"{current} {word}" if current else word
            if current and _length(longer, height) > room:
                lines.append(current)
                current = word
            else:
                current = longer
        lines.append(current)
    return lines


def _length(text: str, height: int) -> float:
    return _font(height).getlength(text)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(min(max(size, 1), HEIGHT_LIMIT))
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow is built with FreeType"
    return font
