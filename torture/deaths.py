"""One death at every point: an order from its file to its sheet, killed once everywhere on the way.

For every mishap of the machine the same order is printed again and again; each time the station
dies one point later, is started again, and honest people bring the order to its end. At both times
the journal is held against the World (see truth.py), and in the end nobody may be left in a dead
end, and no order may balance that should not.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

from station.core.problem import Refused
from torture.crew import Crew
from torture.memory import Crash, Mishap, World
from torture.rig import Rig, drop
from torture.truth import Invariant, said, violations

DEAD_END = "the people of the line cannot bring its orders to their end"
UNBALANCED = "an order with which nothing was wrong does not balance"
BALANCED = "an order balances although the printer made a label twice"


@dataclass(slots=True)
class Tally:
    """What was tried and what was found, each violation once."""

    points: int = 0
    found: dict[str, None] = field(default_factory=dict)


def sweep(
    *,
    every: int = 1,
    mishaps: tuple[Mishap | None, ...] = (None, *Mishap),
    kinds: tuple[int, ...] = (0,),
    until: str = "",
) -> Tally:
    """Die once at every `every`-th point, with each of these mishaps befalling the first label.

    `kinds` are those of rig.ORDERS.
    A violation that begins with `until` ends it early.
    """
    tally = Tally()
    for place, (kind, mishap) in enumerate(product(kinds, mishaps)):
        for crash_after in count(place % every, every):
            died, found = _life_and_death(kind, mishap, crash_after)
            tally.points += 1
            tally.found |= dict.fromkeys(found)
            if until and any(each.startswith(until) for each in found):
                return tally
            if not died:
                break
    return tally


def _life_and_death(
    kind: int, mishap: Mishap | None, crash_after: int
) -> tuple[bool, tuple[str, ...]]:
    """Whether the station died on the way, and what was broken then, or after it had gone on."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, world = Path(temporary), World(mishap=mishap, crash_after=crash_after)
        drop(folder, "A", kind=kind, quantity=2)
        found = live(folder, world)
        died = world.crash_after is None
        found += violations(folder, world.truth)
        if died:
            found += live(folder, world) + violations(folder, world.truth)
        return died, found


def live(folder: Path, world: World) -> tuple[str, ...]:
    """What a station on this folder, and its people, cannot bring to its end.

    A death is none of that: whoever ordered it starts the station again.
    """
    try:
        rig = Rig(folder, world)
        found = ends(rig, world)
        rig.stop()
    except Crash:
        return ()
    except Refused as refused:
        return (said(Invariant.READABLE, str(refused)),)
    return found


def ends(rig: Rig, world: World) -> tuple[str, ...]:
    """Bring every order to its end and close it. What cannot be, or should not. Raises Crash."""
    crew = Crew(rig, world)
    if not crew.finish():
        return (DEAD_END,)
    closed = crew.close()
    return tuple(
        said
        for order, balanced in closed.items()
        for said in _wrongly_closed(rig, world, order, balanced=balanced)
    )


def _wrongly_closed(rig: Rig, world: World, order: str, *, balanced: bool) -> Iterator[str]:
    """An order balances unless the printer made a label twice: its odometer has counted that.

    An order given up with a silent printer need not. Of labels without a serial nobody knows here
    which order they were of.
    """
    doubled = {each.serial for each in rig.records.labels(order)} & set(world.doubled)
    sheet = rig.records.sheet(order)
    assert sheet is not None, "it was just closed"
    if not balanced and not doubled and None not in sheet.odometer:
        yield f"{UNBALANCED}: {order}, {sheet.differences}"
    if balanced and doubled - {""}:
        yield f"{BALANCED}: {order}, {sorted(doubled)}"
