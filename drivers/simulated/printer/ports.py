"""The sockets of the simulated printer: a TCP port and a serial line, each on its own thread.

A port hands on the bytes it gets and sends back what it is told to. Like a real port 9100, the
TCP port serves one connection; the next one waits until that is closed.
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


class Port(Protocol):
    url: str

    def drop(self) -> None:
        """Cut the connection, as when the power goes; nothing of it is received afterwards."""

    def close(self) -> None: ...


class TcpPort:
    def __init__(self, host: str, port: int, receive: Receive) -> None:
        self._receive = receive
        self._listener = socket.create_server((host, port))
        self._changed = threading.Condition()
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
            if self._thread is not threading.current_thread():
                self._changed.wait_for(lambda: self._connection is not cut)

    def close(self) -> None:
        with self._changed:
            self._closing = True
        _shut(self._listener)
        self.drop()
        self._listener.close()
        if self._thread is not threading.current_thread():
            self._thread.join()

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
                _shut(connection)
        return True

    def _talk(self) -> None:
        connection = self._connection
        assert connection is not None, "a connection was accepted"
        try:
            while not self._cut and (data := connection.recv(_PIECE)):
                connection.sendall(self._receive(data))
        except OSError:
            # The other side went away in the middle; a printer does not mind.
            pass
        finally:
            with self._changed:
                self._connection = None
                self._changed.notify_all()
            connection.close()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # Already gone, which is what was wanted.
        return


class TtyPort:
    """A pseudo terminal. It has no bit clock of its own: both ways are paced to the baud rate."""

    def __init__(self, baud: int, receive: Receive) -> None:
        self._receive = receive
        self._baud = baud
        self._closing = threading.Event()
        # The far side stays open here too: a client that leaves is no hang-up.
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self._wake_read, self._wake_write = os.pipe()
        self.url = f"serial://{os.ttyname(self._far)}?baud={baud}&flow=none"
        self._thread = threading.Thread(target=self._serve, name=self.url, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """A serial line has no connection to cut."""

    def close(self) -> None:
        self._closing.set()
        os.write(self._wake_write, b".")
        if self._thread is not threading.current_thread():
            self._thread.join()
        for descriptor in (self._near, self._far, self._wake_read, self._wake_write):
            os.close(descriptor)

    def _serve(self) -> None:
        while not self._closing.is_set():
            ready, _, _ = select.select([self._near, self._wake_read], [], [])
            if self._near in ready:
                self._transfer()

    def _transfer(self) -> None:
        data = os.read(self._near, max(16, self._baud // 500))
        self._pace(len(data))
        answer = self._receive(data)
        self._pace(len(answer))
        try:
            os.write(self._near, answer)
        except BlockingIOError:
            # Nobody reads. A serial port without flow control loses the bytes too.
            return

    def _pace(self, count: int) -> None:
        """Eight bits, a start and a stop bit for each byte."""
        self._closing.wait(count * 10 / self._baud)
