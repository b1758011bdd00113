"""One pictogram in dots, or the reasons why there is none.

>>> font = Font.load()
>>> pictogram("lot", height=22, font=font).shape
(22, 39)
>>> try:
...     pictogram("temperature", height=16, font=font, values={"upper": "40"}, dots_per_mm=8)
... except Refused as refused:
...     print(refused)
The pictogram temperature needs at least 24 dots, 3 mm at 8 dots/mm, got 16.
lower: The pictogram temperature needs this value.
upper: Expected a temperature with its unit, such as −20 °C or 77 °F, got '40'.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from math import ceil

import numpy as np

from station.artwork.ink import Ink, sealed
from station.artwork.pictograms.table import DRAWINGS, NAMES
from station.artwork.pictograms.values import value_problems, written
from station.artwork.text import Font
from station.core.problem import Problem, Refused, problem, refuse

LARGEST = 1200
"""Dots: 50 mm at 24 dots/mm, more than any label shows; drawing takes memory by its square."""


def pictogram(
    name: str,
    *,
    height: int,
    font: Font,
    values: Mapping[str, str] | None = None,
    dots_per_mm: int | None = None,
) -> Ink:
    """The dots of one pictogram, `height` dots high; its width follows from the drawing.

    Raises Refused with everything that is wrong: the name, the values, a height at which it could
    not be told. With the resolution that height is said in millimetres, too.
    """
    known(name)
    given = values or {}
    refuse(
        [
            *_size_problems(name, height, dots_per_mm),
            *selection_problems(name, given),
            *values_wrong(name, given),
        ]
    )
    drawn = tuple((field, written(field, value)) for field, value in sorted(given.items()))
    return _drawn(name, height, font, drawn)


def known(name: str) -> str:
    """The name. Raises Refused when there is no such pictogram."""
    if name not in DRAWINGS:
        raise Refused(
            problem(
                "There is no pictogram {got!r}. Expected one of: {known}.",
                got=name[:40],
                known=", ".join(NAMES),
            )
        )
    return name


def selection_problems(name: str, given: Collection[str]) -> Iterator[Problem]:
    """Values that the pictogram lacks, and those it does not take."""
    takes = DRAWINGS[name].takes
    for field in takes:
        if field not in given:
            yield problem("The pictogram {name} needs this value.", where=field, name=name)
    for field in given:
        if field not in takes:
            yield problem("The pictogram {name} takes no such value.", where=field, name=name)


def values_wrong(name: str, values: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with those values that the pictogram takes."""
    drawing = DRAWINGS[name]
    taken = {field: value for field, value in values.items() if field in drawing.takes}
    yield from value_problems(drawing.kind, taken)


@lru_cache(512)
def _drawn(name: str, height: int, font: Font, values: tuple[tuple[str, str], ...]) -> Ink:
    """Cut to its ink at the sides; the height stays what was asked for."""
    ink = DRAWINGS[name].draw(height, font, dict(values))
    columns = np.flatnonzero(ink.any(axis=0))
    return sealed(ink[:, columns[0] : columns[-1] + 1].copy())


def _size_problems(name: str, height: int, dots_per_mm: int | None) -> Iterator[Problem]:
    least = DRAWINGS[name].smallest
    if height > LARGEST:
        yield problem(
            "A pictogram is at most {most} dots high, got {got}.", most=LARGEST, got=height
        )
    if height >= least:
        return
    if dots_per_mm is None:
        yield problem(
            "The pictogram {name} needs at least {least} dots, got {got}.",
            name=name,
            least=least,
            got=height,
        )
    else:
        yield problem(
            "The pictogram {name} needs at least {least} dots, {mm} mm at {resolution} dots/mm,"
            " got {got}.",
            name=name,
            least=least,
            mm=f"{ceil(least * 1000 / dots_per_mm) / 1000:g}",
            resolution=dots_per_mm,
            got=height,
        )
