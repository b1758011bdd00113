"""The human-readable texts of one label, by the names that templates use.

The HRI is not among them: it is generated from what is encoded. A text that a product or an order
does not have is empty, and what its template then does is the template's matter.
"""

from datetime import date

from station.core.catalogue import Catalogue, Level, Product
from station.core.order import WorkOrder
from station.core.parties import CONTRACT_STATEMENT, Certificate, LocalText, Party


def label_fields(
    order: WorkOrder, *, product: Product, level: Level, catalogue: Catalogue, serial: str
) -> dict[str, str]:
    """Every field a template may name: see `station.artwork.content.FIELDS`."""
    return (
        _product(product)
        | _level(level)
        | _parties(product, catalogue)
        | _order(order, level)
        | {"serial": serial}
        | {f"field.{name}": text for name, text in product.fields.items()}
    )


def _product(product: Product) -> dict[str, str]:
    return {
        "product_name": product.name.zh,
        "product_name_en": product.name.en,
        "model": product.model,
        "specification": product.specification,
        "ref": product.ref or product.model,
        "registration_number": _number(product.registration),
        "notified_body": product.notified_body,
        "software_version": product.software_version,
        "service_life": product.service_life,
        "storage": product.storage,
        "power": product.power,
        "warnings": product.warnings,
        "sterile": "sterile" if "sterile" in product.traits else "",
        "single_use": "single-use" if "single-use" in product.traits else "",
    }


def _level(level: Level) -> dict[str, str]:
    return {
        "quantity": level.quantity,
        "gross_weight": level.gross_weight,
        "volume": level.volume,
    }


def _order(order: WorkOrder, level: Level) -> dict[str, str]:
    return {
        "lot": order.lot or "",
        "sterilisation_lot": order.sterilisation_lot or "",
        "production_date": _iso(order.production_date),
        "expiry_date": _iso(order.expiry_date),
        "internal": order.internal or "",
        "count": order.count or "",
        "configuration": order.configuration or level.configuration,
    }


def _parties(product: Product, catalogue: Catalogue) -> dict[str, str]:
    known = catalogue.parties
    contract = known.get(product.contract_manufacturer or "")
    representative = known.get(product.eu_representative or "")
    return (
        _registrant(known[product.registrant])
        | _maker("manufacturer", known[product.manufacturer])
        | {"production_licence": _number(known[product.manufacturer].licence)}
        | _maker("contract_manufacturer", contract)
        | {
            "contract_statement": CONTRACT_STATEMENT if contract else "",
            "contract_manufacturer_licence": _number(contract.licence if contract else None),
            "eu_representative_name": _en(representative.name) if representative else "",
            "eu_representative_address": _en(representative.domicile) if representative else "",
        }
    )


def _registrant(party: Party) -> dict[str, str]:
    return {
        "registrant_name": party.name.zh,
        "registrant_name_en": party.name.en,
        "registrant_address": party.domicile.zh,
        "registrant_address_en": party.domicile.en,
        "registrant_contact": party.contact,
    }


def _maker(role: str, party: Party | None) -> dict[str, str]:
    """Name, domicile, production address and contact, in both languages; empty for nobody."""
    made_at = party.production_address or party.domicile if party else None
    return {
        f"{role}_name": party.name.zh if party else "",
        f"{role}_name_en": party.name.en if party else "",
        f"{role}_domicile": party.domicile.zh if party else "",
        f"{role}_domicile_en": party.domicile.en if party else "",
        f"{role}_address": made_at.zh if made_at else "",
        f"{role}_address_en": made_at.en if made_at else "",
        f"{role}_contact": party.contact if party else "",
    }


def _number(paper: Certificate | None) -> str:
    return paper.number if paper else ""


def _en(text: LocalText) -> str:
    return text.en or text.zh


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
