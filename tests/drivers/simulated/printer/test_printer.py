"""The simulated printer, from the outside: a socket in, labels out, faults on order."""

import socket
import struct
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import PrinterStatus, Silent, Unreachable
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.state import QUEUE_LIMIT
from drivers.wire import Wire, open_wire

PATIENCE = 20.0


def label(width: int, *, more: bytes = b"") -> bytes:
    """A label with a bar as wide as its number, so that it can be told from the others."""
    return b"^XA^PW200^LL100^FO0,0^GB%d,100,%d^FS%b^XZ" % (width, width, more)


def width_of(printed: PrintedLabel) -> int:
    return int((printed.picture[0] == 0).sum())


class Bench:
    """One printer, one client, and the labels that came out."""

    def __init__(self) -> None:
        self.labels: list[PrintedLabel] = []
        self.printer = SimulatedPrinter(on_label=self.labels.append)
        self.url = self.printer.serve_tcp()
        self.wire: Wire = open_wire(self.url, deadline=Deadline.after(PATIENCE))

    def send(self, data: bytes) -> None:
        self.wire.write(data, Deadline.after(PATIENCE))

    def ask(self, question: bytes, *, until: bytes) -> bytes:
        self.send(question)
        answer = b""
        while not answer.endswith(until):
            answer += self.wire.read(Deadline.after(PATIENCE))
        return answer

    def sync(self) -> None:
        """When the printer answers it has read everything before the question."""
        self.ask(b"~HI", until=b"\x03\r\n")

    def printed(self, count: int) -> list[int]:
        """The widths of all labels once there are so many and nothing is left to do."""
        self.sync()
        assert self.printer.wait_printed(count, seconds=PATIENCE)
        return [width_of(each) for each in self.labels]

    def close(self) -> None:
        self.wire.close()
        self.printer.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def test_labels_come_out_in_order_and_are_numbered(bench: Bench) -> None:
    bench.send(label(10) + label(20) + label(30))
    assert bench.printed(3) == [10, 20, 30]
    assert [each.number for each in bench.labels] == [1, 2, 3]
    assert bench.labels[1].zpl == label(20)
    assert bench.labels[1].dots_per_mm == 8
    assert bench.printer.wait_idle(seconds=PATIENCE)


def test_a_format_may_come_byte_by_byte(bench: Bench) -> None:
    for byte in label(40):
        bench.send(bytes([byte]))
    assert bench.printed(1) == [40]


def test_copies_are_labels_of_their_own(bench: Bench) -> None:
    bench.send(label(10, more=b"^PQ3"))
    assert bench.printed(3) == [10, 10, 10]
    assert [each.number for each in bench.labels] == [1, 2, 3]


def test_unknown_commands_are_listed_on_the_label_and_outside_it(bench: Bench) -> None:
    bench.send(b"~WC^RB hello" + label(10, more=b"^RB1~WX"))
    bench.printed(1)
    assert bench.labels[0].unknown == ("^RB", "~WX")
    assert bench.printer.problems == ("~WC", "^RB", "~WX")


def test_a_format_that_prints_nothing_still_lists_what_is_unknown(bench: Bench) -> None:
    bench.send(b"^XA^RB1^XZ")
    bench.sync()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.printer.problems == ("^RB",)


def test_the_status_has_exactly_the_documented_fields(bench: Bench) -> None:
    bench.printer.open_head()
    bench.printer.run_out_of_ribbon()
    bench.send(b"~PP~DGR:A.GRF,1,1,F0^XA^PW200^LL320^XZ" + label(10) + label(20) + b"^XA^FO1")
    answer = bench.ask(b"~HS", until=b"1234,0\x03\r\n")
    first, second, third = (frame[1:-1] for frame in answer.removesuffix(b"\r\n").split(b"\r\n"))
    assert [len(frame.split(b",")) for frame in (first, second, third)] == [12, 11, 2]
    assert first.split(b",")[1:3] == [b"0", b"1"]
    assert first.split(b",")[7] == b"1"
    assert second.split(b",")[2:4] == [b"1", b"1"]
    assert second.split(b",")[10] == b"001"


def test_the_printer_says_who_it_is(bench: Bench) -> None:
    assert bench.ask(b"~HI", until=b"\x03\r\n") == b"\x02SIMULATED,V1.0.0,8,8192KB\x03\r\n"


def test_errors_are_told_as_a_mask(bench: Bench) -> None:
    assert b"ERRORS:         0 00000000 00000000" in bench.ask(b"~HQES", until=b"\x03\r\n")
    bench.printer.run_out_of_paper(mid_label=False)
    bench.printer.open_head()
    assert b"ERRORS:         1 00000000 00010005" in bench.ask(b"~HQES", until=b"\x03\r\n")


def test_a_paused_printer_keeps_its_formats_and_goes_on(bench: Bench) -> None:
    bench.send(b"~PP" + label(10) + label(20))
    bench.sync()
    assert bench.printer.status.paused
    assert bench.printer.status.formats_in_buffer == 2
    assert bench.labels == []
    bench.send(b"~PS")
    assert bench.printed(2) == [10, 20]


def test_cancelling_forgets_what_waits(bench: Bench) -> None:
    bench.send(b"~PP" + label(10, more=b"^PQ5") + label(20) + b"~JA~PS" + label(30))
    assert bench.printed(1) == [30]


def test_a_half_sent_format_is_partial_until_it_is_cancelled(bench: Bench) -> None:
    bench.send(b"^XA^FO0,0^GB99,99,99")
    bench.sync()
    begun = bench.printer.status.partial_format
    bench.send(b"~JX")
    bench.sync()
    assert (begun, bench.printer.status.partial_format) == (True, False)
    bench.send(label(10))
    assert bench.printed(1) == [10]


def test_paper_that_ends_mid_label_cuts_it_and_stops_the_printer(bench: Bench) -> None:
    bench.printer.run_out_of_paper(after_labels=1)
    bench.send(b"^XA^JZN^XZ" + label(10) + label(20) + label(30))
    bench.printed(2)
    cut = bench.labels[1].picture
    assert (cut[:50, :20] == 0).all()
    assert (cut[50:] == 255).all()
    status = bench.printer.status
    assert (status.paper_out, status.paused) == (True, True)
    bench.printer.load_paper()
    assert bench.printed(3) == [10, 20, 30]


def test_with_reprint_after_error_on_a_cut_label_gets_a_twin(bench: Bench) -> None:
    """On at power-up: this is why a station sends ^JZN."""
    assert bench.printer.reprint
    bench.printer.run_out_of_paper()
    bench.send(label(10) + label(20))
    bench.printed(1)
    bench.printer.load_paper()
    assert bench.printed(3) == [10, 10, 20]
    assert (bench.labels[0].picture[50:] == 255).all()
    assert (bench.labels[1].picture[:, :10] == 0).all()


def test_paper_that_ends_between_labels_spoils_none(bench: Bench) -> None:
    bench.printer.run_out_of_paper(after_labels=2, mid_label=False)
    bench.send(b"^XA^JZN^XZ" + label(10) + label(20) + label(30))
    assert bench.printed(2) == [10, 20]
    assert bench.printer.status.paper_out
    bench.printer.load_paper()
    assert bench.printed(3) == [10, 20, 30]


def test_a_printer_with_new_paper_may_wait_for_its_key(bench: Bench) -> None:
    bench.printer.run_out_of_paper(mid_label=False)
    bench.printer.load_paper(resume=False)
    assert bench.printer.status.conditions == ("paused",)
    bench.send(label(10))
    bench.sync()
    assert bench.labels == []
    bench.printer.resume()
    assert bench.printed(1) == [10]


@pytest.mark.parametrize("fault", ["head", "ribbon"])
def test_an_open_head_or_a_missing_ribbon_holds_the_label(bench: Bench, fault: str) -> None:
    printer = bench.printer
    begin, end = {
        "head": (printer.open_head, printer.close_head),
        "ribbon": (printer.run_out_of_ribbon, printer.load_ribbon),
    }[fault]
    begin()
    bench.send(label(10))
    bench.sync()
    assert printer.status.formats_in_buffer == 1
    end()
    assert bench.printed(1) == [10]


def test_a_fault_can_be_ordered_at_the_moment_a_label_comes_out() -> None:
    labels: list[int] = []
    printer: SimulatedPrinter

    def take(printed: PrintedLabel) -> None:
        labels.append(width_of(printed))
        if printed.number == 2:
            printer.run_out_of_paper(after_labels=1, mid_label=False)

    printer = SimulatedPrinter(on_label=take)
    with printer, _client(printer.serve_tcp()) as client:
        client.sendall(b"".join(label(10 * number) for number in (1, 2, 3, 4)))
        assert printer.wait_printed(3, seconds=PATIENCE)
        client.sendall(b"~HI")
        assert client.recv(100).startswith(b"\x02")
        assert labels == [10, 20, 30]
        assert printer.status.conditions == ("paper-out", "paused")


def test_losing_power_loses_buffer_memory_settings_and_connections(bench: Bench) -> None:
    bench.send(b"~DGR:A.GRF,1,1,F0^XA^JZN^XZ")
    bench.sync()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    bench.send(b"~PP" + label(10))
    bench.sync()
    assert bench.printer.status.graphics_stored == 1
    reprint = bench.printer.reprint
    bench.printer.power_cycle()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.printer.status == PrinterStatus()
    assert (reprint, bench.printer.reprint) == (False, True)
    with pytest.raises(Unreachable):
        bench.wire.read(Deadline.after(PATIENCE))
    bench.wire.close()
    bench.wire = open_wire(bench.url, deadline=Deadline.after(PATIENCE))
    bench.send(label(20))
    assert bench.printed(1) == [20]


def test_a_reset_command_loses_the_same_and_keeps_the_connection(bench: Bench) -> None:
    bench.send(b"~CC+~DGR:A.GRF,1,1,F0~PP+XA+FO1,1+GB5,5,5+FS+XZ")
    bench.sync()
    bench.send(b"~JR")
    bench.sync()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.printer.status == PrinterStatus()
    bench.send(label(30))
    assert bench.printed(1) == [30]


def test_a_lost_label_takes_no_number_and_leaves_no_trace(bench: Bench) -> None:
    bench.printer.lose_next()
    bench.send(label(10) + label(20))
    assert bench.printed(1) == [20]
    assert bench.labels[0].number == 1


def test_a_transform_changes_one_label_and_makes_another_vanish(bench: Bench) -> None:
    def spoil(printed: PrintedLabel) -> PrintedLabel | None:
        if printed.number == 2:
            return None
        dark = np.zeros_like(printed.picture) if printed.number == 3 else printed.picture
        return PrintedLabel(printed.number, dark, printed.dots_per_mm, printed.zpl)

    bench.printer.transform = spoil
    bench.send(label(10) + label(20) + label(30))
    assert bench.printed(3) == [10, 200]
    assert [each.number for each in bench.labels] == [1, 3]


def test_a_rewrite_changes_what_is_printed_and_not_what_was_received(bench: Bench) -> None:
    def corrupt(number: int, zpl: bytes) -> bytes:
        return zpl.replace(b"GB20", b"GB77") if number == 2 else zpl

    bench.printer.rewrite = corrupt
    bench.send(label(10) + label(20) + label(20))
    assert bench.printed(3) == [10, 77, 20]
    assert bench.labels[1].zpl == label(20)


def test_a_silent_printer_prints_and_answers_nothing(bench: Bench) -> None:
    bench.printer.fall_silent()
    bench.send(b"~HS" + label(10))
    assert bench.printer.wait_printed(1, seconds=PATIENCE)
    with pytest.raises(Silent):
        bench.wire.read(Deadline.after(0.05))
    bench.printer.answer_again()
    bench.sync()


def test_a_full_buffer_says_so_and_loses_what_is_too_much(bench: Bench) -> None:
    bench.send(b"~PP")
    bench.send(label(10) * (QUEUE_LIMIT + 5))
    bench.sync()
    assert bench.printer.status.buffer_full
    assert "format: left out, the buffer is full" in bench.printer.problems
    bench.send(b"~JA~PS" + label(20))
    assert bench.printed(1) == [20]


def test_a_second_connection_waits_for_the_first_to_close(bench: Bench) -> None:
    with _client(bench.url) as second:
        second.sendall(b"~HI")
        second.settimeout(0.05)
        with pytest.raises(TimeoutError):
            second.recv(100)
        bench.wire.close()
        second.settimeout(PATIENCE)
        assert second.recv(100).startswith(b"\x02SIMULATED")


def test_a_client_that_vanishes_harms_nobody(bench: Bench) -> None:
    bench.wire.close()
    with _client(bench.url) as rude:
        rude.sendall(b"^XA^FO1,1~HS~HS~HS")
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    bench.wire = open_wire(bench.url, deadline=Deadline.after(PATIENCE))
    bench.send(b"~JX" + label(20))
    assert bench.printed(1) == [20]


def test_the_printer_reports_a_label_done_only_after_handing_it_over() -> None:
    entered, leave = threading.Event(), threading.Event()

    def take(_printed: PrintedLabel) -> None:
        entered.set()
        assert leave.wait(PATIENCE)

    with SimulatedPrinter(on_label=take) as printer, _client(printer.serve_tcp()) as client:
        client.sendall(label(10))
        assert entered.wait(PATIENCE)
        assert not printer.status.idle
        leave.set()
        assert printer.wait_idle(seconds=PATIENCE)
        assert printer.status.idle


def test_power_lost_while_a_label_moves_loses_the_label() -> None:
    labels: list[PrintedLabel] = []
    with (
        SimulatedPrinter(on_label=labels.append, seconds_per_label=60) as printer,
        _client(printer.serve_tcp()) as client,
    ):
        client.sendall(label(10) + b"~HI")
        assert client.recv(100)
        printer.power_cycle()
        assert printer.wait_idle(seconds=PATIENCE)
    assert labels == []


def test_closing_does_not_wait_for_labels_that_are_still_to_come() -> None:
    labels: list[PrintedLabel] = []
    printer = SimulatedPrinter(on_label=labels.append, seconds_per_label=3600)
    with _client(printer.serve_tcp()) as client:
        client.sendall(label(10) + b"~HI")
        assert client.recv(100)
        printer.close()
    assert labels == []


@pytest.mark.parametrize("baud", [9600, 115200])
def test_the_serial_line_prints_and_answers(baud: int) -> None:
    labels: list[PrintedLabel] = []
    with SimulatedPrinter(on_label=labels.append) as printer:
        wire = open_wire(printer.serve_tty(baud=baud), deadline=Deadline.after(PATIENCE))
        wire.write(label(30) + b"~HI", Deadline.after(PATIENCE))
        answer = b""
        while not answer.endswith(b"\r\n"):
            answer += wire.read(Deadline.after(PATIENCE))
        wire.close()
        assert answer == b"\x02SIMULATED,V1.0.0,8,8192KB\x03\r\n"
        assert printer.wait_printed(1, seconds=PATIENCE)
    assert [width_of(each) for each in labels] == [30]


def test_the_serial_line_survives_a_client_that_leaves_and_one_that_never_reads() -> None:
    labels: list[PrintedLabel] = []
    with SimulatedPrinter(on_label=labels.append) as printer:
        url = printer.serve_tty(baud=4_000_000).replace("baud=4000000", "baud=115200")
        for width in (10, 20):
            wire = open_wire(url, deadline=Deadline.after(PATIENCE))
            wire.write(b"~HS" * 500 + label(width), Deadline.after(PATIENCE))
            assert printer.wait_printed(width // 10, seconds=PATIENCE)
            wire.close()
    assert [width_of(each) for each in labels] == [10, 20]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"^XA", b"~JR", b"^FDx"]))))
def test_no_bytes_keep_it_from_printing_after_a_reset(bench: Bench, noise: list[bytes]) -> None:
    """The power switch always helps; without it a noise may have changed the prefixes."""
    bench.wire.close()
    with _client(bench.url) as client:
        client.sendall(b"".join(noise))
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass
    bench.printer.power_cycle()
    before = bench.printer.printed
    with _client(bench.url) as client:
        client.sendall(label(50))
        assert bench.printer.wait_printed(before + 1, seconds=PATIENCE)
    assert width_of(bench.labels[-1]) == 50


def _client(url: str) -> socket.socket:
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)
