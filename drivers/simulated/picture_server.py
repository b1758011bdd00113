"""An HTTP server that shows pictures, one by one or as a stream, and can be unplugged.

Unplugged, it keeps its port, so that nobody else gets it in the meantime.
"""

import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PictureServer:
    """`jpeg` is called for each picture, on the thread of whoever looks."""

    def __init__(self, jpeg: Callable[[], bytes], *, seconds_per_frame: float) -> None:
        self._jpeg = jpeg
        self._seconds_per_frame = seconds_per_frame
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        host, port = self._place.getsockname()
        self.address = f"{host}:{port}"
        self._port: int = port
        self._moving = threading.Event()
        self._moving.set()
        self._server: _Server | None = None
        self._thread = threading.Thread()
        self.plug_in()

    def plug_in(self) -> None:
        """Nothing happens where it is plugged in already."""
        if self._server:
            return
        self._server = _Server(self._port, self._jpeg, self._moving, self._seconds_per_frame)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def unplug(self) -> None:
        """Returns when nobody is connected any more."""
        server, self._server = self._server, None
        if server:
            server.unplugged.set()
            server.shutdown()
            server.server_close()
            server.hang_up()
            self._thread.join()

    def stall(self) -> None:
        self._moving.clear()

    def go_on(self) -> None:
        self._moving.set()

    def close(self) -> None:
        self.unplug()
        self._place.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        port: int,
        jpeg: Callable[[], bytes],
        moving: threading.Event,
        seconds_per_frame: float,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.jpeg = jpeg
        self.moving = moving
        self.unplugged = threading.Event()
        self.seconds_per_frame = seconds_per_frame
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    def note(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # whoever looked has gone first

    def wait(self, until: float) -> bool:
        """Whether to go on at that moment (monotonic seconds); not before a stall is over."""
        while not self.unplugged.wait(max(0.0, until - time.monotonic())):
            if self.moving.wait(0.02):
                return True
        return False


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.note(self.connection)

    def finish(self) -> None:
        self.server.forget(self.connection)
        try:
            super().finish()
        except OSError:
            return  # whoever looked has gone

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return  # whoever looked has gone

    def do_GET(self) -> None:
        match self.path:
            case "/snapshot.jpg" if self.server.wait(until=0.0):
                self._answer("image/jpeg", self.server.jpeg())
            case "/stream.mjpg":
                self._stream()
            case "/snapshot.jpg":
                return
            case _:
                self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """A camera keeps no log."""

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        """A picture that could not be sent in its time is left out, as a camera does."""
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        due = time.monotonic()
        while self.server.wait(until=due):
            due = max(due + self.server.seconds_per_frame, time.monotonic())
            body = self.server.jpeg()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body + b"\r\n")
