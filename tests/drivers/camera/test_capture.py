"""A video device is used only with the settings asked for, and gives pictures with their time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_mock import MockerFixture

from drivers.camera import open_camera
from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable

NOISE = np.random.default_rng(1).integers(0, 255, (48, 64), np.uint8)


def soon() -> Deadline:
    return Deadline.after(20.0)


@dataclass
class Device:
    """A video device of 640 × 480 at the library's door.

    It keeps what it is told, except for the properties in `deaf`.
    """

    deaf: frozenset[int] = frozenset()
    holds: dict[int, float] = field(default_factory=dict)
    told: list[tuple[int, float]] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)
    pictures: Iterator[NDArray[np.uint8] | None] | None = None
    age_ms: float | None = None
    released: int = 0

    def __call__(self, path: str, backend: int, wishes: list[int]) -> "Device":
        self.opened.append((path, backend))
        self.holds = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}
        for setting, value in zip(wishes[::2], wishes[1::2], strict=True):
            self.set(setting, value)
        return self

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def set(self, setting: int, value: float) -> bool:
        self.told.append((setting, value))
        if setting not in self.deaf:
            self.holds[setting] = value
        return True  # drivers say yes to everything

    def get(self, setting: int) -> float:
        if setting == cv2.CAP_PROP_POS_MSEC and self.age_ms is not None:
            return time.monotonic() * 1000 - self.age_ms
        return self.holds.get(setting, 0.0)

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        time.sleep(0.002)  # as a device paces whoever reads it
        if self.pictures is None:
            self.holds[-1] = self.holds.get(-1, 0) + 1
            return True, np.roll(NOISE, int(self.holds[-1]))
        picture = next(self.pictures, None)
        return picture is not None, picture

    def release(self) -> None:
        self.released += 1


def plugged_in(mocker: MockerFixture, device: Device) -> Device:
    mocker.patch("cv2.VideoCapture", device)
    return device


SIZE = frozenset({cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT})


def test_a_video_device_is_told_its_settings_and_read(mocker: MockerFixture) -> None:
    """An automatic is switched off before what it would change is set."""
    device = plugged_in(mocker, Device())
    camera = open_camera("v4l2:///dev/video7?width=640&height=480&exposure=157&gain=3&focus=30")
    assert camera.frame(time.monotonic(), soon()).pixels.shape == (48, 64)
    camera.close()
    assert device.opened == [("/dev/video7", cv2.CAP_V4L2)]
    assert device.told == [
        (cv2.CAP_PROP_FRAME_WIDTH, 640),
        (cv2.CAP_PROP_FRAME_HEIGHT, 480),
        (cv2.CAP_PROP_AUTO_EXPOSURE, 1),
        (cv2.CAP_PROP_EXPOSURE, 157),
        (cv2.CAP_PROP_GAIN, 3),
        (cv2.CAP_PROP_AUTOFOCUS, 0),
        (cv2.CAP_PROP_FOCUS, 30),
    ]


def test_a_video_device_that_gives_another_size_is_not_used(mocker: MockerFixture) -> None:
    plugged_in(mocker, Device(deaf=SIZE))
    camera = open_camera("v4l2:///dev/video7?width=1920&height=1080")
    with pytest.raises(NotReady, match="width: expected 1920, got 640") as caught:
        camera.frame(time.monotonic(), soon())
    assert caught.value.conditions == (Condition.WRONG_SIZE,)
    camera.close()


@pytest.mark.parametrize(
    ("setting", "deaf", "why"),
    [
        ("exposure=157", cv2.CAP_PROP_EXPOSURE, "exposure: expected 157, got 0"),
        ("exposure=157", cv2.CAP_PROP_AUTO_EXPOSURE, "automatic exposure: expected 1, got 0"),
        ("gain=3", cv2.CAP_PROP_GAIN, "gain: expected 3, got 0"),
        ("focus=30", cv2.CAP_PROP_FOCUS, "focus: expected 30, got 0"),
    ],
)
def test_a_setting_that_is_ignored_in_silence_is_noticed(
    mocker: MockerFixture, setting: str, deaf: int, why: str
) -> None:
    plugged_in(mocker, Device(deaf=frozenset({deaf})))
    camera = open_camera(f"v4l2:///dev/video7?{setting}")
    with pytest.raises(NotReady, match=why) as caught:
        camera.frame(time.monotonic(), soon())
    assert caught.value.conditions == (Condition.SETTING_REFUSED,)
    camera.close()


@pytest.mark.parametrize(
    "query", ["width=x", "depth=8", "width=-1", "width=9999999", "gain=", "exposure=1.5"]
)
def test_a_setting_that_is_none_is_refused(query: str) -> None:
    with pytest.raises(Unreachable, match="expected width, height, exposure, gain and focus"):
        open_camera(f"v4l2:///dev/there-is-none?{query}")


def test_a_device_that_breaks_off_is_opened_again(mocker: MockerFixture) -> None:
    """Its `isOpened` says yes all the time."""
    device = plugged_in(mocker, Device(pictures=iter([NOISE, NOISE + 1, None])))
    camera = open_camera("v4l2:///dev/video7")
    with pytest.raises(Unreachable, match="broke off"):
        camera.frame(time.monotonic() + 3600, Deadline.after(0.3))
    device.pictures = None
    camera.frame(time.monotonic(), soon())
    camera.close()
    assert device.released == len(device.opened) >= 2


def test_a_picture_is_as_old_as_the_kernel_says(mocker: MockerFixture) -> None:
    plugged_in(mocker, Device(age_ms=5000.0))
    camera = open_camera("v4l2:///dev/video7")
    with pytest.raises(Silent):
        camera.frame(time.monotonic(), Deadline.after(0.3))
    now = time.monotonic()
    assert camera.frame(now - 10.0, soon()).at < now - 4.0
    camera.close()


def test_what_the_library_throws_is_a_fault(mocker: MockerFixture) -> None:
    mocker.patch("cv2.VideoCapture", side_effect=cv2.error("no such backend"))
    camera = open_camera("rtsp://ann:secret@192.0.2.21/1")
    with pytest.raises(Unreachable, match="no such backend") as caught:
        camera.frame(time.monotonic(), Deadline.after(0.2))
    assert "secret" not in str(caught.value)
    camera.close()


def test_a_stream_is_opened_with_time_outs(mocker: MockerFixture) -> None:
    opened = mocker.patch("cv2.VideoCapture")
    opened.return_value.isOpened.return_value = False
    camera = open_camera("rtsp://192.0.2.21/1")
    with pytest.raises(Unreachable, match="cannot be opened"):
        camera.frame(time.monotonic(), Deadline.after(0.2))
    camera.close()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 3000]
    opened.assert_called_with("rtsp://192.0.2.21/1", cv2.CAP_FFMPEG, limits)
