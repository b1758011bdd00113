"""A letter is not another one, however alike; a dead dot leaves a letter what it is, or not."""

import numpy as np
import pytest

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.comparison import compare, glyphs_of
from station.vision.head import WornDot
from station.vision.rectify import rectify
from station.vision.registration import register
from station.vision.see import see
from station.vision.sheet import Area, Part, Sheet
from tests.station.vision.seen import looked, sheet, taken

CLOSE = Limits(residual=270, residual_elsewhere=60)
"""As a calibration sets them on mild pictures."""


@pytest.mark.parametrize(("was", "became"), [("5", "S"), ("Z", "2"), ("8", "B"), ("0", "O")])
def test_a_look_alike_of_nine_dots_is_found_within_the_limits_of_a_calibration(
    was: str, became: str
) -> None:
    """Of a label whose smallest text is 1.1 mm tall."""
    good = sheet("patch-primary", code=f"AH{was}KWEX7")
    other = sheet("patch-primary", code=f"AH{became}KWEX7")
    small = [
        number
        for number, each in enumerate(good.parts)
        if each.area.height < 12
        and each.area.of(good.picture).tobytes()
        != other.parts[number].area.of(other.picture).tobytes()
    ]
    assert small
    picture = good.picture.copy()
    mine, theirs = good.parts[small[0]].area, other.parts[small[0]].area
    mine.of(picture)[:] = 255
    np.minimum(theirs.of(picture), theirs.of(other.picture), out=theirs.of(picture))
    carriers = tuple(each.identifier for each in good.symbols)
    frame = taken(picture)
    assert Code.TEXT_WRONG in {
        each.code for each in see(frame, expected=carriers, sheet=good, limits=CLOSE).rejects
    }
    right = see(taken(good.picture), expected=carriers, sheet=good, limits=CLOSE)
    assert right.rejects == ()


def strokes(width: int) -> tuple[Sheet, Part]:
    """The label with a letter I of so many dots on its bare paper."""
    good = sheet()
    area = Area(240, 300, width, 12)
    picture = good.picture.copy()
    area.of(picture)[:] = 0
    part = Part("text 99", area, "I")
    return Sheet(picture, good.dots_per_mm, (*good.parts, part), good.symbols), part


@pytest.mark.parametrize(("width", "wrong"), [(1, True), (2, False)])
def test_a_dead_dot_that_takes_a_stroke_makes_a_letter_wrong(width: int, *, wrong: bool) -> None:
    meant, part = strokes(width)
    picture = meant.picture.copy()
    picture[:, part.area.x] = 255
    frame = taken(picture)
    registered = register(frame, meant, looked(frame, meant).decoding.symbols)
    assert registered
    found = compare(
        rectify(frame, meant, registered),
        meant,
        Limits(),
        paper=Area(0, 0, meant.width, meant.height),
        worn=(WornDot(part.area.x, 1.0),),
    )
    assert [each.part for each in found.findings] == ([part.name] if wrong else [])


def test_two_dead_dots_side_by_side_are_looked_at_as_what_they_do_to_letters() -> None:
    meant, part = strokes(3)
    picture = meant.picture.copy()
    picture[:, part.area.x : part.area.x + 2] = 255
    assert part.name in {each.part for each in looked(taken(picture), meant).rejects}


def test_a_run_of_ink_is_a_glyph_and_a_long_one_is_many() -> None:
    picture = np.full((40, 120), 255, np.uint8)
    picture[10:20, 10:18] = 0
    picture[10:20, 20:120] = 0
    part = Part("text 0", Area(5, 8, 115, 20), "")
    assert [each.width for each in glyphs_of(part, Sheet(picture, 8, (part,), ()))] == [
        8,
        48,
        48,
        4,
    ]
