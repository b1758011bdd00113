r"""What ~HQES answers: what stops the printer and what it would like done, as bits (ZPL II
Programming Guide, ~HQ Host Query, tables of error and warning flags).

>>> health = parse_health(b"\r\n  PRINTER STATUS   \r\n   ERRORS:      1 00000000 00000005  \r\n"
...                       b"   WARNINGS:    1 00000000 0000000A\r\n")
>>> ", ".join(health.conditions), ", ".join(sorted(health.warnings))
('paper-out, head-open', 'clean-head, paper-low')

A bit that has no name here is an error all the same, or a warning: what a newer printer says is not
thrown away.

>>> health = parse_health(b"PRINTER STATUS\r\nERRORS: 1 00000000 00100008\r\nWARNINGS: 0 0 0")
>>> ", ".join(health.conditions), health.detail
('printer-error', 'cutter, error 00000000 00100000')
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from drivers.interface import Condition, Garbled, Warn
from drivers.zebra.answer import FrameAnswer

HOST_QUERY = b"~HQES"

_LINES = re.compile(
    rb"\s*PRINTER STATUS"
    rb"\s+ERRORS:\s+([01])\s+([0-9A-F]{1,8})\s+([0-9A-F]{1,8})"
    rb"\s+WARNINGS:\s+([01])\s+([0-9A-F]{1,8})\s+([0-9A-F]{1,8})\s*",
    re.IGNORECASE,
)

_CONDITIONS = {
    0x1: Condition.PAPER_OUT,
    0x2: Condition.RIBBON_OUT,
    0x4: Condition.HEAD_OPEN,
    0x10: Condition.OVER_TEMPERATURE,
    0x10000: Condition.PAUSED,
}

_ERRORS = {
    0x8: "cutter",
    0x20: "motor too hot",
    0x40: "bad element in the print head",
    0x80: "print head not found",
    0x100: "firmware is not configured",
    0x200: "thermistor of the print head",
    0x1000: "paper jam",
    0x2000: "presenter",
    0x4000: "paper feed",
    0x8000: "paper path not clear",
    0x20000: "retract",
    0x40000: "black mark not calibrated",
    0x80000: "black mark not found",
}

_WARNINGS = {
    0x1: Warn.CALIBRATE,
    0x2: Warn.CLEAN_HEAD,
    0x4: Warn.REPLACE_HEAD,
    0x8: Warn.PAPER_LOW,
}


@dataclass(frozen=True, slots=True)
class Health:
    conditions: tuple[Condition, ...]
    """What stops it; PRINTER_ERROR for everything that has no condition of its own."""

    detail: str
    """The errors behind PRINTER_ERROR, in words."""

    warnings: frozenset[Warn]


class HealthAnswer(FrameAnswer):
    def __init__(self, name: str) -> None:
        super().__init__(name, mark=rb"PRINTER STATUS", what="list of errors and warnings")

    def health(self) -> Health:
        """Raises Garbled."""
        try:
            return parse_health(self.text)
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error


def parse_health(text: bytes) -> Health:
    """A frame without STX and ETX. Raises ValueError."""
    found = _LINES.fullmatch(text)
    if not found:
        raise ValueError(f"expected a list of errors and warnings, got {text[:80]!r}")
    errors = _bits(found[1], found[2], found[3])
    warnings = _bits(found[4], found[5], found[6])
    words = tuple(_words(errors))
    conditions = tuple(named for bit, named in _CONDITIONS.items() if errors & bit)
    return Health(
        conditions + (Condition.PRINTER_ERROR,) * bool(words),
        ", ".join(words),
        frozenset(_WARNINGS.get(bit, Warn.OTHER) for bit in _each(warnings)),
    )


_NAMELESS = 1 << 64
"""The flag is up and no bit is."""


def _bits(flag: bytes, group2: bytes, group1: bytes) -> int:
    bits = int(group2, 16) << 32 | int(group1, 16)
    return bits or _NAMELESS * (flag == b"1")


def _each(bits: int) -> Iterator[int]:
    return (1 << place for place in range(bits.bit_length()) if bits >> place & 1)


def _words(errors: int) -> Iterator[str]:
    for bit in _each(errors):
        if bit == _NAMELESS:
            yield "an error without a number"
        elif bit not in _CONDITIONS:
            yield _ERRORS.get(bit, f"error {bit >> 32:08X} {bit & 0xFFFFFFFF:08X}")
