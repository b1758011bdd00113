"""`labelstation order step` and `order steps`: sign a step of an order, and see how far it is.

A station that runs here is asked; what needs no device is written down where none runs.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from station import wording
from station.app import decide, records_of
from station.cli.terminal import (
    BAD,
    AsJson,
    ConfigFile,
    configuration,
    fail,
    language,
    refusals,
    say_json,
    tell,
)
from station.config import Config
from station.core.problem import Problem, Refused, problem
from station.core.standing import Standing, missing_of
from station.core.workflow import PERSONAL, RULE_OF, Cleared, Step
from station.language import say, sentence
from station.line.board import TakeStep
from station.records.journal import read_only
from station.records.steps import How, OrderSteps, Shown

_HEADINGS = (
    sentence("Step"),
    sentence("State"),
    sentence("By"),
    sentence("Time"),
    sentence("Why"),
)
_MARKS = {How.DONE: "✓", How.NEXT: "▶", How.REFUSED: "✗", How.AGAIN: "↻", How.OFF: "–"}
"""What is neither done, next nor off still has to come."""

OrderId = Annotated[str, typer.Argument(metavar="ID")]


def step(
    order: OrderId,
    step_name: Annotated[str, typer.Argument(metavar="STEP", help="As `order steps` names it.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who takes it.")] = "",
    witness: Annotated[str, typer.Option(metavar="NAME", help="The second person.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")] = "",
    confirm: Annotated[
        list[Cleared] | None,
        typer.Option("--confirm", help="Of a line clearance, once for each."),
    ] = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="It is not agreed to.")] = False,
    config: ConfigFile = None,
) -> None:
    """Sign a step of an order, or refuse it; a second person where it takes two."""
    with refusals(BAD):
        settings = configuration(config)
        request = TakeStep(
            order,
            _named(step_name),
            reason,
            witness,
            passed=not refuse,
            confirmed=",".join(confirm or ()),
        )
        if not decide(settings, request, by=by):
            fail(say("The station is busy; it does this when the label in hand is done.",
                     language()))  # fmt: skip
        found = _standing(settings, order)
        if found is None or found.next is None:
            tell(problem("Every step of order {order} is taken.", order=order))
        else:
            tell(problem("The next step of order {order}: {step}.", order=order, step=found.next))


def steps(order: OrderId, *, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """The steps of an order: who took which and when, and what is missing."""
    with refusals(BAD):
        settings = configuration(config)
        found, now = _shown(settings, order), _standing(settings, order)
        if now is None:
            _check_known(settings, order)
            raise Refused(problem("Order {order} has no steps: it was not started.", order=order))
        if as_json:
            say_json(_as_data(now, found))
            return
        Console(highlight=False).print(_table(found))
        for each in _missing(now):
            tell(each)


def _named(name: str) -> Step:
    """Raises Refused for what nobody signs."""
    if name not in set(PERSONAL):
        raise Refused(
            problem(
                "Expected one of {expected}, got {got}.",
                expected=", ".join(PERSONAL),
                got=name[:40],
            )
        )
    return Step(name)


def _check_known(settings: Config, order: str) -> None:
    if records_of(settings).order(order) is None:
        raise Refused(problem("There is no order {id!r}.", id=order[:60]))


def _shown(settings: Config, order: str) -> tuple[Shown, ...]:
    records_of(settings)  # never begins records where there are none
    with closing(read_only(settings.data)) as db:
        return OrderSteps(db).shown(order)


def _standing(settings: Config, order: str) -> Standing | None:
    with closing(read_only(settings.data)) as db:
        return OrderSteps(db).standing(order)


def _missing(now: Standing) -> Iterator[Problem]:
    for each in now.workflow.steps:
        if each in missing_of(now):
            yield RULE_OF[each].missing


def _table(found: tuple[Shown, ...]) -> Table:
    spoken = language()
    table = Table(*(say(each, spoken) for each in _HEADINGS))
    for each in found:
        taken = each.taken
        people = " + ".join(name for name in (taken.by, taken.witness) if name) if taken else ""
        at = taken.at.astimezone().strftime("%Y-%m-%d %H:%M:%S%z") if taken and taken.at else ""
        how = f"{_MARKS.get(each.how, '○')} {wording.word(wording.STANDINGS, each.how, spoken)}"
        table.add_row(
            wording.word(wording.STEPS, each.step, spoken),
            how,
            escape(people),
            at,
            escape(taken.reason if taken else ""),
            style="dim" if each.how == How.OFF else "bold red" if each.how == How.REFUSED else "",
        )
    return table


def _as_data(now: Standing, found: tuple[Shown, ...]) -> dict[str, Any]:
    following = now.next
    return {
        "order": now.order,
        "released": now.released,
        "next": following.value if following else None,
        "on_hold": now.on_hold,
        "steps": [_step_data(each) for each in found],
    }


def _step_data(shown: Shown) -> dict[str, Any]:
    taken = shown.taken
    return {
        "step": shown.step.value,
        "state": shown.how.value,
        "by": taken.by if taken else "",
        "witness": taken.witness if taken else "",
        "at": taken.at.isoformat() if taken and taken.at else None,
        "reason": taken.reason if taken else "",
        "digest": taken.digest if taken else "",
        "event": taken.seq if taken else None,
    }
