"""`labelstation serials …`: serials that were used before the station, so that it never uses them.

Whoever begins to print with the station has printed before. A serial in somebody's list, in another
system or on a stock of old labels is used for ever, and only the records can know it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from drivers.interface import DriverError
from station import documents, wording
from station.app import Workshop, open_records
from station.cli import terminal
from station.cli.terminal import BAD, AsJson, ConfigFile, clear_refusals, configuration, fail
from station.config import Config
from station.core.gtin import Gtin
from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials import history
from station.core.serials.history import History
from station.line.control import actor_of
from station.line.signing import Signing
from station.line.spoken import problems_of_words
from station.records.imported import Taken, take
from station.records.journal import JournalFailed
from station.records.place import InUse

app = typer.Typer(no_args_is_help=True, help="Serials that are used.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="One serial a line; or CSV: serial, first, last.")],
    *,
    gtin: Annotated[str, typer.Option(help="Whose serials they are, 14 digits.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who vouches for the file.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Where it comes from, in one line.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Write down serials that were used before; no order ever gets them. All of a file, or none."""
    with _refusals():
        settings = configuration(config)
        refuse(problems_of_words(by=by, reason=reason))
        _check_known(settings, gtin)
        found = history.read(file.name, documents.load(file, limit=history.LARGEST))
        taken = _take(settings, found, gtin=gtin, reason=reason, by=by)
        _tell(found, taken, gtin=gtin, as_json=as_json)


def _check_known(settings: Config, gtin: str) -> None:
    """A serial is used of a GTIN: with a wrong one it would guard nothing. Raises Refused."""
    number = Gtin.parse(gtin)
    catalogue = Workshop.open(settings).library.catalogue
    known = {level.gtin for product in catalogue.values() for level in product.levels}
    if str(number) not in known:
        raise Refused(
            problem(
                "No product of the catalogue has GTIN {gtin}: its serials would guard nothing.",
                gtin=gtin,
            )
        )


def _take(settings: Config, found: History, *, gtin: str, reason: str, by: str) -> Taken:
    actor = actor_of(by, uid=os.getuid())
    try:
        with open_records(settings) as (journal, heads):
            taken = take(journal, found, gtin=gtin, reason=reason, actor=actor)
            Signing(journal, heads).sign("hour")
    except InUse:
        raise Refused(
            problem(
                "A station runs in {folder}, and could give out one of these serials meanwhile."
                " Stop it, import the file, and start it again.",
                folder=str(settings.data),
            )
        ) from None
    except JournalFailed as failed:
        raise Refused(problem("Nothing is known to be recorded: {why}", why=str(failed))) from None
    except DriverError as fault:
        raise Refused(
            problem("It is recorded, but not signed in its second place: {why}.", why=str(fault))
        ) from None
    return taken


def _tell(found: History, taken: Taken, *, gtin: str, as_json: bool) -> None:
    if as_json:
        terminal.say_json(
            {
                "gtin": gtin,
                "file": found.file,
                "sha256": found.sha256,
                "imported": taken.new,
                "known": taken.known,
                "repeated": found.repeated,
            }
        )
        return
    told = problem(
        "Imported: {count} serials of GTIN {gtin}. {known} were in the records already; the file"
        " names {repeated} more than once.",
        count=taken.new,
        gtin=gtin,
        known=taken.known,
        repeated=found.repeated,
    )
    terminal.say(_told(told))


def _told(found: Problem) -> str:
    return wording.told(found, terminal.language())


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal ends the command with its sentences, in the language of the terminal."""
    with clear_refusals(code=BAD):
        try:
            yield
        except Refused as refused:
            fail("\n".join(_told(each) for each in refused.problems), code=BAD)
