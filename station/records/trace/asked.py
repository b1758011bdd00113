r"""What somebody may mean who types or scans a mark of a label.

>>> understood("]d2010697286918212521CN7\r\n").serial
'CN7'
>>> understood("010697286918212510A1<GS>21CN7").lot
'A1'
>>> understood("6972869182125").gtin
'06972869182125'

Readers send the separator as GS, or show it as people do; some send one more at the end. None of
that changes what is looked for, unlike a verdict, for which bytes are never cleaned.
"""

from dataclasses import dataclass, replace

from station.core import gs1
from station.core.gs1 import GS, ElementString
from station.core.problem import Problem

_WRITTEN_GS = ("<GS>", "{GS}", "<FNC1>", "{FNC1}", "\u241d")
"""How people, and readers set to show it, write the separator down."""

_GTIN_LENGTHS = {8, 12, 13, 14}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text can mean."""

    texts: tuple[str, ...]
    """To be looked up as they are: as an order, a serial, a lot."""

    gtin: str = ""
    """14 digits; empty if the text holds none."""

    lot: str = ""
    serial: str = ""
    elements: ElementString | None = None
    """The UDI, if it is one."""

    problems: tuple[Problem, ...] = ()
    """Why it is none, although it looks like one."""


def understood(text: str) -> Understood:
    """What a scanned or typed text can mean. Never raises."""
    # Half a surrogate pair, as the command line gives for stray bytes, is in no record.
    whole = text.encode("utf-8", "backslashreplace").decode()
    plain = whole.rstrip("\r\n")[: gs1.LONGEST + 1]
    meant = Understood((plain,) if plain else ())
    written = _with_separators(plain)
    checked = gs1.check(written)
    if checked.valid:
        elements = ElementString(checked.elements)
        return replace(
            meant,
            gtin=elements.get("01") or elements.get("02") or "",
            lot=elements.get("10") or "",
            serial=elements.get("21") or "",
            elements=elements,
        )
    if plain.isascii() and plain.isdigit() and len(plain) in _GTIN_LENGTHS:
        return replace(meant, gtin=plain.zfill(14))
    looks_like_one = GS in written or written.startswith(("]", "(01)", "[01]"))
    return replace(meant, problems=checked.problems if looks_like_one else ())


def _with_separators(text: str) -> str:
    for written in _WRITTEN_GS:
        text = text.replace(written, GS)
    return text.removeprefix(GS).removesuffix(GS)
