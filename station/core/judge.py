"""The verdict about one label: what was meant, what was read, and every difference by name.

Bytes decide; parsing only explains. A swallowed FNC1 still parses ("10A1" + "21B2" becomes the
lot "A121B2"), so a label is accepted only if the bytes read are the bytes meant.

No override of a difference exists. What the machine could not do is a fault, never a verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.interface import Symbol
from station.core.gs1 import ElementString
from station.core.problem import Refused
from station.core.udi import CARRIERS, LOOK_ALIKES, issuing_system

GS = b"\x1d"


class Code(StrEnum):
    """Why a label is rejected: a closed list in two levels."""

    GTIN = "DATA.gtin"
    LOT = "DATA.lot"
    EXPIRY = "DATA.expiry"
    PRODUCTION_DATE = "DATA.production-date"
    SERIAL = "DATA.serial"
    DUPLICATE = "DATA.duplicate"
    OTHER_ELEMENT = "DATA.other-element"
    ORDER = "DATA.order"
    MISSING_FNC1 = "DATA.missing-fnc1"
    OTHER_SYSTEM = "DATA.other-system"
    NOT_AN_ELEMENT_STRING = "DATA.not-an-element-string"
    NO_READ = "READ.no-read"
    WRONG_SYMBOLOGY = "READ.wrong-symbology"
    SEVERAL = "READ.several"
    DISAGREE = "READ.decoders-disagree"
    NONE = "PROCESS.none"
    LATE = "PROCESS.late"
    EXTRA = "PROCESS.extra"


_OF_AI = {
    "01": Code.GTIN,
    "10": Code.LOT,
    "17": Code.EXPIRY,
    "11": Code.PRODUCTION_DATE,
    "21": Code.SERIAL,
}


@dataclass(frozen=True, slots=True)
class Reason:
    code: Code
    ai: str = ""
    """Application identifier the reason is about; empty if it is about the label as a whole."""

    expected: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accepted exactly when there is no reason to reject."""

    reasons: tuple[Reason, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Expected:
    """What one label must carry, and in which symbols."""

    elements: ElementString
    carriers: tuple[str, ...]
    """AIM identifiers of the symbols on the label, such as ("]d2", "]C1")."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at one label produced."""

    symbols: tuple[Symbol, ...]
    disagreements: tuple[tuple[Symbol, ...], ...] = ()
    """Readings of one and the same symbol that contradict each other."""

    whole_label: bool = True
    """A camera sees every symbol of a label; a handheld scanner sends one of them."""


class Ledger(Protocol):
    """Which serials left the printer before."""

    def issued(self, gtin: str, serial: str) -> bool: ...


class NothingIssued:
    """The ledger of a label judged on its own, away from the line."""

    def issued(self, gtin: str, serial: str) -> bool:  # noqa: ARG002 - the protocol's names
        return False


def judge(expected: Expected, reading: Reading, ledger: Ledger) -> Verdict:
    """Compare one reading with what was meant. Pure; the same input gives the same verdict."""
    reasons: list[Reason] = []
    for reason in _reasons(expected, reading, ledger):
        if reason not in reasons:
            reasons.append(reason)
    return Verdict(tuple(reasons))


def _reasons(expected: Expected, reading: Reading, ledger: Ledger) -> Iterator[Reason]:
    want = expected.elements.encode()
    for readings in reading.disagreements:
        yield Reason(
            Code.DISAGREE,
            expected=shown(want),
            read=" ≠ ".join(f"{each.engine} {shown(each.data)}" for each in readings),
        )
    for symbol in reading.symbols:
        if symbol.identifier not in expected.carriers:
            yield from _foreign(symbol, expected, want)
        elif symbol.data != want:
            yield from explain(expected.elements, symbol.data, ledger)
    yield from _presence(expected, reading)


def _presence(expected: Expected, reading: Reading) -> Iterator[Reason]:
    """Each symbol of the label is seen exactly once."""
    seen = [symbol.identifier for symbol in reading.symbols]
    carriers = expected.carriers
    if not reading.whole_label:
        if not seen:
            yield Reason(Code.NO_READ, expected=_names(carriers))
        return
    for carrier in carriers:
        if seen.count(carrier) > 1:
            count = seen.count(carrier)
            yield Reason(Code.SEVERAL, expected=f"1 × {_names((carrier,))}", read=str(count))
        elif carrier not in seen:
            yield Reason(Code.NO_READ, expected=_names((carrier,)))


def _foreign(symbol: Symbol, expected: Expected, want: bytes) -> Iterator[Reason]:
    """A symbol that is not one of those printed on this label."""
    carriers = _names(expected.carriers)
    read = f"{symbol.identifier or 'no identifier'} {shown(symbol.data)}"
    if symbol.data.replace(GS, b"") == want.replace(GS, b"") and symbol.identifier in LOOK_ALIKES:
        yield Reason(Code.MISSING_FNC1, expected=carriers, read=read)
    elif symbol.identifier not in CARRIERS:
        system = issuing_system(symbol.identifier, symbol.data)
        code = Code.OTHER_SYSTEM if system else Code.WRONG_SYMBOLOGY
        yield Reason(code, expected=carriers, read=f"{system}: {read}" if system else read)
    else:
        yield Reason(Code.WRONG_SYMBOLOGY, expected=carriers, read=read)


def explain(expected: ElementString, data: bytes, ledger: Ledger) -> Iterator[Reason]:
    """Name every difference between the elements meant and the bytes read. Never silent."""
    want = expected.encode()
    if data.replace(GS, b"") == want.replace(GS, b""):
        yield Reason(Code.MISSING_FNC1, expected=shown(want), read=shown(data))
        return
    try:
        read = ElementString.parse(data)
    except Refused:
        yield Reason(Code.NOT_AN_ELEMENT_STRING, expected=shown(want), read=shown(data))
        yield from _by_position(expected, data)
        return
    found = {element.ai: element.value for element in read.elements}
    meant = {element.ai: element.value for element in expected.elements}
    if found == meant:
        yield Reason(Code.ORDER, expected=expected.hri(), read=read.hri())
    for ai in dict.fromkeys([*meant, *found]):
        if meant.get(ai) != found.get(ai):
            yield _difference(ai, meant.get(ai, ""), found, ledger)


def _difference(ai: str, meant: str, found: dict[str, str], ledger: Ledger) -> Reason:
    got = found.get(ai, "")
    code = _OF_AI.get(ai, Code.OTHER_ELEMENT) if meant else Code.OTHER_ELEMENT
    if ai == "21" and got and ledger.issued(found.get("01", ""), got):
        code = Code.DUPLICATE
    return Reason(code, ai=ai, expected=meant, read=got)


def _by_position(expected: ElementString, data: bytes) -> Iterator[Reason]:
    """What cannot be parsed may still differ in one recognisable value."""
    for element in expected.elements:
        if element.ai + element.value not in data.decode("latin-1"):
            code = _OF_AI.get(element.ai, Code.OTHER_ELEMENT)
            yield Reason(code, ai=element.ai, expected=element.value)


def _names(carriers: tuple[str, ...]) -> str:
    return ", ".join(f"{CARRIERS.get(each, 'unknown')} {each}" for each in carriers)


def shown(data: bytes) -> str:
    """Bytes as a person can compare them: FNC1 separators and controls become visible.

    >>> shown(b"10A1" + GS + b"21B2")
    '10A1␝21B2'
    """
    return "".join(
        chr(0x2400 + byte) if byte < 0x20 else chr(byte) if byte < 0x7F else f"\\x{byte:02x}"
        for byte in data[:200]
    )
