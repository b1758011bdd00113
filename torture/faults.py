"""The printer does what printers do: it breaks off, forgets, prints twice, prints half.

No crash here. The station sees through its real driver what it can see; the operator mends the
machine and says honestly of each label in question what lies there. Then nothing may be amiss.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from station.line.cycle import Cycle
from torture.kills import LANES
from torture.result import Result
from torture.stage import Stage
from torture.station import LABELS, Make
from torture.world import Fault

SHORT = (2, 4)
LONG = tuple(range(1, LABELS + 1))
"""Numbers of the label formats at which the fault happens: in the order whose failed serials are
burnt, and in the one that prints them again."""


def run(*, long: bool) -> Result:
    plans = [(fault, number) for fault in Fault for number in (LONG if long else SHORT)]

    def found(plan: tuple[Fault, int]) -> tuple[str, ...]:
        fault, number = plan
        return tuple(f"{fault} at label {number}: {each}" for each in worked_with({number: fault}))

    with ThreadPoolExecutor(LANES) as lanes:
        violations = tuple(each for line in lanes.map(found, plans) for each in line)
    return Result("faults of the printer", len(plans), violations)


def worked_with(faults: dict[int, Fault], *, make_cycle: Make = Cycle) -> Iterator[str]:
    """One line with these faults, worked to its end; what is wrong with its journal."""
    with (
        tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as folder,
        Stage(Path(folder).resolve(), faults=faults, make_cycle=make_cycle) as stage,
    ):
        life = stage.live()
        yield from stage.wrong()
        yield from stage.unfinished(life)
