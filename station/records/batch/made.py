"""What the labels of an order were made with, and the first of them that was good."""

from collections.abc import Iterator
from typing import Any

from station.core.batch import ApprovedDesign, Article, Entry, MadeWith, Version
from station.core.events import (
    LabelIssued,
    LabelJudged,
    OrderAccepted,
    OrderStarted,
    StationStarted,
    TemplateApproved,
)
from station.records.batch.past import Past, entry, local
from station.records.journal import recorded_at


def made_with(past: Past) -> MadeWith:
    started = next((event for _, event in past.every(OrderStarted)), None)
    recipe = started.recipe if started else None
    return MadeWith(
        recipe=recipe,
        recipe_digest=recipe.digest if recipe else "",
        approval=_approved(past, recipe.template) if recipe else None,
        versions=tuple(_versions(past)),
    )


def _approved(past: Past, digest: str) -> ApprovedDesign | None:
    """The last approval, before the order was started, of exactly this design."""
    (_, accepted), *_ = past.every(OrderAccepted)
    started = next(each.seq for each, _ in past.every(OrderStarted))
    if not past.db.table_exists(None, "template"):
        return None
    rows = past.db.execute(
        "SELECT seq FROM template WHERE name=? AND revision=? AND digest=? AND seq<?"
        " ORDER BY seq DESC LIMIT 1",
        (accepted.order.template, accepted.order.revision, digest, started),
    )
    found = next((recorded_at(past.db, seq) for (seq,) in rows), None)
    if found is None or not isinstance(found.event, TemplateApproved):
        return None
    event = found.event
    return ApprovedDesign(
        entry=entry(found),
        name=event.name,
        revision=event.revision,
        digest=event.digest,
        author=event.author,
        approver=event.approver,
        reason=event.reason,
    )


def _versions(past: Past) -> Iterator[Version]:
    """The start of the station before the order was, and every one until its last event."""
    began = next((each.seq for each, _ in past.every(OrderStarted)), past.first)
    before = past.db.execute(
        "SELECT coalesce(max(seq), 0) FROM event WHERE type='StationStarted' AND seq<?", (began,)
    ).get
    rows = past.db.execute(
        "SELECT seq FROM event WHERE type='StationStarted' AND seq BETWEEN ? AND ? ORDER BY seq",
        (before, past.last),
    )
    for (seq,) in rows:
        found = recorded_at(past.db, seq)
        if found and isinstance(found.event, StationStarted):
            event = found.event
            yield Version(
                entry=entry(found), version=event.version, configuration=event.configuration
            )


def first_article(past: Past) -> Article | None:
    """None before a label was accepted."""
    rows: list[tuple[Any, ...]] = past.db.execute(
        "SELECT l.number, l.issued, l.judged FROM label l JOIN event e ON e.seq = l.judged"
        " WHERE l.order_id=? AND json_extract(e.body, '$.accepted') ORDER BY l.number LIMIT 1",
        (past.order,),
    ).fetchall()
    for number, issued, judged in rows:
        sent, found = past.event(issued), recorded_at(past.db, judged)
        if isinstance(sent, LabelIssued) and found and isinstance(found.event, LabelJudged):
            return Article(
                number=number,
                serial=sent.serial,
                entry=Entry(seq=judged, at=local(found.at, found.offset), by=found.actor),
                data=sent.data,
                symbols=found.event.symbols,
                picture=found.event.evidence,
            )
    return None
