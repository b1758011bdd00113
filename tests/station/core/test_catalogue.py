"""The catalogue refuses what could put a wrong code on a label."""

import copy
from typing import Any

import pytest

from station import documents
from station.config import shipped
from station.core.catalogue import Catalogue, CatalogueFile, LevelName
from station.core.problem import Refused
from station.core.shape import parse

PARTY = {"id": "us", "name": {"zh": "本公司"}, "domicile": {"zh": "本市"}}
PRODUCT: dict[str, Any] = {
    "model": "HAS-MHB-HC",
    "name": {"zh": "医用升温毯(主机)"},
    "family": "warming_unit",
    "basic_udi_di": "697286918201PU",
    "registrant": "us",
    "manufacturer": "us",
    "pi": {"ais": ("11", "21"), "inferred": False},
    "levels": (
        {"level": "unit", "indicator": 0, "gtin": "06972869182019", "source": "printed"},
        {"level": "outer", "indicator": 1, "gtin": "16972869182016", "source": "derived"},
    ),
}


def catalogue(*products: dict[str, Any], prefix: str | None = "697286918") -> Catalogue:
    document = {"company_prefix": prefix, "parties": (PARTY,), "products": products}
    return Catalogue({"one.yaml": parse(CatalogueFile, document)})


def product(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PRODUCT), **changes}


def test_the_shipped_catalogue_holds_the_26_products_of_the_procedure() -> None:
    files = {
        path.name: parse(CatalogueFile, documents.read(path))
        for path in sorted(shipped("catalogue").glob("*.yaml"))
        if path.name != "specimen_implant.yaml"
    }
    found = Catalogue(files)
    assert len(found) == 26
    assert sum(each.pi.inferred for each in found.values()) == 24
    assert found["HAS-MHB-X2"].pi.ais == ("17", "10")
    gtins = [level.gtin for each in found.values() for level in each.levels]
    assert len(gtins) == len(set(gtins)) == 59


def test_a_product_knows_its_levels_and_how_each_is_traced() -> None:
    found = catalogue(product())["HAS-MHB-HC"]
    outer = found.level(LevelName.OUTER)
    assert outer is not None
    assert found.trace(outer) == "serial"
    assert outer.gtin == "16972869182016"
    assert found.level(LevelName.SECONDARY) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"basic_udi_di": "697286918201PV"},
            "products.0.basic_udi_di",
        ),
        (
            {"pi": {"ais": ("11", "11", "21"), "inferred": False}},
            "products.0.pi.ais: An AI is selected twice: 11, 11, 21.",
        ),
        (
            {"pi": {"ais": ("11",), "inferred": False}},
            "products.0.pi.ais: Neither lot (10) nor serial (21) is selected.",
        ),
        (
            {"pi": {"ais": ("8013", "21"), "inferred": False}},
            "products.0.pi.ais: AI 8013 is not a production identifier. Expected some of 11, 17,",
        ),
        (
            {"levels": ()},
            "products.0.levels: A product needs at least one level, and each level once.",
        ),
        (
            {"registrant": "them"},
            "HAS-MHB-HC.registrant: There is no party 'them'. Known parties: us.",
        ),
    ],
)
def test_what_is_wrong_with_a_product_is_said_with_its_place(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        catalogue(product(**changes))
    assert sentence in str(refused.value)


def test_a_level_digit_put_before_a_gtin_13_is_refused_with_the_right_gtin() -> None:
    """Prefixing breaks the check digit: the trap of the procedure's packaging levels."""
    levels = (
        {"level": "primary", "indicator": 0, "gtin": "06972869183016", "source": "printed"},
        {"level": "secondary", "indicator": 2, "gtin": "16972869183013", "source": "derived"},
    )
    with pytest.raises(Refused) as refused:
        catalogue(product(levels=levels))
    assert "expected 26972869183010, got 16972869183013" in str(refused.value)


def test_a_gtin_with_a_wrong_check_digit_is_refused() -> None:
    levels = ({"level": "unit", "indicator": 0, "gtin": "06972869182018", "source": "printed"},)
    with pytest.raises(Refused, match="expected 9, got 8"):
        catalogue(product(levels=levels))


def test_models_gtins_and_basic_udi_dis_are_unique_over_all_products() -> None:
    with pytest.raises(Refused) as refused:
        catalogue(product(), product())
    fields = {each.where for each in refused.value.problems}
    assert fields == {"model", "gtin", "basic_udi_di"}


def test_a_gtin_of_another_company_is_refused() -> None:
    with pytest.raises(Refused, match="does not carry the company prefix 697286919"):
        catalogue(product(), prefix="697286919")


def test_every_problem_of_a_file_comes_at_once() -> None:
    bad = product(model=7, extra="x")
    with pytest.raises(Refused) as refused:
        catalogue(bad, product(basic_udi_di="697286918201PX"))
    assert [each.where for each in refused.value.problems] == [
        "products.0.model",
        "products.0.extra",
        "products.1.basic_udi_di",
    ]


def test_what_a_family_shares_is_said_once_and_a_product_has_the_last_word() -> None:
    shared = {
        "registrant": "us",
        "manufacturer": "us",
        "storage": "dry",
        "levels": {"outer": {"quantity": "20", "ais": ("11", "21", "91")}},
    }
    mine = {name: each for name, each in product().items() if name not in shared}
    document = {
        "parties": (PARTY,),
        "families": {"warming_unit": shared},
        "products": ({**mine, "levels": PRODUCT["levels"], "storage": "cold"},),
    }
    found = Catalogue({"one.yaml": parse(CatalogueFile, document)})["HAS-MHB-HC"]
    unit, outer = found.levels
    assert (found.storage, unit.quantity, outer.quantity) == ("cold", "", "20")
    assert (found.carried(unit), found.carried(outer)) == (("11", "21"), ("11", "21", "91"))


@pytest.mark.parametrize("shared", [5, {"levels": 5}, {"levels": {"unit": 5}}, {"colour": "red"}])
def test_a_family_that_shares_nonsense_is_refused_or_shares_nothing(shared: object) -> None:
    document = {"parties": (PARTY,), "families": {"warming_unit": shared}, "products": (product(),)}
    try:
        found = parse(CatalogueFile, document)
    except Refused as refused:
        assert any(word in str(refused) for word in ("families", "colour"))  # noqa: PT017 - either
    else:
        assert found.products[0].levels[0].quantity == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ais": ("21", "37")}, "levels.outer.ais: AI 37 has no place in a symbol of the station."),
        ({"ais": ("11",)}, "levels.outer.ais: Neither lot (10) nor serial (21) is selected."),
        ({"ais": ("10", "240")}, "levels.outer.ais: AI 240 is carried, so the product needs"),
    ],
)
def test_what_a_level_carries_is_checked_as_the_selection_is(
    changes: dict[str, Any], sentence: str
) -> None:
    unit, outer = PRODUCT["levels"]
    with pytest.raises(Refused) as refused:
        catalogue(product(levels=(unit, {**outer, **changes})))
    assert sentence in str(refused.value)
