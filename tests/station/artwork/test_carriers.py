"""Symbols that do not fit, and what would: the procedure's examples, and proposals that hold."""

from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.dots import at_least
from station.artwork.items import LinearSymbol, MatrixSymbol
from station.artwork.layout import Artwork, layout
from station.artwork.proposals import module_mm
from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Refused

FONT = Font.load()
CARTON = ElementString.parse_bracketed(
    "(01)26932992137137(10)190101(11)190102(17)211231(91)01A190102(21)0001"
)
"""The outer pack of the procedure's 5.2.1 c."""

PRIMARY = ElementString.parse_bracketed("(01)06932992100755(10)181011(11)181012(17)211010(91)01A")
"""Its primary pack, 5.2.1 a."""

LINEAR = {"kind": "gs1_128", "x": 10, "y": 22, "module": "0.495", "height": "12.7"}
MATRIX = {"kind": "datamatrix", "x": 10, "y": 22, "module": "0.375"}


def laid_out(
    *symbols: dict[str, Any],
    data: ElementString,
    width: int = 240,
    height: int = 60,
    dots_per_mm: int = 8,
) -> Artwork:
    hri = {"kind": "hri", "x": 1, "y": 1, "width": width - 2, "height": 18, "size": 2}
    small = hri | {"flow": "flowing", "shrink_to": "1.5"}
    template = Template.parse(
        {
            "name": "test",
            "revision": "1",
            "size": {"width": width, "height": height},
            "elements": (*symbols, small),
        }
    )
    return layout(template, {}, data, dots_per_mm=dots_per_mm, font=FONT)


def refusal(*symbols: dict[str, Any], **options: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        laid_out(*symbols, **options)
    return str(refused.value).splitlines()


def test_the_outer_carton_example_is_refused_as_gs1_128() -> None:
    assert len(CARTON.encode()) == 59
    assert refusal(LINEAR, data=CARTON) == [
        "elements.0: A GS1-128 holds at most 48 characters, got 59.",
        (
            "elements.0.module: At 8 dots/mm the X-dimension would be 4 dots, 0.500 mm: expected at"
            " most 0.495 mm."
        ),
        "elements.0: A GS1-128 is at most 165.1 mm long with its quiet zones, got 212.4 mm.",
        (
            "elements.0: This would fit: two symbols, part di of 57.8 mm and part pi of 127.9 mm"
            " with their quiet zones, X 3 dots (0.375 mm)."
        ),
        (
            "elements.0: This would fit: a DataMatrix of 24 by 24 modules, 9.8 mm with its quiet"
            " zone, X 3 dots (0.375 mm)."
        ),
    ]


def test_the_outer_carton_example_is_printed_as_data_matrix() -> None:
    (symbol,) = laid_out(MATRIX, data=CARTON).symbols
    assert isinstance(symbol, MatrixSymbol)
    assert symbol.modules.shape == (24, 24)


def test_the_outer_carton_example_is_printed_as_two_symbols() -> None:
    parts = [
        LINEAR | {"module": "0.375", "part": "di"},
        LINEAR | {"module": "0.375", "part": "pi", "y": 40},
    ]
    di, pi = laid_out(*parts, data=CARTON).symbols
    assert (di.with_quiet_zone.width, pi.with_quiet_zone.width) == (462, 1023)
    assert di.data + pi.data == CARTON.encode()


def test_the_primary_example_is_too_long_at_the_greatest_x_and_fits_at_a_smaller_one() -> None:
    assert len(PRIMARY.encode()) == 46
    found = refusal(LINEAR, data=PRIMARY)
    assert found[1] == (
        "elements.0: A GS1-128 is at most 165.1 mm long with its quiet zones, got 168.8 mm."
    )
    assert found[2] == (
        "elements.0: This would fit: an X-dimension of 3 dots (0.375 mm), 127.9 mm with its quiet"
        " zones."
    )
    (symbol,) = laid_out(LINEAR | {"module": "0.375"}, data=PRIMARY).symbols
    assert isinstance(symbol, LinearSymbol)
    assert symbol.with_quiet_zone.width == 1023


def test_a_gs1_128_longer_than_its_label_is_told_what_fits_on_it() -> None:
    found = refusal(LINEAR | {"module": "0.375"}, data=PRIMARY, width=100)
    assert found == [
        (
            "elements.0: With its quiet zones the GS1-128 is longer than the label is wide:"
            " expected at most 100.0 mm, got 127.9 mm."
        ),
        (
            "elements.0: This would fit: an X-dimension of 2 dots (0.250 mm), 85.2 mm with its"
            " quiet zones."
        ),
        (
            "elements.0: This would fit: two symbols, part di of 57.8 mm and part pi of 94.9 mm"
            " with their quiet zones, X 3 dots (0.375 mm)."
        ),
        (
            "elements.0: This would fit: a DataMatrix of 22 by 22 modules, 9.0 mm with its quiet"
            " zone, X 3 dots (0.375 mm)."
        ),
    ]


def test_two_symbols_are_not_proposed_where_the_label_is_too_low_for_them() -> None:
    low = LINEAR | {"module": "0.375", "y": "7"}
    found = refusal(low, data=PRIMARY, width=100, height=25)
    assert not any("two symbols" in each for each in found)


def test_where_nothing_fits_that_is_said() -> None:
    found = refusal(LINEAR | {"x": 1}, data=CARTON, width=9)
    assert (
        "elements.0: Nothing else fits on a label of 9.0 by 60.0 mm: it takes fewer data, or a"
        " larger label." in found
    )


def test_data_without_a_second_part_are_not_proposed_as_two_symbols() -> None:
    only = ElementString.of(("01", "06972869182019"))
    found = refusal(LINEAR, data=only, width=30)
    assert not any("two symbols" in each for each in found)


def test_data_too_many_for_any_symbol_have_no_proposal_of_one() -> None:
    many = ElementString.of(("01", "06972869182019"), ("91", "x" * 90), ("92", "y" * 90))
    assert refusal(LINEAR, data=many) == [
        "elements.0: A GS1-128 holds at most 48 characters, got 201.",
        (
            "elements.0: Nothing else fits on a label of 240.0 by 60.0 mm: it takes fewer data, or"
            " a larger label."
        ),
    ]


def test_what_the_encoder_will_not_draw_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwilling(*_: object, **__: object) -> None:
        raise ValueError("Error 259: Invalid data length for AI (21)")

    monkeypatch.setattr(zxingcpp, "create_barcode", unwilling)
    only = ElementString.of(("01", "06972869182019"), ("21", "NEVER-DRAWN-BEFORE"))
    (found,) = refusal(LINEAR, data=only)
    assert "cannot be encoded: Error 259" in found


def test_data_too_many_for_a_rectangle_are_told_the_square() -> None:
    data = ElementString.of(("01", "06972869182019"), ("10", "A" * 20), ("21", "b" * 20))
    assert refusal(MATRIX | {"shape": "rectangular"}, data=data) == [
        (
            "elements.0: The data need 52 codewords: expected at most 49, a rectangular DataMatrix"
            " of 16 by 48 modules."
        ),
        (
            "elements.0: This would fit: a DataMatrix of 32 by 32 modules, 12.8 mm with its quiet"
            " zone, X 3 dots (0.375 mm)."
        ),
    ]


def test_data_too_many_for_a_data_matrix_are_refused() -> None:
    many = ElementString.of(("01", "06972869182019"), ("91", "x" * 90), ("92", "y" * 90))
    (found,) = refusal(MATRIX, data=many)
    assert "expected at most 174, a DataMatrix of 48 by 48 modules" in found


@pytest.mark.parametrize(("kind", "dots"), [("datamatrix", 10), ("gs1_qr", 7)])
def test_a_symbol_too_large_for_its_place_is_told_what_fits_there(kind: str, dots: int) -> None:
    large = {"kind": kind, "x": 5, "y": 22, "module": "0.9"}
    found = refusal(large, data=CARTON, width=30, height=43, dots_per_mm=12)
    assert len(found) == 2
    assert f"The {kind} with what it keeps clear reaches out of the label" in found[0]
    module = module_mm(dots, 12)
    assert found[1] == (
        f"elements.0.module: This would fit there: an X-dimension of {dots} dots ({module} mm)."
    )
    fitting = laid_out(large | {"module": module}, data=CARTON, width=30, height=43, dots_per_mm=12)
    assert fitting.symbols[0].module == dots


def test_a_symbol_that_a_rule_is_in_the_way_of_is_told_what_fits_there() -> None:
    rule = {"kind": "line", "x": 24, "y": 20, "length": 30, "thickness": 1, "direction": "vertical"}
    found = refusal(MATRIX | {"module": "0.6"}, rule, data=CARTON, dots_per_mm=12)
    assert found == [
        "elements.0: It lies over elements.1 (line): no two elements share a dot.",
        "elements.0.module: This would fit there: an X-dimension of 6 dots (0.500 mm).",
    ]


@given(
    width=st.integers(12, 300),
    height=st.integers(36, 120),
    dots_per_mm=st.sampled_from((6, 8, 12, 24)),
    lot=st.text("AB1289", min_size=1, max_size=20),
    serial=st.text("xyz0123456789", min_size=1, max_size=20),
)
def test_what_is_proposed_fits(
    *, width: int, height: int, dots_per_mm: int, lot: str, serial: str
) -> None:
    """Each proposal is taken at its word, on a label with nothing else in the way."""
    data = ElementString.of(("01", "06972869182019"), ("10", lot), ("21", serial))
    tall = LINEAR | {"y": 20, "x": "0"}
    try:
        laid_out(tall | {"x": 4}, data=data, width=width, height=height, dots_per_mm=dots_per_mm)
    except Refused as refused:
        proposed = [each for each in refused.problems if "fit:" in each.template]
    for each in proposed:
        values = dict(each.values)
        module = str(values["module"])
        assert at_least(Decimal(module), dots_per_mm) == values["dots"]
        if "side" in values:
            side = (int(values["side"]) + 2) * int(values["dots"])
            assert side <= min(width, height) * dots_per_mm
        else:
            lengths = [float(values[name]) for name in ("di", "pi", "length") if name in values]
            assert max(lengths) <= min(width, 165.1) + 0.05
            assert 0.170 <= float(module) <= 0.495
