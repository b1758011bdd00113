r"""A text as somebody scanned or typed it, byte by byte: what the symbol was, and nothing more.

>>> scanned("]d2010697286918212510A1\u241d21CN7").symbol
Symbol(identifier=']d2', data=b'010697286918212510A1\x1d21CN7', engine='typed', corners=None)
>>> scanned("(01)06972869182125(10)A1(21)CN7").symbol.data
b'010697286918212510A1\x1d21CN7'

The separator is the character GS itself, or its picture ␝ (U+241D), which a keyboard can paste and
an address can carry. However else people and scanners write it down can be data as well, so that is
told and never translated: "<GS>" is four characters of a lot, until somebody says otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from drivers.interface import Symbol
from station.core.difference import shown
from station.core.gs1 import GS, LONGEST, ElementString
from station.core.problem import Problem, Refused, problem

PICTURE_OF_GS = "\u241d"

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")

_WRITTEN = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "\\x1d", "\\u001d", "%1D", "^]", "\u2194")
"""How separators arrive that were written out; the last is what Alt and 29 type on many PCs."""

_ANY_DI = b"01" + b"0" * 14

_FULL_WIDTH = re.compile("[\u3000\uff01-\uff5e]")


@dataclass(frozen=True, slots=True)
class Scanned:
    symbol: Symbol
    """Its identifier is empty where none was sent."""

    bracketed: bool = False
    """It was written for people, identifiers in brackets, which says nothing about the symbol."""

    doubts: tuple[Problem, ...] = ()
    """What looks as if the way from the symbol to here had changed it."""

    @property
    def line(self) -> str:
        """As a reader sends it, for whoever judges one line. Bytes become characters one by one."""
        return self.symbol.identifier + self.symbol.data.decode("latin-1")

    @property
    def shown(self) -> str:
        """With its control characters made visible."""
        return self.symbol.identifier + shown(self.symbol.data)


def scanned(text: str) -> Scanned:
    """The symbol that a text stands for. Never raises. Line ends are no data."""
    plain = text.rstrip("\r\n")[: LONGEST + 4].replace(PICTURE_OF_GS, GS)
    found = _IDENTIFIER.match(plain)
    identifier = found[0] if found else ""
    data = plain[len(identifier) :].encode("utf-8", "backslashreplace")
    raw = Scanned(Symbol(identifier, data, "typed"), doubts=tuple(_doubts(plain)))
    if identifier or not plain.startswith(("(", "[")):
        return raw
    try:
        elements = ElementString.parse_bracketed(plain)
    except Refused:
        return raw
    return replace(raw, symbol=Symbol("", elements.encode(), "typed"), bracketed=True)


def _doubts(text: str) -> Iterator[Problem]:
    written = next((each for each in _WRITTEN if each in text), None)
    if written:
        yield problem(
            "{got!a} is taken as text. If it stands for a separator, let the scanner send the"
            " character 0x1D, or type ␝ (U+241D).",
            got=written,
        )
    if _FULL_WIDTH.search(text):
        yield problem(
            "There are full-width characters in it: an input method has changed the scan. Switch it"
            " to English and scan again."
        )


def joined(symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """The symbols of one label, each content once; two that have a part of the data each as one."""
    different = tuple({(each.identifier, each.data): each for each in symbols}.values())
    heads = [each for each in different if _is_di(each.data)]
    tails = [each for each in different if parsed(each.data) is None and is_part(each.data)]
    whole = [each for each in different if each not in (*heads, *tails)]
    if len(heads) == len(tails) == 1:
        return (*whole, replace(heads[0], data=heads[0].data + tails[0].data))
    return (*whole, *tails, *heads) if not whole else (*whole, *tails)


def _is_di(data: bytes) -> bool:
    found = parsed(data)
    return found is not None and [each.ai for each in found.elements] == ["01"]


def is_part(data: bytes) -> bool:
    """Whether it is what follows (01) in another symbol."""
    return bool(data) and parsed(_ANY_DI + data) is not None


def parsed(data: bytes) -> ElementString | None:
    """The element string that these are, whatever they stood in; None if they are none."""
    try:
        return ElementString.parse(data)
    except Refused:
        return None
