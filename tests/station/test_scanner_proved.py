"""A whole station whose scanner has to be proved before an order starts, and before it goes on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.interface import Scanner, Symbol
from drivers.simulated.scanner import SimulatedScanner
from station.app import Station
from station.config import SIMULATED, Config, ReaderConfig, WebConfig
from station.core.challenge_card import CARD
from station.core.problem import Refused
from station.line.board import Hold, Mode, Prove, Request, Resume, Snapshot, Start
from station.line.reader import HandheldReader
from station.line.scanner_proof import Prover, ScannerProof
from station.records.proofs import Proofs
from torture.approved import approve

ORDER = """\
id: S-1
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{prefix: CN, start: "000001"}}
template: has-mhb-hc-unit
revision: "1"
"""
LOST = CARD.encode().replace(b"\x1d", b"")


class InAHand:
    """The station's own scanner, with the card before it when it is asked for one."""

    def __init__(self, scanner: Scanner, device: SimulatedScanner) -> None:
        self._scanner = scanner
        self._device = device
        self.card = CARD.encode()

    def discard(self) -> int:
        dropped = self._scanner.discard()
        self._device.scan("]d2", self.card)
        return dropped

    def read(self, deadline: Deadline) -> Symbol:
        return self._scanner.read(deadline)

    def answer(self, *, good: bool) -> None:
        self._scanner.answer(good=good)

    def close(self) -> None:
        self._scanner.close()


@contextmanager
def running(folder: Path, *, start: str = "automatic") -> Iterator[tuple[Station, InAHand]]:
    reader = ReaderConfig(camera="", scanner=SIMULATED, scan_seconds=10.0)
    settings = Config(data=folder / "data", web=WebConfig(port=0), reader=reader)
    with Station(settings.model_copy(update={"start": start})) as station:
        approve(station.journal, settings.data, station.workshop.library)
        hand = proved_by_card(station)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station, hand
        finally:
            station.daemon.stop()
            worker.join()


def proved_by_card(station: Station) -> InAHand:
    """As the composition root does it for a scanner that pretends to be a keyboard."""
    reader = station.daemon._cycle._reader
    assert isinstance(reader, HandheldReader)
    assert station.bench
    hand = InAHand(reader._scanner, station.bench.scanner)
    policy = ScannerProof(
        Proofs(station.journal.db), scanner=SIMULATED, kind="wedge", every_hours=0
    )
    prover = Prover(
        hand,
        address=SIMULATED,
        journal=station.journal,
        policy=policy,
        seconds=10.0,
        now=lambda: datetime.now(UTC),
    )
    station.daemon._prover = prover
    station.daemon._showing._unproven = prover.due
    return hand


def drop(station: Station, *, quantity: int = 2) -> None:
    inbox = station.config.data / "orders" / "inbox"
    (inbox / ".o.yaml").write_text(ORDER.format(quantity=quantity))
    (inbox / ".o.yaml").rename(inbox / "o.yaml")


def seen(station: Station, wanted: str) -> Snapshot:
    """The next snapshot that shows it; the test's own time limit ends a hang."""
    snapshot = station.board.snapshot
    while True:
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        refused = str(snapshot.refused[1]) if snapshot.refused else ""
        state = snapshot.order.order.id + " " + snapshot.order.state if snapshot.order else ""
        if wanted in refused or wanted == state:
            return snapshot
        snapshot = station.board.newer(snapshot.version, seconds=1.0)


def ask(station: Station, request: Request) -> None:
    station.board.ask(request, actor="王芳").result(timeout=60.0)


def test_an_order_waits_for_the_card_and_starts_by_itself_when_it_survived(tmp_path: Path) -> None:
    with running(tmp_path) as (station, _):
        drop(station)
        waiting = seen(station, "press Check the scanner")
        assert waiting.unproven is not None
        assert waiting.waiting == ("S-1",)
        ask(station, Prove())
        done = seen(station, "S-1 finished")
        assert done.unproven is None
        assert done.order
        assert done.order.balance.released == 2


def test_a_person_cannot_start_it_before_either(tmp_path: Path) -> None:
    with running(tmp_path, start="operator") as (station, hand):
        drop(station)
        snapshot = station.board.snapshot
        while not snapshot.waiting:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        with pytest.raises(Refused, match="never checked"):
            ask(station, Start("S-1"))
        hand.card = LOST
        with pytest.raises(Refused, match=r"separators \(GS\) are lost"):
            ask(station, Prove())
        with pytest.raises(Refused, match="Set the scanner up again"):
            ask(station, Start("S-1"))
        hand.card = CARD.encode()
        ask(station, Prove())
        ask(station, Start("S-1"))
        seen(station, "S-1 finished")


def test_an_order_on_hold_does_not_go_on_with_a_scanner_that_failed(tmp_path: Path) -> None:
    with running(tmp_path) as (station, hand):
        ask(station, Prove())
        drop(station, quantity=500)
        seen(station, "S-1 running")
        with pytest.raises(Refused, match="Put the line on hold first"):
            ask(station, Prove())
        ask(station, Hold("change of shift"))
        hand.card = LOST
        with pytest.raises(Refused, match="are lost"):
            ask(station, Prove())
        held = seen(station, "S-1 held")
        assert held.unproven is not None
        with pytest.raises(Refused, match="Set the scanner up again"):
            ask(station, Resume("checked", held.stop))
        hand.card = CARD.encode()
        ask(station, Prove())
        ask(station, Resume("checked", held.stop))
        assert seen(station, "S-1 running").unproven is None


def test_a_station_without_a_scanner_has_none_to_check(tmp_path: Path) -> None:
    with running(tmp_path) as (station, _):
        station.daemon._prover = None
        with pytest.raises(Refused, match="no scanner that could be checked"):
            ask(station, Prove())
