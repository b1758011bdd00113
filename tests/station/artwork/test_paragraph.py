from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.dots import Rectangle
from station.artwork.ink import Ink, blank
from station.artwork.paragraph import SetLine, Style, segments, set_flowing, set_lines, set_text
from station.artwork.text import Font
from station.core.problem import Refused

_FONT = Font.load()
REGULAR = Style((20,), bold=False, align="left")
CHARACTERS = st.sampled_from("升温毯主机A1-()（）。，、 %")


def test_a_text_that_fits_stays_on_one_line(font: Font) -> None:
    (line,) = set_text("升温毯", Rectangle(10, 20, 200, 30), REGULAR, font=font)
    assert line.text == "升温毯"
    assert line.x == 10
    assert 20 <= line.y < 30


def test_chinese_breaks_between_characters_but_not_before_a_full_stop(font: Font) -> None:
    lines = set_text("医用升温毯。", Rectangle(0, 0, 99, 60), REGULAR, font=font)
    assert [each.text for each in lines] == ["医用升温", "毯。"]


def test_latin_breaks_at_spaces_and_the_space_goes(font: Font) -> None:
    lines = set_text("Medical warming blanket", Rectangle(0, 0, 160, 60), REGULAR, font=font)
    assert [each.text for each in lines] == ["Medical warming", "blanket"]


def test_a_code_is_never_broken(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        set_text("CN-0101-2345", Rectangle(0, 0, 60, 60), REGULAR, font=font)
    assert str(refused.value).startswith("The text 'CN-0101-2345' is too wide: expected at most 60")


def test_too_many_lines_are_refused(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        set_text("医用升温毯", Rectangle(0, 0, 44, 40), REGULAR, font=font)
    assert str(refused.value) == (
        "The text is too high: expected at most 40 dots, got 72 for 3 lines at a size of 20 dots."
    )


def test_a_text_shrinks_only_as_far_as_it_must(font: Font) -> None:
    style = Style((20, 19, 18, 17, 16), bold=False, align="left")
    (line,) = set_text("医用升温毯", Rectangle(0, 0, 90, 30), style, font=font)
    assert 80 < line.ink.shape[1] <= 90


def test_a_text_that_does_not_fit_at_its_smallest_is_refused_at_that_size(font: Font) -> None:
    style = Style((20, 19, 18), bold=False, align="left")
    with pytest.raises(Refused, match="at a size of 18 dots"):
        set_text("CN010123456789", Rectangle(0, 0, 90, 30), style, font=font)


def test_text_is_aligned_by_its_ink(font: Font) -> None:
    box = Rectangle(10, 0, 200, 30)
    right = set_text("LOT", box, Style((20,), bold=False, align="right"), font=font)[0]
    center = set_text("LOT", box, Style((20,), bold=False, align="center"), font=font)[0]
    assert right.x + right.ink.shape[1] == box.right
    assert abs((center.x - box.x) - (box.right - center.x - center.ink.shape[1])) <= 1


def test_every_missing_glyph_is_named(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        set_text("A😀א", Rectangle(0, 0, 200, 30), REGULAR, font=font)
    assert str(refused.value).splitlines() == [
        "The font has no glyph for '😀' (U+1F600).",
        "The font has no glyph for 'א' (U+05D0).",
    ]


def test_given_lines_stay_lines(font: Font) -> None:
    lines = set_lines(("(01)1", "(21)2"), Rectangle(0, 0, 200, 60), REGULAR, font=font)
    assert [each.text for each in lines] == ["(01)1", "(21)2"]
    assert lines[0].y < lines[1].y


def test_parts_flow_and_are_never_broken(font: Font) -> None:
    parts = ("(01)06972869182019", "(11)200229", "(21)CN010123")
    lines = set_flowing(parts, Rectangle(0, 0, 330, 60), REGULAR, font=font)
    assert [each.text for each in lines] == ["(01)06972869182019(11)200229", "(21)CN010123"]


@given(st.text(CHARACTERS, max_size=40))
def test_segments_are_the_text(text: str) -> None:
    assert "".join(segments(text)) == text


@given(st.text(CHARACTERS, min_size=1, max_size=40), st.integers(40, 400))
def test_no_ink_leaves_the_box_and_no_character_is_lost(text: str, width: int) -> None:
    font = _FONT
    box = Rectangle(5, 5, width, 400)
    try:
        lines = set_text(text, box, REGULAR, font=font)
    except Refused:
        return
    for line in lines:
        rows, columns = line.ink.shape
        assert box.holds(Rectangle(line.x, line.y, columns, rows))
    kept = "".join(each.text for each in lines)
    assert kept.replace(" ", "") == text.replace(" ", "")


def picture(lines: tuple[SetLine, ...], box: Rectangle) -> Ink:
    """What the lines leave in their box."""
    ink = blank(width=box.width, height=box.height)
    for line in lines:
        area = line.area
        assert box.holds(area)
        left, top = area.x - box.x, area.y - box.y
        ink[top : top + area.height, left : left + area.width] |= line.ink
    return ink


@given(
    st.sampled_from((90, 180, 270)),
    st.sampled_from(("left", "center", "right")),
    st.sampled_from(("top", "middle", "bottom")),
)
def test_a_turned_text_is_the_text_turned(
    rotate: Literal[90, 180, 270],
    align: Literal["left", "center", "right"],
    valign: Literal["top", "middle", "bottom"],
) -> None:
    """Clockwise: of a quarter turn, the first letter is at the top and reads downwards."""
    upright = Rectangle(0, 0, 120, 80)
    box = Rectangle(7, 9, 80, 120) if rotate != 180 else Rectangle(7, 9, 120, 80)
    style = Style((20,), bold=False, align=align, valign=valign)
    turned = replace(style, rotate=rotate)
    text = "医用升温毯 LOT"
    straight = picture(set_text(text, upright, style, font=_FONT), upright)
    found = picture(set_text(text, box, turned, font=_FONT), box)
    assert np.array_equal(found, np.rot90(straight, k=-rotate // 90))


def test_text_stands_at_the_top_in_the_middle_or_at_the_bottom(font: Font) -> None:
    box = Rectangle(0, 10, 200, 101)
    tops = {}
    for valign in ("top", "middle", "bottom"):
        style = Style((20,), bold=False, align="left", valign=valign)
        (line,) = set_text("升温毯", box, style, font=font)
        tops[valign] = line.y
    left_over = 101 - font.metrics(20).height
    assert tops["middle"] == tops["top"] + left_over // 2
    assert tops["bottom"] == tops["top"] + left_over


def test_a_turned_text_too_long_for_its_height_is_refused(font: Font) -> None:
    style = Style((20,), bold=False, align="left", rotate=90)
    with pytest.raises(Refused, match="expected at most 60 dots"):
        set_text("CN-0101-2345", Rectangle(0, 0, 300, 60), style, font=font)
