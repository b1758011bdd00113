"""`labelstation config check`: whether a station could start with its configuration."""

from pathlib import Path
from typing import Annotated

import typer

from station import wording
from station.cli import terminal
from station.cli.terminal import BAD, GOOD, UNREADABLE, AsJson, ConfigFile, refusals, say, say_json
from station.config import Config
from station.core.problem import Problem, problem
from station.language import say as in_language
from station.language import sentence
from station.line.control import served
from station.probes import probe, shown_address
from station.readiness import Readiness, of, of_file

app = typer.Typer(no_args_is_help=True, help="The configuration of a station.")

_WARNING = sentence("Mind: {what}")
_GOOD = sentence("Good: a station could start with it.")
_SUMMARY = sentence("{name}: printer {printer}, camera {camera}, scanner {scanner}, gate {gate}.")


@app.callback()
def _group() -> None:
    """`check` is a word of its own, so that others can stand beside it."""


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
