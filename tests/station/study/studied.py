"""A small study in this process: one workshop, no pool."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any, TypeVar

from station.config import Config
from station.line.challenge.ground import Ground
from station.study import pool
from station.study.labels import Subject, ground

UNIT = Subject("has-mhb-hc-unit", "1")
BARS = Subject("outer-carton-gs1-128", "1")
PATCH = Subject("patch-primary", "1")

pool.begin(Config())

T = TypeVar("T")


class Here(Executor):
    """A pool of no processes."""

    def map(  # type: ignore[override] # as much of it as is used
        self, work: Callable[[Any], T], *inputs: Iterable[Any]
    ) -> Iterator[T]:
        return map(work, *inputs)


def label(subject: Subject = UNIT, *, number: int = 1, seed: int = 1) -> Ground:
    return ground(pool.opened(), subject, number=number, seed=seed)
