"""What has to come of each fault at each step of a label: the table that docs/faults.md shows.

The fault strikes at the second label of an order of three. What the table says is compared with
what the whole station did, and what passed the gate with what was really on the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.interface import Condition
from drivers.simulated.faults import FAULTS, Step
from station.core.judge import Code


class Fate(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DOUBT = "in doubt"
    STOPPED = "stopped"
    """The line stands, and every label that was issued has its verdict."""


@dataclass(frozen=True, slots=True)
class Expected:
    fate: Fate
    device: str = ""
    why: tuple[str, ...] = ()
    """Conditions of a fault, the code of a reject, or the cause of a hold."""

    surplus: bool = False
    """More labels left the print head than were issued; somebody has to find them."""

    passes: bool = False
    """Something wrong passes the gate, or is said to have passed it and has not."""

    gap: str = ""
    """What the station does not see here yet."""


def _stopped(device: str, *conditions: Condition, surplus: bool = False, gap: str = "") -> Expected:
    return Expected(Fate.STOPPED, device, conditions, surplus=surplus, gap=gap)


def _passes(gap: str, *, surplus: bool = False) -> Expected:
    return Expected(Fate.ACCEPTED, surplus=surplus, passes=True, gap=gap)


def _doubt(device: str, *why: Condition | Code) -> Expected:
    return Expected(Fate.IN_DOUBT, device, why)


def _rejected(code: Code, *, surplus: bool = False) -> Expected:
    return Expected(Fate.REJECTED, why=(code,), surplus=surplus)


def _printer_stops(name: str, *conditions: Condition) -> dict[tuple[str, Step], Expected]:
    """Before the serial is burnt nothing is in doubt; nor when a picture of the label exists."""
    doubt = {Step.PRINT, Step.LOOK}
    return {
        (name, step): (_doubt if step in doubt else _stopped)("printer", *conditions)
        for step in Step
    }


_TEXT = "Text is not compared with what was meant; only the symbols are."
_TWIN = (
    "Both labels lie before the camera and pass. The printer's odometer tells, and the order cannot"
    " be closed before the second is found."
)
_BLANK = (
    "The blank passes with the label it lies on. The printer's odometer tells, and the order cannot"
    " be closed before it is found."
)
_STUCK = (
    "The gate does not say whether it moved: the label is recorded as released and lies there"
    " still. Whoever takes it away has to record that it was destroyed."
)

EXPECTED: Mapping[tuple[str, Step], Expected] = {
    ("damaged", Step.PRINT): _rejected(Code.NO_READ),
    ("previous", Step.PRINT): _rejected(Code.DUPLICATE),
    ("wrong-serial", Step.PRINT): _rejected(Code.SERIAL),
    ("wrong-text", Step.PRINT): _passes(_TEXT),
    ("taken", Step.PRINT): _doubt("", Code.NONE),
    ("lost", Step.PRINT): _doubt("", Code.NONE),
    ("twin", Step.PRINT): _passes(_TWIN, surplus=True),
    ("blank", Step.READY): _stopped("camera", Condition.LABEL_LEFT, surplus=True),
    ("blank", Step.PRINT): _passes(_BLANK, surplus=True),
    ("blank", Step.LOOK): _rejected(Code.NO_READ, surplus=True),
    ("blank", Step.JUDGE): _passes(_BLANK, surplus=True),
    ("blank", Step.GATE): _stopped("camera", Condition.LABEL_LEFT, surplus=True),
    ("paper-out-mid-label", Step.PRINT): _doubt("printer", Condition.PAPER_OUT, Condition.PAUSED),
    **_printer_stops("paper-out", Condition.PAPER_OUT, Condition.PAUSED),
    **_printer_stops("ribbon-out", Condition.RIBBON_OUT),
    **_printer_stops("head-open", Condition.HEAD_OPEN),
    **_printer_stops("paused", Condition.PAUSED),
    **_printer_stops("printer-silent", Condition.SILENT),
    **_printer_stops("power-cycle", Condition.UNREACHABLE),
    ("power-cycle-mid-format", Step.READY): _doubt("printer", Condition.UNREACHABLE),
    ("dies-and-prints", Step.PRINT): _doubt("printer", Condition.UNREACHABLE),
    ("dies-and-forgets", Step.PRINT): _doubt("printer", Condition.UNREACHABLE),
    **{
        ("gate-stuck", step): _stopped("camera", Condition.LABEL_LEFT, gap=_STUCK)
        for step in FAULTS["gate-stuck"].steps
    },
}

AFTER_THE_LAST: Mapping[str, str] = {
    "gate-stuck": (
        "An order is finished while its last label lies before the camera still, recorded as"
        " released. The next order does not begin before somebody has taken it away."
    )
}
"""What is not seen where the fault strikes when the gate is told to move the last label."""
