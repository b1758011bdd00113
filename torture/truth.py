"""What really happened on the line, and every way the journal can fail to account for it.

Whoever plays the world (paper, gate, people) keeps a Truth: it lies outside the station, so no
crash of the station can touch it. After every crash, and at the end, the journal is held against
it:

    violations(folder, Truth(printed=("CN010123",), passed=()))

names every broken invariant, with the serial and what is missing; nothing is a good answer.
Each sentence begins with its Invariant, so that a test can ask which one it was.
"""

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from station.core.problem import Refused
from station.core.reconciliation import reconcile
from station.core.state import IllegalStepError, LabelState, OrderState
from station.records import projections
from station.records.journal import broken_at, read_only, recorded
from station.records.query import Records
from torture.invariant import Invariant, said
from torture.story import CLOSED, Order, Story

__all__ = ["Invariant", "Truth", "said", "violations"]

FILES = ("journal.db", "journal.db-journal", "journal.db-wal")

OVER = CLOSED | {OrderState.FINISHED, OrderState.ENDED}


@dataclass(frozen=True, slots=True)
class Truth:
    """Kept by somebody outside the station, in the order in which it happened."""

    printed: tuple[str, ...] = ()
    """Serial of every physical label, whole or half; "" for a label traced by lot."""

    passed: tuple[str, ...] = ()
    """Serials the gate let through."""

    doubled: tuple[str, ...] = ()
    """Serials of which the printer, on its own, made one copy more; they are in `printed` too."""


def violations(folder: Path, truth: Truth) -> tuple[str, ...]:
    """Every broken invariant, as a sentence; the journal in `folder` is only looked at.

    A folder in which no journal was begun is right as long as nothing was printed.
    """
    try:
        db = read_only(folder)
    except Refused as refused:
        if not truth.printed and not _begun(folder):
            return ()
        return (said(Invariant.READABLE, str(refused)),)
    try:
        return tuple(_violations(db, truth, evidence=folder / "evidence"))
    except apsw.Error as error:
        return (said(Invariant.READABLE, str(error)),)
    finally:
        db.close()


def _begun(folder: Path) -> bool:
    """Whether there is, or might be, more than an empty file: looked at in a copy."""
    with tempfile.TemporaryDirectory() as temporary:
        for name in FILES:
            if (folder / name).exists():
                shutil.copy(folder / name, Path(temporary) / name)
        db = apsw.Connection(str(Path(temporary) / FILES[0]))
        try:
            return bool(db.execute("SELECT count(*) FROM sqlite_schema").get)
        except apsw.Error:
            return True
        finally:
            db.close()


def _violations(db: apsw.Connection, truth: Truth, *, evidence: Path) -> Iterator[str]:
    broken = broken_at(db)
    if broken is not None:
        yield said(Invariant.CHAIN, f"event {broken} does not follow from what is before it")
        return
    story = Story.of(recorded(db))
    yield from story.wrong
    yield from _paper(story, truth)
    yield from _gate(story, truth)
    yield from _kept(story, evidence)
    yield from _balances(story)
    yield from _tables(db, story)


def _paper(story: Story, truth: Truth) -> Iterator[str]:
    """Every label on paper is in the journal, and what the journal saw is on paper."""
    printed = Counter(truth.printed) - Counter(truth.doubled)
    issued = Counter(each.serial for each in story.labels)
    denied = Counter(each.serial for each in story.labels if each.state == LabelState.NOT_PRINTED)
    for serial, times in printed.items():
        found = f"serial {serial or 'none'} came out of the printer {times} times"
        if times > issued[serial]:
            yield said(Invariant.ISSUED, f"{found}, and was issued {issued[serial]} times")
        elif times > issued[serial] - denied[serial]:
            yield said(
                Invariant.ACCOUNTED, f"{found}, and {denied[serial]} are said not to be printed"
            )
    for serial, times in _accepted(story).items():
        if times > printed[serial]:
            yield said(
                Invariant.EXISTS,
                f"serial {serial or 'none'} was accepted {times} times, and came out of the printer"
                f" {printed[serial]} times",
            )


def _gate(story: Story, truth: Truth) -> Iterator[str]:
    issued, accepted = Counter(each.serial for each in story.labels), _accepted(story)
    doubled = Counter(truth.doubled)
    for serial, times in Counter(truth.passed).items():
        if times > accepted[serial]:
            yield said(
                Invariant.PASSED,
                f"serial {serial or 'none'} passed {times} times, and was accepted"
                f" {accepted[serial]} times",
            )
        if doubled[serial] and times + doubled[serial] > issued[serial]:
            yield said(
                Invariant.TWINS,
                f"serial {serial or 'none'} was issued {issued[serial]} times, made twice"
                f" {doubled[serial]} times, and passed {times} times",
            )


def _accepted(story: Story) -> Counter[str]:
    return Counter(each.serial for each in story.labels if each.accepted)


def _kept(story: Story, folder: Path) -> Iterator[str]:
    """Pictures that verdicts rest on, and designs that orders were started with."""
    names = [(each, ".jpg") for each in story.pictures]
    names += [(each, ".json") for each in story.designs]
    for name, suffix in sorted(names):
        path = folder / name[:2] / f"{name}{suffix}"
        if name and not path.is_file():
            yield said(Invariant.PICTURE, f"{name} is named in the journal and is not there")
        elif name and hashlib.sha256(path.read_bytes()).hexdigest() != name:
            yield said(Invariant.PICTURE, f"{name} is not what it was")


def _balances(story: Story) -> Iterator[str]:
    for name, order in story.orders.items():
        balance = reconcile(order.counts, quantity=order.order.quantity)
        if order.state in OVER - {OrderState.CLOSED_UNBALANCED} and not balance.balanced:
            yield said(Invariant.BALANCE, f"order {name} is {order.state}, and {balance}")


def _tables(db: apsw.Connection, story: Story) -> Iterator[str]:
    """The stored tables are those that the events make, and say what the story says."""
    yield from _rebuilt(db)
    records = Records(db)
    for name, order in story.orders.items():
        yield from _rows_of(records, name, order)


def _rows_of(records: Records, name: str, order: Order) -> Iterator[str]:
    row = records.order(name)
    if row is None:
        yield said(Invariant.TABLES, f"order {name} is {order.state} and has no row")
        return
    balance = reconcile(order.counts, quantity=order.order.quantity)
    if (row.state, row.balance) != (order.state, balance):
        yield said(
            Invariant.TABLES,
            f"order {name} is {order.state} with {balance}, its row {row.state} with {row.balance}",
        )
    stored = {each.number: each.state for each in records.labels(name)}
    for label in order.labels.values():
        if stored.get(label.number) != label.state:
            found = stored.get(label.number, "missing")
            yield said(Invariant.TABLES, f"{label} is {label.state}, its row {found}")


def _rebuilt(db: apsw.Connection) -> Iterator[str]:
    again = apsw.Connection(":memory:")
    try:
        projections.create(again)
        with again:
            for each in recorded(db):
                projections.apply(again, each)
    except (IllegalStepError, LookupError, apsw.Error) as error:
        yield said(Invariant.TABLES, f"they cannot be made from the events: {error}")
        return
    for table in projections.TABLES:
        if _rows(db, table) != _rows(again, table):
            yield said(Invariant.TABLES, f"{table} is not what the events make it")


def _rows(db: apsw.Connection, table: str) -> list[tuple[object, ...]]:
    """All rows, whatever order they are stored in. `table` is one of the projections' own."""
    return sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608 - a constant
