"""Other values that look as right as the right ones: as long, of the same characters, and wrong.

>>> other_gtin("06972869182019")
'06972869182118'
>>> other_text("CN010123"), other_text("LOT-")
('CN010128', 'LOY-')
"""

from collections.abc import Iterator
from datetime import timedelta

from station.core.gtin import check_digit

LOOK_ALIKES = {
    "0": "O",
    "O": "0",
    "1": "I",
    "I": "1",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
    "2": "Z",
    "Z": "2",
    "6": "G",
    "G": "6",
    "未": "末",
    "日": "曰",
    "士": "土",
    "土": "士",
    "己": "已",
}
"""What a person takes for each other."""

A_MONTH = timedelta(days=31)
"""Dates are wrong by it: what stands on a label with its month alone differs as well."""

_DIGITS, _CAPITALS, _SMALL = (
    "0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefghijklmnopqrstuvwxyz",
)


def other_gtin(gtin: str) -> str:
    """Another item of the same company, with the check digit it needs."""
    changed = f"{gtin[:11]}{_next(gtin[11], _DIGITS)}{gtin[12]}"
    return changed + check_digit(changed)


def other_text(text: str) -> str:
    """With its last letter or digit exchanged; the same where it has none."""
    return next(other_texts(text), text)


def other_texts(text: str) -> Iterator[str]:
    """With one letter or digit exchanged: first the last one, in every way, then those before."""
    for place in reversed(range(len(text))):
        for other in _others(text[place]):
            yield f"{text[:place]}{other}{text[place + 1 :]}"


def alike(text: str) -> Iterator[str]:
    """With one character exchanged for one that looks like it."""
    for place, character in enumerate(text):
        if character in LOOK_ALIKES:
            yield f"{text[:place]}{LOOK_ALIKES[character]}{text[place + 1 :]}"


def _others(character: str) -> tuple[str, ...]:
    """Of the same kind, from the one least like it on."""
    for kind in (_DIGITS, _CAPITALS, _SMALL):
        if character in kind:
            start = kind.index(character) + 5
            turned = (kind[(start + step) % len(kind)] for step in range(len(kind)))
            return tuple(each for each in turned if each not in {character, _alike(character)})
    return ()


def _alike(character: str) -> str:
    return LOOK_ALIKES.get(character, "")


def _next(character: str, kind: str) -> str:
    return kind[(kind.index(character) + 1) % len(kind)]
