"""Which limits the label at the line is compared within: those of its calibration, if it has one.

A calibration that does not hold any more is as good as none; whether an order may start without
one, the configuration says.
"""

from collections.abc import Callable

from drivers.interface import Condition, NotReady
from station.artwork.design import Design
from station.artwork.items import Artwork
from station.core.calibration import Calibration, Setting, void_because
from station.core.problem import Problem, Refused, problem
from station.core.quality import Limits, Quality
from station.core.trend import Baseline
from station.line.sheet import compared_with
from station.line.taught import learned_sheet
from station.records.calibrations import Calibrations
from station.vision.sheet import Sheet

BUILT_IN = Limits()


class InForce:
    def __init__(
        self,
        calibrations: Calibrations,
        *,
        setting: Callable[[Design], Setting],
        required: bool = False,
    ) -> None:
        """`setting` is what a calibration would have to hold for today; of pictures nothing is
        known before the first one comes, so their size is that of the calibration.
        """
        self._calibrations = calibrations
        self._setting = setting
        self._required = required
        self._calibration: Calibration | None = None
        self.notice: Problem | None = None
        """Why the design at the line has no limits of its own; None where it has, or needs none."""

    def use(self, design: Design) -> None:
        """The next labels are of this design."""
        found = self._calibrations.last(design.name, design.revision)
        why = void_because(found, self._now(design, found)) if found else None
        self._calibration = None if why else found
        self.notice = why or (_none(design) if self._required and found is None else None)

    def check(self, design: Design) -> None:
        """Raises Refused where an order may not start without a calibration."""
        self.use(design)
        if self._required and self.notice:
            raise Refused(self.notice)

    def sheet(self, artwork: Artwork) -> Sheet | None:
        """What a label is compared with: its own artwork; where another designer wrote it, what was
        learned of it, or nothing.
        """
        learned = self._calibration.learned if self._calibration and artwork.foreign else None
        return learned_sheet(learned, artwork) if learned else compared_with(artwork)

    def limits(self) -> Limits:
        return self._calibration.limits if self._calibration else BUILT_IN

    def baselines(self) -> tuple[Baseline, ...]:
        """Where the indices of the design's good labels are; none where it is not calibrated."""
        return self._calibration.trend if self._calibration else ()

    def check_light(self, quality: Quality) -> None:
        """Raises NotReady where the light is not the one the label was calibrated in."""
        if self._calibration and self._calibration.light_changed(quality):
            detail = f"the paper is {quality.paper} of 1000 bright"
            raise NotReady("camera", detail, Condition.LIGHT_CHANGED)

    def _now(self, design: Design, found: Calibration) -> Setting:
        size = {"width": found.setting.width, "height": found.setting.height}
        return self._setting(design).model_copy(update=size)


def _none(design: Design) -> Problem:
    return problem(
        "Template {name} {revision} is not calibrated for this camera: labelstation calibrate"
        " {name} {revision}",
        where="template",
        name=design.name,
        revision=design.revision,
    )
