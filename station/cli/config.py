"""`labelstation config`: whether a station could start with it, and whether it is the one that two
people have vouched for as validated.
"""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from station import wording
from station.app import Workshop, decide, set_up_of
from station.cli import terminal
from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    configuration,
    fail,
    refusals,
    say,
    say_json,
)
from station.config import Config
from station.core.baseline import Change, changes, digest_of
from station.core.problem import Problem, problem
from station.language import say as in_language
from station.language import sentence
from station.line.board import ApproveBaseline
from station.line.control import served
from station.probes import probe, shown_address
from station.readiness import Readiness, of, of_file
from station.records.baselines import Baseline, BaselineRecords
from station.records.journal import read_only

app = typer.Typer(no_args_is_help=True, help="The configuration of a station.")

_BUSY = sentence("The station is busy; it does this when the label in hand is done.")
_WARNING = sentence("Mind: {what}")
_GOOD = sentence("Good: a station could start with it.")
_SUMMARY = sentence("{name}: printer {printer}, camera {camera}, scanner {scanner}, gate {gate}.")


@app.command()
def baseline(
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who vouches for it.")] = "",
    witness: Annotated[
        str, typer.Option("--witness", metavar="NAME", help="The second person.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what differs from the validated set-up; with --by, vouch for all that is in force now."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        text = set_up_of(settings, Workshop.open(settings))
    if by:
        with refusals(BAD):
            _vouch(settings, ApproveBaseline(digest_of(text), reason, witness), by=by)
        raise typer.Exit(GOOD)
    with refusals(UNREADABLE), closing(read_only(settings.data)) as db:
        records = BaselineRecords(db)
        last = records.last()
        differ = changes(records.settings(last), text) if last else ()
    if as_json:
        _say_changes(last, differ)
    else:
        _tell_changes(last, differ)
    raise typer.Exit(BAD if last is None or differ else GOOD)


def _vouch(settings: Config, request: ApproveBaseline, *, by: str) -> None:
    if not decide(settings, request, by=by):
        fail(in_language(_BUSY, terminal.language()))
    terminal.tell(
        problem("This is the validated baseline from now on: {digest}.", digest=request.digest)
    )


def _tell_changes(last: Baseline | None, differ: tuple[Change, ...]) -> None:
    if last is None:
        terminal.tell(problem("Nobody has vouched for the settings as validated."))
        return
    for each in differ:
        say(f"{each.path}: {each.before} → {each.after}")
    if not differ:
        terminal.tell(problem("Everything is as it was validated."))


def _say_changes(last: Baseline | None, differ: tuple[Change, ...]) -> None:
    for each in differ:
        say_json({"path": each.path, "before": each.before, "after": each.after})
    say_json({"baseline": last.digest if last else None, "same": bool(last) and not differ})


@app.command()
def check(
    *,
    devices: Annotated[
        bool, typer.Option("--devices", help="Ask the devices as well; nothing is printed.")
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Everything that keeps a station from starting with this configuration, at once."""
    with refusals(UNREADABLE):
        found = _readiness(config)
        problems = found.problems
        if devices and found.good and found.config:
            problems += _of_devices(found.config)
    if as_json:
        _say_json(problems, found.warnings)
    else:
        _tell(found, problems)
    raise typer.Exit(BAD if problems else GOOD)


def _readiness(config: Path | None) -> Readiness:
    here = Path("station.yaml")
    named = config or (here if here.exists() else None)
    return of_file(named) if named else of(Config())


def _of_devices(config: Config) -> tuple[Problem, ...]:
    if served(config.data):
        return (problem("The station is running and uses its devices: stop it to ask them."),)
    return tuple(each.within(found.role) for found in probe(config) for each in found.why_not)


def _tell(found: Readiness, problems: tuple[Problem, ...]) -> None:
    for each in problems:
        terminal.tell(each)
    for each in found.warnings:
        told = wording.told(each, terminal.language())
        say(in_language(_WARNING, terminal.language(), what=told))
    if not problems:
        say(in_language(_GOOD, terminal.language()))
        if found.config:
            _summarise(found.config)


def _summarise(config: Config) -> None:
    told = in_language(
        _SUMMARY,
        terminal.language(),
        name=config.name,
        printer=shown_address(config.printer.url),
        camera=shown_address(config.reader.camera) or "–",
        scanner=config.reader.scanner or "–",
        gate=config.gate.url,
    )
    say(told)


def _say_json(problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> None:
    for kind, found in (("problem", problems), ("warning", warnings)):
        for each in found:
            say_json({"kind": kind, "where": each.where, "text": each.sentence})
    say_json({"good": not problems})
