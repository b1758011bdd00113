"""Every label of an order in stretches, and one by one those that are not simply good."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from station.core.batch import LabelLine, Labels, Stretch
from station.core.state import LabelState
from station.records.batch.past import Past, local
from station.records.challenges import Challenges

_ROWS = (
    "SELECT l.number, l.serial, l.state, l.reprint_of, l.doubted IS NOT NULL, i.at, i.offset,"
    " j.at, j.offset, json_extract(j.body, '$.evidence') FROM label l"
    " JOIN event i ON i.seq = l.issued LEFT JOIN event j ON j.seq = l.judged"
    " WHERE l.order_id=? ORDER BY l.number"
)


def labels(past: Past, *, every: bool) -> Labels:
    """`every`: each label has a line."""
    rows = tuple(_lines(past))
    held = Challenges(past.db).on_hold(order=past.order)
    return Labels(
        stretches=stretches([line for line, _ in rows]),
        exceptions=tuple(line for line, simply_good in rows if not simply_good),
        every=tuple(line for line, _ in rows) if every else None,
        on_hold=tuple(span for each in held for span in each.labels),
    )


def stretches(lines: Sequence[LabelLine]) -> tuple[Stretch, ...]:
    """Runs of one state without a gap in their numbers."""
    found = []
    for _, run in groupby(enumerate(lines), key=_run):
        together = [line for _, line in run]
        first, last = together[0], together[-1]
        found.append(
            Stretch(
                first=first.number,
                last=last.number,
                state=first.state,
                first_serial=first.serial,
                last_serial=last.serial,
            )
        )
    return tuple(found)


def _run(placed: tuple[int, LabelLine]) -> tuple[int, LabelState]:
    """The same for neighbours in one stretch."""
    place, line = placed
    return line.number - place, line.state


def _lines(past: Past) -> Iterator[tuple[LabelLine, bool]]:
    """Each label, and whether there is nothing to say of it."""
    for row in past.db.execute(_ROWS, (past.order,)):
        number, serial, state, reprint_of, doubted, issued, ahead, judged, then_ahead, picture = row
        line = LabelLine(
            number=number,
            serial=serial,
            state=LabelState(state),
            reprint_of=reprint_of,
            issued_at=local(datetime.fromisoformat(issued), ahead),
            judged_at=local(datetime.fromisoformat(judged), then_ahead) if judged else "",
            picture=picture or "",
        )
        yield line, state == LabelState.RELEASED and not reprint_of and not doubted
