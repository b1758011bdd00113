"""What a design may hold: every command that only draws, and the form its parameters have.

A command that is not in the table is refused, whatever it does; so is one in a form that two
printers might read differently, such as half a dot or a parameter too many.

>>> bool(ALLOWED["^FO"].pattern.fullmatch("10,20")), bool(ALLOWED["^FO"].pattern.fullmatch("1.5"))
(True, False)
"""

import re
from dataclasses import dataclass

SYMBOLS = frozenset({"^BC", "^BX"})
SHAPES = frozenset({"^GB", "^GC", "^GD", "^GE", "^GF"})
PLACES = frozenset({"^FO", "^FT"})
TEXTS = frozenset({"^A", "^FB", "^FR"})
FIELD = SYMBOLS | SHAPES | PLACES | TEXTS | {"^FH", "^FD"}
"""Commands between one ^FS and the next; all others set what stays."""


@dataclass(frozen=True, slots=True)
class Form:
    expected: str
    """As a person would write it: "x,y"."""

    pattern: re.Pattern[str]


def _form(expected: str, *parameters: str, least: int = 0) -> Form:
    """Parameters with a comma between; from the `least`-th on they may be left out."""
    optional = ""
    for each in reversed(parameters[max(1, least) :]):
        optional = f"(?:,(?:{each})?{optional})?"
    head = ",".join(f"(?:{each})" for each in parameters[: max(1, least)])
    return Form(expected, re.compile(head + ("?" if not least else "") + optional))


def _only(expected: str) -> Form:
    return Form(expected, re.compile(re.escape(expected)))


_DOTS = "[0-9]{1,5}"
_TURN = "[NRIB]"
_SIZE = "[0-9]{1,4}"
_RESIDENT = "[0A-HP-V]"
"""Fonts a printer has from the factory; the other letters are whatever ^CW made of them."""

_FONT = (
    rf"(?:{_RESIDENT}{_TURN}?(?:,(?:{_SIZE})?(?:,(?:{_SIZE})?)?)?"
    rf"|@{_TURN}?,{_SIZE},(?:{_SIZE})?,[A-Z]:[A-Z0-9_-]{{1,16}}\.(?:TTF|TTE|FNT))"
)

ALLOWED: dict[str, Form] = {
    "^XA": _only(""),
    "^XZ": _only(""),
    "^FS": _only(""),
    "^FX": Form("a comment", re.compile(r"[^\x00-\x1f]*")),
    # Where a field stands, how it looks, what it says.
    "^FO": _form("x,y,0|1", _DOTS, _DOTS, "[01]", least=2),
    "^FT": _form("x,y,0|1", _DOTS, _DOTS, "[01]", least=2),
    "^A": Form("0N,height,width or @N,height,width,E:NAME.TTF", re.compile(_FONT)),
    "^FB": _form("width,lines,spacing,L|C|R,indent", _DOTS, _SIZE, "-?[0-9]{1,4}", "[LCR]", _SIZE),
    "^FR": _only(""),
    "^FH": Form("one sign", re.compile(r"[!-#%-+./:-@\[-\]_`{-}]?")),
    "^FD": Form("data", re.compile(r".*", re.DOTALL)),
    # Shapes.
    "^GB": _form("width,height,thickness,B|W,0-8", _DOTS, _DOTS, _DOTS, "[BW]", "[0-8]"),
    "^GC": _form("diameter,thickness,B|W", _DOTS, _DOTS, "[BW]"),
    "^GD": _form("width,height,thickness,B|W,R|L", _DOTS, _DOTS, _DOTS, "[BW]", "[RL]"),
    "^GE": _form("width,height,thickness,B|W", _DOTS, _DOTS, _DOTS, "[BW]"),
    "^GF": _form(
        "A,bytes,bytes,bytes a row,data",
        *("A", "[0-9]{1,7}", "[0-9]{1,7}", "[0-9]{1,4}", "[0-9A-Za-z+/=:,!]+"),
        least=5,
    ),
    # Symbols; `lint` says more about them.
    "^BC": _form("N,height,N,N,N,N", _TURN, _DOTS, "[YN]", "[YN]", "[YN]", "[NUAD]"),
    "^BX": _form(
        "N,module,200,columns,rows,6,_,1",
        *(_TURN, "[0-9]{1,3}", "[0-9]{1,3}", "[0-9]{1,3}", "[0-9]{1,3}", "[0-6]"),
        *(r"[!-#%-+./:-@\[-\]_`{-}]", "[12]"),
    ),
    # What stays until it is set again; the header of each label states it anew.
    "^BY": _form("module,ratio,height", "[1-9]|10", r"[23](?:\.[0-9])?", _DOTS),
    "^CF": _form("font,height,width", _RESIDENT, _SIZE, _SIZE),
    "^CI": _form("28", "[0-9]{1,2}", least=1),
    "^FW": _form("N", _TURN, "0"),
    "^LH": _form("x,y", _DOTS, _DOTS, least=2),
    "^LL": _form("length", _DOTS, least=1),
    "^PW": _form("width", _DOTS, least=1),
    "^PQ": _form("1", "[0-9]{1,8}", "0", "[01]", "[YN]", "[YN]"),
    "^CV": _only("Y"),
    "^LR": _only("N"),
    "^LS": _only("0"),
    "^PM": _only("N"),
    "^PO": _only("N"),
}
