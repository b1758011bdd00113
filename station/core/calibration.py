"""What good labels of one design look like under one camera, and the limits that follow from it.

A calibration holds for the design, the font, the print head's resolution, the camera's address and
region, and the size of its pictures; any other of these makes it void, and so does light that has
changed. Limits only ever become tighter than those for a label nobody has calibrated: whatever a
camera and a printer give, a wrong character stays a wrong character.

>>> spread([210, 190, 240])
Spread(least=190, middle=210, most=240)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from station.core.problem import Problem, problem, refuse
from station.core.quality import Limits, Quality
from station.core.shape import Shape
from station.core.trend import Baseline, baselines_of

LEAST_LABELS = 10
"""Fewer say little about how much good labels differ."""

LEAST_SAMPLING = 1500
"""Thousandths of a pixel to a dot: with fewer, letters that look alike cannot be told apart."""

LIGHT_MARGIN = 300
"""Thousandths by which the paper may be brighter or darker than on any calibrated label. The
judgement itself bears more (`station.vision.fitness`); this much does not come by itself."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How a limit follows from the worst good label."""

    times: int
    """Thousandths of it."""

    least: int
    """The limit is never tighter: good labels vary by so much between two days."""


MARGINS: Mapping[str, Margin] = {
    "registration": Margin(times=2000, least=300),
    "residual": Margin(times=3000, least=80),
    "residual_elsewhere": Margin(times=3000, least=60),
    "single_dot": Margin(times=3000, least=400),
}
"""By the name of the measure in Quality, which is that of its limit in Limits."""


class Spread(Shape):
    least: int
    middle: int
    most: int


class Setting(Shape):
    """What a calibration holds for."""

    template: str
    revision: str
    digest: str
    """SHA-256 of the design."""

    font: str
    dots_per_mm: int
    camera: str
    """SHA-256 of what the camera is told: address, region."""

    width: int
    height: int
    """Pixels of its pictures."""


class LearnedDesign(Shape):
    """A design in fonts of the printer's own, as labels have shown it."""

    png: str
    """Base64: every dot that all labels have in common; 0 is ink, 255 is paper."""

    varying: tuple[tuple[int, int, int, int], ...]
    """x, y, width, height in dots: where labels differ. Nothing is compared there."""


class Calibration(Shape):
    setting: Setting
    labels: int
    paper: Spread
    measured: dict[str, Spread]
    limits: Limits
    trend: tuple[Baseline, ...] = ()
    """Where the indices of good labels are; nothing in records of earlier versions."""

    learned: LearnedDesign | None = None
    """Of a design of another designer; nothing of one of the station's own."""

    def light_changed(self, quality: Quality) -> bool:
        """Whether the paper of a label is not as bright as it was on any of those measured."""
        if quality.paper is None:
            return False
        low = self.paper.least * (1000 - LIGHT_MARGIN) // 1000
        high = self.paper.most * (1000 + LIGHT_MARGIN) // 1000
        return not low <= quality.paper <= high


def calibrated(
    setting: Setting, labels: Sequence[Quality], *, learned: LearnedDesign | None = None
) -> Calibration:
    """Raises Refused where the labels do not say enough."""
    refuse([*_too_few(labels), *_too_coarse(labels)])
    measured = {name: spread(_values(labels, name)) for name in MARGINS}
    limits = Limits().model_dump()
    tighter = {name: _limit(found, MARGINS[name], limits[name]) for name, found in measured.items()}
    return Calibration(
        setting=setting,
        labels=len(labels),
        paper=spread(_values(labels, "paper")),
        measured=measured,
        limits=Limits(**(limits | tighter)),
        trend=baselines_of(labels),
        learned=learned,
    )


def void_because(calibration: Calibration, now: Setting) -> Problem | None:
    """Why a calibration does not hold any more; None where it does."""
    was = calibration.setting.model_dump()
    what = [name for name, value in now.model_dump().items() if value != was[name]]
    if not what:
        return None
    return problem(
        "The calibration of template {name} {revision} is void, because this has changed: {what}."
        " Calibrate again: labelstation calibrate {name} {revision}",
        name=calibration.setting.template,
        revision=calibration.setting.revision,
        what=", ".join(what),
    )


def spread(values: Iterable[int]) -> Spread:
    found = sorted(values)
    return Spread(least=found[0], middle=median_low(found), most=found[-1])


def _limit(found: Spread, margin: Margin, built_in: int) -> int:
    return min(built_in, max(margin.least, found.most * margin.times // 1000))


def _values(labels: Sequence[Quality], name: str) -> list[int]:
    return [value for each in labels if isinstance(value := each.model_dump()[name], int)]


def _too_few(labels: Sequence[Quality]) -> Iterable[Problem]:
    compared = sum(each.registration is not None and each.paper is not None for each in labels)
    if compared < max(LEAST_LABELS, len(labels)):
        yield problem(
            "A calibration needs at least {least} good labels, each of them compared: got"
            " {compared} of {count}.",
            least=LEAST_LABELS,
            compared=compared,
            count=len(labels),
        )


def _too_coarse(labels: Sequence[Quality]) -> Iterable[Problem]:
    least = min(_values(labels, "sampling"), default=LEAST_SAMPLING)
    if least < LEAST_SAMPLING:
        yield problem(
            "The camera is too coarse for this label: expected {least} pixels for each dot of the"
            " print head, got {got}. Bring it nearer, or take one with more pixels.",
            least=f"{LEAST_SAMPLING / 1000:.1f}",
            got=f"{least / 1000:.1f}",
        )
