"""Nobody prints with a scanner that was not proved, and a proof does not hold for ever."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import Symbol, Unreachable
from drivers.scanner import SerialScanner
from drivers.simulated.scanner import SimulatedScanner
from station.core.challenge_card import CARD
from station.core.events import ScannerProved, StationStarted
from station.core.problem import Refused
from station.line.scanner_proof import Prover, ScannerKind, ScannerProof, must_prove
from station.records import projections
from station.records.audit.audit import State, audit
from station.records.clock import Instant
from station.records.journal import FILE, Journal, recorded
from station.records.proofs import Proofs

SCANNER = "serial:///dev/serial/by-id/usb-scanner?baud=115200"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LOST = CARD.encode().replace(b"\x1d", b"")


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> Instant:
        return Instant(self.at, offset=480, monotonic=5, steered=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    made = Journal(tmp_path, clock=clock)
    yield made
    made.close()


@pytest.fixture
def device() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


class Aimed:
    """A scanner in a hand: whatever was scanned before is forgotten, then the card is scanned."""

    def __init__(self, device: SimulatedScanner, identifier: str, data: bytes) -> None:
        self._driver = SerialScanner(device.url)
        self._scan: Callable[[], None] = lambda: device.scan(identifier, data)
        self.told: list[bool] = []

    def discard(self) -> int:
        dropped = self._driver.discard()
        self._scan()
        return dropped

    def read(self, deadline: Deadline) -> Symbol:
        return self._driver.read(deadline)

    def answer(self, *, good: bool) -> None:
        self.told.append(good)

    def close(self) -> None:
        self._driver.close()


def policy(
    journal: Journal,
    *,
    kind: ScannerKind = "serial",
    every_hours: float = 12,
    scanner: str = SCANNER,
) -> ScannerProof:
    return ScannerProof(Proofs(journal.db), scanner=scanner, kind=kind, every_hours=every_hours)


def prover(journal: Journal, scanner: Aimed, clock: Clock, *, seconds: float = 10.0) -> Prover:
    return Prover(
        scanner,
        address=SCANNER,
        journal=journal,
        policy=policy(journal),
        seconds=seconds,
        now=lambda: clock.at,
    )


@pytest.fixture
def aimed(device: SimulatedScanner) -> Iterator[Aimed]:
    """With the card before it."""
    scanner = Aimed(device, "]d2", CARD.encode())
    yield scanner
    scanner.close()


@pytest.fixture
def broken(device: SimulatedScanner) -> Iterator[Aimed]:
    """With the card before it, and without its identifier and separators."""
    scanner = Aimed(device, "", LOST)
    yield scanner
    scanner.close()


def test_a_card_that_survives_is_written_down_and_believed(
    journal: Journal, aimed: Aimed, clock: Clock
) -> None:
    asked = prover(journal, aimed, clock)
    assert "The scanner was never checked" in str(asked.due())
    asked.prove(actor="王芳")
    assert asked.due() is None
    asked.check()
    assert aimed.told == [True]
    last = Proofs(journal.db).last(SCANNER)
    assert last
    assert (last.actor, last.at, last.good, last.card) == ("王芳", NOON, True, CARD.encode().hex())


def test_a_card_that_does_not_survive_is_written_down_with_all_that_was_lost(
    journal: Journal, broken: Aimed, clock: Clock
) -> None:
    asked = prover(journal, broken, clock)
    with pytest.raises(Refused, match="AIM identifier is missing") as refused:
        asked.prove(actor="王芳")
    assert "separators (GS) are lost" in str(refused.value)
    assert broken.told == [False]
    (event,) = [each.event for each in recorded(journal.db)]
    assert isinstance(event, ScannerProved)
    assert (event.problems, event.symbol.data) == (refused.value.problems, LOST.hex())
    assert "changed what the challenge card says" in str(asked.due())


def test_a_failed_check_takes_an_earlier_proof_away(
    journal: Journal, device: SimulatedScanner, clock: Clock
) -> None:
    for data in (CARD.encode(), LOST):
        scanner = Aimed(device, "]d2", data)
        asked = prover(journal, scanner, clock)
        if data == LOST:
            with pytest.raises(Refused):
                asked.prove(actor="Li")
        else:
            asked.prove(actor="Li")
        scanner.close()
    with pytest.raises(Refused, match="Set the scanner up again"):
        asked.check()


def test_who_scans_nothing_is_told_and_nothing_is_written_down(
    journal: Journal, device: SimulatedScanner, clock: Clock
) -> None:
    asked = Prover(
        SerialScanner(device.url),
        address=SCANNER,
        journal=journal,
        policy=policy(journal),
        seconds=0.05,
        now=lambda: clock.at,
    )
    with pytest.raises(Refused, match="No card was scanned within"):
        asked.prove(actor="Li")
    assert list(recorded(journal.db)) == []


def test_a_scanner_that_is_not_there_is_told(journal: Journal, clock: Clock) -> None:
    asked = Prover(
        SerialScanner("serial:///dev/nothing?baud=115200"),
        address=SCANNER,
        journal=journal,
        policy=policy(journal),
        seconds=0.05,
        now=lambda: clock.at,
    )
    with pytest.raises(Refused, match="Still not ready"):
        asked.prove(actor="Li")


class Mute(Aimed):
    def answer(self, *, good: bool) -> None:
        raise Unreachable("scanner", f"cannot be told {good}")


def test_a_proof_stands_though_the_scanner_could_not_be_told(
    journal: Journal, device: SimulatedScanner, clock: Clock
) -> None:
    scanner = Mute(device, "]d2", CARD.encode())
    asked = prover(journal, scanner, clock)
    asked.prove(actor="Li")
    assert asked.due() is None
    scanner.close()


def proved(journal: Journal) -> None:
    """As one that came through whole."""
    symbol = {"identifier": "]d2", "data": CARD.encode().hex(), "engine": "scanner"}
    document = {"scanner": SCANNER, "card": CARD.encode().hex(), "symbol": symbol}
    journal.append(ScannerProved.model_validate(document), actor="Li")


@pytest.mark.parametrize(
    ("hours", "believed"), [(0, True), (11.9, True), (12, True), (12.1, False), (-0.1, False)]
)
def test_a_proof_holds_as_long_as_the_setting_says_and_none_comes_from_the_future(
    journal: Journal, *, hours: float, believed: bool
) -> None:
    proved(journal)
    found = policy(journal).due(NOON + timedelta(hours=hours))
    assert (found is None) == believed
    if found:
        assert "expected within 12 hours" in str(found)


def test_another_scanner_has_to_be_proved_anew(journal: Journal) -> None:
    proved(journal)
    with pytest.raises(Refused, match="never checked"):
        policy(journal, scanner="serial:///dev/ttyS9").check(NOON)


def test_a_proof_with_another_card_proves_nothing(journal: Journal) -> None:
    symbol = {"identifier": "]d2", "data": "39", "engine": "scanner"}
    document = {"scanner": SCANNER, "card": "39", "symbol": symbol}
    journal.append(ScannerProved.model_validate(document))
    assert "never checked" in str(policy(journal).due(NOON))


def test_a_serial_scanner_is_believed_where_nobody_asks_for_proof(journal: Journal) -> None:
    assert policy(journal, every_hours=0).due(NOON) is None


def test_a_keyboard_is_never_believed_unproved_and_then_until_it_fails(journal: Journal) -> None:
    keyboard = policy(journal, kind="wedge", every_hours=0)
    assert keyboard.due(NOON) is not None
    proved(journal)
    assert keyboard.due(NOON + timedelta(days=900)) is None


@given(st.sampled_from(["serial", "wedge"]), st.floats(0, 1000))
def test_only_a_serial_scanner_without_a_setting_goes_unproved(
    kind: ScannerKind, every_hours: float
) -> None:
    assert must_prove(kind, every_hours=every_hours) == (kind == "wedge" or every_hours > 0)


def test_the_proofs_are_rebuilt_from_the_events(
    journal: Journal, broken: Aimed, clock: Clock
) -> None:
    proved(journal)
    with pytest.raises(Refused):
        prover(journal, broken, clock).prove(actor="Li")
    before = list(journal.db.execute("SELECT * FROM scanner_proof"))
    assert len(before) == 2
    projections.rebuild(journal.db, recorded(journal.db))
    assert list(journal.db.execute("SELECT * FROM scanner_proof")) == before


def test_an_audit_finds_a_proof_that_was_made_up(journal: Journal, tmp_path: Path) -> None:
    proved(journal)
    assert audit(tmp_path / FILE)["tables"].state == State.GOOD
    journal.db.execute(
        "INSERT INTO scanner_proof SELECT 9, at, actor, scanner, card, 1 FROM scanner_proof"
    )
    assert audit(tmp_path / FILE)["tables"].state == State.WRONG


def test_an_audit_takes_a_journal_of_an_earlier_version_as_it_is(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(StationStarted(version="1", configuration="c"))
    journal.db.execute("DROP TABLE scanner_proof")
    assert audit(tmp_path / FILE)["tables"].state == State.GOOD


def test_a_journal_of_an_earlier_version_has_no_proof(journal: Journal) -> None:
    journal.db.execute("DROP TABLE scanner_proof")
    assert Proofs(journal.db).last(SCANNER) is None
