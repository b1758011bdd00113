"""How far an order is on its way: each step, by whom, or that it is switched off."""

from collections.abc import Mapping

from station.core.batch import StepLine, StepState
from station.records.batch.past import Past, entry
from station.records.journal import recorded_at
from station.records.steps import How, OrderSteps, Shown

_STATES: Mapping[How, StepState] = {
    How.DONE: "done",
    How.REFUSED: "refused",
    How.AGAIN: "due again",
    How.OFF: "off",
}
"""What is neither is not done yet."""


def steps(past: Past) -> tuple[StepLine, ...]:
    """In their order; none for an order that was not started."""
    return tuple(_line(past, each) for each in OrderSteps(past.db).shown(past.order))


def _line(past: Past, shown: Shown) -> StepLine:
    taken = shown.taken
    recorded = recorded_at(past.db, taken.seq) if taken else None
    return StepLine(
        name=shown.step,
        state=_STATES.get(shown.how, "open"),
        entry=entry(recorded) if recorded else None,
        witness=taken.witness if taken else "",
        note=taken.reason if taken else "",
    )
