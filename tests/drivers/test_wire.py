"""Bytes over real sockets and pseudo terminals; nothing waits past its deadline."""

import errno
import os
import socket
import threading
import tty
from collections.abc import Iterator

import pytest
import serial
from pytest_mock import MockerFixture

from drivers.deadline import Deadline
from drivers.interface import Condition, Silent, Unreachable
from drivers.wire import CHUNK, SerialAddress, TcpAddress, Wire, open_wire, parse_address

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def at_once() -> Deadline:
    return Deadline.after(0.05)


class Peer:
    """The far end of a TCP wire."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.wire: Wire = open_wire(self.url, deadline=soon())
        self.socket, _ = self._listener.accept()
        self.socket.settimeout(PATIENCE)

    def close(self) -> None:
        self.socket.close()
        self._listener.close()
        self.wire.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


class Line:
    """The far end of a serial wire."""

    def __init__(self, *, flow: str = "none") -> None:
        self.near, self._far = os.openpty()
        tty.setraw(self._far)
        self.url = f"serial://{os.ttyname(self._far)}?baud=115200&flow={flow}"
        self.wire: Wire = open_wire(self.url, deadline=soon())
        self._open = [self.near, self._far]

    def hang_up(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def close(self) -> None:
        self.wire.close()
        self.hang_up()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://192.0.2.7:9100", TcpAddress("192.0.2.7", 9100)),
        ("tcp://[2001:db8::7]:9100", TcpAddress("2001:db8::7", 9100)),
        ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0", 9600, "none")),
        ("serial:///dev/p?baud=115200&flow=xonxoff", SerialAddress("/dev/p", 115200, "xonxoff")),
    ],
)
def test_an_address_says_what_to_open(url: str, address: TcpAddress | SerialAddress) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("tcp://printer", "expected tcp://host:port"),
        ("tcp://:9100", "expected tcp://host:port"),
        ("tcp://printer:0", "expected tcp://host:port"),
        ("tcp://printer:9100/queue", "expected tcp://host:port"),
        ("tcp://printer:99999", "not an address: Port out of range 0-65535"),
        ("serial://dev/ttyUSB0", "expected serial:///dev/…?baud=9600&flow=none"),
        ("serial:///dev/p?baud=12", "expected a baud rate of 1200, 2400, 4800, 9600, 14400"),
        ("serial:///dev/p?flow=hard", "expected flow none, xonxoff or rtscts, got 'hard'"),
        ("serial:///dev/p?speed=9600", "expected baud and flow, got speed"),
        ("usb:///dev/lp0", "expected tcp:// or serial://, got 'usb'"),
        ("printer", "expected tcp:// or serial://, got ''"),
    ],
)
def test_a_wrong_address_is_refused_with_what_was_expected(url: str, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        open_wire(url, deadline=soon())
    assert str(caught.value).startswith(f"{url}: {sentence}")


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unreachable, match=f"^{url}: cannot connect: connection refused$"):
        open_wire(url, deadline=soon())


def test_connecting_ends_at_the_deadline() -> None:
    with pytest.raises(Unreachable, match="cannot connect: no answer in time"):
        open_wire("tcp://127.0.0.1:9100", deadline=Deadline.after(0))


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="cannot connect"):
        open_wire(f"tcp://{'x' * 70}:9100", deadline=soon())


def test_a_serial_port_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"nowhere: cannot open: no such file or directory$"):
        open_wire("serial:///dev/nowhere", deadline=soon())


def test_a_serial_port_belongs_to_one_wire(line: Line) -> None:
    """Two senders on one port mix their jobs."""
    with pytest.raises(Unreachable, match="cannot open: another program has this line") as caught:
        open_wire(line.url, deadline=soon())
    assert caught.value.conditions == (Condition.IN_USE,)


@pytest.mark.parametrize("size", [1, 300_000])
def test_bytes_arrive_whole(peer: Peer, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    got = bytearray()

    def receive() -> None:
        while len(got) < len(data):
            got.extend(peer.socket.recv(65536))

    reader = threading.Thread(target=receive)
    reader.start()
    peer.wire.write(data, soon())
    reader.join(PATIENCE)
    assert bytes(got) == data


def test_a_read_gives_what_has_come_and_never_nothing(peer: Peer) -> None:
    peer.socket.sendall(b"abc")
    assert peer.wire.read(soon()) == b"abc"


def test_a_read_ends_at_the_deadline(peer: Peer) -> None:
    with pytest.raises(Silent, match="no answer in time"):
        peer.wire.read(at_once())
    with pytest.raises(Silent, match="no answer in time"):
        peer.wire.read(Deadline.after(0))


def test_a_printer_that_takes_nothing_more_is_silent_and_says_how_far_it_got(peer: Peer) -> None:
    with pytest.raises(Silent, match=r"took only [1-9][0-9]* of 33554432 bytes in time"):
        peer.wire.write(bytes(32 << 20), Deadline.after(0.2))


def test_a_closed_connection_is_unreachable(peer: Peer) -> None:
    peer.socket.close()
    with pytest.raises(Unreachable, match="the device closed the connection"):
        peer.wire.read(soon())
    with pytest.raises(Unreachable, match=r"closed the connection|connection lost"):
        peer.wire.drain()
    with pytest.raises(Unreachable, match="connection lost after"):
        peer.wire.write(bytes(16 << 20), soon())


def test_draining_takes_what_is_there_and_does_not_wait(peer: Peer) -> None:
    assert peer.wire.drain() == b""
    peer.socket.sendall(b"late ")
    first = peer.wire.read(soon())
    peer.socket.sendall(b"answer")
    assert (first + _drained(peer.wire, 6)) == b"late answer"
    assert peer.wire.drain() == b""


def _drained(wire: Wire, count: int) -> bytes:
    deadline = soon()
    out = b""
    while len(out) < count and not deadline.expired:
        out += wire.drain()
    return out


def test_closing_says_goodbye_first_so_that_unread_answers_destroy_nothing(peer: Peer) -> None:
    """A close with unread bytes resets the connection, and what was sent is lost."""
    peer.socket.sendall(b"an answer that nobody read")
    sent = b"x" * 50_000
    peer.wire.write(sent, soon())
    got = bytearray()

    def receive_then_close() -> None:
        while data := peer.socket.recv(4096):
            got.extend(data)
        peer.socket.close()

    reader = threading.Thread(target=receive_then_close)
    reader.start()
    peer.wire.close()
    reader.join(PATIENCE)
    assert bytes(got) == sent


def test_closing_does_not_wait_for_ever_and_may_be_repeated(peer: Peer) -> None:
    peer.wire.close()
    peer.wire.close()
    assert peer.socket.recv(100) == b""


def test_what_a_peer_that_says_no_goodbye_had_not_taken_in_is_never_delivered(peer: Peer) -> None:
    """A gentle close would leave it to the kernel, which sends it when the peer is back."""
    with pytest.raises(Silent):
        peer.wire.write(b"LABEL" * (8 << 20), Deadline.after(0.2))
    peer.wire.close()
    with pytest.raises(ConnectionResetError):
        _take_everything(peer.socket)


def _take_everything(connection: socket.socket) -> None:
    while connection.recv(1 << 20):
        pass


def test_a_connection_that_the_kernel_gave_up_is_lost_and_not_late(
    peer: Peer, mocker: MockerFixture
) -> None:
    gone = mocker.Mock(wraps=peer.socket)
    gone.recv.side_effect = TimeoutError(errno.ETIMEDOUT, "Connection timed out")
    mocker.patch.object(peer.wire, "_connection", gone)
    with pytest.raises(Unreachable, match="connection lost: connection timed out"):
        peer.wire.read(soon())
    mocker.stopall()


def test_a_look_up_ends_at_the_deadline(mocker: MockerFixture) -> None:
    """The system's own takes as long as it likes."""
    found = threading.Event()

    def look_up(*_asked: object, flags: int = 0, **_more: object) -> list[object]:
        if not flags:
            assert found.wait(PATIENCE)
        raise socket.gaierror

    mocker.patch("drivers.lookup.socket.getaddrinfo", side_effect=look_up)
    with pytest.raises(Unreachable, match="cannot connect: its name was not found in time"):
        open_wire("tcp://printer.example:9100", deadline=Deadline.after(0.1))
    found.set()


def test_serial_bytes_go_both_ways_unchanged(line: Line) -> None:
    """Raw: no echo, no line ends changed, no control character acted upon."""
    everything = bytes(range(256))
    line.wire.write(everything, soon())
    assert _read(line.near, 256) == everything
    os.write(line.near, everything)
    got = b""
    while len(got) < 256:
        got += line.wire.read(soon())
    assert got == everything
    assert line.wire.drain() == b""


def _read(descriptor: int, count: int) -> bytes:
    got = b""
    while len(got) < count:
        got += os.read(descriptor, count - len(got))
    return got


def test_serial_bytes_go_out_in_counted_chunks(line: Line, mocker: MockerFixture) -> None:
    write = mocker.patch("drivers.wire.os.write", side_effect=lambda _port, data: len(data))
    line.wire.write(bytes(CHUNK * 2 + 10), soon())
    mocker.stop(write)
    assert [len(call.args[1]) for call in write.call_args_list] == [CHUNK, CHUNK, 10]


def test_a_serial_printer_that_takes_nothing_more_is_silent(line: Line) -> None:
    with pytest.raises(Silent, match=r"took only [0-9]+ of 1048576 bytes in time"):
        line.wire.write(bytes(1 << 20), Deadline.after(0.2))


def test_a_serial_printer_that_said_xoff_is_silent_until_xon() -> None:
    line = Line(flow="xonxoff")
    os.write(line.near, b"\x13")
    with pytest.raises(Silent):
        line.wire.read(at_once())
    with pytest.raises(Silent, match="in time"):
        line.wire.write(bytes(1 << 16), Deadline.after(0.2))
    line.close()


def test_serial_bytes_that_do_not_leave_in_time_are_counted(
    line: Line, mocker: MockerFixture
) -> None:
    mocker.patch.object(
        serial.Serial, "out_waiting", new_callable=mocker.PropertyMock, return_value=7
    )
    with pytest.raises(Silent, match="7 bytes did not leave in time"):
        line.wire.write(b"0123456789", Deadline.after(0.05))


def test_a_serial_read_ends_at_the_deadline(line: Line) -> None:
    with pytest.raises(Silent, match="no answer in time"):
        line.wire.read(at_once())


def test_a_serial_port_that_is_unplugged_is_unreachable(line: Line) -> None:
    line.hang_up()
    with pytest.raises(Unreachable, match=f"^{line.url[:20]}.*: (connection lost|the device)"):
        line.wire.read(soon())
    with pytest.raises(Unreachable):
        line.wire.write(b"x", soon())
    line.wire.close()
