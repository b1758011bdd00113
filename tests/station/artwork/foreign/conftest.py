"""What these tests share: a design as a label designer exports it, and labels to fill it with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station.artwork.foreign.template import ForeignTemplate
from station.core.gs1 import ElementString
from station.core.problem import Refused

EXPORTED = Path(__file__).with_name("imported-unit.zpl")
DOCUMENT: dict[str, Any] = {
    "name": "imported-unit",
    "revision": "1",
    "design": "imported-unit.zpl",
    "size": {"width": 60, "height": 40},
    "dots_per_mm": (8,),
    "not_compared": ("registrant_name", "registrant_address"),
}
SMALL = (
    b"^XA^PW480^LL320\n"
    rb"^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS" + b"\n"
    b"^FO24,280^A0N,20^FD${hri}^FS\n"
    b"^FO200,24^A0N,20^FD${lot}^FS\n"
    b"^XZ\n"
)
"""The least a design can be."""

Parse = Callable[..., ForeignTemplate]


@pytest.fixture(scope="session")
def exported() -> bytes:
    return EXPORTED.read_bytes()


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return dict(DOCUMENT)


@pytest.fixture(scope="session")
def small() -> bytes:
    return SMALL


@pytest.fixture(scope="session")
def parsed() -> Parse:
    """A design with the document of a 60 × 40 mm label at 203 dpi; keywords change it."""

    def parse(zpl: bytes, **changed: Any) -> ForeignTemplate:
        return ForeignTemplate.parse(DOCUMENT | {"not_compared": ()} | changed, zpl)

    return parse


@pytest.fixture(scope="session")
def refusal(parsed: Parse) -> Callable[..., str]:
    """Why a design is refused."""

    def why(zpl: bytes, **changed: Any) -> str:
        with pytest.raises(Refused) as refused:
            parsed(zpl, **changed)
        return str(refused.value)

    return why


@pytest.fixture(scope="session")
def template(exported: bytes) -> ForeignTemplate:
    return ForeignTemplate.parse(DOCUMENT, exported)


@pytest.fixture(scope="session")
def fields() -> dict[str, str]:
    return {
        "product_name_en": "Warming blanket, main unit",
        "model": "HAS-MHB-HC",
        "serial": "CN010123",
        "lot": "L1",
        "production_date": "2020-02-29",
        "registrant_name": "示例医疗科技有限公司",
        "registrant_address": "示例市样品区标签路1号",
    }


@pytest.fixture(scope="session")
def elements() -> ElementString:
    return ElementString.of(("01", "06972869182019"), ("11", "200229"), ("21", "CN010123"))


@pytest.fixture(scope="session")
def refusing(parsed: Parse) -> Callable[..., str]:
    """Why a good design refuses a label: one with these fields."""

    def why(zpl: bytes, fields: dict[str, str], **changed: Any) -> str:
        template = parsed(zpl, **changed)
        elements = ElementString.of(("01", "06972869182019"))
        with pytest.raises(Refused) as refused:
            template.artwork(fields, elements, dots_per_mm=8)
        return str(refused.value)

    return why
