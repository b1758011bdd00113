"""What the artwork tests share: the font, the shipped templates, and labels to lay out."""

from pathlib import Path

import pytest

from station.artwork.template import Template
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.documents import read_yaml

LABELS = Path(__file__).parents[3] / "config" / "labels"

PRODUCT = {
    "registrant_name": "示例医疗科技有限公司",
    "registrant_address": "示例市样品区标签路1号",
    "registration_number": "样械注准20260000001",
    "manufacturer_name": "示例医疗器械制造有限公司",
    "manufacturer_address": "示例市样品区标签路2号",
    "production_licence": "样药监械生产许00000000号",
    "contact": "400-000-0000",
    "service_life": "5年 / 5 years",
    "storage": "0–40 °C, RH ≤ 85 %",
    "quantity": "24",
    "configuration": "每袋1条",
}
UNIT = PRODUCT | {
    "product_name": "医用升温毯(主机)",
    "product_name_en": "Medical warming blanket (main unit)",
    "model": "HAS-MHB-HC",
    "specification": "AC 220 V 50 Hz",
    "serial": "CN010123",
    "lot": "",
    "production_date": "2020-02-29",
    "expiry_date": "",
}
PRIMARY = PRODUCT | {
    "product_name": "医用升温毯",
    "product_name_en": "Medical warming blanket (forced air)",
    "model": "HAS-MHB-X2",
    "specification": "充气式升温毯 200 cm × 90 cm",
    "serial": "",
    "lot": "20200331",
    "production_date": "2020-03-31",
    "expiry_date": "2023-03-30",
}
UNIT_ELEMENTS = (("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))
PRIMARY_ELEMENTS = (("01", "06972869182125"), ("17", "230330"), ("10", "20200331"))

Case = tuple[Template, dict[str, str], ElementString]


def shipped(name: str) -> Template:
    return Template.parse(read_yaml((LABELS / f"{name}.yaml").read_bytes()))


@pytest.fixture(scope="session")
def font() -> Font:
    return Font.load()


@pytest.fixture(scope="session")
def unit() -> Case:
    """One serialised main unit."""
    return shipped("has-mhb-hc-unit"), UNIT, ElementString.of(*UNIT_ELEMENTS)


@pytest.fixture(scope="session")
def primary() -> Case:
    """One primary pack of a lot."""
    return shipped("has-mhb-x2-primary"), PRIMARY, ElementString.of(*PRIMARY_ELEMENTS)


@pytest.fixture(scope="session", params=["unit", "primary"])
def case(request: pytest.FixtureRequest) -> Case:
    """Each shipped template with a label of its product."""
    found: Case = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def wide() -> Template:
    """Room for any data in both carriers: 150 × 60 mm."""
    return Template.parse(
        {
            "name": "wide",
            "revision": "1",
            "size": {"width": 150, "height": 60},
            "elements": (
                {"kind": "datamatrix", "x": 4, "y": 4, "module": "0.375"},
                {"kind": "gs1_128", "x": 6, "y": 42, "module": "0.25", "height": "12.7"},
                {
                    "kind": "hri",
                    "x": 30,
                    "y": 4,
                    "width": 110,
                    "height": 30,
                    "size": 2,
                    "flow": "flowing",
                },
            ),
        }
    )
