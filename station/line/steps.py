"""The steps of an order at the line: what stops the printing, and what people sign.

The rules are those of `station.core.standing`; here they are asked about one order, and what
was signed is written down with the digest of what it was signed for:

label release      the recipe of the order, and the picture of its label
first article      the labels that were looked at, as they were judged
everything after   how the order was closed, and the head of the journal at that moment
the closing
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from station.core.challenge import Schedule, spans
from station.core.events import (
    Event,
    FirstArticleDue,
    LabelsQuarantined,
    LineCleared,
    OrderHeld,
    StepSigned,
)
from station.core.problem import Problem, Refused, problem, refuse
from station.core.standing import (
    Standing,
    article_due,
    articles_first,
    check,
    missing,
    missing_of,
    print_problems,
)
from station.core.state import OrderState
from station.core.workflow import (
    BEFORE,
    RULE_OF,
    Cleared,
    Moment,
    Step,
    Workflow,
    digest_of,
)
from station.line.board import TakeStep
from station.records.journal import Journal, hash_of
from station.records.query import OrderRow, Records
from station.records.steps import OrderSteps, Shown

WORKFLOW, ARTICLE = "workflow", "first-article"
"""Why an order is on hold: people have to sign before it goes on."""


class Steps:
    """Needs no device, so it serves a station that stands still as well."""

    def __init__(
        self,
        *,
        journal: Journal,
        records: Records,
        sign: Callable[[str, str], None] = lambda _why, _order: None,
    ) -> None:
        """`sign(why, order)` keeps the head of the journal in its second place."""
        self._journal = journal
        self._records = records
        self._history = OrderSteps(journal.db)
        self._sign = sign
        self._unsigned = ""
        """The order asked for last, if people sign nothing for it."""

        self._settled: tuple[str, Workflow] | None = None
        """An order, and what was settled for it."""

    def standing(self, order: str) -> Standing | None:
        """None for an order that has no steps."""
        return self._history.standing(order)

    # -- printing --------------------------------------------------------------------------

    def problems(self, row: OrderRow | None) -> tuple[Problem, ...]:
        """Why nothing may be printed for an order before people have signed."""
        now = self._signed(row)
        return print_problems(now) if now else ()

    def _signed(self, row: OrderRow | None) -> Standing | None:
        """Where an order stands that people sign for; None where they sign nothing.

        The line asks with every label, so what is settled when an order starts is asked once.
        """
        if row is None or self._unsigned == row.order.id:
            return None
        now = self.standing(row.order.id)
        if now and not now.workflow.signed:
            self._unsigned = row.order.id
            return None
        return now

    def shown(self, row: OrderRow | None) -> tuple[Shown, ...]:
        """Every step of an order; empty where people sign none."""
        return self._history.shown(row.order.id) if row and self._signed(row) else ()

    def next(self, row: OrderRow | None) -> Step | None:
        """The step that people take now, while the line waits for it."""
        now = self._signed(row)
        if row is None or now is None or row.state != OrderState.HELD:
            return None
        lacking = missing_of(now)
        first = next((each for each in BEFORE if each in lacking), None)
        return first or (Step.FIRST_ARTICLE if article_due(now) else None)

    def check(self, row: OrderRow) -> None:
        """Raises Refused where the order may not go on, with all that is missing."""
        refuse(self.problems(row))

    def holding(
        self, row: OrderRow | None, *, in_flight: int = 0, finishing: bool = False
    ) -> tuple[OrderHeld, ...]:
        """What stops the order now; empty where nothing does.

        Labels `in_flight` may turn out good. `finishing`: there will be no more of them, so people
        look at as many as there are.
        """
        now = self._signed(row)
        if row is None or now is None:
            return ()
        lacking = missing_of(now)
        if not lacking.isdisjoint(BEFORE):
            return (OrderHeld(order=row.order.id, cause=WORKFLOW),)
        if Step.FIRST_ARTICLE not in lacking:
            return ()
        least = 1 if finishing else now.wanted - in_flight
        if now.articles < least:
            return ()
        numbers = ", ".join(map(str, self._history.articles(row.order.id)))
        return (OrderHeld(order=row.order.id, cause=ARTICLE, detail=numbers),)

    def beginning(self, row: OrderRow, plan: Workflow) -> tuple[OrderHeld, ...]:
        """What holds an order that starts now, before anything of it is recorded."""
        first = not set(BEFORE).isdisjoint(plan.steps)
        return (OrderHeld(order=row.order.id, cause=WORKFLOW),) if first else ()

    def schedule(self, order: str, usual: Schedule) -> Schedule:
        """The challenges that an order begins and ends with, as they were settled when it was
        started: a change of the settings changes no order that has begun.
        """
        if self._settled is None or self._settled[0] != order:
            found = self.standing(order)
            if found is None:
                return usual
            self._settled = order, found.workflow
        steps = self._settled[1].steps
        return replace(usual, at_start=Step.CHALLENGE in steps, at_end=Step.LAST_CHALLENGE in steps)

    def articles_first(self, order: str) -> bool:
        """Whether the first labels come before the challenge that the order has to begin with."""
        if order == self._unsigned:
            return False
        now = self.standing(order)
        return now is not None and articles_first(now)

    def check_challenge(self, order: str, *, first: bool) -> None:
        """Raises Refused while a challenge is too early. One that is not the `first` of its order,
        or follows one that was missed, waits for no first article.
        """
        now = self.standing(order)
        if now is None:
            return
        early = missing(now, Step.CHALLENGE if first else Step.FIRST_ARTICLE)
        refuse(early)

    def due_again(self, row: OrderRow, *, said: bool, now: datetime) -> tuple[FirstArticleDue, ...]:
        """Whether an order that goes on now begins with a first article once more."""
        found = self.standing(row.order.id)
        if (
            found is None
            or Step.FIRST_ARTICLE not in found.passed
            or row.balance.accepted >= row.order.quantity
        ):
            return ()
        causes = tuple(self._causes(found, said=said, now=now))
        return (FirstArticleDue.model_validate({"order": row.order.id, "causes": causes}),) * bool(
            causes
        )

    def _causes(self, found: Standing, *, said: bool, now: datetime) -> Iterator[str]:
        limit = timedelta(seconds=found.workflow.stop_seconds)
        stopped = self._history.stopped_at(found.order)
        if limit and stopped and now - stopped > limit:
            yield "stop"
        last = found.last.get(Step.FIRST_ARTICLE)
        if last and self._history.supplies_changed(found.order, since=last.seq):
            yield "supplies"
        if said:
            yield "said"

    # -- people ----------------------------------------------------------------------------

    def check_step(self, request: TakeStep, *, actor: str) -> Standing:
        """Where the order stands, if the step may be taken by these people now. Raises Refused."""
        now = self.standing(request.order)
        if now is None:
            refuse(self._unknown(request.order))
            raise Refused(
                problem("Order {order} has no steps: it was not started.", order=request.order)
            )
        check(now, request.step, by=actor, witness=request.witness, passed=request.passed)
        return now

    def take(self, request: TakeStep, *, actor: str) -> None:
        """Sign a step that needs no device. Raises Refused."""
        self.check_step(request, actor=actor)
        if request.step in {Step.CLEARANCE, Step.RELEASE} and request.passed:
            raise Refused(problem("This step needs a running station, with the order at the line."))
        self._write(request, actor=actor)

    def clear_line(self, request: TakeStep) -> LineCleared:
        """The people's part of a line clearance; the station's is not looked at yet.

        Raises Refused.
        """
        return LineCleared(
            order=request.order,
            confirmed=_confirmed(request.confirmed),
            camera=False,
            odometer=None,
            reason=request.reason,
            witness=request.witness,
        )

    def release(self, request: TakeStep, *, picture: str, actor: str) -> None:
        """Sign that the label on the picture (SHA-256) is the one that this order needs."""
        self._write(request, actor=actor, picture=picture)

    def _write(self, request: TakeStep, *, actor: str, picture: str = "") -> None:
        order, step = request.order, request.step
        labels = spans(self._history.articles(order)) if step == Step.FIRST_ARTICLE else ()
        head = self._journal.head.seq if RULE_OF[step].moment == Moment.AFTER else 0
        events: list[Event] = [
            StepSigned(
                order=order,
                step=step,
                passed=request.passed,
                meaning=RULE_OF[step].meaning if request.passed else "refused",
                reason=request.reason,
                witness=request.witness,
                digest=digest_of(self.statement(order, step, head=head, picture=picture)),
                head=head,
                labels=labels,
                evidence=picture,
            )
        ]
        if step == Step.FIRST_ARTICLE and not request.passed and labels:
            events.append(LabelsQuarantined(order=order, labels=labels, cause="refused"))
        self._journal.append(*events, actor=actor)
        if RULE_OF[step].moment == Moment.AFTER:
            self._sign("order", order)

    def statement(self, order: str, step: Step, *, head: int, picture: str) -> dict[str, Any]:
        """What is signed, as it goes into the digest."""
        said: dict[str, Any] = {"order": order, "step": step.value}
        if step == Step.FIRST_ARTICLE:
            return said | {"labels": list(self._history.judged(order))}
        row = self._records.order(order)
        recipe = row.recipe if row else None
        if RULE_OF[step].moment == Moment.BEFORE and recipe:
            return said | {
                "recipe": recipe.digest,
                "template": recipe.template,
                "picture": picture,
            }
        closed = self._history.closed(order)
        if closed:
            said |= {"closed": [closed.seq, closed.hash], "reconciliation": closed.reconciliation}
        return said | {"head": [head, hash_of(self._journal.db, head)]}

    def _unknown(self, order: str) -> tuple[Problem, ...]:
        known = self._records.order(order)
        return () if known else (problem("There is no order {id!r}.", id=order[:60]),)


def _confirmed(words: str) -> tuple[Cleared, ...]:
    """What people vouch for, from its names with commas. Raises Refused unless it is all."""
    said = {each.strip() for each in words.split(",")}
    lacking = [each.value for each in Cleared if each.value not in said]
    if lacking or not said <= set(Cleared):
        raise Refused(
            problem(
                "A line is clear when all of this is confirmed: {expected}; got {got!r}.",
                expected=", ".join(Cleared),
                got=words[:60],
            )
        )
    return tuple(Cleared)
