"""How long the supervisor's pages take over a journal of many labels and rejects:

    python -m bench log [--labels 10000000] [--rejects 1000000] [--folder KEPT]

The tables that the pages ask are filled as the station leaves them, row by row; of the events only
those of orders and the newest are written, for the pages read no others. Every page is asked for
through the server, as a browser would.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import httpx

from station.core.events import OrderAccepted, OrderEnded, OrderHeld, OrderStarted, Recipe
from station.core.judge import Code
from station.core.order import WorkOrder
from station.core.state import LabelState
from station.line.board import Board
from station.records import keys
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import FILE, Journal
from station.web.server import Server

PER_ORDER = 10_000
GTIN = "06972869182019"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(milliseconds=500)
"""From one label to the next."""

RECIPE = Recipe(template="", font="", product="", dots_per_mm=12, carriers=("]d2",))
PRODUCTS = tuple(f"HAS-MHB-{n:02d}" for n in range(30))
PEOPLE = tuple(f"Supervisor {n}" for n in range(12))
PRINTERS = ("tcp://192.0.2.7:9100", "tcp://192.0.2.8:9100")
RARE = Code.SWAPPED
"""Of one reject in a hundred thousand."""

_NONCONFORMANCE = (
    "INSERT INTO nonconformance(id, seq, at, order_id, number, product, gtin, lot, serial, state,"
    " codes, reasons, symbols, evidence, settled) VALUES(?,?,?,?,?,?,?,'',?,?,?,?,?,'',?)"
)


class _Clock:
    def __init__(self) -> None:
        self.at = BEGAN

    def __call__(self) -> Instant:
        return Instant(self.at, offset=480, monotonic=0, steered=True)


def fill(folder: Path, *, labels: int, rejects: int) -> None:
    """A new journal in this folder, with so many labels and nonconformances."""
    clock, drawn = _Clock(), random.Random(1)  # noqa: S311 - the same rows every time
    with closing(Journal(folder, clock=clock)) as journal:
        orders = -(-labels // PER_ORDER)
        for number in range(1, orders + 1):
            _open(journal, number)
            clock.at += STEP * PER_ORDER
            _close(journal, number)
    with closing(apsw.Connection(str(folder / FILE))) as db:
        db.pragma("synchronous", "off")
        db.pragma("cache_size", -262144)
        share = rejects / labels
        nonconformance = 0
        for order in range(1, orders + 1):
            rejected = [n for n in range(1, PER_ORDER + 1) if drawn.random() < share]
            with db:
                db.executemany(_LABEL, _labels(order, frozenset(rejected)))
                for number in rejected:
                    nonconformance += 1
                    _reject(db, nonconformance, order, number, drawn)


_LABEL = (
    "INSERT INTO label(order_id, number, serial, state, reprint_of, issued, judged, released)"
    " VALUES(?,?,?,?,0,?,?,?)"
)


def _labels(order: int, rejected: frozenset[int]) -> Iterator[tuple[object, ...]]:
    """Their events are not there; only their order matters."""
    first = 3 * PER_ORDER * order
    for number in range(1, PER_ORDER + 1):
        seq = first + 3 * number
        good = number not in rejected
        state = LabelState.RELEASED if good else LabelState.VOIDED
        serial = f"CN{order:06d}{number:05d}"
        yield (_id(order), number, serial, state, seq, seq + 1, seq + 2 if good else None)


def _id(order: int) -> str:
    return f"WO-{order:06d}"


def _open(journal: Journal, number: int) -> None:
    order = WorkOrder.model_validate_json(
        json.dumps(
            {
                "id": _id(number),
                "product": PRODUCTS[number % len(PRODUCTS)],
                "level": "unit",
                "quantity": PER_ORDER,
                "lot": f"L{number}",
                "template": "t",
                "revision": "1",
            }
        )
    )
    journal.append(
        OrderAccepted(order=order, gtin=GTIN, file="f", sha256=f"{number:064d}"),
        OrderStarted(order=_id(number), recipe=RECIPE, printer=PRINTERS[number % len(PRINTERS)]),
    )


def _close(journal: Journal, number: int) -> None:
    journal.append(
        OrderHeld(order=_id(number), cause="operator"),
        OrderEnded(order=_id(number), reason="bench"),
    )


def _reject(
    db: apsw.Connection, nonconformance: int, order: int, number: int, drawn: random.Random
) -> None:
    at = BEGAN + STEP * (PER_ORDER * (order - 1) + number)
    codes = _codes(nonconformance, drawn)
    reasons = [
        {"code": each, "ai": "21", "expected": "CN010123", "read": "CN010124"} for each in codes
    ]
    symbols = [{"identifier": "]d2", "data": 40 * "31", "engine": "zxing-cpp"}]
    person = PEOPLE[nonconformance % len(PEOPLE)]
    stamp = at.isoformat()
    db.execute(
        _NONCONFORMANCE,
        (
            nonconformance,
            3 * PER_ORDER * order + 3 * number + 1,
            stamp,
            _id(order),
            number,
            PRODUCTS[order % len(PRODUCTS)],
            GTIN,
            f"CN{order:06d}{number:05d}",
            LabelState.VOIDED,
            " ".join(codes),
            json.dumps(reasons),
            json.dumps(symbols),
            f"{person} + Witness: found in the reject bin",
        ),
    )
    names = (
        *(keys.code(each) for each in codes),
        keys.person(person),
        keys.person("Witness"),
        keys.printer(PRINTERS[order % len(PRINTERS)]),
    )
    db.executemany(
        "INSERT INTO nonconformance_key VALUES(?,?,?)",
        ((each, stamp, nonconformance) for each in dict.fromkeys(names)),
    )


def _codes(nonconformance: int, drawn: random.Random) -> tuple[str, ...]:
    if nonconformance % 100_000 == 7:
        return (str(RARE),)
    usual = [each for each in Code if each != RARE]
    return tuple(str(each) for each in drawn.sample(usual, drawn.choice((1, 1, 2))))


PAGES = {
    "reject log, first page": "/rejects",
    "… one order": "/rejects?order=WO-000003",
    "… one product": f"/rejects?product={PRODUCTS[0]}",
    "… all of DATA": "/rejects?reason=DATA.",
    "… a rare reason": f"/rejects?reason={RARE}",
    "… a rare reason of one product": f"/rejects?reason={RARE}&product={PRODUCTS[0]}",
    "… one person": "/rejects?person=Supervisor+3",
    "… one person, reason, product and printer": "/rejects?person=Supervisor+3&reason=DATA.lot"
    f"&product={PRODUCTS[3]}&printer={PRINTERS[1]}",
    "… until the second day": "/rejects?until=2026-01-02",
    "… nothing there": "/rejects?order=none&reason=DATA.",
    "one reject": "/rejects/1",
    "table of 10 000 rows": "/rejects.csv",
}


def measure(folder: Path, *, times: int = 20) -> None:
    print("| page | p50 ms | longest ms | kB |\n|---|---|---|---|")
    with _served(folder) as browser:
        for name, address in PAGES.items():
            spent, size = [], 0
            for _ in range(times if "table" not in name else 3):
                began = time.perf_counter()
                answer = browser.get(address)
                spent.append(1000 * (time.perf_counter() - began))
                answer.raise_for_status()
                size = len(answer.content)
            row = f"{statistics.median(spent):.0f} | {max(spent):.0f} | {size / 1000:.0f}"
            print(f"| {name} | {row} |", flush=True)
    print()


@contextmanager
def _served(folder: Path) -> Iterator[httpx.Client]:
    server = Server(
        board=Board(),
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="en",
        station_name="bench",
        port=0,
    )
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=60) as browser:
            yield browser
    finally:
        server.stop()


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench log")
    asked.add_argument("--labels", type=int, default=1_000_000)
    asked.add_argument("--rejects", type=int, default=100_000)
    asked.add_argument("--folder", type=Path, help="Kept, and used again if it is there.")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as scratch:
        folder = given.folder or Path(scratch)
        if not (folder / FILE).exists():
            folder.mkdir(parents=True, exist_ok=True)
            fill(folder, labels=given.labels, rejects=given.rejects)
        print("## Supervisor's pages over a large journal\n")
        print(f"`python -m bench log --labels {given.labels} --rejects {given.rejects}`\n")
        measure(folder)


if __name__ == "__main__":
    main()
