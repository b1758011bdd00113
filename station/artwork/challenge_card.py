"""The challenge card as a label: its two codes, and words nobody can take for those of a product.

>>> card = challenge_card(font=Font.load(), dots_per_mm=8)
>>> card.carriers, card.width, card.height
((']d2', ']C1'), 480, 360)
"""

from collections.abc import Iterator
from decimal import Decimal

from station.artwork.dots import Rectangle, nearest
from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap, Item, LinearSymbol, MatrixSymbol
from station.artwork.symbols import codewords, data_matrix, gs1_128
from station.artwork.text import Font
from station.core.challenge_card import BARS, CARD

WIDTH, HEIGHT = Decimal(60), Decimal(45)
"""Millimetres; on larger stock the rest stays white. The coarsest print head needs more width."""

WORDS = ("SCANNER CHECK", "扫描枪检查", "NOT A LABEL · 非标签")
"""Below each other; what the font cannot write is left out."""

SQUARE_MODULE, BAR_MODULE = Decimal("0.375"), Decimal("0.25")
"""Millimetres: large enough for any handheld scanner."""

_TOP, _LEFT, _LINE = Decimal(2), Decimal(4), Decimal(6)
_SQUARE_AT = Decimal("20.5"), Decimal(21)
_BARS_AT = Decimal(38), Decimal(6)
"""From the top, and how high."""


def challenge_card(*, font: Font, dots_per_mm: int) -> Artwork:
    """The card, laid out for a print head of so many dots per millimetre."""
    row, module = gs1_128(BARS), nearest(BAR_MODULE, dots_per_mm)
    width = max(nearest(WIDTH, dots_per_mm), (len(row) + 20) * module)
    height = nearest(HEIGHT, dots_per_mm)
    square, bars = _square(width, dots_per_mm), _bars(row, module, width, dots_per_mm)
    items: tuple[Item, ...] = (*_words(font, width, dots_per_mm), square, bars)
    card = Artwork(width, height, dots_per_mm, items)
    assert all(card.area.holds(each.with_quiet_zone) for each in card.symbols), "it fits"
    return card


def _words(font: Font, width: int, dots_per_mm: int) -> Iterator[Bitmap]:
    words = [each for each in WORDS if not font.missing(each)]
    for place, word in enumerate(words):
        room = Rectangle.of(
            Decimal(0), _TOP + place * _LINE, Decimal(1), _LINE, dots_per_mm=dots_per_mm
        )
        ink = font.line(word, size=nearest(_LINE * Decimal("0.75"), dots_per_mm), bold=True).ink
        left = (width - ink.shape[1]) // 2
        yield Bitmap(left, room.y, ink, f"words {place + 1}", static=True)


def _square(width: int, dots_per_mm: int) -> MatrixSymbol:
    modules = data_matrix(CARD)
    module = nearest(SQUARE_MODULE, dots_per_mm)
    left = (width - modules.shape[1] * module) // 2
    return MatrixSymbol(left, nearest(_SQUARE_AT[0], dots_per_mm), module, CARD.encode(), modules)


def _bars(row: Ink, module: int, width: int, dots_per_mm: int) -> LinearSymbol:
    top, high = (nearest(each, dots_per_mm) for each in _BARS_AT)
    left = (width - len(row) * module) // 2
    return LinearSymbol(left, top, module, high, BARS.encode(), codewords(row), row)
