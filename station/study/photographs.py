"""A study of labels that were printed: photographs, and a list of what each of them shows.

The list is YAML or JSON. It holds the orders that the labels were made for, as work orders are
written, and one line for each print:

    orders:
      - {id: V1, product: HAS-MHB-HC, level: unit, quantity: 300, template: has-mhb-hc-unit,
         revision: "1", production_date: 2026-03-01, serials: {prefix: CN, start: "010123"}}
    pictures:
      - {picture: 001.png, family: good, order: V1, label: 1}
      - {picture: 002.png, family: wrong-serial, order: V1, label: 2, specimen: true}

`label` is the one that it was meant to be. `specimen` is a print of the challenge's kit, which has
its mark on it. One print, one line: what is photographed twice is no second label.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from station import documents
from station.app import Workshop
from station.config import Config
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Count, Shape, parse
from station.core.statistics import Plan
from station.line.challenge.kit import kit
from station.line.job import Job, Label
from station.study import results
from station.study.families import BY_NAME, GOOD
from station.study.labels import Subject
from station.study.report import PHYSICAL, StudyReport
from station.study.tally import Tally
from station.study.trial import Trial, judged, past_of, says
from station.vision.picture import read_image, to_jpeg

MANIFEST_LIMIT = 8_000_000
"""Bytes; ten thousand lines are a tenth of it."""


class Photograph(Shape):
    picture: Code
    """File in the folder."""

    family: Code
    order: Code
    label: Count
    specimen: bool = False


class Manifest(Shape):
    orders: tuple[dict[str, Any], ...]
    pictures: tuple[Photograph, ...]


def photographed(
    config: Config,
    manifest: Path,
    pictures: Path,
    *,
    plan: Plan,
    folder: Path,
    tell: Callable[[int, int], None],
) -> StudyReport:
    """What the list says of the pictures in a folder, tried. Raises Refused with everything."""
    workshop = Workshop.open(config)
    listed = parse(Manifest, documents.read(manifest, limit=MANIFEST_LIMIT))
    refuse(_problems(listed, pictures))
    jobs = _jobs(workshop, listed)
    refuse(_unknown_orders(listed, jobs))
    misses = results.Misses(folder)
    tallies: dict[str, Tally] = {}
    for number, each in enumerate(listed.pictures, start=1):
        trial = _tried(workshop, each, jobs[each.order], pictures, number=number)
        tallies.setdefault(each.family, Tally()).take(trial)
        if trial.wrong:
            misses.keep(trial)
        tell(len(listed.pictures) - number, len(listed.pictures))
    return StudyReport(
        evidence="physical",
        statement=PHYSICAL,
        seed=None,
        optics="",
        plan=str(plan),
        labels=max(each.labels for each in tallies.values()),
        families=tuple(results.families(tallies, plan)),
        good=tuple(results.good(tallies, plan)),
        agreement=(),
        misses=tuple(misses.every),
        environment=results.made_with(
            {str(Subject(job.template.name, job.template.revision)): job for job in jobs.values()}
        ),
    )


def _tried(workshop: Workshop, of: Photograph, job: Job, pictures: Path, *, number: int) -> Trial:
    """Raises Refused for a file that is no picture, and a label that cannot be made."""
    try:
        label = _meant(workshop, of, job)
        pixels = read_image(pictures / of.picture)
    except Refused as refused:
        raise refused.within(f"pictures.{number - 1}") from None
    family, past = BY_NAME.get(of.family), past_of(label.serial)
    outcome, codes = judged(pixels, label, family, ledger=past)
    trial = Trial(of.family, job.template.name, number, says(label), outcome, codes, of.picture)
    return trial.with_picture(to_jpeg(pixels)) if trial.wrong else trial


def _meant(workshop: Workshop, of: Photograph, job: Job) -> Label:
    """Raises Refused."""
    serial = job.serial_of(of.label)
    if not of.specimen:
        return job.label(of.label, serial=serial)
    made = kit(job, serial=serial, press=workshop.press, past=past_of(serial), compared=True)
    return made.meant


def _jobs(workshop: Workshop, listed: Manifest) -> dict[str, Job]:
    """The orders by their names. Raises Refused with everything that is wrong with any of them."""
    jobs: dict[str, Job] = {}
    problems: list[Problem] = []
    for number, document in enumerate(listed.orders):
        try:
            job = workshop.job(workshop.order(document))
            jobs[job.order.id] = job
        except Refused as refused:
            problems += refused.within(f"orders.{number}").problems
    refuse(problems)
    return jobs


def _problems(listed: Manifest, pictures: Path) -> Iterator[Problem]:
    """Of the lines by themselves."""
    if not listed.pictures:
        yield problem("The list names no picture.", where="pictures")
    prints = Counter((each.family, each.order, each.label) for each in listed.pictures)
    files = Counter(each.picture for each in listed.pictures)
    for number, each in enumerate(listed.pictures):
        where = f"pictures.{number}"
        if each.family not in BY_NAME and each.family not in GOOD:
            yield problem(
                "There is no family {got!r}: expected one of {known}.",
                where=f"{where}.family",
                got=each.family[:40],
                known=", ".join((*GOOD, *BY_NAME)),
            )
        if not _inside(pictures, each.picture):
            yield problem(
                "Expected a file in the folder of the pictures, got {got!r}.",
                where=f"{where}.picture",
                got=each.picture[:80],
            )
        if files[each.picture] > 1 or prints[each.family, each.order, each.label] > 1:
            yield problem("This print stands in the list more than once.", where=where)


def _inside(folder: Path, name: str) -> bool:
    whole = folder.resolve()
    return (whole / name).resolve().is_relative_to(whole)


def _unknown_orders(listed: Manifest, jobs: dict[str, Job]) -> Iterator[Problem]:
    for number, each in enumerate(listed.pictures):
        if each.order not in jobs:
            yield problem(
                "There is no order {got!r} in this list: expected one of {known}.",
                where=f"pictures.{number}.order",
                got=each.order[:40],
                known=", ".join(jobs),
            )
