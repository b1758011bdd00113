"""What a machine may ask of the station: a manufacturing execution system (MES), an ERP, a report.

People have roles (`station.core.people`); a machine has a token, and the token its scopes.

>>> scopes_in("orders:read, orders:write")
(<Scope.ORDERS_READ: 'orders:read'>, <Scope.ORDERS_WRITE: 'orders:write'>)
>>> scopes_in("orders")
Traceback (most recent call last):
    ...
station.core.problem.Refused: scopes: There is no scope 'orders'. Expected some of: orders:read, \
orders:write, records:read.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from station.core.problem import Problem, problem, refuse

LONGEST_NAME = 40
MOST_DAYS = 3650


class Scope(StrEnum):
    ORDERS_READ = "orders:read"
    """See orders, how far they are, and the state of the station."""

    ORDERS_WRITE = "orders:write"
    """Send work orders in."""

    RECORDS_READ = "records:read"
    """See each label, each nonconformance and the record of an order."""


def scopes_in(text: str) -> tuple[Scope, ...]:
    """The scopes named in a list with commas, each once, in their own order. Raises Refused."""
    named = {each.strip() for each in text.split(",") if each.strip()}
    known = ", ".join(Scope)
    wrong = [
        problem(
            "There is no scope {got!r}. Expected some of: {known}.",
            where="scopes",
            got=each[:40],
            known=known,
        )
        for each in sorted(named - set(Scope))
    ]
    if not named:
        wrong.append(problem("Expected some of: {known}.", where="scopes", known=known))
    refuse(wrong)
    return tuple(each for each in Scope if each in named)


def token_problems(name: str, *, days: int, taken: Iterable[str]) -> Iterator[Problem]:
    """Why no token of this name can be issued; `taken` are the names that ever were."""
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", name) or len(name) > LONGEST_NAME:
        yield problem(
            "Expected 1 to {most} of A-Z a-z 0-9 . _ - beginning with a letter or digit, got"
            " {got!r}.",
            where="name",
            most=LONGEST_NAME,
            got=name[:60],
        )
    elif name.casefold() in {each.casefold() for each in taken}:
        yield problem(
            "There is or was a token {name}; a name is never given twice.", where="name", name=name
        )
    if not 0 <= days <= MOST_DAYS:
        yield problem(
            "A token holds for 1 to {most} days, or without a limit; got {got}.",
            where="days",
            most=MOST_DAYS,
            got=days,
        )
