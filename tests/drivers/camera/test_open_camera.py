"""Every kind of camera gives pictures that show what lies there now."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.camera import Region, open_camera
from drivers.deadline import Deadline
from drivers.interface import Camera, DriverError, NotReady, Unreachable
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.label import PrintedLabel


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedCamera]:
    camera = SimulatedCamera(fps=40)
    yield camera
    camera.close()


@pytest.fixture(params=["snapshot_url", "stream_url"])
def url(simulated: SimulatedCamera, request: pytest.FixtureRequest) -> str:
    return {"snapshot_url": simulated.snapshot_url, "stream_url": simulated.stream_url}[
        request.param
    ]


@pytest.fixture
def camera(url: str, simulated: SimulatedCamera) -> Iterator[Camera]:
    opened = open_camera(url)
    yield opened
    opened.close()
    simulated.take_away()


def soon() -> Deadline:
    return Deadline.after(20.0)


def white() -> PrintedLabel:
    return PrintedLabel(1, np.full((320, 480), 255, np.uint8), 8, b"")


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


def test_only_the_region_asked_for_is_given(url: str) -> None:
    camera = open_camera(url, roi=Region(100, 40, 320, 200))
    assert camera.frame(time.monotonic(), soon()).pixels.shape == (200, 320)
    camera.close()


def test_a_region_that_reaches_out_of_the_picture_is_a_fault(url: str) -> None:
    camera = open_camera(url, roi=Region(1000, 40, 320, 200))
    with pytest.raises(NotReady, match="reaches out of a picture of 1280 × 960"):
        camera.frame(time.monotonic(), soon())
    camera.close()


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


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "-1,0,10,10", "0,0,0,10", "0,0,10,0", "a,b,c,d", "1 ,2,3,4"]
)
def test_a_region_that_is_none_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected a region as x,y,width,height in pixels"):
        Region.parse(text)


def test_a_region_is_written_as_it_is_read() -> None:
    assert str(Region.parse("100,50,640,480")) == "100,50,640,480"
    with pytest.raises(ValueError, match="inside a picture"):
        Region(-1, 0, 10, 10)
