"""Whether a product may be made and labelled: papers, contracts and registers, each with its day.

Two moments: when an order is taken in, its labels must be able to say what the law asks for; when
it is started, the agreements and registers must be in force that day.

Source: State Council order no. 739 art. 34; NMPA order no. 6 (2014) art. 13; UDI control procedure
6.3; the special requirements for implants made under contract, steps 1, 3 and 5.
"""

from collections.abc import Iterator
from datetime import date

from station.core.catalogue import Catalogue, Level, Product, Registry
from station.core.parties import Certificate, missing_papers
from station.core.problem import Problem, problem

REGISTRIES: dict[str, Registry] = {"nmpa": "nmpa", "eu-mdr": "eudamed", "fda": "gudid"}
"""Where a DI is registered before its device is sold, by market."""


def making_problems(product: Product, catalogue: Catalogue, made_on: date) -> Iterator[Problem]:
    """Why no label of this product may be printed for what was made on that day."""
    maker = catalogue.parties[product.maker]
    if product.contract_manufacturer:
        if product.contract_prohibited:
            yield problem(
                "{model} is on the list of devices that are never made under contract, and"
                " {maker} would make it under contract (order no. 739, art. 34).",
                where="product",
                model=product.model,
                maker=maker.name.zh,
            )
        if product.registration is None:
            yield problem(
                "The label of a device made under contract names the registration certificate,"
                " which the catalogue does not know (order no. 6, art. 13).",
                where=f"{product.model}.registration",
            )
        yield from missing_papers(maker, catalogue.parties[product.registrant])
    yield from _out_of_force(product.registration, maker.licence, made_on)


def _out_of_force(
    registration: Certificate | None, licence: Certificate | None, day: date
) -> Iterator[Problem]:
    """A device is made only while it is registered, and by whom is licensed."""
    if registration and not registration.covers(day):
        yield problem(
            "Registration certificate {number} is not in force on {day}: expected a day of {days}.",
            where="production_date",
            number=registration.number,
            day=str(day),
            days=registration.days,
        )
    if licence and not licence.covers(day):
        yield problem(
            "Production licence {number} is not in force on {day}: expected a day of {days}.",
            where="production_date",
            number=licence.number,
            day=str(day),
            days=licence.days,
        )


def starting_problems(
    product: Product, level: Level, catalogue: Catalogue, *, today: date, registered: bool
) -> Iterator[Problem]:
    """Why no order for it may be started today; `registered`: its DI has to be registered."""
    if product.contract_manufacturer:
        agreement = catalogue.agreement(product)
        if agreement is None:
            yield problem(
                "There is no quality agreement between {registrant} and {maker} that covers"
                " {model}: no contract order is started without one.",
                where="agreement",
                registrant=product.registrant,
                maker=product.contract_manufacturer,
                model=product.model,
            )
        else:
            yield from agreement.problems(today)
    if registered:
        yield from _unregistered(product, level)


def _unregistered(product: Product, level: Level) -> Iterator[Problem]:
    for market in product.profiles:
        registry = REGISTRIES.get(market)
        if registry and registry not in level.registered:
            yield problem(
                "The device identifier {gtin} is not registered in {registry}: a device is"
                " registered before it is sold in {market} (procedure, 6.3).",
                where="registered",
                gtin=level.gtin,
                registry=registry,
                market=market,
            )
