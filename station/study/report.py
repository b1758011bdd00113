"""What came out of a study, as a document: the schema of its JSON file.

Rates are in millionths, so that the file holds whole numbers and the same study gives the same
bytes. Simulated and physical evidence are two documents, never one: `evidence` says which this is.
"""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Literal

from pydantic import Field

from station.core.shape import Shape
from station.core.statistics import Agreement, Plan, at_most, both_sides, plan, told

Evidence = Literal["simulated", "physical"]
Within = Literal["built-in", "calibrated"]

NOT_A_RATE = (
    "Simulated evidence shows that the station tells such labels apart in pictures of a modelled"
    " printer and camera. It is not a plant's rate: that needs printed labels under the camera of"
    " the line."
)
PHYSICAL = (
    "Physical evidence holds for the printer, the ribbon, the paper, the camera and the light that"
    " made these pictures."
)

LIBRARIES = ("zxing-cpp", "opencv-python-headless", "numpy", "pyzbar")
"""What reads and measures."""


class Bound(Shape):
    """What a count proves about a rate, exactly (Clopper and Pearson)."""

    found: int
    labels: int
    at_most: int | None
    """Millionths, one-sided at the confidence of the plan; None where nothing was tried."""

    low: int | None
    """Millionths: two-sided at the same confidence."""

    high: int | None
    told: str


class FamilyResult(Shape):
    """Labels of one kind that had to be rejected."""

    name: str
    labels: int
    right: int
    """Rejected for what is wrong with them."""

    other: int
    """Rejected for something else."""

    warned: int
    """Passed, with what is wrong as a warning: dead dots that touch no symbol."""

    passed: Bound
    """Missed."""

    faults: int
    """Pictures of no use, which stop the line: nothing is known of these labels."""

    shown: bool
    """Whether the count shows what the plan asks."""

    codes: dict[str, int] = Field(default_factory=dict)
    """Reasons by how many labels they were found on."""

    left_out: dict[str, str] = Field(default_factory=dict)
    """Designs to which the family does not apply, and why."""


class GoodResult(Shape):
    """Good labels, which had to pass."""

    name: str
    labels: int
    rejected: Bound
    faults: int
    codes: dict[str, int] = Field(default_factory=dict)


class DesignResult(Shape):
    """The labels of one design, of all families together."""

    name: str
    bad: int
    missed: int
    good: int
    rejected: int
    scale: int | None
    """Thousandths of a pixel a dot of the print head, the least measured; None where none was. A
    camera wants 2000 at least."""


class AgreementResult(Shape):
    """How far looks at the same labels agree, in thousandths of kappa."""

    name: str
    labels: int
    agreed: int
    kappa: int | None
    low: int | None
    high: int | None


class Miss(Shape):
    """A bad label that passed, or a good one that did not."""

    family: str
    template: str
    number: int
    says: str
    what: str
    """What exactly is wrong with it, where chance has chosen that."""

    codes: tuple[str, ...]
    picture: str = ""
    """File beside this one; empty beyond the first ones."""


class Environment(Shape):
    """What the study was made with."""

    version: str
    """Of the station."""

    python: str
    machine: str
    libraries: dict[str, str]
    recipes: dict[str, str]
    """Design → SHA-256 of its recipe: design, font, product, profiles, printer settings."""


class StudyReport(Shape):
    schema_version: Literal[1] = 1
    title: str = "Verification study"
    evidence: Evidence
    statement: str
    seed: int | None
    """None for photographs: there is nothing to draw."""

    optics: str
    """Of the simulated camera; empty for photographs."""

    within: Within
    """Limits of the comparison."""

    sources: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the list of photographs and of the photographs; empty where all was simulated."""

    plan: str
    """Confidence and reliability in per cent: "95/99"."""

    labels: int
    """Of each family, as was asked."""

    families: tuple[FamilyResult, ...]
    good: tuple[GoodResult, ...]
    designs: tuple[DesignResult, ...]
    agreement: tuple[AgreementResult, ...]
    misses: tuple[Miss, ...]
    environment: Environment

    @property
    def shown(self) -> bool:
        """Whether every family that was tried shows what the plan asks."""
        return bool(self.tried) and all(each.shown for each in self.tried)

    @property
    def tried(self) -> tuple[FamilyResult, ...]:
        """Families that apply to a design."""
        return tuple(each for each in self.families if each.labels)


def bound(found: int, labels: int, wanted: Plan) -> Bound:
    sure = wanted.confidence / 100
    if labels == 0:
        return Bound(found=0, labels=0, at_most=None, low=None, high=None, told=told(0, 0))
    low, high = both_sides(found, labels, sure)
    return Bound(
        found=found,
        labels=labels,
        at_most=_millionths(at_most(found, labels, sure)),
        low=_millionths(low),
        high=_millionths(high),
        told=told(found, labels, sure),
    )


def agreement(name: str, found: Agreement) -> AgreementResult:
    return AgreementResult(
        name=name,
        labels=found.labels,
        agreed=found.agreed,
        kappa=_thousandths(found.kappa),
        low=_thousandths(found.low),
        high=_thousandths(found.high),
    )


def environment(station: str, recipes: Mapping[str, str]) -> Environment:
    return Environment(
        version=station,
        python=platform.python_version(),
        machine=platform.machine(),
        libraries={name: version(name) for name in LIBRARIES},
        recipes=dict(recipes),
    )


def most_first(codes: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(codes.items(), key=lambda each: (-each[1], each[0])))


def plan_of(report: StudyReport) -> Plan:
    return plan(report.plan)


def _millionths(share: float) -> int:
    return round(share * 1_000_000)


def _thousandths(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)
