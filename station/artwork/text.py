"""Letters become dots: one font file, the same glyphs on every printer.

A printer's own Chinese font prints boxes where it has no glyph, so the station draws all text
itself and refuses what the font does not hold. FreeType's hinter for black and white is used, not
a threshold over grey: at 16 to 20 dots it keeps every stroke one even dot wide.

>>> font = Font.load()
>>> font.missing("升温毯 ℃ 😀")
('😀',)
>>> font.line("SN", size=24).ink.any(axis=0)[[0, -1]].tolist()  # cut to the ink
[True, True]
"""

import hashlib
import io
import os
import struct
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont

from station.artwork.ink import Ink, blank, sealed, trimmed
from station.core.problem import Refused, problem

DEFAULT_FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FONT_LIMIT = 64_000_000
"""Bytes; the largest Chinese font in Debian is a third of it."""

_BROKEN = (TTLibError, AssertionError, LookupError, ValueError, struct.error)
"""What fontTools raises on a file that is not the font it claims to be."""

LINES_KEPT = 4096
"""Drawn lines remembered: every later label draws only what is new on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of text, cut to its ink."""

    ink: Ink
    top: int
    """Dots from the top of the line box to the first row of ink; an accent can make it negative."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Dots, for one size of the font."""

    ascent: int
    descent: int

    @property
    def height(self) -> int:
        """Of the line box: only the accents of capitals reach out of it."""
        return self.ascent + self.descent


class Font:
    """The one font of the labels. Drawing is remembered, so values that repeat cost nothing."""

    def __init__(self, data: bytes) -> None:
        # FreeType copies a font that it is given as bytes, once for each size: megabytes each. A
        # file in memory it maps, and nobody can change it.
        self._file = os.memfd_create("font", os.MFD_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        with open(self._file, "wb", closefd=False) as file:
            file.write(data)
        self.digest = hashlib.sha256(data).hexdigest()
        """SHA-256 of the file: glyphs are part of the recipe."""

        self._face: Callable[[int], ImageFont.FreeTypeFont] = lru_cache(64)(self._opened)
        self._lines: Callable[[str, int, bool], Line] = lru_cache(LINES_KEPT)(self._drawn)
        self.metrics(16)  # a file FreeType cannot open is found now, not on the line
        self._glyphs = _characters(data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Font) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @classmethod
    def load(cls, path: Path = DEFAULT_FONT) -> "Font":
        """Raises Refused when the file cannot be read or is no font."""
        try:
            with path.open("rb") as file:
                return cls(file.read(FONT_LIMIT))
        except OSError as error:
            why = error.strerror or "it is not a font that can be drawn"
        except _BROKEN as error:
            why = f"it is broken ({error})"
        raise Refused(problem("Cannot use the font {path}: {why}.", path=str(path), why=why))

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters it has no glyph for, each once."""
        return tuple(dict.fromkeys(each for each in text if ord(each) not in self._glyphs))

    def metrics(self, size: int) -> Metrics:
        return Metrics(*self._face(size).getmetrics())

    def line(self, text: str, *, size: int, bold: bool = False) -> Line:
        """The dots of a text `size` dots high (the em square); bold is drawn, not designed."""
        return self._lines(text, size, bold)

    def width(self, text: str) -> float:
        """How wide a text is beside others of the same size; in no unit."""
        return self._face(24).getlength(text)

    def _opened(self, size: int) -> ImageFont.FreeTypeFont:
        path = f"/proc/self/fd/{self._file}"
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)

    def _drawn(self, text: str, size: int, bold: bool) -> Line:  # noqa: FBT001 - a key of the cache
        face = self._face(size)
        margin = size  # no glyph reaches further out of its own box
        width = int(face.getlength(text, mode="1")) + 2 * margin
        image = Image.new("L", (width, self.metrics(size).height + 2 * margin))
        draw = ImageDraw.Draw(image)
        draw.fontmode = "1"
        draw.text((margin, margin), text, font=face, fill=255)
        ink = np.asarray(image) > 0
        found = trimmed(_emboldened(ink, by=max(1, round(size / 22))) if bold else ink)
        if found is None:
            return Line(sealed(blank(width=0, height=0)), 0)
        _, top, cut = found
        return Line(sealed(cut.copy()), top - margin)


def _characters(data: bytes) -> frozenset[int]:
    with TTFont(io.BytesIO(data), fontNumber=0, lazy=True) as file:
        return frozenset(file.getBestCmap() or ())


def _emboldened(ink: Ink, *, by: int) -> Ink:
    """Thickened to the right, so that horizontal strokes keep the white between them."""
    bold = ink.copy()
    for shift in range(1, by + 1):
        bold[:, shift:] |= ink[:, :-shift]
    return bold
