import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from station.artwork.dots import Rectangle
from station.artwork.items import Bitmap, Box, LinearSymbol, MatrixSymbol
from station.artwork.layout import Artwork, layout
from station.artwork.picture import inked
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.judge import Meant
from station.core.problem import Refused

Case = tuple[Template, dict[str, str], ElementString]

ELEMENTS = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))
LONG = ElementString.of(("01", "06972869182019"), ("10", "A" * 20), ("21", "b" * 20))
TEXT = {"kind": "text", "x": 20, "y": 2, "width": 38, "height": 4, "size": 3, "content": "{lot}"}
MATRIX = {"kind": "datamatrix", "x": 3, "y": 3, "module": "0.375"}
HRI = {"kind": "hri", "x": 20, "y": 10, "width": 38, "height": 9, "size": 2}
LINEAR = {"kind": "gs1_128", "x": 6, "y": 25, "module": "0.25", "height": "12.7"}
FONT = Font.load()


def document(*elements: dict[str, Any], width: int = 60) -> dict[str, Any]:
    return {
        "name": "test",
        "revision": "1",
        "size": {"width": width, "height": 40},
        "elements": elements,
    }


def laid_out(
    *elements: dict[str, Any],
    data: ElementString = ELEMENTS,
    dots_per_mm: int = 8,
    width: int = 60,
    **fields: str,
) -> Artwork:
    return layout(
        Template.parse(document(*elements, width=width)),
        fields,
        data,
        dots_per_mm=dots_per_mm,
        font=FONT,
    )


def refusal(*elements: dict[str, Any], **options: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        laid_out(*elements, **options)
    return str(refused.value).splitlines()


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_the_shipped_templates_lay_out_at_both_resolutions(case: Case, dots_per_mm: int) -> None:
    found, fields, elements = case
    artwork = layout(found, fields, elements, dots_per_mm=dots_per_mm, font=FONT)
    assert (artwork.width, artwork.height) == (60 * dots_per_mm, 40 * dots_per_mm)
    assert artwork.carriers == ("]d2",)
    assert all(artwork.area.holds(each.area) for each in artwork.items)


def test_the_shipped_templates_show_what_the_law_asks_of_a_small_label(case: Case) -> None:
    """NMPA order no. 6, art. 13: name, model, specification, dates, and a way to the rest."""
    found, _, _ = case
    asked = {"product_name", "model", "specification", "production_date", "registrant_name"}
    assert asked <= set(found.fields)
    assert {"expiry_date", "service_life"} & set(found.fields)
    assert "其他内容详见说明书" in str(found.elements)


def test_a_shipped_template_takes_a_serial_of_twenty_characters(unit: Case) -> None:
    found, fields, _ = unit
    serial = "CN0101234567ABCDEFGH"
    elements = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", serial))
    artwork = layout(found, fields | {"serial": serial}, elements, dots_per_mm=8, font=FONT)
    assert artwork.symbols[0].data == elements.encode()


def test_coordinates_are_those_of_the_template_in_dots() -> None:
    artwork = laid_out(MATRIX, HRI, dots_per_mm=12)
    (symbol,) = artwork.symbols
    assert isinstance(symbol, MatrixSymbol)
    assert (symbol.x, symbol.y, symbol.module) == (36, 36, 5)
    assert symbol.modules.shape == (20, 20)


def test_only_what_no_label_changes_is_static() -> None:
    line = {"kind": "line", "x": 20, "y": 8, "length": 30, "thickness": "0.25"}
    fixed = TEXT | {"content": "{model}", "y": 30}
    varying = TEXT | {"content": "SN {serial}", "y": 35}
    artwork = laid_out(TEXT, MATRIX, HRI, line, fixed, varying, lot="A1", model="X2", serial="CN1")
    static = [each.name for each in artwork.static if isinstance(each, Bitmap)]
    assert static == ["text 0 line 1", "hri 2 line 1", "hri 2 line 2", "text 4 line 1"]
    assert sum(isinstance(each, Box) for each in artwork.static) == 1
    assert [each.name for each in artwork.dynamic] == ["hri 2 line 3", "text 5 line 1"]


def test_a_line_of_the_hri_that_holds_the_serial_is_never_static() -> None:
    flowing = HRI | {"flow": "flowing", "width": 30}
    artwork = laid_out(MATRIX, flowing)
    assert [(each.name, each.static) for each in artwork.items if isinstance(each, Bitmap)] == [
        ("hri 1 line 1", True),
        ("hri 1 line 2", False),
    ]
    of_lot = ElementString.of(("01", "06972869182019"), ("11", "200229"), ("10", "A(21)B"))
    assert [each.name for each in laid_out(MATRIX, HRI, data=of_lot).dynamic] == ["hri 1 line 3"], (
        "what only looks like a serial is sent once too often"
    )


def test_a_rule_is_at_least_one_dot_thick() -> None:
    line = {"kind": "line", "x": 20, "y": 8, "length": 30, "thickness": "0.01"}
    across = line | {"y": 22, "length": 10, "direction": "vertical"}
    artwork = laid_out(MATRIX, HRI, line, across)
    assert [(each.width, each.height) for each in artwork.static if isinstance(each, Box)] == [
        (240, 1),
        (1, 80),
    ]


def test_an_outline_may_hold_other_elements() -> None:
    frame = {"kind": "box", "x": 1, "y": 1, "width": 58, "height": 38, "thickness": "0.25"}
    artwork = laid_out(frame, MATRIX, HRI)
    assert artwork.carriers == ("]d2",)


def test_an_empty_field_is_refused_unless_the_element_is_optional() -> None:
    expected = "elements.0: The label has no lot, and the element is not optional."
    assert refusal(TEXT | {"content": "LOT {lot}"}, MATRIX, HRI, lot="") == [expected]
    artwork = laid_out(TEXT | {"content": "LOT {lot}", "optional": True}, MATRIX, HRI, lot="")
    assert not any(each.name.startswith("text") for each in artwork.dynamic)


def test_a_control_character_is_refused_with_its_field() -> None:
    assert refusal(TEXT, MATRIX, HRI, lot="A\x1dB") == [
        "elements.0.lot: Character 2 is a control character (U+001D), which cannot be printed."
    ]


def test_a_missing_glyph_is_refused_with_its_character() -> None:
    assert refusal(TEXT, MATRIX, HRI, lot="A😀") == [
        "elements.0: The font has no glyph for '😀' (U+1F600)."
    ]


def test_a_text_too_wide_is_refused() -> None:
    (found,) = refusal(TEXT, MATRIX, HRI, lot="LOT-OF-A-VERY-LONG-NAME-INDEED")
    assert found.startswith("elements.0: The text 'LOT-OF-A-VERY-LONG-NAME-INDEED' is too wide")


def test_text_too_small_for_the_head_is_refused() -> None:
    (found,) = refusal(TEXT | {"size": "0.9"}, MATRIX, HRI, lot="A")
    assert found == "elements.0.size: Text needs at least 8 dots to be read, got 7."


def test_a_pictogram_too_small_for_the_head_is_refused() -> None:
    small = {"kind": "pictogram", "name": "lot", "x": 20, "y": 25, "size": "1.5"}
    assert refusal(MATRIX, HRI, small) == [
        "elements.2: The pictogram lot needs at least 16 dots, 2 mm at 8 dots/mm, got 12."
    ]


def test_a_symbol_that_reaches_out_of_the_label_is_refused() -> None:
    (found,) = refusal(MATRIX | {"x": 55}, HRI | {"x": 2})
    assert found == (
        "elements.0: The datamatrix with what it keeps clear reaches out of the label: expected"
        " x 0–480 and y 0–320 dots, got x 437–503 and y 21–87."
    )


def test_a_quiet_zone_belongs_to_the_label() -> None:
    (found,) = refusal(MATRIX | {"x": "0.25"}, HRI)
    assert "reaches out of the label" in found


def test_a_quiet_zone_is_kept_free() -> None:
    """The symbol is 20 modules of 3 dots and begins at dot 24: it ends at 84, its zone at 87."""
    rule = {"kind": "line", "x": "10.75", "y": 1, "length": 30, "thickness": "0.125"}
    upright = rule | {"direction": "vertical"}
    assert refusal(MATRIX, HRI, upright) == [
        "elements.0: A quiet zone is violated between it and elements.2 (line)."
    ]
    assert laid_out(MATRIX, HRI, upright | {"x": "10.875"}).carriers == ("]d2",)


def test_data_that_make_the_symbol_grow_into_a_text_are_refused() -> None:
    beside = TEXT | {"x": 12, "width": 7, "height": 6, "y": 3, "content": "{lot}"}
    assert laid_out(beside, MATRIX, HRI, lot="A1").carriers == ("]d2",)
    assert refusal(beside, MATRIX, HRI | {"width": 39, "height": 20}, lot="A1", data=LONG) == [
        "elements.0: It lies over elements.1 (datamatrix): no two elements share a dot."
    ]


def test_two_texts_never_share_a_dot() -> None:
    assert refusal(TEXT, TEXT | {"y": 3, "content": "LOT"}, MATRIX, HRI, lot="A1") == [
        "elements.0: It lies over elements.1 (text): no two elements share a dot."
    ]


def test_x_is_refused_where_whole_dots_leave_its_range() -> None:
    found = refusal(MATRIX | {"module": "0.9"}, HRI | {"x": 30, "width": 28}, dots_per_mm=6)
    assert found == [
        (
            "elements.0.module: At 6 dots/mm the X-dimension would be 6 dots, 1.000 mm: expected at"
            " most 0.990 mm."
        ),
        "elements.0.module: This would be in range: an X-dimension of 5 dots (0.833 mm).",
    ]


def test_a_gs1_128_holds_48_characters_and_no_more() -> None:
    most = ElementString.of(("01", "06972869182019"), ("10", "A" * 12), ("21", "b" * 15))
    flowing = HRI | {"width": 130, "height": 9}
    assert laid_out(LINEAR, flowing, data=most, width=160).carriers == ("]C1",)
    more = ElementString.of(("01", "06972869182019"), ("10", "A" * 12), ("21", "b" * 16))
    assert refusal(LINEAR, flowing, data=more, width=160) == [
        "elements.0: A GS1-128 holds at most 48 characters, got 49.",
        (
            "elements.0: This would fit: two symbols, part di of 38.5 mm and part pi of 107.2 mm"
            " with their quiet zones, X 2 dots (0.250 mm)."
        ),
        (
            "elements.0: This would fit: a DataMatrix of 26 by 26 modules, 10.5 mm with its quiet"
            " zone, X 3 dots (0.375 mm)."
        ),
    ]


def test_a_gs1_128_is_at_most_165_millimetres_long() -> None:
    long = LINEAR | {"module": "0.375"}
    found = refusal(long, HRI | {"width": 130}, data=LONG_LINEAR, width=300)
    assert found == [
        "elements.0: A GS1-128 is at most 165.1 mm long with its quiet zones, got 177.4 mm.",
        (
            "elements.0: This would fit: an X-dimension of 2 dots (0.250 mm), 118.2 mm with its"
            " quiet zones."
        ),
        (
            "elements.0: This would fit: two symbols, part di of 57.8 mm and part pi of 144.4 mm"
            " with their quiet zones, X 3 dots (0.375 mm)."
        ),
        (
            "elements.0: This would fit: a DataMatrix of 24 by 24 modules, 9.8 mm with its quiet"
            " zone, X 3 dots (0.375 mm)."
        ),
    ]


LONG_LINEAR = ElementString.of(("01", "06972869182019"), ("10", "A" * 10), ("21", "b" * 14))


def test_a_gs1_128_keeps_ten_modules_free_on_both_sides() -> None:
    (found,) = refusal(LINEAR | {"x": "2.4"}, HRI, data=ElementString.of(("01", "06972869182019")))
    assert "gs1_128 with what it keeps clear reaches out of the label" in found


def test_both_carriers_say_the_same() -> None:
    artwork = laid_out(MATRIX, LINEAR, HRI, width=120)
    matrix, linear = artwork.symbols
    assert isinstance(matrix, MatrixSymbol)
    assert isinstance(linear, LinearSymbol)
    assert matrix.data == linear.data == ELEMENTS.encode()
    assert artwork.carriers == ("]d2", "]C1")


def test_every_problem_is_reported_at_once() -> None:
    found = refusal(
        TEXT, TEXT | {"y": 30, "content": "{serial}"}, MATRIX | {"x": 55}, HRI, lot="\x00"
    )
    assert [each.split(":")[0] for each in found] == [
        "elements.0.lot",
        "elements.1",
        "elements.2",
    ]


@pytest.mark.parametrize("dots_per_mm", [0, -8, 7, 1000])
def test_a_resolution_no_print_head_has_is_refused(dots_per_mm: int) -> None:
    assert refusal(MATRIX, HRI, dots_per_mm=dots_per_mm) == [
        f"Expected one of 6, 8, 12, 24 dots/mm, got {dots_per_mm}."
    ]


DI = LINEAR | {"part": "di", "y": 8}
PI = LINEAR | {"part": "pi"}
FRAME = {"kind": "box", "x": 1, "y": 1, "width": 58, "height": 38, "thickness": "0.25"}


def test_the_parts_of_the_data_stand_in_two_symbols() -> None:
    artwork = laid_out(DI, PI, HRI | {"x": 65}, width=110)
    assert artwork.carriers == ("]C1", "]C1")
    assert artwork.meant == (
        Meant("]C1", b"0106972869182019"),
        Meant("]C1", b"1120022921CN010123"),
    )


def test_a_part_that_the_data_do_not_have_is_refused() -> None:
    found = refusal(DI, PI, HRI, data=ElementString.of(("01", "06972869182019")))
    assert found == [
        f"elements.{place}: Data go into two symbols only where (01) comes first and something"
        " follows it: got (01)06972869182019."
        for place in (0, 1)
    ]


def test_a_qr_code_keeps_four_modules_free() -> None:
    qr = {"kind": "gs1_qr", "x": "1.5", "y": 3, "module": "0.375"}
    artwork = laid_out(qr, HRI)
    assert artwork.carriers == ("]Q3",)
    (symbol,) = artwork.symbols
    assert symbol.with_quiet_zone == symbol.area.grown(horizontally=12, vertically=12)
    (found,) = refusal(qr | {"x": "1.375"}, HRI)
    assert "gs1_qr with what it keeps clear reaches out of the label" in found


def test_a_conditional_element_is_there_only_when_its_field_is() -> None:
    conditional = TEXT | {"content": "LOT", "when": "lot"}
    otherwise = TEXT | {"content": "SN", "unless": "lot"}
    with_lot = laid_out(conditional, otherwise, MATRIX, HRI, lot="A1")
    without = laid_out(conditional, otherwise, MATRIX, HRI, lot=" ")
    assert next(each.name for each in _texts(with_lot)) == "text 0 line 1"
    assert next(each.name for each in _texts(without)) == "text 1 line 1"


def _texts(artwork: Artwork) -> Iterator[Bitmap]:
    return (
        each for each in artwork.items if isinstance(each, Bitmap) and each.name.startswith("text")
    )


def test_what_not_every_label_has_is_never_stored_on_the_printer() -> None:
    """The printer keeps what the first label of an order had; another may look different."""
    frame = FRAME | {"when": "serial"}
    mark = {"kind": "pictogram", "name": "serial", "x": 20, "y": 25, "size": 4, "when": "serial"}
    artwork = laid_out(frame, mark, MATRIX, HRI, serial="1")
    assert {each.name for each in artwork.static if isinstance(each, Bitmap)} == {
        "hri 3 line 1",
        "hri 3 line 2",
    }
    assert [each.name for each in artwork.dynamic][:5] == [
        *(f"box 0 stroke {each}" for each in range(1, 5)),
        "serial 1",
    ]
    always = laid_out(FRAME, MATRIX, HRI)
    boxes = (each for each in always.static if isinstance(each, Box))
    assert np.array_equal(inked(artwork, artwork.dynamic[:4]), inked(artwork, boxes)), (
        "its strokes are those of the outline"
    )
    for field in ("model", "lot"):
        of_order = laid_out(FRAME | {"when": field}, MATRIX, HRI, lot="A1", model="X2")
        assert isinstance(of_order.static[0], Box)


def test_a_label_on_which_no_symbol_is_left_is_refused() -> None:
    (found,) = refusal(MATRIX | {"when": "serial"}, HRI)
    assert found.startswith("elements: A label carries a symbol")
    (found,) = refusal(MATRIX, HRI | {"unless": "lot"}, lot="A1")
    assert found.startswith("elements: A symbol needs its human-readable interpretation")


def test_a_label_on_which_half_of_the_data_is_left_is_refused() -> None:
    found = refusal(DI, PI | {"when": "lot"}, HRI | {"x": 65}, width=110)
    assert found == [
        "elements: Expected one gs1_128 of part all, or one of part di and one of part pi, got di."
    ]


def test_symbols_that_exclude_each_other_are_never_both_there() -> None:
    one = MATRIX | {"when": "serial"}
    other = MATRIX | {"unless": "lot", "y": 20}
    assert laid_out(one, other, HRI, serial="1", lot="A").carriers == ("]d2",)
    (found,) = refusal(one, other, HRI, serial="1")
    assert "one datamatrix at most, got 2" in found


def repeated(across: int, pitch: str, *, dots_per_mm: int = 8, **fields: str) -> Artwork:
    design = {
        "name": "stickers",
        "revision": "1",
        "size": {"width": "30.2", "height": 30},
        "repeat": {"across": across, "pitch": pitch},
        "elements": (MATRIX, HRI | {"x": "0", "y": 15, "width": "30.2", "height": 14}, EDGE),
    }
    return layout(Template.parse(design), fields, ELEMENTS, dots_per_mm=dots_per_mm, font=FONT)


EDGE = {"kind": "line", "x": 0, "y": 0, "length": "30.2", "thickness": "0.25"}


def test_the_same_label_is_laid_out_side_by_side() -> None:
    artwork = repeated(3, "32.5")
    assert artwork.width == 2 * 260 + 242
    assert artwork.meant == (Meant("]d2", ELEMENTS.encode(), count=3),)
    assert artwork.carriers == ("]d2",) * 3
    picture = inked(artwork, artwork.items)
    for start in (260, 520):
        assert np.array_equal(picture[:, :242], picture[:, start : start + 242])
    assert not picture[:, 242:260].any()


@pytest.mark.parametrize("dots_per_mm", [6, 8, 12, 24])
@pytest.mark.parametrize("pitch", ["30.2", "30.21", "30.3", "30.33"])
def test_rounding_never_lays_one_label_over_the_next(pitch: str, dots_per_mm: int) -> None:
    try:
        artwork = repeated(5, pitch, dots_per_mm=dots_per_mm)
    except Refused as refused:
        assert "reaches out of the label" in str(refused)  # noqa: PT017 - a dot is missing there
        return
    for one, other in combinations(artwork.items, 2):
        assert isinstance(one, Box) or not one.area.overlaps(other.area)


def test_a_picture_is_drawn_dot_for_dot_or_as_it_says() -> None:
    pixels = np.array([[True, False, True], [False, True, False]])
    file = io.BytesIO()
    Image.fromarray(~pixels).save(file, "PNG")
    element = {"kind": "picture", "file": "a.png", "x": 20, "y": 30, "width": 3, "height": 2}

    def drawn(dots_per_mm: int, **more: str) -> Bitmap:
        design = document(element | more, MATRIX, HRI)
        found = Template.parse(design, pictures={"a.png": file.getvalue()})
        artwork = layout(found, {}, ELEMENTS, dots_per_mm=dots_per_mm, font=FONT)
        return next(each for each in artwork.static if isinstance(each, Bitmap))

    assert np.array_equal(drawn(8).pixels, pixels.repeat(8, axis=0).repeat(8, axis=1))
    assert drawn(12).pixels.shape == (24, 36)
    with pytest.raises(Refused) as refused:
        drawn(8, width="3.125")
    assert str(refused.value) == (
        "elements.0: Pixels of a.png would not become whole dots: expected 0.375 by 0.250 mm at 8"
        " dots/mm, or a whole multiple of it, or scale nearest; got 3.125 by 2 mm."
    )
    assert drawn(8, width="3.125", scale="nearest").pixels.shape == (16, 25)


def test_turned_text_stays_in_its_box_on_the_label() -> None:
    turned = TEXT | {"x": 50, "y": 2, "width": 4, "height": 30, "rotate": 90, "valign": "bottom"}
    artwork = laid_out(turned, MATRIX, HRI | {"width": 28}, lot="CN010123")
    area = artwork.static[0].area
    assert Rectangle(400, 16, 32, 240).holds(area)
    assert area.height > 3 * area.width


@given(st.decimals("0.254", "0.875", places=3), st.sampled_from((8, 12)))
def test_x_is_never_smaller_than_the_template_asks(module: Decimal, dots_per_mm: int) -> None:
    small = ElementString.of(("01", "06972869182019"))
    matrix = MATRIX | {"module": str(module)}
    artwork = laid_out(matrix, HRI, data=small, dots_per_mm=dots_per_mm)
    dots = artwork.symbols[0].module
    assert module <= Decimal(dots) / dots_per_mm <= Decimal("0.990")


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_laid_out_or_refused(lot: str, model: str) -> None:
    named = TEXT | {"y": 30, "content": "{model}"}
    try:
        artwork = laid_out(TEXT, named, MATRIX, HRI, lot=lot, model=model)
    except Refused as refused:
        assert refused.problems  # noqa: PT017 - the property is that there is a reason
        return
    assert all(artwork.area.holds(each.area) for each in artwork.items)
