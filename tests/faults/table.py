"""What has to come of each fault at each step of a label: the table that docs/faults.md shows.

The fault strikes at the second label of an order of three. What the table says is compared with
what the whole station did, and what passed the gate with what was really on the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.interface import Condition
from drivers.simulated.faults import Step
from station.core.judge import Code


class Fate(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DOUBT = "in doubt"
    UNRELEASED = "accepted, and not known to have passed the gate"
    STOPPED = "stopped"
    """The line stands, and every label that was issued has its verdict."""


@dataclass(frozen=True, slots=True)
class Expected:
    fate: Fate
    device: str = ""
    why: tuple[str, ...] = ()
    """Conditions of a fault, the code of a reject, the cause of a hold."""

    doubt: tuple[int, ...] = ()
    """Numbers of the labels that a person has to settle."""

    surplus: bool = False
    """More labels left the print head than were issued; somebody has to find them."""

    passes: bool = False
    """Something wrong passes the gate, or is said to have passed it and has not."""

    gap: str = ""
    """What the station does not see here yet."""


def _stopped(
    device: str,
    *why: str,
    surplus: bool = False,
    next_in_doubt: bool = False,
    passes: bool = False,
    gap: str = "",
) -> Expected:
    doubt = (3,) if next_in_doubt else ()
    return Expected(Fate.STOPPED, device, why, doubt, surplus, passes, gap)


def _doubt(device: str, *why: str, surplus: bool = False, gap: str = "") -> Expected:
    return Expected(Fate.IN_DOUBT, device, why, (2,), surplus, gap=gap)


def _rejected(code: Code, *hold: str, gap: str = "") -> Expected:
    return Expected(Fate.REJECTED, why=(code, *hold), gap=gap)


def _stops(name: str, device: str, *conditions: Condition) -> dict[tuple[str, Step], Expected]:
    """Before the serial is burnt nothing is in doubt; nor when a picture of the label exists."""
    doubt = {Step.PRINT, Step.LOOK}
    return {
        (name, step): (_doubt if step in doubt else _stopped)(device, *conditions) for step in Step
    }


def _comes_out(name: str) -> dict[tuple[str, Step], Expected]:
    """The printer counts one label more than there should be."""
    return {
        (name, Step.PRINT): _doubt("printer", _UNEXPLAINED, surplus=True),
        (name, Step.JUDGE): _stopped(
            "printer", _UNEXPLAINED, surplus=True, next_in_doubt=True, passes=True, gap=_LATE
        ),
    }


def _gate_stops(
    name: str, *conditions: Condition, moving: tuple[Condition, ...] = ()
) -> dict[tuple[str, Step], Expected]:
    """`moving`: what is found as well while the gate moves; the label before was released then."""
    found = {
        (name, step): Expected(Fate.UNRELEASED, "gate", conditions, (2,))
        for step in (Step.PRINT, Step.LOOK, Step.JUDGE)
    }
    ready = Expected(Fate.STOPPED, "gate", conditions + moving, (1,))
    gate = Expected(Fate.UNRELEASED, "gate", conditions + moving, (2,))
    return {(name, Step.READY): ready, **found, (name, Step.GATE): gate}


def _only_moving(name: str, *conditions: Condition) -> dict[tuple[str, Step], Expected]:
    """Nothing comes of it unless the gate moves."""
    quiet = dict.fromkeys((Step.PRINT, Step.LOOK, Step.JUDGE), Expected(Fate.ACCEPTED))
    stops = _gate_stops(name, *conditions)
    return stops | {(name, step): expected for step, expected in quiet.items()}


_UNEXPLAINED = Condition.UNEXPLAINED_LABELS

_LATE = (
    "What comes out of the printer by itself once the label before the camera was looked at goes"
    " with that label to the good ones. The printer's odometer tells it at the next label, or at"
    " the end of the order, and somebody has to find it."
)
_BROKEN = (
    "An error that the printer tells only when it is asked for errors is found by the label not"
    " coming, and told as silence; its serial is burnt."
)
_SCANNER = (
    "A scanner that was set up otherwise in the middle of a shift is told as labels of the wrong"
    " kind, until the line holds; only the challenge card tells that it is the scanner."
)
EXPECTED: Mapping[tuple[str, Step], Expected] = {
    ("damaged", Step.PRINT): _rejected(Code.NO_READ),
    ("previous", Step.PRINT): _rejected(Code.DUPLICATE),
    ("wrong-serial", Step.PRINT): _rejected(Code.SERIAL),
    ("wrong-text", Step.PRINT): _rejected(Code.TEXT_WRONG),
    ("taken", Step.PRINT): _doubt("", Code.NONE),
    ("lost", Step.PRINT): _doubt("", Code.NONE),
    ("twin", Step.PRINT): _doubt("printer", _UNEXPLAINED, surplus=True),
    **_comes_out("blank"),
    **_comes_out("reprint"),
    ("reprint", Step.LOOK): _doubt("printer", _UNEXPLAINED, surplus=True),
    **_comes_out("foreign"),
    ("foreign", Step.LOOK): _doubt("printer", _UNEXPLAINED, surplus=True),
    ("paper-out-mid-label", Step.PRINT): _doubt("printer", Condition.PAPER_OUT, Condition.PAUSED),
    **_stops("paper-out", "printer", Condition.PAPER_OUT, Condition.PAUSED),
    **_stops("ribbon-out", "printer", Condition.RIBBON_OUT),
    ("ribbon-out-mid-label", Step.PRINT): _doubt("printer", Condition.RIBBON_OUT, Condition.PAUSED),
    **_stops("head-open", "printer", Condition.HEAD_OPEN),
    **_stops("paused", "printer", Condition.PAUSED),
    **_stops("buffer-full", "printer", Condition.BUFFER_FULL),
    ("printer-broken", Step.READY): _doubt("printer", Condition.SILENT, gap=_BROKEN),
    ("printer-broken", Step.PRINT): _doubt("printer", Condition.SILENT, gap=_BROKEN),
    **{
        ("printer-broken", step): _stopped(
            "printer", Condition.SILENT, next_in_doubt=True, gap=_BROKEN
        )
        for step in (Step.LOOK, Step.JUDGE, Step.GATE)
    },
    **_stops("printer-silent", "printer", Condition.SILENT),
    **_stops("printer-garbled", "printer", Condition.GARBLED),
    **_stops("printer-late", "printer", Condition.SILENT),
    **_stops("printer-unplugged", "printer", Condition.SILENT),
    **_stops("power-cycle", "printer", Condition.UNREACHABLE),
    ("power-cycle-mid-format", Step.READY): _doubt("printer", Condition.UNREACHABLE),
    ("dies-and-prints", Step.PRINT): _doubt("printer", Condition.UNREACHABLE),
    ("dies-and-forgets", Step.PRINT): _doubt("printer", Condition.UNREACHABLE),
    ("dead-dots", Step.PRINT): _rejected(Code.TEXT_WRONG, "rejects"),
    ("void", Step.PRINT): _rejected(Code.VOID),
    ("faint", Step.PRINT): _rejected(Code.FAINT, "rejects"),
    ("bold", Step.PRINT): _rejected(Code.BOLD, "rejects"),
    ("wrinkle", Step.PRINT): _rejected(Code.WRINKLE, "rejects"),
    ("smear", Step.PRINT): _rejected(Code.SMEAR),
    ("skew", Step.PRINT): _rejected(Code.SKEW, "rejects"),
    ("offset", Step.PRINT): _rejected(Code.OFFSET, "rejects"),
    **_stops("camera-frozen", "camera", Condition.FROZEN_PICTURE),
    **_stops("camera-lagging", "camera", Condition.STALE_PICTURE),
    **_stops("camera-black", "camera", Condition.BLACK_PICTURE),
    **_stops("camera-blown-out", "camera", Condition.BLOWN_OUT_PICTURE),
    **{
        ("camera-blurred", step): _doubt("camera", Condition.BLURRED_PICTURE)
        for step in (Step.READY, Step.PRINT, Step.LOOK)
    },
    **{
        ("camera-blurred", step): _stopped("camera", Condition.BLURRED_PICTURE, next_in_doubt=True)
        for step in (Step.JUDGE, Step.GATE)
    },
    **_stops("camera-resized", "camera", Condition.WRONG_SIZE),
    **_stops("camera-cut", "camera", Condition.GARBLED),
    **_stops("camera-stalled", "camera", Condition.SILENT),
    **_stops("camera-unplugged", "camera", Condition.UNREACHABLE),
    ("camera-unplugged", Step.JUDGE): _doubt("camera", Condition.UNREACHABLE),
    ("scanner-noise", Step.LOOK): _rejected(Code.WRONG_SYMBOLOGY),
    ("scanner-noise-line", Step.LOOK): _rejected(Code.WRONG_SYMBOLOGY),
    ("scanner-no-end", Step.LOOK): _doubt("", Code.LATE),
    ("scanner-changes-byte", Step.LOOK): _rejected(Code.NOT_AN_ELEMENT_STRING),
    ("scanner-holds-back", Step.LOOK): _doubt("", Code.LATE),
    ("scanner-no-identifier", Step.LOOK): _rejected(Code.WRONG_SYMBOLOGY, "rejects", gap=_SCANNER),
    ("scanner-layout", Step.LOOK): _rejected(Code.WRONG_SYMBOLOGY, "rejects", gap=_SCANNER),
    ("scanner-unplugged", Step.LOOK): _doubt("scanner", Condition.UNREACHABLE),
    **_gate_stops("gate-stuck", Condition.GATE_NOT_AT_REST),
    **_gate_stops("gate-jammed", Condition.GATE_NOT_AT_REST),
    **_gate_stops("gate-welded", Condition.GATE_NOT_AT_REST),
    **_gate_stops("gate-astray", Condition.GATE_NOT_AT_REST),
    **dict.fromkeys(
        (
            ("gate-stuck", Step.READY),
            ("gate-welded", Step.READY),
            ("gate-astray", Step.READY),
        ),
        Expected(Fate.UNRELEASED, "gate", (Condition.GATE_NOT_AT_REST,), (2,)),
    ),
    ("gate-unseen", Step.PRINT): Expected(
        Fate.REJECTED, "gate", (Code.NO_READ, Condition.GATE_NOT_CONFIRMED)
    ),
    **_only_moving("gate-ghost", Condition.GATE_NOT_AT_REST),
    **_gate_stops("gate-silent", Condition.SILENT, moving=(Condition.GATE_NOT_AT_REST,)),
    **_gate_stops("gate-refusing", Condition.SILENT, moving=(Condition.GATE_NOT_AT_REST,)),
    **_only_moving("gate-hanging-up", Condition.UNREACHABLE),
    **_gate_stops("gate-unplugged", Condition.UNREACHABLE, moving=(Condition.GATE_NOT_AT_REST,)),
}
