"""An input and output module on Modbus TCP, without wires: real requests on a real socket.

It shares no code with the driver, which is written over pymodbus: two that misread the standard
in the same way are less likely than one.

Faults are ordered by method. With `after`, one strikes in the middle of something: that many more
requests are still answered as they should be. By number, never by time.
"""

import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _ILLEGAL_VALUE = 1, 2, 3
_READS = {1, 2, 3, 4}
_WRITE_COIL = 5


class Points(Protocol):
    """What the terminals of the module are wired to. KeyError: there is no such terminal."""

    def coil(self, number: int) -> bool: ...

    def write(self, number: int, *, on: bool) -> None: ...

    def sense(self, number: int) -> bool: ...

    def register(self, number: int) -> int: ...

    def lost(self) -> None:
        """The last connection is gone: what the communication watchdog of the module does."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question: the function code, the address, and the count or value that was given."""

    function: int
    address: int
    value: int


Spoil = Callable[[bytes], bytes]
"""Given a whole answer, frame and all, what is sent instead; nothing where it is empty."""


class SimulatedModule:
    """Thread-safe. Answers on 127.0.0.1, to any number of connections."""

    def __init__(self, points: Points, *, unit: int = 1) -> None:
        self._points = points
        self._unit = unit
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._requests: deque[Request] = deque(maxlen=1000)
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._countdown = 0
        self._waiting: Callable[[], None] | None = None
        self._spoil: Spoil | None = None
        self._exception = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = int(self._listener.getsockname()[1])
        self.host = f"127.0.0.1:{self._port}"
        self._listen()

    @property
    def requests(self) -> tuple[Request, ...]:
        """The latest thousand, as they were received, whatever became of them."""
        with self._lock:
            return tuple(self._requests)

    # What happens to it

    def fall_silent(self, *, after: int = 0) -> None:
        """Obey, and answer nothing."""
        self.spoil(lambda _answer: b"", after=after)

    def spoil(self, spoil: Spoil, *, after: int = 0) -> None:
        """Obey, and send something else than the answer."""

        def begin() -> None:
            self._spoil = spoil

        self._later(begin, after)

    def answer_exception(self, code: int, *, after: int = 0) -> None:
        """Refuse everything, and obey nothing."""

        def begin() -> None:
            self._exception = code

        self._later(begin, after)

    def unplug(self, *, after: int = 0) -> None:
        """The network is gone, the port refuses; the module itself keeps its power."""
        self._later(self._unplug, after)

    def plug_in(self) -> None:
        """On the same port again."""
        with self._lock:
            if self._listener.fileno() >= 0 and not self._listening:
                self._listener.listen()
                self._listen()

    def hang_up(self, *, after: int = 0) -> None:
        """Close the connections there are, as a module does with idle ones; take new ones."""
        self._later(self._hang_up, after)

    def wait_idle(self, *, seconds: float) -> bool:
        """Wait until nobody is connected; False if somebody is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._connections, timeout=seconds)

    def heal(self) -> None:
        with self._lock:
            self._spoil = self._waiting = None
            self._exception = 0
        self.plug_in()

    def close(self) -> None:
        with self._lock:
            self._unplug()
            self._listener.close()
            running = tuple(self._threads)
        for each in running:
            each.join()

    def _later(self, fault: Callable[[], None], after: int) -> None:
        with self._lock:
            if after:
                self._waiting, self._countdown = fault, after
            else:
                fault()

    # Its sockets

    def _listen(self) -> None:
        self._listening = True
        self._start(self._accept, self._listener)

    def _start(self, serve: Callable[[socket.socket], None], on: socket.socket) -> None:
        thread = threading.Thread(target=self._run, args=(serve, on), daemon=True)
        self._threads.add(thread)
        thread.start()

    def _run(self, serve: Callable[[socket.socket], None], on: socket.socket) -> None:
        serve(on)
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _unplug(self) -> None:
        """The port stays ours, bound and deaf, so that it can come back as the same."""
        if self._listening:
            self._listening = False
            _shut(self._listener)
            self._listener.close()
            self._listener = socket.socket()
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(("127.0.0.1", self._port))
        self._hang_up()

    def _hang_up(self) -> None:
        for each in tuple(self._connections):
            _shut(each)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return  # unplugged
            with self._lock:
                self._connections.add(connection)
                if listener is not self._listener:
                    _shut(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            while frame := _frame(connection):
                connection.sendall(self._answer(frame))
        except OSError:
            # The other side went away in the middle; a module does not mind.
            pass
        finally:
            connection.close()
            with self._lock:
                self._connections.discard(connection)
                if not self._connections:
                    self._points.lost()
                self._changed.notify_all()

    # Its protocol

    def _answer(self, frame: bytes) -> bytes:
        transaction, unit, body = frame[:2], frame[6], frame[7:]
        if unit != self._unit:
            return b""
        with self._lock:
            said = self._do(body)
            answer = transaction + struct.pack(">HHB", 0, len(said) + 1, unit) + said
            if self._spoil:
                answer = self._spoil(answer)
            self._count_down()
        return answer

    def _count_down(self) -> None:
        self._countdown -= 1
        if self._waiting and self._countdown <= 0:
            strike, self._waiting = self._waiting, None
            strike()

    def _do(self, body: bytes) -> bytes:
        if len(body) != 5:
            return bytes((body[0] | 0x80, _ILLEGAL_VALUE))
        function, address, value = struct.unpack(">BHH", body)
        self._requests.append(Request(function, address, value))
        if self._exception:
            return bytes((function | 0x80, self._exception))
        try:
            return self._done(body, function, address, value)
        except KeyError:
            return bytes((function | 0x80, _ILLEGAL_ADDRESS))

    def _done(self, body: bytes, function: int, address: int, value: int) -> bytes:
        if function == _WRITE_COIL and value in {0x0000, 0xFF00}:
            self._points.write(address, on=value == 0xFF00)
            return body
        if function not in _READS:
            code = _ILLEGAL_VALUE if function == _WRITE_COIL else _ILLEGAL_FUNCTION
            return bytes((function | 0x80, code))
        if not 0 < value <= 125 or address + value > 65536:
            return bytes((function | 0x80, _ILLEGAL_VALUE))
        data = self._read(function, range(address, address + value))
        return bytes((function, len(data))) + data

    def _read(self, function: int, numbers: range) -> bytes:
        if function in {1, 2}:
            read = self._points.coil if function == 1 else self._points.sense
            bits = sum(read(number) << place for place, number in enumerate(numbers))
            return bits.to_bytes((len(numbers) + 7) // 8, "little")
        return b"".join(struct.pack(">H", self._points.register(number)) for number in numbers)


def _frame(connection: socket.socket) -> bytes:
    """One whole request; empty when there will be none, or none that can be understood."""
    head = _exactly(connection, 7)
    if len(head) < 7:
        return b""
    protocol, length = struct.unpack(">HH", head[2:6])
    if protocol != 0 or not 2 <= length <= 254:
        return b""
    body = _exactly(connection, length - 1)
    return head + body if len(body) == length - 1 else b""


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (piece := connection.recv(count - len(data))):
        data += piece
    return data


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already gone, which is what was wanted
        connection.shutdown(socket.SHUT_RDWR)
