"""`labelstation audit`: does the record still say what it said? Read only, on any machine."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    language,
    say,
    say_json,
)
from station.config import Config
from station.language import say as speak
from station.language import sentence, tell
from station.records.audit.audit import Check, Report, State, audit_order
from station.records.audit.audit import audit as audit_all
from station.records.journal import FILE, read_only
from station.records.query import Records
from station.records.signed.second_place import FILE as HEADS

HEADINGS = (sentence("check"), sentence("what was looked at"), sentence("result"))

NAMES = {
    "file": sentence("The file"),
    "chain": sentence("The chain of events"),
    "tables": sentence("The tables, from the events"),
    "evidence": sentence("The pictures"),
    "heads": sentence("The signed heads"),
    "orders": sentence("The closed orders"),
    "rules": sentence("Serials and steps"),
}

STATES = {
    State.GOOD: sentence("good"),
    State.WRONG: sentence("WRONG"),
    State.UNFINISHED: sentence("could not finish"),
    State.SKIPPED: sentence("not looked at"),
}


def audit(
    *,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A copy, audited without configuration.")
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The signed heads, heads.jsonl.")
    ] = None,
    key: Annotated[
        str, typer.Option(metavar="HEX", help="The key that QA trusts: fingerprint or id.")
    ] = "",
    evidence: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of the pictures.")
    ] = None,
    order: Annotated[str, typer.Option(metavar="ID", help="Only this order.")] = "",
    no_evidence: Annotated[
        bool, typer.Option("--no-evidence", help="Leave the pictures out.")
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say whether every record still is what it was, and name the first one that is not."""
    with clear_refusals():
        if journal is None:
            settings = configuration(config)
            journal = settings.data / FILE
            evidence = evidence or settings.data / "evidence"
            heads = heads or _kept(settings)
        pictures = None if no_evidence else evidence
        if order:
            report = audit_order(journal, order, evidence=pictures)
        else:
            report = audit_all(journal, heads=heads, trusted=key, evidence=pictures)
    _show(report, as_json=as_json)
    ended = UNREADABLE if not report.good else GOOD
    raise typer.Exit(BAD if report.wrong else ended)


def _kept(settings: Config) -> Path | None:
    """The heads of this station: none at all only where none were ever signed."""
    kept = settings.heads.folder / HEADS
    with closing(read_only(settings.data)) as db:
        return kept if kept.exists() or Records(db).signed_before() else None


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        for each in report.checks:
            say_json(_json(each))
        return
    spoken = language()
    table = Table(*(speak(each, spoken) for each in HEADINGS))
    for each in report.checks:
        name, state = speak(NAMES[each.name], spoken), speak(STATES[each.state], spoken)
        table.add_row(name, tell(each.looked, spoken), state)
    Console().print(table)
    for each in report.checks:
        for found in (*each.problems, *each.notes):
            say(tell(found, spoken))


def _json(check: Check) -> dict[str, object]:
    spoken = language()
    return {
        "check": check.name,
        "state": str(check.state),
        "looked": tell(check.looked, spoken),
        "problems": [tell(each, spoken) for each in check.problems],
        "notes": [tell(each, spoken) for each in check.notes],
    }
