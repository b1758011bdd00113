"""The words of a verdict: accepted, or rejected for reasons out of a closed list.

>>> Verdict().accepted, Verdict((Reason(Code.LOT, ai="10", expected="A1", read="A2"),)).accepted
(True, False)
"""

from dataclasses import dataclass
from enum import StrEnum


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
    TEXT_WRONG = "TEXT.wrong"
    TEXT_MISSING = "TEXT.missing"
    NOT_REGISTERED = "TEXT.not-registered"
    DEAD_DOTS = "PRINT.dead-dots"
    VOID = "PRINT.void"
    SMEAR = "PRINT.smear"
    WRINKLE = "PRINT.wrinkle"
    FAINT = "PRINT.faint"
    BOLD = "PRINT.bold"
    SKEW = "PRINT.skew"
    OFFSET = "PRINT.offset"
    CUT = "PRINT.cut"
    NONE = "PROCESS.none"
    LATE = "PROCESS.late"
    EXTRA = "PROCESS.extra"
    LOST = "PROCESS.lost"
    DOUBLED = "PROCESS.doubled"
    SWAPPED = "PROCESS.swapped"
    TWO_LABELS = "PROCESS.two-labels"
    PREVIOUS = "PROCESS.previous"


CODE_OF_AI = {
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
