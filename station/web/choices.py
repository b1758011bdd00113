"""What a person can do about one label, on its page: a table of states and steps.

>>> [each.value for each in steps_of(LabelState.IN_DOUBT, scannable=True, again=False)]
['scan', 'destroyed', 'not-printed']
>>> steps_of(LabelState.RELEASED, scannable=True, again=False)
()
"""

from station.core.state import GONE, LabelState, OrderState
from station.line.board import Snapshot
from station.records.query import LabelRow
from station.web.asking import Step

_STEPS: dict[LabelState, tuple[Step, ...]] = {
    LabelState.IN_DOUBT: (Step.SCAN, Step.DESTROYED, Step.NOT_PRINTED),
    LabelState.ACCEPTED: (Step.RELEASED, Step.DESTROYED),
    LabelState.REJECTED: (Step.SCAN_SCRAP, Step.SCRAPPED),
}

_LOOKS = {Step.SCAN, Step.SCAN_SCRAP}


def steps_of(state: LabelState, *, scannable: bool, again: bool) -> tuple[Step, ...]:
    """`scannable`: the reader is free for it; `again`: its serial may be printed once more."""
    if state in GONE:
        return (Step.REPRINT,) if again else ()
    return tuple(each for each in _STEPS.get(state, ()) if scannable or each not in _LOOKS)


def scannable(label: LabelRow, order: str, snapshot: Snapshot) -> bool:
    """A label can be told by its serial only, and looked at only while its order is held."""
    at_line = snapshot.order
    return bool(
        label.serial and at_line and at_line.order.id == order and at_line.state == OrderState.HELD
    )
