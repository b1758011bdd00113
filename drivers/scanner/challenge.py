"""The challenge card: a symbol of which every character is known, to prove a scanner with.

Scanners, wedges above all, are set up by scanning codes out of a manual, and lose or change what
they were not set up for: the separator, the case of letters, y and z. A label that comes through
changed may be a good one, and one of which GS was lost may be read as another. So before a scanner
is believed it has to read this card, and what comes out has to be what is in it, byte for byte.

>>> explain(Symbol("]d2", CARD, "scanner"))
''
>>> explain(Symbol("", CARD, "scanner"))
"the AIM identifier is missing: switch on 'transmit AIM ID'"

The card names no product. Its elements are company internal information (AI 91 and 99), which GS1
keeps free of a meaning for anybody else, so that no label, order or trade partner can have them for
an identification; without an AI 01 nothing judges it to be a label. AI 91 says in words what it is,
and AI 99 has each of the 82 characters that an element may have.

Source: GS1 General Specifications 3.9.14 (AI 91 to 99), 7.11 (character set 82).
"""

from collections.abc import Callable, Mapping
from itertools import combinations

from drivers.interface import Condition, NotReady, Symbol

GS = b"\x1d"

CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'()*+,-./_:;<=>?"

IDENTIFIER = "]d2"

CARD = b"91SCANNER-CHALLENGE" + GS + b"99" + CHARACTERS
"""What to print, as a GS1 DataMatrix: an element string, without the leading FNC1."""

Change = Callable[[bytes], bytes]


def survives(symbol: Symbol) -> None:
    """Raises NotReady where what was read is not what is on the card."""
    why = explain(symbol)
    if why:
        raise NotReady(symbol.engine, why, Condition.SCANNER_CHANGES_DATA)


def explain(read: Symbol) -> str:
    """What the scanner did to the card, and what to set in it; empty where it did nothing."""
    return "; ".join(each for each in (_identifier(read), _data(read.data)) if each)


def _identifier(read: Symbol) -> str:
    if read.identifier == IDENTIFIER:
        return ""
    if not read.identifier:
        return "the AIM identifier is missing: switch on 'transmit AIM ID'"
    return f"the AIM identifier is {read.identifier}, expected {IDENTIFIER}: is this the card?"


def _swapped(data: bytes) -> bytes:
    return data.translate(bytes.maketrans(b"yzYZ", b"zyZY"))


_CHANGES: Mapping[str, Change] = {
    "the separator GS is missing: switch on 'transmit GS (FNC1)', and for a wedge choose the key"
    " for it": lambda data: data.replace(GS, b""),
    "y and z are swapped: set the scanner to the US keyboard": _swapped,
    "lower case became upper case: switch off its case conversion": bytes.upper,
    "upper case became lower case: switch off its case conversion": bytes.lower,
    "upper and lower case are swapped: switch off Caps Lock, and its case conversion": (
        bytes.swapcase
    ),
}
"""What is usually wrong, what to do about it, and what it makes of the data."""


def _data(data: bytes) -> str:
    if data == CARD:
        return ""
    known = _known_changes(data)
    return "; ".join(known) if known else _translated(data) or _cut_or_added(data) or _first(data)


def _known_changes(data: bytes) -> tuple[str, ...]:
    """The fewest of the usual changes that together make this of the card."""
    for count in range(1, len(_CHANGES) + 1):
        for several in combinations(_CHANGES.items(), count):
            changed = CARD
            for _, change in several:
                changed = change(changed)
            if changed == data:
                return tuple(sentence for sentence, _ in several)
    return ()


def _translated(data: bytes) -> str:
    """Something else where GS should be, and the rest as it is."""
    before, after = CARD.split(GS)
    between = data[len(before) : len(data) - len(after)]
    if between and data == before + between + after:
        return (
            f"the separator GS came as {_shown(between)}: switch off its translation, and for a"
            " wedge choose the key that the station expects"
        )
    return ""


def _cut_or_added(data: bytes) -> str:
    if data and data in CARD:
        return f"only {len(data)} of {len(CARD)} characters came: switch off its data formatting"
    before, found, after = data.partition(CARD)
    if not found:
        return ""
    added = " and ".join(
        f"{_shown(each)} {where} the data"
        for each, where in ((before, "before"), (after, "after"))
        if each
    )
    return f"the scanner adds {added}: switch off its prefix and suffix, except CR at the end"


def _first(data: bytes) -> str:
    """Where nothing usual explains it: the first place where it is another."""
    place = next(
        (index for index, pair in enumerate(zip(data, CARD, strict=False)) if pair[0] != pair[1]),
        min(len(data), len(CARD)),
    )
    expected, got = CARD[place : place + 1], data[place : place + 1]
    return (
        f"character {place + 1} is another: expected {_shown(expected)}, got {_shown(got)}."
        " Is it set to the keyboard of another country?"
    )


def _shown(data: bytes) -> str:
    """Never more than a few characters, and none that does anything on a screen."""
    if not data:
        return "nothing"
    if data == GS:
        return "GS"
    shown = data[:12].decode("ascii", "backslashreplace")
    return repr(shown) + ("…" if len(data) > 12 else "")
