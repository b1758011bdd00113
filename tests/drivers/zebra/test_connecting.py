"""Printers that are not there, that serve somebody else, and that come back."""

import logging
import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, Silent, Unreachable, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.wire import open_wire
from drivers.zebra import Zebra
from drivers.zebra.opener import FIRST_PAUSE, LONGEST_PAUSE, Opener

PATIENCE = 20.0
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def nowhere() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"


class Clock:
    """Sleeping makes it later, and nothing else does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("drivers.zebra.opener.time.sleep", self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now

    def after(self, seconds: float) -> Deadline:
        return Deadline.after(seconds, clock=self)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_after_each_failure_the_next_attempt_comes_later_up_to_five_seconds(clock: Clock) -> None:
    opener = Opener(nowhere())
    attempts = []
    for _ in range(8):
        with pytest.raises(Unreachable, match="connection refused"):
            opener.open(clock.after(PATIENCE))
        attempts.append(clock.now)
    pauses = [round(later - sooner, 3) for sooner, later in pairwise(attempts)]
    assert pauses == [FIRST_PAUSE, 0.4, 0.8, 1.6, 3.2, LONGEST_PAUSE, LONGEST_PAUSE]


def test_whoever_asks_in_a_pause_waits_no_longer_than_allowed_and_is_told_why(
    clock: Clock,
) -> None:
    opener = Opener(nowhere())
    for _ in range(3):
        with pytest.raises(Unreachable):
            opener.open(clock.after(PATIENCE))
    before = clock.now
    with pytest.raises(Unreachable, match="cannot connect: connection refused"):
        opener.open(clock.after(0.3))
    assert clock.now == pytest.approx(before + 0.3)


def test_a_connection_that_was_made_ends_the_pauses(clock: Clock) -> None:
    url = nowhere()
    opener = Opener(url)
    for _ in range(5):
        with pytest.raises(Unreachable):
            opener.open(clock.after(PATIENCE))
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        printer.serve_tcp(port=int(url.rpartition(":")[2]))
        opener.open(clock.after(PATIENCE)).close()
        before = clock.now
        opener.open(clock.after(PATIENCE)).close()
        assert clock.now == before


@pytest.fixture
def printer() -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        yield printer


def test_there_is_one_line_when_a_printer_goes_and_one_when_it_is_back(
    printer: SimulatedPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    url = printer.serve_tcp()
    zebra = Zebra(url, answer_seconds=0.1)
    zebra.status(soon())
    printer.power_cycle()
    printer.fall_silent()
    for _ in range(3):
        with pytest.raises(DriverError):
            zebra.status(soon())
    printer.answer_again()
    for _ in range(3):
        Zebra.status(zebra, soon())
    zebra.close()
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith(f"printer {url} is gone: ")
    assert second == f"printer {url} is back"


def test_a_second_station_is_told_why_and_the_first_is_not_disturbed() -> None:
    labels: list[PrintedLabel] = []
    with SimulatedPrinter(on_label=labels.append) as printer:
        url = printer.serve_tcp()
        first, second = Zebra(url), Zebra(url, answer_seconds=0.3)
        first.prepare(soon())
        for verb in (second.status, second.prepare):
            with pytest.raises(Silent) as caught:
                verb(soon())
            assert caught.value.conditions == (Condition.SILENT, Condition.IN_USE)
            assert caught.value.detail == (
                "no answer in time on a new connection: another station or program may hold the"
                " printer's port, which serves one at a time"
            )
        with pytest.raises(Silent):
            second.store(LABEL, soon())
        with pytest.raises(Silent):
            print_one(second, LABEL, soon())
        print_one(first, LABEL, soon())
        first.close()
        print_one(second, LABEL, soon())
        assert len(labels) == 2, "what the second one was refused is not printed later"
        assert printer.problems == ()
        second.close()


def test_two_programs_on_one_serial_line_are_told_apart(printer: SimulatedPrinter) -> None:
    url = printer.serve_tty(baud=115200)
    first, second = (Zebra(url, proof_seconds=0) for _ in range(2))
    first.prepare(soon())
    with pytest.raises(Unreachable, match="another program has this line") as caught:
        second.prepare(soon())
    assert caught.value.conditions == (Condition.IN_USE,)
    first.status(soon())
    first.close()


def test_a_printer_that_was_heard_before_is_silent_and_not_in_use(
    printer: SimulatedPrinter,
) -> None:
    zebra = Zebra(printer.serve_tcp(), answer_seconds=0.2)
    zebra.status(soon())
    printer.fall_silent()
    with pytest.raises(Silent) as caught:
        zebra.status(soon())
    assert caught.value.conditions == (Condition.SILENT,)


def test_a_label_that_was_given_up_does_not_come_out_when_the_network_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The network goes after the printer was asked, and before its label is sent."""
    labels: list[PrintedLabel] = []
    with SimulatedPrinter(on_label=labels.append) as printer:
        url = printer.serve_tcp()
        zebra = Zebra(url, answer_seconds=0.3)
        zebra.prepare(soon())
        monkeypatch.setattr(zebra, "_require_free", lambda *_asked: printer.go_half_open())
        zebra.begin(LABEL, soon())
        with pytest.raises(Silent):
            zebra.finish(soon())
        printer.come_back()
        monkeypatch.undo()
        zebra.prepare(soon())
        assert labels == []
        print_one(zebra, LABEL, soon())
        assert len(labels) == 1
        zebra.close()


def test_slow_answers_are_waited_for(printer: SimulatedPrinter) -> None:
    zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002, answer_seconds=10.0)
    printer.voice.answer_slowly(0.1)
    print_one(zebra, LABEL, soon())
    zebra.close()


def test_alerts_between_the_frames_are_read_over(printer: SimulatedPrinter) -> None:
    zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002)
    for verb in (zebra.status, zebra.identity, zebra.warnings, zebra.odometer, zebra.stored):
        printer.voice.alert("PAPER LOW")
        verb(soon())
    zebra.close()


def test_a_full_buffer_is_told_before_the_first_byte(printer: SimulatedPrinter) -> None:
    zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002)
    printer.fill_buffer()
    with pytest.raises(DriverError, match="buffer full"):
        print_one(zebra, LABEL, soon())
    printer.empty_buffer()
    print_one(zebra, LABEL, soon())
    assert printer.printed == 1
    zebra.close()


def test_a_line_that_was_told_to_stop_takes_nothing_until_it_may_go_on(
    printer: SimulatedPrinter,
) -> None:
    url = printer.serve_tty(baud=115200, flow="xonxoff")
    held = open_wire(url, deadline=soon())
    printer.say_stop()
    with pytest.raises(Silent):
        held.read(Deadline.after(0.1))
    with pytest.raises(Silent):
        held.write(LABEL * 2000, Deadline.after(0.3))
    held.close()
    printer.say_go()
