"""One question, its one answer: whatever else comes is a fault, and never another exception."""

import contextlib
import logging
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, NotReady, Silent, Unreachable
from drivers.modbus import Modbus, Place, Register
from drivers.settings import Settings
from drivers.simulated.gate import SimulatedModbusGate
from drivers.simulated.modbus import SimulatedModule

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def place(url: str) -> Place:
    return Place.of(Settings(url))


@pytest.fixture
def simulated() -> Iterator[SimulatedModbusGate]:
    with SimulatedModbusGate(lambda _released: None) as simulated:
        yield simulated


@pytest.fixture
def module(simulated: SimulatedModbusGate) -> SimulatedModule:
    return simulated.module


@pytest.fixture
def modbus(simulated: SimulatedModbusGate) -> Iterator[Modbus]:
    opened = Modbus(place(simulated.url), name="gate")
    opened.connect(soon())
    yield opened
    opened.close()


def test_an_output_is_what_was_written(modbus: Modbus) -> None:
    for on in (True, False, True):
        modbus.write(10, soon(), on=on)
        assert modbus.coil(10, soon()) is on


def test_inputs_and_registers_are_read(modbus: Modbus, simulated: SimulatedModbusGate) -> None:
    assert modbus.sense(2, soon()) is True
    simulated.flap.not_at_rest()
    assert modbus.sense(2, soon()) is False
    for _ in range(300):
        simulated.flap.confirm_by_itself()
    assert modbus.count(Register(5), soon()) == 300
    assert modbus.count(Register(5, holding=True), soon()) == 300


@pytest.mark.parametrize("text", ["", "-1", "65536", "5.0", "coil:5", "input:", ":", "１"])
def test_a_register_that_cannot_be_is_none(text: str) -> None:
    assert Register.parse(text) is None


def test_without_a_connection_nothing_is_asked(module: SimulatedModule) -> None:
    modbus = Modbus(place(f"modbus://{module.host}"), name="gate")
    with pytest.raises(Unreachable, match="not connected"):
        modbus.coil(0, soon())
    assert module.requests == ()


def test_after_silence_the_connection_is_cut(modbus: Modbus, module: SimulatedModule) -> None:
    """A late answer would be taken for that to a later question."""
    module.fall_silent()
    with pytest.raises(Silent, match=r"^gate modbus://127\.0\.0\.1:\d+: no answer in time$"):
        modbus.coil(0, Deadline.after(0.05))
    assert not modbus.connected
    assert len(module.requests) == 1


def test_no_question_is_asked_when_no_time_is_left(modbus: Modbus, module: SimulatedModule) -> None:
    with pytest.raises(Silent):
        modbus.write(0, Deadline.after(0), on=True)
    assert module.requests == ()
    with pytest.raises(Unreachable, match="no time is left"):
        modbus.connect(Deadline.after(0))


def test_a_refusal_keeps_the_connection(modbus: Modbus) -> None:
    with pytest.raises(NotReady, match="has no coil 99"):
        modbus.coil(99, soon())
    assert modbus.connected


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("05 000b ff00", "confirmed another write than that of coil 10"),
        ("05 000a 0000", "confirmed another write than that of coil 10"),
        ("81 02", "answered another question than it was asked"),
        ("01 01 01", "answered another question than it was asked"),
        ("03 02 0001", "answered another question than it was asked"),
        ("05 00", "what it answered is not Modbus"),
        ("05", "what it answered is not Modbus"),
        ("63 00", "what it answered is not Modbus"),
    ],
)
def test_an_answer_that_does_not_fit_is_garbled(
    modbus: Modbus, module: SimulatedModule, body: str, sentence: str
) -> None:
    module.spoil(lambda answer: framed(answer, bytes.fromhex(body)))
    with pytest.raises(Garbled, match=sentence):
        modbus.write(10, soon(), on=True)
    assert not modbus.connected


def framed(answer: bytes, body: bytes) -> bytes:
    return answer[:4] + struct.pack(">H", len(body) + 1) + answer[6:7] + body


@pytest.mark.parametrize("bits", ["0100", "010200ff", "01"])
def test_more_or_fewer_bits_than_were_asked_for_are_garbled(
    modbus: Modbus, module: SimulatedModule, bits: str
) -> None:
    module.spoil(lambda answer: framed(answer, bytes.fromhex(bits)))
    with pytest.raises(Garbled):
        modbus.coil(10, soon())


def test_registers_that_nobody_asked_for_are_garbled(
    modbus: Modbus, module: SimulatedModule
) -> None:
    module.spoil(lambda answer: framed(answer, bytes.fromhex("0404 0001 0002")))
    with pytest.raises(Garbled, match="told 2 registers"):
        modbus.count(Register(5), soon())


def test_an_answer_to_an_earlier_question_is_not_taken(
    modbus: Modbus, module: SimulatedModule
) -> None:
    module.spoil(lambda answer: struct.pack(">H", 999) + answer[2:])
    with pytest.raises(Silent):
        modbus.coil(10, Deadline.after(0.1))


def test_an_answer_in_pieces_is_one_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        modbus = Modbus(place(f"modbus://127.0.0.1:{listener.getsockname()[1]}"), name="gate")
        modbus.connect(soon())
        far, _ = listener.accept()
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (b"\x00\x01\x00", b"\x00\x00\x04\x01\x01", b"\x01", b"\x01"):
            far.sendall(piece)
        assert modbus.coil(0, soon()) is True
        far.close()
        modbus.close()


def test_bytes_without_end_are_given_up_before_they_fill_the_memory() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        modbus = Modbus(place(f"modbus://127.0.0.1:{listener.getsockname()[1]}"), name="gate")
        modbus.connect(soon())
        far, _ = listener.accept()
        far.sendall(b"\xff" * 4000)
        with pytest.raises(Garbled, match=r"[0-9]+ bytes, and no answer among them"):
            modbus.coil(0, soon())
        far.close()


def test_a_connection_that_was_closed_meanwhile_is_known(
    modbus: Modbus, module: SimulatedModule
) -> None:
    modbus.coil(0, soon())
    module.hang_up()
    assert module.wait_idle(seconds=PATIENCE)
    assert not modbus.connected
    with pytest.raises(Unreachable, match=r"closed the connection|connection lost"):
        modbus.coil(0, soon())


def test_a_port_where_nobody_listens_is_unreachable(module: SimulatedModule) -> None:
    modbus = Modbus(place(f"modbus://{module.host}"), name="gate")
    module.unplug()
    with pytest.raises(Unreachable, match="cannot connect: connection refused"):
        modbus.connect(soon())
    module.plug_in()
    modbus.connect(soon())
    modbus.close()
    modbus.close()


def test_an_address_may_have_six_colons() -> None:
    assert str(place("modbus://[2001:db8::7]:1502?unit=3")) == "modbus://[2001:db8::7]:1502"


def test_the_library_writes_no_lines_of_its_own(
    modbus: Modbus, module: SimulatedModule, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    module.spoil(lambda answer: struct.pack(">H", 999) + answer[2:])
    with pytest.raises(Silent):
        modbus.coil(10, Deadline.after(0.05))
    assert caplog.messages == []


@settings(max_examples=40)
@given(body=st.binary(max_size=60), head=st.binary(max_size=8), whole=st.booleans())
def test_whatever_a_module_answers_nothing_but_a_fault_comes_of_it(
    body: bytes, head: bytes, *, whole: bool
) -> None:
    with SimulatedModbusGate(lambda _released: None) as simulated:
        modbus = Modbus(place(simulated.url), name="gate")
        simulated.module.spoil(
            lambda answer: framed(answer, body) if whole else head + answer[len(head) :]
        )
        for number in range(5):
            with contextlib.suppress(DriverError):
                if not modbus.connected:
                    modbus.connect(soon())
                ask(modbus, number, Deadline.after(0.02))
        modbus.close()


def ask(modbus: Modbus, number: int, deadline: Deadline) -> None:
    match number:
        case 0:
            modbus.coil(10, deadline)
        case 1:
            modbus.sense(2, deadline)
        case 2:
            modbus.write(10, deadline, on=True)
        case _:
            modbus.count(Register(5, holding=number == 3), deadline)
