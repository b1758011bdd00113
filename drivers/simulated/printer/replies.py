r"""What the simulated printer answers, field by field as in the guide.

>>> status = PrinterStatus(paper_out=True, paused=True, labels_remaining=3)
>>> for frame in host_status(status, length=320).split(b"\r\n"):
...     print(frame.strip(b"\x02\x03").decode())
030,1,1,0320,000,0,0,0,000,0,0,0
000,0,0,0,1,2,6,0,00000003,1,000
1234,0
<BLANKLINE>
"""

from collections.abc import Iterable, Mapping

from drivers.interface import PrinterStatus, PrintMode, Warn

# ~HQES, group 1: the bits of the errors that ~HS tells too.
_MEDIA_OUT, _RIBBON_OUT, _HEAD_OPEN, _PAUSED = 0x1, 0x2, 0x4, 0x10000

# The guide names no bit for a ribbon that runs low: it comes as one without name.
_WARNINGS: Mapping[Warn, int] = {
    Warn.CALIBRATE: 0x1,
    Warn.CLEAN_HEAD: 0x2,
    Warn.REPLACE_HEAD: 0x4,
    Warn.PAPER_LOW: 0x8,
    Warn.RIBBON_LOW: 0x1000,
    Warn.OTHER: 0x2000,
}

_MODES: Mapping[PrintMode, int] = {
    PrintMode.REWIND: 0,
    PrintMode.PEEL: 1,
    PrintMode.TEAR: 2,
    PrintMode.CUTTER: 3,
    PrintMode.APPLICATOR: 4,
}


def host_status(status: PrinterStatus, *, length: int, mode: PrintMode = PrintMode.TEAR) -> bytes:
    """Three frames of 12, 11 and 2 fields (~HS); length is that of the label, in dots."""
    first = (
        f"030,{status.paper_out:d},{status.paused:d},{min(length, 9999):04d},"
        f"{min(status.formats_in_buffer, 999):03d},{status.buffer_full:d},0,"
        f"{status.partial_format:d},000,{status.corrupt_memory:d},"
        f"{status.under_temperature:d},{status.over_temperature:d}"
    )
    second = (
        f"000,0,{status.head_open:d},{status.ribbon_out:d},1,{_MODES[mode]},6,"
        f"{status.label_waiting:d},{status.labels_remaining:08d},1,"
        f"{min(status.graphics_stored, 999):03d}"
    )
    return _frame(first) + _frame(second) + _frame("1234,0")


def identification(*, dots_per_mm: int) -> bytes:
    """Model, firmware, dots per millimetre, memory (~HI)."""
    return _frame(f"SIMULATED,V1.0.0,{dots_per_mm},8192KB")


def errors_and_warnings(
    status: PrinterStatus, *, errors: int = 0, warnings: Iterable[Warn] = ()
) -> bytes:
    """Bit masks of what stops the printer and of what it would like done (~HQES). errors: bits
    beyond those of the status.
    """
    mask = (
        errors
        | _MEDIA_OUT * status.paper_out
        | _RIBBON_OUT * status.ribbon_out
        | _HEAD_OPEN * status.head_open
        | _PAUSED * status.paused
    )
    wishes = sum(_WARNINGS[each] for each in set(warnings))
    return _frame(
        "\r\n\r\n  PRINTER STATUS"
        f"\r\n   ERRORS:         {bool(mask):d} 00000000 {mask:08X}"
        f"\r\n   WARNINGS:       {bool(wishes):d} 00000000 {wishes:08X}\r\n"
    )


def variable(value: str) -> bytes:
    """A variable's value; "?" for one that is not known (SGD, getvar). No line end follows."""
    return f'"{value}"'.encode("ascii")


def directory(pattern: str, kept: Iterable[tuple[str, int]], *, free: int) -> bytes:
    """Full name and bytes of what is kept under such names (^HW)."""
    lines = "".join(f"* {name:<18} {size:>8}   \r\n" for name, size in kept)
    return _frame(f"\r\n- DIR {pattern} \r\n{lines}\r\n-{free:>10} bytes free R: RAM\r\n")


def _frame(text: str) -> bytes:
    return b"\x02" + text.encode("ascii") + b"\x03\r\n"
