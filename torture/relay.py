"""A wire between station and printer that can be cut while a label is sent.

Behind the last byte: the printer has all of it and prints, and the station sees a connection that
broke. In the middle: the printer is switched off and on, and what it got is lost with its buffer.
"""

import socket
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress

_PIECE = 65536


class Relay:
    def __init__(
        self,
        printer_url: str,
        *,
        whole: AbstractSet[int],
        half: AbstractSet[int],
        power_cycle: Callable[[], None],
    ) -> None:
        """`whole`, `half`: numbers of the labels after, or in, which the wire is cut; from 1."""
        host, _, port = printer_url.removeprefix("tcp://").rpartition(":")
        self._printer = (host, int(port))
        self._whole = whole
        self._half = half
        self._power_cycle = power_cycle
        self._labels = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, name="relay", daemon=True).start()

    def close(self) -> None:
        """A connection that is open stays so until one of its ends goes."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                station, _ = self._listener.accept()
            except OSError:  # closed
                return
            with station, suppress(OSError):
                self._connect(station)

    def _connect(self, station: socket.socket) -> None:
        with socket.create_connection(self._printer) as printer:
            back = threading.Thread(target=_pump, args=(printer, station), daemon=True)
            back.start()
            with suppress(OSError):
                self._forward(station, printer)
            _hang_up(printer)
            back.join()

    def _forward(self, station: socket.socket, printer: socket.socket) -> None:
        """A label is one short format, and comes in one piece."""
        while data := station.recv(_PIECE):
            label = b"^FD" in data
            self._labels += label
            if label and self._labels in self._half:
                printer.sendall(data[: len(data) // 2])
                self._power_cycle()
                return
            printer.sendall(data)
            if label and self._labels in self._whole:
                return


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Until the source hangs up; then hang up, too."""
    with suppress(OSError):
        while data := source.recv(_PIECE):
            target.sendall(data)
    _hang_up(target)


def _hang_up(connection: socket.socket) -> None:
    """Say that nothing more comes; what was sent still arrives."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
