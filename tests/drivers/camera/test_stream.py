"""Of a stream only a picture that was surely taken after the moment in question is given."""

import logging
import socket
import threading
import time
from collections.abc import Generator, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.camera.inspection import known_by
from drivers.camera.mjpeg import Mjpeg
from drivers.camera.still import exposure
from drivers.camera.stream import StreamCamera, Taken
from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, NotReady, Silent, Unreachable
from drivers.simulated.camera import SimulatedCamera

LEVELS = range(0, 256, 8)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n"


def soon() -> Deadline:
    return Deadline.after(20.0)


def picture(level: int) -> bytes:
    """Grey, so that its number can be told, with one dot, so that it is not all of one level."""
    pixels = np.full((32, 32), level, np.uint8)
    pixels[:8, :8] = 255 - level
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def level(pixels: NDArray[np.uint8]) -> int:
    return round(float(pixels[16:, 16:].mean()) / 8) * 8


class HandWorked:
    """A stream whose every byte is sent by the test, and a clock that only the test moves.

    The clock can be held: whoever asks for the time then stands still until it is let go.
    """

    def __init__(self, boundary: bytes = b"frame") -> None:
        self.now = 1000.0
        self._looks = 0
        self._looked = threading.Condition()
        self._going = threading.Event()
        self._going.set()
        self.waiting = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/stream.mjpg"
        self.source = Mjpeg(self.url, clock=self.clock)
        self._boundary = boundary
        self.camera = StreamCamera(self.source, clock=self.clock)
        self.connection = self.accept()

    def accept(self) -> socket.socket:
        self._server.settimeout(20.0)
        connection, _ = self._server.accept()
        connection.settimeout(20.0)
        while not connection.recv(4096).endswith(b"\r\n\r\n"):
            pass
        connection.sendall(HEAD % self._boundary)
        return connection

    def clock(self) -> float:
        if not self._going.is_set():
            self.waiting.set()
            assert self._going.wait(20.0)
        with self._looked:
            self._looks += 1
            self._looked.notify_all()
        return self.now

    def move(self, seconds: float) -> None:
        """Returns when the drain thread has seen that nothing is there at the new time."""
        with self._looked:
            self.now += seconds
            enough = self._looks + 2
            assert self._looked.wait_for(lambda: self._looks >= enough, 20.0)

    def stand_still(self) -> None:
        """Returns when the thread that drains the camera does nothing any more."""
        self.waiting.clear()
        self._going.clear()
        assert self.waiting.wait(20.0)

    def go_on(self) -> None:
        self._going.set()

    def send(self, level: int) -> None:
        body = picture(level)
        head = f"Content-Length: {len(body)}\r\n\r\n".encode()
        self.connection.sendall(b"--" + self._boundary + b"\r\n" + head + body + b"\r\n")

    def pass_on(self, level: int, *, after: float = 0.04) -> None:
        """Send a picture at the usual pace, and wait until it was taken in."""
        self.move(after)
        self.send(level)
        self.taken_in(picture(level))

    def taken_in(self, data: bytes) -> None:
        """Wait until this picture is the latest that the camera has."""
        seen = known_by(exposure(data))
        with self.camera._news:
            assert self.camera._news.wait_for(lambda: self.camera._repeats._last == seen, 20.0)

    def close(self) -> None:
        self.go_on()
        self.connection.close()
        self._server.close()
        self.camera.close()


@pytest.fixture
def stream() -> Iterator[HandWorked]:
    opened = HandWorked()
    yield opened
    opened.close()


def now_or_never() -> Deadline:
    """What is there is given, and nothing is waited for."""
    return Deadline.after(0.0)


def test_the_second_picture_after_the_moment_is_given(stream: HandWorked) -> None:
    for each in (8, 16, 24):
        stream.pass_on(each)
    asked = stream.now
    stream.pass_on(32)
    with pytest.raises(Silent):
        stream.camera.frame(asked, now_or_never())
    stream.pass_on(40)
    frame = stream.camera.frame(asked, now_or_never())
    assert level(frame.pixels) == 40
    assert asked < frame.at <= stream.now


def test_what_piled_up_while_this_machine_stood_still_is_older_than_the_question(
    stream: HandWorked,
) -> None:
    """Two pictures wait in the buffer of the system; both reach us after the question."""
    for each in (8, 16, 24):
        stream.pass_on(each)
    stream.stand_still()
    stream.send(32)
    stream.send(40)
    stream.now += 2.0
    asked = stream.now
    stream.go_on()
    stream.taken_in(picture(40))
    for each in (48, 56):
        with pytest.raises(Silent):
            stream.camera.frame(asked, now_or_never())
        stream.pass_on(each)
    assert level(stream.camera.frame(asked, now_or_never()).pixels) == 56


def test_pictures_that_the_network_held_up_do_not_count(stream: HandWorked) -> None:
    """They come in a burst, or each after a silence of its own: their pace is not the camera's."""
    for each in (8, 16, 24, 32):
        stream.pass_on(each)
    asked = stream.now + 1.0
    for each, gap in ((40, 2.0), (48, 0.005), (56, 0.005), (64, 2.0)):
        stream.pass_on(each, after=gap)
        with pytest.raises(Silent):
            stream.camera.frame(asked, now_or_never())
    stream.pass_on(72)
    stream.pass_on(80)
    assert level(stream.camera.frame(asked, now_or_never()).pixels) == 80


def test_the_same_picture_is_never_given_twice(stream: HandWorked) -> None:
    given = []
    newer_than = stream.now
    for each in (8, 16, 24, 32, 40, 48):
        stream.pass_on(each)
        try:
            frame = stream.camera.frame(newer_than, now_or_never())
        except Silent:
            continue
        newer_than = frame.at
        given.append(level(frame.pixels))
    assert given == [24, 32, 40, 48]


def test_a_lagging_camera_has_to_wait_for_longer(stream: HandWorked) -> None:
    camera = StreamCamera(stream.source, lag_seconds=0.1, clock=stream.clock)
    first, stream.connection = stream.connection, stream.accept()
    stream.camera, other = camera, stream.camera
    asked = stream.now
    for each in range(8, 80, 8):
        stream.pass_on(each)
    assert camera.frame(asked, now_or_never()).at == pytest.approx(
        stream.now - 0.04 - 0.1, abs=0.05
    )
    first.close()
    other.close()


@pytest.mark.parametrize("boundary", [b"frame", b"a-b"])
def test_a_part_without_a_length_ends_at_the_next_boundary(boundary: bytes) -> None:
    stream = HandWorked(boundary)
    mark = b"--" + boundary + b"\r\n"
    stream.connection.sendall(mark)
    for each in (8, 16, 24, 32):
        stream.move(0.04)
        stream.connection.sendall(b"Content-Type: image/jpeg\r\n\r\n" + picture(each))
        stream.connection.sendall(b"\r\n" + mark)
        stream.taken_in(picture(each))
    assert level(stream.camera.frame(1000.0, now_or_never()).pixels) == 32
    stream.close()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"x" * 5000, "something else than pictures"),
        (b"\r\n" * 5000, "something else than pictures"),
        (b"--frame\r\nContent-Length: 99999999999\r\n\r\n", "announces 99999999999 bytes"),
        (b"--frame\r\nContent-Length: " + b"9" * 500 + b"\r\n\r\n", "announces"),
        (b"--frame--\r\n", "the stream ended"),
    ],
)
def test_what_is_no_stream_of_pictures_is_a_fault(
    stream: HandWorked, sent: bytes, why: str
) -> None:
    stream.connection.sendall(sent)
    with stream.camera._news:
        assert stream.camera._news.wait_for(lambda: why in str(stream.camera._fault), 20.0)
    with pytest.raises(DriverError, match=why):
        stream.camera.frame(0.0, now_or_never())


def test_a_page_is_no_stream() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        camera = StreamCamera(Mjpeg(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        server.settimeout(20.0)
        connection, _ = server.accept()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Welcome")
        connection.close()
        with camera._news:
            found = camera._news.wait_for(lambda: isinstance(camera._fault, Garbled), 20.0)
        assert found
        with pytest.raises(Garbled, match="expected multipart/x-mixed-replace, got 'text/html'"):
            camera.frame(0.0, now_or_never())
        camera.close()


def test_half_a_picture_is_garbled_though_the_stream_goes_on(stream: HandWorked) -> None:
    whole = picture(8)
    for each in (8, 16, 24):
        stream.pass_on(each)
    asked = stream.now
    stream.pass_on(32)
    stream.now += 0.04
    half = whole[: len(whole) // 2]
    stream.connection.sendall(b"--frame\r\nContent-Length: %d\r\n\r\n%s" % (len(half), half))
    stream.taken_in(half)
    with pytest.raises(Garbled, match="no whole picture"):
        stream.camera.frame(asked, now_or_never())


def test_one_line_tells_that_the_camera_is_gone_and_one_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="drivers.camera")
    simulated = SimulatedCamera(fps=40)
    camera = StreamCamera(Mjpeg(simulated.stream_url))
    camera.frame(time.monotonic(), soon())
    simulated.unplug()
    with pytest.raises(Unreachable):
        camera.frame(time.monotonic(), Deadline.after(0.8))
    simulated.plug_in()
    camera.frame(time.monotonic(), soon())
    camera.close()
    simulated.close()
    told = [record.getMessage().split(": ")[-1] for record in caplog.records]
    assert len(told) == 2, told
    assert caplog.records[0].getMessage().startswith(f"camera {simulated.stream_url}")
    assert told[1] == f"camera {simulated.stream_url} sends pictures"


def test_a_stall_is_found_and_the_stream_is_opened_again() -> None:
    simulated = SimulatedCamera(fps=40)
    camera = StreamCamera(Mjpeg(simulated.stream_url, stall_seconds=0.2))
    camera.frame(time.monotonic(), soon())
    simulated.stall()
    with camera._news:
        assert camera._news.wait_for(lambda: isinstance(camera._fault, Silent), 20.0)
    with pytest.raises(Silent, match="no answer in time"):
        camera.frame(time.monotonic(), Deadline.after(0.1))
    simulated.heal()
    camera.frame(time.monotonic(), soon())
    camera.close()
    simulated.close()


def test_pauses_between_attempts_grow_to_five_seconds() -> None:
    pauses: list[float] = []

    class Clockwork(threading.Event):
        """An event that notes how long it was to be waited for."""

        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            return len(pauses) >= 6

        def is_set(self) -> bool:
            return len(pauses) >= 6

    camera = StreamCamera(Mjpeg("http://127.0.0.1:9/x.mjpg"))
    camera.close()
    camera._closing = Clockwork()
    camera._drain()
    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_camera_that_refuses_its_settings_is_told_at_once() -> None:
    class Stubborn:
        name = "camera x"

        def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
            if not closing.is_set():
                raise NotReady(self.name, "gain: expected 3, got 0")
            yield from ()

    camera = StreamCamera(Stubborn())
    with pytest.raises(NotReady, match="expected 3, got 0"):
        camera.frame(0.0, soon())
    camera.close()
