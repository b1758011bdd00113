"""The challenge: labels known to be bad, each of which has to be rejected for the right reason.

A reader that accepts everything looks the same as a perfect line. So bad labels are made on
purpose, one of each family, and sent through the line; and a verdict that is right by accident does
not count, because it would not be right the next time:

>>> lot = next(each for each in FAMILIES if each.name == "wrong-lot")
>>> lot.caught((Reason(Code.LOT, ai="10", expected="A1", read="A2"),))
True
>>> lot.caught((Reason(Code.NO_READ),)), lot.caught(())
(False, False)

When one is due, and what a missed one means, are rules of this module too. They are told what the
records say and what time it is.

Source: practice of packaging lines (challenge per shift, after stops and at the end; overdue or
failed means an interlock, and what was made since the last pass is held).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from station.core.verdict import Code, Reason


class Kind(StrEnum):
    """What is wrong with a specimen."""

    DATA = "data"
    """What its symbols say."""

    SYMBOL = "symbol"
    """How its symbols say it."""

    TEXT = "text"
    """What a person reads on it."""

    PRINT = "print"
    """How it is printed, or what came out of the printer."""


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    kind: Kind
    expected: frozenset[Code]
    """Reasons that show that it was seen for what it is: one of them is enough."""

    ai: str = ""
    """The element that the reason has to name; empty where it is about none."""

    quick: bool = False
    """One of the few that are made when there is little time."""

    compared: bool = False
    """Only a camera that compares the print can see it: its symbols are right and readable."""

    def caught(self, reasons: Iterable[Reason]) -> bool:
        """Whether the label was rejected for what is wrong with it."""
        return any(
            each.code in self.expected and (not self.ai or each.ai == self.ai) for each in reasons
        )


def _data(name: str, code: Code, ai: str, *, quick: bool = False) -> Family:
    return Family(name, Kind.DATA, frozenset({code}), ai, quick=quick)


def _symbol(name: str, *codes: Code, quick: bool = False) -> Family:
    return Family(name, Kind.SYMBOL, frozenset(codes), quick=quick)


def _text(name: str, *, quick: bool = False) -> Family:
    codes = frozenset({Code.TEXT_WRONG, Code.TEXT_MISSING})
    return Family(name, Kind.TEXT, codes, quick=quick, compared=True)


def _print(name: str, *codes: Code, quick: bool = False, compared: bool = True) -> Family:
    return Family(name, Kind.PRINT, frozenset(codes), quick=quick, compared=compared)


_OF_ANOTHER_ORDER = frozenset(
    {
        Code.GTIN,
        Code.LOT,
        Code.EXPIRY,
        Code.PRODUCTION_DATE,
        Code.SERIAL,
        Code.DUPLICATE,
        Code.OTHER_ELEMENT,
        Code.WRONG_SYMBOLOGY,
    }
)

FAMILIES = (
    _data("wrong-gtin", Code.GTIN, "01", quick=True),
    _data("wrong-lot", Code.LOT, "10", quick=True),
    _data("wrong-expiry", Code.EXPIRY, "17", quick=True),
    _data("wrong-production-date", Code.PRODUCTION_DATE, "11"),
    _data("wrong-serial", Code.SERIAL, "21", quick=True),
    _data("duplicate", Code.DUPLICATE, "21", quick=True),
    Family("previous-order", Kind.DATA, _OF_ANOTHER_ORDER, quick=True),
    _symbol("element-order", Code.ORDER),
    _symbol("missing-fnc1", Code.MISSING_FNC1, quick=True),
    _symbol("data-matrix-without-fnc1", Code.MISSING_FNC1, quick=True),
    _symbol("code-128-without-fnc1", Code.MISSING_FNC1),
    _symbol("brackets-encoded", Code.OTHER_SYSTEM),
    _symbol("other-system", Code.OTHER_SYSTEM),
    _text("text-not-symbol", quick=True),
    _text("wrong-character"),
    _text("look-alike-character", quick=True),
    _text("missing-character"),
    _text("missing-line", quick=True),
    _text("missing-drawing"),
    _print("dead-dots", Code.DEAD_DOTS, quick=True),
    _print("low-contrast", Code.FAINT),
    _print("smear", Code.SMEAR, Code.BOLD, Code.TEXT_WRONG, Code.NO_READ),
    _print("void", Code.VOID, Code.TEXT_WRONG, Code.TEXT_MISSING),
    _print("shift", Code.OFFSET, Code.CUT, quick=True),
    _print("half-label", Code.CUT, Code.TEXT_MISSING, Code.NO_READ, Code.NOT_REGISTERED),
    _print("blank", Code.NO_READ, Code.NONE, compared=False, quick=True),
    _print("two-labels", Code.SEVERAL, Code.TWO_LABELS, compared=False),
)
"""In the order in which they are made. A defect of the print may be told by what it does to the
text and the codes under it; and over half a label nothing can be laid.
"""

BY_NAME = {each.name: each for each in FAMILIES}

Choice = Literal["all", "quick"]


def chosen(choice: Choice) -> tuple[Family, ...]:
    """The families that a challenge makes, as far as they apply to its order."""
    return tuple(each for each in FAMILIES if each.quick or choice == "all")


class Result(StrEnum):
    """How a challenge ended."""

    PASSED = "passed"
    MISSED = "missed"
    """A bad label was accepted, or rejected for another reason than what is wrong with it."""

    ABORTED = "aborted"
    """The machine failed, or a person stopped it: neither passed nor missed."""


def result(caught: Iterable[bool]) -> Result:
    """Of a challenge that was made to its end. One that tried nothing has shown nothing.

    >>> str(result([True, True])), str(result([True, False])), str(result([]))
    ('passed', 'missed', 'missed')
    """
    every = tuple(caught)
    return Result.PASSED if every and all(every) else Result.MISSED


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a challenge is asked for. Nothing is, unless somebody says so."""

    every: timedelta = timedelta(0)
    """A pass holds so long; 0: for ever."""

    at_start: bool = False
    """Of each order, before its first label."""

    after_stops: timedelta = timedelta(0)
    """A longer stop, or a fault of the machine, asks for one; 0: none does."""

    at_end: bool = False
    """Of each order, after its last label."""

    families: Choice = "all"


class Cause(StrEnum):
    """Why a challenge is due."""

    MISSED = "missed"
    START = "start"
    TIME = "time"
    FAULT = "fault"
    STOP = "stop"
    END = "end"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say, as far as challenges depend on it. Times have a zone."""

    passed: datetime | None = None
    """When the station passed one last; None if it never did."""

    missed: bool = False
    """The last one that was made to its end was missed."""

    passed_here: bool = False
    """One was passed since the order at the line was started."""

    longest_stop: timedelta = timedelta(0)
    """Of the order at the line since that pass; one that goes on counts until now."""

    fault: bool = False
    """The machine failed, or was off, since that pass."""

    made: int = 0
    """Good labels of the order since that pass."""

    finishing: bool = False
    """The order has all it asked for."""


def due(schedule: Schedule, facts: Facts, *, now: datetime) -> tuple[Cause, ...]:
    """Every reason for which a challenge has to be passed before the line may go on.

    >>> due(Schedule(at_start=True), Facts(), now=datetime(2026, 3, 1))
    (<Cause.START: 'start'>,)
    """
    stops = bool(schedule.after_stops)
    asked = (
        (facts.missed, Cause.MISSED),
        (schedule.at_start and not facts.passed_here, Cause.START),
        (bool(schedule.every) and not _holds(schedule, facts, now), Cause.TIME),
        (stops and facts.fault, Cause.FAULT),
        (stops and facts.longest_stop > schedule.after_stops, Cause.STOP),
        (schedule.at_end and facts.finishing and facts.made > 0, Cause.END),
    )
    return tuple(cause for wanted, cause in asked if wanted)


def locked(schedule: Schedule, facts: Facts, *, now: datetime) -> bool:
    """Whether nothing may be printed."""
    return bool(due(schedule, facts, now=now))


def next_due(schedule: Schedule, facts: Facts) -> datetime | None:
    """When the clock will ask for the next one; None where it never does, or does already."""
    return facts.passed + schedule.every if schedule.every and facts.passed else None


def _holds(schedule: Schedule, facts: Facts, now: datetime) -> bool:
    """A pass from the future proves nothing: the clock was set."""
    return facts.passed is not None and timedelta(0) <= now - facts.passed <= schedule.every


@dataclass(frozen=True, slots=True)
class Step:
    """An order stopped, or went on."""

    at: datetime
    stopped: bool


def longest_stop(steps: Iterable[Step], *, now: datetime) -> timedelta:
    """The longest time an order stood still, by its steps in their order.

    >>> at = [datetime(2026, 3, 1, hour) for hour in (8, 9, 12, 13)]
    >>> steps = (Step(at[0], True), Step(at[1], False), Step(at[2], True))
    >>> longest_stop(steps, now=at[3]), longest_stop(steps, now=at[2])
    (datetime.timedelta(seconds=3600), datetime.timedelta(seconds=3600))
    """
    longest, since = timedelta(0), None
    for step in steps:
        if step.stopped:
            since = since or step.at
        elif since:
            longest, since = max(longest, step.at - since), None
    return max(longest, now - since) if since else longest


@dataclass(frozen=True, slots=True)
class Made:
    """A good label that left the station."""

    order: str
    number: int
    seq: int
    """The event that let it pass."""


Span = tuple[int, int]
"""The first and the last of label numbers without a gap."""


def quarantined(labels: Iterable[Made], *, passed: int) -> dict[str, tuple[Span, ...]]:
    """What a miss puts on hold: by order, every label let pass since the last passed challenge.

    `passed` is the event that ended that challenge.

    >>> quarantined([Made("A", 1, 5), Made("A", 2, 9), Made("A", 3, 12)], passed=7)
    {'A': ((2, 3),)}
    """
    numbers: dict[str, list[int]] = {}
    for each in labels:
        if each.seq > passed:
            numbers.setdefault(each.order, []).append(each.number)
    return {order: spans(each) for order, each in numbers.items()}


def spans(numbers: Iterable[int]) -> tuple[Span, ...]:
    """Numbers as stretches without gaps, ascending.

    >>> spans([5, 1, 2, 3, 7, 6, 3])
    ((1, 3), (5, 7))
    """
    found: list[Span] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def numbers_of(stretches: Iterable[Span]) -> tuple[int, ...]:
    """The other way round."""
    return tuple(number for first, last in stretches for number in range(first, last + 1))


def told(stretches: Iterable[Span]) -> str:
    """As a person reads them.

    >>> told(((1, 3), (7, 7)))
    '1–3, 7'
    """
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in stretches)
