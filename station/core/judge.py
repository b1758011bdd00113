"""The verdict about one label: what was meant, what was read, and every difference by name.

Bytes decide; parsing only explains. A swallowed FNC1 still parses ("10A1" + "21B2" becomes the
lot "A121B2"), so a label is accepted only if the bytes read are the bytes meant.

A label may carry its data in several symbols, in two that have a part of them each, or several
times over. Each symbol read has to be one that was meant, and each one meant has to be seen exactly
as often as it was printed:

>>> elements = ElementString.of(("01", "06972869182019"), ("21", "CN010123"))
>>> parts = Meant("]C1", b"0106972869182019"), Meant("]C1", b"21CN010123")
>>> twice = Reading((Symbol("]C1", b"0106972869182019", "zxing"),) * 2)
>>> for reason in judge(Expected(elements, parts), twice, NothingIssued()).reasons:
...     print(reason.code, "-", reason.expected, "-", reason.read or "nothing")
READ.several - 1 × GS1-128 ]C1 0106972869182019 - 2
READ.no-read - GS1-128 ]C1 21CN010123 - nothing

No override of a difference exists. What the machine could not do is a fault, never a verdict.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from drivers.interface import Symbol
from station.core.difference import GS, Ledger, NothingIssued, explain, shown
from station.core.gs1 import ElementString
from station.core.udi import CARRIERS, LOOK_ALIKES, issuing_system
from station.core.verdict import Code, Reason, Verdict

__all__ = [
    "Code",
    "Expected",
    "Ledger",
    "Meant",
    "NothingIssued",
    "Reading",
    "Reason",
    "Verdict",
    "judge",
    "shown",
]


_DI_ALONE = re.compile(rb"01[0-9]{14}")


@dataclass(frozen=True, slots=True)
class Meant:
    """One symbol of a label, and how many times the label has it."""

    identifier: str
    """AIM identifier, such as "]d2"."""

    data: bytes
    """All of the label's element string, or the part of it that stands in this symbol."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Expected:
    """What one label must carry, and in which symbols."""

    elements: ElementString
    symbols: tuple[Meant, ...]
    """No two of the same identifier and data."""

    def __post_init__(self) -> None:
        whole = self.elements.encode()
        parts = sorted({each.data for each in self.parts}, key=whole.find)
        assert b"".join(parts) in (b"", whole), "parts of the data are all of it together"
        assert self.symbols, "a label without a symbol cannot be verified"
        assert all(each.count >= 1 for each in self.symbols), "what is meant is there"

    @property
    def carriers(self) -> tuple[str, ...]:
        """AIM identifiers of all symbols on the label, such as ("]d2", "]C1")."""
        return tuple(each.identifier for each in self.symbols for _ in range(each.count))

    def own_data(self, read: frozenset[bytes] = frozenset()) -> frozenset[bytes]:
        """What tells this label from others of its product: of what is meant, and was read on it.

        A symbol of (01) alone is on all of them.
        """
        meant = {each.data for each in self.symbols}
        return frozenset(each for each in meant | read if not _DI_ALONE.fullmatch(each))

    @property
    def complete(self) -> tuple[Meant, ...]:
        """The symbols that carry all of the data."""
        whole = self.elements.encode()
        return tuple(each for each in self.symbols if each.data == whole)

    @property
    def parts(self) -> tuple[Meant, ...]:
        """Those that carry some of them, and all of them only together."""
        whole = self.elements.encode()
        return tuple(each for each in self.symbols if each.data != whole)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at one label produced."""

    symbols: tuple[Symbol, ...]
    disagreements: tuple[tuple[Symbol, ...], ...] = ()
    """Readings of one and the same symbol that contradict each other."""

    whole_label: bool = True
    """A camera sees every symbol of a label; a handheld scanner sends some of them, which are
    enough when they carry all of the data."""

    supplementary: bool = False
    """Another reading of the same look shows the label: this one only must not contradict it."""


def judge(expected: Expected, reading: Reading, ledger: Ledger) -> Verdict:
    """Compare one reading with what was meant. Pure; the same input gives the same verdict."""
    reasons: list[Reason] = []
    for reason in _reasons(expected, reading, ledger):
        if reason not in reasons:
            reasons.append(reason)
    return Verdict(tuple(reasons))


def _reasons(expected: Expected, reading: Reading, ledger: Ledger) -> Iterator[Reason]:
    for readings in reading.disagreements:
        yield Reason(
            Code.DISAGREE,
            expected=shown(_nearest(expected, readings[0]).data),
            read=" ≠ ".join(f"{each.engine} {shown(each.data)}" for each in readings),
        )
    seen = Counter(each for each in map(_key, reading.symbols) if each in _keys(expected))
    for symbol in reading.symbols:
        if symbol.identifier not in expected.carriers:
            yield from _foreign(symbol, expected)
        elif _key(symbol) not in _keys(expected):
            meant = _nearest(expected, symbol, seen)
            seen[_key(meant)] += 1
            yield from _explained(meant, symbol, expected, ledger)
    if not reading.supplementary:
        yield from _presence(expected, seen, whole_label=reading.whole_label)


_Key = tuple[str, bytes]
"""What symbols are compared by: identifier and data."""

_Seen = Counter[_Key]
"""How often each symbol meant was seen, or what stands in its place: a wrong one counts too, and
has its own reasons."""


def _key(symbol: Symbol | Meant) -> _Key:
    return symbol.identifier, symbol.data


def _keys(expected: Expected) -> frozenset[_Key]:
    return frozenset(map(_key, expected.symbols))


def _presence(expected: Expected, seen: _Seen, *, whole_label: bool) -> Iterator[Reason]:
    """Each symbol of the label is seen exactly as often as it was printed."""
    lacking = tuple(each for each in expected.symbols if seen[_key(each)] < each.count)
    if not whole_label:
        if not _enough(expected, lacking):
            yield Reason(Code.NO_READ, expected=_told(lacking, expected))
        return
    for meant in expected.symbols:
        count = seen[_key(meant)]
        name = _told((meant,), expected)
        if count > meant.count:
            yield Reason(Code.SEVERAL, expected=f"{meant.count} × {name}", read=str(count))
        elif meant in lacking and meant.count > 1:
            yield Reason(Code.NO_READ, expected=f"{meant.count} × {name}", read=str(count))
        elif meant in lacking:
            yield Reason(Code.NO_READ, expected=name)


def _enough(expected: Expected, lacking: tuple[Meant, ...]) -> bool:
    """Whether what was scanned is all of the data, in one symbol or in its parts."""
    parts = expected.parts
    by_parts = bool(parts) and not any(each in lacking for each in parts)
    return by_parts or any(each not in lacking for each in expected.complete)


def _nearest(expected: Expected, symbol: Symbol, seen: _Seen | None = None) -> Meant:
    """The symbol meant that this one is most like; of two, one that was not seen yet."""
    alike = [each for each in expected.symbols if each.identifier == symbol.identifier]

    def nearness(meant: Meant) -> tuple[int, int]:
        missing = meant.count - (seen or Counter())[_key(meant)]
        return _likeness(meant.data, symbol.data), missing

    return max(alike or expected.symbols, key=nearness)


def _likeness(one: bytes, other: bytes) -> int:
    """Bytes that the two have in common at their beginnings and at their ends."""
    start = _common(one, other)
    return start + _common(one[start:][::-1], other[start:][::-1])


def _common(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _foreign(symbol: Symbol, expected: Expected) -> Iterator[Reason]:
    """A symbol that is not one of those printed on this label."""
    carriers = _names(expected.carriers)
    read = f"{symbol.identifier or 'no identifier'} {shown(symbol.data)}"
    meant = {each.data.replace(GS, b"") for each in expected.symbols}
    if symbol.data.replace(GS, b"") in meant and symbol.identifier in LOOK_ALIKES:
        yield Reason(Code.MISSING_FNC1, expected=carriers, read=read)
    elif symbol.identifier not in CARRIERS:
        system = issuing_system(symbol.identifier, symbol.data)
        code = Code.OTHER_SYSTEM if system else Code.WRONG_SYMBOLOGY
        yield Reason(code, expected=carriers, read=f"{system}: {read}" if system else read)
    else:
        yield Reason(Code.WRONG_SYMBOLOGY, expected=carriers, read=read)


def _explained(
    meant: Meant, symbol: Symbol, expected: Expected, ledger: Ledger
) -> Iterator[Reason]:
    """A part of the data is an element string only behind what comes before it."""
    whole = expected.elements.encode()
    before = b"" if whole.startswith(meant.data) else whole.removesuffix(meant.data)
    return explain(meant.data, symbol.data, ledger, before=before)


def _told(symbols: tuple[Meant, ...], expected: Expected) -> str:
    """By their carriers; with their data where the label has several of one carrier."""
    kinds = Counter(each.identifier for each in expected.symbols)
    return ", ".join(
        _names((each.identifier,)) + (f" {shown(each.data)}" if kinds[each.identifier] > 1 else "")
        for each in symbols
    )


def _names(carriers: tuple[str, ...]) -> str:
    """Each once."""
    return ", ".join(f"{CARRIERS.get(each, 'unknown')} {each}" for each in dict.fromkeys(carriers))
