"""Every field a template may name is there, and says what the catalogue and the order say."""

from typing import Any

import pytest

from station.app import Workshop
from station.artwork.content import FIELDS
from station.config import Config
from station.core.order import WorkOrder
from station.core.shape import parse
from station.line.fields import label_fields

ORDER: dict[str, Any] = {
    "id": "WO-1",
    "product": "SPECIMEN-BP-8",
    "level": "unit",
    "quantity": 1,
    "template": "any",
    "revision": "1",
    "lot": "261120",
    "sterilisation_lot": "S261121",
    "production_date": "2026-11-20",
    "expiry_date": "2031-11-19",
    "serials": {"list": ("0001",)},
}


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop.open(Config())


def fields(workshop: Workshop, **changes: Any) -> dict[str, str]:
    order = parse(WorkOrder, {**ORDER, **changes})
    catalogue = workshop.library.catalogue
    product = catalogue[order.product]
    level = product.level(order.level)
    assert level is not None
    return label_fields(order, product=product, level=level, catalogue=catalogue, serial="0001")


def test_a_template_can_name_these_fields_and_no_others(workshop: Workshop) -> None:
    assert set(fields(workshop)) == set(FIELDS)


def test_a_contract_label_has_all_that_the_law_asks_for(workshop: Workshop) -> None:
    found = fields(workshop)
    assert found["contract_statement"] == "委托生产"
    assert {
        name: found[name]
        for name in (
            "contract_manufacturer_name",
            "contract_manufacturer_domicile",
            "contract_manufacturer_address",
            "contract_manufacturer_licence",
            "registrant_name",
            "registrant_address",
            "registration_number",
        )
    } == {
        "contract_manufacturer_name": "示例精密制造有限公司",
        "contract_manufacturer_domicile": "示例省样品市工业路5号",
        "contract_manufacturer_address": "示例省样品市工业路5号2号楼",
        "contract_manufacturer_licence": "样药监械生产许00000001号",
        "registrant_name": "示例骨科医疗器械有限公司",
        "registrant_address": "示例省示例市注册路3号",
        "registration_number": "样械注准20263130005",
    }


def test_what_is_made_by_its_manufacturer_names_no_contract(workshop: Workshop) -> None:
    found = fields(workshop, product="HAS-MHB-HC", level="unit")
    contract = {name: text for name, text in found.items() if name.startswith("contract_")}
    assert set(contract.values()) == {""}
    assert found["production_licence"] == "样药监械生产许00000000号"


def test_a_lot_can_have_a_configuration_of_its_own(workshop: Workshop) -> None:
    changes = {"product": "A型", "level": "outer"}
    assert fields(workshop, **changes)["configuration"] == "每盒10袋，每袋2贴"
    assert fields(workshop, **changes, configuration="配针")["configuration"] == "配针"


def test_a_product_without_a_catalogue_number_is_ordered_by_its_model(workshop: Workshop) -> None:
    assert fields(workshop)["ref"] == "SPECIMEN-BP-8"
