"""Who may do what: one table of rights and the roles that have them.

A person has one role or several. What two different people have to do together is said where it is
done (`station.line.desk`, `station.core.workflow`); here is only what one of them may do.

>>> may({Role.OPERATOR}, Right.RUN), may({Role.OPERATOR}, Right.CLOSE)
(True, False)
>>> may({Role.ADMIN}, Right.SIGN_QUALITY)
False

Source: 21 CFR 11.10(d) and (g) (access and authority checks); ISO 13485 5.5.1.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum

from station.core.person import named, plain
from station.core.problem import Problem, problem

LONGEST_NAME = 60


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    QUALITY = "quality"
    RESIDENT = "resident"
    """The representative that the registrant has sent to a contract manufacturer."""

    REGISTRANT = "registrant"
    """Reads, and signs the market release."""

    AUTHOR = "author"
    """Of templates."""

    APPROVER = "approver"
    ADMIN = "admin"
    """Of people and of the machine; of nothing that quality signs."""


class Right(StrEnum):
    LOOK = "look"
    """At every page."""

    RUN = "run"
    """Start, hold and resume an order; scan; make a challenge; write down label stock."""

    SETTLE = "settle"
    """Say what became of a label."""

    END = "end"
    """End an order before it has all its labels."""

    REPRINT = "reprint"
    CLEAR = "clear"
    """Let labels on hold go."""

    DISPOSE = "dispose"
    """Decide about a rejected label."""

    CLOSE = "close"
    MEASURE = "measure"
    """Write down what a verifier measured."""

    WRITE_TEMPLATES = "write templates"
    APPROVE_TEMPLATES = "approve templates"
    SIGN_QUALITY = "sign quality"
    """Review, concession, production release."""

    SIGN_MARKET = "sign market"
    SIGN_RESIDENT = "sign resident"
    PEOPLE = "people"
    """Add people, give roles and badges, unlock."""


_LINE = frozenset({Role.OPERATOR, Role.SUPERVISOR})
_LEAD = frozenset({Role.SUPERVISOR, Role.QUALITY})

RIGHTS: Mapping[Right, frozenset[Role]] = {
    Right.LOOK: frozenset(Role),
    Right.RUN: _LINE,
    Right.SETTLE: _LINE | {Role.QUALITY},
    Right.END: frozenset({Role.SUPERVISOR}),
    Right.REPRINT: _LEAD,
    Right.CLEAR: _LEAD,
    Right.DISPOSE: _LEAD,
    Right.CLOSE: _LEAD,
    Right.MEASURE: _LEAD,
    Right.WRITE_TEMPLATES: frozenset({Role.AUTHOR}),
    Right.APPROVE_TEMPLATES: frozenset({Role.APPROVER}),
    Right.SIGN_QUALITY: frozenset({Role.QUALITY}),
    Right.SIGN_MARKET: frozenset({Role.REGISTRANT}),
    Right.SIGN_RESIDENT: frozenset({Role.RESIDENT}),
    Right.PEOPLE: frozenset({Role.ADMIN}),
}

APART = (
    frozenset({Role.ADMIN, Role.QUALITY}),
    frozenset({Role.ADMIN, Role.APPROVER}),
    frozenset({Role.REGISTRANT, Role.QUALITY}),
)
"""Roles that one person cannot have together: the market is released by another organisation, and
whoever hands out rights signs nothing with them.
"""


def may(roles: Collection[Role], right: Right) -> bool:
    return not RIGHTS[right].isdisjoint(roles)


def role_problems(roles: Iterable[str]) -> Iterator[Problem]:
    """Everything that is wrong with the roles somebody is to have."""
    given = tuple(roles)
    known = {each.value for each in Role}
    if not given:
        yield problem("Expected at least one role of {known}.", known=", ".join(sorted(known)))
    for each in given:
        if each not in known:
            yield problem(
                "Expected roles of {known}, got {got!r}.",
                known=", ".join(sorted(known)),
                got=each[:LONGEST_NAME],
            )
    for pair in APART:
        if pair <= set(given):
            yield problem("One person cannot be {both}.", both=" and ".join(sorted(pair)))


def name_problems(name: str, *, taken: Collection[str]) -> Iterator[Problem]:
    """Everything that is wrong with the name of a new person; `taken` are all there ever were."""
    if not named(name) or len(name) > LONGEST_NAME or name != name.strip():
        yield problem(
            "Expected a name of 1 to {most} characters with a letter in it, got {got!r}.",
            most=LONGEST_NAME,
            got=name[: LONGEST_NAME + 1],
        )
    elif any(plain(name) == plain(each) for each in taken):
        # Records say who did it by name: a second person of that name could not be told apart.
        yield problem("There is, or was, a person called {name} already.", name=name)
