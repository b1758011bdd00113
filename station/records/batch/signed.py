"""Who stands for what in an order: every entry that two people made, or a person signed."""

from collections.abc import Iterator

from station.core.batch import MadeWith, SignatureLine
from station.core.events import (
    LabelsCleared,
    LabelSettled,
    OrderClosed,
    OrderEnded,
    Recorded,
    ReprintAuthorised,
    Signed,
    StepSigned,
)
from station.records.batch.past import Past, entry
from station.records.journal import recorded_at


def signatures(past: Past, made: MadeWith) -> tuple[SignatureLine, ...]:
    """In the order of their events; two people stand for one event in two lines."""
    proven = {seq for _, each in past.every(Signed) for seq in range(each.first, each.last + 1)}
    typed = (each for each in past.events if each.seq not in proven)
    found = [*_design(past, made), *(line for each in typed for line in _lines(each))]
    return tuple(sorted(found, key=lambda line: line.entry.seq))


def _design(past: Past, made: MadeWith) -> Iterator[SignatureLine]:
    approval = made.approval
    event = recorded_at(past.db, approval.entry.seq) if approval else None
    if approval and event:
        about = f"{approval.name} {approval.revision}"
        yield _line(event, approval.author, "design made", about)
        yield _line(event, approval.approver, "design approved", about)


def _lines(recorded: Recorded) -> Iterator[SignatureLine]:
    match recorded.event:
        case Signed(person=person, meaning=meaning):
            yield _line(recorded, person, meaning, _about(recorded.event))
        case StepSigned(step=step, witness=witness, meaning=meaning):
            yield from _two(recorded, witness, meaning, step)
        case LabelSettled(number=number, witness=witness):
            yield from _two(recorded, witness, "label settled", str(number))
        case ReprintAuthorised(number=number, witness=witness):
            yield from _two(recorded, witness, "reprint authorised", str(number))
        case LabelsCleared(labels=labels, witness=witness):
            about = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in labels)
            yield from _two(recorded, witness, "labels cleared", about)
        case OrderClosed(order=order, witness=witness):
            yield from _two(recorded, witness, "order closed", order)
        case OrderEnded(order=order):
            yield _line(recorded, recorded.actor, "order ended early", order)


def _two(recorded: Recorded, witness: str, meaning: str, about: str) -> Iterator[SignatureLine]:
    yield _line(recorded, recorded.actor, meaning, about)
    if witness:
        yield _line(recorded, witness, meaning, about)


def _about(signed: Signed) -> str:
    """The events that were signed, and the label they are about, if it is one."""
    label = f"{signed.number} · " if signed.number else ""
    last = f" – #{signed.last}" if signed.last > signed.first else ""
    return f"{label}#{signed.first}{last}"


def _line(recorded: Recorded, name: str, meaning: str, about: str) -> SignatureLine:
    event = recorded.event
    return SignatureLine(
        entry=entry(recorded),
        name=name,
        meaning=meaning,
        about=about,
        reason=event.reason if isinstance(event, Signed | StepSigned) else "",
        proof=event.factor if isinstance(event, Signed) else "",
        hash=recorded.hash,
    )
