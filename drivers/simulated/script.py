"""When what goes wrong: faults by the number of the label, the same every time.

>>> script = Script.parse({"seed": 7, "faults": (
...     {"at": 5, "fault": "paper-out-mid-label"},
...     {"at": 9, "step": "look", "fault": "head-open", "until": 11},
...     {"every": 50, "fault": "twin", "from": 100},
...     {"chance": "1/200", "fault": "damaged"},
... )})
>>> [each.name for each in script.strikes(Step.PRINT, 5)]
['paper-out-mid-label']
>>> [n for n in range(1, 201) if any(f.name == "twin" for f in script.strikes(Step.PRINT, n))]
[100, 150, 200]
>>> [each.name for each in script.ends(Step.LOOK, 11)]
['close-head']

Labels are counted at the printer, from 1. Everything wrong with a script is told at once:

>>> try:
...     Script.parse({"faults": ({"at": 0, "fault": "gate-stuck"}, {"at": 3, "fault": "twins"})})
... except NoScript as wrong:
...     for each in wrong.complaints:
...         print(str(each)[:61])
faults.0.at: Expected a whole number of at least 1, got 0.
faults.1.fault: Unknown fault 'twins'. Expected one of: blank
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from drivers.simulated.faults import FAULTS, Fault, Remedy, Step

MOST_LINES = 1000
LARGEST = 10**9

_FIELDS = ("at", "every", "chance", "fault", "step", "until", "from")
_WHEN = ("at", "every", "chance")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a script, and where."""

    where: str
    """Dotted path, such as "faults.3.at"."""

    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}" if self.where else self.why


class NoScript(ValueError):
    """A document is no script, for all these reasons."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("\n".join(str(each) for each in complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Line:
    """One fault of a script, and at which labels it strikes."""

    fault: Fault
    step: Step
    at: int | None = None
    every: int | None = None
    chance: Fraction | None = None
    first: int = 1
    """`every` and `chance` begin at this label."""

    until: int | None = None
    """At this label, and the same step, somebody mends it."""

    def strikes(self, number: int, *, draw: Fraction) -> bool:
        """`draw` is this label's number out of the hat, from 0 to less than 1."""
        if self.at is not None:
            return number == self.at
        if number < self.first:
            return False
        if self.every is not None:
            return (number - self.first) % self.every == 0
        return self.chance is not None and draw < self.chance


@dataclass(frozen=True, slots=True)
class Script:
    lines: tuple[Line, ...] = ()
    seed: int = 0

    @classmethod
    def parse(cls, document: object) -> "Script":
        """A plain document of dicts, lists, text and numbers. Raises NoScript with every reason."""
        if not isinstance(document, dict):
            raise NoScript(Complaint("", f"Expected a mapping of fields, got {_shown(document)}."))
        complaints = [*_unknown(document, ("seed", "faults"), "")]
        seed, faults = document.get("seed", 0), document.get("faults", ())
        if not _whole(seed, least=0):
            complaints.append(_not_whole("seed", seed, least=0))
        if not isinstance(faults, (list, tuple)):
            complaints.append(Complaint("faults", f"Expected a list, got {_shown(faults)}."))
            faults = ()
        if len(faults) > MOST_LINES:
            why = f"Expected at most {MOST_LINES} lines, got {len(faults)}."
            raise NoScript(*complaints, Complaint("faults", why))
        lines = []
        for place, each in enumerate(faults):
            try:
                lines.append(_line(each, f"faults.{place}"))
            except NoScript as wrong:
                complaints += wrong.complaints
        if complaints:
            raise NoScript(*complaints)
        return cls(tuple(lines), seed)

    def strikes(self, step: Step, number: int) -> Iterator[Fault]:
        """What is put in place at this step of this label."""
        for place, line in enumerate(self.lines):
            if line.step == step and line.strikes(number, draw=_draw(self.seed, place, number)):
                yield line.fault

    def ends(self, step: Step, number: int) -> Iterator[Remedy]:
        """What somebody mends at this step of this label, before anything else happens."""
        for line in self.lines:
            if line.step == step and line.until == number and line.fault.remedy:
                yield line.fault.remedy


def _draw(seed: int, place: int, number: int) -> Fraction:
    """The same for the same label whatever happened before, and on every machine."""
    digest = hashlib.sha256(f"{seed} {place} {number}".encode()).digest()
    return Fraction(int.from_bytes(digest[:8], "big"), 1 << 64)


def _line(document: object, where: str) -> Line:
    """Raises NoScript."""
    if not isinstance(document, dict):
        why = f"Expected a mapping of fields, got {_shown(document)}."
        raise NoScript(Complaint(where, why))
    fault = FAULTS.get(document["fault"]) if isinstance(document.get("fault"), str) else None
    step = _step(document.get("step"), fault)
    chance = _fraction(document.get("chance"))
    complaints = [
        *_unknown(document, _FIELDS, where),
        *_when_problems(document, where, chance),
        *_fault_problems(document, where, fault, step),
    ]
    if complaints or fault is None or step is None:
        raise NoScript(*complaints)
    return Line(
        fault=fault,
        step=step,
        at=document.get("at"),
        every=document.get("every"),
        chance=chance,
        first=document.get("from", document.get("every", 1)) or 1,
        until=document.get("until"),
    )


def _when_problems(
    document: Mapping[object, object], where: str, chance: Fraction | None
) -> Iterator[Complaint]:
    given = [name for name in _WHEN if name in document]
    if len(given) != 1:
        got = ", ".join(given) or "none of them"
        yield Complaint(where, f"Expected one of at, every, chance; got {got}.")
    for name in ("at", "every", "from", "until"):
        if name in document and not _whole(document[name], least=1):
            yield _not_whole(f"{where}.{name}", document[name], least=1)
    if "chance" in document and chance is None:
        why = f"Expected a chance such as 1/200, got {_shown(document['chance'])}."
        yield Complaint(f"{where}.chance", why)
    if "from" in document and "at" in document:
        yield Complaint(f"{where}.from", "Only `every` and `chance` begin at a label.")
    yield from _until_problems(document, where)


def _until_problems(document: Mapping[object, object], where: str) -> Iterator[Complaint]:
    at, until = document.get("at"), document.get("until")
    if "until" in document and "at" not in document:
        yield Complaint(f"{where}.until", "Only a fault `at` a label is mended at another.")
    if isinstance(at, int) and isinstance(until, int) and until <= at:
        yield Complaint(f"{where}.until", f"Expected a label after {at}, got {until}.")


def _fault_problems(
    document: Mapping[object, object], where: str, fault: Fault | None, step: Step | None
) -> Iterator[Complaint]:
    if "fault" not in document:
        yield Complaint(f"{where}.fault", "This field is required.")
    elif fault is None:
        known = ", ".join(sorted(FAULTS))
        why = f"Unknown fault {_shown(document['fault'])}. Expected one of: {known}."
        yield Complaint(f"{where}.fault", why)
    elif step is None:
        known = ", ".join(fault.steps)
        why = f"{fault.name} strikes at {known}, got {_shown(document['step'])}."
        yield Complaint(f"{where}.step", why)
    elif "until" in document and fault.remedy is None:
        yield Complaint(f"{where}.until", f"Nothing is left to mend after {fault.name}.")


def _step(wanted: object, fault: Fault | None) -> Step | None:
    """The step a line names, or else the fault's own; None where the fault cannot strike there."""
    steps = fault.steps if fault else ()
    return next((each for each in steps if wanted is None or each == wanted), None)


def _fraction(value: object) -> Fraction | None:
    """More than 0 and at most 1."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = str(value)
    try:
        found = Fraction(text) if len(text) <= 20 and "e" not in text.lower() else Fraction(0)
    except (ValueError, ZeroDivisionError):
        return None
    return found if 0 < found <= 1 else None


def _unknown(
    document: Mapping[object, object], known: tuple[str, ...], where: str
) -> Iterator[Complaint]:
    for name in document:
        if name not in known:
            path = ".".join(part for part in (where, str(name)[:40]) if part)
            yield Complaint(path, f"Unknown field. Expected one of: {', '.join(known)}.")


def _whole(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST


def _not_whole(where: str, got: object, *, least: int) -> Complaint:
    why = f"Expected a whole number of at least {least}, got {_shown(got)}."
    if isinstance(got, int) and not isinstance(got, bool) and got > LARGEST:
        why = f"Expected a whole number of at most {LARGEST}."
    return Complaint(where, why)


def _shown(value: object) -> str:
    """Cut to a length that fits a sentence."""
    try:
        text = "nothing" if value is None else repr(value)
    except ValueError:  # a number of more digits than Python likes to write
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}…"
