"""Writes docs/faults.md from the table: `python -m tests.faults.page`."""

from collections.abc import Iterator
from pathlib import Path

from drivers.simulated.faults import FAULTS, Fault, Step
from station import wording
from station.line.board import FaultShown
from station.web import advice
from tests.faults.table import EXPECTED, Expected, Fate

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

_LABELS = {1: "the label before", 2: "the label", 3: "the next label"}

_HEAD = """\
# What comes of each fault

Every fault of the simulated bench, put in place at every step of a label where it can strike: the
second label of an order of three, with the whole station. This page is the table that
`tests/faults` holds the station to, written by `python -m tests.faults.page`. After what is done at
the machine and Resume every one of these orders runs to its end and is closed; a serial passes the
gate once, and what passed is compared with what was really on the paper, but for what is marked
(!).

Faults of the scanner are tried where each label is scanned by hand as well as seen by the camera.

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
        Fate.UNRELEASED: f"accepted, perhaps not through the gate, {', '.join(expected.why)}",
    }.get(expected.fate, "accepted")
    return words + "; one label too many" * expected.surplus + " (!)" * bool(expected.gap)


def _told(expected: Expected) -> str:
    codes = tuple(each for each in expected.why if each in wording.TITLES and "." in each)
    rejected = codes if expected.fate == Fate.REJECTED else ()
    rest = expected.why[len(rejected) :]
    stopped = _failed(expected.device, *rest) if expected.device else _held(*rest)
    return " ".join((*(f"{wording.TITLES[each]}." for each in rejected), *stopped)) or "–"


def _failed(device: str, *conditions: str) -> Iterator[str]:
    for each in advice.for_fault(FaultShown(device, conditions, ""), "en"):
        yield f"{each.happened} {each.next}"


def _held(*causes: str) -> Iterator[str]:
    for cause in causes:
        held = advice.for_hold(cause, "en")
        yield f"{held.happened} {held.next}"


def _cleared(fault: Fault, expected: Expected) -> str:
    standing = {Fate.IN_DOUBT, Fate.STOPPED, Fate.UNRELEASED}
    stands = expected.fate in standing or len(expected.why) > 1
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
    for gap, places in gaps.items():
        yield f"- {', '.join(places)}: {gap}\n"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
