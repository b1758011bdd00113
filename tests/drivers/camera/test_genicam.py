"""A GenICam camera keeps its settings or is not used. (What it sends: the conformance suite.)"""

import ctypes
import time
from collections.abc import Iterator

import pytest
from pytest_mock import MockerFixture

from drivers.camera import Region, StreamCamera, open_camera
from drivers.camera.aravis import AravisError, Image, library
from drivers.camera.genicam import GenICam
from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable


def soon() -> Deadline:
    return Deadline.after(20.0)


class Fake:
    """What stands behind `Acquisition`: a camera that rounds, and stops after some pictures."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.closed = False
        self.left = 1000
        self._taken = 0

    def set_exposure(self, microseconds: float) -> float:
        return min(microseconds, 1000.0)

    def set_gain(self, gain: float) -> float:
        return round(gain, 1)

    def set_region(self, region: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        x, y, width, height = region
        return x, y, width // 8 * 8, height

    def start(self) -> None:
        """It sends."""

    def image(self, *, wait_us: int) -> Image | None:
        time.sleep(min(wait_us / 1e6, 0.002))  # as the library waits
        if not self.left or not wait_us:
            return None
        self.left -= 1
        self._taken += 1
        return Image(bytes([self._taken % 251] * 12), 4, 3, time.monotonic_ns())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def cameras(mocker: MockerFixture) -> Iterator[list[Fake]]:
    """Every camera opened, in its order."""
    opened: list[Fake] = []

    def open_one(device: str) -> Fake:
        opened.append(Fake(device))
        return opened[-1]

    mocker.patch("drivers.camera.genicam.Acquisition", open_one)
    yield opened
    assert all(each.closed for each in opened)


def test_a_camera_within_a_step_of_its_settings_is_read(cameras: list[Fake]) -> None:
    camera = open_camera("genicam://Maker%20Ltd-12?exposure_us=990.4&gain=3.02")
    assert camera.frame(time.monotonic(), soon()).pixels.shape == (3, 4)
    camera.close()
    assert cameras[0].device == "Maker Ltd-12"


def test_a_setting_that_is_another_one_afterwards_is_a_fault(cameras: list[Fake]) -> None:
    camera = open_camera("genicam://x?exposure_us=2000")
    with pytest.raises(NotReady, match="exposure_us: expected 2000, got 1000") as caught:
        camera.frame(time.monotonic(), soon())
    assert caught.value.conditions == (Condition.SETTING_REFUSED,)
    camera.close()
    assert cameras


def test_a_region_is_cut_in_the_camera_or_refused(cameras: list[Fake]) -> None:
    camera = open_camera("genicam://x", roi=Region(0, 0, 10, 3))
    with pytest.raises(NotReady, match="region: expected") as caught:
        camera.frame(time.monotonic(), soon())
    assert caught.value.conditions == (Condition.WRONG_SIZE,)
    camera.close()
    assert cameras


def test_a_camera_that_stops_is_opened_again(cameras: list[Fake]) -> None:
    camera = StreamCamera(GenICam("genicam://x", stall_seconds=0.3))
    camera.frame(time.monotonic(), soon())
    cameras[0].left = 0
    with camera._news:
        assert camera._news.wait_for(lambda: isinstance(camera._fault, Silent), 20.0)
    camera.frame(time.monotonic(), soon())
    camera.close()
    assert len(cameras) >= 2


def test_a_library_that_is_missing_is_said_to_be(mocker: MockerFixture) -> None:
    mocker.patch.object(ctypes, "CDLL", side_effect=OSError("not found"))
    library.cache_clear()
    camera = open_camera("genicam://x")
    with pytest.raises(Unreachable, match="apt-get install libaravis"):
        camera.frame(time.monotonic(), Deadline.after(0.1))
    camera.close()
    library.cache_clear()


def test_a_camera_that_somebody_else_has_is_unreachable(mocker: MockerFixture) -> None:
    mocker.patch("drivers.camera.genicam.Acquisition", side_effect=AravisError("access denied"))
    camera = open_camera("genicam://x")
    with pytest.raises(Unreachable, match="access denied"):
        camera.frame(time.monotonic(), Deadline.after(0.1))
    camera.close()


@pytest.mark.parametrize(
    "rest", ["", "?exposure_us=1", "x/y", "x?exposure=5", "x?gain=a", "x?gain=-1", "x?gain=nan"]
)
def test_an_address_that_is_none_is_refused(rest: str) -> None:
    with pytest.raises(Unreachable, match="expected"):
        open_camera(f"genicam://{rest}")
