"""docs/labels.md is true: every field and setting stands in it, no other, and its examples work."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image
from pydantic import BaseModel

from station.__main__ import app
from station.artwork.content import FIELDS, PRODUCT_FIELDS
from station.artwork.elements import Lettering, Placed
from station.artwork.layout import layout
from station.artwork.pictograms.table import DRAWINGS
from station.artwork.scope import Scope
from station.artwork.template import Repeat, Template, TemplateElement
from station.artwork.text import Font
from station.config import shipped
from station.core.catalogue import Catalogue, CatalogueFile, Level, PiSelection, Product
from station.core.gs1 import ElementString
from station.core.lots import LotPolicy
from station.core.manufacture import starting_problems
from station.core.order import parse_order
from station.core.parties import Agreement, Certificate, Party
from station.core.profiles.need import Need
from station.core.profiles.profile import Others, Profile, Profiles
from station.core.profiles.subject import Deviation
from station.core.serials import SerialPolicy
from station.core.serials.policy import Block
from station.core.shape import parse
from station.core.shelf_life import ShelfLife
from station.documents import read_yaml
from station.line import design
from station.line.job import Job
from station.line.library import Library, load, rule_problems

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
TODAY = date(2026, 11, 22)
ELEMENTS: tuple[type[Placed], ...] = get_args(get_args(TemplateElement)[0])

TABLES: dict[str, type[BaseModel]] = {
    "File": CatalogueFile,
    "Product": Product,
    "PI selection": PiSelection,
    "Level": Level,
    "Party": Party,
    "Certificate": Certificate,
    "Agreement": Agreement,
    "Shelf life": ShelfLife,
    "Lots": LotPolicy,
    "Serials": SerialPolicy,
    "Block": Block,
    "Deviation": Deviation,
    "Profile": Profile,
    "Others": Others,
    "Need": Need,
    "Template": Template,
    "Scope": Scope,
    "Repeat": Repeat,
    "Every element": Placed,
}


def section(heading: str) -> str:
    found = PAGE.partition(f"\n### {heading}\n")[2]
    assert found, heading
    return re.split(r"\n##+ ", found)[0]


def listed(heading: str) -> list[str]:
    """What stands in the first column of the section's table."""
    return re.findall(r"^\| `([^`]+)` \|", section(heading), re.MULTILINE)


def kind_of(element: type[Placed]) -> str:
    (kind,) = get_args(element.model_fields["kind"].annotation)
    return str(kind)


def examples() -> Iterator[Any]:
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        yield read_yaml(text.encode())


def example(field: str) -> dict[str, Any]:
    """The one document of the page that has this field."""
    (found,) = (each for each in examples() if isinstance(each, dict) and field in each)
    return dict(found)


def catalogue() -> Catalogue:
    return Catalogue({"labels.md": parse(CatalogueFile, example("products"))})


def library() -> Library:
    known = load(
        catalogue=shipped("catalogue"), labels=shipped("labels"), profiles=shipped("profiles")
    )
    files = {f"{name}.yaml": each for name, each in known.profiles.items()}
    files["house.yaml"] = parse(Profile, example("needs"))
    template = Template.parse(example("elements"))
    key = (template.name, template.revision)
    return Library(catalogue(), Profiles(files), {key: template})


@pytest.mark.parametrize("heading", TABLES)
def test_every_field_stands_in_its_table_and_no_other(heading: str) -> None:
    assert sorted(listed(heading)) == sorted(TABLES[heading].model_fields)


@pytest.mark.parametrize("element", ELEMENTS, ids=kind_of)
def test_every_setting_of_every_kind_of_element_stands_in_its_table(
    element: type[Placed],
) -> None:
    shared = Lettering if issubclass(element, Lettering) else Placed
    own = set(element.model_fields) - set(shared.model_fields) - {"kind"}
    assert sorted(listed(f"`{kind_of(element)}`")) == sorted(own)


def test_no_kind_of_element_is_described_that_there_is_not() -> None:
    described = re.findall(r"^### `([^`]+)`$", PAGE, re.MULTILINE)
    assert sorted(described) == sorted(kind_of(each) for each in ELEMENTS)


def test_what_texts_and_hri_share_stands_in_one_table() -> None:
    own = set(Lettering.model_fields) - set(Placed.model_fields)
    assert sorted(listed("Lettering")) == sorted(own)


def test_every_field_of_a_label_is_named() -> None:
    names = re.findall(r"`([a-z_]+)`", section("Fields of a label").partition("\n`ref`")[0])
    assert set(names) - {"when", "unless", "fields"} == set(FIELDS)
    assert set(PRODUCT_FIELDS) <= set(names)


def test_every_pictogram_stands_in_the_table_with_what_it_takes() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| ([^|]+) \| ([^|]*)\| (\d+) \|$", section("Pictograms"), re.MULTILINE
    )
    found = [
        (name, clause, tuple(re.findall("`([^`]+)`", takes)), int(smallest))
        for name, clause, takes, smallest in rows
    ]
    assert found == [
        (name, each.clause, each.takes, each.smallest) for name, each in DRAWINGS.items()
    ]


def test_the_example_is_a_whole_catalogue_that_breaks_no_rule() -> None:
    known = library()
    assert list(rule_problems(known.catalogue, known.profiles)) == []
    product = known.catalogue["SET-1"]
    for level in product.levels:
        assert not list(
            starting_problems(product, level, known.catalogue, today=TODAY, registered=True)
        )


def test_a_refusal_is_worded_as_on_the_page() -> None:
    """Without its deviation the example breaks the rule of the house."""
    found = example("products")
    products = tuple({**each, "deviations": ()} for each in found["products"])
    broken = Catalogue({"a": parse(CatalogueFile, found | {"products": products})})
    (told,) = rule_problems(broken, library().profiles)
    assert str(told) in PAGE


def test_the_example_template_can_be_approved() -> None:
    known = library()
    (template,) = known.templates.values()
    design.check(template, library=known, font=Font.load(), dots_per_mm=8, today=TODAY)


def test_the_example_order_becomes_labels() -> None:
    known = library()
    order = parse_order(example("id"), catalogue=known.catalogue, today=TODAY)
    assert order.expiry_date == date(2028, 11, 19)
    made = Job(order, library=known, font=Font.load(), dots_per_mm=8)
    assert made.first.elements.hri() == "(01)02000000000022(17)281119(10)261120A"


def test_commands_on_the_page_are_there() -> None:
    groups = {str(each.name): each.typer_instance for each in app.registered_groups}
    named = set(re.findall(r"`labelstation ([a-z]+) ([a-z]+)", PAGE))
    assert named
    for group, command in named:
        of = groups.get(group) or app
        wanted = command if group in groups else group
        known = {
            (each.name or each.callback.__name__).removesuffix("_")
            for each in of.registered_commands
            if each.callback
        }
        assert wanted in known, f"{group} {command}"


BASE: tuple[dict[str, Any], ...] = (
    {"kind": "datamatrix", "x": 80, "y": 40, "module": "0.375"},
    {"kind": "hri", "x": 100, "y": 40, "width": 40, "height": 20, "size": 2},
)


def logo() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.eye(7, 8) > 0).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("elements", [each for each in examples() if isinstance(each, tuple)])
def test_every_example_of_an_element_is_laid_out(elements: tuple[dict[str, Any], ...]) -> None:
    kinds = {each["kind"] for each in elements}
    document = {
        "name": "t",
        "revision": "1",
        "size": {"width": 150, "height": 70},
        "elements": (*elements, *(each for each in BASE if each["kind"] not in kinds)),
    }
    template = Template.parse(document, pictures={"logo.png": logo()})
    fields = dict.fromkeys(FIELDS, "A1") | {
        "production_date": "2026-11-20",
        "expiry_date": "2028-11-19",
        "notified_body": "0123",
        "field.catheter": "40 °C",
    }
    carried = ElementString.of(("01", "02000000000022"), ("10", "A1"))
    for each in (fields, fields | {"lot": "", "notified_body": "", "storage": ""}):
        artwork = layout(template, each, carried, dots_per_mm=8, font=Font.load())
        assert artwork.symbols
