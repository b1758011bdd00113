"""How far an order is in its workflow: what it has passed, and what stands against the next step.

A step needs every step before it that the order has to pass; whoever asks for one too early hears
of all that is missing:

>>> from station.core.workflow import workflow
>>> every = workflow(Step, contract=True, articles=1)
>>> new = standing("WO-1", every, (), state=OrderState.HELD)
>>> for each in step_problems(new, Step.FIRST_ARTICLE): print(each)
Line clearance is missing: one person clears the line, another one verifies it.
The label release is missing: a person confirms the picture of the label.
The resident representative has not agreed to the labels yet.

A refusal is recorded like an agreement, and everything agreed to after the refused step lapses: it
has to be signed once more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from station.core.person import named, same
from station.core.problem import Problem, problem, refuse
from station.core.state import OrderState
from station.core.workflow import (
    BEFORE,
    CLOSED,
    ORDER,
    PERSONAL,
    PRINTED,
    RULE_OF,
    RULES,
    Moment,
    Rule,
    Step,
    Workflow,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry about one step: it was agreed to, refused, or is due again."""

    step: Step
    passed: bool
    seq: int
    """The event; later is greater."""

    by: str = ""
    witness: str = ""
    at: datetime | None = None
    reason: str = ""
    digest: str = ""
    """SHA-256 of what was signed; empty where nothing was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an order is."""

    order: str
    workflow: Workflow
    state: OrderState
    passed: frozenset[Step]
    last: Mapping[Step, Taken]
    """The last entry of each step that has one."""

    articles: int = 0
    """Good labels since a first article was last due."""

    wanted: int = 0
    """How many of them a first article takes."""

    on_hold: int = 0
    """Labels that nobody vouches for since a challenge was not passed, or an article refused."""

    empty: bool = False
    """It has no good label: there is nothing that could be released."""

    @property
    def given_up(self) -> bool:
        """Ended before it was done: it can be closed with steps missing, and never released."""
        return self.state == OrderState.ENDED

    @property
    def next(self) -> Step | None:
        """The first step that is missing; None if there is none."""
        return next((each for each in self.workflow.steps if each not in self.passed), None)

    @property
    def released(self) -> bool:
        """Every step is passed, and no label is on hold."""
        return self.next is None and not self.on_hold


def standing(
    order: str,
    plan: Workflow,
    entries: Iterable[Taken],
    *,
    state: OrderState,
    challenged: bool = False,
    articles: int = 0,
    wanted: int = 0,
    on_hold: int = 0,
    empty: bool = False,
) -> Standing:
    """Where the entries, oldest first, and what the station recorded bring an order.

    `challenged`: a challenge was passed since it was started. `articles` are its good labels since
    a first article was last due.
    """
    last: dict[Step, Taken] = {}
    refused: dict[Step, int] = {}
    verified = False
    for each in entries:
        last[each.step] = each
        if not each.passed:
            refused[each.step] = each.seq
        verified = verified or (each.step == Step.FIRST_ARTICLE and each.passed)
    passed = set(_lasting(last, refused))
    if verified and not articles:
        passed.add(Step.FIRST_ARTICLE)  # due again, and no label was made since
    printed = state in PRINTED
    machine = (
        (Step.CHALLENGE, challenged),
        (Step.RUN, printed),
        (Step.LAST_CHALLENGE, printed and not on_hold),
        (Step.RECONCILIATION, state in CLOSED),
    )
    passed |= {step for step, done in machine if done}
    return Standing(
        order=order,
        workflow=plan,
        state=state,
        passed=frozenset(passed & set(plan.steps)),
        last=last,
        articles=articles,
        wanted=max(1, wanted or plan.articles),
        on_hold=on_hold,
        empty=empty,
    )


def _lasting(last: Mapping[Step, Taken], refused: Mapping[Step, int]) -> Iterator[Step]:
    """What was agreed to and has not lapsed, because a step before it was refused later.

    That a first article is due again is no doubt about what was signed before the first label.
    """
    latest = 0
    for rule in RULES:
        entry = last.get(rule.step)
        if entry and entry.passed and entry.seq > (latest if rule.moment == Moment.AFTER else 0):
            yield rule.step
        latest = max(latest, refused.get(rule.step, 0))


def missing(now: Standing, step: Step) -> tuple[Problem, ...]:
    """Every step before this one that is not passed, as one sentence each.

    An order that was given up, or came to no good label, is closed all the same: its labels have
    to be accounted for.
    """
    earlier = ORDER[: ORDER.index(step)]
    if step == Step.RECONCILIATION and (now.given_up or now.empty):
        earlier = (Step.RUN,)
    lacking = missing_of(now)
    return tuple(RULE_OF[each].missing for each in earlier if each in lacking)


def print_problems(now: Standing) -> tuple[Problem, ...]:
    """Why no label may be printed now, as far as people have to sign first."""
    lacking = missing_of(now)
    first = tuple(RULE_OF[each].missing for each in BEFORE if each in lacking)
    return first or ((RULE_OF[Step.FIRST_ARTICLE].missing,) if article_due(now) else ())


def article_due(now: Standing) -> bool:
    """Whether the line waits until people have looked at the first labels."""
    return Step.FIRST_ARTICLE in missing_of(now) and now.articles >= now.wanted


def articles_first(now: Standing) -> bool:
    """Whether the first labels come before the challenge that the order has to begin with."""
    return {Step.FIRST_ARTICLE, Step.CHALLENGE} <= missing_of(now)


def step_problems(now: Standing, step: Step, *, passed: bool = True) -> tuple[Problem, ...]:
    """Everything that stands against signing a step now; to refuse it takes less."""
    rule = RULE_OF[step]
    if step not in PERSONAL:
        return (problem("Nobody signs the step {step}: the station records it.", step=step),)
    if step not in now.workflow.steps:
        return (
            problem("Order {order} does not have the step {step}.", order=now.order, step=step),
        )
    found = [*_moment_problems(now, rule)]
    if passed and step in now.passed and rule.moment != Moment.LABELS:
        found.append(problem("The step {step} is signed already.", step=step))
    if passed:
        found = [*missing(now, step), *found]
        found += _on_hold(now, rule)
    elif rule.moment == Moment.AFTER and Step.RECONCILIATION not in now.passed:
        found.append(RULE_OF[Step.RECONCILIATION].missing)
    return tuple(dict.fromkeys(found))


def _moment_problems(now: Standing, rule: Rule) -> Iterator[Problem]:
    if rule.moment == Moment.BEFORE and now.state != OrderState.HELD:
        yield problem(
            "Order {order} is {state}: this is signed while it is on hold at the line.",
            order=now.order,
            state=now.state,
        )
    if rule.moment != Moment.LABELS:
        return
    if now.state in CLOSED or now.state in {OrderState.WAITING, OrderState.RUNNING}:
        yield problem(
            "Order {order} is {state}: this is signed while it is on hold at the line.",
            order=now.order,
            state=now.state,
        )


def article_problems(now: Standing) -> Iterator[Problem]:
    """Whether the labels are there that two people have to look at.

    Apart from the other rules, because an audit that derives the tables again counts no labels.
    """
    if Step.FIRST_ARTICLE in now.passed and not now.articles:
        yield problem("The step {step} is signed already.", step=Step.FIRST_ARTICLE)
        return
    least = 1 if now.state in PRINTED else now.wanted
    if now.articles < least:
        yield problem(
            "The first labels are not all there yet: expected {expected} good ones, got {got}.",
            expected=least,
            got=now.articles,
        )


def _on_hold(now: Standing, rule: Rule) -> Iterator[Problem]:
    if rule.moment == Moment.AFTER and now.on_hold and Step.LAST_CHALLENGE not in missing_of(now):
        yield problem(
            "{count} labels of order {order} are on hold. Two people inspect them again and let"
            " them go, or destroy them.",
            count=now.on_hold,
            order=now.order,
        )


def missing_of(now: Standing) -> frozenset[Step]:
    """The steps that the order has to pass and has not."""
    return frozenset(now.workflow.steps) - now.passed


def people_problems(now: Standing, step: Step, *, by: str, witness: str = "") -> Iterator[Problem]:
    """Who may not take a step: the same person twice, or one who took what they would look at."""
    rule = RULE_OF[step]
    if rule.witness and not named(witness):
        yield problem("Two people vouch for this: give the name of the second.")
    elif rule.witness and same(by, witness):
        yield problem(
            "The second person has to be somebody else: got {name} twice.", name=witness.strip()
        )
    for earlier in rule.apart:
        entry = now.last.get(earlier)
        if entry and any(each and same(by, each) for each in (entry.by, entry.witness)):
            yield problem(
                "The step {step} is for somebody else: {name} took the step {earlier}.",
                step=step,
                name=by.strip(),
                earlier=earlier,
            )


def check(now: Standing, step: Step, *, by: str, witness: str = "", passed: bool = True) -> None:
    """Raises Refused with everything that stands against it, all at once."""
    refuse(
        (
            *step_problems(now, step, passed=passed),
            *(article_problems(now) if step == Step.FIRST_ARTICLE else ()),
            *people_problems(now, step, by=by, witness=witness),
        )
    )
