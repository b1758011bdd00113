"""Lengths of a template: millimetres as they were written, exact until they become whole dots.

>>> exact(60), exact(2.50), exact("0.125")
(Decimal('60'), Decimal('2.5'), Decimal('0.125'))
>>> exact("1.2345")
Traceback (most recent call last):
station.core.problem.Refused: Expected millimetres from 0 to 300 with at most three decimals, got \
'1.2345'.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from station.core.problem import Refused, problem
from station.core.shape import shown

LARGEST = 300
"""Millimetres; no label printer takes wider or longer labels."""

_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


def exact(value: object) -> Decimal:
    """A decimal as it was written: a float's shortest text is what stood in the document."""
    text = str(value) if isinstance(value, str | int | float) else ""
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text) or Decimal(text) > LARGEST:
        raise Refused(
            problem(
                "Expected millimetres from 0 to {most} with at most three decimals, got {got}.",
                most=LARGEST,
                got=shown(value),
            )
        )
    return Decimal(plain(Decimal(text).normalize()))


def _positive(value: Decimal) -> Decimal:
    if not value:
        raise Refused(problem("Expected more than 0 millimetres, got 0."))
    return value


Millimetres = Annotated[Decimal, BeforeValidator(exact)]
Length = Annotated[Millimetres, AfterValidator(_positive)]


def plain(mm: Decimal) -> str:
    """As a person writes it, never with an exponent."""
    return f"{mm:f}"
