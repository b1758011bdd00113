"""Verification studies that lie with the records: `studies/NAME/study.json` of the data folder.

A study is made on the command line, in minutes or hours. Whoever has it written there finds it on
the quality pages: `labelstation study --out DATA/studies/NAME`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from station.core.problem import Problem, problem

FOLDER = "studies"
DOCUMENT, PAPER = "study.json", "study.pdf"

MOST = 50
"""Studies that are read."""

LARGEST = 4_000_000
"""Bytes of one."""


class _Count(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    found: int
    labels: int


class _Family(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    labels: int
    passed: _Count
    """Missed."""

    shown: bool


class _Good(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    rejected: _Count


class _Environment(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    version: str


class _Document(BaseModel):
    """What a list tells of `station.study.report.StudyReport`; the rest is in its file."""

    model_config = ConfigDict(frozen=True)

    evidence: str
    plan: str
    families: tuple[_Family, ...]
    good: tuple[_Good, ...]
    environment: _Environment


@dataclass(frozen=True, slots=True)
class Study:
    name: str
    """Of its folder."""

    digest: str
    """SHA-256 of its document; empty where it cannot be read."""

    evidence: str = ""
    """simulated or physical."""

    version: str = ""
    """Of the program it was made with."""

    plan: str = ""
    families: int = 0
    """Kinds of bad labels that were tried."""

    shown: int = 0
    """Those of them that show what the plan asks."""

    bad: int = 0
    missed: int = 0
    good: int = 0
    rejected: int = 0
    paper: bool = False
    """There is a PDF of it."""

    problem: Problem | None = None
    """Why it cannot be read."""

    @property
    def proved(self) -> bool:
        return bool(self.families) and self.shown == self.families and not self.missed


def studies(data: Path) -> tuple[Study, ...]:
    """By name, the last one first."""
    return tuple(_study(each) for each in sorted(_folders(data), reverse=True)[:MOST])


def paper(data: Path, name: str) -> Path | None:
    """The PDF of a study; None where there is none."""
    found = next((each for each in _folders(data) if each.name == name), None)
    return found / PAPER if found and _plain(found / PAPER) else None


def _folders(data: Path) -> Iterator[Path]:
    try:
        every = list((data / FOLDER).iterdir())
    except OSError:
        return
    yield from (each for each in every if not each.is_symlink() and _plain(each / DOCUMENT))


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _study(folder: Path) -> Study:
    try:
        with (folder / DOCUMENT).open("rb") as file:
            data = file.read(LARGEST + 1)
        found = _Document.model_validate_json(data)
    except (OSError, ValidationError):
        why = problem("{file} is not the document of a study.", file=DOCUMENT)
        return Study(folder.name, "", problem=why)
    tried = tuple(each for each in found.families if each.labels)
    return Study(
        name=folder.name,
        digest=hashlib.sha256(data).hexdigest(),
        evidence=found.evidence,
        version=found.environment.version,
        plan=found.plan,
        families=len(tried),
        shown=sum(each.shown for each in tried),
        bad=sum(each.labels for each in tried),
        missed=sum(each.passed.found for each in tried),
        good=sum(each.rejected.labels for each in found.good),
        rejected=sum(each.rejected.found for each in found.good),
        paper=_plain(folder / PAPER),
    )
