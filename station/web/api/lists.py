"""What the API shows of the records: rows in, published shapes out."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from station.core.problem import problem
from station.exchange.outbox import Standing
from station.line.board import Snapshot
from station.records.journal import read_only
from station.records.listing import LabelLine, Listing
from station.records.query import Nonconformance, OrderRow, Records
from station.web.api import shapes
from station.web.api.problem import Trouble, shown


class Lists:
    def __init__(self, folder: Path) -> None:
        """`folder` holds the journal."""
        self._folder = folder

    def orders(self, *, after: int, limit: int, state: str) -> shapes.Orders:
        with self._reading() as (records, listing):
            found = listing.orders(after=after, limit=limit + 1, state=state)
            rows = [records.order(each) for _, each in found[:limit]]
        items = tuple(order_of(each) for each in rows if each)
        return shapes.Orders(items=items, next=_next([seq for seq, _ in found], limit))

    def order(self, order_id: str) -> shapes.Order:
        with self._reading() as (records, _):
            return order_of(_there(records, order_id))

    def labels(self, order_id: str, *, after: int, limit: int) -> shapes.Labels:
        with self._reading() as (records, listing):
            _there(records, order_id)
            found = listing.labels(order_id, after=after, limit=limit + 1)
        items = tuple(label_of(each) for each in found[:limit])
        return shapes.Labels(items=items, next=_next([each.number for each in found], limit))

    def nonconformances(self, *, order: str, after: int, limit: int) -> shapes.Nonconformances:
        with self._reading() as (records, listing):
            found = listing.nonconformances(after=after, limit=limit + 1, order=order)
            rows = [records.nonconformance(each) for each in found[:limit]]
        items = tuple(nonconformance_of(each) for each in rows if each)
        return shapes.Nonconformances(items=items, next=_next(found, limit))

    def check(self, order_id: str) -> None:
        """Raises Trouble where there is no such order."""
        with self._reading() as (records, _):
            _there(records, order_id)

    @contextmanager
    def _reading(self) -> Iterator[tuple[Records, Listing]]:
        with closing(read_only(self._folder)) as db:
            yield Records(db), Listing(db)


def _there(records: Records, order_id: str) -> OrderRow:
    found = records.order(order_id)
    if found is None:
        raise Trouble("missing", (problem("There is no order {id!r}.", id=order_id[:60]),))
    return found


def _next(places: "list[int] | tuple[int, ...]", limit: int) -> int | None:
    """The last place of this piece, if there is more after it."""
    return places[limit - 1] if len(places) > limit else None


def order_of(row: OrderRow) -> shapes.Order:
    order, balance = row.order, row.balance
    return shapes.Order(
        id=order.id,
        state=row.state,
        cause=row.cause,
        detail=row.detail,
        product=order.product,
        level=order.level,
        gtin=row.gtin,
        lot=order.lot,
        quantity=order.quantity,
        template=order.template,
        revision=order.revision,
        accepted_at=row.accepted_at,
        counts=shapes.Counts(
            wanted=balance.quantity,
            issued=balance.issued,
            accepted=balance.accepted,
            released=balance.released,
            samples=balance.samples,
            rejected=balance.rejected,
            voided=balance.voided,
            in_doubt=balance.in_doubt,
            open=balance.open,
        ),
    )


def label_of(line: LabelLine) -> shapes.Label:
    return shapes.Label(
        number=line.number,
        serial=line.serial,
        state=line.state,
        reprint_of=line.reprint_of or None,
        issued_at=line.issued,
        judged_at=line.judged,
    )


def nonconformance_of(found: Nonconformance) -> shapes.Nonconformance:
    return shapes.Nonconformance(
        id=found.id,
        at=found.at,
        order=found.order,
        number=found.number,
        product=found.product,
        gtin=found.gtin,
        lot=found.lot,
        serial=found.serial,
        state=found.state,
        reasons=tuple(shapes.Why(**each) for each in found.reasons),
        evidence=found.evidence,
        settled=found.settled,
    )


def state_of(
    snapshot: Snapshot, *, station: str, language: str, standings: tuple[Standing, ...]
) -> shapes.State:
    """What the board shows, without its pictures."""
    order, fault, notice = snapshot.order, snapshot.fault, snapshot.notice
    return shapes.State(
        station=station,
        mode=snapshot.mode,
        order=order.order.id if order else None,
        waiting=snapshot.waiting,
        fault=shapes.Fault(device=fault.device, conditions=fault.conditions, detail=fault.detail)
        if fault
        else None,
        in_doubt=len(snapshot.in_doubt),
        notice=shapes.Said(**shown(notice, language)) if notice else None,
        webhooks=tuple(
            shapes.Webhook(
                url=each.url, behind=each.behind, failing_since=each.failing, why=each.why
            )
            for each in standings
        ),
    )
