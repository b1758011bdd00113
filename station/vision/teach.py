"""A design in fonts of the printer's own: what it looks like is learned from labels.

Labels that differ in all that orders change are laid over each other. What is the same on all of
them is what the design looks like; what differs is known by its place only, and is not compared.
The symbols are never learned: what they have to look like follows from their data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from station.core.problem import Refused, problem
from station.vision.homography import laid
from station.vision.picture import Picture
from station.vision.registration import Registration, register
from station.vision.sheet import Area, Dots, Part, Sheet

Light = NDArray[np.float32]
"""(height, width) in dots: 0 is ink, 1 is paper."""

LEAST_LABELS = 5

AROUND = 61
"""Dots within which there is paper."""

DIFFERS = 0.22
"""Standard deviation of a dot over the labels from which on it is not the same on all of them: the
edge of a stroke has a tenth, another letter half."""

LEAST_DIFFERS = 4
"""Dots of one text that differ; fewer are dust."""

LETTERS = (13, 7)
"""Dots, across and down, within which what is printed belongs together."""

SPARE = 4
"""Dots kept free around what differs: the next text may be longer."""

INK = 0.5
"""Between ink and paper."""

STEEPER = 1.8
"""So much of the camera's blur is taken out again."""

EDGE = 3
"""Dots along the edge of the label in which the paper may end."""

SYMBOL = 3
"""Dots around a symbol that are its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One label of those that teach."""

    picture: Picture
    sheet: Sheet
    """Its symbols, and nothing else."""

    symbols: tuple[Symbol, ...]
    """As they were read in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    picture: Dots
    """What is on every label, without the symbols; grey where ink begins."""

    varying: tuple[Area, ...]
    """Where labels differ."""

    @property
    def png(self) -> bytes:
        return _png(self.picture)

    @property
    def proof(self) -> bytes:
        """A PNG for the person who approves it: grey where labels differ."""
        shown = self.picture.copy()
        for area in self.varying:
            area.of(shown)[:] = 160
        return _png(shown)


def read_png(data: bytes) -> Dots:
    """The picture of what was learned. Raises Refused for what is none."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise Refused(problem("What was learned of the design is no picture."))
    return np.asarray(picture, np.uint8)


def _png(picture: Dots) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def teach(labels: Sequence[Shown]) -> Taught:
    """Raises Refused where the labels cannot be laid over each other, or are too few."""
    if len(labels) < LEAST_LABELS:
        raise Refused(
            problem(
                "Expected at least {least} labels to learn from, got {got}.",
                least=LEAST_LABELS,
                got=len(labels),
            )
        )
    first = _dots(_light(labels[0], _registered(labels[0], labels[0].sheet)))
    common = [_light(each, _registered(each, _over(first, each.sheet))) for each in labels]
    stack = np.stack(common)
    own = _own(labels[0].sheet)
    varying = tuple(_varying((stack.min(axis=0) < INK) & own, stack.std(axis=0) > DIFFERS))
    picture = _sharp(np.asarray(stack.mean(axis=0), np.float32))
    picture[~own] = 255
    for area in varying:
        area.of(picture)[:] = 255
    return Taught(picture, varying)


def taught_sheet(taught: Taught, symbols: Sheet) -> Sheet:
    """What a label with these symbols is compared with."""
    parts = tuple(
        Part(f"printed {number}", area) for number, area in enumerate(_printed(taught.picture), 1)
    )
    return replace(_over(taught.picture, symbols), parts=parts, unseen=taught.varying)


def _registered(label: Shown, sheet: Sheet) -> Registration:
    found = register(label.picture, sheet, label.symbols)
    if found is None:
        raise Refused(
            problem("One of the labels cannot be laid over the others: is it of the same design?")
        )
    return found


def _over(dots: Dots, symbols: Sheet) -> Sheet:
    """The symbols of one label on what is common to all."""
    picture = dots.copy()
    for area in _symbols(symbols):
        area.of(picture)[:] = area.of(symbols.picture)
    return replace(symbols, picture=picture)


def _symbols(sheet: Sheet) -> Iterator[Area]:
    whole = Area(0, 0, sheet.width, sheet.height)
    for place in sheet.symbols:
        yield _grown(place.area, SYMBOL, whole)


def _light(label: Shown, registration: Registration) -> Light:
    """Each dot between the label's ink and its paper."""
    sheet = label.sheet
    seen = laid(label.picture, sheet, registration.homography, scale=1.0, margin=0)
    around = np.ones((AROUND, AROUND), np.uint8)
    paper = cv2.blur(cv2.dilate(seen, around), (AROUND, AROUND)).astype(np.float32)
    share = seen.astype(np.float32) / np.maximum(paper, 8)
    solid = cv2.erode((sheet.picture == 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ink = float(np.median(share[solid])) if solid.any() else float(share.min())
    return np.asarray(np.clip((share - ink) / max(0.05, 1 - ink), 0, 1), np.float32)


def _dots(light: Light) -> Dots:
    return np.where(light < INK, np.uint8(0), np.uint8(255))


def _sharp(light: Light) -> Dots:
    """Less soft than the camera has shown it, and not cut to dots: the printer's dots lie anywhere
    between those of this grid.
    """
    steep = (light - INK) * STEEPER + 0.5
    return np.asarray(np.clip(255 * steep, 0, 255).round(), np.uint8)


def _own(sheet: Sheet) -> NDArray[np.bool_]:
    """Where the design itself prints: not at a symbol, and not where the paper ends."""
    found = np.zeros(sheet.picture.shape, np.bool_)
    found[EDGE:-EDGE, EDGE:-EDGE] = True
    for area in _symbols(sheet):
        found[area.y : area.bottom, area.x : area.right] = False
    return found


def _varying(inked: NDArray[np.bool_], differs: NDArray[np.bool_]) -> Iterator[Area]:
    """Whole texts of which a part differs: on another label it may be another part."""
    rows, columns = inked.shape
    whole = Area(0, 0, columns, rows)
    for area, _ in _together(inked):
        here = (slice(area.y, area.bottom), slice(area.x, area.right))
        if np.count_nonzero(inked[here] & differs[here]) >= LEAST_DIFFERS:
            yield _grown(area, SPARE, whole)


def _printed(picture: Dots) -> Iterator[Area]:
    return (area for area, _ in _together(picture < 255 * INK))


def _together(found: NDArray[np.bool_]) -> Iterator[tuple[Area, int]]:
    """What lies within LETTERS of each other, and how many dots of it there are."""
    joined = cv2.dilate(found.astype(np.uint8), np.ones(LETTERS[::-1], np.uint8))
    count, labels = cv2.connectedComponents(joined)
    for number in range(1, count):
        rows, columns = np.nonzero((labels == number) & found)
        top, left = int(rows.min()), int(columns.min())
        height, width = int(rows.max()) - top + 1, int(columns.max()) - left + 1
        yield Area(left, top, width, height), len(rows)


def _grown(area: Area, by: int, within: Area) -> Area:
    left, top = max(within.x, area.x - by), max(within.y, area.y - by)
    right, bottom = min(within.right, area.right + by), min(within.bottom, area.bottom + by)
    return Area(left, top, right - left, bottom - top)
