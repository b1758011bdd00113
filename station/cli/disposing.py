"""`labelstation dispose`: what two people decide about a rejected label, typed."""

from typing import Annotated

import typer

from station.app import decide, records_of
from station.cli.terminal import (
    BAD,
    ConfigFile,
    clear_refusals,
    configuration,
    fail,
    language,
    refusals,
    tell,
)
from station.config import Config
from station.core.nonconformance import Disposition
from station.core.problem import Refused, problem
from station.language import say
from station.line.board import Dispose
from station.web.disposing import violated

AS = {
    "scrap": Disposition.SCRAP,
    "reprint": Disposition.REPRINT,
    "concession": Disposition.CONCESSION,
    "return": Disposition.RETURN,
    "reinspect": Disposition.REINSPECT,
}
"""As they are typed."""


def dispose(
    order: Annotated[str, typer.Argument(metavar="ORDER")],
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the label in its order.")],
    disposition: Annotated[
        str,
        typer.Argument(
            metavar="DISPOSITION", help="scrap, reprint, concession, return, reinspect."
        ),
    ] = "scrap",
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")] = "",
    witness: Annotated[str, typer.Option(metavar="NAME", help="The second person.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How bad it is, and why this.")] = "",
    containment: Annotated[
        str, typer.Option(metavar="TEXT", help="What was done so that nothing else is affected.")
    ] = "",
    requirement: Annotated[
        str, typer.Option(metavar="TEXT", help="What was violated; the reasons if left out.")
    ] = "",
    capa: Annotated[str, typer.Option(metavar="TEXT", help="CAPA reference.")] = "",
    supply: Annotated[
        str, typer.Option(metavar="TEXT", help="Roll or lot of the stock that goes back.")
    ] = "",
    reader: Annotated[
        str, typer.Option(metavar="TEXT", help="The second reader: make, model, number.")
    ] = "",
    read: Annotated[
        list[str] | None,
        typer.Option("--read", metavar="DATA", help="What it read, ]d2…; once for each code."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Decide about a rejected label; scrap is what happens where nobody decides otherwise."""
    with clear_refusals():
        settings = configuration(config)
    with refusals(BAD):
        request = Dispose(
            order=order,
            number=number,
            disposition=_disposition(disposition),
            reason=reason,
            witness=witness,
            requirement=requirement or _violated(settings, order, number),
            containment=containment,
            capa=capa,
            supply=supply,
            reader=reader,
            read="\n".join(read or ()),
        )
        if not decide(settings, request, by=by):
            busy = "The station is busy; it does this when the label in hand is done."
            fail(say(busy, language()))
        label = records_of(settings).label(order, number)
        if label:
            tell(problem("Label {number} is {state}.", number=number, state=label.state))


def _disposition(typed: str) -> Disposition:
    found = AS.get(typed.casefold())
    if found is None:
        raise Refused(
            problem(
                "Expected one of {expected}, got {got}.", expected=", ".join(AS), got=typed[:40]
            )
        )
    return found


def _violated(settings: Config, order: str, number: int) -> str:
    found = records_of(settings).nonconformances(order=order, number=max(number, 1), limit=1)
    return violated(found[0], language()) if found else "–"
