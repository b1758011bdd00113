"""One label laid out: everything in whole dots, from the top left, before it is ZPL or a picture.

An item never knows how it is printed. `zpl` turns an artwork into what a printer is told,
`picture` into what the paper should look like; they agree because both start here.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink, blank
from station.core.judge import Meant

WIDEST_BAR = 10
"""Dots of the narrowest bar a printer's ^BY knows; what needs wider ones goes as a graphic."""


@dataclass(frozen=True, slots=True, eq=False)
class Bitmap:
    """One line of text, or one pictogram, cut to its ink."""

    x: int
    y: int
    pixels: Ink
    name: str
    """What it is and where in the template: "text 4 line 1", "hri (21)", "lot 7"."""

    static: bool
    """It is the same on every label of the order: the printer stores it."""

    text: str = ""
    """What it says; empty for a drawing."""

    @property
    def area(self) -> Rectangle:
        height, width = self.pixels.shape
        return Rectangle(self.x, self.y, width, height)

    @property
    def ink(self) -> Ink:
        return self.pixels


@dataclass(frozen=True, slots=True)
class Box:
    """An outline, or, where the thickness fills it, a rule. Always static."""

    x: int
    y: int
    width: int
    height: int
    thickness: int

    @property
    def area(self) -> Rectangle:
        return Rectangle(self.x, self.y, self.width, self.height)

    @property
    def strips(self) -> tuple[Rectangle, ...]:
        """The inked parts: one rectangle for a rule, four for an outline."""
        t = self.thickness
        if 2 * t >= min(self.width, self.height):
            return (self.area,)
        inner = self.height - 2 * t
        return (
            Rectangle(self.x, self.y, self.width, t),
            Rectangle(self.x, self.area.bottom - t, self.width, t),
            Rectangle(self.x, self.y + t, t, inner),
            Rectangle(self.area.right - t, self.y + t, t, inner),
        )

    @property
    def ink(self) -> Ink:
        pixels = blank(width=self.width, height=self.height)
        for each in self.strips:
            top, left = each.y - self.y, each.x - self.x
            pixels[top : top + each.height, left : left + each.width] = True
        return pixels


@dataclass(frozen=True, slots=True, eq=False)
class MatrixSymbol:
    """A GS1 DataMatrix or GS1 QR Code; (x, y) is its first module, the quiet zone lies outside."""

    x: int
    y: int
    module: int
    """Dots a module."""

    data: bytes
    """The element string, GS for FNC1 between elements, without the leading FNC1."""

    modules: Ink
    """(rows, columns) modules, True is dark, finder included, quiet zone not."""

    identifier: str = "]d2"
    quiet: int = 1
    """Modules kept free on every side: 1 X of a GS1 DataMatrix (GS1 General Specifications 5.6.3),
    4 X of a GS1 QR Code (5.7.3)."""

    @property
    def drawn_by_printer(self) -> bool:
        """Whether printers agree on how they are told to draw it.

        They do on square Data Matrix symbols only. ^BQ takes no FNC1 that all of them understand,
        and ^BX learned of rectangles late: the guide of 2006 has none, and an older printer would
        draw a square over what stands beside it.
        """
        rows, columns = self.modules.shape
        return self.identifier == "]d2" and rows == columns

    @property
    def area(self) -> Rectangle:
        rows, columns = self.modules.shape
        return Rectangle(self.x, self.y, columns * self.module, rows * self.module)

    @property
    def with_quiet_zone(self) -> Rectangle:
        free = self.quiet * self.module
        return self.area.grown(horizontally=free, vertically=free)

    @property
    def ink(self) -> Ink:
        return self._enlarged(self.modules)

    @property
    def frame(self) -> Ink:
        """Of its ink what a reader finds it by, the same whatever it says: the three corners of a
        QR Code (ISO/IEC 18004), the four sides of a Data Matrix (ISO/IEC 16022).
        """
        found = np.zeros_like(self.modules)
        if self.identifier == "]Q3":
            found[:7, :7] = found[:7, -7:] = found[-7:, :7] = True
        else:
            found[[0, -1], :] = found[:, [0, -1]] = True
        return self._enlarged(self.modules & found)

    def _enlarged(self, modules: Ink) -> Ink:
        return modules.repeat(self.module, axis=0).repeat(self.module, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class LinearSymbol:
    """A GS1-128; (x, y) is the top of its first bar, the quiet zones lie outside."""

    x: int
    y: int
    module: int
    """Dots a module."""

    height: int
    data: bytes
    """The element string or its part, as in MatrixSymbol."""

    codewords: tuple[int, ...]
    """Symbol characters from the start to the last before the check (ISO/IEC 15417)."""

    bars: Ink
    """(modules,), True is dark."""

    identifier = "]C1"

    @property
    def drawn_by_printer(self) -> bool:
        return self.module <= WIDEST_BAR

    @property
    def area(self) -> Rectangle:
        return Rectangle(self.x, self.y, len(self.bars) * self.module, self.height)

    @property
    def with_quiet_zone(self) -> Rectangle:
        """10 X to the left and right (GS1 General Specifications 5.4.2)."""
        return self.area.grown(horizontally=10 * self.module)

    @property
    def ink(self) -> Ink:
        return self._enlarged(self.bars)

    @property
    def frame(self) -> Ink:
        """Of its ink the start and stop characters, of 11 and 13 modules (ISO/IEC 15417)."""
        found = self.bars.copy()
        found[11:-13] = False
        return self._enlarged(found)

    def _enlarged(self, bars: Ink) -> Ink:
        row = bars.repeat(self.module)
        return np.broadcast_to(row, (self.height, len(row)))


SymbolItem = MatrixSymbol | LinearSymbol
Item = Bitmap | Box | MatrixSymbol | LinearSymbol


@dataclass(frozen=True, slots=True, eq=False)
class Artwork:
    width: int
    """Dots across the print head."""

    height: int
    dots_per_mm: int
    items: tuple[Item, ...]
    foreign: bytes = b""
    """The whole format, where another designer wrote it: sent as it is, nothing stored."""

    @property
    def area(self) -> Rectangle:
        return Rectangle(0, 0, self.width, self.height)

    @property
    def static(self) -> tuple[Bitmap | Box, ...]:
        """What the printer keeps."""
        return tuple(
            each
            for each in self.items
            if isinstance(each, Box) or (isinstance(each, Bitmap) and each.static)
        )

    @property
    def dynamic(self) -> tuple[Bitmap, ...]:
        """The texts and drawings that go with each label."""
        return tuple(each for each in self.items if isinstance(each, Bitmap) and not each.static)

    @property
    def symbols(self) -> tuple[SymbolItem, ...]:
        return tuple(each for each in self.items if isinstance(each, SymbolItem))

    @property
    def carriers(self) -> tuple[str, ...]:
        """AIM identifiers (ISO/IEC 15424) of the symbols, in the template's order."""
        return tuple(each.identifier for each in self.symbols)

    @property
    def meant(self) -> tuple[Meant, ...]:
        """What a reader has to find on it: each symbol, and how many times."""
        counted = Counter((each.identifier, each.data) for each in self.symbols)
        return tuple(Meant(*symbol, count=count) for symbol, count in counted.items())
