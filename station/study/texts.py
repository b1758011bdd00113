"""Characters that are wrong or missing anywhere on a label, while every symbol is right.

The challenge takes the same character of an order each time, so that people know it. Here the seed
says which: a study that always changes the last digit of the serial knows nothing of the third
Chinese character of the address. It changes in one line alone, also where another line repeats it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap
from station.core.problem import Refused, problem
from station.line.challenge.ground import Ground
from station.line.challenge.values import LOOK_ALIKES

Draw = np.random.Generator

TRIES = 24
"""Texts and characters tried: many a text is not on the label."""

SMALL = 12
"""Dots of height: in a lower line of text 5 and S differ in three dots (1.5 mm at 8 dots/mm)."""

_KINDS = ("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_LETTERED = ("text ", "hri ")
"""How the bitmaps of texts are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    ink: Ink
    """All dots of the label."""

    what: str
    """Which text, and how."""


def character(ground: Ground, drawn: Draw, *, small: bool = False) -> Changed:
    """One is another one of its kind. Raises Refused."""
    return _exchanged(ground, drawn, _another(_chinese(ground)), small=small)


def look_alike(ground: Ground, drawn: Draw, *, small: bool = False) -> Changed:
    """One is another one that looks like it. Raises Refused."""
    return _exchanged(ground, drawn, lambda each, _: LOOK_ALIKES.get(each, ""), small=small)


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
    return Changed(_without(ground, line), line.name)


MAKERS: Mapping[str, Callable[[Ground, Draw], Changed]] = {
    "any-character": character,
    "any-character-small": partial(character, small=True),
    "any-look-alike": look_alike,
    "any-look-alike-small": partial(look_alike, small=True),
    "any-character-missing": character_missing,
    "any-line-missing": line_missing,
}

_Other = Callable[[str, Draw], str]
"""What stands in the place of a character; empty where there is nothing."""

_Line = tuple[Bitmap, Bitmap]
"""As it should be, and with the other character."""


def _exchanged(ground: Ground, drawn: Draw, other: _Other, *, small: bool) -> Changed:
    """In one line of text, and nowhere else. Raises Refused."""
    within = [each.text for each in _lines(ground.artwork) if _is_small(each) == small]
    if not within:
        raise Refused(problem("The label has no text of this height."))
    for artwork in _others(ground, drawn, other, within):
        changed = _changed_lines(ground.artwork, artwork)
        lines = [(one, two) for one, two in changed if _is_small(one) == small]
        if lines:
            return _with_line(ground, lines[int(drawn.integers(len(lines)))])
    raise Refused(problem("No text on the label has such a character."))


def _others(
    ground: Ground, drawn: Draw, other: _Other, within: Collection[str]
) -> Iterator[Artwork]:
    """The label with one character exchanged in one of its texts or codes, those first that the
    lines show as they are; a few of all there are: some are not on the label, some do not fit.
    """
    all_texts = _all_texts(ground)
    places = [
        (name, place)
        for name, text in all_texts.items()
        for place, each in enumerate(text)
        if other(each, np.random.default_rng(0))
    ]
    order = [places[index] for index in drawn.permutation(len(places)).tolist()]
    order.sort(key=lambda each: not _shown(all_texts[each[0]], within))
    for name, place in order[:TRIES]:
        text = all_texts[name]
        changed = f"{text[:place]}{other(text[place], drawn)}{text[place + 1 :]}"
        try:
            yield _relaid(ground, name, changed)
        except Refused:
            continue


def _shown(text: str, lines: Collection[str]) -> bool:
    """In one line, or broken into several."""
    return any(text in line or line in text for line in lines)


def _all_texts(ground: Ground) -> dict[str, str]:
    """What the template shows, and what the human-readable interpretation repeats of the codes."""
    fields, order = ground.fields, ground.order
    shown = {name: fields.get(name, "") for name in ground.job.template.fields}
    return shown | {
        "code serial": ground.serial,
        "code lot": order.lot or "",
        "code internal": order.internal or "",
    }


def _relaid(ground: Ground, name: str, text: str) -> Artwork:
    """Raises Refused."""
    kind, _, code = name.partition(" ")
    if kind != "code":
        return ground.laid(ground.fields | {name: text})
    if code == "serial":
        return ground.but(serial=text).artwork
    return ground.but(order=ground.order.model_copy(update={code: text})).artwork


def _changed_lines(right: Artwork, other: Artwork) -> Iterator[_Line]:
    """None where the text was broken into other lines."""
    ones, twos = _lines(right), _lines(other)
    if [each.name for each in ones] != [each.name for each in twos]:
        return
    for one, two in zip(ones, twos, strict=True):
        if one.area != two.area or not np.array_equal(one.pixels, two.pixels):
            yield one, two


def _with_line(ground: Ground, line: _Line) -> Changed:
    right, wrong = line
    ink = _without(ground, right)
    ink[wrong.area.y : wrong.area.bottom, wrong.x : wrong.area.right] |= wrong.pixels
    return Changed(ink, f"{right.name}: {right.text} → {wrong.text}")


def _without(ground: Ground, line: Bitmap) -> Ink:
    ink = ground.ink.copy()
    ink[line.area.y : line.area.bottom, line.x : line.area.right] &= ~line.pixels
    return ink


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


def _is_small(line: Bitmap) -> bool:
    return line.area.height < SMALL


def _lines(artwork: Artwork) -> list[Bitmap]:
    return [
        each
        for each in artwork.items
        if isinstance(each, Bitmap) and each.name.startswith(_LETTERED)
    ]


def _line(artwork: Artwork, drawn: Draw) -> Bitmap:
    """Raises Refused."""
    lines = _lines(artwork)
    if not lines:
        raise Refused(problem("No line of text on the label is known."))
    return lines[int(drawn.integers(len(lines)))]
