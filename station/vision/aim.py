"""How well a camera sees the place of the label, and what to change.

For whoever mounts it: light, focus, pixels per module of each symbol, tilt, and a sentence for each
of them that is not good yet.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from drivers.interface import Condition, Symbol
from station.core.problem import Problem, problem
from station.vision.decode import decode
from station.vision.fitness import SOFT, edge_width, least_pixels, unlit
from station.vision.picture import Picture, grey, to_jpeg
from station.vision.presence import label_present

MOST_TILT = 15.0
"""Degrees; more costs reading rate on a linear symbol."""

_GREEN, _RED = (60, 160, 40), (40, 40, 200)
"""Blue, green, red."""

DIM, BRIGHT = 110, 245
"""Levels of 255 between which the lightest parts of a well lit picture are."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One symbol of the label, as the camera sees it."""

    identifier: str
    pixels_per_module: float
    least: float

    @property
    def good(self) -> bool:
        return self.pixels_per_module >= self.least


@dataclass(frozen=True, slots=True)
class Aim:
    width: int
    height: int
    light: int
    """Level of 255 that one pixel in a hundred reaches."""

    edge: float | None
    """Width of the sharpest edges, see station.vision.fitness; None where there is none."""

    symbols: tuple[Sight, ...]
    missing: tuple[str, ...]
    """AIM identifiers that should be there and were not read."""

    tilt: float | None
    """Degrees by which the first symbol is turned, −45 to 45."""

    rescued: bool
    """Something was read only after image processing."""

    found: tuple[Symbol, ...]
    advice: tuple[Problem, ...]

    @property
    def good(self) -> bool:
        return not self.advice


def measured(pixels: Picture, modules: tuple[tuple[str, int], ...]) -> Aim:
    """`modules`: for each symbol of the label its AIM identifier, and how many are in its width.

    Raises Refused for what is no picture.
    """
    picture = grey(pixels)
    expected = tuple(identifier for identifier, _ in modules)
    decoding = decode(pixels, expected=expected)
    read = tuple(each for each in decoding.symbols if each.corners)
    symbols = tuple(_sights(read, modules))
    seen = Counter(each.identifier for each in symbols)
    aim = Aim(
        width=picture.shape[1],
        height=picture.shape[0],
        light=int(np.percentile(picture[::4, ::4], 99)),
        edge=edge_width(picture),
        symbols=symbols,
        missing=tuple((Counter(expected) - seen).elements()),
        tilt=_tilt(read[0]) if read else None,
        rescued=decoding.rescued,
        found=read,
        advice=(),
    )
    light = unlit(picture, label=label_present(picture))
    return replace(aim, advice=(*_about_light(aim, light), *_about_focus(aim), *_about_place(aim)))


def _sights(read: tuple[Symbol, ...], modules: tuple[tuple[str, int], ...]) -> Iterator[Sight]:
    """Of several symbols of one kind the widest is the one with the most modules."""
    for identifier in dict.fromkeys(identifier for identifier, _ in modules):
        counts = sorted((count for each, count in modules if each == identifier), reverse=True)
        widths = sorted(
            (_top(each) for each in read if each.identifier == identifier), reverse=True
        )
        for width, count in zip(widths, counts, strict=False):
            yield Sight(identifier, width / count, least_pixels(identifier))


def marked(pixels: Picture, aim: Aim) -> bytes:
    """JPEG with each symbol that was read outlined: green where it is large enough, else red."""
    drawn = cv2.cvtColor(grey(pixels), cv2.COLOR_GRAY2BGR)
    good = {each.identifier for each in aim.symbols if each.good}
    for symbol in aim.found:
        corners = np.array(symbol.corners, np.int32)
        colour = _GREEN if symbol.identifier in good else _RED
        cv2.polylines(drawn, [corners], isClosed=True, color=colour, thickness=4)
    return to_jpeg(np.asarray(drawn, np.uint8))


def _about_light(aim: Aim, light: Condition | None) -> tuple[Problem, ...]:
    if light == Condition.BLOWN_OUT_PICTURE or aim.light >= BRIGHT:
        return (problem("Too bright: shorten the exposure, or keep lamps off the label."),)
    if light == Condition.BLACK_PICTURE or aim.light < DIM:
        return (problem("Too dark: add light, or lengthen the exposure."),)
    return ()


def _about_focus(aim: Aim) -> tuple[Problem, ...]:
    if aim.edge is None:
        return (problem("Nothing printed is in view: lay a label where it will be looked at."),)
    if aim.edge > SOFT:
        return (problem("Out of focus: turn the lens until the number is smallest."),)
    return ()


def _about_place(aim: Aim) -> tuple[Problem, ...]:
    small = tuple(
        problem(
            "Too small: {symbol} has {got} pixels for each module, at least {least} are needed."
            " Move the camera nearer.",
            symbol=each.identifier,
            got=f"{each.pixels_per_module:.1f}",
            least=f"{each.least:.1f}",
        )
        for each in aim.symbols
        if not each.good
    )
    turned = aim.tilt is not None and abs(aim.tilt) > MOST_TILT
    unread = aim.missing and aim.edge is not None and aim.edge <= SOFT
    askew = problem("The label lies askew: turn it or the camera.")
    partly = problem("Not every symbol is read: the whole label has to be in view.")
    return (*small, *((askew,) if turned else ()), *((partly,) if unread else ()))


def _top(symbol: Symbol) -> float:
    """Length of its upper side in pixels."""
    assert symbol.corners is not None, "a camera looked"
    return math.dist(symbol.corners[0], symbol.corners[1])


def _tilt(symbol: Symbol) -> float:
    assert symbol.corners is not None, "a camera looked"
    (x0, y0), (x1, y1) = symbol.corners[:2]
    turned = math.degrees(math.atan2(y1 - y0, x1 - x0))
    return (turned + 45) % 90 - 45
