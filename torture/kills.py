"""The station is killed at every call with which it changes something outside itself.

An untouched run is counted first. Then, for each call in it, a new line is set up, the station is
killed at the entry of that call, started again in the same folder, and has to finish the order;
the journal is held against what really happened after the kill and again at the end. The start
after a kill is a run like any other, so it is killed in the same way, and started once more.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from station.line.cycle import Cycle
from torture import tracer
from torture.result import Result
from torture.stage import Stage
from torture.station import Make
from torture.tracer import Point
from torture.world import Fault

LANES = 3
"""Lines at work at once; each of them waits for the disk and the printer most of the time."""

FAULTS = {2: Fault.DAMAGED, 5: Fault.DAMAGED}
"""So that rejects and a reprint, too, are among the moments at which the station dies."""

SHORT, SHORT_AGAIN = 78, 12
"""Kills of the short form: of a first run, and of the start after a kill."""

Kills = tuple[Point, ...]


def run(*, long: bool) -> Result:
    name = "killed at every write"
    why = tracer.missing()
    if why:
        return Result(name, 0, (), skipped=why)
    first = counted(())
    chosen: list[Kills] = [(each,) for each in (first if long else spread(first, SHORT))]
    for before in turning_points(first)[: None if long else 1]:
        again = counted((before,))
        picked = spread(again, 60 if long else SHORT_AGAIN)
        chosen += [(before, each) for each in picked]
    return Result(name, len(chosen), tried(chosen, killed_at))


def counted(before: Kills, *, make_cycle: Make = Cycle) -> tuple[Point, ...]:
    """The points of the run that follows these kills, in the order of time."""
    with tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as name:
        folder = Path(name).resolve()
        log = folder / "calls"
        with Stage(folder, faults=FAULTS, make_cycle=make_cycle) as stage:
            for point in before:
                stage.live(tracer.killing(point))
                stage.line.quiet()
            stage.live(tracer.counting(log))
        return tracer.points(log)


def spread(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    """An even sample, with a third of its places for the many pages that SQLite writes."""
    pages = [each for each in points if each.call == "pwrite64"]
    others = [each for each in points if each.call != "pwrite64"]
    return (*tracer.sample(others, most - most // 3), *tracer.sample(pages, most // 3))


def turning_points(points: Sequence[Point]) -> tuple[Point, ...]:
    """Each call by which a label is sent, looked at or sorted: a start after it has most to do."""
    return tuple(each for each in points if each.call == "sendto")[9::6]


def killed_at(kills: Kills, *, make_cycle: Make = Cycle) -> Iterator[str]:
    """One line, killed at these points one after the other; what is wrong with its journal."""
    with (
        tempfile.TemporaryDirectory(prefix=".torture-", dir=".") as folder,
        Stage(Path(folder).resolve(), faults=FAULTS, make_cycle=make_cycle) as stage,
    ):
        for point in kills:
            life = stage.live(tracer.killing(point))
            yield from stage.wrong()
            if not life.killed:
                yield from stage.unfinished(life)
        life = stage.live()
        yield from stage.wrong()
        yield from stage.unfinished(life)


def tried(chosen: Sequence[Kills], attempt: Callable[[Kills], Iterator[str]]) -> tuple[str, ...]:
    """Every violation, once for each line it happened on, with the kills that led to it."""

    def found(kills: Kills) -> tuple[str, ...]:
        where = ", then at ".join(map(str, kills))
        return tuple(f"at {where}: {each}" for each in dict.fromkeys(attempt(kills)))

    with ThreadPoolExecutor(LANES) as lanes:
        return tuple(each for line in lanes.map(found, chosen) for each in line)
