"""Every part of the label against what was meant: text glyph by glyph, drawings piece by piece.

The label was laid straight (`station.vision.registration`), so what was seen and what was meant lie
over each other to a twentieth of a dot. Each point is held to what was meant within `TUBE` of it:
that much nobody's printer can help. What is more counts as an area: so many square dots of ink that
should not be there, or of paper where there should be ink.

Two measures judge a glyph: the worst place in it, and the worst one elsewhere in it. A speck is one
place; another character differs in two, however little. What differs in no more than a single dot
is found by that dot (`station.vision.deciding`). Measured on labels of 2.3 pixels a dot and text of
12 dots and more, simulated, 0.0 to 0.4 square dots on good prints; a look-alike (0 and O, 8 and B,
5 and S) has 1.8 at its worst place and 1.2 elsewhere, at least.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.deciding import Deciding, deciding
from station.vision.head import WornDot
from station.vision.line import as_it_is
from station.vision.rectify import Light, Rectified, with_worn
from station.vision.sheet import Area, Part, Sheet
from station.vision.sighting import Finding
from station.vision.traces import trace_findings
from station.vision.voids import void_findings

TUBE = 0.2
"""Dots: what was meant may lie so far away."""

NOISE = 0.15
"""Of the way from ink to paper: a smaller difference is none."""

SOFT = 0.7
"""Dots of blur from which on noise counts for more: edges are not known so well."""

PLACE = 4.0
"""Dots of the side of one place: a stroke's width, and the picture's blur around it."""

MUCH = 0.25
"""Share of a glyph's ink: a 1 that is one dot wide, the back of an E."""

EDGE = 6
"""Dots next to the edge of the paper in which it may be in shadow."""

SMALL = 14
"""Dots of the height of a character that the limits are meant for, and of every smaller one."""

BLANK = 190
"""Where even the darkest point is this light, nothing was printed."""

CLOSER = 0.15
"""Square dots at its worst place for which a glyph is worth another look."""

MANY = 5
"""Glyphs of one part that differ: then it is the part that does."""

MOST_SPOTS = 8
"""Findings of ink on bare paper."""

Sums = NDArray[np.float32]
"""(rows, columns) of the grid: differences in levels, added up over a place."""

BESIDE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Comparison:
    findings: tuple[Finding, ...]
    residual: int
    """Of the worst place of all, in thousandths of a square dot; of a large character, so many
    times less as it is larger than a small one."""

    elsewhere: int
    """The same of the worst second place."""

    single_dot: int
    """Of the worst dot that tells one character from another, in thousandths."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    part: Part
    area: Area
    worst: float
    """Square dots at its worst place."""

    elsewhere: float
    blank: bool
    single_dot: float = 0.0
    """Of the worst of its dots that decide."""

    def differs(self, limits: Limits) -> bool:
        return (
            self.blank
            or self.single_dot * 1000 > limits.single_dot
            or self.worst * 1000 > limits.residual * self.allowance
            or self.elsewhere * 1000 > limits.residual_elsewhere * self.allowance
        )

    @property
    def allowance(self) -> float:
        """A speck that makes another character of a small one is nothing on a large one."""
        return max(1.0, (min(self.area.height, self.area.width) / SMALL) ** 2)


def compare(
    rectified: Rectified,
    sheet: Sheet,
    limits: Limits,
    *,
    paper: Area,
    worn: tuple[WornDot, ...] = (),
) -> Comparison:
    """`paper` is the part of the label under which there is some. What `worn` dots leave out is not
    meant, who found them tells of them; but a glyph of which a dead one takes much is wrong.
    """
    entire = rectified
    rectified = with_worn(entire, sheet, {each.dot: each.missing for each in worn})
    ruler = _ruler(rectified)
    places = ruler.places(ruler.over(rectified.seen, rectified.meant))
    lost = tuple(each.dot for each in worn if each.dead)
    # Where a lens is not even, a column only seems to be worn: a glyph may have all its dots.
    either = tuple(
        _Look(each, deciding(each, sheet)) for each in ((rectified, entire) if worn else (entire,))
    )
    glyphs = tuple(_measured(either, sheet, places, ruler, lost))
    differing = tuple(each for each in glyphs if each.differs(limits))
    hot: Light = (places > limits.spot / 1000 * ruler.dot).astype(np.uint8)
    findings = (
        *trace_findings(
            rectified,
            [each.area for each in differing if not each.blank],
            sum(len(glyphs_of(part, sheet)) for part in sheet.parts),
            limits,
        ),
        *_of_parts(differing, rectified, sheet),
        *void_findings(hot, rectified, sheet),
        *_spots(hot, rectified, sheet, paper),
    )
    worst = max((each.worst / each.allowance for each in glyphs), default=0.0)
    elsewhere = max((each.elsewhere / each.allowance for each in glyphs), default=0.0)
    single = max((each.single_dot for each in glyphs), default=0.0)
    return Comparison(findings, *(round(1000 * each) for each in (worst, elsewhere, single)))


# -- measures ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Ruler:
    """How differences are measured on one label."""

    scale: float
    noise: np.uint8
    """Levels that are no difference."""

    dot: float
    """What a square dot of ink for paper adds up to, in levels."""

    def over(self, seen: Light, meant: Light) -> Light:
        """Levels by which each pixel lies outside of its tube: what any point within TUBE is."""
        share = min(1.0, TUBE * self.scale)  # of the way to the next pixel
        darkest, lightest = (
            cv2.addWeighted(most, share, meant, 1 - share, 0.0)
            for most in (cv2.erode(meant, BESIDE), cv2.dilate(meant, BESIDE))
        )
        outside = cv2.max(cv2.subtract(seen, lightest), cv2.subtract(darkest, seen))
        return np.asarray(np.maximum(outside, self.noise) - self.noise, np.uint8)

    def places(self, over: Light) -> Sums:
        """The sum of the levels in the place around each pixel."""
        side = max(2, round(PLACE * self.scale))
        found = cv2.boxFilter(
            over, cv2.CV_32F, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
        return np.asarray(found, np.float32)


def _ruler(rectified: Rectified) -> _Ruler:
    noise = NOISE + min(0.2, max(0.0, 0.25 * (rectified.softness - SOFT)))
    return _Ruler(
        rectified.scale,
        np.uint8(round(255 * noise)),
        255 * (1 - noise) * rectified.scale**2,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One way to see the label: with its worn dots left out, or as it was meant."""

    rectified: Rectified
    dots: Deciding | None

    def single(self, area: Area) -> float:
        return self.dots.of(area) if self.dots else 0.0


def _measured(
    either: tuple[_Look, ...], sheet: Sheet, places: Sums, ruler: _Ruler, lost: tuple[int, ...]
) -> Iterator[_Glyph]:
    """Those of which anything is not as it was meant; of a good label few are."""
    grid = either[0].rectified
    for part in sheet.parts:
        untouched = not any(part.area.x <= dot < part.area.right for dot in lost)
        if untouched and not places[grid.part(part.area, around=1)].any():
            continue
        for area in glyphs_of(part, sheet):
            worst = float(places[grid.part(area, around=1)].max(initial=0.0)) / ruler.dot
            taken = _taken(area, sheet, lost)
            if taken:
                yield _Glyph(part, area, taken, 0.0, blank=False)
            elif worst > CLOSER:
                closer = (_closer(part, area, each.rectified, ruler) for each in either)
                found = min(closer, key=lambda glyph: (glyph.worst, glyph.elsewhere))
                yield replace(found, single_dot=_single(part, area, either))
            elif worst:
                yield _Glyph(
                    part, area, worst, 0.0, blank=False, single_dot=_single(part, area, either)
                )


def _single(part: Part, area: Area, either: tuple[_Look, ...]) -> float:
    """Of the dots that decide, in a text; a drawing with a dot less is the same drawing."""
    return min(each.single(area) for each in either) if part.text else 0.0


def _taken(area: Area, sheet: Sheet, lost: tuple[int, ...]) -> float:
    """Dots of strokes one dot wide that dead dots take from a glyph, where that is much of it."""
    there = [dot - area.x + 1 for dot in lost if area.x <= dot < area.right]
    if not there:
        return 0.0
    ink = np.pad(area.of(sheet.picture) == 0, ((0, 0), (1, 1)))
    taken = sum(np.count_nonzero(ink[:, x] & ~ink[:, x - 1] & ~ink[:, x + 1]) for x in there)
    return float(taken) if taken > MUCH * np.count_nonzero(ink) else 0.0


def _closer(part: Part, area: Area, rectified: Rectified, ruler: _Ruler) -> _Glyph:
    """What still differs when the line around it may lie and look as it does."""
    over = ruler.over(*as_it_is(rectified, area))
    places = ruler.places(over)
    _, worst, _, (x, y) = cv2.minMaxLoc(places)
    around = round(PLACE * rectified.scale / 2) + 1
    over[max(0, y - around) : y + around + 1, max(0, x - around) : x + around + 1] = 0
    elsewhere = float(ruler.places(over).max(initial=0.0))
    lightest = rectified.seen[rectified.part(area)].min(initial=255)
    blank = worst > CLOSER * ruler.dot and lightest > BLANK
    return _Glyph(part, area, worst / ruler.dot, elsewhere / ruler.dot, blank=bool(blank))


def glyphs_of(part: Part, sheet: Sheet) -> tuple[Area, ...]:
    """Runs of columns that hold ink: a character, a piece of one, or a piece of a drawing."""
    return _runs(part.area, part.area.of(sheet.picture).tobytes())


HALF = 128
"""Between ink and paper: a picture that was learned is grey at its edges."""

LONGEST = 48
"""Dots of a drawing that is one piece."""


@lru_cache(maxsize=2048)
def _runs(area: Area, dots: bytes) -> tuple[Area, ...]:
    ink = (np.frombuffer(dots, np.uint8).reshape(area.height, area.width) < HALF).any(axis=0)
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
    differing: tuple[_Glyph, ...], rectified: Rectified, sheet: Sheet
) -> Iterator[Finding]:
    for part in dict.fromkeys(each.part for each in differing):
        wrong = [each for each in differing if each.part == part]
        blank = all(each.blank for each in wrong)
        code = Code.TEXT_MISSING if blank else Code.TEXT_WRONG
        whole = len(wrong) >= MANY or len(wrong) == len(glyphs_of(part, sheet))
        areas = [part.area] if whole else [each.area for each in wrong]
        for area in areas:
            yield Finding(
                code,
                part=part.name,
                expected=part.text,
                outline=rectified.registration.outline(area),
            )


def _spots(
    hot: NDArray[np.uint8], rectified: Rectified, sheet: Sheet, paper: Area
) -> Iterator[Finding]:
    """Ink where the label is bare. `hot` is 1 where much differs."""
    if not hot.any():
        return
    where = cv2.bitwise_and(hot, _bare(rectified, sheet, paper))
    if not cv2.countNonZero(where):
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
        yield Finding(Code.SMEAR, outline=rectified.registration.outline(area))


def _bare(rectified: Rectified, sheet: Sheet, paper: Area) -> NDArray[np.uint8]:
    """1 on the paper of the label on which nothing is meant to be."""
    bare = np.zeros(rectified.seen.shape, np.uint8)
    bare[rectified.part(paper, around=-EDGE)] = 1
    for part in sheet.parts:
        for area in glyphs_of(part, sheet):
            bare[rectified.part(area, around=2)] = 0
    for area in (*sheet.unseen, *(each.area for each in sheet.symbols)):
        bare[rectified.part(area, around=2)] = 0
    return bare
