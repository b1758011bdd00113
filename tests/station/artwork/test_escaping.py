"""No data become a command: any text, in any field and element, of either kind of template.

Each value goes the way it goes on the line: a work order's document, `parse_order`, the job, the
bytes for the printer. It is refused on that way, or two readers of ZPL that know nothing of each
other (the simulated printer's and zplkit's) find the commands of an ordinary label, the printer
draws the picture that is expected, and zxing reads from it exactly the data that are meant.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from zplkit.parse import parse as elements_of

from drivers.zpl.interpreter import Rendering, render_stream
from station import documents
from station.artwork import zpl
from station.artwork.foreign.artwork import ForeignArtwork
from station.artwork.foreign.template import ForeignTemplate
from station.artwork.picture import Picture, expected_picture
from station.artwork.template import Template
from station.artwork.text import Font
from station.config import shipped
from station.core.catalogue import Catalogue, CatalogueFile
from station.core.order import WorkOrder, elements, parse_order
from station.core.problem import Refused
from station.core.shape import parse
from station.line.fields import label_fields
from station.line.job import Job
from station.line.library import load

TODAY = date(2026, 11, 22)
WIDTH, HEIGHT = 170, 110
FONT = Font.load()
SHIPPED = load(
    catalogue=shipped("catalogue"), labels=shipped("labels"), profiles=shipped("profiles")
)

FRAME = ("^XA", "^PW", "^LL", "^LH", "^LS", "^PO", "^PM", "^LR", "^CV")
DRAWN = (
    ("^FO", "^GF", "^FS"),
    ("^FO", "^BX", "^FH", "^FD", "^FS"),
    ("^FO", "^BY", "^BC", "^FH", "^FD", "^FS"),
)
"""The fields of a label that needs nothing stored: dots, a GS1 DataMatrix, a GS1-128."""

STORED = {"~DG", "^XG", "^DF", "^ID", "^XF", "^FN"}
ALLOWED = {*FRAME, *(each for field in DRAWN for each in field), "^PQ", "^XZ", *STORED}
FOREIGN = ALLOWED - STORED | {"^MU", "^FW", "^CF", "^CI", "^A", "^FB", "^FT", "^FR"}
HARMFUL = ("^XZ~JR", "~JA", "^XA^FO0,0^GB9,9^FS^XZ", "\\5EXZ", "_5EXZ", "^CC!", "~CT|^FS")

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
ANYTHING = st.one_of(
    st.sampled_from([*HARMFUL, "\x10JR", "\x1eXZ", "\x02", "\x1d", ">8", "_1", "\\&", "${lot}"]),
    st.text("^~\\_,:;>.{}$&#@|ABDFJRSXZ019升 ", min_size=1, max_size=12),
    st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=20),
    st.binary(min_size=1, max_size=12).map(lambda each: each.decode("latin-1")),
    st.binary(min_size=1, max_size=12).map(lambda each: each.decode("utf-8", "surrogateescape")),
)
"""All of Unicode, half surrogates too, and all bytes, however they were decoded."""

CODED = ("lot", "serial", "internal", "count")
TOLD = ("sterilisation_lot", "configuration")
ORDERED = (*CODED, *TOLD)
"""Fields of an order: those that a symbol carries, and those that only stand there."""

OWN = ("specification", "storage", "warnings", "power", "service_life")
IN_CATALOGUE = (
    *OWN,
    "ref",
    "software_version",
    "name",
    "field",
    "contact",
    "registrant",
    "quantity",
)
VALUED = ("upper", "country", "notified_body")
"""Fields that a pictogram shows, which has forms of its own for them."""


def catalogue(field: str = "", value: str = "") -> Catalogue:
    """One product with every text a label can show, one of them replaced. Raises Refused."""
    texts = dict.fromkeys((*OWN, "ref", "software_version"), "A1") | {"notified_body": "0123"}
    given = {each: value if each == field else "A1" for each in IN_CATALOGUE}
    party = {"id": "us", "name": {"zh": given["registrant"], "en": "A1"}, "domicile": {"zh": "A1"}}
    level = {"source": "printed", "quantity": given["quantity"]}
    product = {
        **texts,
        **({field: value} if field in texts else {}),
        "model": "P",
        "name": {"zh": given["name"], "en": given["name"]},
        "family": "f",
        "basic_udi_di": "697286918201PU",
        "pi": {"ais": ("10", "21"), "inferred": False},
        "levels": (
            level | {"level": "unit", "indicator": 0, "gtin": "06972869182019"} | _of("30", "91"),
            level
            | {"level": "outer", "indicator": 1, "gtin": "16972869182016"}
            | _of("240", "8012"),
        ),
        "registrant": "us",
        "manufacturer": "us",
        "fields": {"own": given["field"], "upper": "40 °C", "country": "CN"}
        | ({field: value} if field in VALUED else {}),
    }
    file = {"parties": (party | {"contact": given["contact"]},), "products": (product,)}
    return Catalogue({"one.yaml": parse(CatalogueFile, file)})


def _of(*ais: str) -> dict[str, Any]:
    return {"ais": ("10", "21", *ais)}


def document(level: str = "unit", **changed: Any) -> dict[str, Any]:
    """A work order as it is read from a file; `serial` is its only serial."""
    here = {"internal": "X1", "count": "7"} if level == "unit" else {}
    usual = {"lot": "L1", "sterilisation_lot": "S1", "configuration": "C1", **here} | changed
    serial = usual.pop("serial", "CN1")
    return {
        "id": "WO-1",
        "product": "P",
        "level": level,
        "quantity": 1,
        "production_date": "2026-11-20",
        "serials": {"list": (serial,)},
        "template": "all",
        "revision": "1",
        **usual,
    }


Elements = tuple[dict[str, Any], ...]
LINES = (
    *("{lot} {serial}", "{sterilisation_lot}", "{internal} {count}", "{configuration}"),
    *("{product_name}", "{specification} {storage}", "{warnings} {power} {service_life}"),
    *("{ref} {software_version} {quantity}", "{field.own} {registrant_contact}"),
    "{registrant_name} {production_date:YYYY年MM月}",
)
TEXTS: Elements = tuple(
    {
        "kind": "text",
        "x": 62,
        "y": 2 + 3 * n,
        "width": 76,
        "height": 2.6,
        "size": 2,
        "content": each,
    }
    | {"shrink_to": "1.625", "optional": "{internal}" in each}
    for n, each in enumerate(LINES)
)
"""One line each, so that no text changes how many fields a label has."""

UPWARDS = {"kind": "text", "y": 2, "width": 2.6, "height": 70, "size": 2, "shrink_to": "1.625"}
TURNED: Elements = (
    UPWARDS | {"x": 142, "content": "{configuration}", "rotate": 90},
    UPWARDS | {"x": 146, "content": "{field.own}", "rotate": 270},
    TEXTS[1] | {"y": 40, "rotate": 180, "align": "right", "weight": "bold"},
)
PICTOGRAMS: Elements = (
    {"kind": "pictogram", "name": "temperature-upper", "upper": "{field.upper}"}
    | {"x": 62, "y": 46, "size": 8},
    {"kind": "pictogram", "name": "ce", "number": "{notified_body}", "x": 82, "y": 46, "size": 6},
    {
        "kind": "pictogram",
        "name": "country",
        "code": "{field.country}",
        "x": 110,
        "y": 46,
        "size": 6,
    },
)
LOGO = {"kind": "picture", "file": "logo.png", "x": 62, "y": 58, "width": 8, "height": 7}
HRI = {"kind": "hri", "x": 62, "y": 68, "width": 76, "height": 20, "size": 2}
UPRIGHT = {"kind": "hri", "x": 152, "y": 2, "width": 16, "height": 76, "size": 2, "rotate": 90}
LINEAR = {"kind": "gs1_128", "x": 8, "y": 92, "module": "0.25", "height": "12.7"}
SQUARE = {"kind": "datamatrix", "x": 4, "y": 4, "module": "0.375"}
RECTANGULAR = SQUARE | {"shape": "rectangular"}
QR = {"kind": "gs1_qr", "x": 4, "y": 32, "module": "0.375"}
PARTS: Elements = (LINEAR | {"part": "di", "y": 72}, LINEAR | {"part": "pi"})
SHOWN: Elements = (*TEXTS, *TURNED, *PICTOGRAMS, LOGO)
DESIGNS: dict[str, Elements] = {
    "square": (SQUARE, LINEAR, QR, HRI, *SHOWN),
    "rectangular": (
        RECTANGULAR,
        *PARTS,
        HRI | {"height": 14, "y": 58, "x": 74, "width": 64},
        *SHOWN,
    ),
    "upright": (SQUARE, UPRIGHT, *SHOWN),
}


FOREIGN_FIELDS = {
    "lot": "^FO500,16^A0N,20^FH",
    "sterilisation_lot": "^FO500,46^A0N,20^FH\\",
    "configuration": "^FO500,76^A0R,20",
    "internal": "^FO540,76^A0B,20",
    "count": "^FO580,76^A0I,20",
    "product_name": "^FT600,140^A0N,20",
    "specification": "^FO600,150^A0N,20^FB500,2",
    "field.own": "^CI27^FO600,210^ADN^FH#",
    "registrant_contact": "^CI28^FO600,240^FR^A0N,20",
    "ref": "^FO600,270^A0N,20",
}
"""In a printer's fonts: turned, in a block, reversed, in another encoding, after any ^FH."""


def logo(text: str = "") -> bytes:
    """A drawing of one bit a pixel, with a text that an editor left in its file."""
    note = PngInfo()
    note.add_text("Comment", text)
    file = io.BytesIO()
    Image.fromarray(np.eye(7, 8) > 0).save(file, "PNG", pnginfo=note)
    return file.getvalue()


def template(name: str, picture: bytes = b"", *more: dict[str, Any]) -> Template:
    design = {
        "name": "all",
        "revision": "1",
        "size": {"width": WIDTH, "height": HEIGHT},
        "scope": {"models": ("P",), "levels": ("unit", "outer")},
        "elements": (*DESIGNS[name], *more),
    }
    return Template.parse(design, pictures={"logo.png": picture or logo()})


TEMPLATES = {name: template(name) for name in DESIGNS}
USUAL = catalogue()


@cache
def foreign(level: str, *, shape: str) -> ForeignTemplate:
    """The same kinds of fields in a file of ZPL; nothing in one is optional."""
    left_out = () if level == "unit" else ("internal", "count")
    shown = {each: form for each, form in FOREIGN_FIELDS.items() if each not in left_out}
    texts = "".join(f"{form}^FD${{{field}}}^FS\n" for field, form in shown.items())
    matrix = rb"^FO32,32^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS"
    design = b"".join(
        (
            b"^XA\n",
            matrix if shape == "square" else matrix.replace(b",_,1", b",_,2"),
            rb"^FO80,740^BY2^BCN,104,N,N,N,N^FD${udi}^FS",
            rb"^FO32,500^A0N,20^FB1200,4^FD${hri}^FS",
            texts.encode(),
            b"^XZ",
        )
    )
    beside = {
        "name": "all",
        "revision": "1",
        "design": "all.zpl",
        "size": {"width": WIDTH, "height": HEIGHT},
        "dots_per_mm": (8,),
        "not_compared": ("hri", *shown),
    }
    return ForeignTemplate.parse(beside, design)


Sent = tuple[bytes, Picture, Sequence[tuple[str, bytes]]]
"""What a printer gets, the picture and the symbols that are meant."""


def ordered(found: dict[str, Any], known: Catalogue) -> WorkOrder:
    return parse_order(found, catalogue=known, today=TODAY)


def job(found: dict[str, Any], design: Template, known: Catalogue = USUAL) -> Job:
    """Raises Refused, as all of this does."""
    library = replace(SHIPPED, catalogue=known, templates={("all", "1"): design})
    return Job(ordered(found, known), library=library, font=FONT, dots_per_mm=8)


def sent(made: Job) -> tuple[bytes, bytes]:
    """What goes to a printer that keeps things, and to one that does not."""
    return zpl.setup(made.first.artwork) + made.first.zpl, zpl.standalone(made.first.artwork)


def drawn_by_designer(
    found: dict[str, Any], known: Catalogue = USUAL, *, shape: str = "square"
) -> ForeignArtwork:
    order = ordered(found, known)
    product = known[order.product]
    level = product.level(order.level)
    assert level is not None
    (serial,) = (order.serials.list if order.serials else None) or ("",)
    fields = label_fields(order, product=product, level=level, catalogue=known, serial=serial)
    carried = elements(order, level=level, product=product, serial=serial)
    return foreign(order.level, shape=shape).artwork(fields, carried, dots_per_mm=8)


def by_zplkit(data: bytes) -> tuple[str, ...]:
    """Every command, as zplkit cuts them."""
    codes = (bytes(each)[:3].decode("latin-1") for each in elements_of(data).elements)
    return tuple("^A" if each.startswith("^A") else each for each in codes)


def printed(data: bytes) -> tuple[Rendering, ...]:
    """By the simulated printer; both readers have found the same, allowed commands."""
    found = render_stream(data, dots_per_mm=8, width_mm=WIDTH)
    executed = [code for each in found for code in each.executed]
    assert executed == [each for each in by_zplkit(data) if each != "~DG"]
    assert set(by_zplkit(data)) <= ALLOWED | FOREIGN
    assert all(each.unknown == () and each.copies == 1 for each in found)
    return found


def fields_of(commands: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What stands between the frame of a whole label and its end."""
    head, body, end = commands[: len(FRAME)], commands[len(FRAME) : -2], commands[-2:]
    assert (tuple(head), tuple(end)) == (FRAME, ("^PQ", "^XZ"))
    start = 0
    for place, each in enumerate(body, start=1):
        if each == "^FS":
            yield tuple(body[start:place])
            start = place
    assert start == len(body), "nothing stands outside of a field"


def symbols(picture: Picture) -> list[tuple[str, bytes]]:
    framed = np.pad(picture, 20, constant_values=255)
    return sorted(
        (each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(framed)
    )


def without_matrices(picture: Picture, made: Job) -> Picture:
    """Encoders may choose between two GS1 DataMatrix of the same data: those are read instead."""
    left = picture.copy()
    for each in made.first.artwork.symbols:
        if each.identifier == "]d2":
            left[each.area.y : each.area.bottom, each.area.x : each.area.right] = 255
    return left


def check_label(made: Job) -> None:
    """What is printed is the expected picture, and says what was meant."""
    artwork = made.first.artwork
    expected = expected_picture(artwork)
    meant = sorted((each.identifier, each.data) for each in artwork.symbols)
    assert symbols(expected) == meant
    for data in sent(made):
        picture = printed(data)[-1].picture
        assert picture is not None
        assert np.array_equal(without_matrices(picture, made), without_matrices(expected, made))
        assert symbols(picture) == meant
        assert data.isascii()
    assert set(fields_of(by_zplkit(sent(made)[1]))) <= set(DRAWN)


@cache
def usual_commands(name: str, level: str) -> list[tuple[str, ...]]:
    made = job(document(level), TEMPLATES[name])
    return [by_zplkit(each) for each in sent(made)]


def check_unchanged(found: dict[str, Any], name: str, known: Catalogue = USUAL) -> None:
    """The label is refused, or is as every other but for its data."""
    try:
        made = job(found, TEMPLATES[name], known)
    except Refused:
        return
    check_label(made)
    assert [by_zplkit(each) for each in sent(made)] == usual_commands(name, found["level"])


def check_foreign(
    found: dict[str, Any], known: Catalogue = USUAL, *, shape: str = "square"
) -> None:
    try:
        artwork = drawn_by_designer(found, known, shape=shape)
    except Refused:
        return
    (rendering,) = printed(artwork.zpl)
    assert rendering.picture is not None
    assert np.array_equal(rendering.picture, artwork.picture)
    assert by_zplkit(artwork.zpl) == by_zplkit(
        drawn_by_designer(document(found["level"]), shape=shape).zpl
    )
    assert set(by_zplkit(artwork.zpl)) <= FOREIGN
    assert symbols(artwork.picture) == sorted(
        (each.identifier, each.data) for each in artwork.symbols
    )


DESIGN = st.sampled_from(sorted(DESIGNS))
SHAPE = st.sampled_from(("square", "rectangular"))


@settings(max_examples=150)
@given(st.sampled_from(ORDERED), ANYTHING, DESIGN)
def test_no_field_of_an_order_is_a_command(field: str, value: str, name: str) -> None:
    check_unchanged(document(**{field: value}), name)


@settings(max_examples=150)
@given(st.sampled_from((*IN_CATALOGUE, *VALUED)), ANYTHING, DESIGN)
def test_no_field_of_the_catalogue_is_a_command(field: str, value: str, name: str) -> None:
    try:
        known = catalogue(field, value)
    except Refused:
        return
    check_unchanged(document("outer"), name, known)


@settings(max_examples=120)
@given(st.sampled_from((*ORDERED, *IN_CATALOGUE)), ANYTHING, SHAPE)
def test_no_field_is_a_command_in_a_design_of_another_program(
    field: str, value: str, shape: str
) -> None:
    if field in ORDERED:
        check_foreign(document(**{field: value}), shape=shape)
        return
    try:
        known = catalogue(field, value)
    except Refused:
        return
    check_foreign(document("outer"), known, shape=shape)


SHORT = st.text(CSET_82, min_size=1, max_size=5)


@settings(max_examples=80)
@given(st.fixed_dictionaries({"lot": SHORT, "serial": SHORT, "internal": SHORT}), DESIGN)
def test_every_code_that_gs1_allows_is_printed_and_read_back(
    codes: dict[str, str], name: str
) -> None:
    """Nothing of CSET 82 is refused for what it looks like, and all of it comes back."""
    found = document(**codes)
    made = job(found, TEMPLATES[name])
    check_label(made)
    assert [by_zplkit(each) for each in sent(made)] == usual_commands(name, "unit")
    carried = made.first.elements
    assert {ai: carried.get(ai) for ai in ("10", "21", "91")} == {
        "10": codes["lot"],
        "21": codes["serial"],
        "91": codes["internal"],
    }


@settings(max_examples=40)
@given(st.fixed_dictionaries({"lot": SHORT, "serial": SHORT, "internal": SHORT}), SHAPE)
def test_a_design_of_another_program_says_the_same(codes: dict[str, str], shape: str) -> None:
    artwork = drawn_by_designer(document(**codes), shape=shape)
    check_foreign(document(**codes), shape=shape)
    assert {each.data for each in artwork.symbols} == {
        elements(order, level=level, product=product, serial=codes["serial"]).encode()
        for order in (ordered(document(**codes), USUAL),)
        for product in (USUAL[order.product],)
        for level in product.levels[:1]
    }


@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_a_command_in_a_text_is_printed_as_a_text(name: str, text: str) -> None:
    """It is not refused: on the label stands "^XZ~JR", and the printer is none the wiser."""
    found = document("outer", **dict.fromkeys(TOLD, text))
    made = job(found, TEMPLATES[name], catalogue("field", text))
    check_label(made)
    assert [by_zplkit(each) for each in sent(made)] == usual_commands(name, "outer")


@pytest.mark.parametrize("text", HARMFUL)
def test_a_printers_own_font_prints_a_command_as_a_text(text: str) -> None:
    found = document(**dict.fromkeys(TOLD, text))
    artwork = drawn_by_designer(found, catalogue("name", text))
    (rendering,) = printed(artwork.zpl)
    shown = [each.data for each in rendering.printed if each.carried is None]
    assert shown.count(text.encode()) == 3
    assert by_zplkit(artwork.zpl) == by_zplkit(drawn_by_designer(document()).zpl)


@settings(max_examples=80)
@given(ANYTHING, st.sampled_from((0, 90, 180, 270)))
def test_what_a_template_says_itself_is_no_command(text: str, rotate: int) -> None:
    """Neither is a designer's own text, stored on the printer with the fixed part."""
    box = {"kind": "text", "x": 100, "y": 56, "width": 8, "height": 8, "size": 2, "rotate": rotate}
    try:
        made = job(document(), template("square", b"", box | {"content": text}))
    except Refused:
        return
    check_label(made)


@settings(max_examples=60)
@given(
    st.sampled_from(("upper", "number", "code")),
    ANYTHING
    | st.from_regex("[-−]?[0-9]{1,3} ?[°%]?[CF^~]|[0-9^~]{4}|[A-Z~^]{2,3}", fullmatch=True),
)
def test_no_value_of_a_pictogram_is_a_command(value: str, text: str) -> None:
    name = {"upper": "temperature-upper", "number": "ce", "code": "country"}[value]
    element = {"kind": "pictogram", "name": name, "x": 120, "y": 46, "size": 6, value: text}
    try:
        made = job(document(), template("square", b"", element))
    except Refused:
        return
    check_label(made)


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(HARMFUL).map(logo),
        st.tuples(st.integers(0, len(logo()) - 1), st.integers(0, 255)).map(
            lambda each: logo()[: each[0]] + bytes([each[1]]) + logo()[each[0] + 1 :]
        ),
    )
)
def test_no_byte_of_a_picture_is_a_command(file: bytes) -> None:
    """Whatever stands in the file, only dots come out of it; most such files are refused."""
    try:
        made = job(document(), template("square", file))
    except Refused:
        return
    check_label(made)
    assert [by_zplkit(each) for each in sent(made)] == usual_commands("square", "unit")


@settings(max_examples=80)
@given(
    st.sampled_from(("lot", "configuration")),
    st.binary(min_size=1, max_size=12),
    st.sampled_from(("order.json", "order.yaml", "order.csv")),
)
def test_no_byte_of_an_order_file_is_a_command(field: str, raw: bytes, name: str) -> None:
    """Bytes that are no text, and bytes that end the text and go on as another field."""
    usual = document(**{field: "MARK"})
    written = {
        "order.json": json.dumps(usual),
        "order.yaml": json.dumps(usual),
        "order.csv": _table(usual),
    }[name]
    assert documents.parse(name, written.encode())
    try:
        (found, *_) = documents.rows(documents.parse(name, written.encode().replace(b"MARK", raw)))
        made = job(found, TEMPLATES["square"])  # type: ignore[arg-type]  # whatever it is
    except Refused:
        return
    check_label(made)


def _table(found: dict[str, Any]) -> str:
    flat = {each: str(value) for each, value in found.items() if each != "serials"}
    flat["serials.list"] = found["serials"]["list"][0]
    return ";".join(flat) + "\n" + ";".join(flat.values()) + "\n"


@settings(max_examples=40)
@given(SHORT, st.text("^~\\_,: ABXZ升温", min_size=1, max_size=60))
def test_text_of_several_lines_and_labels_side_by_side_keep_to_the_same_fields(
    lot: str, text: str
) -> None:
    """How many fields there are follows from the lines; what they are made of does not."""
    design = {
        "name": "all",
        "revision": "1",
        "size": {"width": 60, "height": 40},
        "repeat": {"across": 2, "pitch": 62},
        "elements": (
            SQUARE,
            {"kind": "hri", "x": 24, "y": 2, "width": 34, "height": 14, "size": 2}
            | {"flow": "flowing"},
            {"kind": "text", "x": 2, "y": 24, "width": 40, "height": 14, "size": 2}
            | {"content": "{configuration}", "shrink_to": "1.625", "when": "configuration"},
        ),
    }
    try:
        made = job(document(lot=lot, configuration=text), Template.parse(design))
    except Refused:
        return
    check_label(made)
