"""Two texts side by side, with the characters that differ told apart.

>>> expected, read = marked("CN010123", "CN010124")
>>> read
(Piece(text='CN01012', differs=False), Piece(text='4', differs=True))
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

_LONGEST_ALIGNED = 300
"""Characters; aligning costs the product of both lengths, and what was read can be anything."""

_PICTURES = re.compile("([\u2400-\u241f])")
_NAMES = [
    "NUL",
    "SOH",
    "STX",
    "ETX",
    "EOT",
    "ENQ",
    "ACK",
    "BEL",
    "BS",
    "HT",
    "LF",
    "VT",
    "FF",
    "CR",
    "SO",
    "SI",
    "DLE",
    "DC1",
    "DC2",
    "DC3",
    "DC4",
    "NAK",
    "SYN",
    "ETB",
    "CAN",
    "EM",
    "SUB",
    "ESC",
    "FS",
    "GS",
    "RS",
    "US",
]

Flagged = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    differs: bool


def marked(expected: str, read: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces. Texts of one length are compared place by place, as a person would."""
    if len(expected) == len(read) or max(len(expected), len(read)) > _LONGEST_ALIGNED:
        return _by_place(expected, read), _by_place(read, expected)
    matcher = SequenceMatcher(None, expected, read, autojunk=False)
    left: Flagged = []
    right: Flagged = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        left += [(each, kind != "equal") for each in expected[i1:i2]]
        right += [(each, kind != "equal") for each in read[j1:j2]]
    return _pieces(left), _pieces(right)


def controls(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether a part is the name of a control character.

    Control characters arrive as their pictures (U+241D for GS), which few fonts can draw.

    >>> list(controls("10A1␝21B2"))
    [('10A1', False), ('GS', True), ('21B2', False)]
    """
    for part in _PICTURES.split(text):
        if _PICTURES.fullmatch(part):
            yield _NAMES[ord(part) - 0x2400], True
        elif part:
            yield part, False


def _by_place(text: str, other: str) -> tuple[Piece, ...]:
    return _pieces(
        [(each, place >= len(other) or other[place] != each) for place, each in enumerate(text)]
    )


def _pieces(flagged: Flagged) -> tuple[Piece, ...]:
    return tuple(
        Piece("".join(each for each, _ in run), differs)
        for differs, run in groupby(flagged, key=lambda pair: pair[1])
    )
