"""Within which limits the labels of a study are judged: the built-in ones, or calibrated ones.

A calibration is made as `labelstation calibrate` makes it, with good labels under the same
simulated camera. It only ever tightens, so the built-in limits find the least.
"""

from functools import lru_cache

from station.core.calibration import calibrated
from station.core.quality import Limits, Quality
from station.line.calibrating import on_picture, setting_of
from station.study.labels import Subject, ground
from station.study.pool import opened
from station.study.report import Within
from station.study.trial import BUILT_IN, Tried, made, taken
from station.vision.see import see

LABELS = 12
"""Good ones, each of them another one, of which none is tried in the study itself."""

FIRST = 36**4 - LABELS
"""Their numbers: the last that there are (`labels.code`)."""


@lru_cache(maxsize=64)
def limits_of(within: Within, subject: Subject, *, optics: str, seed: int) -> Limits:
    """Once in each process. Raises Refused where the camera is too bad to calibrate with."""
    if within == "built-in":
        return BUILT_IN
    found = [_measured(subject, FIRST + each, optics=optics, seed=seed) for each in range(LABELS)]
    design = opened().library.template(subject.template, subject.revision)
    setting = setting_of(
        design,
        font=opened().font,
        dots_per_mm=opened().config.printer.dots_per_mm,
        camera=optics,
        pixels=(0, 0),
    )
    return calibrated(setting, found).limits


def _measured(subject: Subject, number: int, *, optics: str, seed: int) -> Quality:
    """Raises Refused for a label that is not a good one to the station."""
    label = ground(opened(), subject, number=number, seed=seed)
    (print_,) = made(label, ("good",), number=number, seed=seed)
    assert isinstance(print_, Tried), "a good label applies to every design"
    return on_picture(taken(print_, optics=optics, seed=number), print_.meant, see=see)
