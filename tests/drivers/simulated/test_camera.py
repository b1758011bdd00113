"""The simulated camera is a server like a real one."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.label import PrintedLabel


@pytest.fixture
def camera() -> Iterator[SimulatedCamera]:
    opened = SimulatedCamera(seed=4)
    yield opened
    opened.close()


def white(number: int = 1) -> PrintedLabel:
    return PrintedLabel(number, np.full((320, 480), 255, np.uint8), 8, b"")


def snapshot(camera: SimulatedCamera) -> NDArray[np.uint8]:
    with urllib.request.urlopen(camera.snapshot_url.removeprefix("snapshot+"), timeout=20) as sent:
        assert sent.headers["Content-Type"] == "image/jpeg"
        data = sent.read()
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)


def test_a_snapshot_shows_what_lies_there_now(camera: SimulatedCamera) -> None:
    empty = snapshot(camera)
    camera.place(white())
    assert snapshot(camera).mean() > empty.mean() + 40
    camera.take_away()
    assert snapshot(camera).mean() == pytest.approx(empty.mean(), abs=2)


def test_no_two_labels_lie_alike_and_no_two_pictures_are_equal(camera: SimulatedCamera) -> None:
    camera.place(white(1))
    one, two = snapshot(camera), snapshot(camera)
    assert not np.array_equal(one, two)
    camera.place(white(2))
    moved = np.abs(snapshot(camera).astype(int) - two).max()
    assert moved > 3 * np.abs(one.astype(int) - two).max()


def test_the_same_seed_shows_the_same_pictures() -> None:
    def pictures() -> list[bytes]:
        camera = SimulatedCamera(seed=9)
        camera.place(white())
        taken = [camera.jpeg() for _ in range(2)]
        camera.close()
        return taken

    assert pictures() == pictures()


def test_the_stream_sends_whole_pictures_with_their_length(camera: SimulatedCamera) -> None:
    with urllib.request.urlopen(camera.stream_url, timeout=20) as stream:
        assert stream.headers["Content-Type"].startswith("multipart/x-mixed-replace")
        for _ in range(3):
            assert stream.readline() == b"--frame\r\n"
            assert stream.readline() == b"Content-Type: image/jpeg\r\n"
            length = int(stream.readline().removeprefix(b"Content-Length: "))
            assert stream.readline() == b"\r\n"
            body = stream.read(length)
            assert (body[:2], body[-2:]) == (b"\xff\xd8", b"\xff\xd9")
            stream.readline()


def test_other_addresses_are_not_found(camera: SimulatedCamera) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        urllib.request.urlopen(camera.stream_url + "/../../etc/passwd", timeout=20)
    caught.value.close()


def test_a_frozen_camera_shows_one_picture_until_it_is_healed(camera: SimulatedCamera) -> None:
    first = camera.jpeg()
    camera.freeze()
    camera.place(white())
    assert camera.jpeg() == camera.jpeg() == first
    camera.heal()
    assert camera.jpeg() != first


def test_a_lagging_camera_shows_pictures_from_so_many_exposures_ago(
    camera: SimulatedCamera,
) -> None:
    pictures = [camera.jpeg() for _ in range(4)]
    camera.lag(3)
    assert [camera.jpeg() for _ in range(3)] == pictures[1:]
    with pytest.raises(ValueError, match="expected a lag of 0 to 50 frames, got 51"):
        camera.lag(51)


def test_light_and_focus_go_wrong_and_noise_stays(camera: SimulatedCamera) -> None:
    camera.place(white())
    sharp = snapshot(camera)
    camera.go_black()
    black = snapshot(camera)
    camera.heal()
    camera.blow_out()
    blown = snapshot(camera)
    camera.heal()
    camera.blur(6.0)
    soft = snapshot(camera)
    assert black.mean() < 12
    assert not np.array_equal(black, snapshot(camera))
    assert blown.mean() > 250
    assert (
        cv2.Laplacian(soft[::4, ::4], cv2.CV_64F).var()
        < cv2.Laplacian(sharp[::4, ::4], cv2.CV_64F).var()
    )


def test_a_camera_in_another_mode_sends_another_size(camera: SimulatedCamera) -> None:
    camera.resize(640, 480)
    assert snapshot(camera).shape == (480, 640)
    camera.heal()
    assert snapshot(camera).shape == (960, 1280)


def test_a_cut_picture_is_half_of_one(camera: SimulatedCamera) -> None:
    camera.cut_picture()
    assert not camera.jpeg().endswith(b"\xff\xd9")


def test_a_stalled_camera_takes_connections_and_answers_when_it_is_healed(
    camera: SimulatedCamera,
) -> None:
    address = camera.snapshot_url.removeprefix("snapshot+")
    camera.stall()
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(address, timeout=0.2)
    camera.heal()
    assert snapshot(camera).shape == (960, 1280)


def test_an_unplugged_camera_comes_back_at_its_address(camera: SimulatedCamera) -> None:
    address = camera.snapshot_url.removeprefix("snapshot+")
    with urllib.request.urlopen(camera.stream_url, timeout=20) as stream:
        stream.readline()
        camera.unplug()
        camera.unplug()
        while stream.read(65536):
            pass
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(address, timeout=20)
    camera.plug_in()
    camera.plug_in()
    assert snapshot(camera).shape == (960, 1280)


def test_whoever_wants_to_know_is_told_when_a_picture_was_taken() -> None:
    told: list[bytes] = []
    camera = SimulatedCamera(on_exposure=lambda _at, jpeg: told.append(jpeg))
    assert [camera.jpeg()] == told
    camera.close()
