"""A picture is given only if it was surely taken after the moment in question."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

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


class _Bad(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind = self.path.strip("/")
        if kind == "missing":
            self.send_error(404)
            return
        body = {"text": b"hello", "empty": b"", "cut": b"\xff\xd8\xff"}[kind]
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


@pytest.mark.parametrize("path", ["missing", "text", "empty", "cut"])
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
