"""What can be ordered of the simulated printer beyond faults of one label: each has its test."""

from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import NotReady, PrinterStatus, PrintMode, Silent, Unreachable, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.wire import Wire, open_wire
from drivers.zebra import Zebra

PATIENCE = 20.0


def label(width: int) -> bytes:
    return b"^XA^PW200^LL100^FO0,0^GB%d,100,%d^FS^XZ" % (width, width)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    """One printer, one driver, and the widths of the labels that came out: 0 is blank."""

    def __init__(self) -> None:
        self.widths: list[int] = []
        self.lower: list[int] = []
        self.printer = SimulatedPrinter(on_label=self._take)
        self.url = self.printer.serve_tcp()
        self.zebra = Zebra(self.url, poll_seconds=0.002)

    def _take(self, printed: PrintedLabel) -> None:
        self.widths.append(int((printed.picture[0] == 0).sum()))
        self.lower.append(int((printed.picture[-1] == 0).sum()))

    def print(self, width: int) -> None:
        print_one(self.zebra, label(width), soon())

    def printed(self, count: int) -> list[int]:
        assert self.printer.wait_printed(count, seconds=PATIENCE)
        assert self.printer.wait_idle(seconds=PATIENCE)
        return self.widths

    def close(self) -> None:
        self.zebra.close()
        self.printer.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def wire(bench: Bench) -> Iterator[Wire]:
    wire = open_wire(bench.url, deadline=soon())
    yield wire
    wire.close()


def answer(wire: Wire, question: bytes) -> bytes:
    wire.write(question, soon())
    return wire.read(soon())


def test_ribbon_that_ends_in_a_label_leaves_its_lower_half_blank(bench: Bench) -> None:
    bench.zebra.prepare(soon())
    bench.printer.run_out_of_ribbon(after_labels=1, mid_label=True)
    bench.print(10)
    with pytest.raises(NotReady, match="ribbon out"):
        bench.print(20)
    assert (bench.widths, bench.lower) == ([10, 20], [10, 0])
    bench.printer.load_ribbon()
    bench.print(30)
    assert bench.widths == [10, 20, 30]


def test_it_prints_the_last_label_again_by_itself(bench: Bench) -> None:
    bench.printer.reprint_now()
    bench.print(10)
    bench.printer.reprint_now()
    assert bench.printed(2) == [10, 10]
    assert bench.zebra.odometer(soon()) == 2


def test_somebody_elses_job_comes_out_among_ours(bench: Bench) -> None:
    bench.print(10)
    bench.printer.print_foreign(label(77) + b"~JA hello" + label(78))
    assert bench.printed(3) == [10, 77, 78]


def test_a_broken_cutter_stops_it_and_the_status_does_not_tell(bench: Bench) -> None:
    bench.printer.break_down()
    with pytest.raises(Silent, match="not done in time"):
        print_one(bench.zebra, label(10), Deadline.after(0.3))
    bench.printer.repair()
    assert bench.printed(1) == [10]


def test_a_peeled_label_holds_the_next_until_it_is_taken(bench: Bench, wire: Wire) -> None:
    bench.zebra.close()
    wire.write(b"^XA^MMP^XZ" + label(10) + label(20), soon())
    assert bench.printer.wait_printed(1, seconds=PATIENCE)
    assert answer(wire, b"~HS").split(b",")[16:19] == [b"1", b"6", b"1"]
    assert (bench.widths, bench.printer.status.formats_in_buffer) == ([10], 1)
    bench.printer.take_label()
    assert bench.printed(2) == [10, 20]


def test_the_power_brings_the_saved_print_mode_back() -> None:
    with SimulatedPrinter(on_label=lambda _label: None, mode=PrintMode.REWIND) as printer:
        zebra = Zebra(printer.serve_tcp(), mode=PrintMode.TEAR)
        zebra.prepare(soon())
        modes = [printer.mode]
        printer.power_cycle()
        modes.append(printer.mode)
        with pytest.raises(Unreachable):
            zebra.status(soon())
        zebra.prepare(soon())
        modes.append(printer.mode)
        assert modes == [PrintMode.TEAR, PrintMode.REWIND, PrintMode.TEAR]
        zebra.close()


def test_a_command_feeds_one_blank_that_the_odometer_counts_or_not() -> None:
    for counts in (True, False):
        labels: list[PrintedLabel] = []
        with SimulatedPrinter(on_label=labels.append, counts_feeds=counts) as printer:
            wire = open_wire(printer.serve_tcp(), deadline=soon())
            wire.write(b"~PH", soon())
            assert printer.wait_printed(1, seconds=PATIENCE)
            assert (labels[0].zpl, printer.odometer) == (b"", int(counts))
            assert printer.problems == ()
            wire.close()


def test_behind_a_pulled_cable_nothing_is_read_and_the_connection_stays(
    bench: Bench, wire: Wire
) -> None:
    bench.zebra.close()
    assert answer(wire, b"~HI").startswith(b"\x02SIMULATED")
    bench.printer.go_half_open()
    wire.write(b"~HI" + label(10), soon())
    with pytest.raises(Silent):
        wire.read(Deadline.after(0.1))
    assert bench.widths == []
    bench.printer.come_back()
    assert wire.read(soon()).startswith(b"\x02SIMULATED")
    assert bench.printed(1) == [10]


def test_a_printer_can_be_closed_behind_a_pulled_cable(bench: Bench, wire: Wire) -> None:
    bench.zebra.close()
    wire.write(b"~HI", soon())
    wire.read(soon())
    bench.printer.go_half_open()
    bench.printer.power_cycle()
    with pytest.raises(Unreachable):
        wire.read(soon())
    bench.printer.close()


def test_an_answer_comes_some_questions_late(bench: Bench, wire: Wire) -> None:
    bench.zebra.close()
    bench.printer.voice.answer_late(1)
    wire.write(b"~HI", soon())
    with pytest.raises(Silent):
        wire.read(Deadline.after(0.1))
    assert answer(wire, b"~HS").startswith(b"\x02SIMULATED")
    bench.printer.answer_again()
    assert answer(wire, b"~HI").startswith(b"\x02SIMULATED")


def test_on_a_line_that_leaks_a_graphic_loses_its_middle() -> None:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        wire = open_wire(printer.serve_tty(baud=115200), deadline=soon())
        printer.drop_bytes(10, after=30)
        wire.write(b"~DGR:A.GRF,32,4," + b"F0" * 32 + b"^XA^XZ~HI", soon())
        wire.read(soon())
        assert printer.status == PrinterStatus(graphics_stored=1)
        dots = printer._engine.memory.graphic("R:A.GRF")
        assert not dots[-1].any(), "the end of it moved up"
        wire.close()
