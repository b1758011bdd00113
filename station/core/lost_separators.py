r"""What data may have said before a reader lost the separators in them.

A lost FNC1 is invisible where the value before it still fits: the lot "A1" and the serial "7"
become the lot "A1217". So no reading is put right here. These are the others that were possible,
for a person to look at, or to be compared with what was really printed.

>>> for each in possible(b"0106972869182125" + b"10A1217"):
...     print(each.hri())
(01)06972869182125(10)A1(21)7

Only the identifiers that a label of this station carries are thought of.
"""

from collections.abc import Iterator
from itertools import chain, combinations, islice

from station.core import ai
from station.core.catalogue import CARRIED_AIS
from station.core.gs1 import ElementString
from station.core.problem import Refused

LONGEST = 200
"""Bytes that are looked at; no label of the station carries more."""

MOST_LOST = 3
"""Separators: a label of the station has no more."""

MOST_TRIED = 400
"""Ways to put them back; data with more places than that are no label's."""


def possible(data: bytes) -> tuple[ElementString, ...]:
    """Every other element string that these data can be with separators put back.

    Those with the fewest first. Never raises.
    """
    if len(data) > LONGEST:
        return ()
    places = tuple(_places(data))
    ways = chain.from_iterable(combinations(places, count) for count in range(1, MOST_LOST + 1))
    tried = (_read(_with_separators(data, way)) for way in islice(ways, MOST_TRIED))
    return tuple(dict.fromkeys(each for each in tried if each))


def _places(data: bytes) -> Iterator[int]:
    """Where an identifier may begin."""
    codes = tuple(each.encode() for each in CARRIED_AIS)
    for place in range(_open_from(data), len(data)):
        if data.startswith(codes, place):
            yield place


def _open_from(data: bytes) -> int:
    """Where the first value begins that a separator closes: before it there is none to lose."""
    text, place = data.decode("latin-1"), 0
    while (found := ai.match(text[place : place + 4])) and not found.fnc1:
        place += len(found.code) + found.lengths[-1]
    return place + 1


def _with_separators(data: bytes, places: tuple[int, ...]) -> bytes:
    ends = (*places, len(data))
    return b"\x1d".join(data[at:end] for at, end in zip((0, *places), ends, strict=True))


def _read(data: bytes) -> ElementString | None:
    try:
        return ElementString.parse(data)
    except Refused:
        return None
