"""`labelstation order record`: everything about one order, as data and on paper."""

from pathlib import Path
from typing import Annotated

import typer

from station.app import binder_of, records_of
from station.cli.terminal import UNREADABLE, ConfigFile, configuration, refusals, say, tell
from station.core.problem import problem
from station.records.place import write_whole
from station.reports.batch.pages import BOTH


def record(
    order_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    spoken: Annotated[
        str, typer.Option("--language", metavar="zh|en|both", help="Of the PDF.")
    ] = BOTH,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="PDF/A-3u.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="The same as data.")] = None,
    every_label: Annotated[
        bool, typer.Option("--every-label", help="All labels, one by one.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """The batch record of an order; as JSON on standard output where no file is named."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        records_of(settings)  # never begins records where there are none
        binder = binder_of(settings)
        document = binder.document(order_id, every_label=every_label)
        if json:
            write_whole(json.absolute(), document)
        if pdf:
            write_whole(pdf.absolute(), binder.pdf(document, language=spoken))
        for path in filter(None, (json, pdf)):
            tell(problem("Written: {path}", path=str(path)))
        if not json and not pdf:
            say(document.decode().rstrip("\n"))
