"""The simulated module speaks Modbus as the standard has it, byte by byte."""

import socket
import struct
from collections.abc import Iterator

import pytest

from drivers.simulated.modbus import Request, SimulatedModule

PATIENCE = 20.0


class Terminals:
    """Ten coils; inputs, the odd ones on; registers that hold ten times their number."""

    def __init__(self) -> None:
        self.coils = dict.fromkeys(range(10), False)
        self.losses = 0

    def coil(self, number: int) -> bool:
        return self.coils[number]

    def write(self, number: int, *, on: bool) -> None:
        if number not in self.coils:
            raise KeyError(number)
        self.coils[number] = on

    def sense(self, number: int) -> bool:
        return number % 2 == 1

    def register(self, number: int) -> int:
        return 10 * number

    def lost(self) -> None:
        self.losses += 1


@pytest.fixture
def terminals() -> Terminals:
    return Terminals()


@pytest.fixture
def module(terminals: Terminals) -> Iterator[SimulatedModule]:
    simulated = SimulatedModule(terminals, unit=7)
    yield simulated
    simulated.close()


@pytest.fixture
def client(module: SimulatedModule) -> Iterator[socket.socket]:
    with connected(module) as connection:
        yield connection


def connected(module: SimulatedModule) -> socket.socket:
    host, _, port = module.host.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def asked(client: socket.socket, body: str) -> str:
    said = bytes.fromhex(body)
    client.sendall(b"\x12\x34\x00\x00" + struct.pack(">HB", len(said) + 1, 7) + said)
    head = received(client, 7)
    assert (head[:4], head[6]) == (b"\x12\x34\x00\x00", 7)
    return received(client, struct.unpack(">H", head[4:6])[0] - 1).hex(" ")


def received(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = client.recv(count - len(data))
        assert piece, "the module hung up"
        data += piece
    return data


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("05 0003 ff00", "05 00 03 ff 00"),
        ("05 0003 0000", "05 00 03 00 00"),
        ("01 0000 0001", "01 01 00"),
        ("02 0000 000a", "02 02 aa 02"),
        ("04 0002 0002", "04 04 00 14 00 1e"),
        ("03 0002 0001", "03 02 00 14"),
        ("05 0003 0001", "85 03"),
        ("01 0000 0000", "81 03"),
        ("01 0000 00ff", "81 03"),
        ("04 fff0 0020", "84 03"),
        ("01 000a 0001", "81 02"),
        ("05 000a ff00", "85 02"),
        ("06 0000 0001", "86 01"),
        ("01 0000", "81 03"),
    ],
)
def test_each_question_has_its_answer(client: socket.socket, question: str, answer: str) -> None:
    assert asked(client, question) == answer


def test_it_keeps_what_it_was_asked(client: socket.socket, module: SimulatedModule) -> None:
    asked(client, "05 0003 ff00")
    asked(client, "01 0003 0001")
    assert module.requests == (Request(5, 3, 0xFF00), Request(1, 3, 1))


def test_a_question_for_another_unit_is_not_answered(
    client: socket.socket, module: SimulatedModule
) -> None:
    client.sendall(bytes.fromhex("1111 0000 0006 08 01 0000 0001"))
    assert asked(client, "01 0000 0001") == "01 01 00"
    assert len(module.requests) == 1


@pytest.mark.parametrize("junk", ["1234 0001 0006 07", "1234 0000 0001 07", "1234 0000 00ff 07"])
def test_what_is_no_modbus_ends_the_connection(client: socket.socket, junk: str) -> None:
    client.sendall(bytes.fromhex(junk))
    assert client.recv(1) == b""


def test_a_fault_strikes_after_as_many_answers_as_were_ordered(
    client: socket.socket, module: SimulatedModule, terminals: Terminals
) -> None:
    module.answer_exception(6, after=2)
    assert asked(client, "05 0001 ff00") == "05 00 01 ff 00"
    assert asked(client, "01 0001 0001") == "01 01 01"
    assert asked(client, "05 0001 0000") == "85 06"
    assert terminals.coils[1]
    module.heal()
    assert asked(client, "05 0001 0000") == "05 00 01 00 00"


def test_silent_it_still_obeys(
    client: socket.socket, module: SimulatedModule, terminals: Terminals
) -> None:
    module.fall_silent()
    client.sendall(bytes.fromhex("1234 0000 0006 07 05 0001 ff00"))
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""
    assert terminals.coils[1]


def test_unplugged_its_port_refuses_and_is_the_same_afterwards(
    client: socket.socket, module: SimulatedModule, terminals: Terminals
) -> None:
    asked(client, "01 0000 0001")
    host = module.host
    module.unplug()
    assert client.recv(1) == b""
    assert module.wait_idle(seconds=PATIENCE)
    with pytest.raises(ConnectionRefusedError):
        connected(module)
    module.unplug()
    module.plug_in()
    module.plug_in()
    with connected(module) as again:
        assert asked(again, "01 0000 0001") == "01 01 00"
    assert module.wait_idle(seconds=PATIENCE)
    assert (module.host, terminals.losses) == (host, 2)


def test_it_can_be_closed_with_a_connection_open_and_twice(
    client: socket.socket, module: SimulatedModule
) -> None:
    asked(client, "01 0000 0001")
    module.close()
    module.close()
    module.plug_in()
    assert client.recv(1) == b""
