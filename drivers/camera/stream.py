"""A camera that sends pictures all the time: MJPEG over HTTP, RTSP, or a video device.

A thread drains it, so that the latest picture is never an old one. It also remembers when each
came. Pictures that come in a burst had been waiting somewhere, because this machine or the network
stood still for a moment: however fresh their arrival, they are old, and do not count.
"""

import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import cv2
import numpy as np

from drivers.camera.still import without_password
from drivers.deadline import Deadline
from drivers.interface import Frame, Silent, Unreachable

OPEN_MS = 5000
READ_MS = 3000
RETRY_SECONDS = 0.5

BURST = 0.4
"""Share of the usual time between two pictures below which the second had been waiting."""

_log = logging.getLogger(__name__)


class Pace:
    """The usual time between two pictures, and whether one came too soon after another.

    >>> pace = Pace()
    >>> [pace.lively(at) for at in (0.00, 0.04, 0.08, 0.12)]
    [False, True, True, True]

    Nothing comes for two seconds; then what had piled up, all at once, and then a new picture:

    >>> [pace.lively(at) for at in (2.12, 2.125, 2.13, 2.16)]
    [True, False, False, True]
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=25)
        self._last: float | None = None

    def lively(self, at: float) -> bool:
        """Note an arrival; False for the first of all and for one that had been waiting."""
        last, self._last = self._last, at
        if last is None:
            return False
        usual = statistics.median(self._gaps) if self._gaps else 0.0
        self._gaps.append(at - last)
        return at - last >= BURST * usual


class StreamCamera:
    """Connects by itself, and again whenever the stream breaks off."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`url` is http, https, rtsp, or v4l2:///dev/video0?width=1920&height=1080.

        Raises Unreachable for other wishes than these two.
        """
        self._url = url
        self._wishes = _wishes(url)
        self._name = without_password(url)
        self._clock = clock
        self._news = threading.Condition()
        self._frames: tuple[Frame, ...] = ()
        """The latest two that were lively."""

        self._fault = "not connected yet"
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._drain, name=f"camera {self._name}", daemon=True
        )
        self._thread.start()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """The second picture that arrives after `newer_than`: the first may have been on its way.

        Raises Unreachable while the stream is gone, Silent when it is there and stalls.
        """
        with self._news:
            while True:
                if len(self._frames) == 2 and self._frames[0].at > newer_than:
                    return self._frames[1]
                if deadline.expired:
                    break
                self._news.wait(min(0.1, deadline.remaining()))
            if self._fault:
                raise Unreachable(self._name, self._fault)
        raise Silent(self._name, "the stream sends no pictures")

    def close(self) -> None:
        self._closing.set()
        self._thread.join(timeout=(OPEN_MS + READ_MS) / 1000)

    def _drain(self) -> None:
        while not self._closing.is_set():
            try:
                fault = self._follow()
            except cv2.error as error:
                fault = f"cannot be read: {error.msg}"
            self._lose(fault)
            self._closing.wait(RETRY_SECONDS)

    def _follow(self) -> str:
        """Take pictures until there are no more; why."""
        capture = _opened(self._url, self._wishes)
        try:
            fault = _unsuitable(capture, self._wishes)
            pace = Pace()
            while not fault and not self._closing.is_set():
                good, pixels = capture.read()
                if not good or pixels is None:
                    return "the stream broke off"
                self._arrived(Frame(np.asarray(pixels, np.uint8), self._clock()), pace)
            return fault
        finally:
            capture.release()

    def _arrived(self, frame: Frame, pace: Pace) -> None:
        with self._news:
            if self._fault:
                _log.info("camera %s sends pictures", self._name)
            self._fault = ""
            if pace.lively(frame.at):
                self._frames = (*self._frames[-1:], frame)
            self._news.notify_all()

    def _lose(self, fault: str) -> None:
        with self._news:
            if not self._fault and not self._closing.is_set():
                _log.warning("camera %s is gone: %s", self._name, fault)
            self._fault = fault or "closed"
            self._frames = ()
            self._news.notify_all()


def _opened(url: str, wishes: dict[int, int]) -> cv2.VideoCapture:
    """Time-outs have to be given here: set later they are not heeded."""
    parts = urlsplit(url)
    if parts.scheme == "v4l2":
        return cv2.VideoCapture(parts.path, cv2.CAP_V4L2, _flat(wishes))
    limits = {
        int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC): OPEN_MS,
        int(cv2.CAP_PROP_READ_TIMEOUT_MSEC): READ_MS,
    }
    return cv2.VideoCapture(url, cv2.CAP_FFMPEG, _flat(limits))


def _flat(settings: dict[int, int]) -> list[int]:
    return [number for pair in settings.items() for number in pair]


def _unsuitable(capture: cv2.VideoCapture, wishes: dict[int, int]) -> str:
    """Why not to use it; video drivers ignore wishes in silence, so they are read back."""
    if not capture.isOpened():
        return "cannot be opened"
    for wish, value in wishes.items():
        got = int(capture.get(wish))
        if got != value:
            return f"does not give the size asked for: expected {value}, got {got}"
    return ""


def _wishes(url: str) -> dict[int, int]:
    parts = urlsplit(url)
    if parts.scheme != "v4l2":
        return {}
    names = {
        "width": int(cv2.CAP_PROP_FRAME_WIDTH),
        "height": int(cv2.CAP_PROP_FRAME_HEIGHT),
    }
    asked = dict(parse_qsl(parts.query))
    for name, value in asked.items():
        if name not in names or not (value.isascii() and value.isdigit() and len(value) < 6):
            raise Unreachable(url, f"expected width and height in pixels, got {name}={value}")
    return {names[name]: int(value) for name, value in asked.items()}
