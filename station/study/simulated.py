"""A study of labels that were never printed: everything is a model, and is called so."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from station.app import Workshop
from station.config import Config
from station.core.problem import Refused, problem
from station.core.statistics import Plan
from station.language import sentence
from station.study import agreement, results
from station.study.agreement import Agreements, agreements
from station.study.labels import Subject, ground, subjects
from station.study.pool import pool
from station.study.report import NOT_A_RATE, AgreementResult, StudyReport
from station.study.report import agreement as told_of
from station.study.run import Study, Wanted, run

_LOOKS = sentence("Three looks at the same label (Fleiss)")
_TRUTH = sentence("First look, and what the label was made as (Cohen)")
_ZBAR = sentence("The camera's decoder and zbar, on linear codes (Cohen)")


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is made."""

    plan: Plan
    designs: tuple[str, ...] = ()
    """Names of templates; all of them where none is named."""

    agreement_labels: int = agreement.LABELS
    processes: int = 2


def simulated(
    config: Config,
    wanted: Wanted,
    settings: Settings,
    *,
    folder: Path,
    tell: Callable[[int, int], None],
) -> StudyReport:
    """`folder` gets the pictures of misses; `tell` hears how many labels are left, of how many.

    Raises Refused.
    """
    workshop = Workshop.open(config)
    designs = _designs(workshop, settings.designs)
    misses = results.Misses(folder)
    study = Study(wanted, designs, keep=misses.keep)
    whole = study.missing
    with pool(config, settings.processes) as workers:
        again = settings.agreement_labels
        run(study, workers, tell=lambda left: tell(left + again, whole + again))
        agreed = agreements(
            designs,
            workers,
            labels=again,
            wanted=wanted,
            tell=lambda left: tell(left, whole + again),
        )
    return StudyReport(
        evidence="simulated",
        statement=NOT_A_RATE,
        seed=wanted.seed,
        optics=wanted.optics,
        within=wanted.within,
        plan=str(settings.plan),
        labels=wanted.labels,
        families=tuple(results.families(study.tallies, settings.plan)),
        good=tuple(results.good(study.tallies, settings.plan)),
        designs=tuple(results.designs(study.designs)),
        agreement=tuple(_told(agreed)) if settings.agreement_labels else (),
        misses=tuple(misses.every),
        environment=results.made_with(
            {str(each): ground(workshop, each, number=0, seed=0).job for each in designs}
        ),
    )


def _told(found: Agreements) -> tuple[AgreementResult, ...]:
    return (
        told_of(_LOOKS, found.between_looks),
        told_of(_TRUTH, found.with_truth),
        told_of(_ZBAR, found.with_zbar),
    )


def _designs(workshop: Workshop, names: tuple[str, ...]) -> tuple[Subject, ...]:
    """Raises Refused for a name that is none."""
    every = subjects(workshop)
    known = {each.template for each in every}
    unknown = [each for each in names if each not in known]
    if unknown:
        raise Refused(
            problem(
                "There is no template {got!r} to make labels of: expected one of {known}.",
                where="designs",
                got=unknown[0][:40],
                known=", ".join(sorted(known)),
            )
        )
    return tuple(each for each in every if not names or each.template in names)
