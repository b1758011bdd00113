"""A sheet of rejected labels as the reject page shows them: `python -m bench.marked FILE`.

Simulated: each label is made bad in one way of the study, photographed, and looked at.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from bench.vision import DESIGNS, spoilt
from station.config import Config
from station.core.quality import Limits
from station.line.sheet import sheet_of
from station.study import pool as processes
from station.study.trial import taken
from station.vision.markup import marked
from station.vision.picture import Picture, to_jpeg
from station.vision.see import see

FAMILIES = (
    "any-look-alike-small",
    "any-line-missing",
    "dead-2-in-symbol",
    "worn-wrinkle",
    "worn-smear",
    "worn-cut",
)
LIMITS = Limits(residual=270, residual_elsewhere=60, single_dot=400)
"""As a calibration sets them on these pictures."""

WIDTH = 640
ACROSS = 2


def rejected(family: str) -> Picture:
    """The first label that can go bad this way."""
    each = next(
        each
        for number in range(100)
        for each in spoilt(DESIGNS[number % len(DESIGNS)], family, number=number, seed=1)
    )
    pixels = taken(each, optics="mild", seed=1)
    carriers = each.meant.expected.carriers
    found = see(pixels, expected=carriers, sheet=sheet_of(each.meant.artwork), limits=LIMITS)
    shown = marked(pixels, found.rejects)
    size = (WIDTH, WIDTH * shown.shape[0] // shown.shape[1])
    return np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)


def main() -> None:
    processes.begin(Config())
    pictures = [rejected(each) for each in FAMILIES]
    rows = [np.hstack(pictures[at : at + ACROSS]) for at in range(0, len(pictures), ACROSS)]
    Path(sys.argv[1]).write_bytes(to_jpeg(np.vstack(rows)))


if __name__ == "__main__":
    main()
