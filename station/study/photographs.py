"""A study of labels that were printed: photographs, and a list of what each of them shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from station.config import Config
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, refuse
from station.core.statistics import Plan
from station.line.challenge.kit import kit
from station.line.job import Job, Label
from station.study import manifest as listing
from station.study import results
from station.study.families import BY_NAME
from station.study.labels import Subject
from station.study.manifest import Manifest, Print
from station.study.pool import begin, opened, pool
from station.study.report import PHYSICAL, StudyReport
from station.study.tally import DesignTally, Tally
from station.study.trial import Trial, judged, past_of, says
from station.vision.picture import read_image, to_jpeg


@dataclass(frozen=True, slots=True)
class _Failed:
    """A print of which the label cannot be made."""

    problems: tuple[Problem, ...]


def photographed(
    config: Config,
    manifest: Path,
    pictures: Path,
    *,
    plan: Plan,
    folder: Path,
    tell: Callable[[int, int], None],
    processes: int = 2,
) -> StudyReport:
    """What the list says of the pictures in a folder, tried; `folder` gets those of misses.

    Raises Refused with everything that is wrong with the list.
    """
    begin(config)
    with pool(config, processes) as workers:
        listed = listing.read(manifest, pictures, workers)
        misses = results.Misses(folder)
        study = _Study(misses)
        for number, trial in enumerate(workers.map(_tried, listed.prints), start=1):
            study.take(trial)
            tell(len(listed.prints) - number, len(listed.prints))
    refuse(study.problems)
    return StudyReport(
        evidence="physical",
        statement=PHYSICAL,
        seed=None,
        optics="",
        within="built-in",
        sources={manifest.name: listed.digest, "pictures": listed.pictures},
        plan=str(plan),
        labels=max(each.labels for each in study.families.values()),
        families=tuple(results.families(study.families, plan)),
        good=tuple(results.good(study.families, plan)),
        designs=tuple(results.designs(study.designs)),
        agreement=(),
        misses=tuple(misses.every),
        environment=results.made_with(_jobs(listed)),
    )


class _Study:
    """What the photographs gave so far."""

    def __init__(self, misses: results.Misses) -> None:
        self._misses = misses
        self.families: dict[str, Tally] = {}
        self.designs: dict[str, DesignTally] = {}
        self.problems: list[Problem] = []

    def take(self, trial: Trial | _Failed) -> None:
        if isinstance(trial, _Failed):
            self.problems += trial.problems
            return
        self.families.setdefault(trial.family, Tally()).take(trial)
        self.designs.setdefault(trial.template, DesignTally()).take(trial)
        if trial.wrong:
            self._misses.keep(trial)


def _jobs(listed: Manifest) -> dict[str, Job]:
    """One of each design: their recipes are told."""
    orders = {str(Subject(of.order.template, of.order.revision)): of.order for of in listed.prints}
    return {name: _job(order.model_dump_json()) for name, order in sorted(orders.items())}


# -- in a process of the pool --------------------------------------------------------------------


def _tried(of: Print) -> Trial | _Failed:
    try:
        label = _meant(of)
        pixels = read_image(of.path)
    except Refused as refused:
        return _Failed(refused.within(f"row {of.number}").problems)
    family = BY_NAME.get(of.row.family)
    seen = judged(pixels, label, family, ledger=past_of(label.serial))
    trial = Trial(
        of.row.family,
        str(Subject(of.order.template, of.order.revision)),
        of.number,
        says(label),
        seen.outcome,
        seen.codes,
        of.row.file,
        seen.scale,
    )
    return trial.with_picture(to_jpeg(pixels)) if trial.wrong else trial


def _meant(of: Print) -> Label:
    """Raises Refused."""
    job = _job(of.order.model_dump_json())
    serial = job.serial_of(of.row.label)
    if not of.is_specimen:
        return job.label(of.row.label, serial=serial)
    return kit(
        job,
        serial=serial,
        press=opened().press,
        past=past_of(serial),
        choice="quick",
        compared=True,
    ).meant


@lru_cache(maxsize=16)
def _job(order: str) -> Job:
    return opened().job(WorkOrder.model_validate_json(order))
