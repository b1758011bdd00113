"""`labelstation token …`: which machines may ask through the API.

A token is shown once, when it is issued. What is kept of it is a digest that nobody can make
without the station's own key.
"""

from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from station.access.bearer import new_token
from station.access.secret import Secrets
from station.app import decide, people_key
from station.cli.terminal import (
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    say,
    say_json,
    tell,
)
from station.core.problem import problem
from station.core.scope import Scope
from station.line.board import Grant
from station.records.journal import read_only
from station.records.tokens import Token, Tokens

app = typer.Typer(no_args_is_help=True, help="Which machines may ask through the API.")

Name = Annotated[str, typer.Argument(metavar="NAME")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")]


@app.command()
def add(
    name: Name,
    *,
    scopes: Annotated[
        str, typer.Option(metavar="LIST", help=f"With commas, some of: {', '.join(Scope)}.")
    ] = "",
    days: Annotated[int, typer.Option(metavar="N", help="How long; 0: until revoked.")] = 0,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Issue a token to a machine. It is printed once, by itself, and never again."""
    with clear_refusals():
        settings = configuration(config)
        token = new_token()
        kept = Secrets.open(people_key(settings)).token(token)
        decide(settings, Grant("issue", name, reason, scopes, kept, days), by=by)
        say(token)


@app.command()
def revoke(name: Name, *, by: By = "", reason: Reason = "", config: ConfigFile = None) -> None:
    """A token holds no more, from the next request on. Nobody gets its name again."""
    with clear_refusals():
        settings = configuration(config)
        decide(settings, Grant("revoke", name, reason), by=by)
        tell(problem("The token {name} is revoked.", name=name))


@app.command("list")
def listed(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Every token there is or was, by name. No secrets."""
    with clear_refusals():
        settings = configuration(config)
        with closing(read_only(settings.data)) as db:
            every = Tokens(db).every()
    if as_json:
        say_json([_shown(each) for each in every])
        return
    table = Table("name", "scopes", "issued", "by", "expires", "revoked")
    for each in every:
        cells = _shown(each)
        table.add_row(*(escape(str(cells[column] or "")) for column in _COLUMNS))
    Console(highlight=False).print(table)


_COLUMNS = ("name", "scopes", "issued", "by", "expires", "revoked")


def _shown(token: Token) -> dict[str, str | None]:
    return {
        "name": token.name,
        "scopes": ",".join(token.scopes),
        "issued": token.issued.isoformat(timespec="seconds"),
        "by": token.actor,
        "expires": token.expires.isoformat(timespec="seconds") if token.expires else None,
        "revoked": token.revoked.isoformat(timespec="seconds") if token.revoked else None,
    }
