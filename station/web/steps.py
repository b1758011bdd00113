"""The steps of an order as its page shows them: who took which, and what is next."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from station import wording
from station.core.standing import Standing, step_problems
from station.core.state import OrderState
from station.core.workflow import PERSONAL, RULE_OF, Step
from station.records.journal import read_only
from station.records.steps import How, OrderSteps, Shown

MARKS = {How.DONE: "✓", How.NEXT: "▶", How.REFUSED: "✗", How.AGAIN: "↻", How.OFF: "–"}
"""What is neither done, next nor off still has to come."""

_AT_LINE = {OrderState.RUNNING, OrderState.HELD}


@dataclass(frozen=True, slots=True)
class Row:
    step: Step
    how: How
    mark: str
    people: str = ""
    at: datetime | None = None
    reason: str = ""
    meaning: str = ""
    """What the signature stands for."""


@dataclass(frozen=True, slots=True)
class Way:
    rows: tuple[Row, ...]
    next: Step | None
    missing: tuple[str, ...]
    """What is missing, the next step first; each as a sentence."""

    against: tuple[str, ...]
    """What stands against signing the next step now, besides that it is missing."""

    signable: bool
    """The next step is signed, and can be now."""

    at_line: bool
    released: bool


def row_of(shown: Shown, language: str) -> Row:
    taken, mark = shown.taken, MARKS.get(shown.how, "○")
    if taken is None or not taken.by:
        return Row(shown.step, shown.how, mark)
    people = " + ".join(each for each in (taken.by, taken.witness) if each)
    said = RULE_OF[shown.step].meaning if taken.passed else "refused"
    meaning = wording.word(wording.MEANINGS, said, language)
    return Row(shown.step, shown.how, mark, people, taken.at, taken.reason, meaning)


def way(folder: Path, order: str, language: str) -> Way | None:
    """None for an order that people sign nothing for. `folder` holds the journal."""
    with closing(read_only(folder)) as db:
        steps = OrderSteps(db)
        now = steps.standing(order)
        rows = tuple(row_of(each, language) for each in steps.shown(order))
    if now is None or not now.workflow.signed:
        return None
    return _way(now, rows, language)


def _way(now: Standing, rows: tuple[Row, ...], language: str) -> Way:
    following = now.next
    signed = following in PERSONAL
    against = step_problems(now, following) if following and signed else ()
    open_ = tuple(each for each in now.workflow.steps if each not in now.passed)
    return Way(
        rows=rows,
        next=following,
        missing=tuple(wording.told(RULE_OF[each].missing, language) for each in open_),
        against=tuple(wording.told(each, language) for each in against),
        signable=signed and not against,
        at_line=now.state in _AT_LINE,
        released=now.released,
    )
