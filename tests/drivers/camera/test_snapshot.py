"""A snapshot is whole, new, and asked for in time."""

import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_mock import MockerFixture

from drivers.camera import SnapshotCamera, open_camera
from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, NotReady, Silent
from drivers.simulated.camera import SimulatedCamera


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedCamera]:
    camera = SimulatedCamera(fps=40)
    yield camera
    camera.close()


def soon() -> Deadline:
    return Deadline.after(20.0)


def encoded(pixels: NDArray[np.uint8], suffix: str) -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes that would fill the memory."""
    small = encoded(np.zeros((8, 8), np.uint8), ".png")
    head = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


NOISE = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
PICTURES = {
    "cut.jpg": encoded(NOISE, ".jpg")[:-500],
    "cut.png": encoded(NOISE, ".png")[:-100],
    "cut.bmp": encoded(NOISE, ".bmp")[:-1],
    "huge.png": png_that_claims(9_000, 9_000),
    "gigantic.png": png_that_claims(2_000_000, 2_000_000),
}


class _Bad(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind = self.path.strip("/")
        if kind == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "/text")
            self.end_headers()
            return
        if kind == "missing":
            self.send_error(404)
            return
        bodies = {"text": b"hello", "empty": b"", "cut": b"\xff\xd8\xff"} | PICTURES
        body = bodies[kind]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """No log."""


@pytest.fixture(scope="module")
def bad_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Bad)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["missing", "text", "empty", "cut", "elsewhere", *PICTURES])
def test_an_answer_that_is_no_picture_is_garbled(bad_server: str, path: str) -> None:
    with pytest.raises(Garbled):
        SnapshotCamera(f"{bad_server}/{path}").frame(0.0, soon())


def test_a_camera_that_sends_one_byte_at_a_time_is_given_up_at_the_deadline() -> None:
    """A socket's own time-out would start again with every byte."""
    given_up = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            try:
                while not given_up.wait(0.02):
                    connection.sendall(b"H")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        camera = SnapshotCamera(f"http://127.0.0.1:{server.getsockname()[1]}/x.jpg")
        with pytest.raises(Silent, match="no answer in time"):
            camera.frame(0.0, Deadline.after(0.3))
        given_up.set()
        thread.join()


class _Guarded(BaseHTTPRequestHandler):
    scheme = "Basic"

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        right = ("Basic YW5uOmElYg==", 'Digest username="ann"')
        if not given.startswith(right):
            self.send_response(401)
            self.send_header("WWW-Authenticate", self.path.strip("/") + ' realm="x", nonce="1"')
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(encoded(NOISE, ".png"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """No log."""


@pytest.fixture(scope="module")
def guarded_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Guarded)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_name_and_password_stand_in_the_address(guarded_server: str, scheme: str) -> None:
    camera = open_camera(f"snapshot+http://ann:a%25b@{guarded_server}/{scheme}")
    assert np.array_equal(camera.frame(0.0, soon()).pixels, NOISE)


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Negotiate"])
def test_a_wrong_password_is_told_without_being_shown(guarded_server: str, scheme: str) -> None:
    camera = open_camera(f"snapshot+http://bob:secret@{guarded_server}/{scheme}")
    with pytest.raises(DriverError) as caught:
        camera.frame(0.0, soon())
    assert "secret" not in str(caught.value)


def test_a_lagging_camera_is_asked_later(simulated: SimulatedCamera) -> None:
    """A picture that may be old when it is handed out counts as that old."""
    url = simulated.snapshot_url.removeprefix("snapshot+")
    now = time.monotonic()
    frame = SnapshotCamera(url, lag_seconds=0.2).frame(now, soon())
    assert now < frame.at < time.monotonic() - 0.2


def test_a_camera_that_answers_with_the_same_picture_is_frozen(simulated: SimulatedCamera) -> None:
    camera = open_camera(simulated.snapshot_url)
    camera.frame(time.monotonic(), soon())
    simulated.freeze()
    with pytest.raises(NotReady, match="the same picture 3 times in a row"):
        camera.frame(time.monotonic(), soon())
    simulated.heal()
    camera.frame(time.monotonic(), soon())


def test_the_picture_of_before_is_asked_for_again(mocker: MockerFixture) -> None:
    """A camera that hands out its latest picture gives the same one to two quick questions."""
    one, two = (encoded(np.roll(NOISE, by), ".jpg") for by in (1, 2))
    camera = SnapshotCamera("http://192.0.2.21/x.jpg")
    mocker.patch.object(camera, "_get", side_effect=[one, one, two])
    first = camera.frame(0.0, soon())
    second = camera.frame(0.0, soon())
    assert not np.array_equal(first.pixels, second.pixels)


def test_all_black_pictures_are_alike_and_not_frozen(mocker: MockerFixture) -> None:
    """Under a lens cap noise may end at zero; what is wrong with the picture, others say."""
    camera = SnapshotCamera("http://192.0.2.21/x.jpg")
    mocker.patch.object(camera, "_get", return_value=encoded(NOISE * 0, ".png"))
    for _ in range(5):
        assert not camera.frame(0.0, soon()).pixels.any()


def test_a_time_written_into_a_frozen_picture_does_not_make_it_new(mocker: MockerFixture) -> None:
    """Of a JPEG the scan is compared, not the comments in front of it."""
    data = encoded(NOISE, ".jpg")
    stamped = [data[:2] + b"\xff\xfe\x00\x05" + b"%03d" % number + data[2:] for number in range(4)]
    camera = SnapshotCamera("http://192.0.2.21/x.jpg")
    mocker.patch.object(camera, "_get", side_effect=stamped)
    camera.frame(0.0, soon())
    with pytest.raises(NotReady, match="the same picture"):
        camera.frame(0.0, soon())
