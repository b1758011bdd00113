"""The Zebra driver against the simulated printer, and against scripted ones that misbehave."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    DriverError,
    Garbled,
    NotReady,
    Printer,
    PrinterStatus,
    Silent,
    Unreachable,
    print_one,
)
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.replies import host_status
from drivers.zebra import Zebra
from drivers.zebra.talk import Talk

PATIENCE = 20.0
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"
IDLE = host_status(PrinterStatus(), length=100)
BUSY = host_status(PrinterStatus(formats_in_buffer=1, labels_remaining=1), length=100)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    def __init__(self, *, tty: bool) -> None:
        self.labels: list[PrintedLabel] = []
        self.printer = SimulatedPrinter(on_label=self.labels.append)
        self.url = self.printer.serve_tty(baud=115200) if tty else self.printer.serve_tcp()
        self.zebra = Zebra(self.url, poll_seconds=0.002, proof_seconds=0)

    def close(self) -> None:
        self.zebra.close()
        self.printer.close()


@pytest.fixture(params=[False, True], ids=["tcp", "tty"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(tty=request.param)
    yield bench
    bench.close()


def test_it_is_a_printer() -> None:
    printer: Printer = Zebra("tcp://127.0.0.1:9100")
    printer.close()


def test_each_print_gives_exactly_one_label_and_returns_when_it_is_out(bench: Bench) -> None:
    bench.zebra.prepare(soon())
    for number in range(1, 6):
        print_one(bench.zebra, LABEL, soon())
        assert [each.number for each in bench.labels] == list(range(1, number + 1))
        assert bench.labels[-1].zpl == LABEL


def test_preparing_cancels_old_jobs_and_half_sent_ones_and_switches_reprint_off(
    bench: Bench,
) -> None:
    bench.printer.pause()
    bench.zebra.store(b"^XA^DFR:A.ZPL^FS^XZ", soon())
    with pytest.raises(Silent):
        bench.zebra.store(LABEL, Deadline.after(0.3))
    with pytest.raises(DriverError):
        bench.zebra.store(b"^XA^FO1,1^FDhalf", Deadline.after(0.3))
    bench.zebra.prepare(soon())
    bench.printer.resume()
    assert not bench.printer.reprint
    assert bench.zebra.status(soon()) == PrinterStatus()
    assert bench.labels == []


def test_stored_graphics_are_counted_by_the_printer(bench: Bench) -> None:
    bench.zebra.store(b"~DGR:A.GRF,2,1,F0F0~DGR:B.GRF,2,1,F0F0", soon())
    assert bench.zebra.status(soon()).graphics_stored == 2


def test_graphics_can_be_stored_while_the_paper_is_out(bench: Bench) -> None:
    bench.printer.run_out_of_paper(mid_label=False)
    bench.zebra.store(b"~DGR:A.GRF,2,1,F0F0", soon())
    assert bench.zebra.status(soon()).graphics_stored == 1


FAULTS: dict[str, tuple[Callable[[SimulatedPrinter], None], str]] = {
    "paper": (lambda printer: printer.run_out_of_paper(mid_label=False), "paper out, paused"),
    "head": (SimulatedPrinter.open_head, "head open"),
    "ribbon": (SimulatedPrinter.run_out_of_ribbon, "ribbon out"),
    "pause": (SimulatedPrinter.pause, "paused"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_printer_that_cannot_print_gets_no_byte_of_the_label(bench: Bench, fault: str) -> None:
    begin, words = FAULTS[fault]
    begin(bench.printer)
    with pytest.raises(NotReady) as caught:
        print_one(bench.zebra, LABEL, soon())
    assert str(caught.value) == f"printer {bench.url}: {words}"
    assert bench.printer.status.formats_in_buffer == 0
    bench.printer.load_paper()
    bench.printer.load_ribbon()
    bench.printer.close_head()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    assert bench.labels == []


def test_an_old_job_in_the_buffer_is_not_printed_under_a_new_name(bench: Bench) -> None:
    bench.printer.lose_next()
    bench.printer.open_head()
    with pytest.raises(Silent):
        bench.zebra.store(LABEL, Deadline.after(0.3))
    with pytest.raises(NotReady, match="head open, job left") as caught:
        print_one(bench.zebra, LABEL, soon())
    assert caught.value.conditions == (Condition.HEAD_OPEN, Condition.JOB_LEFT)


def test_paper_that_ends_during_a_label_leaves_it_in_doubt(bench: Bench) -> None:
    bench.zebra.prepare(soon())
    bench.printer.run_out_of_paper()
    with pytest.raises(NotReady, match="paper out, paused"):
        print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 1
    bench.printer.load_paper()
    print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 2, "nothing was printed twice"


def test_a_label_that_does_not_end_in_time_is_in_doubt_and_told_as_such() -> None:
    labels: list[PrintedLabel] = []
    with SimulatedPrinter(on_label=labels.append, seconds_per_label=3600) as printer:
        zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002)
        with pytest.raises(Silent, match="in time"):
            print_one(zebra, LABEL, Deadline.after(0.3))
        zebra.close()
    assert labels == []


def test_a_silent_printer_is_silent_and_nothing_was_sent(bench: Bench) -> None:
    bench.printer.fall_silent()
    with pytest.raises(Silent, match="no answer in time"):
        print_one(Zebra(bench.url, answer_seconds=0.1), LABEL, soon())
    bench.printer.answer_again()
    assert bench.zebra.status(soon()) == PrinterStatus()
    assert bench.labels == []


def test_lost_power_is_told_once_and_the_next_verb_connects_again() -> None:
    bench = Bench(tty=False)
    bench.zebra.prepare(soon())
    bench.printer.power_cycle()
    with pytest.raises(Unreachable):
        print_one(bench.zebra, LABEL, soon())
    assert bench.labels == []
    bench.zebra.prepare(soon())
    print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 1
    bench.close()


def test_a_printer_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unreachable, match=f"^printer {url}: cannot connect"):
        Zebra(url).status(soon())


class Script:
    """A printer that gives each question the next answer and keeps everything it was sent."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self._answers = iter(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._listener.accept()[0] as connection:
            answered = 0
            while data := self._some(connection):
                self.received += data
                for _ in range(self.received.count(b"~HS") - answered):
                    connection.sendall(next(self._answers, b""))
                    answered += 1

    @staticmethod
    def _some(connection: socket.socket) -> bytes:
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self._thread.join(PATIENCE)
        self._listener.close()


@contextmanager
def scripted(*answers: bytes, answer_seconds: float = PATIENCE) -> Iterator[tuple[Zebra, Script]]:
    script = Script(answers)
    zebra = Zebra(script.url, answer_seconds=answer_seconds, poll_seconds=0.001)
    try:
        yield zebra, script
    finally:
        zebra.close()
        script.close()


def test_a_label_that_is_not_done_is_told_with_what_is_left() -> None:
    with (
        scripted(IDLE, BUSY) as (zebra, script),
        pytest.raises(Silent) as caught,
    ):
        print_one(zebra, LABEL, Deadline.after(0.5))
    assert str(caught.value) == (
        f"printer {script.url}: not done in time: 1 formats in the buffer, 1 labels remaining"
    )


def test_the_label_is_sent_once_while_the_printer_is_busy() -> None:
    with scripted(IDLE, BUSY, BUSY, IDLE) as (zebra, script):
        print_one(zebra, LABEL, soon())
    assert script.received == b"~HS" + LABEL + b"~HS" * 3


def test_a_lost_answer_does_not_make_it_send_again() -> None:
    with scripted(IDLE, b"", answer_seconds=0.5) as (zebra, script), pytest.raises(Silent):
        print_one(zebra, LABEL, soon())
    assert script.received == b"~HS" + LABEL + b"~HS"


def test_a_half_received_format_may_pass_and_is_a_fault_only_at_the_deadline() -> None:
    partial = host_status(PrinterStatus(partial_format=True, buffer_full=True), length=100)
    with scripted(IDLE, partial, BUSY, IDLE) as (zebra, _script):
        print_one(zebra, LABEL, soon())
    with (
        scripted(IDLE, *[partial] * 10_000) as (zebra, _script),
        pytest.raises(NotReady, match="buffer full, partial format"),
    ):
        print_one(zebra, LABEL, Deadline.after(0.5))


def test_a_connection_with_an_open_question_is_dropped_whatever_the_fault_is() -> None:
    partial = host_status(PrinterStatus(partial_format=True), length=100)
    with scripted(IDLE, partial) as (zebra, _script):
        with pytest.raises(NotReady, match="partial format"):
            print_one(zebra, LABEL, Deadline.after(0.5))
        assert zebra._talk is None
    with scripted(host_status(PrinterStatus(paused=True), length=100), IDLE) as (zebra, _script):
        with pytest.raises(NotReady, match="paused"):
            print_one(zebra, LABEL, soon())
        assert zebra.status(soon()) == PrinterStatus(), "on the same connection"


def test_text_between_frames_and_stray_flow_control_are_read_over() -> None:
    noisy = b"\r\nALERT\r\n\x11" + IDLE.replace(b"\r\n", b"\r\nPAPER LOW\r\n\x13").replace(
        b"030", b"0\x133\x110"
    )
    with scripted(noisy) as (zebra, _script):
        assert zebra.status(soon()) == PrinterStatus()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"hello", "expected three status frames, got b'hello'"),
        (b"\x02030,0\x03\r\n", r"expected three status frames, got b'\x02030,0\x03\r\n'"),
        (IDLE.replace(b"\x03\r\n", b"\x03"), "expected three status frames, got b'"),
        (IDLE[:-1], "expected three status frames, got b'"),
        (IDLE.replace(b"030,0,", b"030,2,"), "expected 0 or 1 in a status frame, got b'2'"),
        (IDLE.replace(b"0,000,0", b"0,x,0", 1), "expected a number in a status frame, got b'x'"),
        (b"\x02" + b"9" * 5000, "expected three status frames, got b'"),
    ],
)
def test_what_is_no_status_is_garbled_and_shown(answer: bytes, sentence: str) -> None:
    with scripted(answer, answer_seconds=0.5) as (zebra, script), pytest.raises(Garbled) as caught:
        zebra.status(soon())
    assert str(caught.value).startswith(f"printer {script.url}: {sentence}")
    assert len(str(caught.value)) < 500


def test_a_printer_that_never_stops_talking_is_garbled_at_the_deadline() -> None:
    """In bounded memory: text outside frames is not kept."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def babble() -> None:
            with listener.accept()[0] as connection:
                connection.settimeout(0.1)
                while not stop.is_set():
                    try:
                        connection.sendall(b"bla " * 10_000)
                    except OSError:
                        return

        talker = threading.Thread(target=babble)
        talker.start()
        zebra = Zebra(f"tcp://127.0.0.1:{listener.getsockname()[1]}", answer_seconds=0.2)
        with pytest.raises(Garbled, match=r"expected three status frames, got b'.*bla bla"):
            zebra.status(soon())
        stop.set()
        talker.join(PATIENCE)


class Line:
    """A wire on which something arrives now, and one answer after each ~HS."""

    def __init__(self, *, arriving: Sequence[bytes], answer: bytes) -> None:
        self._arriving = list(arriving)
        self._answer = answer
        self.sent = b""

    def write(self, data: bytes, deadline: Deadline) -> None:
        if deadline.expired:
            raise Silent("line", "took nothing in time")
        self.sent += data
        if data == b"~HS":
            self._arriving.append(self._answer)

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired or not self._arriving:
            raise Silent("line", "no answer in time")
        return self._arriving.pop(0)

    def drain(self) -> bytes:
        return b""

    def close(self) -> None: ...


def test_a_printer_that_never_stops_talking_cannot_be_prepared() -> None:
    zebra = Zebra("serial:///dev/null")
    line = Line(arriving=[b"bla "] * 1_000_000, answer=IDLE)
    zebra._talk = Talk(line, name=zebra._name, answer_seconds=0.02, baud=9600)
    with pytest.raises(Garbled, match="does not stop talking"):
        zebra.prepare(soon())


def test_late_answers_to_an_earlier_session_are_not_taken_for_new_ones() -> None:
    """On a serial line they can come after connecting again, and say that all is well."""
    zebra = Zebra("serial:///dev/null", poll_seconds=0.001)
    line = Line(arriving=[IDLE[:20], IDLE[20:], IDLE], answer=BUSY)
    zebra._talk = Talk(line, name=zebra._name, answer_seconds=2.0, baud=9600)
    with pytest.raises(Silent):
        zebra.prepare(Deadline.after(0.05))
    assert line.sent.startswith(b"~JX~JA^XA^JZN^XZ~HS")
