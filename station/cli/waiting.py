r"""What waits for a person, in every order, with the command that settles it.

>>> print(*(each for each in _of_label("WO 1", LabelRow(5, "A1", LabelState.IN_DOUBT, 0))),
...       sep="\n")
labelstation settle 'WO 1' 5 --scan --by NAME
labelstation settle 'WO 1' 5 --destroyed --by NAME --witness NAME --reason TEXT
labelstation settle 'WO 1' 5 --not-printed --by NAME --witness NAME --reason TEXT
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from station.core.state import GONE, LabelState, OrderState
from station.records.query import LabelRow, OrderRow, Records


@dataclass(frozen=True, slots=True)
class Waiting:
    order: str
    number: int
    """0 where the order as a whole waits."""

    serial: str
    state: LabelState | OrderState
    commands: tuple[str, ...]


TWO = "--by NAME --witness NAME --reason TEXT"

_OUTCOMES: dict[LabelState, tuple[str, ...]] = {
    LabelState.IN_DOUBT: (f"--destroyed {TWO}", f"--not-printed {TWO}"),
    LabelState.ACCEPTED: (f"--released {TWO}", f"--destroyed {TWO}"),
    LabelState.REJECTED: (f"--voided {TWO}",),
}

_SCANNED = {LabelState.IN_DOUBT, LabelState.REJECTED}
"""What a look can settle, if the label has a serial to tell it by."""


def waiting(records: Records, *, served: bool, config: str = "") -> Iterator[Waiting]:
    """`served`: a station runs, so what is open in a running order is at the machine. `config` is
    the file the commands have to name; empty if none.
    """
    for row in records.orders():
        at_work = served and row.state == OrderState.RUNNING
        for label in () if at_work else _labels(records, row):
            commands = tuple(_of_label(row.order.id, label, config=config))
            yield Waiting(row.order.id, label.number, label.serial, label.state, commands)
        if row.state in {OrderState.FINISHED, OrderState.ENDED}:
            yield Waiting(row.order.id, 0, "", row.state, tuple(_of_order(row, config=config)))


def _labels(records: Records, row: OrderRow) -> Iterator[LabelRow]:
    if row.balance.open:
        yield from records.open_labels(row.order.id)
    if row.order.reprint == "same" and row.state == OrderState.HELD:
        yield from records.lacking(row.order.id)


def _of_label(order: str, label: LabelRow, *, config: str = "") -> Iterator[str]:
    where = f"{shlex.quote(order)} {label.number}"
    if label.state in GONE:
        yield _command(f"reprint {where} {TWO}", config)
        return
    if label.serial and label.state in _SCANNED:
        yield _command(f"settle {where} --scan --by NAME", config)
    for outcome in _OUTCOMES.get(label.state, ()):
        yield _command(f"settle {where} {outcome}", config)


def _of_order(row: OrderRow, *, config: str) -> Iterator[str]:
    order = shlex.quote(row.order.id)
    yield _command(f"order sheet {order}", config)
    yield _command(f"order close {order} --by NAME", config)


def _command(words: str, config: str) -> str:
    named = f" --config {shlex.quote(config)}" if config else ""
    return f"labelstation {words}{named}"
