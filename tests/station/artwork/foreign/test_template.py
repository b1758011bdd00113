import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from drivers.zpl.interpreter import render_stream
from station.artwork.foreign.template import ForeignTemplate, design_file
from station.core.gs1 import ElementString
from station.core.problem import Refused
from station.documents import read_yaml

Parse = Callable[..., ForeignTemplate]
Refusal = Callable[..., str]
GUIDE = Path(__file__).parents[4] / "docs" / "foreign-zpl.md"


def test_the_export_of_a_designer_becomes_a_label(
    template: ForeignTemplate, fields: dict[str, str], elements: ElementString
) -> None:
    artwork = template.artwork(fields, elements, dots_per_mm=8)
    assert (artwork.width, artwork.height, artwork.dots_per_mm) == (480, 320, 8)
    assert artwork.carriers == ("]d2",)
    (symbol,) = artwork.symbols
    assert symbol.data == elements.encode()
    (seen,) = zxingcpp.read_barcodes(artwork.picture)
    assert (seen.symbology_identifier, seen.bytes) == ("]d2", elements.encode())
    assert not artwork.picture.flags.writeable
    assert artwork.setup == b""


def test_the_simulated_printer_prints_the_expected_picture(
    template: ForeignTemplate, fields: dict[str, str], elements: ElementString
) -> None:
    artwork = template.artwork(fields, elements, dots_per_mm=8)
    (rendering,) = render_stream(artwork.zpl, dots_per_mm=8)
    assert rendering.picture is not None
    assert np.array_equal(rendering.picture, artwork.picture)
    assert rendering.unknown == ()


def test_the_example_of_the_guide_is_the_tested_one(
    exported: bytes, document: dict[str, Any]
) -> None:
    blocks = GUIDE.read_text("utf-8").split("```")
    zpl, yaml = (
        next(each.removeprefix(kind) for each in blocks if each.startswith(kind))
        for kind in ("zpl\n", "yaml\n")
    )
    assert zpl.encode() == exported
    assert read_yaml(yaml.encode()) == document


def test_its_fields_are_those_it_prints(template: ForeignTemplate) -> None:
    assert template.fields == (
        *("product_name_en", "model", "production_date", "registrant_name", "registrant_address"),
    )


def test_the_digest_covers_the_document_and_the_file(
    exported: bytes, document: dict[str, Any]
) -> None:
    one = ForeignTemplate.parse(document, exported)
    assert one.digest == hashlib.sha256(one.canonical).hexdigest()
    kept = json.loads(one.canonical)
    assert kept["zpl"].encode() == exported
    assert kept["sha256"] == hashlib.sha256(exported).hexdigest()
    others = {
        ForeignTemplate.parse(document, exported + b"\n").digest,
        ForeignTemplate.parse(document | {"revision": "2"}, exported).digest,
    }
    assert len(others | {one.digest}) == 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"design": "../unit.zpl"}, "design: Expected the bare name of a .zpl file beside this"),
        ({"design": "/etc/passwd"}, "design: Expected the bare name of a .zpl file"),
        ({"design": "unit.yaml"}, "design: Expected the bare name of a .zpl file"),
        ({"design": ".zpl"}, "design: Expected the bare name of a .zpl file"),
        ({"dots_per_mm": (8, 12)}, "dots_per_mm: A ZPL design is made in the dots of one print"),
        ({"dots_per_mm": ()}, "dots_per_mm: A ZPL design is made in the dots of one print head"),
        ({"dots_per_mm": (7,)}, "dots_per_mm: A ZPL design is made in the dots of one print head"),
        ({"size": {"width": 0, "height": 40}}, "size.width: Expected more than 0 millimetres"),
        ({"size": {"width": 50, "height": 40}}, "design.line 1.^PW: Expected 400 dots, which is"),
        ({"format": "^XA^XZ"}, "format: Unknown field."),
        ({"not_compared": ("sreial",)}, "not_compared.0: No text of the design is called 'sreial'"),
    ],
)
def test_a_wrong_document_is_refused_with_its_path(
    small: bytes, refusal: Refusal, changed: dict[str, Any], sentence: str
) -> None:
    assert refusal(small, **changed).startswith(sentence)


def test_only_a_document_that_names_a_design_is_of_this_kind(document: dict[str, Any]) -> None:
    assert design_file(document) == "imported-unit.zpl"
    assert design_file({"name": "unit", "elements": ()}) is None
    assert design_file(None) is None
    with pytest.raises(Refused, match=r"bare name of a \.zpl file"):
        design_file(document | {"design": "../../secret.zpl"})


def test_another_print_head_is_refused(
    template: ForeignTemplate, fields: dict[str, str], elements: ElementString
) -> None:
    with pytest.raises(Refused) as refused:
        template.artwork(fields, elements, dots_per_mm=12)
    assert str(refused.value) == (
        "dots_per_mm: The design is made for 8 dots/mm, and the printer has 12: every length on it"
        " would be another."
    )


def test_what_is_encoded_must_be_said_and_what_is_said_encoded(
    template: ForeignTemplate, fields: dict[str, str]
) -> None:
    other = ElementString.of(("01", "06972869182019"), ("17", "260101"))
    with pytest.raises(Refused) as refused:
        template.artwork(fields, other, dots_per_mm=8)
    assert {str(each) for each in refused.value.problems} == {
        "design: (17) is encoded and no text says it: expected ${hri} or ${hri:17}.",
        "design.line 13.^FD: The design prints (21), which the label does not encode.",
        "design.line 20.^FD: The design prints (11), which the label does not encode.",
        "design.line 21.^FD: The design prints (21), which the label does not encode.",
    }


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b"^FO24,24^BX", b"^FO2,24^BX", "The symbol with what it keeps clear reaches out of the"),
        (b"^FO24,24^BX", b"^FO450,24^BX", "The symbol with what it keeps clear reaches out of"),
        (b"^BXN,4", b"^BXN,2", "Expected an X-dimension from 0.254 to 0.99"),
        (b"^BXN,4", b"^BXN,9", "Expected an X-dimension from 0.254 to 0.99"),
        (b"^XZ", b"^FO24,60^GB90,2,2^FS^XZ", "Something else is drawn on the symbol or in its"),
        (b"^XZ", b"^FO24,20^GB90,2,2^FS^XZ", "Something else is drawn on the symbol or in its"),
        (b"^FO200,24", b"^FO22,60", "Something else is drawn on the symbol or in its quiet zone"),
        (b"^FO200,24", b"^FO24,282", "Something else is drawn on the text"),
        (b"^XZ", b"^FO200,24^GB30,30,30^FS^XZ", "Something else is drawn on the text"),
        (b"^FO200,24", b"^FO475,24", "The text with what it keeps clear reaches out of the label"),
        (b"^XZ", b"^FO9,9^GFA,2,2,1,+Q^FS^XZ", "A printer could not carry this out: ^GF: expected"),
        (
            b"^XZ",
            b"^FO9,9^GFA,9,9,3,:Z64:eJw=:0000^FS^XZ",
            "could not carry this out: ^GF: graphic",
        ),
        (b"^XZ", b"^FO9,9^A0N,20^FDx", "The field is not closed"),
        (b"^A0N,20^FD${lot}", b"^A@N,20,20,E:ARIAL.TTF^FD${lot}", "expected lot in not_compared"),
        (b"${lot}", "批 ${lot}".encode(), "expected lot in not_compared."),
        (b"^XZ", "^FO9,300^A0N,9^FD批^FS^XZ".encode(), "expected captions in not_compared."),
    ],
)
def test_a_design_is_refused_by_what_its_specimen_looks_like(
    small: bytes, refusal: Refusal, before: bytes, after: bytes, sentence: str
) -> None:
    assert sentence in refusal(small.replace(before, after))


@pytest.mark.parametrize(
    ("bars", "sentence"),
    [
        (b"^FO200,80^BCN,100,N", "Expected bars at least 12.7 mm high, got 12.5 mm."),
        (b"^FO10,80^BCN,104,N", "The symbol with what it keeps clear reaches out of the label"),
        (b"^FO200,80^BY1^BCN,104,N", "Expected an X-dimension from 0.170 to 0.495 mm, got 0.125"),
        (b"^FO200,80^BY5^BCN,104,N", "Expected an X-dimension from 0.170 to 0.495 mm, got 0.625"),
    ],
)
def test_a_linear_symbol_is_held_to_the_table_of_gs1(
    small: bytes, refusal: Refusal, bars: bytes, sentence: str
) -> None:
    assert sentence in refusal(small.replace(b"^XZ", bars + b"^FD${udi}^FS^XZ"))


def test_a_linear_symbol_stands_upright_as_well(small: bytes, parsed: Parse) -> None:
    matrix = rb"^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS"
    template = parsed(small.replace(matrix, b"^FO300,22^BY2^BCB,104,N^FD${udi}^FS"))
    elements = ElementString.of(("01", "06972869182019"))
    artwork = template.artwork({"lot": "x"}, elements, dots_per_mm=8)
    (symbol,) = artwork.symbols
    assert (symbol.identifier, symbol.area.width) == ("]C1", 104)
    (seen,) = zxingcpp.read_barcodes(artwork.picture)
    assert (seen.symbology_identifier, seen.bytes) == ("]C1", elements.encode())


def test_more_than_forty_eight_characters_are_too_much_for_a_linear_symbol(parsed: Parse) -> None:
    zpl = b"^XA^FO30,8^BCN,104,N^FD${udi}^FS^FO8,200^A0N,9^FD${hri}^FS^XZ"
    template = parsed(zpl, size={"width": 150, "height": 40})
    elements = ElementString.of(("01", "06972869182019"), ("10", "L" * 20), ("21", "S" * 20))
    with pytest.raises(Refused, match="A GS1-128 holds at most 48 characters, got 61"):
        template.artwork({}, elements, dots_per_mm=8)


def test_a_text_is_compared_as_a_whole_or_not_at_all(small: bytes, refusal: Refusal) -> None:
    mixed = small.replace(b"${lot}", b"${lot} ${serial}")
    assert refusal(mixed, not_compared=("lot",)) == (
        "design.line 4.^FD: One text is compared as a whole or not at all: not_compared has lot"
        " and lacks serial."
    )


def test_where_a_text_is_not_compared_is_told(small: bytes, parsed: Parse) -> None:
    elements = ElementString.of(("01", "06972869182019"))
    template = parsed(small, not_compared=("lot",))
    plain, chinese = (
        template.artwork({"lot": each}, elements, dots_per_mm=8).not_compared
        for each in ("LOT", "批")
    )
    (area,) = plain
    assert area.x < 200 < area.right
    assert area.y <= 24
    assert area.bottom >= 44
    assert len(chinese) == 1
    assert parsed(small).artwork({"lot": "L"}, elements, dots_per_mm=8).not_compared == ()


def test_reversed_text_in_a_black_box_is_no_defect(small: bytes, parsed: Parse) -> None:
    box = b"^FO200,100^GB80,40,40^FS^FO210,108^FR^A0N,20^FDMD^FS^XZ"
    assert parsed(small.replace(b"^XZ", box)).name == "imported-unit"
