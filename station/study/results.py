"""From what was tried to what it proves."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from station.app import VERSION
from station.core.problem import Problem, Refused, problem
from station.core.statistics import Plan
from station.line.job import Job
from station.study.families import GOOD
from station.study.report import (
    DesignResult,
    Environment,
    FamilyResult,
    GoodResult,
    Miss,
    bound,
    environment,
    most_first,
)
from station.study.tally import DesignTally, Tally
from station.study.trial import Outcome, Trial

MOST_PICTURES = 300
"""Of misses and false rejects; more show nothing new and fill the disk."""

PICTURES = "pictures"


class Misses:
    """Every miss and every false reject; of the first ones the picture as well."""

    def __init__(self, folder: Path) -> None:
        """Raises Refused where nothing can be written, or where something lies already: what was
        signed is never written over.
        """
        self._folder = folder / PICTURES
        self.every: list[Miss] = []
        try:
            if folder.is_dir() and any(folder.iterdir()):
                raise Refused(_in_use(folder))
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise Refused(_unwritable(self._folder, error)) from None

    def keep(self, trial: Trial) -> None:
        """Raises Refused."""
        name = ""
        if trial.picture and len(self.every) < MOST_PICTURES:
            name = f"{trial.family}-{trial.number}.jpg"
            try:
                (self._folder / name).write_bytes(trial.picture)
            except OSError as error:
                raise Refused(_unwritable(self._folder / name, error)) from None
        self.every.append(
            Miss(
                family=trial.family,
                template=trial.template,
                number=trial.number,
                says=trial.says,
                what=trial.what,
                codes=trial.codes,
                picture=f"{PICTURES}/{name}" if name else "",
            )
        )


def families(tallies: Mapping[str, Tally], plan: Plan) -> Iterator[FamilyResult]:
    """Of labels that had to be rejected."""
    for name, tally in tallies.items():
        if name in GOOD:
            continue
        came = tally.outcomes
        known = tally.labels - came[Outcome.FAULT]
        yield FamilyResult(
            name=name,
            labels=tally.labels,
            right=came[Outcome.RIGHT],
            other=came[Outcome.OTHER],
            warned=came[Outcome.WARNED],
            passed=bound(came[Outcome.PASSED], known, plan),
            faults=came[Outcome.FAULT],
            shown=plan.shown(came[Outcome.PASSED], known),
            codes=most_first(tally.codes),
            left_out=dict(sorted(tally.left_out.items())),
        )


def good(tallies: Mapping[str, Tally], plan: Plan) -> Iterator[GoodResult]:
    """Of labels that had to pass."""
    for name, tally in tallies.items():
        if name in GOOD:
            faults = tally.outcomes[Outcome.FAULT]
            yield GoodResult(
                name=name,
                labels=tally.labels,
                rejected=bound(tally.outcomes[Outcome.OTHER], tally.labels - faults, plan),
                faults=faults,
                codes=most_first(tally.codes),
            )


def designs(tallies: Mapping[str, DesignTally]) -> Iterator[DesignResult]:
    for name, tally in tallies.items():
        yield DesignResult(
            name=name,
            bad=tally.bad,
            missed=tally.missed,
            good=tally.good,
            rejected=tally.rejected,
            scale=round(tally.scale * 1000) or None,
        )


def made_with(jobs: Mapping[str, Job]) -> Environment:
    """`jobs` by their designs."""
    return environment(VERSION, {name: _digest(job) for name, job in jobs.items()})


def _digest(job: Job) -> str:
    return hashlib.sha256(job.recipe.model_dump_json().encode()).hexdigest()


def _in_use(folder: Path) -> Problem:
    return problem(
        "{path} is not empty: expected a new folder, so that no earlier study is lost.",
        where="out",
        path=str(folder),
    )


def _unwritable(path: Path, error: OSError) -> Problem:
    return problem("Cannot write {path}: {why}.", path=str(path), why=error.strerror or "?")
