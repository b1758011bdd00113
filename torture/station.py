"""The station that is killed: the real journal, cycle, daemon and printer driver.

Only what lies behind the wires is the world's, and the operator is torture.person. It works off
the orders in its inbox and ends; after a kill it is started again in the same folder.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from drivers.interface import DriverError
from drivers.zebra import Zebra
from station.app import open_records
from station.artwork.text import Font
from station.config import Config, HeadsConfig
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.line.approval import Approvals
from station.line.board import Board
from station.line.cycle import Cycle
from station.line.daemon import Daemon
from station.line.inbox import Inbox, Intake
from station.line.job import Job, make_order
from station.line.library import Library, load
from station.line.signing import Signing
from station.line.specimen import Press
from station.records.evidence import Evidence
from station.records.journal import Journal, JournalFailed
from station.records.query import Records
from torture.approved import approve
from torture.line import Line, WorldGate, WorldReader
from torture.person import Person

DOTS_PER_MM = 8
TODAY = date(2026, 11, 22)

ORDERS = (
    """\
id: TORTURE-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-11-20
serials: {prefix: CN, start: "010123"}
template: has-mhb-hc-unit
revision: "1"
""",
    """\
id: TORTURE-2
product: HAS-MHB-HC
level: unit
quantity: 2
production_date: 2026-11-20
serials: {first: CN020001, last: CN020002}
reprint: same
template: has-mhb-hc-unit
revision: "1"
""",
)
"""A serial that fails is burnt in the first, and printed again in the second."""

LABELS = 5
"""Good ones that all orders ask for."""

Make = Callable[..., Cycle]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one station works, and with what."""

    folder: Path
    log: Path
    """Its standard output and error."""

    second: Path
    """Where the signed heads of the journal are kept."""

    printer_url: str
    world_port: int
    make_cycle: Make = Cycle
    """Takes what Cycle takes; a defect is seeded here."""


@cache
def workshop() -> tuple[Library, Font]:
    """Read once, before the stations are forked."""
    config = Config()
    library = load(catalogue=config.catalogue, labels=config.labels, profiles=config.profiles)
    return library, Font.load(config.font)


def work(desk: Desk, gate: Connection | None) -> None:
    """The station's process; `gate` holds it until whoever traces it is ready."""
    _say_into(desk.log)
    if gate is not None:
        gate.send("ready")
        gate.recv()
    try:
        with ExitStack() as opened:
            _daemon(desk, opened).run()
    except (Refused, DriverError, JournalFailed) as error:
        print(error, file=sys.stderr)
        sys.exit(3)


def leave_orders(folder: Path) -> None:
    """Orders wait in the inbox of a station that was not started yet."""
    inbox = folder / "orders" / "inbox"
    inbox.mkdir(parents=True)
    for number, order in enumerate(ORDERS, start=1):
        (inbox / f"order-{number}.yaml").write_text(order)


def _daemon(desk: Desk, opened: ExitStack) -> Daemon:
    """What station.app puts together, without pages and with the world's devices."""
    places = HeadsConfig(folder=desk.second, key=desk.folder / "station.key")
    config = Config(name="torture", data=desk.folder, heads=places)
    journal, heads = opened.enter_context(open_records(config))
    records, board = Records(journal.db), Board()
    line = Line(desk.world_port)
    opened.callback(line.close)
    printer = Zebra(desk.printer_url, answer_seconds=0.5, poll_seconds=0.005)
    opened.callback(printer.close)
    approve(journal, desk.folder, workshop()[0])
    inbox = _inbox(desk.folder, journal)
    evidence = Evidence(desk.folder / "evidence", spare=1)
    person = Person(board, line, records, done=lambda: _nothing_waits(desk.folder))

    def alive() -> None:
        if not person.act():
            daemon.stop()

    daemon = Daemon(
        journal=journal,
        records=records,
        board=board,
        cycle=desk.make_cycle(
            journal=journal,
            ledger=records,
            evidence=evidence,
            printer=printer,
            reader=WorldReader(line),
            gate=WorldGate(line),
            print_seconds=2.0,
        ),
        inbox=inbox,
        make_job=lambda row: _job(row.order),
        approvals=Approvals(journal=journal, evidence=evidence, press=_press),
        automatic=True,
        hold_after_rejects=3,
        hold_on_reject=False,
        scanned=False,
        signing=Signing(journal, heads),
        alive=alive,
    )
    daemon.start(version="torture", configuration=config.digest, key=heads.key.id)
    return daemon


def _inbox(folder: Path, journal: Journal) -> Inbox:
    library, font = workshop()

    def check(document: object) -> WorkOrder:
        return make_order(
            document, library=library, font=font, dots_per_mm=DOTS_PER_MM, today=TODAY
        )

    intake = Intake(journal=journal, library=library, check=check)
    inbox = Inbox(folder / "orders", intake=intake, settle_seconds=0.0)
    inbox.poll()  # the first of the two looks a file gets
    return inbox


def _press() -> Press:
    library, font = workshop()
    return Press(library, font, DOTS_PER_MM, TODAY)


def _job(order: WorkOrder) -> Job:
    library, font = workshop()
    return Job(order, library=library, font=font, dots_per_mm=DOTS_PER_MM)


def _nothing_waits(folder: Path) -> bool:
    """What was claimed and not answered is taken up at the next start."""
    return not any((folder / "orders" / "inbox").iterdir())


def _say_into(log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
