"""Of a folder only a picture that was surely not there at the moment in question is given."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.camera import FolderCamera
from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable


def soon() -> Deadline:
    return Deadline.after(20.0)


def encoded(pixels: NDArray[np.uint8], suffix: str) -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


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


def test_the_same_picture_under_other_names_is_a_camera_that_has_stopped(tmp_path: Path) -> None:
    camera = FolderCamera(tmp_path)
    pixels = np.random.default_rng(2).integers(0, 255, (20, 20), np.uint8)
    for number in range(3):
        (tmp_path / ".part").write_bytes(encoded(pixels, ".png"))
        (tmp_path / ".part").rename(tmp_path / f"{number}.png")
        with camera._news:
            assert camera._news.wait_for(lambda: len(camera._absent_at) == number + 1, 20.0)  # noqa: B023 - called before the loop goes on
        if number == 0:
            camera.frame(0.0, soon())
        elif number == 1:
            with pytest.raises(Silent):
                camera.frame(0.0, Deadline.after(0.1))
    with pytest.raises(NotReady, match="the same picture 3 times") as caught:
        camera.frame(0.0, soon())
    assert caught.value.conditions == (Condition.FROZEN_PICTURE,)
    camera.close()


def test_a_folder_filled_by_a_drawing_program_may_repeat_itself(tmp_path: Path) -> None:
    camera = FolderCamera(tmp_path, frozen_after=None)
    pixels = np.random.default_rng(2).integers(0, 255, (20, 20), np.uint8)
    for number in range(4):
        (tmp_path / ".part").write_bytes(encoded(pixels, ".png"))
        (tmp_path / ".part").rename(tmp_path / f"{number}.png")
        assert np.array_equal(camera.frame(0.0, soon()).pixels, pixels)
    camera.close()
