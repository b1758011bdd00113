"""Who answers for a product: the registrant, the maker, and whoever makes it under contract.

A label of a device that is made under contract names the registrant and the contract manufacturer
with their papers, and says 委托生产. Whether a contract order may be printed at all depends on
papers with dates: certificates on the day of production, the quality agreement on the day the
order is started.

Source: Regulations on the Supervision and Administration of Medical Devices (State Council order
no. 739) art. 34; NMPA order no. 6 (2014) art. 13; the special requirements for implants made
under contract.
"""

from collections.abc import Iterator
from datetime import date

from station.core.problem import Problem, problem
from station.core.shape import Code, Day, Shape, Text

CONTRACT_STATEMENT = "委托生产"
"""What the label of a device made under contract says."""

REVIEWED_WITHIN = 1
"""Years after which the review of a quality agreement is overdue."""


class LocalText(Shape):
    """One text in the languages of the label."""

    zh: Text
    en: Text = ""


class Certificate(Shape):
    """A paper with a number, and the days on which it is in force, both included."""

    number: Code
    valid_from: Day | None = None
    valid_until: Day | None = None

    def covers(self, day: date) -> bool:
        begins, ends = self.valid_from, self.valid_until
        return (begins is None or begins <= day) and (ends is None or day <= ends)

    @property
    def days(self) -> str:
        """From when until when, with dots for no limit."""
        return f"{self.valid_from or '…'} – {self.valid_until or '…'}"


class Party(Shape):
    """A registrant or maker, as the label law wants it named (NMPA order no. 6, art. 13)."""

    id: Code
    name: LocalText
    domicile: LocalText
    production_address: LocalText | None = None
    licence: Certificate | None = None
    """Production licence."""

    contact: Text = ""
    specimen: bool = False
    """True for the invented parties of the sample catalogue."""


class Agreement(Shape):
    """A quality agreement between a registrant and a contract manufacturer."""

    registrant: Code
    contract_manufacturer: Code
    models: tuple[Code, ...] = ()
    """Products it covers; none named means all that the two make together."""

    valid_from: Day
    valid_until: Day
    reviewed_on: Day
    """When both last reviewed how it is kept; that is due every year."""

    resident_representative: Text
    """Whom the registrant has sent to the maker, and whose duties the agreement names."""

    def covers(self, *, registrant: str, maker: str, model: str) -> bool:
        of_both = (self.registrant, self.contract_manufacturer) == (registrant, maker)
        return of_both and (not self.models or model in self.models)

    def problems(self, today: date) -> Iterator[Problem]:
        """Why no contract order may be started under it today."""
        if not self.valid_from <= today <= self.valid_until:
            yield problem(
                "The quality agreement of {registrant} and {maker} is not in force: expected a day"
                " from {begins} to {ends}, today is {today}.",
                where="agreement",
                registrant=self.registrant,
                maker=self.contract_manufacturer,
                begins=str(self.valid_from),
                ends=str(self.valid_until),
                today=str(today),
            )
        due = _a_year_after(self.reviewed_on)
        if today > due:
            yield problem(
                "The yearly review of the quality agreement of {registrant} and {maker} is"
                " overdue: it was due by {due}, today is {today}.",
                where="agreement",
                registrant=self.registrant,
                maker=self.contract_manufacturer,
                due=str(due),
                today=str(today),
            )


def _a_year_after(day: date) -> date:
    year = day.year + REVIEWED_WITHIN
    leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if leap_day else day.replace(year=year)


def missing_papers(maker: Party, registrant: Party) -> Iterator[Problem]:
    """What a contract label must name of both and the catalogue does not know."""
    for party, what, known in (
        (maker, "production_address", maker.production_address),
        (maker, "licence", maker.licence),
        (maker, "domicile", maker.domicile.zh.strip()),
        (registrant, "domicile", registrant.domicile.zh.strip()),
    ):
        if not known:
            yield problem(
                "The label of a device made under contract names the {what} of {party}, which the"
                " catalogue does not know (order no. 6, art. 13).",
                where=f"parties.{party.id}.{what}",
                what=what,
                party=party.name.zh,
            )
