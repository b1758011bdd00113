"""`labelstation challenge`: bad labels of the order on hold are made, and each of them rejected.

0: passed. 1: missed, stopped, or nothing was tried. A running station makes them, between two of
its labels; `--last` only shows what the journal says of the last one.
"""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from drivers.deadline import Deadline
from station import wording
from station.app import records_of
from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    configuration,
    language,
    refusals,
    say,
    say_json,
    tell,
)
from station.config import Config
from station.core.challenge import Choice, Result
from station.core.problem import Problem, Refused, problem, refuse
from station.language import say as in_language
from station.language import sentence
from station.line import board, control
from station.line.challenge import words
from station.records.challenges import Challenge, Challenges
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.records.place import write_whole
from station.web.challenge_report import report as report_of

WAIT_SECONDS = 3600.0
"""Longest wait for all of them; where a person scans or takes away each, it takes long."""

POLL_SECONDS = 0.5

_HEADINGS = (
    sentence("Bad label"),
    sentence("Has to be found"),
    sentence("Was found"),
    sentence("Caught"),
)
_ACCEPTED = sentence("nothing: it was accepted")
_YES, _NO = sentence("yes"), sentence("NO")
_LEFT_OUT = sentence("Left out, because they do not apply")


def challenge(
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks for it.")] = "",
    families: Annotated[
        str, typer.Option(metavar="all|quick", help="Which; the setting's where it is not said.")
    ] = "",
    last: Annotated[bool, typer.Option("--last", help="Only show the last one.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="As .html with pictures, or as .json.")
    ] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Make known-bad labels of the order on hold; each must be rejected for the right reason."""
    with refusals(BAD):
        settings = configuration(config)
        refuse(_problems(families, report))
        records_of(settings)  # never begins records where there are none
        if not last:
            _make(settings, by=by, families=_choice(families))
        found = _last(settings)
        if found is None:
            raise Refused(problem("No challenge was made here yet."))
        if report:
            _write(report, found, settings)
        (_say_json if as_json else _show)(found)
        raise typer.Exit(GOOD if found.result == Result.PASSED else BAD)


def _problems(families: str, report: Path | None) -> tuple[Problem, ...]:
    found: list[Problem] = []
    if families not in {"", "all", "quick"}:
        found.append(problem("Expected all or quick, got {got!r}.", got=families[:20]))
    if report and report.suffix.lower() not in _WRITERS:
        found.append(
            problem(
                "Expected a file that ends in {expected}, got {got!r}.",
                expected=" or ".join(_WRITERS),
                got=report.name,
            )
        )
    return tuple(found)


def _choice(families: str) -> Choice | None:
    return "all" if families == "all" else "quick" if families == "quick" else None


def _make(settings: Config, *, by: str, families: Choice | None) -> None:
    """Ask the station that runs here, and wait for the end. Raises Refused."""
    before = _last(settings)
    with closing(read_only(settings.data)) as db:
        order = Challenges(db).order_at_line()
    if not order:
        raise Refused(problem("There is no order at the line."))
    control.ask(settings.data, board.Challenge(order, families or ""), by=by)
    _wait(settings, after=before.seq if before else 0)


def _wait(settings: Config, *, after: int) -> None:
    """Raises Refused when the station has stopped, or the time is over."""
    deadline, pause = Deadline.after(WAIT_SECONDS), threading.Event()
    while not deadline.expired:
        found = _last(settings)
        if found and found.seq > after and found.ended:
            return
        if not control.served(settings.data):
            raise Refused(problem("The station has broken off: it may be stopping."))
        pause.wait(POLL_SECONDS)
    raise Refused(problem("The station has not answered: look at its page."))


def _last(settings: Config) -> Challenge | None:
    with closing(read_only(settings.data)) as db:
        return Challenges(db).last()


def _show(found: Challenge) -> None:
    spoken = language()
    table = Table(*(in_language(each, spoken) for each in _HEADINGS))
    for each in found.specimens:
        told = words.found(each.reasons, spoken) or in_language(_ACCEPTED, spoken)
        table.add_row(
            _plain(words.family(each.family, spoken)),
            _plain(words.expected(each.expected, each.ai, spoken)),
            _plain(told),
            in_language(_YES if each.caught else _NO, spoken),
            style="" if each.caught else "bold red",
        )
    Console(highlight=False).print(table)
    if found.started.left_out:
        say(in_language(_LEFT_OUT, spoken))
    for left_out in found.started.left_out:
        why = wording.told(left_out.why, spoken)
        say(f"  {words.family(left_out.family, spoken)}: {_printable(why)}")
    tell(
        problem(
            "Challenge of order {order}: {result}.",
            order=found.started.order,
            result=wording.word(words.RESULTS, found.result, spoken) if found.result else "–",
        )
    )


def _plain(text: str) -> str:
    """What was read on a label is no markup and no command to the terminal."""
    return escape(_printable(text))


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "�" for each in text)


def _say_json(found: Challenge) -> None:
    say_json(_as_data(found))


def _as_data(found: Challenge) -> dict[str, Any]:
    return {
        "event": found.seq,
        "at": found.at.isoformat(),
        "by": found.actor,
        "result": found.result.value if found.result else None,
        "started": found.started.model_dump(mode="json"),
        "specimens": [each.model_dump(mode="json") for each in found.specimens],
        "ended": found.ended.model_dump(mode="json") if found.ended else None,
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
    }


def _as_html(found: Challenge, settings: Config) -> str:
    evidence = Evidence(settings.data / "evidence", spare=0)
    return report_of(found, station=settings.name, language=language(), evidence=evidence)


_WRITERS: dict[str, Callable[[Challenge, Config], str]] = {
    ".html": _as_html,
    ".json": lambda found, _: _json_text(_as_data(found)),
}


def _json_text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def _write(path: Path, found: Challenge, settings: Config) -> None:
    """Whole or not at all."""
    write_whole(path, _WRITERS[path.suffix.lower()](found, settings).encode())
