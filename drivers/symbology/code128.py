"""Code 128 (ISO/IEC 15417:2007): symbol character values in, modules out.

The caller chooses the code sets; the check character and the stop are added here. A GS1-128
symbol is one whose first character after the start is FNC1.

>>> modules = encode([START_C, FNC1, 1, 6, 97, 28, 69, 18, 20, 19])
>>> len(modules) == 11 * 11 + 13
True
>>> automatic([FNC1_CHARACTER, *b"0106"]) == (START_C, FNC1, 1, 6)
True
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SHIFT, CODE_C, CODE_B, CODE_A, FNC1 = 98, 99, 100, 101, 102
START_A, START_B, START_C = 103, 104, 105

FNC1_CHARACTER = 256
"""FNC1 among characters, above every byte; FNC1 alone is its symbol character value."""

# Widths of bar, space, bar, space, bar, space for the values 0 to 105 (table 1).
_TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232
"""
_WIDTHS = tuple(_TABLE.split())
_STOP_WIDTHS = "2331112"

LONGEST = 256
"""Symbol characters in one symbol; no scanner reads half as many."""


class NotEncodable(ValueError):
    """A character that Code 128 lacks, or too many of them."""


def encode(values: Sequence[int]) -> NDArray[np.bool_]:
    """The modules from the first bar to the last, True is a bar; quiet zones not included.

    values are symbol character values 0–105, the start first, without check and stop.
    """
    if not 1 <= len(values) <= LONGEST:
        raise NotEncodable(
            f"Code 128: expected 1 to {LONGEST} symbol characters, got {len(values)}"
        )
    widths = "".join(_WIDTHS[value] for value in (*values, check(values))) + _STOP_WIDTHS
    runs = np.array([int(width) for width in widths])
    return np.repeat(np.arange(len(runs)) % 2 == 0, runs)


def check(values: Sequence[int]) -> int:
    """The start counts once, every further value as often as its place says (annex A)."""
    return (values[0] + sum(place * value for place, value in enumerate(values))) % 103


def transmitted(values: Sequence[int]) -> tuple[str, bytes]:
    r"""The AIM identifier and the data that a reader reports: ]C1 where FNC1 comes first.

    FNC2 to FNC4, which no label here uses, are left out.

    >>> transmitted([START_C, FNC1, 1, 6, CODE_B, 33, FNC1, 17])
    (']C1', b'0106A\x1d1')
    """
    _, *body = values
    gs1 = body[:1] == [FNC1]
    characters = _characters(values[0], body[1:] if gs1 else body)
    return ("]C1" if gs1 else "]C0"), b"".join(characters)


def _characters(start: int, body: Sequence[int]) -> Iterator[bytes]:
    code = {START_A: CODE_A, START_B: CODE_B, START_C: CODE_C}[start]
    shifted = False
    for value in body:
        used = {CODE_A: CODE_B, CODE_B: CODE_A}[code] if shifted else code
        shifted = value == SHIFT and code != CODE_C
        if value == FNC1:
            yield b"\x1d"
        elif code == CODE_C and value < 100:
            yield b"%02d" % value
        elif value < 96:
            yield bytes([value - 64 if used == CODE_A and value >= 64 else value + 32])
        elif value in {CODE_A, CODE_B, CODE_C} and value != code:
            code = value


def automatic(characters: Sequence[int]) -> tuple[int, ...]:
    """Symbol character values for bytes 0–127 and FNC1, digits paired wherever that is shorter.

    Raises NotEncodable.
    """
    code = _first_code(characters)
    values = [{CODE_A: START_A, CODE_B: START_B, CODE_C: START_C}[code]]
    place = 0
    while place < len(characters):
        wanted = _code_for(characters, place, code)
        if wanted != code:
            values.append(wanted)
            code = wanted
        value, used = _value(characters, place, code)
        values.append(value)
        place += used
    return tuple(values)


def _first_code(characters: Sequence[int]) -> int:
    """FNC1 stands in every code set, so what follows it decides."""
    place = 0
    while place < len(characters) and characters[place] == FNC1_CHARACTER:
        place += 1
    if _digits(characters, place) >= 2:
        return CODE_C
    return _code_for(characters, place, CODE_B) if place < len(characters) else CODE_B


def _code_for(characters: Sequence[int], place: int, code: int) -> int:
    character = characters[place]
    digits = _digits(characters, place)
    if character == FNC1_CHARACTER or (code == CODE_C and digits >= 2):
        return code
    if code != CODE_C and digits >= 4 and digits % 2 == 0:
        return CODE_C
    if character > 127:
        raise NotEncodable(f"Code 128 has no character {character}")
    if character < 32:
        return CODE_A
    return CODE_B if character >= 96 or code == CODE_C else code


def _digits(characters: Sequence[int], place: int) -> int:
    """How many digits stand here in a row."""
    end = place
    while end < len(characters) and 48 <= characters[end] <= 57:
        end += 1
    return end - place


def _value(characters: Sequence[int], place: int, code: int) -> tuple[int, int]:
    """The symbol character value, and how many characters it stands for."""
    character = characters[place]
    if character == FNC1_CHARACTER:
        return FNC1, 1
    if code == CODE_C:
        return (character - 48) * 10 + characters[place + 1] - 48, 2
    return (character - 32 if character >= 32 else character + 64), 1
