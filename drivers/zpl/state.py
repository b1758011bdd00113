"""What the printer remembers between commands, and between formats."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from drivers.zpl import text
from drivers.zpl.barcodes import Carried, Drawn
from drivers.zpl.canvas import Bitmap, Canvas, Ink
from drivers.zpl.commands import Complaint
from drivers.zpl.memory import Memory

_TURNS = {"N": 0, "R": -1, "I": 2, "B": 1}

CHARACTER_COST = 10_000
"""Dots that one byte of field data counts for: encoding it takes about as long as painting them."""

NOTES_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Font:
    name: str
    height: int
    width: int = 0


@dataclass(slots=True)
class Settings:
    """Stays from one format to the next, until the power goes."""

    print_width: int
    """Dots; never more than the print head has."""

    length: int
    home: tuple[int, int] = (0, 0)
    shift: int = 0
    top: int = 0
    inverted: bool = False
    mirrored: bool = False
    reverse: bool = False
    reprint: bool = True
    """^JZ: print a label again that an error interrupted. On at power-up."""

    mode: str = "T"
    """^MM: the letter of the print mode."""

    validate: bool = False
    """^CV: print INVALID in place of a bad symbol."""

    encoding: str = "cp850"
    font: Font = Font("A", 9, 5)
    orientation: str = "N"
    module: int = 2
    bar_height: int = 10


class Painter(Protocol):
    def draw(self, data: bytes) -> Drawn:
        """Raises Complaint when the data make no such field."""


@dataclass(frozen=True, slots=True)
class Text:
    """^A, or the default font."""

    font: Font
    encoding: str
    block: text.Block | None = None

    def draw(self, data: bytes) -> Drawn:
        height, width = self.font.height, self.font.width
        words = text.plain(data, self.encoding)
        if self.block is None:
            dots = text.line(words, height=height, width=width)
            return Drawn(dots, (0, text.baseline(height)))
        dots, notes = text.block(words, self.block, height=height, width=width)
        return Drawn(dots, (0, dots.shape[0] - height + text.baseline(height)), notes)


class Nothing:
    """A kind of symbol the interpreter does not know: listed, and not printed as text."""

    def draw(self, _data: bytes) -> Drawn:
        return Drawn(np.zeros((1, 1), dtype=bool), (0, 0))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a field goes and how it meets what is already there."""

    x: int = 0
    y: int = 0
    typeset: bool = False
    """^FT: (x, y) is the base line, not the top left."""

    right: bool = False
    """x is the right edge."""

    reverse: bool = False

    @property
    def ink(self) -> Ink:
        return Ink.REVERSE if self.reverse else Ink.BLACK

    def corner(self, size: tuple[int, int]) -> tuple[int, int]:
        """Top left dot of something of (height, width) that stands on its bottom left."""
        height, width = size
        left = self.x - width if self.right else self.x
        return left, self.y - height if self.typeset else self.y

    def corner_of(self, drawn: Drawn, orientation: str) -> tuple[int, int]:
        """Top left dot of the turned bitmap of a field."""
        height, width = drawn.bitmap.shape
        left, top, right, bottom = drawn.frame or (0, 0, width, height)
        one, other = (
            _turned(point, drawn, orientation) for point in ((left, top), (right, bottom))
        )
        anchor = _turned(drawn.anchor, drawn, orientation)
        across = anchor[0] if self.typeset else min(one[0], other[0])
        down = anchor[1] if self.typeset else min(one[1], other[1])
        return self.x - (max(one[0], other[0]) if self.right else across), self.y - down


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """A field as it was laid on the label."""

    x: int
    """The left dot, which may be off the label."""

    y: int
    bitmap: Bitmap
    """(rows, columns), turned as it is on the label; True is ink, whatever was beneath."""

    data: bytes
    """As ^FD gave them, after ^FH."""

    turned: bool
    """R or B: its lines run down the label."""

    carried: Carried | None
    """What a reader reports; None for text, and where INVALID stands in place of a symbol."""

    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Field:
    """Everything between one ^FS and the next."""

    spot: Spot = field(default_factory=Spot)
    orientation: str = "N"
    painter: Painter | None = None
    font: Font | None = None
    block: text.Block | None = None
    indicator: int | None = None
    """^FH: the byte that announces two hexadecimal digits."""

    data: bytes | None = None
    number: int | None = None

    def paint(self, canvas: Canvas, data: bytes, fallback: Painter | None) -> Printed:
        """Draw, turn, and lay down; `fallback` draws data that make no symbol."""
        assert self.painter is not None, "a closed field has its painter"
        canvas.spend(len(data) * CHARACTER_COST)
        notes: tuple[str, ...] = ()
        try:
            drawn = self.painter.draw(data)
        except Complaint as complaint:
            if fallback is None:
                raise
            drawn, notes = fallback.draw(b"INVALID"), (str(complaint),)
        x, y = self.spot.corner_of(drawn, self.orientation)
        bitmap = np.rot90(drawn.bitmap, _TURNS[self.orientation])
        canvas.stamp(bitmap, x=x, y=y, ink=self.spot.ink)
        turned = self.orientation in "RB"
        return Printed(x, y, bitmap, data, turned, drawn.carried, notes + drawn.notes)


def _turned(point: tuple[int, int], drawn: Drawn, orientation: str) -> tuple[int, int]:
    """Where a point of the bitmap is after N no turn, R 90° clockwise, I 180°, B 270°."""
    height, width = drawn.bitmap.shape
    x, y = point
    moved = {"N": (x, y), "R": (height - y, x), "I": (width - x, height - y), "B": (y, width - x)}
    return moved[orientation]


Shape = Callable[[Canvas], None]


@dataclass(slots=True)
class Run:
    """One format being carried out. Painting waits for the end: ^PW, ^LL and ^FN may come late."""

    settings: Settings
    memory: Memory
    current: Field = field(default_factory=Field)
    """The field that the next ^FS will close."""

    items: list[Field | Shape] = field(default_factory=list)
    printed: list[Printed] = field(default_factory=list)
    """The fields that were painted, in their order."""

    values: dict[int, bytes] = field(default_factory=dict)
    """Data given to ^FN numbers."""

    recalled: set[int] = field(default_factory=set)
    """^FN numbers that a recalled format waits for."""

    stored_as: str | None = None
    """^DF: the format is kept under this name and prints nothing."""

    copies: int = 1
    notes: list[str] = field(default_factory=list)
    recalling: bool = False

    def note(self, sentence: str) -> None:
        if sentence not in self.notes and len(self.notes) < NOTES_LIMIT:
            self.notes.append(sentence[:200])
