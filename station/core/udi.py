"""UDI: what a symbol on a device must be, and what else a reader may send instead.

A UDI is its device identifier (DI, the GTIN) and its production identifiers (PI: lot, serial,
dates). The Basic UDI-DI (GMN, AI 8013) belongs in databases and never on a label.

>>> udi = Udi.parse(b"010697286918201911200229" + b"21CN010123")
>>> str(udi.di)
'06972869182019'
>>> [(each.ai, each.value) for each in udi.pi]
[('11', '200229'), ('21', 'CN010123')]

Which organisation's rules data follow is told by their first characters:

>>> issuing_system("]d1", b"+H123PARTNO1234567890120")
<IssuingSystem.HIBCC: 'HIBCC'>
>>> issuing_system("]d2", b"010697286918201911200229")
<IssuingSystem.GS1: 'GS1'>

GS1, HIBCC and MA are read by their rules; ICCBBA, IFA and AHM are recognised and named, and no
more: wherever a label is judged, bytes decide.

>>> found = check("]d1+A99912345/$10X3.")
>>> found.system, found.valid, found.facts[-1]
(<IssuingSystem.HIBCC: 'HIBCC'>, True, ('lot', '10X3'))

Source: GS1 General Specifications 5 (carriers), ISO/IEC 15424 (AIM identifiers), ISO/IEC 15434
(envelopes), ANSI/HIBC 2.6, ICCBBA ST-001, IFA PPN-Code Specification. General knowledge, from
software others published: that AHM begins with MF and a digit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from station.core import ai, gs1
from station.core.gs1 import Element, ElementString
from station.core.gtin import DIGITS, Gtin
from station.core.hibcc import Hibc
from station.core.hibcc_secondary import Fact
from station.core.ma import Ma
from station.core.problem import Problem, Refused, problem, refuse

CARRIERS = gs1.CARRIERS
"""The symbols a UDI may be in: AIM identifier to name."""

LOOK_ALIKES = {
    "]d1": "Data Matrix without FNC1",
    "]d3": "Data Matrix with FNC1 in second position",
    "]C0": "Code 128 without FNC1",
    "]C2": "Code 128 with FNC1 in second position",
    "]Q1": "QR Code without FNC1",
    "]Q5": "QR Code with FNC1 in second position",
}
"""Symbols that look the same to the eye and are not GS1, whatever their text says."""

PI_AIS = ("10", "11", "17", "21", "8012")
"""Lot, production date, expiry, serial; of software its version."""


class IssuingSystem(StrEnum):
    """Whose rules the data of a symbol follow."""

    GS1 = "GS1"
    BRACKETED = "GS1 with its brackets encoded as text"
    HIBCC = "HIBCC"
    ICCBBA = "ICCBBA"
    MA = "MA (IDcode)"
    IFA = "IFA"
    AHM = "AHM (Ali Health)"


_ENVELOPE = re.compile(rb"\[\)>\x1e[0-9]{2}\x1d")
"""ISO/IEC 15434: message header, RS, format, GS."""

_BEGINNINGS = (
    (re.compile(rb"\+[A-Z0-9$+/]"), IssuingSystem.HIBCC),
    (re.compile(rb"=."), IssuingSystem.ICCBBA),
    (re.compile(rb"MA\."), IssuingSystem.MA),
    (re.compile(rb"MF[0-9]"), IssuingSystem.AHM),
    (re.compile(rb"9N[0-9A-Z]{2}"), IssuingSystem.IFA),
)


def issuing_system(identifier: str, data: bytes) -> IssuingSystem | None:
    """Whose rules these data follow, told by how they begin; None if nobody's.

    Digits are GS1 only in a GS1 carrier: without its FNC1 they may be anything.
    """
    if _begins_with_bracketed_ai(data):
        return IssuingSystem.BRACKETED
    content = _ENVELOPE.sub(b"", data, count=1) if _ENVELOPE.match(data) else data
    for beginning, system in _BEGINNINGS:
        if beginning.match(content):
            return system
    numeric = identifier in CARRIERS and ai.match(data[:4].decode("latin-1")) is not None
    return IssuingSystem.GS1 if numeric else None


def _begins_with_bracketed_ai(data: bytes) -> bool:
    found = re.match(rb"\(([0-9]{2,4})\)|\[([0-9]{2,4})\]", data)
    return found is not None and (found[1] or found[2]).decode("ascii") in ai.TABLE


@dataclass(frozen=True, slots=True)
class Udi:
    """A device identifier with its production identifiers, as one symbol carries them."""

    di: Gtin
    elements: ElementString
    """Everything in the symbol, the DI included, in the order encoded."""

    def __post_init__(self) -> None:
        refuse(_problems(self.elements, self.di.digits))

    @classmethod
    def of(cls, elements: ElementString) -> "Udi":
        """The UDI in these elements. Raises Refused if they lack (01) or hold a Basic UDI-DI."""
        di = elements.get("01")
        refuse(_problems(elements, di))
        return cls(Gtin.parse(di or ""), elements)

    @classmethod
    def parse(cls, data: bytes) -> "Udi":
        """The UDI in the raw data of one symbol. Raises Refused."""
        return cls.of(ElementString.parse(data))

    @property
    def pi(self) -> tuple[Element, ...]:
        """The production identifiers, in the order encoded."""
        return tuple(each for each in self.elements.elements if each.ai in PI_AIS)

    @property
    def others(self) -> tuple[Element, ...]:
        """What is neither DI nor PI, such as a count or company data."""
        return tuple(each for each in self.elements.elements if each.ai not in ("01", *PI_AIS))


def _problems(elements: ElementString, di: str | None) -> Iterator[Problem]:
    if elements.get("8013") is not None:
        yield problem(
            "The Basic UDI-DI is never printed: expected a symbol without (8013), got {got!r}.",
            got=elements.get("8013") or "",
        )
    carried = elements.get("01")
    if carried is None:
        yield problem(
            "A UDI has a device identifier: expected (01), got {got}.",
            got=", ".join(f"({each.ai})" for each in elements.elements),
        )
    elif carried != di:
        yield problem(
            "The device identifier differs from the symbol's: expected {expected}, got {got}.",
            expected=carried,
            got=di or "",
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a person learns about one line of data that may be a UDI."""

    identifier: str = ""
    """AIM identifier the line began with; empty if it had none."""

    system: IssuingSystem | None = None
    facts: tuple[Fact, ...] = ()
    """Names and values, in the order encoded; of GS1 the names are application identifiers."""

    hri: str = ""
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()
    """What looks wrong by rules that are not certain."""

    @property
    def judged(self) -> bool:
        """Whether there was anything to find wrong: some systems are only recognised."""
        return bool(self.facts or self.problems)

    @property
    def valid(self) -> bool:
        return self.judged and not self.problems


def check(line: bytes | str) -> Checked:
    """Judge one line as a reader sends it or a person types it, by the rules of its own system.

    An AIM identifier may stand before the data; GS1 data without one may be raw or bracketed. Line
    ends are ignored. Never raises.

    >>> print(*check("]d2+A99912345/$10X3.").problems)
    HIBCC data in GS1 DataMatrix: expected a symbol without FNC1, which marks GS1 data.
    """
    whole = line.decode("latin-1") if isinstance(line, bytes) else line
    text = whole.rstrip("\r\n")
    identifier = text[:3] if text.startswith("]") else ""
    data = text[len(identifier) :]
    system = issuing_system(identifier or "]d2", data[:100].encode("utf-8", "backslashreplace"))
    if system == IssuingSystem.BRACKETED and not identifier:
        system = IssuingSystem.GS1
    try:
        found = _read(system, identifier, data)
    except Refused as refused:
        found = Checked(problems=refused.problems)
    wrong = _carrier_problems(identifier, system)
    return replace(found, identifier=identifier, system=system, problems=(*found.problems, *wrong))


def _read(system: IssuingSystem | None, identifier: str, data: str) -> Checked:
    """What the rules of this system say of the data. Raises Refused."""
    match system:
        case IssuingSystem.HIBCC:
            hibc = Hibc.parse(data)
            return Checked(facts=hibc.facts(), hri=hibc.hri())
        case IssuingSystem.MA:
            ma = Ma.parse(data)
            return Checked(facts=ma.facts(), hri=data, doubts=ma.doubts())
        case IssuingSystem.ICCBBA | IssuingSystem.IFA | IssuingSystem.AHM:
            return Checked()
        case None if not data.startswith(("(", "[", *DIGITS)):
            raise Refused(
                problem(
                    "These data follow no issuing system: expected a beginning of GS1, HIBCC,"
                    " ICCBBA, MA, IFA or AHM, got {got!a}.",
                    got=data[:12],
                )
            )
        case _:
            return _read_gs1(f"{identifier}{data}")


def _read_gs1(line: str) -> Checked:
    found = gs1.check(line)
    refuse(found.problems)
    udi = Udi.of(ElementString(found.elements))
    return Checked(
        facts=tuple((each.ai, each.value) for each in found.elements), hri=udi.elements.hri()
    )


def _carrier_problems(identifier: str, system: IssuingSystem | None) -> Iterator[Problem]:
    if identifier in CARRIERS and system not in (
        None,
        IssuingSystem.GS1,
        IssuingSystem.BRACKETED,
    ):
        yield problem(
            "{system} data in {carrier}: expected a symbol without FNC1, which marks GS1 data.",
            system=str(system),
            carrier=CARRIERS[identifier],
        )
