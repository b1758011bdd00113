"""The approved things a station prints from: the catalogue and the label templates, loaded whole.

Every problem of every file is reported at once; a station does not start with half a catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from station import documents
from station.artwork.design import Design, from_file
from station.core.catalogue import Catalogue, CatalogueFile
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.check import check_selection
from station.core.profiles.conflict import conflicts
from station.core.profiles.deviation import check_deviations
from station.core.profiles.profile import Profiles
from station.core.profiles.subject import Subject
from station.core.shape import parse
from station.line.profiles import load as load_profiles

LIMIT = 64_000_000
"""Bytes of one catalogue file."""

MOST_PROBLEMS = 100
"""Named at once."""


@dataclass(frozen=True, slots=True)
class Library:
    catalogue: Catalogue
    profiles: Profiles
    templates: dict[tuple[str, str], Design]
    """By name and revision."""

    def template(self, name: str, revision: str) -> Design:
        """Raises Refused when there is no such template, and names those there are."""
        found = self.templates.get((name, revision))
        if found is None:
            known = ", ".join(f"{each} {rev}" for each, rev in self.templates)
            raise Refused(
                problem(
                    "There is no template {name!r} of revision {revision!r}. Known: {known}.",
                    where="template",
                    name=name,
                    revision=revision,
                    known=known or "none",
                )
            )
        return found


def products(folder: Path) -> Catalogue:
    """The catalogue alone, for whoever prints nothing. Raises Refused."""
    problems: list[Problem] = []
    files = _catalogue_files(folder, problems)
    refuse(problems)
    return Catalogue(files)


def load(*, catalogue: Path, labels: Path, profiles: Path) -> Library:
    problems: list[Problem] = []
    files = _catalogue_files(catalogue, problems)
    templates: dict[tuple[str, str], Design] = {}
    for path in _files(labels):
        try:
            template = from_file(path)
        except Refused as refused:
            problems.extend(refused.within(path.name).problems)
            continue
        if (template.name, template.revision) in templates:
            problems.append(
                problem(
                    "Template {name} {revision} is defined twice.",
                    where=path.name,
                    name=template.name,
                    revision=template.revision,
                )
            )
        templates[template.name, template.revision] = template
    rules = _rules(profiles, problems)
    refuse(problems)
    assert rules is not None, "without profiles there is a problem"
    every = Catalogue(files)
    refuse(list(islice(rule_problems(every, rules), MOST_PROBLEMS)))
    return Library(every, rules, templates)


def _catalogue_files(folder: Path, problems: list[Problem]) -> dict[str, CatalogueFile]:
    """By name; what is wrong with them goes among the other problems."""
    files: dict[str, CatalogueFile] = {}
    for path in _files(folder):
        try:
            files[path.name] = parse(CatalogueFile, documents.read(path, limit=LIMIT))
        except Refused as refused:
            problems.extend(refused.within(path.name).problems)
    return files


def rule_problems(catalogue: Catalogue, profiles: Profiles) -> Iterator[Problem]:
    """What the profiles have against what each level carries; alike levels are asked once."""
    seen: set[Subject] = set()
    for product in catalogue.values():
        subjects = [product.subject(level) for level in product.levels]
        yield from (
            each.within(product.model)
            for each in check_deviations(product.deviations, subjects, profiles)
        )
        for level, subject in zip(product.levels, subjects, strict=True):
            if subject in seen:
                continue
            seen.add(subject)
            where = f"{product.model}.levels.{level.level}"
            found = (*check_selection(subject, profiles), *conflicts(subject, profiles))
            yield from (each.within(where) for each in found)


def _rules(folder: Path, problems: list[Problem]) -> Profiles | None:
    """The profiles, or what is wrong with them among the other problems."""
    try:
        return load_profiles(folder)
    except Refused as refused:
        problems.extend(refused.problems)
        return None


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise Refused(problem("There is no folder {folder}.", folder=str(folder)))
    yield from sorted(folder.glob("*.yaml"))
