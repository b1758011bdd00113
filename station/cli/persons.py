"""`labelstation person …`: who may sign in, for the admin of the machine.

The first admin comes from here: whoever may use the station's own user on its console may name one.
A secret is typed where nobody sees it, or comes on standard input; it is never an argument, which
every process of the machine could read.
"""

import sys
from contextlib import closing
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from station.access.secret import LEAST_BADGE, Secrets, secret_problem
from station.app import decide, people_key
from station.cli.terminal import (
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    say_json,
    tell,
)
from station.config import Config
from station.core.problem import Refused, problem, refuse
from station.line.board import Enrol
from station.records.journal import read_only
from station.records.people import People, Person

app = typer.Typer(no_args_is_help=True, help="Who may sign in, and what they may do.")

Name = Annotated[str, typer.Argument(metavar="NAME")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE", help="Once for each role."),
]
Badge = Annotated[bool, typer.Option("--badge", help="Scan a badge as well.")]


@app.command()
def add(
    name: Name,
    *,
    role: Roles = None,
    badge: Badge = False,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Let somebody sign in: by name and password, or by badge and PIN."""
    with clear_refusals():
        settings = configuration(config)
        secrets = _secrets(settings)
        scanned = _typed("Badge") if badge else ""
        kept = secrets.badge(_badge(scanned)) if badge else ""
        credential = secrets.hashed(_secret(name, badge=badge))
        request = Enrol("add", name, reason, ",".join(role or ()), credential, kept)
        decide(settings, request, by=by)
        tell(problem("{name} may sign in now.", name=name))


@app.command()
def roles(
    name: Name,
    *,
    role: Roles = None,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Give somebody these roles, in place of those they had."""
    _change("roles", name, by=by, reason=reason, config=config, roles=",".join(role or ()))


@app.command()
def secret(name: Name, *, by: By = "", reason: Reason = "", config: ConfigFile = None) -> None:
    """Give somebody a new password, or a new PIN where they have a badge."""
    with clear_refusals():
        settings = configuration(config)
        badge = bool(_known(settings, name).badge)
        credential = _secrets(settings).hashed(_secret(name, badge=badge))
        decide(settings, Enrol("credential", name, reason, credential=credential), by=by)
        tell(problem("{name} has a new secret.", name=name))


@app.command()
def badge(
    name: Name,
    *,
    none: Annotated[bool, typer.Option("--none", help="Take it away.")] = False,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Give somebody a badge, in place of the one they had, or take it away."""
    with clear_refusals():
        settings = configuration(config)
        kept = "" if none else _secrets(settings).badge(_badge(_typed("Badge")))
        decide(settings, Enrol("badge", name, reason, badge=kept), by=by)
        tell(problem("Written down for {name}.", name=name))


@app.command()
def retire(name: Name, *, by: By = "", reason: Reason = "", config: ConfigFile = None) -> None:
    """Somebody does not sign in any more. Nobody gets that name again."""
    _change("retire", name, by=by, reason=reason, config=config)


@app.command()
def unlock(name: Name, *, by: By = "", reason: Reason = "", config: ConfigFile = None) -> None:
    """Let somebody who gave wrong secrets try again."""
    _change("unlock", name, by=by, reason=reason, config=config)


@app.command("list")
def listed(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Everybody who may sign in, or once might. No secrets."""
    with clear_refusals():
        settings = configuration(config)
        with closing(read_only(settings.data)) as db:
            everybody = People(db).every()
    if as_json:
        say_json([_shown(each) for each in everybody])
        return
    table = Table("name", "roles", "badge", "wrong secrets", "retired")
    for each in everybody:
        table.add_row(
            escape(each.name),
            ", ".join(each.roles),
            "✓" if each.badge else "",
            str(each.failures or ""),
            "✓" if each.retired else "",
        )
    Console(highlight=False).print(table)


def _change(
    change: Literal["roles", "retire", "unlock"],
    name: str,
    *,
    by: str,
    reason: str,
    config: ConfigFile,
    roles: str = "",
) -> None:
    with clear_refusals():
        settings = configuration(config)
        decide(settings, Enrol(change, name, reason, roles), by=by)
        tell(problem("Written down for {name}.", name=name))


def _shown(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": list(person.roles),
        "badge": bool(person.badge),
        "failures": person.failures,
        "retired": person.retired,
    }


def _known(settings: Config, name: str) -> Person:
    with closing(read_only(settings.data)) as db:
        found = People(db).called(name)
    if found is None:
        raise Refused(problem("There is nobody called {name} who could sign in.", name=name))
    return found


def _secrets(settings: Config) -> Secrets:
    return Secrets.open(people_key(settings))


def _secret(name: str, *, badge: bool) -> str:
    first = _typed("PIN" if badge else "Password")
    found = secret_problem(first, badge=badge, name=name)
    refuse([found] if found else [])
    if sys.stdin.isatty() and _typed("The same again") != first:
        raise Refused(problem("What was typed the second time is not the same."))
    return first


def _badge(scanned: str) -> str:
    if len(scanned) < LEAST_BADGE:
        raise Refused(
            problem("Expected a badge that says {least} characters or more.", least=LEAST_BADGE)
        )
    return scanned


def _typed(what: str) -> str:
    """Hidden on a terminal; one line of standard input otherwise."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
