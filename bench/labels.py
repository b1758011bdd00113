"""All shipped labels on one picture, for docs: `python -m bench.labels docs/labels.png`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from station.app import Workshop
from station.artwork.picture import expected_picture, save_png
from station.config import Config
from station.line.specimen import some_specimen

COLUMNS = 2
MARGIN = 24

Picture = NDArray[np.uint8]


def labels() -> Iterator[Picture]:
    """A specimen of each template, at 203 dpi."""
    workshop = Workshop.open(Config())
    for template in workshop.library.templates.values():
        yield expected_picture(some_specimen(template, press=workshop.press).label.artwork)


def sheet(pictures: Sequence[Picture]) -> Picture:
    """The smaller ones first, framed by a line, in columns of one width."""
    ordered = sorted(pictures, key=lambda each: each.shape)
    framed = [
        np.pad(np.pad(each, 1, constant_values=0), MARGIN, constant_values=255) for each in ordered
    ]
    width = max(each.shape[1] for each in framed)
    columns = [framed[start::COLUMNS] for start in range(COLUMNS)]
    stacked = [
        np.vstack([_filled(each, (each.shape[0], width)) for each in column]) for column in columns
    ]
    height = max(each.shape[0] for each in stacked)
    return np.hstack([_filled(each, (height, width)) for each in stacked])


def _filled(picture: Picture, shape: tuple[int, int]) -> Picture:
    rows, columns = picture.shape
    return np.pad(picture, ((0, shape[0] - rows), (0, shape[1] - columns)), constant_values=255)


if __name__ == "__main__":
    save_png(sheet(tuple(labels())), Path(sys.argv[1]))
