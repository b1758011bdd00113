import io
import re
from pathlib import Path

import numpy as np
import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from station.artwork import pictograms
from station.artwork.ink import Ink
from station.artwork.pictograms import NAMES, pictogram
from station.artwork.pictograms.contact import SAMPLES, contact_sheet
from station.artwork.pictograms.lettering import stroke_of
from station.artwork.pictograms.table import DRAWINGS
from station.artwork.pictograms.values import value_problems, written
from station.artwork.text import DEFAULT_FONT, Font
from station.config import shipped
from station.core.problem import Refused
from station.core.profiles.item import Kind
from station.line.profiles import load

HEIGHTS = (0, 24, 36, 60, 96)
"""Dots; 0 stands for the smallest that a pictogram can have."""

DRAWN = [
    (name, height or drawing.smallest)
    for name, drawing in DRAWINGS.items()
    for height in HEIGHTS
    if not height or height > drawing.smallest
]
SQUARED = {"lot", "serial", "ref", "udi", "md", "model", "ivd", "sterile", "rx-only"}
STRUCK = ("do-not-reuse", "do-not-resterilize", "package-damaged")


@pytest.fixture(scope="module")
def again() -> Font:
    """The same font, with nothing remembered."""
    return Font.load()


def drawn(name: str, height: int, font: Font) -> Ink:
    return pictogram(name, height=height, font=font, values=SAMPLES.get(name))


def refusal(name: str, font: Font, **values: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        pictogram(name, height=60, font=font, values=values)
    return [str(each) for each in refused.value.problems]


def thick(ink: Ink, least: int) -> Ink:
    """The dots that lie in a full square of this side."""
    padded = np.pad(ink, least)
    full = np.lib.stride_tricks.sliding_window_view(padded, (least, least)).all(axis=(2, 3))
    found = np.zeros_like(padded)
    rows, columns = full.shape
    for down in range(least):
        for across in range(least):
            found[down : down + rows, across : across + columns] |= full
    return np.asarray(found[least:-least, least:-least])


@pytest.mark.parametrize(("name", "height"), DRAWN)
def test_a_pictogram_fills_its_height_and_is_cut_to_its_width(
    name: str, height: int, font: Font
) -> None:
    ink = drawn(name, height, font)
    assert ink.shape[0] == height
    assert ink[0].any()
    assert ink[-1].any()
    assert ink[:, 0].any()
    assert ink[:, -1].any()
    assert 0.05 < ink.mean() < 0.75
    assert not ink.flags.writeable


@pytest.mark.parametrize(("name", "height"), DRAWN)
def test_no_line_is_so_thin_that_one_dead_dot_takes_it_away(
    name: str, height: int, font: Font
) -> None:
    """Letters of the least size have their thin parts; slanted lines some steps."""
    ink = drawn(name, height, font)
    assert thick(ink, 2).sum() > 0.85 * ink.sum()


@pytest.mark.parametrize(("name", "height"), [(n, h) for n, h in DRAWN if h >= 60])
def test_lines_grow_with_the_height(name: str, height: int, font: Font) -> None:
    """A square as wide as a line fits into it upright; into a slanted one, one of 0.7."""
    ink = drawn(name, height, font)
    assert stroke_of(height) >= height / 16
    assert thick(ink, int(0.72 * stroke_of(height))).sum() > 0.85 * ink.sum()


@pytest.mark.parametrize("name", NAMES)
def test_a_pictogram_is_the_same_every_time(name: str, font: Font, again: Font) -> None:
    assert np.array_equal(drawn(name, 60, font), drawn(name, 60, again))


def test_all_pictograms_differ(font: Font) -> None:
    seen = {(*(ink := drawn(name, 60, font)).shape, ink.tobytes()) for name in NAMES}
    assert len(seen) == len(NAMES) == 59


@pytest.mark.parametrize("name", sorted(SQUARED))
def test_a_boxed_word_has_an_unbroken_border_and_stands_free_of_it(name: str, font: Font) -> None:
    ink = pictogram(name, height=22, font=font)
    assert ink[0].all()
    assert ink[:, 0].all()
    assert ink[-1].all()
    assert ink[:, -1].all()
    assert not ink[3, 3:-3].any()
    assert not ink[3:-3, 3].any()


@pytest.mark.parametrize("name", ["ec-rep", "sterile-eo", "sterile-r", "sterile-a", "sterile-heat"])
def test_two_words_stand_in_two_compartments_of_one_box(name: str, font: Font) -> None:
    rules = np.flatnonzero(pictogram(name, height=36, font=font).all(axis=0))
    assert len(rules) == 9, "three dots for each of the three rules"


def test_all_sterile_boxes_say_sterile_in_the_same_letters(font: Font) -> None:
    plain = pictogram("sterile", height=36, font=font)
    for name in ("sterile-a", "sterile-eo", "sterile-r", "sterile-heat", "sterile-vh2o2"):
        ink = pictogram(name, height=36, font=font)
        assert np.array_equal(ink[:, : plain.shape[1]], plain)


def test_the_date_of_manufacture_is_the_outline_of_the_manufacturer(font: Font) -> None:
    filled = pictogram("manufacturer", height=40, font=font)
    outline = pictogram("manufactured", height=40, font=font)
    assert filled[outline].all()
    assert outline.sum() < 0.6 * filled.sum()


def test_the_hourglass_stands_the_same_on_its_head(font: Font) -> None:
    ink = pictogram("use-by", height=40, font=font)
    assert np.mean(ink ^ ink[::-1]) < 0.04


@pytest.mark.parametrize(
    "name",
    ["use-by", "this-way-up", "sunlight", "health-centre", "barrier-single", "class-ii", "caution"],
)
@pytest.mark.parametrize("height", [24, 37, 60])
def test_what_is_even_is_drawn_even(name: str, height: int, font: Font) -> None:
    ink = pictogram(name, height=height, font=font)
    assert np.array_equal(ink, ink[:, ::-1])


@pytest.mark.parametrize("name", STRUCK)
def test_what_is_forbidden_is_struck_out_from_the_upper_left_to_the_lower_right(
    name: str, font: Font
) -> None:
    ink = pictogram(name, height=64, font=font)
    diagonal = np.diagonal(ink)[10:-10]
    assert diagonal.all()


@pytest.mark.parametrize(("name", "last"), [("non-pyrogenic", 1.0), ("weee", 0.8)])
@pytest.mark.parametrize("falling", ["left", "right"])
def test_what_is_crossed_out_has_both_strokes(
    name: str, last: float, falling: str, font: Font
) -> None:
    ink = pictogram(name, height=96, font=font)
    ink = ink[:, ::-1] if falling == "left" else ink
    rows = np.arange(6, round(last * 96) - 6)
    columns = np.round(rows / (last * 96) * (ink.shape[1] - 1)).astype(int)
    assert ink[rows, columns].all()


def test_a_barrier_is_solid_and_protective_packaging_dashed(font: Font) -> None:
    single, double, inside, outside = (
        pictogram(f"barrier-{kind}", height=60, font=font)
        for kind in ("single", "double", "inside", "outside")
    )
    assert double[single].all()
    assert inside[single].all()
    assert not outside[single].all()
    assert double[inside].all()
    assert single.sum() < inside.sum() < double.sum()


def test_type_bf_is_a_person_in_a_square(font: Font) -> None:
    ink = pictogram("type-bf", height=64, font=font)
    assert ink.shape == (64, 64)
    assert ink[:4].all()
    assert ink[:, :4].all()
    assert ink[8:-8, 8:-8].any()
    assert not ink[4:8, 4:-4].any()


def test_the_ce_marking_keeps_its_proportions(font: Font) -> None:
    """28 by 20 squares; rings 3 squares thick; the bar of the E 2 squares short of its end."""
    ink = pictogram("ce-no-body", height=200, font=font)
    assert ink.shape == (200, 280)
    middle = np.flatnonzero(np.diff(np.pad(ink[100], 1).astype(int)))
    assert np.abs(middle - np.array([0, 30, 170, 260])).max() <= 1
    assert not ink[:, 112:168].any()
    upright = np.flatnonzero(np.diff(np.pad(ink[:, 102], 1).astype(int)))
    assert np.abs(upright - np.array([0, 30, 170, 200])).max() <= 1


def test_the_number_stands_at_the_foot_of_the_ce_marking(font: Font) -> None:
    plain = pictogram("ce-no-body", height=60, font=font)
    marked = pictogram("ce", height=60, font=font, values={"number": "0123"})
    assert np.array_equal(marked[:, : plain.shape[1]], plain)
    number = marked[:, plain.shape[1] :]
    assert not number[:29].any()
    assert number[-1].any()


def test_a_minus_is_a_whole_stroke_before_the_number(font: Font) -> None:
    cold = pictogram("temperature-lower", height=60, font=font, values={"lower": "-20 °C"})
    warm = pictogram("temperature-lower", height=60, font=font, values={"lower": "20 °C"})
    added = cold[:, : cold.shape[1] - warm.shape[1]]
    minus = added[40:]
    assert minus.any(axis=1).sum() == stroke_of(60)


def test_no_mark_stands_before_a_value_like_a_minus(font: Font) -> None:
    ink = pictogram("temperature-upper", height=60, font=font, values={"upper": "40 °C"})
    thermometer = pictogram("temperature", height=60, font=font, values=SAMPLES["temperature"])
    assert ink.shape[1] < thermometer.shape[1]
    right = ink[:, 24:]
    mark = np.flatnonzero(right.all(axis=1))
    assert len(mark) == stroke_of(60)
    assert right[: mark[0] - 1].any()
    assert not right[mark[-1] + 1 :].any()


@pytest.mark.parametrize(
    ("name", "values", "others"),
    [
        ("temperature", {"lower": "2 °C", "upper": "8 °C"}, {"lower": "2 °C", "upper": "9 °C"}),
        ("temperature", {"lower": "2 °C", "upper": "8 °C"}, {"lower": "−2 °C", "upper": "8 °C"}),
        ("temperature-upper", {"upper": "40 °C"}, {"upper": "40 °F"}),
        ("humidity", {"lower": "15 %", "upper": "85 %"}, {"lower": "16 %", "upper": "85 %"}),
        (
            "pressure",
            {"lower": "70 kPa", "upper": "106 kPa"},
            {"lower": "70 hPa", "upper": "106 hPa"},
        ),
        ("country", {"code": "CN"}, {"code": "DE"}),
        ("ce", {"number": "0123"}, {"number": "0128"}),
    ],
)
def test_a_value_is_in_the_picture(
    name: str, values: dict[str, str], others: dict[str, str], font: Font
) -> None:
    height = DRAWINGS[name].smallest
    one = pictogram(name, height=height, font=font, values=values)
    other = pictogram(name, height=height, font=font, values=others)
    assert not np.array_equal(one, other)


def test_a_minus_is_the_same_however_it_was_typed(font: Font) -> None:
    typed = [
        pictogram("temperature-lower", height=40, font=font, values={"lower": each})
        for each in ("-20 °C", "–20°C", "−20 ℃")
    ]
    assert all(np.array_equal(typed[0], each) for each in typed)


def test_two_ways_to_write_one_unit_are_one_unit() -> None:
    for upper in ("8 ℃", "8℃", "8°C"):
        assert not list(value_problems("temperature", {"lower": "2 °C", "upper": upper}))


@given(text=st.text(max_size=12))
def test_what_is_not_a_temperature_is_refused_and_nothing_else_is_drawn(text: str) -> None:
    """A value is a sign, digits and a unit, or it is refused: none is cut or guessed."""
    accepted = not list(value_problems("temperature", {"upper": text}))
    shape = r"[-−–]?[0-9]{1,4}(\.[0-9]{1,2})? ?(°C|°F|℃|℉)"
    assert accepted <= bool(re.fullmatch(shape, text))
    assert written("upper", written("upper", text)) == written("upper", text)


@given(low=st.integers(-200, 200), high=st.integers(-200, 200), unit=st.sampled_from("CF"))
def test_a_lower_limit_is_below_the_upper_one(low: int, high: int, unit: str) -> None:
    values = {"lower": f"{low} °{unit}", "upper": f"{high} °{unit}"}
    assert bool(list(value_problems("temperature", values))) == (low >= high)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        (
            "temperature",
            {"lower": "2 °C", "upper": "46 °F"},
            "Expected both limits in one unit, got 2 °C and 46 °F.",
        ),
        (
            "temperature",
            {"lower": "8 °C", "upper": "2 °C"},
            "lower: Expected a lower limit below the upper one, 2 °C, got 8 °C.",
        ),
        (
            "temperature-upper",
            {"upper": "40"},
            "upper: Expected a temperature with its unit, such as −20 °C or 77 °F, got '40'.",
        ),
        (
            "temperature-upper",
            {"upper": "40 °C " * 40},
            (
                "upper: Expected a temperature with its unit, such as −20 °C or 77 °F, got"
                f" {('40 °C ' * 40)[:40]!r}."
            ),
        ),
        (
            "temperature-lower",
            {"lower": "-274 °C"},
            "lower: Expected a temperature with its unit, such as −20 °C or 77 °F, got '-274 °C'.",
        ),
        (
            "humidity",
            {"lower": "15 %", "upper": "101 %"},
            "upper: Expected a relative humidity from 0 % to 100 %, such as 85 %, got '101 %'.",
        ),
        (
            "pressure",
            {"lower": "-70 kPa", "upper": "106 kPa"},
            "lower: Expected a pressure with its unit, such as 70 kPa or 1060 hPa, got '-70 kPa'.",
        ),
        (
            "ce",
            {"number": "123"},
            (
                "number: Expected the four digits of a notified body (Regulation (EU) 2017/745,"
                " Article 43), got '123'."
            ),
        ),
        (
            "country",
            {"code": "China"},
            "code: Expected two or three capital letters of a country (ISO 3166-1), got 'China'.",
        ),
        ("ce", {}, "number: The pictogram ce needs this value."),
        (
            "temperature",
            {"number": "0123"},
            (
                "lower: The pictogram temperature needs this value.\n"
                "upper: The pictogram temperature needs this value.\n"
                "number: The pictogram temperature takes no such value."
            ),
        ),
        ("lot", {"code": "CN"}, "code: The pictogram lot takes no such value."),
    ],
)
def test_a_value_that_cannot_be_shown_is_refused(
    name: str, values: dict[str, str], expected: str, font: Font
) -> None:
    assert "\n".join(refusal(name, font, **values)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_pictogram_too_small_to_be_told_is_refused(name: str, font: Font) -> None:
    least = DRAWINGS[name].smallest
    with pytest.raises(Refused) as refused:
        pictogram(name, height=least - 1, font=font, values=SAMPLES.get(name))
    assert str(refused.value) == (
        f"The pictogram {name} needs at least {least} dots, got {least - 1}."
    )


def test_a_pictogram_larger_than_any_label_is_refused_before_it_takes_memory(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        pictogram("electronic-instructions", height=7200, font=font)
    assert str(refused.value) == "A pictogram is at most 1200 dots high, got 7200."
    assert pictogram("electronic-instructions", height=1200, font=font).shape[0] == 1200


def test_with_the_resolution_the_least_size_is_said_in_millimetres(font: Font) -> None:
    with pytest.raises(Refused) as refused:
        pictogram("importer", height=12, font=font, dots_per_mm=12)
    assert str(refused.value) == (
        "The pictogram importer needs at least 20 dots, 1.667 mm at 12 dots/mm, got 12."
    )


def test_a_name_that_is_not_known_is_refused_with_all_that_are(font: Font) -> None:
    (found,) = refusal("lotus", font)
    assert found.startswith("There is no pictogram 'lotus'. Expected one of: manufacturer, ec-rep,")
    assert found.endswith("type-b.")


def test_letters_that_the_font_does_not_hold_are_refused() -> None:
    """Otherwise every label would show an empty box, and pass."""
    with pytest.raises(Refused) as refused:
        pictogram("sterile-vh2o2", height=36, font=Font(_capitals_only()))
    assert str(refused.value) == "The font has no glyph for '₂' (U+2082)."


def _capitals_only() -> bytes:
    with TTFont(DEFAULT_FONT, fontNumber=0) as face:
        subset = Subsetter(Options(notdef_outline=True))
        subset.populate(text="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        subset.subset(face)
        file = io.BytesIO()
        face.save(file)
    return file.getvalue()


def test_the_table_of_the_documentation_is_the_table_of_the_code() -> None:
    rows = re.findall(
        r"^\| (\S+)(?: \*)? \| (.+?) \| .+? \| (\d+) \| (.*?)\|$", _doc(), re.MULTILINE
    )
    told = {
        name: (clause, int(least), tuple(takes.replace(",", " ").split()))
        for name, clause, least, takes in rows
    }
    assert told == {
        name: (drawing.clause, drawing.smallest, drawing.takes)
        for name, drawing in DRAWINGS.items()
    }


def _doc() -> str:
    return pictograms.__doc__ or ""


def test_the_contact_sheet_shows_every_pictogram(font: Font) -> None:
    sheet = contact_sheet(font=font)
    kept = Path(__file__).parents[3] / "docs" / "pictograms.png"
    with Image.open(kept) as picture:
        assert picture.size == (sheet.shape[1], sheet.shape[0])


def test_every_pictogram_that_a_rule_asks_for_can_be_drawn() -> None:
    profiles = load(shipped("profiles"))
    asked = {
        item.name
        for profile in profiles.values()
        for need in profile.needs
        for item in need.items
        if item.kind is Kind.PICTOGRAM
    }
    assert asked <= set(NAMES)
