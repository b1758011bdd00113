"""The sockets of the simulated printer: a TCP port and a serial line, each on its own thread.

A port hands on the bytes it gets and sends back what it is told to. Like a real port 9100, the
TCP port serves one connection; the next one waits until that is closed. A port that is held reads
nothing, and the connection stays: so does a printer that lost its network.
"""

import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from typing import Protocol

Receive = Callable[[bytes], bytes]
"""Takes bytes as they come, in any pieces; returns what to answer."""

_PIECE = 65536
_XON, _XOFF = b"\x11", b"\x13"


class Port(Protocol):
    url: str

    def drop(self) -> None:
        """Cut the connection, as when the power goes; nothing of it is received afterwards."""

    def hold(self, *, on: bool) -> None:
        """Stop reading, or go on."""

    def say_stop(self, *, on: bool) -> None:
        """XOFF or XON; nothing on a network."""

    def close(self) -> None: ...


class _Gate:
    """Waits for bytes to read, unless it is held; wakes up for every change."""

    def __init__(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        self.held = False

    def wake(self) -> None:
        os.write(self._wake_write, b".")

    def ready(self, descriptor: int) -> bool:
        """Wait for a change; is there something to be read now?"""
        wanted = [self._wake_read] if self.held else [self._wake_read, descriptor]
        ready, _, _ = select.select(wanted, [], [])
        if self._wake_read in ready:
            os.read(self._wake_read, _PIECE)
        return descriptor in ready and not self.held

    def close(self) -> None:
        os.close(self._wake_read)
        os.close(self._wake_write)


class TcpPort:
    def __init__(self, host: str, port: int, receive: Receive) -> None:
        self._receive = receive
        self._listener = socket.create_server((host, port))
        self._changed = threading.Condition()
        self._gate = _Gate()
        self._connection: socket.socket | None = None
        self._cut = False
        self._closing = False
        self.url = f"tcp://{host}:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name=self.url, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        with self._changed:
            cut = self._connection
            if cut is None:
                return
            self._cut = True  # what already lies in the socket's buffer is not read either
            _shut(cut)
            self._gate.wake()
            if self._thread is not threading.current_thread():
                self._changed.wait_for(lambda: self._connection is not cut)

    def hold(self, *, on: bool) -> None:
        """What a connection kept that the other side has torn down meanwhile never got here."""
        with self._changed:
            self._cut = self._cut or (self._connection is not None and _torn(self._connection))
            self._gate.held = on
        self._gate.wake()

    def say_stop(self, *, on: bool) -> None:
        """A network has its own flow control."""

    def close(self) -> None:
        with self._changed:
            self._closing = True
        _shut(self._listener)
        self.drop()
        self._listener.close()
        if self._thread is not threading.current_thread():
            self._thread.join()
            self._gate.close()

    def _serve(self) -> None:
        while self._accepted():
            self._talk()

    def _accepted(self) -> bool:
        try:
            connection, _peer = self._listener.accept()
        except OSError:  # closed; there is nobody to tell
            return False
        with self._changed:
            self._connection, self._cut = connection, False
            if self._closing:
                self._cut = True
                _shut(connection)
        return True

    def _talk(self) -> None:
        connection = self._connection
        assert connection is not None, "a connection was accepted"
        try:
            while not self._cut:
                if self._gate.ready(connection.fileno()) and not self._answered(connection):
                    break
        except OSError:
            # The other side went away in the middle; a printer does not mind.
            pass
        finally:
            with self._changed:
                self._connection = None
                self._changed.notify_all()
            connection.close()

    def _answered(self, connection: socket.socket) -> bool:
        """False when the other side has said goodbye, or the power went."""
        data = b"" if self._cut else connection.recv(_PIECE)
        if data:
            connection.sendall(self._receive(data))
        return bool(data)


def _torn(connection: socket.socket) -> bool:
    """Reset by the other side, not closed."""
    watch = select.poll()
    watch.register(connection, 0)
    return any(events & select.POLLERR for _, events in watch.poll(0))


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # Already gone, which is what was wanted.
        return


class TtyPort:
    """A pseudo terminal. It has no bit clock of its own: both ways are paced to the baud rate."""

    def __init__(self, baud: int, flow: str, receive: Receive) -> None:
        self._receive = receive
        self._baud = baud
        self._closing = threading.Event()
        self._gate = _Gate()
        # The far side stays open here too: a client that leaves is no hang-up.
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.url = f"serial://{os.ttyname(self._far)}?baud={baud}&flow={flow}"
        self._thread = threading.Thread(target=self._serve, name=self.url, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """A serial line has no connection to cut."""

    def hold(self, *, on: bool) -> None:
        self._gate.held = on
        self._gate.wake()

    def say_stop(self, *, on: bool) -> None:
        self._send(_XOFF if on else _XON)

    def close(self) -> None:
        self._closing.set()
        self._gate.wake()
        if self._thread is not threading.current_thread():
            self._thread.join()
            self._gate.close()
        for descriptor in (self._near, self._far):
            os.close(descriptor)

    def _serve(self) -> None:
        while not self._closing.is_set():
            if self._gate.ready(self._near):
                self._transfer()

    def _transfer(self) -> None:
        data = os.read(self._near, max(16, self._baud // 500))
        self._pace(len(data))
        answer = self._receive(data)
        self._pace(len(answer))
        self._send(answer)

    def _send(self, answer: bytes) -> None:
        try:
            os.write(self._near, answer)
        except BlockingIOError:
            # Nobody reads. A serial port without flow control loses the bytes too.
            return

    def _pace(self, count: int) -> None:
        """Eight bits, a start and a stop bit for each byte."""
        self._closing.wait(count * 10 / self._baud)
