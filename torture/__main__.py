"""Torture the station, and say what it lost: `scripts/torture`, or `scripts/torture --long`.

Prints a line for each part as it ends, and a table for docs/benchmarks.md. Exits with 1 if a single
label, gate movement or record is not accounted for.
"""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from torture import bugs, errors, faults, kills, model, power, storage
from torture.result import Result

Part = Callable[..., Result]

OUTSIDE: tuple[Part, ...] = (kills.run, errors.run, errors.run_beside, power.run, faults.run)
"""The station as a process of its own."""

INSIDE: tuple[Part, ...] = (model.run, storage.run, bugs.run)
"""The station inside the harness: quicker, and so more often."""

PARTS = (*OUTSIDE, *INSIDE)


@dataclass(frozen=True, slots=True)
class Timed:
    result: Result
    seconds: float

    @property
    def line(self) -> str:
        result = self.result
        if result.skipped:
            return f"{result.name}: skipped, {result.skipped}"
        return (
            f"{result.name}: {result.points} points, {len(result.violations)} violations,"
            f" {self.seconds:.0f} s"
        )

    @property
    def row(self) -> str:
        result = self.result
        if result.skipped:
            return f"| {result.name} | – | – | {result.skipped} | – |"
        count = len(result.violations)
        return f"| {result.name} | {result.points} | {count} | | {self.seconds:.0f} |"


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 if anything is not accounted for."""
    if unknown := set(arguments) - {"--long"}:
        print(f"Expected nothing or --long, got {' '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    done = []
    for part in PARTS:
        done.append(timed(part, long="--long" in arguments))
        print(done[-1].line, flush=True)
        for violation in done[-1].result.violations:
            print(f"  {violation}", flush=True)
    print(f"\n{table(done)}")
    return int(any(each.result.violations for each in done))


def timed(part: Part, *, long: bool) -> Timed:
    began = time.perf_counter()
    result = part(long=long)
    return Timed(result, time.perf_counter() - began)


def table(done: Sequence[Timed]) -> str:
    """Markdown.

    >>> print(table([Timed(Result("kills", 96, ()), 45.3)]))
    | part | points | violations | skipped | seconds |
    |---|---|---|---|---|
    | kills | 96 | 0 | | 45 |
    """
    head = "| part | points | violations | skipped | seconds |\n|---|---|---|---|---|"
    return "\n".join([head, *(each.row for each in done)])


def leave(_number: int, _frame: FrameType | None) -> None:
    """Told to end: the lines at work are finished, so that no disk stays mounted."""
    sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    sys.exit(main(sys.argv[1:]))
