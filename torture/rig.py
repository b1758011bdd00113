"""The real station, journal to gate, driven turn by turn around a World.

A rig is one life of the station's process. It dies by Crash, is killed, or is stopped; the next
rig on the same folder and World is the station started again.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from station.app import VERSION, Workshop, local_today
from station.artwork.items import Artwork, Box
from station.config import Config
from station.core.order import WorkOrder
from station.core.state import OrderState
from station.line.approval import Approvals
from station.line.board import Asked, Board, Request
from station.line.cycle import Cycle
from station.line.daemon import Daemon
from station.line.inbox import Inbox, Intake
from station.line.job import Job, Label
from station.line.signing import Signing
from station.records.query import OrderRow, Records
from torture.approved import approve
from torture.memory import MemoryGate, MemoryPrinter, MemoryReader, World
from torture.mortal import MemoryHeads, MortalEvidence, MortalJournal

_BY_SERIAL = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: {made}
template: has-mhb-hc-unit
revision: "1"
"""

ORDERS = (
    _BY_SERIAL + 'serials: {{prefix: {id}, start: "01"}}\n',
    _BY_SERIAL + "serials: {{first: {id}01, last: {id}0{quantity}}}\n",
    _BY_SERIAL + "serials: {{first: {id}01, last: {id}0{quantity}}}\nreprint: same\n",
    """\
id: {id}
product: HAS-MHB-X2
level: primary
quantity: {quantity}
lot: "{lot}"
production_date: {made}
template: has-mhb-x2-primary
revision: "1"
""",
)
"""Texts of order files: an open plan of serials, a closed one, one whose serials are engraved on
the devices, and one traced by lot.
"""

SHOWN = Artwork(8, 8, 8, (Box(0, 0, 8, 8, 1),))
"""What the pages would show of a label: drawing the real one takes longer than all the rest."""


class Rig:
    def __init__(self, folder: Path, world: World, *, vfs: str = "") -> None:
        """Opens the records and starts, as the station does. Raises Refused, Crash."""
        self._world = world
        self._turns = 0
        self.journal = MortalJournal(folder, vfs=vfs, signed=lambda: world.signed)
        approve(self.journal, folder, _workshop().library)
        self.journal.mortal(world)
        self.records = Records(self.journal.db)
        self._board = _ImpatientBoard()
        self._daemon = self._built(folder)
        with self._mortal():
            self._daemon.start(version=VERSION, configuration="0" * 64, key="0" * 64)

    def _built(self, folder: Path) -> Daemon:
        evidence = MortalEvidence(folder / "evidence", spare=0)
        evidence.world = self._world
        cycle = Cycle(
            journal=self.journal,
            ledger=self.records,
            evidence=evidence,
            printer=MemoryPrinter(self._world),
            reader=MemoryReader(self._world),
            gate=MemoryGate(self._world),
            print_seconds=1.0,
        )
        intake = Intake(journal=self.journal, library=_workshop().library, check=_workshop().order)
        return Daemon(
            journal=self.journal,
            records=self.records,
            board=self._board,
            cycle=cycle,
            inbox=Inbox(folder / "orders", intake=intake, settle_seconds=0.0),
            make_job=lambda row: _DrawnOnce(row.order, self._world),
            approvals=Approvals(
                journal=self.journal, evidence=evidence, press=lambda: _workshop().press
            ),
            automatic=True,
            hold_after_rejects=2,
            hold_on_reject=False,
            scanned=False,
            signing=Signing(self.journal, MemoryHeads(self._world)),
            alive=self._turn,
        )

    # -- life ------------------------------------------------------------------------------

    def run(self, turns: int) -> None:
        """Let the station work so many turns of its loop. Raises Crash, and is dead then."""
        self._turns = turns
        with self._mortal():
            try:
                self._daemon.run()
            except _Pause:
                return

    def ask(self, request: Request, *, actor: str = "operator") -> None:
        """Raises Refused when the station will not do it; Crash, and is dead then."""
        answer = self._board.ask(request, actor=actor)
        self.run(1)
        answer.result(timeout=0)

    def kill(self) -> None:
        """Nothing is written down, nothing is tidied up."""
        self.journal.close()

    def stop(self) -> None:
        """As an operator or systemd stops it. Raises Crash."""
        self._daemon.stop()
        self.run(1)
        self.journal.close()

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """Whatever ends it, the next process finds the records unlocked."""
        with ExitStack() as dying:
            dying.callback(self.kill)
            yield
            dying.pop_all()

    def _turn(self) -> None:
        if self._turns == 0:
            raise _Pause
        self._turns -= 1

    # -- what it shows ---------------------------------------------------------------------

    @property
    def at_line(self) -> OrderRow | None:
        return self.records.current()

    @property
    def running(self) -> bool:
        return self.at_line is not None and self.at_line.state == OrderState.RUNNING

    @property
    def stop_seen(self) -> int:
        """The stop as it is shown; 0 if it waits for nobody."""
        return self._board.snapshot.stop

    @property
    def in_doubt(self) -> tuple[int, ...]:
        """Labels of the order at the line that only a person can close."""
        return tuple(number for number, _ in self._board.snapshot.in_doubt)


def drop(folder: Path, name: str, *, kind: int, quantity: int) -> None:
    """Somebody puts an order file into the inbox: ORDERS[kind] with `name` as its id."""
    today = local_today()
    text = ORDERS[kind].format(id=name, quantity=quantity, made=today, lot=f"{today:%Y%m%d}")
    inbox = folder / "orders" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.yaml").write_text(text)


@contextmanager
def quiet() -> Iterator[None]:
    """What a station says to its log in a thousand lives, nobody reads."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@cache
def _workshop() -> Workshop:
    return Workshop.open(Config())


class _Pause(BaseException):
    """The turns that were asked for are over."""


class _ImpatientBoard(Board):
    """Nobody comes while the station waits, so it does not wait."""

    def next_asked(self, *, seconds: float) -> Asked | None:  # noqa: ARG002 - that is the point
        return super().next_asked(seconds=0.0)


class _DrawnOnce(Job):
    """Lays each label out once a process, and tells the World what its bytes look like."""

    def __init__(self, order: WorkOrder, world: World) -> None:
        self._world = world
        self._key = order.model_dump_json()
        shop = _workshop()
        super().__init__(
            order,
            library=shop.library,
            font=shop.font,
            dots_per_mm=shop.config.printer.dots_per_mm,
        )

    def label(self, number: int, *, serial: str) -> Label:
        key = (self._key, serial)
        if key not in _DRAWN:
            _DRAWN[key] = replace(super().label(number, serial=serial), artwork=SHOWN)
        label = replace(_DRAWN[key], number=number)
        self._world.ink[label.zpl] = label
        return label


_DRAWN: dict[tuple[str, str], Label] = {}
