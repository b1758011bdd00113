"""So many labels of each family: round by round, in several processes, with bounded memory.

A round is one label of each design that has a family still to be tried. What is asked of a round
depends only on what the rounds before it gave, so the same seed gives the same study, however many
processes there are and whoever is done first.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import cycle, islice

from station.core.problem import Refused
from station.study.labels import Subject, ground
from station.study.limits import limits_of
from station.study.pool import opened
from station.study.report import Within
from station.study.tally import DesignTally, Tally
from station.study.trial import LeftOut, Trial, made, tried

LEAST_LABELS = 16
"""Of one round: so that no process waits long for the last one."""

AGREED_OUT = 2
"""A family that so many labels of a design have left out does not apply to it: codes differ, the
design does not."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried."""

    families: tuple[str, ...]
    labels: int
    """Of each family."""

    seed: int
    optics: str
    within: Within = "built-in"
    """Limits."""


@dataclass(frozen=True, slots=True)
class Task:
    """One label of the study, tried with every family that is wanted of it."""

    subject: Subject
    number: int
    families: tuple[str, ...]
    wanted: Wanted


class Study:
    """The rounds of a study, and what they gave so far."""

    def __init__(
        self, wanted: Wanted, designs: tuple[Subject, ...], *, keep: Callable[[Trial], None]
    ) -> None:
        """`keep` is given each miss and each false reject, with its picture."""
        self.wanted = wanted
        self._designs = designs
        self._keep = keep
        self._number = 0
        self._out: Counter[tuple[str, str]] = Counter()
        self.tallies: Mapping[str, Tally] = {name: Tally() for name in wanted.families}
        self.designs: Mapping[str, DesignTally] = {str(each): DesignTally() for each in designs}

    @property
    def missing(self) -> int:
        """Labels that are still to be tried, at most."""
        return sum(map(self._lacking, self.tallies))

    def round(self) -> tuple[Task, ...]:
        """What to try next; nothing when all is done."""
        designs = [each for each in self._designs if self._families(each)]
        most = max((self._lacking(name) for name in self.tallies), default=0)
        labels = min(max(len(designs), LEAST_LABELS), most)
        return tuple(map(self._task, islice(cycle(designs), labels if designs else 0)))

    def take(self, task: Task, results: tuple[Trial | LeftOut, ...]) -> None:
        """In the order of the tasks. What is more than was wanted does not count."""
        for each in results:
            tally = self.tallies[each.family]
            if isinstance(each, LeftOut):
                self._out[each.family, task.subject.template] += 1
                tally.leave_out(each, task.subject.template)
            elif tally.labels < self.wanted.labels:
                tally.take(each)
                self.designs[str(task.subject)].take(each)
                if each.wrong:
                    self._keep(each)

    def _task(self, subject: Subject) -> Task:
        self._number += 1
        return Task(subject, self._number, self._families(subject), self.wanted)

    def _families(self, subject: Subject) -> tuple[str, ...]:
        """Those that are still to be tried with this design."""
        return tuple(
            name
            for name in self.tallies
            if self._lacking(name) and self._out[name, subject.template] < AGREED_OUT
        )

    def _lacking(self, name: str) -> int:
        """Labels of a family that are still to be tried; none where it applies to no design."""
        applies = any(self._out[name, each.template] < AGREED_OUT for each in self._designs)
        return self.wanted.labels - self.tallies[name].labels if applies else 0


def run(study: Study, workers: Executor, *, tell: Callable[[int], None]) -> None:
    """All rounds. `tell` hears how many labels are still to be tried."""
    while tasks := study.round():
        for task, results in zip(tasks, workers.map(at_work, tasks), strict=True):
            study.take(task, results)
        tell(study.missing)


def at_work(task: Task) -> tuple[Trial | LeftOut, ...]:
    """One label with each of its families."""
    seed, number, optics = task.wanted.seed, task.number, task.wanted.optics
    try:
        limits = limits_of(task.wanted.within, task.subject, optics=optics, seed=seed)
        label = ground(opened(), task.subject, number=number, seed=seed)
        prints = tuple(made(label, task.families, number=number, seed=seed))
    except Refused as refused:
        return tuple(LeftOut(each, refused.problems[0]) for each in task.families)
    template = task.subject.template
    return tuple(
        each
        if isinstance(each, LeftOut)
        else tried(each, template=template, number=number, seed=seed, optics=optics, limits=limits)
        for each in prints
    )
