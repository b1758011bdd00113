"""The steps of an order: which may follow which, what each needs, who may take it. One table.

    line clearance → label release → resident: labels → first article → challenge → run
    → last challenge → reconciliation → review → resident: batch → production release
    → market release

Which of them an order has to pass is settled when it is started, and recorded; what is switched off
is recorded as well. The run and the reconciliation are always there. How far an order is, and what
is missing, follows from what was signed: `station.core.standing`.

Roles are names: operator, supervisor, quality, resident (the representative that the registrant has
sent to a contract manufacturer) and registrant. Who has which is not decided here.

Source: 21 CFR 820.45 (label inspection, line clearance), 21 CFR 11.10(f) (enforced sequencing of
steps), ISO 13485 7.5.1 and 8.2.6; NMPA special requirements for implants made under contract
(resident representative; production release, then market release by the registrant).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from station.core.problem import Problem, problem
from station.core.shape import Shape
from station.core.state import OrderState


class Step(StrEnum):
    CLEARANCE = "clearance"
    RELEASE = "release"
    RESIDENT_LABELS = "resident-labels"
    FIRST_ARTICLE = "first-article"
    CHALLENGE = "challenge"
    RUN = "run"
    LAST_CHALLENGE = "last-challenge"
    RECONCILIATION = "reconciliation"
    REVIEW = "review"
    RESIDENT_BATCH = "resident-batch"
    PRODUCTION_RELEASE = "production-release"
    MARKET_RELEASE = "market-release"


class Moment(StrEnum):
    """When in the life of an order a step is taken."""

    BEFORE = "before the first label"
    LABELS = "while its labels can still be told"
    MACHINE = "by the station itself"
    AFTER = "once it is closed"


@dataclass(frozen=True, slots=True)
class Rule:
    step: Step
    moment: Moment
    missing: Problem
    """What somebody reads who is too early for a later step."""

    meaning: str = ""
    """What a signature under it stands for; empty where nobody signs."""

    by: frozenset[str] = frozenset()
    """Roles of whoever may take it."""

    witness: frozenset[str] = frozenset()
    """Roles of the second person; empty where one is enough."""

    apart: tuple[Step, ...] = ()
    """Whoever took one of these may not take this one."""

    contract: bool = False
    """Only for what is made under contract."""


_LINE = frozenset({"operator", "supervisor", "quality"})
_LEAD = frozenset({"supervisor", "quality"})

RULES: tuple[Rule, ...] = (
    Rule(
        Step.CLEARANCE,
        Moment.BEFORE,
        problem("Line clearance is missing: one person clears the line, another one verifies it."),
        meaning="cleared",
        by=_LINE,
        witness=_LINE,
    ),
    Rule(
        Step.RELEASE,
        Moment.BEFORE,
        problem("The label release is missing: a person confirms the picture of the label."),
        meaning="approved",
        by=_LEAD,
    ),
    Rule(
        Step.RESIDENT_LABELS,
        Moment.BEFORE,
        problem("The resident representative has not agreed to the labels yet."),
        meaning="agreed",
        by=frozenset({"resident"}),
        apart=(Step.CLEARANCE, Step.RELEASE),
        contract=True,
    ),
    Rule(
        Step.FIRST_ARTICLE,
        Moment.LABELS,
        problem("The first article is missing: two people verify the first labels."),
        meaning="verified",
        by=_LINE,
        witness=_LINE,
    ),
    Rule(
        Step.CHALLENGE,
        Moment.MACHINE,
        problem("The challenge is missing: bad labels are made, and each of them is rejected."),
        by=_LINE,
    ),
    Rule(
        Step.RUN,
        Moment.MACHINE,
        problem("The run is missing: the order is neither finished nor ended."),
        by=_LINE,
    ),
    Rule(
        Step.LAST_CHALLENGE,
        Moment.MACHINE,
        problem("The challenge after the last label is missing, or its labels are still on hold."),
        by=_LINE,
    ),
    Rule(
        Step.RECONCILIATION,
        Moment.MACHINE,
        problem("The reconciliation is missing: the order is not closed."),
        meaning="reconciled",
        by=_LINE,
    ),
    Rule(
        Step.REVIEW,
        Moment.AFTER,
        problem("The review of the order is missing."),
        meaning="reviewed",
        by=_LEAD,
        apart=(Step.CLEARANCE, Step.RECONCILIATION),
    ),
    Rule(
        Step.RESIDENT_BATCH,
        Moment.AFTER,
        problem("The resident representative has not agreed to the finished order yet."),
        meaning="agreed",
        by=frozenset({"resident"}),
        apart=(Step.CLEARANCE, Step.RECONCILIATION, Step.REVIEW),
        contract=True,
    ),
    Rule(
        Step.PRODUCTION_RELEASE,
        Moment.AFTER,
        problem("The production release is missing."),
        meaning="released",
        by=frozenset({"quality"}),
        apart=(Step.CLEARANCE, Step.RECONCILIATION, Step.RESIDENT_BATCH),
    ),
    Rule(
        Step.MARKET_RELEASE,
        Moment.AFTER,
        problem("The market release is missing."),
        meaning="released",
        by=frozenset({"registrant"}),
        apart=(Step.CLEARANCE, Step.RECONCILIATION, Step.PRODUCTION_RELEASE),
    ),
)
"""In the order in which they are taken."""

RULE_OF: Mapping[Step, Rule] = {each.step: each for each in RULES}

ALWAYS = frozenset({Step.RUN, Step.RECONCILIATION})
"""Nobody can switch these off."""

PERSONAL = tuple(each.step for each in RULES if each.moment != Moment.MACHINE)
"""Steps that are taken by signing them; the others follow from what the station records."""

ORDER = tuple(each.step for each in RULES)

BEFORE = tuple(each.step for each in RULES if each.moment == Moment.BEFORE)

CLOSED = frozenset({OrderState.CLOSED, OrderState.CLOSED_UNBALANCED})
PRINTED = CLOSED | {OrderState.FINISHED, OrderState.ENDED}


class Cleared(StrEnum):
    """What people confirm at a line clearance; the station sees to the rest itself."""

    LABELS = "labels"
    """No label of another order is left."""

    RIBBON = "ribbon"
    """No used ribbon that could be read is left."""

    BIN = "bin"
    """The reject bin is empty."""


class Workflow(Shape):
    """What one order has to pass, as it was settled when it was started."""

    steps: tuple[Annotated[Step, Field(strict=False)], ...] = (Step.RUN, Step.RECONCILIATION)
    articles: int = 0
    """Good labels of a first article."""

    stop_seconds: int = 0
    """After a longer stop a first article is due again; 0: after none."""

    @property
    def off(self) -> tuple[Step, ...]:
        """What this order does not have to pass."""
        return tuple(each.step for each in RULES if each.step not in self.steps)

    @property
    def signed(self) -> bool:
        """Whether there is any step that people sign."""
        return any(each in PERSONAL for each in self.steps)


def workflow(
    on: Iterable[Step], *, contract: bool, articles: int = 0, stop_seconds: int = 0
) -> Workflow:
    """The workflow of an order where these steps are switched on, in their order.

    >>> [each.value for each in workflow([Step.REVIEW, Step.RESIDENT_BATCH], contract=False).steps]
    ['run', 'reconciliation', 'review']
    """
    wanted = {each for each in on if contract or not RULE_OF[each].contract} | ALWAYS
    wanted = wanted | {Step.FIRST_ARTICLE} if articles else wanted - {Step.FIRST_ARTICLE}
    return Workflow(
        steps=tuple(each.step for each in RULES if each.step in wanted),
        articles=articles,
        stop_seconds=stop_seconds if articles else 0,
    )


def may(step: Step, roles: Collection[str]) -> bool:
    """Whether somebody with these roles may take the step.

    >>> may(Step.MARKET_RELEASE, {"quality"}), may(Step.MARKET_RELEASE, {"registrant"})
    (False, True)
    """
    return not RULE_OF[step].by.isdisjoint(roles)


def may_witness(step: Step, roles: Collection[str]) -> bool:
    """Whether they may be the second person."""
    return not RULE_OF[step].witness.isdisjoint(roles)


def digest_of(statement: Mapping[str, object]) -> str:
    """SHA-256 of what is signed: its JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(statement, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
