"""Texts and drawings that are wrong while every symbol is right.

Nothing that a scanner reads is wrong with these labels: who finds them has looked at the print.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.core.problem import Refused, problem
from station.line.challenge.ground import Ground
from station.line.challenge.values import A_MONTH, alike, other_texts

_LETTERED = ("text ", "hri ")
"""How the bitmaps of texts are named; all others are drawings."""


def text_not_symbol(ground: Ground) -> Ink:
    """The serial, or else the lot or a date, is another one in all texts. Raises Refused."""
    for other in _other_data(ground):
        found = _over_right_symbols(ground, other.artwork, other.ink)
        if _differs(found, ground.ink):
            return found
    raise Refused(problem("The label shows nothing but its GTIN."))


def wrong_character(ground: Ground) -> Ink:
    """One letter or digit of a text is another one. Raises Refused."""
    return _other_field(ground, other_texts)


def look_alike_character(ground: Ground) -> Ink:
    """One character is another one that looks like it. Raises Refused."""
    return _other_field(ground, alike)


def missing_character(ground: Ground) -> Ink:
    """A character in the middle of the longest line of text is not there. Raises Refused."""
    line = max(_lines(ground.artwork), key=lambda each: each.pixels.shape[1])
    runs = _runs(line.pixels)
    if len(runs) < 3:
        raise Refused(problem("No line of its text has characters that stand apart."))
    left, right = runs[len(runs) // 2]
    ink = ground.ink.copy()
    ink[line.area.y : line.area.bottom, line.x + left : line.x + right] = False
    return ink


def missing_line(ground: Ground) -> Ink:
    """A line in the middle of the text is not there. Raises Refused."""
    lines = _lines(ground.artwork)
    return _without(ground, lines[len(lines) // 2])


def missing_drawing(ground: Ground) -> Ink:
    """A pictogram or a picture is not there. Raises Refused."""
    for each in _bitmaps(ground.artwork):
        if not each.name.startswith(_LETTERED):
            return _without(ground, each)
    raise Refused(problem("The label has no drawing."))


def _other_data(ground: Ground) -> Iterator[Ground]:
    """The next label with one of its data changed, as far as it can be laid out."""
    order = ground.order
    if ground.serial:
        yield from _laid(lambda serial: ground.but(serial=serial), ground.serial)
    if order.lot:
        yield from _laid(
            lambda lot: ground.but(order=order.model_copy(update={"lot": lot})), order.lot
        )
    if order.production_date:
        made = order.production_date - A_MONTH
        yield ground.but(order=order.model_copy(update={"production_date": made}))


def _laid(changed: Callable[[str], Ground], text: str) -> Iterator[Ground]:
    for other in other_texts(text):
        try:
            yield changed(other)
        except Refused:
            continue


def _other_field(ground: Ground, others: Callable[[str], Iterator[str]]) -> Ink:
    """The first field of the template that shows another text. Raises Refused."""
    right: Mapping[str, str] = ground.fields
    for name in ground.job.template.fields:
        for text in others(right.get(name, "")):
            try:
                artwork = ground.laid({**right, name: text})
            except Refused:
                continue
            found = _over_right_symbols(ground, artwork, inked(artwork, artwork.items))
            if _differs(found, ground.ink):
                return found
    raise Refused(problem("No text on the label has such a character."))


def _over_right_symbols(ground: Ground, artwork: Artwork, ink: Ink) -> Ink:
    """These texts, and the right symbols. Raises Refused where they stand elsewhere."""
    if ink.shape != ground.ink.shape:
        raise Refused(problem("The label would have another size."))
    found = ink.copy()
    for symbol in (*artwork.symbols, *ground.artwork.symbols):
        area = symbol.area
        rows, columns = slice(area.y, area.bottom), slice(area.x, area.right)
        found[rows, columns] = ground.ink[rows, columns]
    return found


def _differs(ink: Ink, right: Ink) -> bool:
    return not np.array_equal(ink, right)


def _bitmaps(artwork: Artwork) -> Iterator[Bitmap]:
    """Raises Refused where the label is one drawing of another designer."""
    if artwork.foreign:
        raise Refused(problem("Another designer drew the label: its lines are not known."))
    return (each for each in artwork.items if isinstance(each, Bitmap))


def _lines(artwork: Artwork) -> tuple[Bitmap, ...]:
    """The lines of text, of which every label has some. Raises Refused."""
    return tuple(each for each in _bitmaps(artwork) if each.name.startswith(_LETTERED))


def _without(ground: Ground, item: Bitmap) -> Ink:
    ink = ground.ink.copy()
    ink[item.area.y : item.area.bottom, item.x : item.area.right] &= ~item.pixels
    return ink


def _runs(ink: Ink) -> tuple[tuple[int, int], ...]:
    """Where columns with ink begin and end: characters, or their parts."""
    edges = np.flatnonzero(np.diff(np.pad(ink.any(axis=0), 1).astype(np.int8)))
    return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
