"""A camera over the place where labels lie: a real HTTP server with a snapshot and a stream."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from drivers.simulated.label import PrintedLabel
from drivers.simulated.optics import MILD, Optics, Picture, developed, empty_scene, scene

JPEG_QUALITY = 92


class SimulatedCamera:
    """Shows what lies there now, each exposure with noise of its own. Deterministic by seed.

    `stream_url` serves multipart/x-mixed-replace, `snapshot_url` one JPEG.
    """

    def __init__(self, *, optics: Optics = MILD, seed: int = 0, fps: int = 25) -> None:
        self._optics = optics
        self._seed = seed
        self._placed = 0
        self._exposed = 0
        self._lock = threading.Lock()
        self._empty = empty_scene(optics=optics, seed=seed)
        self._scene = self._empty
        self._closing = threading.Event()
        self._server = _Server(self.jpeg, self._closing, 1.0 / fps)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        host, port = self._server.server_address[:2]
        self.stream_url = f"http://{host!s}:{port}/stream.mjpg"
        self.snapshot_url = f"snapshot+http://{host!s}:{port}/snapshot.jpg"

    def place(self, label: PrintedLabel) -> None:
        """Lay a label down, each a little differently, over whatever lay there."""
        with self._lock:
            self._placed += 1
            seed = self._seed * 1_000_003 + self._placed
        picture = scene(
            label.picture, dots_per_mm=label.dots_per_mm, optics=self._optics, seed=seed
        )
        with self._lock:
            self._scene = picture

    def take_away(self) -> None:
        with self._lock:
            self._scene = self._empty

    def jpeg(self) -> bytes:
        """One exposure of what lies there now."""
        with self._lock:
            self._exposed += 1
            view, seed = self._scene, self._exposed
        return _encoded(developed(view, optics=self._optics, seed=seed))

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, jpeg: Callable[[], bytes], closing: threading.Event, seconds_per_frame: float
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.jpeg = jpeg
        self.closing = closing
        self.seconds_per_frame = seconds_per_frame


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        match self.path:
            case "/snapshot.jpg":
                self._answer("image/jpeg", self.server.jpeg())
            case "/stream.mjpg":
                self._stream()
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
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        due = time.monotonic()
        try:
            while not self.server.closing.wait(max(0.0, due - time.monotonic())):
                due += self.server.seconds_per_frame
                body = self.server.jpeg()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
                self.wfile.write(head.encode() + body + b"\r\n")
        except OSError:
            return  # whoever looked has gone


def _encoded(picture: Picture) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
