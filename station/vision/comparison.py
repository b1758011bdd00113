"""Every part of the label against what was meant: text glyph by glyph, drawings piece by piece.

The label was laid straight (`station.vision.registration`), so what was seen and what was meant lie
over each other to a twentieth of a dot. Each point is held to what was meant within `TUBE` of it:
that much nobody's printer can help. What is more counts as an area: so many square dots of ink that
should not be there, or of paper where there should be ink.

Two measures judge a glyph: the worst place in it, and the worst one elsewhere in it. A speck is one
place; another character differs in two, however little. Measured on labels of 2.3 pixels a dot and
text of 12 dots and more, simulated, 0.0 to 0.4 square dots on good prints; a look-alike (0 and O, 8
and B, 5 and S) has 1.8 at its worst place and 1.2 elsewhere, at least.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.registration import Light, Rectified, between
from station.vision.sheet import Area, Part, Sheet
from station.vision.sighting import Finding

TUBE = 0.2
"""Dots: what was meant may lie so far away."""

NOISE = 0.15
"""Of the way from ink to paper: a smaller difference is none."""

SOFT = 0.7
"""Dots of blur from which on noise counts for more: edges are not known so well."""

PLACE = 4.0
"""Dots of the side of one place: a stroke's width, and the picture's blur around it."""

REACH = 1.0
"""Dots by which a glyph that differs is looked for nearby: paper does not run evenly."""

EDGE = 6
"""Dots next to the label's edge in which paper may end."""

SMALL = 14
"""Dots of the height of a character that the limits are meant for, and of every smaller one."""

BLANK = 0.75
"""Where even the darkest point is this light, nothing was printed."""

MANY = 5
"""Glyphs of one part that differ: then it is the part that does."""

MOST_SPOTS = 8
"""Findings of ink on bare paper."""


@dataclass(frozen=True, slots=True)
class Comparison:
    findings: tuple[Finding, ...]
    residual: int
    """Of the worst place of all, in thousandths of a square dot; of a large character, so many
    times less as it is larger than a small one."""

    elsewhere: int
    """The same of the worst second place."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    part: Part
    area: Area
    worst: float
    """Square dots at its worst place."""

    elsewhere: float
    blank: bool

    def differs(self, limits: Limits) -> bool:
        return (
            self.blank
            or self.worst * 1000 > limits.residual * self.allowance
            or self.elsewhere * 1000 > limits.residual_elsewhere * self.allowance
        )

    @property
    def allowance(self) -> float:
        """A speck that makes another character of a small one is nothing on a large one."""
        return max(1.0, (min(self.area.height, self.area.width) / SMALL) ** 2)


def compare(
    rectified: Rectified, sheet: Sheet, limits: Limits, *, worn: frozenset[int] = frozenset()
) -> Comparison:
    """`worn`: columns of dots that are not looked at; who found them tells of them."""
    tube = _tube(rectified.meant, rectified.scale)
    noise = NOISE + min(0.2, max(0.0, 0.25 * (rectified.softness - SOFT)))
    over = _over(rectified.seen, *tube, noise, rectified.scale)
    looked_at = _looked_at(rectified, worn)
    over *= looked_at
    places = _places(over, rectified.scale)
    glyphs = tuple(_measured(rectified, sheet, over, places, _Tube(*tube, noise, looked_at)))
    differing = tuple(each for each in glyphs if each.differs(limits))
    findings = (*_of_parts(differing, glyphs, rectified), *_spots(places, rectified, sheet, limits))
    worst = max((each.worst / each.allowance for each in glyphs), default=0.0)
    elsewhere = max((each.elsewhere / each.allowance for each in glyphs), default=0.0)
    return Comparison(findings, round(worst * 1000), round(elsewhere * 1000))


# -- measures ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Tube:
    """Between what each point may be, and which columns are looked at."""

    darkest: Light
    lightest: Light
    noise: float
    looked_at: Light


def _looked_at(rectified: Rectified, worn: frozenset[int]) -> Light:
    """(columns,): 1, and 0 beneath a worn dot of the print head."""
    found = np.ones(rectified.seen.shape[1], np.float32)
    for dot in worn:
        _, columns = rectified.part(Area(dot, 0, 1, 1), around=1)
        found[columns] = 0.0
    return found


def _tube(meant: Light, scale: float) -> tuple[Light, Light]:
    """The darkest and the lightest that each point may be."""
    box = np.ones((3, 3), np.uint8)
    share = min(1.0, TUBE * scale)  # of the way to the next pixel
    darkest, lightest = (
        cv2.addWeighted(most, share, meant, 1 - share, 0.0)
        for most in (cv2.erode(meant, box), cv2.dilate(meant, box))
    )
    return np.asarray(darkest, np.float32), np.asarray(lightest, np.float32)


def _over(seen: Light, darkest: Light, lightest: Light, noise: float, scale: float) -> Light:
    """Square dots by which each pixel lies outside of its tube."""
    over: Light = np.maximum(seen - lightest, darkest - seen)
    over -= np.float32(noise)
    np.maximum(over, 0.0, out=over)
    over *= np.float32(1 / (1 - noise) / scale**2)
    return over


def _places(over: Light, scale: float) -> Light:
    """The sum over the place around each pixel."""
    side = max(2, round(PLACE * scale))
    return np.asarray(
        cv2.boxFilter(over, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT),
        np.float32,
    )


def _measured(
    rectified: Rectified,
    sheet: Sheet,
    over: Light,
    places: Light,
    tube: _Tube,
) -> Iterator[_Glyph]:
    for part in sheet.parts:
        for area in glyphs_of(part, sheet):
            here = rectified.part(area, around=1)
            worst = float(places[here].max(initial=0.0))
            differs = over[here]
            if worst > NOISE:
                differs = _nearby(rectified, area, tube)
            yield _glyph(part, area, differs, rectified)


def _nearby(rectified: Rectified, area: Area, tube: _Tube) -> Light:
    """The differences where the glyph fits best within REACH."""
    here = rectified.part(area, around=1)
    meant = rectified.meant[here]
    reach = max(1, round(REACH * rectified.scale))
    rows, columns = here
    wide = rectified.seen[
        max(0, rows.start - reach) : rows.stop + reach,
        max(0, columns.start - reach) : columns.stop + reach,
    ]
    if wide.shape[0] < meant.shape[0] or wide.shape[1] < meant.shape[1]:
        return np.zeros_like(meant)
    seen = _moved(wide, meant)
    darkest, lightest = (np.ascontiguousarray(each[here]) for each in (tube.darkest, tube.lightest))
    over = _over(seen, darkest, lightest, tube.noise, rectified.scale)
    return np.asarray(over * tube.looked_at[columns], np.float32)


def _moved(wide: Light, meant: Light) -> Light:
    """The part of a wider picture that is most like what was meant, to a part of a pixel."""
    unlike = np.asarray(cv2.matchTemplate(wide, meant, cv2.TM_SQDIFF), np.float32)
    _, _, (x, y), _ = cv2.minMaxLoc(unlike)
    right, down = x + between(-unlike[y], x), y + between(-unlike[:, x], y)
    rows, columns = meant.shape
    return np.asarray(
        cv2.warpAffine(
            wide,
            np.array([[1, 0, right], [0, 1, down]], np.float64),
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def _glyph(part: Part, area: Area, differs: Light, rectified: Rectified) -> _Glyph:
    if not differs.any():
        return _Glyph(part, area, 0.0, 0.0, blank=False)
    scale = rectified.scale
    places = _places(differs, scale)
    _, worst, _, (x, y) = cv2.minMaxLoc(places)
    reach = round(PLACE * scale / 2) + 1
    rest = differs.copy()
    rest[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1] = 0.0
    elsewhere = float(_places(rest, scale).max(initial=0.0))
    blank = worst > NOISE and float(rectified.seen[rectified.part(area)].min(initial=1.0)) > BLANK
    return _Glyph(part, area, float(worst), elsewhere, blank=blank)


def glyphs_of(part: Part, sheet: Sheet) -> tuple[Area, ...]:
    """Runs of columns that hold ink: a character, a piece of one, or a piece of a drawing."""
    return _runs(part.area, part.area.of(sheet.picture).tobytes())


LONGEST = 48
"""Dots of a drawing that is one piece."""


@lru_cache(maxsize=2048)
def _runs(area: Area, dots: bytes) -> tuple[Area, ...]:
    ink = (np.frombuffer(dots, np.uint8).reshape(area.height, area.width) == 0).any(axis=0)
    steps = np.diff(np.concatenate(([0], ink.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
    return tuple(
        piece
        for start, end in zip(starts, ends, strict=True)
        for piece in _pieces(Area(area.x + start, area.y, end - start, area.height))
    )


def _pieces(area: Area) -> Iterator[Area]:
    for y in range(area.y, area.bottom, LONGEST):
        for x in range(area.x, area.right, LONGEST):
            yield Area(x, y, min(LONGEST, area.right - x), min(LONGEST, area.bottom - y))


# -- findings ------------------------------------------------------------------------------


def _of_parts(
    differing: tuple[_Glyph, ...], glyphs: tuple[_Glyph, ...], rectified: Rectified
) -> Iterator[Finding]:
    for part in dict.fromkeys(each.part for each in differing):
        wrong = [each for each in differing if each.part == part]
        blank = all(each.blank for each in wrong)
        code = Code.TEXT_MISSING if blank else Code.TEXT_WRONG
        whole = len(wrong) >= MANY or len(wrong) == sum(each.part == part for each in glyphs)
        areas = [part.area] if whole else [each.area for each in wrong]
        for area in areas:
            yield Finding(
                code,
                part=part.name,
                expected=part.text,
                outline=rectified.registration.outline(area),
            )


def _spots(places: Light, rectified: Rectified, sheet: Sheet, limits: Limits) -> Iterator[Finding]:
    """Ink where the label is bare."""
    bare = _bare(rectified, sheet)
    where = ((places * 1000 > limits.spot) & bare).astype(np.uint8)
    if not where.any():
        return
    count, _, boxes, _ = cv2.connectedComponentsWithStats(where)
    for x, y, width, height, _ in boxes[1 : min(count, MOST_SPOTS + 1)].tolist():
        scale, margin = rectified.scale, rectified.margin
        area = Area(
            round(x / scale) - margin,
            round(y / scale) - margin,
            max(1, round(width / scale)),
            max(1, round(height / scale)),
        )
        code = Code.OFFSET if _beside(area, sheet) else Code.SMEAR
        yield Finding(code, outline=rectified.registration.outline(area))


def _beside(area: Area, sheet: Sheet) -> bool:
    """Whether it is no ink but what lies beside the label: the print is not where it should be."""
    at_side = area.x <= 2 * EDGE or area.right >= sheet.width - 2 * EDGE
    at_end = area.y <= 2 * EDGE or area.bottom >= sheet.height - 2 * EDGE
    return (at_side and area.height > sheet.height // 12) or (
        at_end and area.width > sheet.width // 12
    )


def _bare(rectified: Rectified, sheet: Sheet) -> NDArray[np.bool_]:
    """The paper of the label on which nothing is meant to be."""
    bare = np.zeros(rectified.seen.shape, np.bool_)
    inside = Area(EDGE, EDGE, sheet.width - 2 * EDGE, sheet.height - 2 * EDGE)
    bare[rectified.part(inside)] = True
    for part in sheet.parts:
        for area in glyphs_of(part, sheet):
            bare[rectified.part(area, around=2)] = False
    for symbol in sheet.symbols:
        bare[rectified.part(symbol.area, around=2)] = False
    return bare
