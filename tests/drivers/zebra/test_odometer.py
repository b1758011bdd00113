"""The odometer, asked of the simulated printer and of scripted ones that misbehave."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    DriverError,
    Garbled,
    NotReady,
    PrinterStatus,
    Silent,
    Unreachable,
    print_one,
)
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.replies import host_status
from drivers.zebra import Zebra
from drivers.zebra.odometer import GET_COUNT, CountAnswer, parse_count
from drivers.zebra.talk import Talk

PATIENCE = 20.0
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"
IDLE = host_status(PrinterStatus(), length=100)
PAUSED = host_status(PrinterStatus(paused=True), length=100)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@contextmanager
def simulated(*, tty: bool = False, odometer: bool = True) -> Iterator[tuple[Zebra, list[int]]]:
    labels: list[int] = []

    def take(label: PrintedLabel) -> None:
        labels.append(label.number)

    with SimulatedPrinter(on_label=take, odometer=odometer) as printer:
        zebra = Zebra(
            printer.serve_tty(baud=115200) if tty else printer.serve_tcp(),
            poll_seconds=0.002,
            proof_seconds=0,
        )
        yield zebra, labels
        zebra.close()


@pytest.mark.parametrize("tty", [False, True])
def test_every_label_moves_it_by_one(*, tty: bool) -> None:
    with simulated(tty=tty) as (zebra, labels):
        zebra.prepare(soon())
        for number in range(3):
            assert zebra.odometer(soon()) == number == len(labels)
            print_one(zebra, LABEL, soon())
        assert zebra.odometer(soon()) == len(labels) == 3


def test_a_printer_without_it_has_none_and_prints_as_ever() -> None:
    with simulated(odometer=False) as (zebra, labels):
        assert zebra.odometer(soon()) is None
        print_one(zebra, LABEL, soon())
        assert zebra.odometer(soon()) is None
    assert labels == [1]


def test_it_survives_the_power() -> None:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002)
        print_one(zebra, LABEL, soon())
        printer.power_cycle()
        with pytest.raises(Unreachable):
            zebra.odometer(soon())
        assert zebra.odometer(soon()) == 1
        zebra.close()


class Script:
    """A printer that takes any number of connections and answers each question with the next of
    its answers; where none is left it stays silent.
    """

    def __init__(self, answers: Mapping[bytes, Sequence[bytes]]) -> None:
        self._answers = {question: iter(each) for question, each in answers.items()}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            with self._listener.accept()[0] as connection:
                if not self._talk(connection):
                    return

    def _talk(self, connection: socket.socket) -> bool:
        """False when it was told to end."""
        received = b""
        while data := connection.recv(65536):
            received += data
            if received == b"END":
                return False
            if received in self._answers:
                self.asked.append(received)
                connection.sendall(next(self._answers[received], b""))
                received = b""
        return True

    def close(self) -> None:
        host, _, port = self.url.removeprefix("tcp://").rpartition(":")
        with socket.create_connection((host, int(port))) as last:
            last.sendall(b"END")
            self._thread.join(PATIENCE)
        self._listener.close()


@contextmanager
def scripted(
    *, counts: Sequence[bytes], statuses: Sequence[bytes] = (), answer_seconds: float = 0.5
) -> Iterator[tuple[Zebra, Script]]:
    script = Script({GET_COUNT: counts, b"~HS": statuses})
    zebra = Zebra(script.url, answer_seconds=answer_seconds, poll_seconds=0.001)
    try:
        yield zebra, script
    finally:
        zebra.close()
        script.close()


@pytest.mark.parametrize("answer", [b'"?"', b'""', b'"?"\r\n'])
def test_a_printer_that_does_not_know_the_variable_is_asked_once(answer: bytes) -> None:
    with scripted(counts=[answer]) as (zebra, script):
        assert zebra.odometer(soon()) is None
        assert zebra.odometer(soon()) is None
        assert script.asked == [GET_COUNT]


def test_a_printer_that_never_answers_it_but_its_status_has_none_and_is_asked_once() -> None:
    with scripted(counts=[], statuses=[IDLE, IDLE]) as (zebra, script):
        assert zebra.odometer(soon()) is None
        assert zebra.odometer(soon()) is None
        assert zebra.status(soon()) == PrinterStatus()
        assert script.asked == [GET_COUNT, b"~HS", b"~HS"]


def test_on_a_new_connection_it_is_asked_again() -> None:
    with scripted(counts=[b'"?"', b'"5"']) as (zebra, _script):
        assert zebra.odometer(soon()) is None
        zebra.close()
        assert zebra.odometer(soon()) == 5


def test_a_printer_that_answers_nothing_at_all_is_silent() -> None:
    with scripted(counts=[], statuses=[], answer_seconds=0.4) as (zebra, _script):
        for _ in range(2):
            with pytest.raises(Silent, match="no answer in time"):
                zebra.odometer(soon())


def test_silence_of_a_printer_that_cannot_work_proves_nothing() -> None:
    with scripted(counts=[], statuses=[PAUSED], answer_seconds=0.4) as (zebra, _script):
        with pytest.raises(NotReady) as caught:
            zebra.odometer(soon())
        assert caught.value.conditions == (Condition.PAUSED,)


def test_a_wait_cut_short_proves_nothing() -> None:
    with scripted(counts=[b"", b'"5"'], statuses=[IDLE], answer_seconds=PATIENCE) as (zebra, _):
        with pytest.raises(Silent, match="no count of labels in time"):
            zebra.odometer(Deadline.after(0.4))
        assert zebra.odometer(soon()) == 5


def test_silence_after_a_number_is_a_fault_on_any_connection() -> None:
    with scripted(counts=[b'"41"'], statuses=[IDLE] * 9, answer_seconds=0.4) as (zebra, script):
        assert zebra.odometer(soon()) == 41
        for _ in range(2):
            with pytest.raises(Silent, match="no count of labels in time"):
                zebra.odometer(soon())
        assert script.asked == [GET_COUNT] * 3


def test_a_printer_cannot_unlearn_to_count() -> None:
    with scripted(counts=[b'"41"', b'"?"']) as (zebra, script):
        assert zebra.odometer(soon()) == 41
        with pytest.raises(Garbled) as caught:
            zebra.odometer(soon())
        assert str(caught.value) == (
            f"printer {script.url}: told its odometer before, and now says it has none"
        )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b'"many"', "expected a count of labels from the odometer, got b'many'"),
        (b'"12', "expected a count of labels in double quotes, got b'\"12'"),
        (b'345"', "expected a count of labels in double quotes, got b'345\"'"),
        (b'"12\r\n345"', "expected a count of labels in double quotes, got b'\"12\\r\\n345\"'"),
        (b'"12"\r\n"13"', 'expected a count of labels in double quotes, got b\'"12"\\r\\n"13"\''),
        (b"9" * 5000, "expected a count of labels in double quotes, got b'9999"),
    ],
)
def test_what_is_no_count_is_garbled_and_shown(answer: bytes, sentence: str) -> None:
    with scripted(counts=[answer]) as (zebra, script):
        with pytest.raises(Garbled) as caught:
            zebra.odometer(soon())
        assert str(caught.value).startswith(f"printer {script.url}: {sentence}")
        assert len(str(caught.value)) < 500


def test_a_late_count_is_not_taken_for_a_status() -> None:
    with scripted(counts=[], statuses=[b'"12345"\r\n' + IDLE, b'"9"' + PAUSED]) as (zebra, _script):
        assert zebra.odometer(soon()) is None
        assert zebra.status(soon()) == PrinterStatus(paused=True)


def test_a_late_status_is_not_taken_for_a_count() -> None:
    with scripted(counts=[IDLE + b'"77"', PAUSED]) as (zebra, _script):
        assert zebra.odometer(soon()) == 77
        with pytest.raises(Silent, match="no count of labels in time"):
            zebra.odometer(soon())


class Line:
    """A wire on which something arrives now, and one answer after each question."""

    def __init__(self, *, arriving: Sequence[bytes], answer: bytes) -> None:
        self._arriving = list(arriving)
        self._answer = answer

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert not deadline.expired
        if data == GET_COUNT:
            self._arriving.append(self._answer)

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired or not self._arriving:
            raise Silent("line", "no answer in time")
        return self._arriving.pop(0)

    def drain(self) -> bytes:
        return b""

    def close(self) -> None: ...


def test_a_late_count_of_an_earlier_connection_is_not_taken_for_the_new_one() -> None:
    """On a serial line it can come after connecting again, and would be one too low."""
    zebra = Zebra("serial:///dev/null")
    line = Line(arriving=[b'"1', b'2"', b'"12"'], answer=b'"13"')
    zebra._talk = Talk(line, name=zebra._name, answer_seconds=0.5, baud=9600)
    assert zebra.odometer(soon()) == 13


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (b"0", 0),
        (b"31084", 31084),
        (b"0000042", 42),
        (b"4294967295", 4294967295),
        (b" 12 ", 12),
        (b"1,234 LABELS", 1234),
        (b"1,234,567", 1234567),
        (b"7 label", 7),
        (b"", None),
        (b"?", None),
    ],
)
def test_a_value_is_a_count_or_says_that_there_is_none(value: bytes, count: int | None) -> None:
    assert parse_count(value) == count


@pytest.mark.parametrize(
    "value",
    [
        b"-1", b"+1", b"1.5", b"1.234", b"12,34", b"1,2345", b"1 234", b"0x10", b"12 INCHES",
        b"8516 INCHES, 21632 CENTIMETERS", b"1 2", b"9" * 13, b"OFF", b"??", "٣".encode(),
    ],
)  # fmt: skip
def test_a_value_that_could_be_something_else_is_no_count(value: bytes) -> None:
    with pytest.raises(ValueError, match="expected a count of labels from the odometer, got b"):
        parse_count(value)


noises = st.sampled_from([b"", b"\r\n", b"ALERT: PAPER LOW\r\n", IDLE, IDLE + IDLE, b"\x11\x13"])


@given(st.integers(0, 2**32 - 1), noises, st.lists(st.integers(1, 40), max_size=10))
def test_a_count_is_understood_in_whatever_pieces_and_company_it_comes(
    count: int, noise: bytes, cuts: list[int]
) -> None:
    data = noise + b'"%d"' % count
    answer = CountAnswer("printer")
    for cut in (*cuts, len(data)):
        answer.add(data[:cut])
        data = data[cut:]
    assert answer.complete
    assert answer.count() == count


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b'"', b"\r\n", b"\x02"]))))
def test_no_answer_whatever_makes_it_fail_otherwise(pieces: list[bytes]) -> None:
    answer = CountAnswer("printer")
    error: DriverError | None = None
    try:
        for piece in pieces:
            answer.add(piece)
        if answer.complete:
            answer.count()
    except Garbled as garbled:
        error = garbled
    assert isinstance(error or answer.missing(), Garbled | Silent)
    assert len(answer._heard.pending) < 400


def test_lines_of_other_text_without_end_are_not_kept() -> None:
    answer = CountAnswer("printer")
    for _ in range(1000):
        answer.add(b"bla bla\r\n" * 100)
    assert len(answer._heard.pending) < 400
    assert isinstance(answer.missing(), Silent)
