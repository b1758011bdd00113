"""The batch record of an order, gathered: the document of `station.core.batch`."""

from contextlib import ExitStack
from pathlib import Path

import apsw

from station.core.batch import BatchRecord, Taken
from station.core.events import OrderAccepted
from station.core.problem import Refused, problem
from station.records.batch.account import account
from station.records.batch.chain import chain
from station.records.batch.happened import changes, doubts, faults, stops
from station.records.batch.labels import labels
from station.records.batch.made import first_article, made_with
from station.records.batch.nonconformances import challenges, nonconformances, reprints
from station.records.batch.past import Past, entry
from station.records.batch.quality import quality
from station.records.batch.signed import signatures
from station.records.batch.steps import steps
from station.records.query import Records


def gathered(
    db: apsw.Connection,
    order_id: str,
    *,
    station: str,
    heads: Path | None = None,
    every_label: bool = False,
) -> BatchRecord:
    """All there is to say of an order, open or closed.

    `station` is its name; `heads` the file of the signed heads.

    Raises Refused where there is no such order.
    """
    with ExitStack() as look:
        look.enter_context(db)  # one state of a journal that goes on growing
        row = Records(db).order(order_id)
        if row is None:
            raise Refused(problem("There is no order {id!r}.", id=order_id[:60]))
        past = Past.of(db, order_id)
        (taken, accepted), *_ = past.every(OrderAccepted)
        made = made_with(past)
        return BatchRecord(
            station=station,
            order=row.order,
            gtin=row.gtin,
            state=row.state,
            taken=Taken(entry=entry(taken), file=accepted.file, sha256=accepted.sha256),
            made_with=made,
            steps=steps(past),
            first_article=first_article(past),
            challenges=challenges(past),
            labels=labels(past, every=every_label),
            nonconformances=nonconformances(past),
            reprints=reprints(past),
            doubts=doubts(past),
            account=account(past),
            stops=stops(past),
            faults=faults(past),
            changes=changes(past),
            quality=quality(past),
            signatures=signatures(past, made),
            journal=chain(past, heads),
        )


def document(record: BatchRecord) -> bytes:
    """The one way to write it: JSON, indented, UTF-8."""
    return record.model_dump_json(indent=1).encode() + b"\n"
