"""How the print of an order went: each index from its first label to its last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from station.core import quality as core
from station.core.batch import IndexLine, Quality, VerifierLine
from station.core.events import LabelJudged, VerifierRead, from_json
from station.core.trend import (
    LEARNT,
    Baseline,
    Key,
    State,
    Trend,
    baselines_of,
    values_of,
)
from station.records.batch.past import Past, entry
from station.records.trends import Trends

_WORSE = (State.IN_CONTROL, State.DRIFTING, State.ALARM)


@dataclass(slots=True)
class _Counts:
    labels: int = 0
    rescued: int = 0
    warned: int = 0
    measured: list[core.Quality] = field(default_factory=list)


def quality(past: Past) -> Quality:
    counts = _Counts()
    for event in _judged(past):
        counts.labels += 1
        counts.rescued += event.rescued
        counts.warned += event.accepted and bool(event.marks)
        if event.quality and event.quality.symbols:
            counts.measured.append(event.quality)
    calibrated = Trends(past.db).calibrated(past.order)
    baselines = calibrated or baselines_of(counts.measured[:LEARNT])
    return Quality(
        labels=counts.labels,
        rescued=counts.rescued,
        warned=counts.warned,
        calibrated=bool(calibrated),
        indices=tuple(_indices(counts.measured, baselines)),
        verifier=tuple(
            VerifierLine(
                entry=entry(each),
                number=event.number,
                identifier=event.identifier,
                grade=event.grade,
                verifier=event.verifier,
            )
            for each, event in past.every(VerifierRead)
        ),
    )


def _judged(past: Past) -> Iterator[LabelJudged]:
    rows = past.db.execute(
        "SELECT e.body FROM label l JOIN event e ON e.seq = l.judged WHERE l.order_id=?"
        " ORDER BY l.number",
        (past.order,),
    )
    for (body,) in rows:
        event = from_json(body)
        if isinstance(event, LabelJudged):
            yield event


def _indices(
    measured: Sequence[core.Quality], baselines: Sequence[Baseline]
) -> Iterator[IndexLine]:
    usual = {(each.symbol, each.index): each for each in baselines}
    values: dict[Key, list[int]] = {}
    for each in measured:
        for key, value in values_of(each).items():
            values.setdefault(key, []).append(value)
    for key, of_it in values.items():
        yield _index(key, of_it, usual.get(key))


def _index(key: Key, values: Sequence[int], usual: Baseline | None) -> IndexLine:
    worst, last = _trend(usual, values) if usual else (None, None)
    return IndexLine(
        symbol=key[0],
        index=key[1],
        labels=len(values),
        least=min(values),
        mean=round(fmean(values)),
        most=max(values),
        usual=usual.mean if usual else None,
        alarm=usual.alarm if usual else None,
        worst=worst,
        last=last,
    )


def _trend(usual: Baseline, values: Sequence[int]) -> tuple[State, State]:
    """What the trend came to at its worst, and at the end."""
    trend, worst = Trend(usual), 0
    for value in values:
        trend = trend.after(value)
        worst = max(worst, _WORSE.index(trend.state))
    return _WORSE[worst], trend.state
