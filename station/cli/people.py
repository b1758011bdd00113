"""What people decide, typed: settle, reprint, and the account of an order: use, sheet, close.

A station that runs here is asked and answers between two labels; where none runs, it is written
into the journal directly. Either way the name that was typed and the system's user are recorded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from station import wording
from station.app import accounts_of, decide, records_of
from station.cli import terminal
from station.cli.terminal import BAD, AsJson, ConfigFile, clear_refusals, configuration, fail
from station.cli.waiting import Waiting, waiting
from station.config import Config
from station.core.events import Outcome
from station.core.problem import Problem, Refused, problem
from station.core.reconciliation import Sheet, Stock
from station.core.state import LabelState, OrderState
from station.language import say
from station.line.board import Close, Look, Measure, Reprint, Settle, Use
from station.line.control import Decision, served
from station.records.account import Accounts, Closing

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
Witness = Annotated[str, typer.Option(metavar="NAME", help="The second person.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")]
OrderId = Annotated[str, typer.Argument(metavar="ORDER")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Of the label in its order.")]


def settle(
    order: Annotated[str, typer.Argument(metavar="ORDER")] = "",
    number: Annotated[int, typer.Argument(metavar="NUMBER")] = 0,
    *,
    scan: Annotated[bool, typer.Option("--scan", help="It lies before the reader.")] = False,
    destroyed: Annotated[bool, typer.Option("--destroyed", help="Found and destroyed.")] = False,
    not_printed: Annotated[bool, typer.Option("--not-printed", help="There is none.")] = False,
    released: Annotated[bool, typer.Option("--released", help="With the good ones.")] = False,
    voided: Annotated[bool, typer.Option("--voided", help="A reject, in the scrap.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Good, kept as a sample.")] = False,
    by: By = "",
    witness: Witness = "",
    reason: Reason = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what became of a label; without arguments, list what waits for a person."""
    settings = _configured(config)
    with _refusals():
        if not order:
            _list(settings, config, as_json=as_json)
            return
        said = {
            LabelState.DESTROYED: destroyed,
            LabelState.NOT_PRINTED: not_printed,
            LabelState.RELEASED: released,
            LabelState.VOIDED: voided,
            LabelState.SAMPLE: sample,
        }
        outcomes = [outcome for outcome, is_so in said.items() if is_so]
        if len(outcomes) + scan != 1:
            raise Refused(
                problem(
                    "Say what became of the label with one of --scan, --destroyed, --not-printed,"
                    " --released, --voided, --sample; got {got}.",
                    got=len(outcomes) + scan,
                )
            )
        decision = (
            Look(order, number)
            if scan
            else Settle(order, number, _outcome(outcomes[0]), reason, witness)
        )
        _decide(settings, decision, by=by)
        label = records_of(settings).label(order, number)
        if label:
            _tell(problem("Label {number} is {state}.", number=number, state=label.state))


def reprint(
    order: OrderId,
    number: Number,
    *,
    by: By = "",
    witness: Witness = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Let the serial of a label that is gone be printed once more."""
    settings = _configured(config)
    with _refusals():
        _decide(settings, Reprint(order, number, reason, witness), by=by)
        _tell(problem("The next label of order {order} carries that serial.", order=order))


def verifier(
    order: OrderId,
    number: Number,
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Its AIM identifier: ]d2, ]C1.")],
    grade: Annotated[str, typer.Argument(metavar="GRADE", help="As shown: 3.8/10/660/45.")],
    *,
    device: Annotated[
        str, typer.Option("--device", metavar="TEXT", help="The verifier: make, model, number.")
    ],
    by: By = "",
    config: ConfigFile = None,
) -> None:
    """Write down what a bar code verifier measured on a label, beside the station's own indices."""
    settings = _configured(config)
    with _refusals():
        _decide(settings, Measure(order, number, symbol, grade, device), by=by)
        _tell(problem("Written down for label {number}: {grade}.", number=number, grade=grade))


def use(
    order: OrderId,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As 'roll start', 'blank'.")],
    count: Annotated[int, typer.Argument(metavar="COUNT", help="Labels long.")],
    *,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Write down label stock that became no label of the order."""
    settings = _configured(config)
    with _refusals():
        _decide(settings, Use(order, _stock(kind), count, reason), by=by)
        _tell(problem("Written down: {count} labels.", count=count))


def close(
    order: OrderId,
    *,
    by: By = "",
    justification: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, if it does not balance.")
    ] = "",
    witness: Witness = "",
    config: ConfigFile = None,
) -> None:
    """Close an order that balances; or one that does not, if two people say why."""
    settings = _configured(config)
    with _refusals():
        _decide(settings, Close(order, justification, witness), by=by)
        row = records_of(settings).order(order)
        if row:
            _tell(problem("Order {order} is {state}.", order=order, state=row.state))


def sheet(
    order_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """The reconciliation sheet of an order: where every label is, and what does not add up."""
    settings = _configured(config)
    with _refusals():
        found = records_of(settings).sheet(order_id)
        if found is None:
            raise Refused(problem("There is no order {id!r}.", id=order_id[:60]))
        accounts = accounts_of(settings)
        closing = accounts.closing(order_id)
        if as_json:
            terminal.say_json(sheet_json(order_id, found, closing))
            return
        console = Console()
        console.print(_states_table(order_id, found))
        console.print(_stock_table(accounts, order_id, found))
        for line in _verdict(found, closing, over=_over(settings, order_id)):
            terminal.say(line)


def sheet_json(order: str, found: Sheet, closing: Closing | None) -> dict[str, object]:
    return {
        "order": order,
        "states": {str(state): n for state, n in found.states.items()},
        "stock": {str(kind): n for kind, n in found.stock.items()},
        "odometer": {
            "start": found.odometer[0],
            "end": found.odometer[1],
            "counted": found.counted,
            "expected": list(found.expected),
        },
        "balanced": found.balanced,
        "differences": [str(each) for each in found.differences],
        "closed": None
        if closing is None
        else {
            "at": closing.at.isoformat(),
            "by": closing.actor,
            "witness": closing.witness,
            "justification": closing.justification,
        },
    }


def _states_table(order: str, found: Sheet) -> Table:
    language = terminal.language()
    title = say("Order {order}", language, order=escape(order))
    table = Table(say("State", language), say("labels", language), title=title)
    for state in LabelState:
        if n := found.states.get(state, 0):
            table.add_row(wording.word(wording.LABEL_STATES, state, language), str(n))
    return table


def _stock_table(accounts: Accounts, order: str, found: Sheet) -> Table:
    language = terminal.language()
    table = Table(say("What the printer counted", language), "")
    start, end = (_or_dash(each) for each in found.odometer)
    table.add_row(say("At the start", language), start)
    table.add_row(say("At the end", language), end)
    table.add_row(say("Counted", language), _or_dash(found.counted))
    least, most = found.expected
    expected = str(least) if least == most else f"{least} – {most}"
    table.add_row(say("Expected", language), expected, end_section=True)
    for each in accounts.stock_entries(order):
        kind = wording.word(wording.STOCK, each.kind, language)
        table.add_row(kind, escape(f"{each.count} · {each.actor}: {each.reason}"))
    return table


def _or_dash(value: int | None) -> str:
    return "–" if value is None else str(value)


def _over(settings: Config, order_id: str) -> bool:
    row = records_of(settings).order(order_id)
    return row is not None and row.state in {OrderState.FINISHED, OrderState.ENDED}


def _verdict(found: Sheet, closing: Closing | None, *, over: bool) -> Iterator[str]:
    language = terminal.language()
    differences = closing.differences if closing else found.differences
    for each in differences:
        yield f"  {wording.told(each, language)}"
    if closing and differences:
        people = f"{closing.actor} + {closing.witness}"
        yield say("CLOSED, NOT BALANCED", language)
        yield f"  {people}: {closing.justification}"
    elif closing:
        yield f"{say('CLOSED, BALANCED', language)}  {closing.actor}"
    elif differences:
        yield say("Not balanced yet", language)
    elif over:
        yield say("Balanced: ready to be closed", language)
    else:
        yield say("Nothing is open so far; the order is not at its end", language)


def _list(settings: Config, config: Path | None, *, as_json: bool) -> None:
    named = str(config or "")
    found = tuple(waiting(records_of(settings), served=served(settings.data), config=named))
    for each in found:
        if as_json:
            terminal.say_json(_waiting_json(each))
            continue
        _tell(_what_waits(each))
        for command in each.commands:
            terminal.say(f"    {command}")
    if not found and not as_json:
        _tell(problem("Nothing waits for a person."))


def _waiting_json(each: Waiting) -> dict[str, object]:
    return {
        "order": each.order,
        "number": each.number or None,
        "serial": each.serial,
        "state": each.state,
        "commands": list(each.commands),
    }


def _what_waits(each: Waiting) -> Problem:
    if not each.number:
        return problem(
            "Order {order} is {state} and waits to be closed.", order=each.order, state=each.state
        )
    if each.state == LabelState.ISSUED:
        return problem(
            "Order {order}, label {number} {serial}: {state}. Start the station, which puts it in"
            " doubt.",
            order=each.order,
            number=each.number,
            serial=each.serial,
            state=each.state,
        )
    return problem(
        "Order {order}, label {number} {serial}: {state}.",
        order=each.order,
        number=each.number,
        serial=each.serial,
        state=each.state,
    )


def _outcome(state: LabelState) -> Outcome:
    match state:
        case (
            LabelState.DESTROYED
            | LabelState.NOT_PRINTED
            | LabelState.RELEASED
            | LabelState.SAMPLE
            | LabelState.VOIDED
        ):
            return state
    raise AssertionError(state)


def _stock(kind: str) -> Stock:
    found = next((each for each in Stock if each == kind.replace("-", " ").casefold()), None)
    if found is None:
        raise Refused(
            problem(
                "Expected one of {expected}, got {got}.",
                expected=", ".join(Stock),
                got=kind[:40],
            )
        )
    return found


def _configured(config: Path | None) -> Config:
    with clear_refusals():
        return configuration(config)


def _decide(settings: Config, decision: Decision, *, by: str) -> None:
    if not decide(settings, decision, by=by):
        fail(say("The station is busy; it does this when the label in hand is done.",
                 terminal.language()))  # fmt: skip


def _tell(found: Problem) -> None:
    terminal.say(wording.told(found, terminal.language()))


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal ends the command with its sentences, in the language of the terminal."""
    with clear_refusals(code=BAD):
        try:
            yield
        except Refused as refused:
            fail("\n".join(wording.told(each, terminal.language()) for each in refused.problems),
                 code=BAD)  # fmt: skip
