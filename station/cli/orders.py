"""`labelstation order …` and `labelstation log`: work orders in, the records out."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from station import documents
from station.app import Workshop, add_order, records_of
from station.cli import people, steps
from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    actor,
    clear_refusals,
    configuration,
    fail,
    language,
    say,
    say_json,
)
from station.core.problem import Problem, Refused, problem
from station.language import tell
from station.line.job import Job
from station.records.query import OrderRow
from station.records.table import as_json as nonconformance_json
from station.records.table import csv_rows
from station.wording import whys

app = typer.Typer(no_args_is_help=True, help="Work orders.")
app.command()(people.use)
app.command()(people.sheet)
app.command()(people.close)
app.command()(steps.step)
app.command()(steps.steps)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="A work order: YAML, JSON or CSV.")],
    *,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a work order file in, or refuse it with every reason."""
    with clear_refusals():
        data = documents.load(file)
        receipt = add_order(configuration(config), file, data, actor=actor())
    if receipt is None:
        fail(f"{file.name}: the running station has not answered yet; the file is in its inbox.")
    if as_json:
        say(receipt.as_json().replace("\n", ""))
    elif receipt.accepted:
        say(f"accepted: order {', '.join(receipt.orders)}")
    else:
        fail("\n".join([f"refused: {file.name}", *_sentences(receipt.problems)]), code=BAD)
    raise typer.Exit(GOOD if receipt.accepted else BAD)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A work order: YAML, JSON or CSV.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Say whether a work order would be accepted, without taking it."""
    with clear_refusals():
        settings = configuration(config)
        workshop = Workshop.open(settings)
        document = documents.read(file)
    problems: list[Problem] = []
    firsts: list[Job] = []
    for place, row in enumerate(documents.rows(document), start=1):
        try:
            firsts.append(workshop.job(workshop.order(row)))
        except Refused as refused:
            problems += refused.within(f"row {place}" if file.suffix == ".csv" else "").problems
    if problems:
        fail("\n".join([f"refused: {file.name}", *_sentences(tuple(problems))]), code=BAD)
    say(f"good: {file.name}")
    for job in firsts:
        say(f"  {job.order.id}: {job.order.quantity} × {job.first.elements.hri()}")


def _sentences(problems: tuple[Problem, ...]) -> list[str]:
    return [f"  {tell(each, language())}" for each in problems]


@app.command()
def show(
    order_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """One order and its reconciliation."""
    with clear_refusals():
        row = records_of(configuration(config)).order(order_id)
        if row is None:
            raise Refused(problem("There is no order {id!r}.", id=order_id))
    if as_json:
        say_json(order_json(row))
        return
    Console().print(reconciliation_table(row))


@app.command("list")
def list_(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """All orders, newest first."""
    with clear_refusals():
        rows = records_of(configuration(config)).orders()
    if as_json:
        for row in rows:
            say_json(order_json(row))
        return
    table = Table("order", "product", "lot", "state", "accepted", "rejected", "in doubt")
    for row in rows:
        balance = row.balance
        table.add_row(
            row.order.id,
            row.order.product,
            row.order.lot or "",
            row.state,
            f"{balance.accepted} of {balance.quantity}",
            str(balance.rejected),
            str(balance.in_doubt),
        )
    Console().print(table)


def log(
    *,
    order: Annotated[str, typer.Option(help="Only this order.")] = "",
    reason: Annotated[str, typer.Option(help='A code or its group: "DATA", "DATA.serial".')] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Local time.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """The nonconformance log, newest first."""
    with clear_refusals():
        settings = configuration(config)
        found = records_of(settings).nonconformances(
            order=order, reason=reason, since=since.astimezone() if since else None
        )
        if as_csv:
            for line in csv_rows(found, language()):
                print(line, end="")  # noqa: T201 - lines come with their ends
            return
        for each in found:
            if as_json:
                say_json(nonconformance_json(each))
                continue
            at = each.at.astimezone().strftime("%Y-%m-%d %H:%M:%S%z")
            label = f"{each.order} #{each.number} {each.serial or each.lot}"
            say(f"{at}  {label}  {each.state}")
            for why in whys(each.reasons, language()):
                say(f"    {why.sentence}")


def order_json(row: OrderRow) -> dict[str, object]:
    balance = row.balance
    return {
        "order": row.order.id,
        "product": row.order.product,
        "gtin": row.gtin,
        "lot": row.order.lot,
        "state": row.state,
        "quantity": balance.quantity,
        "issued": balance.issued,
        "accepted": balance.accepted,
        "released": balance.released,
        "rejected": balance.rejected,
        "voided": balance.voided,
        "in_doubt": balance.in_doubt,
        "open": balance.open,
        "short": balance.short,
        "balanced": balance.balanced,
    }


def reconciliation_table(row: OrderRow) -> Table:
    balance = row.balance
    title = f"order {row.order.id} · {row.order.product} · {row.state}"
    table = Table("labels", "n", title=title)
    for name, count in (
        ("issued", balance.issued),
        ("accepted", balance.accepted),
        ("  of these released", balance.released),
        ("rejected", balance.rejected),
        ("settled: destroyed or not printed", balance.voided),
        ("in doubt, not settled", balance.in_doubt),
    ):
        table.add_row(name, str(count))
    verdict = "balanced" if balance.balanced else f"NOT BALANCED: {balance.open} open"
    table.add_row("wanted", str(balance.quantity), end_section=True)
    table.add_row("reconciliation", verdict)
    return table
