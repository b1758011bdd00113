"""A text set in a box: broken into lines, aligned, shrunk if the template allows, turned, or
refused.

Chinese may break between any two characters, except before a closing mark or after an opening
one; everything else breaks at spaces only, so a code is never torn apart.

>>> segments("含5年保修, see IFU。")
('含', '5', '年', '保', '修, ', 'see ', 'IFU。')
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import numpy as np

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink
from station.artwork.text import Font, Line
from station.core.problem import Problem, Refused, problem

SMALLEST = 8
"""Dots of the em square; below that no Chinese character can be told from another."""

PITCH = Decimal("1.2")
"""Distance of the lines, in em."""

_CLOSING = frozenset("!%),.:;?]}¢°·’”…‰′″℃、。〉》」』】〕〗！％），．：；？］｝～")
_OPENING = frozenset("([{‘“〈《「『【〔〖（［｛")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; sizes in dots, the greatest first."""

    sizes: tuple[int, ...]
    bold: bool
    align: Literal["left", "center", "right"]
    valign: Literal["top", "middle", "bottom"] = "top"
    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise."""


@dataclass(frozen=True, slots=True, eq=False)
class SetLine:
    x: int
    y: int
    ink: Ink
    text: str

    @property
    def area(self) -> Rectangle:
        height, width = self.ink.shape
        return Rectangle(self.x, self.y, width, height)


def set_text(text: str, box: Rectangle, style: Style, *, font: Font) -> tuple[SetLine, ...]:
    """Running text, broken where its language allows. Raises Refused when it does not fit."""
    return _set(segments(text), box, style, font=font)


def set_flowing(
    parts: Sequence[str], box: Rectangle, style: Style, *, font: Font
) -> tuple[SetLine, ...]:
    """Parts that are never broken, as many on a line as fit."""
    return _set(tuple(parts), box, style, font=font)


def set_lines(
    lines: Sequence[str], box: Rectangle, style: Style, *, font: Font
) -> tuple[SetLine, ...]:
    """Lines as they are given."""
    return _set(tuple(f"{each}\n" for each in lines), box, style, font=font)


@lru_cache(1024)
def segments(text: str) -> tuple[str, ...]:
    """The shortest pieces between which a line may end; together they are the text."""
    ends = [place for place in range(1, len(text)) if _may_break(text[place - 1], text[place])]
    starts = [0, *ends]
    return tuple(text[a:b] for a, b in zip(starts, [*ends, len(text)], strict=True))


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _CLOSING or before in _OPENING:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _set(
    parts: tuple[str, ...], box: Rectangle, style: Style, *, font: Font
) -> tuple[SetLine, ...]:
    _refuse_missing("".join(parts), font)
    problems: tuple[Problem, ...] = ()
    upright = _upright(box, style)
    for size in style.sizes:
        lines = _filled(parts, width=upright.width, measure=_measure(font, size, style))
        drawn = tuple((text, font.line(text, size=size, bold=style.bold)) for text in lines)
        needed = _pitch(size) * (len(drawn) - 1) + font.metrics(size).height
        problems = tuple(_overflow(drawn, upright, needed, size))
        if not problems:
            placed = _placed(drawn, upright, style, size=size, needed=needed)
            return tuple(_turned(line, upright, box, style) for line in placed)
    raise Refused(*problems)


def _upright(box: Rectangle, style: Style) -> Rectangle:
    """The box as the text sees it, which is always set from left to right."""
    if style.rotate in (90, 270):
        return Rectangle(0, 0, box.height, box.width)
    return Rectangle(0, 0, box.width, box.height)


def _turned(line: SetLine, upright: Rectangle, box: Rectangle, style: Style) -> SetLine:
    """From the text's own box to the one on the label, dot for dot."""
    area = line.area
    right, below = upright.width - area.right, upright.height - area.bottom
    x, y = {
        0: (area.x, area.y),
        90: (below, area.x),
        180: (right, below),
        270: (area.y, right),
    }[style.rotate]
    ink = np.rot90(line.ink, k=-style.rotate // 90)
    return replace(line, x=box.x + x, y=box.y + y, ink=ink)


def _measure(font: Font, size: int, style: Style) -> Callable[[str], int]:
    return lambda text: int(font.line(text, size=size, bold=style.bold).ink.shape[1])


def _filled(
    parts: tuple[str, ...], *, width: int, measure: Callable[[str], int]
) -> tuple[str, ...]:
    """Each line takes as many parts as it holds; a part too long stands alone."""
    lines: list[str] = []
    line = ""
    for part in parts:
        if line and (line.endswith("\n") or measure((line + part).strip()) > width):
            lines.append(line.strip())
            line = ""
        line += part
    return (*lines, line.strip())


def _overflow(
    drawn: tuple[tuple[str, Line], ...], box: Rectangle, needed: int, size: int
) -> Iterator[Problem]:
    for text, line in drawn:
        if line.ink.shape[1] > box.width:
            yield problem(
                "The text {text!r} is too wide: expected at most {most} dots, got {got} at a size"
                " of {size} dots.",
                text=text[:80],
                most=box.width,
                got=line.ink.shape[1],
                size=size,
            )
    if needed > box.height:
        yield problem(
            "The text is too high: expected at most {most} dots, got {got} for {lines} lines at a"
            " size of {size} dots.",
            most=box.height,
            got=needed,
            lines=len(drawn),
            size=size,
        )


def _placed(
    drawn: tuple[tuple[str, Line], ...], box: Rectangle, style: Style, *, size: int, needed: int
) -> Iterator[SetLine]:
    left_over = box.height - needed
    top = {"top": 0, "middle": left_over // 2, "bottom": left_over}[style.valign]
    for place, (text, line) in enumerate(drawn):
        if not line.ink.size:
            continue
        spare = box.width - line.ink.shape[1]
        indent = {"left": 0, "center": spare // 2, "right": spare}[style.align]
        yield SetLine(indent, top + place * _pitch(size) + line.top, line.ink, text)


def _pitch(size: int) -> int:
    return int((size * PITCH).to_integral_value())


def _refuse_missing(text: str, font: Font) -> None:
    missing = font.missing(text.replace("\n", ""))
    if missing:
        raise Refused(
            *(
                problem(
                    "The font has no glyph for {character!r} (U+{code}).",
                    character=each,
                    code=f"{ord(each):04X}",
                )
                for each in missing
            )
        )
