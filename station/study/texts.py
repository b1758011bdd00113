"""Characters that are wrong or missing anywhere on a label, while every symbol is right.

The challenge takes the same character of an order each time, so that people know it. Here the seed
says which: a study that always changes the last digit of the serial knows nothing of the third
Chinese character of the address.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.core.problem import Refused, problem
from station.line.challenge.ground import Ground
from station.line.challenge.values import LOOK_ALIKES

Draw = np.random.Generator

TRIES = 24
"""Fields and characters tried: many a field is not on the label."""

_KINDS = ("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_LETTERED = ("text ", "hri ")
"""How the bitmaps of texts are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    ink: Ink
    """All dots of the label."""

    what: str
    """Which text, and how."""


def character(ground: Ground, drawn: Draw) -> Changed:
    """One is another one of its kind. Raises Refused."""
    return _exchanged(ground, drawn, _another(_chinese(ground)))


def look_alike(ground: Ground, drawn: Draw) -> Changed:
    """One is another one that looks like it. Raises Refused."""
    return _exchanged(ground, drawn, lambda each, _: LOOK_ALIKES.get(each, ""))


def character_missing(ground: Ground, drawn: Draw) -> Changed:
    """One, or a piece of one that stands apart, is not there. Raises Refused."""
    line = _line(ground.artwork, drawn)
    columns = line.pixels.any(axis=0)
    edges = np.flatnonzero(np.diff(np.pad(columns, 1).astype(np.int8)))
    left, right = edges.reshape(-1, 2)[int(drawn.integers(len(edges) // 2))].tolist()
    ink = ground.ink.copy()
    here = np.s_[line.area.y : line.area.bottom, line.x + left : line.x + right]
    ink[here] &= ~line.pixels[:, left:right]
    return Changed(ink, f"{line.name}: dots {left} to {right - 1}")


def line_missing(ground: Ground, drawn: Draw) -> Changed:
    """A line of text is not there. Raises Refused."""
    line = _line(ground.artwork, drawn)
    ink = ground.ink.copy()
    ink[line.area.y : line.area.bottom, line.x : line.area.right] &= ~line.pixels
    return Changed(ink, line.name)


MAKERS: Mapping[str, Callable[[Ground, Draw], Changed]] = {
    "any-character": character,
    "any-look-alike": look_alike,
    "any-character-missing": character_missing,
    "any-line-missing": line_missing,
}

_Other = Callable[[str, Draw], str]
"""What stands in the place of a character; empty where there is nothing."""


def _exchanged(ground: Ground, drawn: Draw, other: _Other) -> Changed:
    """Raises Refused."""
    right = ground.fields
    for name, text in _texts(ground, drawn, other):
        try:
            artwork = ground.laid(right | {name: text})
        except Refused:
            continue
        ink = _over_right_symbols(ground, artwork)
        if ink is not None and not np.array_equal(ink, ground.ink):
            return Changed(ink, f"{name}: {right[name]} → {text}")
    raise Refused(problem("No text on the label has such a character."))


def _texts(ground: Ground, drawn: Draw, other: _Other) -> Iterator[tuple[str, str]]:
    """Fields of the label, each with one character exchanged; a few of all that there are."""
    fields = ground.fields
    places = [
        (name, place)
        for name in ground.job.template.fields
        for place, each in enumerate(fields.get(name, ""))
        if other(each, np.random.default_rng(0))
    ]
    for index in drawn.permutation(len(places))[:TRIES].tolist():
        name, place = places[index]
        text = fields[name]
        yield name, f"{text[:place]}{other(text[place], drawn)}{text[place + 1 :]}"


def _another(chinese: str) -> _Other:
    def other(each: str, drawn: Draw) -> str:
        kind = next((some for some in (*_KINDS, chinese) if each in some), "")
        others = kind.replace(each, "")
        return others[int(drawn.integers(len(others)))] if others else ""

    return other


def _chinese(ground: Ground) -> str:
    """The label's own Chinese characters: its font has them."""
    every = "".join(ground.fields.values())
    return "".join(dict.fromkeys(each for each in every if "\u4e00" <= each <= "\u9fff"))


def _over_right_symbols(ground: Ground, artwork: Artwork) -> Ink | None:
    """These texts and the right symbols; None where they would stand elsewhere."""
    ink = inked(artwork, artwork.items)
    places = [each.area for each in artwork.symbols]
    if ink.shape != ground.ink.shape or places != [each.area for each in ground.artwork.symbols]:
        return None
    for area in places:
        here = np.s_[area.y : area.bottom, area.x : area.right]
        ink[here] = ground.ink[here]
    return ink


def _line(artwork: Artwork, drawn: Draw) -> Bitmap:
    """Raises Refused."""
    lines = [
        each
        for each in artwork.items
        if isinstance(each, Bitmap) and each.name.startswith(_LETTERED)
    ]
    if not lines:
        raise Refused(problem("No line of text on the label is known."))
    return lines[int(drawn.integers(len(lines)))]
