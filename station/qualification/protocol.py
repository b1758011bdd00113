"""The protocol of a qualification as a document: the schema of its JSON file.

Every sentence is there in each language of the station, so that whoever signs the one has signed
the other. Evidence lies beside the file, each piece under its check's name; its digest is here.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from station.core.problem import Problem
from station.core.shape import Shape
from station.language import LANGUAGES
from station.qualification.words import told

Part = Literal["IQ", "OQ"]

EVIDENCE = "evidence"
"""Folder beside the protocol."""


class Said(Shape):
    """One sentence, in every language."""

    zh: str
    en: str

    @classmethod
    def of(cls, found: Problem) -> "Said":
        return cls(**{language: told(found, language) for language in LANGUAGES})

    def in_language(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Line(Shape):
    """One check."""

    id: str
    requirements: tuple[str, ...]
    does: Said
    expects: Said
    outcome: Literal["pass", "fail", "not applicable"]
    found: tuple[Said, ...]
    evidence: str = ""
    """File in the folder of the evidence; empty where the sentences say all."""

    sha256: str = ""
    """Of that file."""

    seconds: float
    """It took."""


class RequirementLine(Shape):
    id: str
    says: Said
    clauses: tuple[str, ...]


class Protocol(Shape):
    form: Literal["labelstation qualification 1"] = "labelstation qualification 1"
    parts: tuple[Part, ...]
    station: str
    """Its name."""

    version: str
    configuration: str
    """SHA-256 of every setting."""

    machine: str
    by: str
    """Who made it."""

    begun: str
    """ISO 8601, with the offset from UTC."""

    ended: str
    steered: bool
    """A time source steered the clock meanwhile."""

    requirements: tuple[RequirementLine, ...]
    """Those that a check here is about."""

    checks: tuple[Line, ...] = Field(min_length=1)

    def counted(self, outcome: str) -> int:
        return sum(each.outcome == outcome for each in self.checks)

    @property
    def good(self) -> bool:
        """No check has failed."""
        return not self.counted("fail")

    def of(self, requirement: str) -> Iterator[Line]:
        """The checks that show a requirement."""
        return (each for each in self.checks if requirement in each.requirements)
