from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.template import Template
from station.core.problem import Refused
from station.documents import read_yaml

TEXT = {"kind": "text", "x": 2, "y": 2, "width": 40, "height": 4, "size": 3, "content": "{lot}"}
MATRIX = {"kind": "datamatrix", "x": 3, "y": 10, "module": "0.375"}
LINEAR = {"kind": "gs1_128", "x": 6, "y": 25, "module": "0.25", "height": "12.7"}
HRI = {"kind": "hri", "x": 20, "y": 10, "width": 35, "height": 9, "size": 2}


def document(*elements: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "unit",
        "revision": "1",
        "size": {"width": 60, "height": 40},
        "elements": elements or (TEXT, MATRIX, HRI),
    }


def refusal(found: object) -> str:
    with pytest.raises(Refused) as refused:
        Template.parse(found)
    return str(refused.value)


def test_lengths_are_exact_however_they_are_written() -> None:
    as_text = Template.parse(document(TEXT | {"x": "0.1"}, MATRIX, HRI))
    as_number = Template.parse(document(TEXT | {"x": 0.1}, MATRIX, HRI))
    assert as_text.elements[0].x == as_number.elements[0].x == Decimal("0.1")


@pytest.mark.parametrize("wrong", [-1, 301, "1.2345", "1e1", "", " 1", "٣", True, None, (), "nan"])
def test_what_is_no_length_is_refused_with_its_path(wrong: object) -> None:
    assert refusal(document(TEXT | {"x": wrong}, MATRIX, HRI)).startswith(
        "elements.0.text.x: Expected millimetres from 0 to 300 with at most three decimals, got "
    )


def test_a_length_of_nothing_is_refused() -> None:
    expected = "elements.0.text.width: Expected more than 0 millimetres, got 0."
    assert refusal(document(TEXT | {"width": "0.000"}, MATRIX, HRI)) == expected


def test_an_unknown_placeholder_is_refused_with_its_path() -> None:
    assert refusal(document(TEXT | {"content": "{gmn}"}, MATRIX, HRI)).startswith(
        "elements.0.text.content: There is no field 'gmn'. Expected one of: product_name"
    )


def test_an_unknown_key_is_refused_with_its_path() -> None:
    expected = "elements.1.datamatrix.data: Unknown field."
    assert refusal(document(TEXT, MATRIX | {"data": "010697"}, HRI)) == expected


def test_hri_cannot_be_typed() -> None:
    expected = "elements.2.hri.content: Unknown field."
    assert refusal(document(TEXT, MATRIX, HRI | {"content": "(01)06972869182019"})) == expected


def test_a_revision_is_text() -> None:
    assert "revision: This was read as a number, 2" in refusal(document() | {"revision": 2})


@pytest.mark.parametrize("module", ["0.253", "0.991"])
def test_a_data_matrix_keeps_to_its_range_of_x(module: str) -> None:
    assert refusal(document(MATRIX | {"module": module}, HRI)) == (
        f"elements.0.module: Expected an X-dimension from 0.254 to 0.990 mm, got {module} mm."
    )


def test_a_gs1_128_keeps_to_its_range_of_x_and_its_height() -> None:
    assert refusal(document(LINEAR | {"module": "0.5", "height": 10}, HRI)).splitlines() == [
        "elements.0.module: Expected an X-dimension from 0.170 to 0.495 mm, got 0.5 mm.",
        "elements.0.height: Expected bars at least 12.7 mm high, got 10 mm.",
    ]


def test_a_symbol_comes_with_its_hri() -> None:
    assert "expected an element of kind hri, got none" in refusal(document(MATRIX))


def test_a_label_without_a_symbol_is_refused() -> None:
    assert "expected an element of kind datamatrix or gs1_128" in refusal(document(TEXT, HRI))


def test_two_symbols_of_one_kind_are_refused() -> None:
    other = MATRIX | {"y": 30}
    assert "one datamatrix at most, got 2" in refusal(document(MATRIX, other, HRI))


def test_both_carriers_together_are_allowed() -> None:
    assert len(Template.parse(document(MATRIX, LINEAR, HRI)).elements) == 3


DI, PI = LINEAR | {"part": "di"}, LINEAR | {"part": "pi", "y": 8}


def test_a_gs1_128_may_come_in_two_parts() -> None:
    assert len(Template.parse(document(DI, PI, HRI)).elements) == 3
    assert len(Template.parse(document(MATRIX, DI, PI, HRI)).elements) == 4


@pytest.mark.parametrize(
    ("symbols", "got"), [((DI,), "di"), ((PI,), "pi"), ((LINEAR, DI), "all + di")]
)
def test_half_of_the_data_is_refused(symbols: tuple[dict[str, Any], ...], got: str) -> None:
    assert refusal(document(*symbols, HRI)) == (
        "elements: Expected one gs1_128 of part all, or one of part di and one of part pi, got"
        f" {got}."
    )


def test_the_same_part_twice_is_refused() -> None:
    assert "one gs1_128 of part di at most, got 2" in refusal(document(DI, DI | {"y": 9}, PI, HRI))


def test_a_qr_code_is_a_symbol_and_keeps_to_its_range_of_x() -> None:
    qr = {"kind": "gs1_qr", "x": 3, "y": 10, "module": "0.4"}
    assert len(Template.parse(document(qr, HRI)).elements) == 2
    assert refusal(document(qr | {"module": "0.25"}, HRI)) == (
        "elements.0.module: Expected an X-dimension from 0.254 to 0.990 mm, got 0.25 mm."
    )


def test_two_symbols_of_one_kind_may_take_each_others_place() -> None:
    one, other = MATRIX | {"when": "serial"}, MATRIX | {"unless": "serial", "x": 5}
    assert len(Template.parse(document(one, other, HRI)).elements) == 3


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gmn", "There is no field 'gmn'"),
        (
            "expiry_date:YYYY-MM",
            "Expected the name of a field, such as serial, got 'expiry_date:YYYY-MM'",
        ),
        ("a}{b", "There is no field 'a'"),
        ("", "Expected text"),
    ],
)
def test_a_condition_names_a_field(name: str, sentence: str) -> None:
    found = refusal(document(TEXT | {"when": name}, MATRIX, HRI))
    assert found.startswith(f"elements.0.text.when: {sentence}")


def test_what_a_condition_leaves_out_is_not_shown() -> None:
    template = Template.parse(
        document(
            TEXT | {"content": "{lot}", "when": "lot"},
            TEXT | {"content": "{serial}", "unless": "lot", "y": 7},
            TEXT | {"content": "{model}", "optional": True, "y": 30},
            MATRIX,
            HRI,
        )
    )
    assert template.fields == ("lot", "serial", "model")
    assert template.fields_shown({"lot": "A1"}) == ("lot",)
    assert template.fields_shown({"lot": "", "model": "X2"}) == ("serial", "model")


@pytest.mark.parametrize(
    ("repeat", "sentence"),
    [
        (
            {"across": 3, "pitch": 59},
            "repeat.pitch: Expected a pitch of at least the width of a label, 60 mm, got 59 mm.",
        ),
        (
            {"across": 5, "pitch": 62},
            "repeat: Expected all labels together to be at most 300 mm wide, got 308 mm.",
        ),
        (
            {"across": 0, "pitch": 62},
            "repeat.across: Expected a whole number of at least 1, got 0.",
        ),
    ],
)
def test_labels_side_by_side_do_not_overlap_and_fit_on_a_web(
    repeat: dict[str, Any], sentence: str
) -> None:
    assert refusal(document() | {"repeat": repeat}) == sentence


def test_too_many_labels_side_by_side_are_refused() -> None:
    small = document() | {"size": {"width": "10", "height": "40"}}
    found = refusal(small | {"repeat": {"across": 21, "pitch": 10}, "elements": ()})
    assert "repeat.across: Expected at most 20 labels side by side, got 21." in found


@pytest.mark.parametrize("wrong", [45, "90", True, 360])
def test_text_turns_by_quarters(wrong: object) -> None:
    assert refusal(document(TEXT | {"rotate": wrong}, MATRIX, HRI)).startswith(
        "elements.0.text.rotate: "
    )


@pytest.mark.parametrize(
    ("element", "where"),
    [
        (TEXT | {"width": 59}, "elements.0.x"),
        (TEXT | {"y": 37}, "elements.0.y"),
        ({"kind": "line", "x": 2, "y": 2, "length": 59, "thickness": 1}, "elements.0.x"),
        ({"kind": "box", "x": 2, "y": 2, "width": 9, "height": 39, "thickness": 1}, "elements.0.y"),
        ({"kind": "pictogram", "name": "lot", "x": 2, "y": 38, "size": 3}, "elements.0.y"),
        (
            {
                "kind": "line",
                "x": 2,
                "y": 2,
                "length": 39,
                "thickness": 1,
                "direction": "vertical",
            },
            "elements.0.y",
        ),
    ],
)
def test_an_element_beyond_the_label_is_refused(element: dict[str, Any], where: str) -> None:
    assert refusal(document(element, MATRIX, HRI)).startswith(f"{where}: Expected to end at most")


def test_a_text_cannot_shrink_to_something_larger() -> None:
    expected = "elements.0.text: Expected shrink_to of at most the size, 3 mm, got 4 mm."
    assert refusal(document(TEXT | {"shrink_to": 4}, MATRIX, HRI)) == expected


def test_too_many_elements_are_refused() -> None:
    expected = "elements: Expected at most 200 elements, got 201."
    assert refusal(document(*[TEXT] * 201)) == expected


@pytest.mark.parametrize("mark", ["\u202e", "\u0301", "\u0627"])
def test_a_literal_text_that_cannot_be_printed_as_it_stands_is_refused(mark: str) -> None:
    expected = f"U+{ord(mark):04X}"
    found = refusal(document(TEXT | {"content": f"e{mark}"}, MATRIX, HRI))
    assert found.startswith("elements.0.text.content: Character 2 is ")
    assert expected in found


def test_the_fields_of_a_template_are_named_once_each() -> None:
    template = Template.parse(
        document(TEXT | {"content": "{model} {lot}"}, TEXT | {"y": 30}, MATRIX, HRI)
    )
    assert template.fields == ("model", "lot")


def test_the_digest_does_not_depend_on_how_the_file_is_written() -> None:
    one = Template.parse(document(TEXT | {"x": "2.50"}, MATRIX, HRI))
    other = Template.parse(document(dict(reversed((TEXT | {"x": 2.5}).items())), MATRIX, HRI))
    assert one.digest == other.digest
    assert len(one.digest) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"x": "2.001"},
        {"content": "{serial}"},
        {"weight": "bold"},
        {"optional": True},
        {"rotate": 90},
        {"valign": "middle"},
        {"when": "lot"},
    ],
)
def test_the_digest_changes_with_anything_that_is_approved(change: dict[str, Any]) -> None:
    changed = document(TEXT | change, MATRIX, HRI)
    assert Template.parse(changed).digest != Template.parse(document()).digest


def test_a_setting_at_its_default_leaves_the_digest_as_it_was() -> None:
    """So a design that was approved stays the same design when the station learns more of them."""
    said = document(TEXT | {"rotate": 0, "valign": "top", "optional": False}, MATRIX, HRI)
    assert Template.parse(said).digest == Template.parse(document()).digest
    assert b"rotate" not in Template.parse(said).canonical


def test_a_design_is_its_canonical_form() -> None:
    template = Template.parse(document(TEXT | {"rotate": 90}, MATRIX, HRI) | {"repeat": TWICE})
    assert Template.parse(read_yaml(template.canonical)) == template


TWICE = {"across": 2, "pitch": 62}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(("kind", "x", "size", "text")), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(("name", "revision", "size", "elements")), JSON)
def test_any_document_is_a_template_or_refused(key: str, value: object) -> None:
    found = deepcopy(document())
    found[key] = value
    try:
        Template.parse(found)
    except Refused as refused:
        assert refused.problems  # noqa: PT017 - the property is that there is a reason
