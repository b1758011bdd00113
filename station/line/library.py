"""The approved things a station prints from: the catalogue and the label templates, loaded whole.

Every problem of every file is reported at once; a station does not start with half a catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from station import documents
from station.artwork.template import Template
from station.core.catalogue import Catalogue, CatalogueFile
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import parse

LIMIT = 64_000_000
"""Bytes of one catalogue file."""


@dataclass(frozen=True, slots=True)
class Library:
    catalogue: Catalogue
    templates: dict[tuple[str, str], Template]
    """By name and revision."""

    def template(self, name: str, revision: str) -> Template:
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


def load(*, catalogue: Path, labels: Path) -> Library:
    problems: list[Problem] = []
    files: dict[str, CatalogueFile] = {}
    for path in _files(catalogue):
        try:
            files[path.name] = parse(CatalogueFile, documents.read(path, limit=LIMIT))
        except Refused as refused:
            problems.extend(refused.within(path.name).problems)
    templates: dict[tuple[str, str], Template] = {}
    for path in _files(labels):
        try:
            template = Template.parse(documents.read(path))
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
    refuse(problems)
    return Library(Catalogue(files), templates)


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise Refused(problem("There is no folder {folder}.", folder=str(folder)))
    yield from sorted(folder.glob("*.yaml"))
