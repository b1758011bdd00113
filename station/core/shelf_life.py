"""How long a product keeps: the expiry date follows from a rule, and nobody types it in.

The rule belongs to the product's registration, so it is catalogue data. The labels of the UDI
control procedure (5.2.1) follow this one:

>>> rule = ShelfLife(base="lot", years=3, minus_one_day=True)
>>> rule.expiry(date(2018, 10, 11))
datetime.date(2021, 10, 10)
>>> rule.formula
'lot + P3Y − P1D'

Months differ in length, and so does what people make of it; the rule says which they mean:

>>> ShelfLife(base="production", months=6, minus_one_day=False).expiry(date(2024, 8, 31))
datetime.date(2025, 2, 28)
>>> ShelfLife(base="production", years=2, minus_one_day=True, end_of_month=True).expiry(
...     date(2024, 2, 29))
datetime.date(2026, 2, 28)
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import model_validator

from station.core.problem import Refused, problem
from station.core.shape import Count, Shape

LONGEST = 600
"""Months; an expiry date has two digits for the year, which mean at most 50 years ahead."""


class ShelfLife(Shape):
    base: Literal["production", "lot"]
    """Whether it is counted from the production date or from the date the lot begins with."""

    years: Count | None = None
    months: Count | None = None
    minus_one_day: bool
    """Whether the day of expiry is the last good one, or the first that is not counted."""

    missing_day: Literal["previous", "next"] = "previous"
    """For a day the month reached does not have (31 February): its last day, or the first of the
    month after it."""

    end_of_month: bool = False
    """Whether it then keeps until the last day of that month."""

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if not 1 <= self._months <= LONGEST:
            raise Refused(
                problem(
                    "A shelf life is given in years, months or both: expected 1 to {most} months"
                    " in all, got {got}.",
                    most=LONGEST,
                    got=self._months,
                )
            )
        return self

    @property
    def formula(self) -> str:
        """The rule in ISO 8601 durations, which every language writes alike."""
        years = f"{self.years}Y" if self.years else ""
        months = f"{self.months}M" if self.months else ""
        day = " − P1D" if self.minus_one_day else ""
        end = " → end of month" if self.end_of_month else ""
        return f"{self.base} + P{years}{months}{day}{end}"

    def expiry(self, base: date) -> date:
        """The use-by date of what was made on `base`. Raises Refused beyond the calendar."""
        try:
            reached = self._reached(base) - timedelta(days=int(self.minus_one_day))
        except (ValueError, OverflowError):
            raise Refused(
                problem(
                    "{base} with a shelf life of {rule} lies beyond the calendar.",
                    base=str(base),
                    rule=self.formula,
                )
            ) from None
        return _last_of_month(reached) if self.end_of_month else reached

    @property
    def _months(self) -> int:
        return 12 * (self.years or 0) + (self.months or 0)

    def _reached(self, base: date) -> date:
        years, month = divmod(base.month - 1 + self._months, 12)
        first = date(base.year + years, month + 1, 1)
        last = _last_of_month(first)
        if base.day <= last.day:
            return first.replace(day=base.day)
        return last if self.missing_day == "previous" else last + timedelta(days=1)


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
