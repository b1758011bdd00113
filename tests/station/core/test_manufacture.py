"""What the law asks of a device made under contract is asked before a label is printed."""

from datetime import date
from typing import Any

import pytest

from station.core.catalogue import Catalogue, CatalogueFile
from station.core.manufacture import making_problems, starting_problems
from station.core.problem import Refused
from station.core.shape import parse

TODAY = date(2026, 11, 22)

REGISTRANT: dict[str, Any] = {"id": "us", "name": {"zh": "注册人"}, "domicile": {"zh": "甲市"}}
MAKER: dict[str, Any] = {
    "id": "them",
    "name": {"zh": "受托方"},
    "domicile": {"zh": "乙市"},
    "production_address": {"zh": "乙市工业路1号"},
    "licence": {"number": "许0001", "valid_from": "2024-01-01", "valid_until": "2028-12-31"},
}
AGREEMENT: dict[str, Any] = {
    "registrant": "us",
    "contract_manufacturer": "them",
    "valid_from": "2025-01-01",
    "valid_until": "2027-12-31",
    "reviewed_on": "2026-06-30",
    "resident_representative": "王某",
}
IMPLANT: dict[str, Any] = {
    "model": "ZR-1",
    "name": {"zh": "骨板"},
    "family": "implant",
    "basic_udi_di": "697286918201PU",
    "registrant": "us",
    "manufacturer": "us",
    "contract_manufacturer": "them",
    "registration": {"number": "注0001", "valid_from": "2025-01-01", "valid_until": "2029-12-31"},
    "profiles": ("nmpa",),
    "pi": {"ais": ("17", "10", "21"), "inferred": False},
    "levels": ({"level": "unit", "indicator": 0, "gtin": "06972869182019", "source": "printed"},),
}


def catalogue(
    *agreements: dict[str, Any], maker: dict[str, Any] | None = None, **changes: Any
) -> Catalogue:
    document = {
        "parties": (REGISTRANT, MAKER if maker is None else maker),
        "agreements": agreements,
        "products": ({**IMPLANT, **changes},),
    }
    return Catalogue({"one.yaml": parse(CatalogueFile, document)})


def making(found: Catalogue, made_on: date = TODAY) -> list[str]:
    return [str(each) for each in making_problems(found["ZR-1"], found, made_on)]


def starting(found: Catalogue, *, today: date = TODAY, registered: bool = False) -> list[str]:
    product = found["ZR-1"]
    level = product.levels[0]
    every = starting_problems(product, level, found, today=today, registered=registered)
    return [str(each) for each in every]


def test_a_contract_order_with_all_its_papers_is_made_and_started() -> None:
    assert making(catalogue(AGREEMENT)) == []
    assert starting(catalogue(AGREEMENT)) == []


def test_a_device_that_is_never_made_under_contract_is_refused() -> None:
    (found,) = making(catalogue(contract_prohibited=True))
    assert found.startswith("product: ZR-1 is on the list of devices that are never made under")
    own = catalogue(contract_prohibited=True, contract_manufacturer=None)
    assert making(own) == []


@pytest.mark.parametrize("lacking", ["production_address", "licence"])
def test_a_contract_label_that_could_not_name_the_maker_is_refused(lacking: str) -> None:
    maker = {name: value for name, value in MAKER.items() if name != lacking}
    (found,) = making(catalogue(maker=maker))
    assert found.startswith(f"parties.them.{lacking}: The label of a device made under contract")


def test_a_contract_label_names_a_registration_certificate() -> None:
    (found,) = making(catalogue(registration=None))
    assert found.startswith("ZR-1.registration: The label of a device made under contract")


@pytest.mark.parametrize(
    ("made_on", "papers"),
    [
        (date(2025, 1, 1), []),
        (date(2024, 12, 31), ["Registration certificate"]),
        (date(2028, 12, 31), []),
        (date(2029, 1, 1), ["Production licence"]),
        (date(2030, 1, 1), ["Registration certificate", "Production licence"]),
    ],
)
def test_certificates_cover_the_day_of_production(made_on: date, papers: list[str]) -> None:
    found = making(catalogue(), made_on)
    assert [" ".join(each.split()[1:3]) for each in found] == papers


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (date(2024, 12, 31), "not in force"),
        (date(2027, 6, 30), ""),
        (date(2027, 7, 1), "yearly review"),
        (date(2028, 1, 1), "not in force"),
    ],
)
def test_no_contract_order_starts_under_an_agreement_that_is_out_of_force_or_not_reviewed(
    today: date, why: str
) -> None:
    found = starting(catalogue(AGREEMENT), today=today)
    assert any(why in each for each in found) if why else found == []


def test_no_contract_order_starts_without_an_agreement_that_covers_the_product() -> None:
    (found,) = starting(catalogue())
    assert found.startswith("agreement: There is no quality agreement between us and them")
    other = starting(catalogue({**AGREEMENT, "contract_manufacturer": "us"}))
    assert len(other) == 1


def test_a_review_on_a_leap_day_is_due_on_the_last_of_february() -> None:
    leap = catalogue({**AGREEMENT, "reviewed_on": "2024-02-29"})
    assert starting(leap, today=date(2025, 2, 28)) == []
    assert len(starting(leap, today=date(2025, 3, 1))) == 1


def test_a_device_is_registered_before_it_is_labelled_unless_the_site_says_otherwise() -> None:
    (found,) = starting(catalogue(AGREEMENT), registered=True)
    assert "06972869182019 is not registered in nmpa" in found
    level = {**IMPLANT["levels"][0], "registered": ("nmpa",)}
    assert starting(catalogue(AGREEMENT, levels=(level,)), registered=True) == []


def test_whoever_makes_under_contract_is_somebody_else_and_known() -> None:
    with pytest.raises(Refused, match="somebody else than its registrant"):
        catalogue(contract_manufacturer="us")
    with pytest.raises(Refused, match=r"ZR-1\.contract_manufacturer: There is no party 'nobody'"):
        catalogue(contract_manufacturer="nobody")
    with pytest.raises(Refused, match=r"agreements\.0\.models: There is no product"):
        catalogue({**AGREEMENT, "models": ("ZR-2",)})
