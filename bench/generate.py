"""A journal of any size, byte for byte as the station would have written it:

    python -m bench.generate --labels 1000000 FOLDER

Orders of at most 10 000 labels, each printed, judged good and released, finished, and closed on
its balance. What happens once an order goes through the station's own projections. A label's three
events and its rows are written set by set, which a test compares with real appends.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

import apsw

from station.core.events import (
    Event,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    OdometerRead,
    OrderAccepted,
    OrderClosed,
    OrderFinished,
    OrderStarted,
    Recipe,
    Recorded,
    StationStarted,
    SymbolRead,
    to_json,
)
from station.core.gs1 import ElementString
from station.core.order import WorkOrder
from station.core.shape import parse
from station.core.state import LabelState
from station.records import projections
from station.records.clock import Instant
from station.records.journal import FILE, Journal, digest, head

PER_ORDER = 10_000
GTIN = "06972869182019"
BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
STEP = timedelta(milliseconds=40)
"""From one event to the next: eight labels a second."""

# No digests, for there are no files behind them.
RECIPE = Recipe(template="", font="", product="", dots_per_mm=12, carriers=("]d2",))


class Pace:
    """A clock that goes one step with each look, so that every run writes the same journal."""

    def __init__(self, ticks: int = 0) -> None:
        self.ticks = ticks

    def __call__(self) -> Instant:
        self.ticks += 1
        return Instant(
            utc=BEGAN + self.ticks * STEP,
            offset=480,
            monotonic=self.ticks * 40_000_000,
            steered=True,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """One order and its labels."""

    number: int
    """From 1."""

    labels: int

    @property
    def id(self) -> str:
        return f"WO-{self.number:06d}"

    @property
    def first(self) -> int:
        """The counter of its first serial."""
        return (self.number - 1) * PER_ORDER

    def serial(self, number: int) -> str:
        return f"CN{self.first + number - 1:010d}"

    @property
    def order(self) -> WorkOrder:
        return parse(
            WorkOrder,
            {
                "id": self.id,
                "product": "HAS-MHB-HC",
                "level": "unit",
                "quantity": self.labels,
                "production_date": BEGAN.date(),
                "serials": {"prefix": "CN", "start": f"{self.first:010d}"},
                "template": "has-mhb-hc-unit",
                "revision": "1",
            },
        )

    def opening(self) -> Iterator[Event]:
        order = self.order
        file = sha256(self.id.encode()).hexdigest()
        yield OrderAccepted(order=order, gtin=GTIN, file=f"{self.id}.yaml", sha256=file)
        yield OrderStarted(order=self.id, recipe=RECIPE)
        yield OdometerRead(order=self.id, value=self.first)

    def events(self, number: int) -> tuple[LabelIssued, LabelJudged, LabelReleased]:
        """The life of one label."""
        serial = self.serial(number)
        data = _data(serial)
        symbol = SymbolRead(identifier="]d2", data=data, engine="zxing-cpp")
        return (
            LabelIssued(
                order=self.id,
                number=number,
                gtin=GTIN,
                serial=serial,
                data=data,
                zpl=sha256(serial.encode()).hexdigest(),
                recipe=RECIPE.digest,
            ),
            LabelJudged(order=self.id, number=number, accepted=True, reasons=(), symbols=(symbol,)),
            LabelReleased(order=self.id, number=number),
        )

    def closing(self) -> Iterator[Event]:
        last = self.first + self.labels
        yield OdometerRead(order=self.id, value=last)
        yield OrderFinished(order=self.id)
        yield OrderClosed(
            order=self.id,
            states={str(LabelState.RELEASED): self.labels},
            stock={},
            odometer=(self.first, last),
        )


def batches(labels: int, *, per_order: int = PER_ORDER) -> Iterator[Batch]:
    """Orders for so many labels."""
    for number, first in enumerate(range(0, labels, per_order), start=1):
        yield Batch(number, min(per_order, labels - first))


def generate(folder: Path, labels: int, *, per_order: int = PER_ORDER) -> Path:
    """Make a new journal in this folder; returns its path. Not durable until it returns."""
    with Loom(folder) as loom:
        for batch in batches(labels, per_order=per_order):
            loom.weave(batch)
    return folder / FILE


class Loom:
    """Writes a new journal without waiting for the disk, and leaves it as the station does."""

    def __init__(self, folder: Path) -> None:
        pace = Pace()
        journal = Journal(folder, clock=pace)
        journal.append(StationStarted(version="0", configuration="0" * 64, boot="bench"))
        journal.close()
        self._pace = pace
        self._db = apsw.Connection(str(folder / FILE))
        self._db.pragma("journal_mode", "off")
        self._db.pragma("synchronous", "off")
        self._db.pragma("cache_size", -65536)
        self._guards = [
            str(sql)
            for (sql,) in self._db.execute("SELECT sql FROM sqlite_schema WHERE type='trigger'")
        ]
        for (name,) in self._db.execute(
            "SELECT name FROM sqlite_schema WHERE type='trigger'"
        ).fetchall():
            self._db.execute(f"DROP TRIGGER {name}")
        self._seq, self._hash = head(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sql in self._guards:
            self._db.execute(sql)
        self._db.pragma("journal_mode", "wal")
        self._db.close()

    def weave(self, batch: Batch, *, closed: bool = True) -> None:
        """An order from its acceptance to its close, in one transaction."""
        with self._db:
            for event in batch.opening():
                self._append(event)
            began = self._seq
            self._db.executemany(_INSERT_EVENT, self._rows(batch))
            self._project(batch, began)
            for event in batch.closing():
                if closed or event.type != "OrderClosed":
                    self._append(event)

    def _append(self, event: Event) -> None:
        body = to_json(event).decode()
        row = self._row(event.type, body)
        self._db.execute(_INSERT_EVENT, row)
        at = BEGAN + self._pace.ticks * STEP
        projections.apply(self._db, Recorded(self._seq, at, "station", event, self._hash))

    def _rows(self, batch: Batch) -> Iterator[tuple[object, ...]]:
        """What Journal.append writes for each label."""
        for number in range(1, batch.labels + 1):
            serial = batch.serial(number)
            data = _data(serial)
            zpl = sha256(serial.encode()).hexdigest()
            label = f'"order":"{batch.id}","number":{number}'
            yield self._row(
                "LabelIssued",
                f'{{"type":"LabelIssued",{label},"gtin":"{GTIN}","serial":"{serial}",'
                f'"data":"{data}","zpl":"{zpl}","reprint_of":0,"recipe":"{RECIPE.digest}"}}',
            )
            yield self._row(
                "LabelJudged",
                f'{{"type":"LabelJudged",{label},"accepted":true,"reasons":[],"symbols":'
                f'[{{"identifier":"]d2","data":"{data}","engine":"zxing-cpp"}}],'
                '"evidence":"","rescued":false,"quality":null,"marks":[]}',
            )
            yield self._row("LabelReleased", f'{{"type":"LabelReleased",{label}}}')

    def _row(self, kind: str, body: str) -> tuple[object, ...]:
        instant = self._pace()
        at = instant.utc.isoformat(timespec="microseconds")
        self._seq += 1
        header = (self._seq, at, instant.offset, instant.monotonic, 1)
        prev, self._hash = self._hash, digest(*header, kind, "station", body, self._hash)
        return (*header, kind, "station", body, bytes.fromhex(prev), bytes.fromhex(self._hash))

    def _project(self, batch: Batch, began: int) -> None:
        """What projections.apply leaves behind for all labels of an order."""
        state, events = LabelState.RELEASED, 3
        self._db.executemany(
            "INSERT INTO label(order_id, number, serial, state, reprint_of, issued, judged,"
            " released) VALUES(?,?,?,?,0,?,?,?)",
            (
                (batch.id, number, batch.serial(number), state, seq + 1, seq + 2, seq + 3)
                for number, seq in enumerate(
                    range(began, began + events * batch.labels, events), start=1
                )
            ),
        )
        self._db.execute(
            "UPDATE serial SET number=place WHERE order_id=? AND number IS NULL", (batch.id,)
        )
        counts = {LabelState.ISSUED: 0, LabelState.ACCEPTED: 0, state: batch.labels}
        self._db.executemany(
            "INSERT INTO label_count VALUES(?,?,?)",
            ((batch.id, each, n) for each, n in counts.items()),
        )


_INSERT_EVENT = (
    "INSERT INTO event(seq, at, offset, monotonic, steered, type, actor, body, prev, hash)"
    " VALUES(?,?,?,?,?,?,?,?,?,?)"
)


def _data(serial: str) -> str:
    """The element string of a label, hexadecimal."""
    return f"{_FIXED}{serial.encode().hex()}"


_FIXED = (
    ElementString.of(("01", GTIN), ("11", BEGAN.strftime("%y%m%d")), ("21", "X"))
    .encode()[:-1]
    .hex()
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--labels", type=int, default=1_000_000)
    given = asked.parse_args()
    began = time.perf_counter()
    path = generate(given.folder, given.labels)
    seconds = time.perf_counter() - began
    size = path.stat().st_size / 1e6
    print(f"{path}: {given.labels} labels, {size:.0f} MB, {seconds:.0f} s")


if __name__ == "__main__":
    main()
