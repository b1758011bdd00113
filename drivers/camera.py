"""Cameras: by snapshot, by stream, or by files that appear in a folder.

    open_camera("snapshot+http://192.0.2.21/snapshot.jpg")    asks for each picture
    open_camera("http://192.0.2.21/stream.mjpg")              also rtsp://…, v4l2:///dev/video0
    open_camera("folder:///srv/ftp/camera")                   the newest picture in a folder

Stale pictures are the classic silent failure: a stream that nobody drains hands out the picture of
the label before. So a snapshot counts as taken when it was asked for, and of a stream only the
second picture that arrives after the moment in question is given.
"""

import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Camera, Frame, Garbled, Silent, Unreachable

LARGEST = 64_000_000
"""Bytes of one picture."""

POLL_SECONDS = 0.02
OPEN_MS = 5000
READ_MS = 3000
RETRY_SECONDS = 0.5

Clock = Callable[[], float]


def open_camera(url: str, *, clock: Clock = time.monotonic) -> Camera:
    """The camera at this address. Raises Unreachable where it cannot be one."""
    scheme, path = urlsplit(url).scheme, urlsplit(url).path
    match scheme:
        case "snapshot+http" | "snapshot+https":
            return SnapshotCamera(url.removeprefix("snapshot+"), clock=clock)
        case "http" | "https" | "rtsp":
            return StreamCamera(url, clock=clock)
        case "v4l2":
            return StreamCamera(path, clock=clock)
        case "folder":
            return FolderCamera(Path(path), clock=clock)
    raise Unreachable(
        url, "expected snapshot+http://, http://, rtsp://, v4l2:/// or folder:/// and an address"
    )


class SnapshotCamera:
    """One request, one picture; nothing is kept in between."""

    def __init__(self, url: str, *, clock: Clock = time.monotonic) -> None:
        self._url = url
        self._clock = clock

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """A picture asked for after `newer_than`. Raises Silent, Unreachable, Garbled."""
        while not deadline.expired:
            at = self._clock()
            if at > newer_than:
                return Frame(_decoded(self._url, self._get(deadline)), at)
        raise Silent(self._url, "no picture before the deadline")

    def close(self) -> None:
        """Nothing is open between two requests."""

    def _get(self, deadline: Deadline) -> bytes:
        with (
            _http_door(self._url),
            urllib.request.urlopen(self._url, timeout=max(0.001, deadline.remaining())) as answer,  # noqa: S310 - open_camera lets http and https through only
        ):
            data: bytes = answer.read(LARGEST + 1)
        return data


class StreamCamera:
    """A thread drains the stream and remembers when each picture came."""

    def __init__(self, source: str, *, clock: Clock = time.monotonic) -> None:
        """`source` is what OpenCV opens: an address, or the path of a V4L2 device."""
        self._source = source
        self._clock = clock
        self._news = threading.Condition()
        self._frames: tuple[Frame, ...] = ()
        """The latest two."""

        self._fault = "not connected yet"
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._drain, name=f"camera {source}", daemon=True)
        self._thread.start()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """The second picture that arrives after `newer_than`: the first may have been on its way.

        Raises Unreachable while the stream is gone, Silent when it is there and stalls.
        """
        after: list[Frame] = []
        with self._news:
            while not deadline.expired:
                for each in self._frames:
                    if each.at > newer_than and all(each is not known for known in after):
                        after.append(each)
                if len(after) >= 2:
                    return after[-1]
                self._news.wait(min(0.1, max(0.001, deadline.remaining())))
            if self._fault:
                raise Unreachable(self._source, self._fault)
        raise Silent(self._source, "the stream sends no pictures")

    def close(self) -> None:
        self._closing.set()
        self._thread.join(timeout=(OPEN_MS + READ_MS) / 1000)

    def _drain(self) -> None:
        while not self._closing.is_set():
            capture = self._opened()
            if capture.isOpened():
                self._follow(capture)
            else:
                self._lose("cannot be opened")
            capture.release()
            self._closing.wait(RETRY_SECONDS)

    def _opened(self) -> cv2.VideoCapture:
        if self._source.startswith("/"):
            return cv2.VideoCapture(self._source, cv2.CAP_V4L2)
        limits = [
            int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC),
            OPEN_MS,
            int(cv2.CAP_PROP_READ_TIMEOUT_MSEC),
            READ_MS,
        ]
        return cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, limits)

    def _follow(self, capture: cv2.VideoCapture) -> None:
        while not self._closing.is_set():
            good, pixels = capture.read()
            if not good or pixels is None:
                self._lose("the stream broke off")
                return
            with self._news:
                self._fault = ""
                frame = Frame(np.asarray(pixels, np.uint8), self._clock())
                self._frames = (*self._frames[-1:], frame)
                self._news.notify_all()

    def _lose(self, fault: str) -> None:
        with self._news:
            self._fault = fault
            self._frames = ()
            self._news.notify_all()


class FolderCamera:
    """For cameras that drop a file per picture; each file is given once, the newest."""

    def __init__(self, folder: Path, *, clock: Clock = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._known = self._names()
        self._paused = threading.Event()

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """The next picture that appears, whole. Files that were there before are never given."""
        while not deadline.expired:
            at = self._clock()
            new = self._names() - self._known
            if new and at > newer_than:
                pixels = self._whole(max(new, key=self._changed))
                if pixels is not None:
                    self._known |= new
                    return Frame(pixels, at)
            self._paused.wait(min(POLL_SECONDS, deadline.remaining()))
        raise Silent(str(self._folder), "no new picture in the folder")

    def close(self) -> None:
        """Nothing is open between two looks."""

    def _names(self) -> set[str]:
        try:
            return {path.name for path in self._folder.iterdir() if path.suffix in _SUFFIXES}
        except OSError as error:
            raise Unreachable(str(self._folder), error.strerror or str(error)) from None

    def _changed(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_mtime_ns
        except OSError:
            return 0

    def _whole(self, name: str) -> NDArray[np.uint8] | None:
        """The picture; None while it is still being written."""
        try:
            with (self._folder / name).open("rb") as file:
                return _decoded(name, file.read(LARGEST + 1))
        except (OSError, Garbled):
            return None


_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}


def _decoded(source: str, data: bytes) -> NDArray[np.uint8]:
    if len(data) > LARGEST:
        raise Garbled(source, f"more than {LARGEST} bytes for one picture")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    except cv2.error:
        pixels = None
    if pixels is None or pixels.dtype != np.uint8:
        raise Garbled(source, f"{len(data)} bytes that are no picture of 8 bits")
    return np.asarray(pixels, np.uint8)


@contextmanager
def _http_door(url: str) -> Iterator[None]:
    """What goes wrong in a request, as a fault of the camera."""
    try:
        yield
    except TimeoutError:
        raise Silent(url, "no answer in time") from None
    except urllib.error.HTTPError as error:
        raise Garbled(url, f"answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Silent(url, "no answer in time") from None
        raise Unreachable(url, str(error.reason)) from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise Unreachable(url, str(error) or type(error).__name__) from None
