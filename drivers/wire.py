"""Bytes over TCP or a serial line, told apart by their address, every wait with a deadline.

What was given up never arrives later: a connection on which the other side does not say goodbye
in time is torn down with all that it had not taken in.
"""

import errno
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.address import SerialAddress, TcpAddress, parse_address
from drivers.deadline import Deadline
from drivers.interface import Condition, Silent, Unreachable
from drivers.lookup import lookup

__all__ = ["CHUNK", "SerialAddress", "TcpAddress", "Wire", "open_wire", "parse_address"]

CHUNK = 256
"""Bytes handed to a serial line at once: what may be lost or stuck stays countable."""

_PIECE = 65536
_DRAIN_LIMIT = 1 << 20
_FAREWELL_SECONDS = 1.0
_FLUSH_POLL_SECONDS = 0.005
_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER: what was not taken in by now is not sent any more."""

_GIVEN_UP_SECONDS = 30
"""After so long without a sign of life a connection is lost. The keep-alive's four probes take as
long, and the kernel ends the shorter of the two."""


class Wire(Protocol):
    """A two-way stream of bytes. After any error it is of no more use but to be closed."""

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand over every byte. Raises Silent when the deadline comes first, Unreachable."""

    def read(self, deadline: Deadline) -> bytes:
        """Some bytes, never none. Raises Silent at the deadline, Unreachable."""

    def drain(self) -> bytes:
        """What has already arrived, without waiting; at most a megabyte. Raises Unreachable."""

    def close(self) -> None:
        """Never raises, and never waits long."""


def open_wire(url: str, *, deadline: Deadline) -> Wire:
    """Connect. Raises Unreachable, also for an address that cannot be one."""
    address = parse_address(url)
    if isinstance(address, TcpAddress):
        return _TcpWire(url, _connect(url, address, deadline))
    return _SerialWire(url, _open_serial(url, address))


def _connect(url: str, address: TcpAddress, deadline: Deadline) -> socket.socket:
    """The first address of the host that answers; all of them share the deadline."""
    with _door(url, "cannot connect"):
        found = lookup(address.host, address.port, deadline)
    problem = OSError("no answer in time")
    for family, kind, protocol, _name, place in found:
        if deadline.expired:
            break
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_wait(deadline))
            connection.connect(place)
        except OSError as error:
            connection.close()
            problem = error
        else:
            return connection
    raise Unreachable(url, f"cannot connect: {_reason(problem)}") from problem


def _open_serial(url: str, address: SerialAddress) -> serial.Serial:
    """The line is made raw by pyserial; exclusive keeps a second sender from mixing its jobs in."""
    with _door(url, "cannot open"), _lock(url):
        return serial.Serial(
            address.path,
            address.baud,
            xonxoff=address.flow == "xonxoff",
            rtscts=address.flow == "rtscts",
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )


@contextmanager
def _lock(url: str) -> Iterator[None]:
    try:
        yield
    except serial.SerialException as error:
        if error.errno == errno.EWOULDBLOCK:
            taken = "cannot open: another program has this line"
            raise Unreachable(url, taken, Condition.IN_USE) from error
        raise


class _TcpWire:
    def __init__(self, url: str, connection: socket.socket) -> None:
        self._url = url
        self._connection = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A printer switched off keeps a connection half open for hours; find out in half a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4)
        # Bytes that nobody acknowledges, or takes in, would be offered for a quarter of an hour.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GIVEN_UP_SECONDS * 1000)

    def write(self, data: bytes, deadline: Deadline) -> None:
        _write(self._url, data, deadline, self._some)

    def _some(self, data: memoryview, deadline: Deadline) -> int:
        self._connection.settimeout(_wait(deadline))
        return self._connection.send(data)

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired:
            raise Silent(self._url, "no answer in time")
        with _door(self._url, "connection lost", late="no answer in time"):
            self._connection.settimeout(_wait(deadline))
            return self._received(self._connection.recv(_PIECE))

    def drain(self) -> bytes:
        out = bytearray()
        with _door(self._url, "connection lost"):
            self._connection.settimeout(0)
            while len(out) < _DRAIN_LIMIT and (piece := self._arrived()):
                out += piece
        return bytes(out)

    def close(self) -> None:
        """Closing on unread replies would reset the connection and take sent bytes with it; a
        close without goodbye would leave them to the kernel, which delivers them when the network
        is back: a label that was given up would come out after all.
        """
        try:
            if not self._said_goodbye(Deadline.after(_FAREWELL_SECONDS)):
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        except OSError:
            # The other side is gone: nothing is left to save, and nothing to be delivered.
            pass
        finally:
            self._connection.close()

    def _said_goodbye(self, deadline: Deadline) -> bool:
        """Whether the other side has taken everything in and closed as well."""
        self._connection.shutdown(socket.SHUT_WR)
        try:
            while not deadline.expired:
                self._connection.settimeout(_wait(deadline))
                if not self._connection.recv(_PIECE):
                    return True
        except TimeoutError:
            return False
        return False

    def _arrived(self) -> bytes:
        try:
            return self._received(self._connection.recv(_PIECE))
        except BlockingIOError:
            return b""

    def _received(self, data: bytes) -> bytes:
        if not data:
            raise Unreachable(self._url, "the device closed the connection")
        return data


class _SerialWire:
    """pyserial opens and sets up the line; bytes go through the descriptor, which is non-blocking,
    because only so can every wait end and every written byte be counted.
    """

    def __init__(self, url: str, port: serial.Serial) -> None:
        self._url = url
        self._port = port
        self._descriptor: int = port.fileno()

    def write(self, data: bytes, deadline: Deadline) -> None:
        _write(self._url, data, deadline, self._some)
        self._flush(deadline)

    def _some(self, data: memoryview, deadline: Deadline) -> int:
        if not select.select([], [self._descriptor], [], _wait(deadline))[1]:
            raise TimeoutError
        try:
            return os.write(self._descriptor, data[:CHUNK])
        except BlockingIOError:
            return 0

    def _flush(self, deadline: Deadline) -> None:
        """Not with tcdrain, which waits for ever on a line that was told XOFF."""
        pause = threading.Event()
        with _door(self._url, "connection lost"):
            while left := self._port.out_waiting:
                if deadline.expired:
                    raise Silent(self._url, f"{left} bytes did not leave in time")
                pause.wait(_FLUSH_POLL_SECONDS)

    def read(self, deadline: Deadline) -> bytes:
        while not deadline.expired:
            with _door(self._url, "connection lost"):
                if select.select([self._descriptor], [], [], _wait(deadline))[0]:
                    return self._arrived()
        raise Silent(self._url, "no answer in time")

    def drain(self) -> bytes:
        out = bytearray()
        with _door(self._url, "connection lost"):
            while len(out) < _DRAIN_LIMIT and select.select([self._descriptor], [], [], 0)[0]:
                out += self._arrived()
        return bytes(out)

    def close(self) -> None:
        try:
            self._port.close()
        except (OSError, serial.SerialException):
            # An adapter that was pulled out cannot be closed either.
            return

    def _arrived(self) -> bytes:
        """Only for a line that is ready: when it then gives nothing, it has been hung up."""
        data = os.read(self._descriptor, _PIECE)
        if not data:
            raise Unreachable(self._url, "the device was unplugged")
        return data


def _write(
    url: str, data: bytes, deadline: Deadline, some: Callable[[memoryview, Deadline], int]
) -> None:
    """Pass everything on, piece by piece, and say how far it got."""
    view = memoryview(data)
    sent = 0
    while sent < len(data):
        late = f"took only {sent} of {len(data)} bytes in time"
        if deadline.expired:
            raise Silent(url, late)
        with _door(url, f"connection lost after {sent} of {len(data)} bytes", late=late):
            sent += some(view[sent:], deadline)


@contextmanager
def _door(url: str, what: str, *, late: str = "no answer in time") -> Iterator[None]:
    """Errors of the system and of pyserial become ours."""
    try:
        yield
    except TimeoutError as error:
        if error.errno:  # the kernel gave up, not we
            raise Unreachable(url, f"{what}: {_reason(error)}") from error
        raise Silent(url, late) from error
    except (OSError, serial.SerialException, ValueError) as error:
        raise Unreachable(url, f"{what}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """The system's words, without its number and the path we have already named."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__


def _wait(deadline: Deadline) -> float:
    """A time-out of zero would mean "do not wait at all" to a socket."""
    return max(deadline.remaining(), 0.001)


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial line of this machine, as the system describes it; nobody has spoken on it."""

    path: str
    vendor: int | None
    """USB vendor id; None for a line that is not on USB."""

    product: int | None
    description: str
    """What the device calls itself: untrusted."""


def serial_ports() -> tuple[SerialPort, ...]:
    """What is there now. Nothing is opened, because that alone would move DTR and RTS."""
    with _door("serial ports", "cannot be listed"):
        try:
            found = tuple(_described(each) for each in list_ports.comports())
        except TypeError:  # pyserial's, when an adapter is pulled out while it is described
            raise ValueError("one went while they were listed") from None
    return tuple(sorted(found, key=lambda port: port.path))


def _described(port: ListPortInfo) -> SerialPort:
    words = dict.fromkeys(filter(None, (port.manufacturer, port.product or port.description)))
    return SerialPort(port.device, port.vid, port.pid, " ".join(words))
