"""How the data read differ from the data meant: every difference by its name.

>>> for reason in explain(b"0106972869182019" + b"21CN1", b"0106972869182019" + b"21CN2",
...                       NothingIssued()):
...     print(reason.code, reason.expected, reason.read)
DATA.serial CN1 CN2

Bytes have decided before: what is explained here is rejected, whatever the explanation.
"""

from collections.abc import Iterator
from typing import Protocol

from station.core.gs1 import Element, ElementString
from station.core.problem import Refused
from station.core.udi import issuing_system
from station.core.verdict import CODE_OF_AI, Code, Reason

GS = b"\x1d"


class Ledger(Protocol):
    """Which serials left the printer before."""

    def issued(self, gtin: str, serial: str) -> bool: ...


class NothingIssued:
    """The ledger of a label judged on its own, away from the line."""

    def issued(self, gtin: str, serial: str) -> bool:  # noqa: ARG002 - the protocol's names
        return False


def explain(want: bytes, data: bytes, ledger: Ledger, *, before: bytes = b"") -> Iterator[Reason]:
    """Name every difference between the data meant and the data read. Never silent.

    `before` is what the label carries in another symbol, in front of these.
    """
    if data.replace(GS, b"") == want.replace(GS, b""):
        yield Reason(Code.MISSING_FNC1, expected=shown(want), read=shown(data))
        return
    known = _elements(before) if before else ()
    expected = _elements(before + want)[len(known) :]
    try:
        read = _elements(before + data)[len(known) :]
    except Refused:
        yield _unreadable(want, data)
        yield from _by_position(expected, data)
        return
    found = {element.ai: element.value for element in read}
    meant = {element.ai: element.value for element in expected}
    if found == meant:
        yield Reason(Code.ORDER, expected=_hri(expected), read=_hri(read))
    gtin = next((each.value for each in (*known, *read) if each.ai == "01"), "")
    for ai in dict.fromkeys([*meant, *found]):
        if meant.get(ai) != found.get(ai):
            duplicate = ai == "21" and ai in found and ledger.issued(gtin, found[ai])
            yield _difference(ai, meant.get(ai, ""), found.get(ai, ""), duplicate=duplicate)


def _unreadable(want: bytes, data: bytes) -> Reason:
    """Data of another system are named as such, even in a symbol that claims to be GS1."""
    system = issuing_system("", data)
    if system:
        return Reason(Code.OTHER_SYSTEM, expected=shown(want), read=f"{system}: {shown(data)}")
    return Reason(Code.NOT_AN_ELEMENT_STRING, expected=shown(want), read=shown(data))


def _elements(data: bytes) -> tuple[Element, ...]:
    """Raises Refused."""
    return ElementString.parse(data).elements


def _hri(elements: tuple[Element, ...]) -> str:
    return "".join(f"({each.ai}){each.value}" for each in elements)


def _difference(ai: str, meant: str, got: str, *, duplicate: bool) -> Reason:
    code = CODE_OF_AI.get(ai, Code.OTHER_ELEMENT) if meant else Code.OTHER_ELEMENT
    return Reason(Code.DUPLICATE if duplicate else code, ai=ai, expected=meant, read=got)


def _by_position(expected: tuple[Element, ...], data: bytes) -> Iterator[Reason]:
    """What cannot be parsed may still differ in one recognisable value."""
    for element in expected:
        if element.ai + element.value not in data.decode("latin-1"):
            code = CODE_OF_AI.get(element.ai, Code.OTHER_ELEMENT)
            yield Reason(code, ai=element.ai, expected=element.value)


def shown(data: bytes) -> str:
    """Bytes as a person can compare them: FNC1 separators and controls become visible.

    >>> shown(b"10A1" + GS + b"21B2")
    '10A1␝21B2'
    """
    return "".join(
        chr(0x2400 + byte) if byte < 0x20 else chr(byte) if byte < 0x7F else f"\\x{byte:02x}"
        for byte in data[:200]
    )
