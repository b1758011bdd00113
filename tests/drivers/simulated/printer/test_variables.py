"""Set-Get-Do, from the outside: a line of text in, a quoted value out."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.variables import LINE_LIMIT, Lines, asked_for
from drivers.wire import Wire, open_wire

PATIENCE = 20.0
ASK = b'! U1 getvar "odometer.total_label_count"\r\n'
IDENTITY = b"\x02SIMULATED,V1.0.0,8,8192KB\x03\r\n"


@pytest.fixture
def printer() -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        yield printer


@pytest.fixture
def wire(printer: SimulatedPrinter) -> Iterator[Wire]:
    wire = open_wire(printer.serve_tcp(), deadline=Deadline.after(PATIENCE))
    yield wire
    wire.close()


def said(wire: Wire, *pieces: bytes) -> bytes:
    """All it answers to these, and nothing of what it says about itself after them."""
    for piece in (*pieces, b"~HI"):
        wire.write(piece, Deadline.after(PATIENCE))
    answer = b""
    while not answer.endswith(IDENTITY):
        answer += wire.read(Deadline.after(PATIENCE))
    return answer.removesuffix(IDENTITY)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (ASK, b'"0"'),
        (ASK.replace(b"\r\n", b"\n"), b'"0"'),
        (ASK.replace(b"\r\n", b" "), b'"0"'),
        (ASK + ASK, b'"0""0"'),
        (b"^XA^JZN^XZ" + ASK + b"^XA^XZ", b'"0"'),
        (b'! U1 getvar "device.friendly_name"\r\n', b'"?"'),
        (b'! U1 getvar "odometer.total_label_coun"\r\n', b'"?"'),
    ],
)
def test_a_variable_is_told_by_its_name(wire: Wire, question: bytes, answer: bytes) -> None:
    assert said(wire, question) == answer


def test_a_question_may_come_byte_by_byte(wire: Wire) -> None:
    assert said(wire, *(ASK[place : place + 1] for place in range(len(ASK)))) == b'"0"'


def test_a_printer_without_odometer_does_not_know_the_variable() -> None:
    with SimulatedPrinter(on_label=lambda _label: None, odometer=False) as printer:
        wire = open_wire(printer.serve_tcp(), deadline=Deadline.after(PATIENCE))
        assert said(wire, ASK) == b'"?"'
        wire.close()


@pytest.mark.parametrize(
    "line",
    [
        b'! U1 getvar "odometer.total_label_count"',
        b'! U1 GETVAR "odometer.total_label_count"\r\n',
        b"! U1 getvar odometer.total_label_count\r\n",
        b'! U1 getvar "\xff\x00"\r\n',
        b'! U1 getvar ""\r\n',
        b'! U1 setvar "odometer.total_label_count" "0"\r\n',
        b'! U1 do "device.reset" ""\r\n',
        b'! U2 getvar "odometer.total_label_count"\r\n',
        b"! U1\r\n",
        b"!" * 5000,
    ],
)
def test_what_is_no_question_is_ignored_and_listed(
    printer: SimulatedPrinter, wire: Wire, line: bytes
) -> None:
    assert said(wire, line) == b""
    assert printer.problems[0].startswith(f"text outside a command: {line[:4]!r}"[:-1])
    assert said(wire, ASK) == b'"0"'


def test_within_a_format_it_is_no_question(wire: Wire) -> None:
    assert said(wire, b"^XA" + ASK) == b""


def test_a_silent_printer_tells_no_variable(printer: SimulatedPrinter, wire: Wire) -> None:
    printer.fall_silent()
    wire.write(ASK, Deadline.after(PATIENCE))
    wire.write(b"^XA^FO0,0^GB9,9,9^FS^XZ", Deadline.after(PATIENCE))
    assert printer.wait_printed(1, seconds=PATIENCE)
    printer.answer_again()
    assert said(wire, ASK) == b'"1"'


pieces = st.lists(
    st.one_of(st.binary(max_size=40), st.sampled_from([ASK, ASK[:20], ASK[20:], b'"', b"\r"]))
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces)
def test_no_text_whatever_keeps_it_from_answering_afterwards(
    printer: SimulatedPrinter, wire: Wire, noise: list[bytes]
) -> None:
    """Noise without prefixes, which are the affair of other tests."""
    plain = [re.sub(rb"[\^~\x02\x03\x10\x1e]", b"", each) for each in noise]
    said(wire, *plain)
    assert said(wire, ASK) == b'"0"'
    assert printer.status.idle


@given(pieces)
def test_lines_lose_nothing_and_hold_back_little(noise: list[bytes]) -> None:
    lines = Lines()
    out = b""
    for piece in noise:
        out += b"".join(lines.feed(piece))
        assert len(lines._held) <= LINE_LIMIT
    assert out + lines.take() == b"".join(noise)


@given(st.binary(max_size=80))
def test_any_line_asks_for_a_plain_name_or_for_nothing(line: bytes) -> None:
    name = asked_for(b'! U1 getvar "' + line + b'"\r\n')
    assert name is None or name.isascii()
