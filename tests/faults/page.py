"""Writes docs/faults.md from the table: `python -m tests.faults.page`."""

from collections.abc import Iterator
from pathlib import Path

from drivers.simulated.faults import FAULTS, Fault, Step
from station import wording
from station.line.board import FaultShown
from station.web import advice
from tests.faults.table import BEHIND_THE_LAST, EXPECTED, Expected, Fate

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

_LABELS = {2: "the label", 3: "the next label"}

_HEAD = """\
# What comes of each fault

Every fault of the simulated bench, put in place at every step of a label where it can strike: the
second label of an order of three, with the whole station. This page is the table that
`tests/faults` holds the station to, written by `python -m tests.faults.page`. After what is done at
the machine and Resume every one of these orders runs to its end and is closed; a serial passes the
gate once, and what passed is compared with what was really on the paper, but for what is marked
(!).

The steps: **ready**, the label before has left; **print**, the printer has the label's format;
**look**, the label lies before the camera; **judge**, its picture was taken; **gate**, the gate is
told to move.

| fault | step | outcome | what the operator is told | labels in doubt | how it is cleared |
|---|---|---|---|---|---|
"""


def text() -> str:
    rows = "".join(
        f"| {' | '.join(_row(fault, step))} |\n"
        for fault in FAULTS.values()
        for step in fault.steps
    )
    return _HEAD + rows + "".join(_gaps())


def _row(fault: Fault, step: Step) -> tuple[str, ...]:
    expected = EXPECTED[fault.name, step]
    first = step == fault.steps[0]
    name = f"**{fault.name}**: {fault.does}" if first else fault.name
    doubt = ", ".join(_LABELS[number] for number in expected.doubt) or "–"
    return name, step.value, _outcome(expected), _told(expected), doubt, _cleared(fault, expected)


def _outcome(expected: Expected) -> str:
    words = {
        Fate.REJECTED: f"rejected, {', '.join(expected.why)}",
        Fate.STOPPED: f"stopped, {', '.join(expected.why)}",
        Fate.IN_DOUBT: f"in doubt, {', '.join(expected.why)}",
    }.get(expected.fate, "accepted")
    return words + "; one label too many" * expected.surplus + " (!)" * bool(expected.gap)


def _told(expected: Expected) -> str:
    if expected.fate == Fate.REJECTED:
        return " ".join((f"{wording.TITLES[expected.why[0]]}.", *_held(*expected.why[1:])))
    if expected.device:
        shown = FaultShown(expected.device, expected.why, "")
        return " ".join(f"{each.happened} {each.next}" for each in advice.for_fault(shown, "en"))
    return " ".join(_held(*expected.why)) or "–"


def _held(*causes: str) -> Iterator[str]:
    for cause in causes:
        held = advice.for_hold(cause, "en")
        yield f"{held.happened} {held.next}"


def _cleared(fault: Fault, expected: Expected) -> str:
    stands = expected.fate in {Fate.IN_DOUBT, Fate.STOPPED} or len(expected.why) > 1
    said = ("Say what became of the label in doubt.",) if expected.doubt else ()
    mended = (fault.remedy.does,) if fault.remedy else ()
    found = ("Find the label that is too many, and record it.",) if expected.surplus else ()
    resume = ("Resume.",) if stands else ()
    return " ".join((*(mended if stands else ()), *said, *resume, *found)) or "–"


def _gaps() -> Iterator[str]:
    """What the station does not see yet, once each."""
    gaps: dict[str, list[str]] = {}
    for (name, step), expected in EXPECTED.items():
        if expected.gap:
            gaps.setdefault(expected.gap, []).append(f"{name} at {step}")
    if gaps:
        yield "\n## (!) What is not seen\n\n"
    gaps[BEHIND_THE_LAST] = ["gate-stuck at the last label of an order"]
    for gap, places in gaps.items():
        yield f"- {', '.join(places)}: {gap}\n"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
