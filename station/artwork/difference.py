"""What is different between two designs: their fields, their ZPL, their dots.

Elements have no names, so they are matched by what they hold: one that was put in between does
not make all after it differ.

>>> list(_fields({"size": {"width": "60"}, "name": "a"}, {"size": {"width": "50"}, "name": "a"}))
[FieldDifference(path='size.width', before='60', after='50')]
"""

import difflib
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from station.artwork import zpl
from station.artwork.design import Design
from station.artwork.dots import Rectangle
from station.artwork.ink import Ink, blank, trimmed
from station.artwork.items import Artwork, Bitmap, Box, Item, LinearSymbol, MatrixSymbol
from station.artwork.picture import inked
from station.artwork.template import Template

ABSENT = "–"

LONGEST_COMMAND = 80
"""Characters of a ZPL command that is shown whole; a longer one is told by its digest."""

RED, BLUE, GREY, WHITE = (214, 39, 40), (31, 87, 214), (110, 110, 110), (255, 255, 255)
"""Only before, only after, both, neither."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    path: str
    """Dotted, as "elements.4.content"; places count in the design that has the element."""

    before: str
    """As JSON; ABSENT where there is none."""

    after: str


@dataclass(frozen=True, slots=True)
class DotDifference:
    name: str
    """Which element: "text 4 line 1", "datamatrix", "box 16,71" by its corner."""

    dots: int
    """How many of its dots have ink in one design only."""

    area: Rectangle
    """All of these dots are in it; in dots."""


@dataclass(frozen=True, slots=True)
class Difference:
    fields: tuple[FieldDifference, ...]
    commands: tuple[str, ...]
    """Lines of a unified difference of the ZPL of the same specimen label."""

    dots: int
    """How many differ in all."""

    elements: tuple[DotDifference, ...]

    @property
    def same(self) -> bool:
        """Nothing of a label differs, whatever the designs are called."""
        named = {"name", "revision"}
        return not (self.commands or self.dots or {each.path for each in self.fields} - named)


def difference(before: Design, after: Design, *, labels: tuple[Artwork, Artwork]) -> Difference:
    """`labels` are the same specimen, laid out by either."""
    one, other = _inks(*labels)
    return Difference(
        fields=tuple(_templates(before, after)),
        commands=tuple(_commands(*labels)),
        dots=int((one ^ other).sum()),
        elements=tuple(_elements(*labels)),
    )


def overlay(before: Artwork, after: Artwork) -> bytes:
    """A PNG: red is ink before only, blue is ink after only, grey is in both."""
    one, other = _inks(before, after)
    picture: NDArray[np.uint8] = np.full((*one.shape, 3), WHITE, np.uint8)
    for ink, colour in ((one & other, GREY), (one & ~other, RED), (other & ~one, BLUE)):
        picture[ink] = colour
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


# -- fields --------------------------------------------------------------------------------


def _templates(before: Design, after: Design) -> Iterator[FieldDifference]:
    one, other = _document(before), _document(after)
    mine, theirs = one.pop("elements", ()), other.pop("elements", ())
    yield from _fields(one, other)
    yield from _matched(mine, theirs)


def _document(design: Design) -> dict[str, Any]:
    """All settings of a design; of another designer's, its file is one of them."""
    if isinstance(design, Template):
        return design.model_dump()
    found: dict[str, Any] = json.loads(design.canonical)
    return found


def _matched(before: Sequence[Any], after: Sequence[Any]) -> Iterator[FieldDifference]:
    one, other = [_json(each) for each in before], [_json(each) for each in after]
    matcher = difflib.SequenceMatcher(a=one, b=other, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = zip_longest(range(first, last), range(start, end))
        for mine, theirs in pairs:
            yield from _element(before, after, mine, theirs)


def _element(
    before: Sequence[Any], after: Sequence[Any], mine: int | None, theirs: int | None
) -> Iterator[FieldDifference]:
    if mine is None:
        assert theirs is not None, "one of the two is there"
        yield FieldDifference(f"elements.{theirs}", ABSENT, _json(after[theirs]))
    elif theirs is None:
        yield FieldDifference(f"elements.{mine}", _json(before[mine]), ABSENT)
    else:
        yield from _fields(before[mine], after[theirs], path=f"elements.{mine}")


def _fields(before: object, after: object, *, path: str = "") -> Iterator[FieldDifference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            within = f"{path}.{name}" if path else name
            yield from _fields(before.get(name), after.get(name), path=within)
    elif before != after:
        yield FieldDifference(path, _shown(before), _shown(after))


def _shown(value: object) -> str:
    if value is None:
        return ABSENT
    return value if isinstance(value, str) else _json(value).strip('"')


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> str:
    """Lengths as people write them: 60, not 6E+1."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# -- ZPL -----------------------------------------------------------------------------------


def _commands(before: Artwork, after: Artwork) -> Iterator[str]:
    one, other = (_listed(zpl.standalone(each)) for each in (before, after))
    return difflib.unified_diff(one, other, lineterm="", n=1)


def _listed(format_: bytes) -> list[str]:
    """One command a line, the dots of a graphic by their digest."""
    found = re.split(r"(?=[\^~])", format_.decode("ascii"))
    return [_short(each.strip()) for each in found if each.strip()]


def _short(command: str) -> str:
    if len(command) <= LONGEST_COMMAND:
        return command
    digest = hashlib.sha256(command.encode()).hexdigest()[:12]
    return f"{command[:40]}… {len(command)} characters, SHA-256 {digest}…"


# -- dots ----------------------------------------------------------------------------------


def _inks(before: Artwork, after: Artwork) -> tuple[Ink, Ink]:
    """Both on a sheet that has room for either."""
    width, height = max(before.width, after.width), max(before.height, after.height)
    return _on_sheet(before, width, height), _on_sheet(after, width, height)


def _on_sheet(artwork: Artwork, width: int, height: int) -> Ink:
    sheet = blank(width=width, height=height)
    sheet[: artwork.height, : artwork.width] = inked(artwork, artwork.items)
    return sheet


def _elements(before: Artwork, after: Artwork) -> Iterator[DotDifference]:
    """By element: two items never share a dot, so every dot that differs belongs to one."""
    one, other = _inks(before, after)
    changed: dict[str, Ink] = {}
    for artwork, only in ((before, one & ~other), (after, other & ~one)):
        for item in artwork.items:
            mine = blank(width=one.shape[1], height=one.shape[0])
            area = item.area
            mine[area.y : area.bottom, area.x : area.right] = item.ink
            mine &= only
            if mine.any():
                changed[_name(item)] = changed.get(_name(item), mine) | mine
    for name, dots in changed.items():
        found = trimmed(dots)
        assert found, "there are dots in it"
        left, top, cut = found
        height, width = cut.shape
        yield DotDifference(name, int(dots.sum()), Rectangle(left, top, width, height))


def _name(item: Item) -> str:
    match item:
        case Bitmap():
            return item.name
        case MatrixSymbol():
            return "datamatrix"
        case LinearSymbol():
            return "gs1_128"
        case Box():
            return f"box {item.x},{item.y}"
