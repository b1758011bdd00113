"""Faults ordered from the simulated printer that leave a label in doubt, or one too many."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import NotReady, PrinterStatus, Silent, Unreachable, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.wire import open_wire
from drivers.zebra import Zebra

PATIENCE = 20.0
SETUP = b"~DGR:A.GRF,1,1,F0^XA^JZN^XZ"


def label(width: int) -> bytes:
    return b"^XA^PW200^LL100^FO0,0^GB%d,100,%d^FS^XZ" % (width, width)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    """One printer, one driver, and the widths of the labels that came out: 0 is blank."""

    def __init__(self) -> None:
        self.widths: list[int] = []
        self.labels: list[PrintedLabel] = []
        self.printer = SimulatedPrinter(on_label=self._take)
        self.url = self.printer.serve_tcp()
        self.zebra = Zebra(self.url, poll_seconds=0.002)

    def _take(self, printed: PrintedLabel) -> None:
        self.labels.append(printed)
        self.widths.append(int((printed.picture[0] == 0).sum()))

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


# Twins


def test_a_twin_comes_out_before_the_printer_says_it_is_done(bench: Bench) -> None:
    bench.printer.print_twin_next()
    bench.zebra.store(SETUP, soon())
    bench.print(10)
    assert bench.widths == [10, 10]
    assert [each.number for each in bench.labels] == [1, 2]
    bench.print(20)
    assert bench.widths == [10, 10, 20]
    assert bench.zebra.odometer(soon()) == 3


def test_a_twin_needs_paper_of_its_own(bench: Bench) -> None:
    bench.printer.print_twin_next()
    bench.printer.run_out_of_paper(after_labels=1, mid_label=False)
    with pytest.raises(NotReady, match="paper out"):
        bench.print(10)
    assert bench.widths == [10]
    bench.printer.load_paper()
    assert bench.printed(2) == [10, 10]


# Connections that die


@pytest.mark.parametrize("prints", [True, False])
def test_a_connection_that_dies_says_nothing_about_the_label(bench: Bench, *, prints: bool) -> None:
    bench.printer.die_after_taking(prints=prints)
    bench.zebra.store(SETUP, soon())
    with pytest.raises(Unreachable):
        bench.print(10)
    assert bench.printed(prints) == [10] * prints
    assert bench.zebra.odometer(soon()) == prints
    assert bench.zebra.status(soon()) == PrinterStatus(graphics_stored=1), "no power was lost"
    bench.print(20)
    assert bench.widths[-1] == 20


def test_deaths_come_one_after_the_other_in_their_order(bench: Bench) -> None:
    for prints in (False, True):
        bench.printer.die_after_taking(prints=prints)
    for width in (10, 20):
        with pytest.raises(Unreachable):
            bench.print(width)
        assert bench.printer.wait_idle(seconds=PATIENCE)
    bench.print(30)
    assert bench.widths == [20, 30]


def test_whoever_waited_for_the_dead_connection_is_served(bench: Bench) -> None:
    bench.printer.die_after_taking(prints=False)
    bench.zebra.status(soon())
    waiting = open_wire(bench.url, deadline=soon())
    waiting.write(label(20), soon())
    with pytest.raises(Unreachable):
        bench.print(10)
    assert bench.printed(1) == [20]
    waiting.close()


def test_a_serial_line_does_not_die(bench: Bench) -> None:
    bench.printer.die_after_taking(prints=False)
    zebra = Zebra(bench.printer.serve_tty(baud=115200), poll_seconds=0.002)
    print_one(zebra, label(10), soon())
    assert (bench.widths, zebra.odometer(soon())) == ([], 0)
    zebra.close()


# Power that goes in the middle of a format


def test_power_lost_mid_format_loses_the_label_and_the_memory(bench: Bench) -> None:
    bench.zebra.store(SETUP, soon())
    bench.print(10)
    bench.printer.power_cycle_mid_format(after_bytes=20)
    with pytest.raises(Unreachable):
        bench.print(20)
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.zebra.status(soon()) == PrinterStatus()
    assert bench.printer.reprint
    assert bench.printer.problems == ()
    assert bench.zebra.odometer(soon()) == 1
    bench.print(30)
    assert bench.widths == [10, 30]


def test_shorter_formats_pass_and_the_order_stands(bench: Bench) -> None:
    bench.printer.power_cycle_mid_format(after_bytes=len(label(10)))
    bench.zebra.store(SETUP, soon())
    bench.print(10)
    with pytest.raises(Unreachable):
        bench.print(100)
    assert bench.printed(1) == [10]


def test_on_a_serial_line_the_label_is_lost_whether_or_not_the_printer_still_answers(
    bench: Bench,
) -> None:
    """The question after the label may be lost with it, or be answered by an idle printer."""
    bench.printer.power_cycle_mid_format(after_bytes=20)
    url = bench.printer.serve_tty(baud=115200)
    zebra = Zebra(url, answer_seconds=0.5, poll_seconds=0.002)
    with suppress(Silent):
        print_one(zebra, label(10), soon())
    assert (bench.widths, zebra.odometer(soon())) == ([], 0)
    print_one(zebra, label(20), soon())
    assert bench.widths == [20]
    zebra.close()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 60), st.lists(st.integers(1, 20), max_size=6))
def test_the_power_goes_after_exactly_so_many_bytes_whatever_pieces_they_come_in(
    bench: Bench, after: int, cuts: list[int]
) -> None:
    before = bench.printer.printed
    bench.zebra.close()
    bench.printer.power_cycle_mid_format(after_bytes=after)
    wire = open_wire(bench.url, deadline=soon())
    data = label(10)
    cuts = [sum(cuts[:place]) for place in range(len(cuts) + 1)]
    try:
        for start, end in zip(cuts, (*cuts[1:], len(data)), strict=True):
            wire.write(data[start:end], soon())
        wire.write(b"~HI", soon())
        wire.read(soon())
        survived = True
    except Unreachable:
        survived = False
    wire.close()
    assert survived == (after >= len(data))
    assert bench.printer.wait_printed(before + survived, seconds=PATIENCE)
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.printer.printed == before + survived


# The FEED key


@pytest.mark.parametrize("counted", [True, False])
def test_a_blank_that_is_fed_is_a_label_without_ink(bench: Bench, *, counted: bool) -> None:
    bench.print(10)
    bench.printer.feed_blank(counted=counted)
    assert bench.printed(2) == [10, 0]
    blank = bench.labels[1]
    assert (blank.number, blank.zpl, blank.picture.shape) == (2, b"", (100, 200))
    assert (blank.picture == 255).all()
    assert bench.zebra.odometer(soon()) == 1 + counted
    bench.print(20)
    assert bench.widths == [10, 0, 20]


def test_a_paused_printer_feeds_and_keeps_its_formats(bench: Bench) -> None:
    bench.printer.pause()
    wire = open_wire(bench.url, deadline=soon())
    wire.write(label(10) + b"~HI", soon())
    wire.read(soon())
    bench.printer.feed_blank()
    assert bench.printer.wait_printed(1, seconds=PATIENCE)
    assert (bench.widths, bench.printer.status.formats_in_buffer) == ([0], 1)
    bench.printer.resume()
    assert bench.printed(2) == [0, 10]
    wire.close()


def test_without_paper_nothing_is_fed(bench: Bench) -> None:
    bench.printer.run_out_of_paper(mid_label=False)
    bench.printer.feed_blank()
    bench.printer.load_paper()
    bench.print(10)
    assert bench.widths == [10]


def test_a_blank_uses_paper(bench: Bench) -> None:
    bench.printer.run_out_of_paper(after_labels=1, mid_label=False)
    for _ in range(3):
        bench.printer.feed_blank()
    assert bench.printed(1) == [0]
    with pytest.raises(NotReady, match="paper out"):
        bench.print(10)
    bench.printer.load_paper()
    bench.print(10)
    assert bench.widths == [0, 10]


# The odometer


def test_what_left_the_head_counts_and_what_did_not_does_not(bench: Bench) -> None:
    bench.printer.lose_next()
    bench.print(10)
    assert bench.zebra.odometer(soon()) == 0
    bench.printer.transform = lambda _label: None
    bench.print(20)
    bench.printer.transform = None
    bench.zebra.prepare(soon())
    bench.printer.run_out_of_paper()
    with pytest.raises(NotReady):
        bench.print(30)
    assert bench.zebra.odometer(soon()) == 2, "somebody took one, and one was cut"
    assert (bench.widths, bench.printer.odometer) == ([30], 2)
