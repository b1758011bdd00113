"""A text set in a box: broken into lines, aligned, shrunk if the template allows, or refused.

Chinese may break between any two characters, except before a closing mark or after an opening
one; everything else breaks at spaces only, so a code is never torn apart.

>>> segments("含5年保修, see IFU。")
('含', '5', '年', '保', '修, ', 'see ', 'IFU。')
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

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


@dataclass(frozen=True, slots=True, eq=False)
class SetLine:
    x: int
    y: int
    ink: Ink
    text: str


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
    for size in style.sizes:
        lines = _filled(parts, width=box.width, measure=_measure(font, size, style))
        drawn = tuple((text, font.line(text, size=size, bold=style.bold)) for text in lines)
        problems = tuple(_overflow(drawn, box, font.metrics(size).height, size))
        if not problems:
            return tuple(_placed(drawn, box, style, size))
    raise Refused(*problems)


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
    drawn: tuple[tuple[str, Line], ...], box: Rectangle, line_height: int, size: int
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
    needed = _pitch(size) * (len(drawn) - 1) + line_height
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
    drawn: tuple[tuple[str, Line], ...], box: Rectangle, style: Style, size: int
) -> Iterator[SetLine]:
    for place, (text, line) in enumerate(drawn):
        if not line.ink.size:
            continue
        spare = box.width - line.ink.shape[1]
        indent = {"left": 0, "center": spare // 2, "right": spare}[style.align]
        y = box.y + place * _pitch(size) + line.top
        yield SetLine(box.x + indent, y, line.ink, text)


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
