"""`labelstation report verification`: what is proved about the inspection, on one paper."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from station.app import records_of
from station.cli.terminal import (
    UNREADABLE,
    ConfigFile,
    configuration,
    language,
    refusals,
    say,
    tell,
)
from station.core.problem import Refused, problem
from station.language import LANGUAGES
from station.records.journal import read_only
from station.records.place import write_whole
from station.records.process import Process
from station.study.verification import verification as verified
from station.study.verification_pages import to_pdf

app = typer.Typer(no_args_is_help=True, help="Reports.")

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local date.")]


@app.callback()
def reports() -> None:
    """Reports."""


@app.command()
def verification(
    *,
    study: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="study.json; several are allowed.")
    ] = None,
    since: Day = None,
    until: Day = None,
    wanted: Annotated[str, typer.Option("--plan", metavar="C/R", help="Of the counts.")] = "95/99",
    spoken: Annotated[str, typer.Option("--language", metavar="zh|en", help="Of the PDF.")] = "",
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="PDF/A-3u.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="The same as data.")] = None,
    config: ConfigFile = None,
) -> None:
    """Studies, sample sizes, exact intervals, agreement, and how the line did since; as JSON on
    standard output where no file is named.
    """
    with refusals(UNREADABLE):
        settings = configuration(config)
        records_of(settings)  # never begins records where there are none
        with closing(read_only(settings.data)) as db:
            report = verified(
                Process(db),
                study or (),
                station=settings.name,
                wanted=wanted,
                since=since.astimezone() if since else None,
                until=until.astimezone() if until else None,
            )
        document = report.model_dump_json(indent=1).encode() + b"\n"
        if json:
            write_whole(json.absolute(), document)
        if pdf:
            chosen = _chosen(spoken)
            write_whole(pdf.absolute(), to_pdf(document, language=chosen, font=settings.font))
        for path in filter(None, (json, pdf)):
            tell(problem("Written: {path}", path=str(path)))
        if not json and not pdf:
            say(document.decode().rstrip("\n"))


def _chosen(spoken: str) -> str:
    if spoken and spoken not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise Refused(
            problem("Expected one of {expected}, got {got}.", expected=known, got=spoken[:20])
        )
    return spoken or language()
