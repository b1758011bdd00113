"""Rejected and doubted labels of an order: what was meant, what was read, what was decided; and
the bad labels it was challenged with.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from station.core.batch import (
    ChallengeLine,
    Entry,
    NonconformanceLine,
    ReasonLine,
    ReprintLine,
    SpecimenLine,
)
from station.core.events import LabelJudged, SymbolRead
from station.core.judge import Reason
from station.core.state import LabelState
from station.records.batch.past import Past, local
from station.records.challenges import Challenge, Challenges
from station.records.query import Records

_ROWS = (
    "SELECT n.id, n.seq, n.number, n.serial, n.state, n.reasons, n.symbols, n.evidence, n.settled,"
    " e.at, e.offset, json_extract(i.body, '$.data') FROM nonconformance n"
    " JOIN event e ON e.seq = n.seq"
    " JOIN label l ON l.order_id = n.order_id AND l.number = n.number"
    " JOIN event i ON i.seq = l.issued WHERE n.order_id=? ORDER BY n.id"
)


def nonconformances(past: Past) -> tuple[NonconformanceLine, ...]:
    """Oldest first."""
    rows: list[tuple[Any, ...]] = past.db.execute(_ROWS, (past.order,)).fetchall()
    return tuple(_line(past, *row) for row in rows)


def _line(  # noqa: PLR0917 - a row, in the order of its columns
    past: Past,
    number_of_it: int,
    seq: int,
    number: int,
    serial: str,
    state: str,
    reasons: str,
    symbols: str,
    picture: str,
    settled: str,
    at: str,
    offset: int,
    data: str,
) -> NonconformanceLine:
    event = past.event(seq)
    return NonconformanceLine(
        id=number_of_it,
        seq=seq,
        at=local(datetime.fromisoformat(at), offset),
        number=number,
        serial=serial,
        state=LabelState(state),
        reasons=tuple(_reasons(json.loads(reasons))),
        data=data,
        symbols=tuple(SymbolRead(**each) for each in json.loads(symbols)),
        picture=picture,
        marks=event.marks if isinstance(event, LabelJudged) else (),
        disposition=settled,
    )


def _reasons(found: Iterable[Mapping[str, str]]) -> Iterator[ReasonLine]:
    for each in found:
        yield ReasonLine(**each)


def challenges(past: Past) -> tuple[ChallengeLine, ...]:
    """Oldest first."""
    return tuple(_challenge(past, each) for each in Challenges(past.db).every(past.order))


def _challenge(past: Past, found: Challenge) -> ChallengeLine:
    ended = past.db.execute("SELECT ended FROM challenge WHERE seq=?", (found.seq,)).get
    return ChallengeLine(
        entry=Entry(seq=found.seq, at=past.at(found.seq), by=found.actor),
        causes=found.started.causes,
        result=found.result,
        ended_at=past.at(ended) if ended else "",
        detail=found.ended.detail if found.ended else "",
        specimens=tuple(
            SpecimenLine(
                family=each.family,
                expected=each.expected,
                ai=each.ai,
                caught=each.caught,
                reasons=tuple(map(_reason, each.reasons)),
                picture=each.evidence,
            )
            for each in found.specimens
        ),
        left_out=found.started.left_out,
    )


def _reason(found: Reason) -> ReasonLine:
    return ReasonLine(code=found.code, ai=found.ai, expected=found.expected, read=found.read)


def reprints(past: Past) -> tuple[ReprintLine, ...]:
    """The reprint register."""
    rows: list[tuple[Any, ...]] = past.db.execute(
        "SELECT number, seq FROM reprint WHERE order_id=?", (past.order,)
    ).fetchall()
    seqs: dict[int, int] = dict(rows)
    return tuple(
        ReprintLine(
            entry=Entry(seq=seqs[each.number], at=past.at(seqs[each.number]), by=each.actor),
            number=each.number,
            serial=each.serial,
            witness=each.witness,
            reason=each.reason,
            became=each.became,
        )
        for each in Records(past.db).reprints(past.order)
    )
