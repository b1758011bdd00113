"""A camera behind OpenCV: RTSP, or a video device with settings of its own (V4L2).

    v4l2:///dev/video0?width=1920&height=1080&exposure=157&gain=0&focus=30

Settings are whole numbers in the device's own units. Video drivers ignore in silence what they do
not like, so each is read back, and a camera that has another one is not used. What is set by hand
here is taken out of the hands of the camera's automatic first (V4L2: auto exposure 1 = manual).
"""

import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.pace import Calls
from drivers.camera.still import without_password
from drivers.camera.stream import OPEN_SECONDS, STALL_SECONDS, Taken
from drivers.interface import Condition, NotReady, Unreachable

_SIZE = {
    "width": int(cv2.CAP_PROP_FRAME_WIDTH),
    "height": int(cv2.CAP_PROP_FRAME_HEIGHT),
}
_MANUAL = 1
_SETTINGS = {
    "exposure": (int(cv2.CAP_PROP_AUTO_EXPOSURE), _MANUAL, int(cv2.CAP_PROP_EXPOSURE)),
    "gain": (None, 0, int(cv2.CAP_PROP_GAIN)),
    "focus": (int(cv2.CAP_PROP_AUTOFOCUS), 0, int(cv2.CAP_PROP_FOCUS)),
}
"""For each: the automatic that stands in its way, how that is switched off, and the setting."""

_PLAUSIBLE_SECONDS = 10.0
"""A time of a picture that is further from now was taken on another clock."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A setting of the device, by OpenCV's number for it, and what a fault calls it."""

    name: str
    property: int
    value: int


class VideoDevice:
    """A source of pictures for StreamCamera: /dev/video0."""

    def __init__(
        self, path: str, wishes: dict[str, int], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`wishes`: width and height in pixels; exposure, gain, focus in the device's units."""
        self.name = f"camera {path}"
        self._path = path
        self._wishes = wishes
        self._clock = clock

    @classmethod
    def at(cls, url: str, *, clock: Callable[[], float] = time.monotonic) -> "VideoDevice":
        """Raises Unreachable for wishes that are none."""
        parts = urlsplit(url)
        return cls(parts.path, _wishes(url, parts.query), clock=clock)

    def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
        """Until closing is set. Raises Unreachable, and NotReady for what was not granted."""
        size = [number for wish in self._size() for number in (wish.property, wish.value)]
        capture = _opened(self.name, self._path, cv2.CAP_V4L2, size)
        try:
            for wish in self._size():
                self._check(capture, wish, Condition.WRONG_SIZE)
            for wish in self._settings():
                capture.set(wish.property, wish.value)
                self._check(capture, wish, Condition.SETTING_REFUSED)
            yield from _read(self.name, capture, closing, self._clock, stamped=_kernel_time)
        finally:
            capture.release()

    def _size(self) -> tuple[Wish, ...]:
        return tuple(
            Wish(name, number, self._wishes[name])
            for name, number in _SIZE.items()
            if name in self._wishes
        )

    def _settings(self) -> tuple[Wish, ...]:
        """Each behind the automatic that would undo it."""
        found = []
        for name, (automatic, off, setting) in _SETTINGS.items():
            if name in self._wishes and automatic is not None:
                found.append(Wish(f"automatic {name}", automatic, off))
            if name in self._wishes:
                found.append(Wish(name, setting, self._wishes[name]))
        return tuple(found)

    def _check(self, capture: cv2.VideoCapture, wish: Wish, condition: Condition) -> None:
        got = capture.get(wish.property)
        if got != wish.value:
            raise NotReady(self.name, f"{wish.name}: expected {wish.value}, got {got:g}", condition)


class Rtsp:
    """A source of pictures for StreamCamera: rtsp://…, through FFmpeg."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = f"camera {without_password(url)}"
        self._url = url
        self._clock = clock

    def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
        """Until closing is set. Raises Unreachable."""
        limits = [
            int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC),
            round(OPEN_SECONDS * 1000),
            int(cv2.CAP_PROP_READ_TIMEOUT_MSEC),
            round(STALL_SECONDS * 1000),
        ]  # set later they would not be heeded
        capture = _opened(self.name, self._url, cv2.CAP_FFMPEG, limits)
        try:
            yield from _read(self.name, capture, closing, self._clock)
        finally:
            capture.release()


def _opened(name: str, source: str, backend: int, settings: list[int]) -> cv2.VideoCapture:
    try:
        capture = cv2.VideoCapture(source, backend, settings)
    except cv2.error as error:
        raise Unreachable(name, f"cannot be opened: {error.msg or error}") from None
    if not capture.isOpened():
        raise Unreachable(name, "cannot be opened")
    return capture


def _read(
    name: str,
    capture: cv2.VideoCapture,
    closing: threading.Event,
    clock: Callable[[], float],
    *,
    stamped: Callable[[cv2.VideoCapture, float], float | None] = lambda _capture, _here: None,
) -> Generator[Taken, None, None]:
    """After a stall `isOpened` stays true: a read that fails ends it."""
    calls = Calls()
    while not closing.is_set():
        asked = clock()
        try:
            good, pixels = capture.read()
        except cv2.error as error:
            raise Unreachable(name, f"cannot be read: {error.msg or error}") from None
        here = clock()
        if not good or pixels is None:
            raise Unreachable(name, "the stream broke off")
        picture = np.asarray(pixels, np.uint8)
        called = calls.absent(asked, here)
        absent = stamped(capture, here) or called
        yield Taken(absent, here, picture.tobytes(), partial(_same, picture))


def _kernel_time(capture: cv2.VideoCapture, here: float) -> float | None:
    """When the kernel got the picture, on the monotonic clock; None where it does not say.

    Video drivers stamp each buffer (V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC).
    """
    stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
    plausible = stamp > 0 and 0 <= here - stamp < _PLAUSIBLE_SECONDS
    return stamp if plausible else None


def _same(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pixels


def _wishes(url: str, query: str) -> dict[str, int]:
    asked = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in asked.items():
        if name not in {*_SIZE, *_SETTINGS} or not _number(value):
            raise Unreachable(
                url,
                "expected width, height, exposure, gain and focus as whole numbers,"
                f" got {name}={value}",
            )
    return {name: int(value) for name, value in asked.items()}


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
