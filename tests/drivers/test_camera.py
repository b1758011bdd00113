"""A picture is given only if it was surely taken after the moment in question."""

import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_mock import MockerFixture

from drivers.camera import FolderCamera, SnapshotCamera, StreamCamera, open_camera
from drivers.deadline import Deadline
from drivers.interface import Camera, DriverError, Garbled, Silent, Unreachable
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.label import PrintedLabel


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedCamera]:
    camera = SimulatedCamera(fps=40)
    yield camera
    camera.close()


@pytest.fixture(params=["snapshot_url", "stream_url"])
def camera(simulated: SimulatedCamera, request: pytest.FixtureRequest) -> Iterator[Camera]:
    url = {"snapshot_url": simulated.snapshot_url, "stream_url": simulated.stream_url}
    opened = open_camera(url[request.param])
    yield opened
    opened.close()
    simulated.take_away()


def soon() -> Deadline:
    return Deadline.after(20.0)


def white() -> PrintedLabel:
    return PrintedLabel(1, np.full((320, 480), 255, np.uint8), 8, b"")


def test_a_picture_is_newer_than_asked_for(camera: Camera) -> None:
    for _ in range(3):
        now = time.monotonic()
        frame = camera.frame(now, soon())
        assert frame.at > now
        assert frame.pixels.shape[:2] == (960, 1280)


def test_a_picture_shows_what_lay_there_at_that_moment(
    camera: Camera, simulated: SimulatedCamera
) -> None:
    """Never the label before, however often one looks."""
    camera.frame(time.monotonic(), soon())
    for _ in range(3):
        simulated.place(white())
        assert camera.frame(time.monotonic(), soon()).pixels.mean() > 120
        simulated.take_away()
        assert camera.frame(time.monotonic(), soon()).pixels.mean() < 100


def test_two_pictures_of_a_camera_that_lives_are_never_the_same(camera: Camera) -> None:
    one = camera.frame(time.monotonic(), soon())
    two = camera.frame(time.monotonic(), soon())
    assert not np.array_equal(one.pixels, two.pixels)


def test_a_picture_from_the_future_is_not_waited_for_beyond_the_deadline(camera: Camera) -> None:
    with pytest.raises(DriverError):
        camera.frame(time.monotonic() + 3600, Deadline.after(0.3))


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


@pytest.mark.parametrize("url", ["snapshot+http://127.0.0.1:9/x", "http://127.0.0.1:9/x.mjpg"])
def test_a_camera_that_is_not_there_is_unreachable(url: str) -> None:
    camera = open_camera(url)
    with pytest.raises(Unreachable):
        camera.frame(time.monotonic(), Deadline.after(1.0))
    camera.close()


@pytest.mark.parametrize("url", ["", "ftp://x/y", "camera", "snapshot+file:///etc/passwd"])
def test_an_address_that_is_none_is_refused_with_what_was_expected(url: str) -> None:
    with pytest.raises(Unreachable, match=r"expected snapshot\+http"):
        open_camera(url)


def test_a_stream_that_breaks_off_comes_back() -> None:
    first = SimulatedCamera(fps=40)
    camera = StreamCamera(first.stream_url)
    camera.frame(time.monotonic(), soon())
    first.close()
    with pytest.raises(DriverError):
        camera.frame(time.monotonic(), Deadline.after(0.5))
    camera.close()


def test_of_a_folder_only_pictures_that_appear_later_are_given(tmp_path: Path) -> None:
    old, new = (np.full((20, 20), level, np.uint8) for level in (10, 200))
    cv2.imwrite(str(tmp_path / "old.png"), old)
    camera = FolderCamera(tmp_path)
    with pytest.raises(Silent):
        camera.frame(0.0, Deadline.after(0.1))
    (tmp_path / "half.png").write_bytes(b"\x89PNG")
    cv2.imwrite(str(tmp_path / "new.png"), new)
    assert camera.frame(0.0, soon()).pixels.mean() == 200
    with pytest.raises(Silent):
        camera.frame(0.0, Deadline.after(0.1))


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        FolderCamera(tmp_path / "none")


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


def test_a_stream_of_which_nothing_comes_any_more_is_a_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        camera = StreamCamera(f"http://127.0.0.1:{server.getsockname()[1]}/stream.mjpg")
        connection, _ = server.accept()
        with pytest.raises(DriverError):
            camera.frame(time.monotonic(), Deadline.after(0.2))
        connection.close()
    camera.close()


@pytest.mark.parametrize("query", ["width=x", "depth=8", "width=-1", "width=9999999"])
def test_a_video_device_knows_width_and_height_only(query: str) -> None:
    with pytest.raises(Unreachable, match="expected width and height in pixels"):
        open_camera(f"v4l2:///dev/there-is-none?{query}")


class _Device:
    """A video device of 640 × 480 that heeds no wish, as OpenCV shows it."""

    def __init__(self, path: str, backend: int, wishes: list[int]) -> None:
        assert (path, backend) == ("/dev/video7", cv2.CAP_V4L2)
        self.wishes = wishes

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def get(self, setting: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}[setting]

    def read(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, NOISE

    def release(self) -> None:
        """Nothing is open."""


def test_a_video_device_that_gives_another_size_is_not_used(mocker: MockerFixture) -> None:
    mocker.patch("cv2.VideoCapture", _Device)
    camera = open_camera("v4l2:///dev/video7?width=1920&height=1080")
    with pytest.raises(Unreachable, match="expected 1920, got 640"):
        camera.frame(time.monotonic(), Deadline.after(0.3))
    camera.close()


def test_a_video_device_that_gives_the_size_asked_for_is_read(mocker: MockerFixture) -> None:
    mocker.patch("cv2.VideoCapture", _Device)
    camera = open_camera("v4l2:///dev/video7?width=640&height=480")
    assert np.array_equal(camera.frame(time.monotonic(), soon()).pixels, NOISE)
    camera.close()


def drop(folder: Path, name: str, level: int) -> None:
    """As a careful camera does: whole, under its name, at once."""
    (folder / ".part").write_bytes(encoded(np.full((20, 20), level, np.uint8), ".png"))
    (folder / ".part").rename(folder / name)


def test_a_picture_that_was_there_at_the_moment_is_never_given(tmp_path: Path) -> None:
    """Dropped between two looks, it belongs to the label before."""
    camera = FolderCamera(tmp_path)
    drop(tmp_path, "before.png", 10)
    assert camera.frame(0.0, soon()).pixels.mean() == 10
    drop(tmp_path, "late.png", 20)
    with camera._news:
        assert camera._news.wait_for(lambda: "late.png" in camera._absent_at, 20.0)
    with pytest.raises(Silent):
        camera.frame(time.monotonic(), Deadline.after(0.1))
    drop(tmp_path, "new.png", 30)
    assert camera.frame(camera._looked_at - 0.001, soon()).pixels.mean() == 30
    camera.close()


def test_a_file_still_being_written_is_waited_for(tmp_path: Path) -> None:
    camera = FolderCamera(tmp_path)
    data = encoded(np.full((200, 200), 90, np.uint8), ".jpg")
    with (tmp_path / "new.JPG").open("wb") as file:
        file.write(data[:-50])
        file.flush()
        with pytest.raises(Silent):
            camera.frame(0.0, Deadline.after(0.1))
        file.write(data[-50:])
    assert abs(camera.frame(0.0, soon()).pixels.mean() - 90) < 2
    camera.close()


def test_a_folder_that_goes_away_is_a_fault(tmp_path: Path) -> None:
    folder = tmp_path / "camera"
    folder.mkdir()
    camera = FolderCamera(folder)
    folder.rmdir()
    with pytest.raises(Unreachable, match="No such file"):
        camera.frame(0.0, Deadline.after(0.2))
    camera.close()


def test_a_folder_that_nobody_clears_is_refused(tmp_path: Path) -> None:
    for number in range(2001):
        (tmp_path / f"{number}.png").symlink_to("/dev/null")
    with pytest.raises(Unreachable, match="holds 2001 pictures, at most 2000: clear it out"):
        FolderCamera(tmp_path)
