"""A work order that exists can be printed to its last label."""

from datetime import date
from typing import Any

import pytest

from station.core.catalogue import Catalogue, CatalogueFile, LevelName
from station.core.order import WorkOrder, elements, parse_order
from station.core.problem import Refused
from station.core.shape import parse

TODAY = date(2026, 11, 22)

SERIAL_ORDER: dict[str, Any] = {
    "id": "WO-1",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 24,
    "production_date": date(2026, 11, 20),
    "serials": {"prefix": "CN", "start": "010123"},
    "template": "has-mhb-hc-unit",
    "revision": "1",
}
LOT_ORDER: dict[str, Any] = {
    "id": "WO-2",
    "product": "HAS-MHB-X2",
    "level": "primary",
    "quantity": 12,
    "lot": "20261120",
    "production_date": "2026-11-20",
    "expiry_date": "2029-11-19",
    "template": "has-mhb-x2-primary",
    "revision": "1",
}


def order(document: dict[str, Any], catalogue: Catalogue, **changes: Any) -> WorkOrder:
    kept = {name: value for name, value in {**document, **changes}.items() if value is not None}
    return parse_order(kept, catalogue=catalogue, today=TODAY)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    def product(model: str, gmn: str, gtin: str, level: str, *ais: str) -> dict[str, Any]:
        return {
            "model": model,
            "name": {"zh": "医用升温毯"},
            "family": "warming",
            "basic_udi_di": gmn,
            "registrant": "us",
            "manufacturer": "us",
            "pi": {"ais": ais, "inferred": False},
            "levels": ({"level": level, "indicator": 0, "gtin": gtin, "source": "printed"},),
        }

    document = {
        "parties": ({"id": "us", "name": {"zh": "本公司"}, "domicile": {"zh": "本市"}},),
        "products": (
            product("HAS-MHB-HC", "697286918201PU", "06972869182019", "unit", "11", "21"),
            product("HAS-MHB-X2", "697286918212PZ", "06972869182125", "primary", "17", "10"),
        ),
    }
    return Catalogue({"all.yaml": parse(CatalogueFile, document)})


def test_a_serial_order_encodes_di_then_date_then_serial(catalogue: Catalogue) -> None:
    found = order(SERIAL_ORDER, catalogue)
    product = catalogue["HAS-MHB-HC"]
    level = product.level(LevelName.UNIT)
    assert level is not None
    carried = elements(found, level=level, product=product, serial="CN010123")
    assert carried.encode() == b"01069728691820191126112021CN010123"


def test_a_lot_order_encodes_di_then_expiry_then_lot(catalogue: Catalogue) -> None:
    found = order(LOT_ORDER, catalogue)
    product = catalogue["HAS-MHB-X2"]
    level = product.level(LevelName.PRIMARY)
    assert level is not None
    carried = elements(found, level=level, product=product, serial="")
    assert carried.encode() == b"0106972869182125172911191020261120"


def test_dates_may_be_text_and_quantities_of_a_table_too(catalogue: Catalogue) -> None:
    found = order(SERIAL_ORDER, catalogue, production_date="2026-11-20", quantity="24")
    assert (found.production_date, found.quantity) == (date(2026, 11, 20), 24)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"product": "HAS"}, "product: There is no product 'HAS' in the catalogue."),
        ({"level": "outer"}, "level: HAS-MHB-HC has no packaging level 'outer'. It has: unit."),
        ({"level": "crate"}, "level: Expected one of 'unit', 'primary', 'secondary' or 'outer'"),
        ({"quantity": 0}, "quantity: Expected a whole number of at least 1, got 0."),
        ({"quantity": True}, "quantity: Expected a whole number of at least 1, got True."),
        ({"quantity": "2.5"}, "quantity: Expected a whole number of at least 1, got '2.5'."),
        ({"quantity": 10**9}, "quantity: An order has at most 50000 labels"),
        ({"id": "../../etc"}, "id: Expected 1 to 40 of A-Z a-z 0-9 . _ -"),
        ({"id": "x" * 41}, "id: Expected 1 to 40"),
        ({"id": 7}, "id: This was read as a number, 7, but it is a code"),
        ({"revision": 1}, "revision: This was read as a number, 1"),
        ({"revision": 1.5}, "revision: This was read as a number, 1.5"),
        ({"template": True}, "template: This was read as a yes or no, True"),
        ({"lot": date(2026, 1, 1)}, "lot: This was read as a date, 2026-01-01"),
        ({"production_date": None}, "production_date: HAS-MHB-HC carries AI 11 on its label"),
        ({"serials": None}, "serials: HAS-MHB-HC carries AI 21 on its label"),
        ({"production_date": "2026-02-29"}, "production_date: Expected a date as YYYY-MM-DD"),
        ({"production_date": "20261120"}, "production_date: Expected a date as YYYY-MM-DD"),
        ({"production_date": "2026-11-23"}, "The production date 2026-11-23 lies in the future"),
        ({"production_date": "1950-01-01"}, "production_date: 1950-01-01 cannot be encoded"),
        ({"expiry_date": "2026-11-20"}, "expiry_date: The expiry date 2026-11-20 is not after"),
        ({"serials": {"list": ("CN 1",)}, "quantity": 1}, "serials"),
        ({"serials": {"list": ("A" * 21,)}, "quantity": 1}, "serials"),
        ({"serials": {"list": ("A",)}}, "serials: The plan gives 1 serials, expected 24"),
        ({"surprise": 1}, "surprise: Unknown field. Expected one of: id, product"),
        ({"template": "a\x07b"}, "template: Character 2 is U+0007, which cannot be printed."),
        ({"template": " "}, "template: Expected text, got nothing."),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    changes: dict[str, Any], sentence: str, catalogue: Catalogue
) -> None:
    with pytest.raises(Refused) as refused:
        order(SERIAL_ORDER, catalogue, **changes)
    assert sentence in str(refused.value)


def test_a_lot_order_refuses_serials(catalogue: Catalogue) -> None:
    with pytest.raises(Refused, match="HAS-MHB-X2 does not carry AI 21 on its label"):
        order(LOT_ORDER, catalogue, serials={"start": "01"})


def test_a_field_that_the_label_does_not_carry_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Refused, match="lot: HAS-MHB-HC does not carry AI 10 on its label"):
        order(SERIAL_ORDER, catalogue, lot="A1")


def test_a_lot_that_is_past_its_expiry_is_refused(catalogue: Catalogue) -> None:
    dates = {"production_date": "2023-03-20", "expiry_date": "2026-11-22"}
    with pytest.raises(Refused, match="The expiry date 2026-11-22 is over; today is 2026-11-22"):
        order(LOT_ORDER, catalogue, **dates)


def test_an_unknown_product_is_named_beside_other_errors(catalogue: Catalogue) -> None:
    with pytest.raises(Refused) as refused:
        order(SERIAL_ORDER, catalogue, product="NOPE", quantity=0)
    assert {each.where for each in refused.value.problems} == {"product", "quantity"}


def test_a_lot_that_cannot_be_encoded_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Refused):
        order(LOT_ORDER, catalogue, lot="批号")


def test_all_reasons_come_at_once(catalogue: Catalogue) -> None:
    with pytest.raises(Refused) as refused:
        order(SERIAL_ORDER, catalogue, lot=5, quantity=0, level="x", what="?")
    assert {each.where for each in refused.value.problems} == {"lot", "quantity", "level", "what"}


def test_what_is_not_a_mapping_is_refused(catalogue: Catalogue) -> None:
    for document in ("text", 7, None, ("a",)):
        with pytest.raises(Refused, match="Expected a mapping of fields"):
            parse_order(document, catalogue=catalogue, today=TODAY)


def test_an_expiry_date_left_out_is_computed_and_one_given_is_checked(
    catalogue: Catalogue,
) -> None:
    kept = catalogue["HAS-MHB-X2"].model_dump() | {
        "shelf_life": {"base": "production", "years": 3, "minus_one_day": True}
    }
    document = {
        "parties": tuple(each.model_dump() for each in catalogue.parties.values()),
        "products": (kept,),
    }
    ruled = Catalogue({"one.yaml": parse(CatalogueFile, document)})
    assert order(LOT_ORDER, ruled, expiry_date=None).expiry_date == date(2029, 11, 19)
    with pytest.raises(Refused, match=r"expected 2029-11-19, got 2029-11-20"):
        order(LOT_ORDER, ruled, expiry_date="2029-11-20")


def test_an_outer_pack_carries_what_its_level_says_variable_ones_last(
    catalogue: Catalogue,
) -> None:
    found = catalogue["HAS-MHB-X2"]
    outer = found.levels[0].model_copy(update={"ais": ("91", "21", "10", "11", "17")})
    document = {**LOT_ORDER, "serials": {"list": ("0001",)}, "internal": "01A"}
    carried = elements(parse(WorkOrder, document), level=outer, product=found, serial="0001")
    assert [each.ai for each in carried.elements] == ["01", "11", "17", "10", "21", "91"]
