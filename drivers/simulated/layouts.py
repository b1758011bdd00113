"""Where the keys of a country's keyboard lie, for scanners that type.

>>> strokes("y", "us"), strokes("y", "de")
(Stroke(code=21, shift=False, alt_gr=False), Stroke(code=44, shift=False, alt_gr=False))
>>> on_us_keyboard(b"]d2 xyz(1)", "de")
b'd2 xzy*1('

Source: linux/input-event-codes.h; DIN 2137 T1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.scanner.keys import PLAIN, SHIFTED


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key, and what is held down with it."""

    code: int
    shift: bool = False
    alt_gr: bool = False


def _layout(plain: Mapping[int, str], shifted: Mapping[int, str]) -> dict[str, Stroke]:
    without = {character: Stroke(code) for code, character in plain.items()}
    return {character: Stroke(code, shift=True) for code, character in shifted.items()} | without


_US = _layout(PLAIN, SHIFTED)

_GERMAN_ROWS = (
    (2, "1234567890ß´", '!"§$%&/()=?`'),
    (16, "qwertzuiopü+", "QWERTZUIOPÜ*"),
    (30, "asdfghjklöä^", "ASDFGHJKLÖÄ°"),
    (43, "#yxcvbnm,.-", "'YXCVBNM;:_"),
    (57, " ", " "),
    (86, "<", ">"),
)
_GERMAN = _layout(
    {first + at: each for first, plain, _ in _GERMAN_ROWS for at, each in enumerate(plain)},
    {first + at: each for first, _, shifted in _GERMAN_ROWS for at, each in enumerate(shifted)},
) | {
    character: Stroke(code, alt_gr=True)
    for character, code in (
        ("{", 8),
        ("[", 9),
        ("]", 10),
        ("}", 11),
        ("\\", 12),
        ("@", 16),
        ("~", 27),
        ("|", 86),
    )
}

_LAYOUTS: Mapping[str, Mapping[str, Stroke]] = {"us": _US, "de": _GERMAN}


def strokes(character: str, layout: str) -> Stroke:
    """The key for a character. Raises KeyError for a layout or character that there is not."""
    return _LAYOUTS[layout][character]


def on_us_keyboard(text: bytes, layout: str) -> bytes:
    """What a US keyboard makes of the keys that mean `text` on another; what has no key is lost."""
    known = _LAYOUTS[layout]
    return b"".join(_seen(known.get(chr(each)), each) for each in text)


def _seen(stroke: Stroke | None, value: int) -> bytes:
    if stroke is None:
        return bytes((value,))  # no printable character: it is sent in another way
    if stroke.alt_gr:
        return b""
    return (SHIFTED if stroke.shift else PLAIN).get(stroke.code, "").encode("ascii")
