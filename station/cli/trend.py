"""`labelstation trend`: how the print quality of an order has gone, in one line an index."""

from contextlib import closing
from itertools import islice
from typing import Annotated

import typer

from station import wording
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
from station.core.problem import Refused, problem
from station.core.quality import band
from station.core.trend import LEARNT, Trend, baselines_of, followed, moving
from station.language import say as in_language
from station.language import sentence
from station.line.trend_watch import named, told
from station.records.journal import read_only
from station.records.trends import Trends

_NOT = sentence(
    "Process-control indicators derived from the methods of ISO/IEC 15415:2011 and 15416:2016,"
    " not a verification grade. In thousandths."
)
_LINE = sentence("{symbol}, {index}: mean {level}, usual {usual}; {state}")


def trend_(
    order: Annotated[
        str, typer.Argument(help="An order's id; without one, the order started last.")
    ] = "",
    *,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """How the print quality of an order's last labels has gone, from where good ones are."""
    with refusals(BAD):
        with closing(read_only(configuration(config).data)) as db:
            records = Trends(db)
            name = order or next(iter(records.orders(limit=1)), "")
            labels = [each.quality for each in records.labels(name)]
            usual = records.calibrated(name) or baselines_of(islice(labels, LEARNT))
        if not labels:
            raise Refused(
                problem("No print quality was measured on labels of {order!r}.", order=name)
            )
        trends = followed(usual, labels)
    found = moving(trends)
    if as_json:
        say_json({"order": name, "labels": len(labels), "trends": [*map(_json, trends)]})
    else:
        _tell(trends)
        for each in found:
            tell(told(each))
    raise typer.Exit(BAD if found else GOOD)


def _json(trend: Trend) -> dict[str, object]:
    return trend.baseline.model_dump() | {
        "level": round(trend.level),
        "state": trend.state,
        "labels": trend.labels,
        "band": band(
            trend.baseline.index, round(trend.level), linear=trend.baseline.symbol.startswith("]C")
        ),
    }


def _tell(trends: tuple[Trend, ...]) -> None:
    say(in_language(_NOT, language()))
    for each in trends:
        said = in_language(
            _LINE,
            language(),
            symbol=named(each.baseline.symbol),
            index=wording.word(wording.INDICES, each.baseline.index, language()),
            level=round(each.level),
            usual=each.baseline.mean,
            state=wording.word(wording.TREND_STATES, each.state, language()),
        )
        say(said)
