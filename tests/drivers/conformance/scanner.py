"""What every Scanner keeps to, whatever it hangs on. Inherited by one class per implementation."""

import logging
from dataclasses import dataclass
from typing import Protocol

import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, Scanner, Silent, Symbol, Unreachable
from station.core.challenge_card import CARD, problems

DATA = b"010697286918212510A1\x1d21B2"


class Device(Protocol):
    """The scanner itself, and the hand that holds it."""

    def scan(self, identifier: str, data: bytes) -> None: ...
    def noise(self, raw: bytes) -> None: ...
    def without_terminator(self) -> None: ...
    def glue(self) -> None: ...
    def unplug(self) -> None: ...
    def plug_in(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rig:
    scanner: Scanner
    """Under test, and not yet used."""

    device: Device

    def ready(self) -> Scanner:
        self.scanner.discard()
        return self.scanner


def soon() -> Deadline:
    return Deadline.after(10.0)


def shortly() -> Deadline:
    """Long enough for a scan, and for what was cut to be dropped."""
    return Deadline.after(0.5)


class ScannerConformance:
    """A subclass has a fixture `rig`."""

    def test_what_was_scanned_is_read(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.scan("]d2", DATA)
        assert scanner.read(soon()) == Symbol("]d2", DATA, "scanner")

    def test_every_character_of_an_element_string_survives(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.scan("]d2", CARD.encode())
        assert problems(scanner.read(soon())) == ()

    def test_one_scan_is_read_once(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.scan("]d2", b"10A")
        scanner.read(soon())
        with pytest.raises(Silent):
            scanner.read(Deadline.after(0.1))

    def test_the_same_symbol_scanned_twice_is_two_scans(self, rig: Rig) -> None:
        scanner = rig.ready()
        for _ in range(2):
            rig.device.scan("]d2", b"10A")
            assert scanner.read(soon()).data == b"10A"

    def test_two_scans_in_one_piece_are_two(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.glue()
        rig.device.scan("]d2", b"10A")
        rig.device.scan("]C1", b"10B")
        assert [scanner.read(soon()).data for _ in range(2)] == [b"10A", b"10B"]

    def test_a_scan_without_identifier_has_none(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.scan("", b"10A")
        assert scanner.read(soon()) == Symbol("", b"10A", "scanner")

    def test_silence_until_the_deadline_is_said_and_the_next_scan_is_read(self, rig: Rig) -> None:
        scanner = rig.ready()
        with pytest.raises(Silent, match="nothing was scanned in time") as caught:
            scanner.read(Deadline.after(0.05))
        assert caught.value.device.startswith("scanner ")
        rig.device.scan("]d2", b"10A")
        assert scanner.read(soon()).data == b"10A"

    def test_a_scan_that_lacks_its_end_is_never_read_in_part(self, rig: Rig) -> None:
        """It is dropped, or asked for again where the protocol has words for that."""
        scanner = rig.ready()
        rig.device.without_terminator()
        rig.device.scan("]d2", b"10A")
        assert _read(scanner) in {None, Symbol("]d2", b"10A", "scanner")}

    def test_after_noise_comes_nothing_but_the_next_scan(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.noise(b"~~x")
        with pytest.raises(Silent):
            scanner.read(shortly())
        rig.device.scan("]d2", b"10A")
        assert scanner.read(soon()) == Symbol("]d2", b"10A", "scanner")

    def test_what_was_scanned_before_is_forgotten_on_request(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.scan("]d2", b"10A")
        assert scanner.read(soon()).data == b"10A"
        rig.device.glue()
        rig.device.scan("]d2", b"10B")
        rig.device.scan("]d2", b"10C")
        scanner.read(soon())
        assert scanner.discard() == 1
        with pytest.raises(Silent):
            scanner.read(Deadline.after(0.1))
        rig.device.scan("]d2", b"10D")
        assert scanner.read(soon()).data == b"10D"

    def test_unplugged_it_is_unreachable_and_plugged_in_again_it_reads(
        self, rig: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        scanner = rig.ready()
        caplog.set_level(logging.INFO, logger="drivers.scanner")
        rig.device.unplug()
        for _ in range(2):
            with pytest.raises(Unreachable) as caught:
                scanner.read(soon())
            assert caught.value.conditions == (Condition.UNREACHABLE,)
            assert caught.value.device.startswith("scanner ")
        rig.device.plug_in()
        scanner.discard()
        rig.device.scan("]d2", b"10A")
        assert scanner.read(soon()).data == b"10A"
        gone, back = (record.getMessage() for record in caplog.records)
        assert " is gone: " in gone
        assert back.endswith(" is back")

    def test_nothing_scanned_before_it_was_unplugged_is_read_after_it(self, rig: Rig) -> None:
        scanner = rig.ready()
        rig.device.glue()
        rig.device.scan("]d2", b"10A")
        rig.device.scan("]d2", b"10B")
        assert scanner.read(soon()).data == b"10A"
        rig.device.unplug()
        with pytest.raises(Unreachable):
            scanner.discard()
        rig.device.plug_in()
        scanner.discard()
        with pytest.raises(Silent):
            scanner.read(Deadline.after(0.1))

    @pytest.mark.parametrize("good", [True, False])
    def test_an_answer_is_given_or_nothing_happens(self, rig: Rig, *, good: bool) -> None:
        rig.scanner.answer(good=good)
        scanner = rig.ready()
        scanner.answer(good=good)
        rig.device.scan("]d2", b"10A")
        scanner.read(soon())
        scanner.answer(good=good)
        rig.device.scan("]d2", b"10B")
        assert scanner.read(soon()).data == b"10B"

    def test_closed_twice_is_closed_and_used_again_it_is_open(self, rig: Rig) -> None:
        scanner = rig.ready()
        scanner.close()
        scanner.close()
        scanner.answer(good=True)
        scanner.discard()
        rig.device.scan("]d2", b"10A")
        assert scanner.read(soon()).data == b"10A"


def _read(scanner: Scanner) -> Symbol | None:
    try:
        return scanner.read(shortly())
    except Silent:
        return None
