r"""The challenge card: what a scanner has to send as it is, before anything it sends is believed.

Scanners that pretend to be keyboards lose separators, exchange letters and change their case, all
according to somebody's settings, and no label shows it: the lot "A1" and the serial "7" become the
lot "A1217". So at the start of a shift a card with known data is scanned, and has to survive.

>>> problems(Symbol("]d2", CARD.encode(), "scanner"))
()
>>> for each in problems(Symbol("", CARD.encode().replace(b"\x1d", b"").swapcase(), "wedge")):
...     print(str(each).partition(".")[0])
The AIM identifier is missing: expected ]d2 before the data
The separators (GS) are lost
Capitals and small letters are changed: 'A' arrives as 'a'

The data are company internal (91 to 95) and hold no (01), so that the card is never taken for a
label. Between them stand separators, and in them every character of GS1 character set 82.

Source: GS1 General Specifications 3.2 (AI 91 to 99), 7.11 (character set 82); ISO/IEC 15424 (AIM
identifiers).
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from drivers.interface import Symbol
from station.core.ai import shown
from station.core.gs1 import CARRIERS, GS, ElementString
from station.core.problem import Problem, problem

MATRIX, LINEAR = "]d2", "]C1"
"""How the square code and the bars of the card are identified."""

CARD = ElementString.of(
    ("91", "0123456789"),
    ("92", "AZ-yz"),
    ("93", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("94", "abcdefghijklmnopqrstuvwxyz"),
    ("95", "!\"%&'()*+,-./:;<=>?_"),
)
"""In the square code: every character that an element can hold."""

BARS = ElementString(CARD.elements[:2])
"""In the bars below it: so little that they fit on any label."""

MOST_NAMED = 8
"""Changed characters told one by one."""

_UNLIKE = 0.5
"""A scan with less than this share of the card's characters is of something else."""

_LONGEST = 4 * len(CARD.encode())
"""Characters compared; what is longer is not the card, whatever it begins with."""


def problems(symbol: Symbol) -> tuple[Problem, ...]:
    """What the scanner lost or changed, each with its likely cause; empty if the card survived.

    Only the square code proves a scanner: the bars do not hold every character.
    """
    if symbol.identifier == MATRIX and symbol.data == CARD.encode():
        return ()
    if symbol.data == BARS.encode():
        return (*_identifier_problems(symbol.identifier, LINEAR), _only_bars())
    return tuple(_problems(symbol))


def _only_bars() -> Problem:
    return problem(
        "These are the bars of the challenge card, which do not hold every character. Scan its"
        " square code."
    )


def _problems(symbol: Symbol) -> Iterator[Problem]:
    text = _text(symbol.data)
    if not _is_like(text):
        yield problem(
            "This is not the challenge card: got {got!a}. Print it with `labelstation scanner"
            " card`, and scan its square code.",
            got=shown(text),
        )
        return
    yield from _identifier_problems(symbol.identifier, MATRIX)
    cut = _cut(text)
    if cut is None:
        yield _cut_short(text)
        return
    separator, pieces = cut
    yield from _separator_problems(separator)
    yield from _character_problems("".join(_pieces()), pieces)


def _text(data: bytes) -> str:
    """As a keyboard's characters, or byte by byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _pieces() -> tuple[str, ...]:
    return tuple(f"{each.ai}{each.value}" for each in CARD.elements)


def _is_like(text: str) -> bool:
    """Whatever the case: it is one of the things that get lost."""
    if len(text) > _LONGEST:
        return False
    wanted = CARD.encode().decode("ascii").upper()
    return SequenceMatcher(None, wanted, text.upper(), autojunk=False).ratio() >= _UNLIKE


def _identifier_problems(got: str, wanted: str) -> Iterator[Problem]:
    if not got:
        yield problem(
            "The AIM identifier is missing: expected {expected} before the data. Switch the"
            " transmission of AIM identifiers on in the scanner.",
            expected=wanted,
        )
    elif got != wanted:
        yield problem(
            "The scanner names the code {got}: expected {expected}, {name}. Switch the reading of"
            " GS1 codes on in the scanner, and translations of identifiers off.",
            got=got,
            expected=wanted,
            name=CARRIERS[wanted],
        )


def _cut(text: str) -> tuple[str, str] | None:
    """(what stands between the pieces, the pieces put together), if the lengths allow it."""
    pieces = _pieces()
    width, rest = divmod(len(text) - len("".join(pieces)), len(pieces) - 1)
    if rest or width < 0:
        return None
    starts = accumulate((len(each) + width for each in pieces[:-1]), initial=0)
    ends = [(at, at + len(each)) for at, each in zip(starts, pieces, strict=True)]
    between = {text[end : end + width] for _, end in ends[:-1]}
    return (between.pop(), "".join(text[at:end] for at, end in ends)) if len(between) == 1 else None


def _separator_problems(got: str) -> Iterator[Problem]:
    if not got:
        yield problem(
            "The separators (GS) are lost. Set the scanner to send the character 0x1D, and the"
            " computer to take it."
        )
    elif got != GS:
        yield problem(
            "The separators arrive as {got!a}: expected GS, the character 0x1D. Switch the"
            " translation of control characters off in the scanner.",
            got=got,
        )


def _character_problems(wanted: str, got: str) -> Iterator[Problem]:
    """The two are of one length."""
    changed = dict.fromkeys(pair for pair in zip(wanted, got, strict=True) if pair[0] != pair[1])
    cases = [pair for pair in changed if _is_case(*pair)]
    layout = [pair for pair in changed if _is_layout(*pair)]
    others = [pair for pair in changed if pair not in {*cases, *layout}]
    if cases:
        yield problem(
            "Capitals and small letters are changed: {expected!a} arrives as {got!a}. Switch Caps"
            " Lock off, and case conversion in the scanner.",
            expected=cases[0][0],
            got=cases[0][1],
        )
    if layout:
        yield problem(
            "Y and Z are exchanged: the scanner and the computer are set to keyboards of different"
            " countries. Set both to US English."
        )
    if others:
        yield problem(
            "Characters are changed: {changed}. Probably the scanner and the computer are set to"
            " keyboards of different countries, or an input method is on. Set both to US English.",
            changed=_told(others),
        )


def _is_case(wanted: str, got: str) -> bool:
    return wanted.swapcase() == got


def _is_layout(wanted: str, got: str) -> bool:
    return {wanted.lower(), got.lower()} == {"y", "z"}


def _told(pairs: list[tuple[str, str]]) -> str:
    named = ", ".join(f"{wanted} → {ascii(got)[1:-1]}" for wanted, got in pairs[:MOST_NAMED])
    return named + (", …" if len(pairs) > MOST_NAMED else "")


def _cut_short(text: str) -> Problem:
    """Where it differs first, since places mean nothing any more."""
    wanted = CARD.encode().decode("ascii")
    pairs = enumerate(zip(wanted, text, strict=False), start=1)
    shorter = min(len(wanted), len(text)) + 1
    place = next((place for place, (a, b) in pairs if a != b), shorter)
    return problem(
        "Characters are lost or added: expected {expected} characters, got {got}; the first that"
        " differs is character {place}. Switch prefixes, suffixes and trimming off in the scanner,"
        " and let it send more slowly.",
        expected=len(wanted),
        got=len(text),
        place=place,
    )
