"""What every camera driver keeps to, whatever the wire.

`CameraConformance` needs a camera that sends. `BreakableCameraConformance` also orders its wire to
stall and to break; `FaultyCameraConformance` its pictures to be wrong as well.
"""

import time
from typing import Protocol

import numpy as np
import pytest

from drivers.deadline import Deadline
from drivers.interface import (
    Camera,
    Condition,
    DriverError,
    Frame,
    Garbled,
    Silent,
)


class Rig(Protocol):
    """A camera under test, and the hands that can reach its plug."""

    camera: Camera

    def stall(self) -> None:
        """It stays connected, and nothing comes."""

    def unplug(self) -> None:
        """It is gone."""

    def heal(self) -> None:
        """It is there and sends."""

    def close(self) -> None: ...


class FaultyRig(Rig, Protocol):
    def freeze(self) -> None: ...

    def resize(self, width: int, height: int) -> None: ...

    def cut_picture(self) -> None: ...


def soon() -> Deadline:
    return Deadline.after(30.0)


def latest(camera: Camera) -> Frame:
    return camera.frame(time.monotonic(), soon())


def fault_of(camera: Camera, *, within: float = 1.0) -> DriverError:
    """The fault that its next pictures end in: what was on its way may still come."""
    for _ in range(20):
        try:
            camera.frame(time.monotonic(), Deadline.after(within))
        except DriverError as fault:
            return fault
    pytest.fail("the camera still gives pictures")


class CameraConformance:
    """The subclass has a fixture `camera`, which is closed afterwards."""

    def test_a_picture_is_newer_than_asked_for(self, camera: Camera) -> None:
        for _ in range(3):
            asked = time.monotonic()
            frame = camera.frame(asked, soon())
            assert asked < frame.at <= time.monotonic()

    def test_no_picture_is_given_twice_nor_after_a_newer_one(self, camera: Camera) -> None:
        before = latest(camera)
        for _ in range(3):
            after = camera.frame(before.at, soon())
            assert after.at > before.at
            assert not np.array_equal(after.pixels, before.pixels)
            before = after

    def test_pictures_are_grey_or_bgr_of_eight_bits(self, camera: Camera) -> None:
        pixels = latest(camera).pixels
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 2 or pixels.shape[2:] == (3,)
        assert pixels.flags.c_contiguous

    def test_a_picture_from_the_future_is_a_fault_at_the_deadline(self, camera: Camera) -> None:
        latest(camera)
        with pytest.raises(Silent):
            camera.frame(time.monotonic() + 3600, Deadline.after(0.3))

    def test_a_deadline_that_is_over_is_not_waited_for(self, camera: Camera) -> None:
        with pytest.raises(DriverError):
            camera.frame(time.monotonic() + 3600, Deadline.after(-1.0))

    def test_it_can_be_closed_twice(self, camera: Camera) -> None:
        camera.close()
        camera.close()


class BreakableCameraConformance(CameraConformance):
    """The subclass has a fixture `rig`, which is closed afterwards."""

    @pytest.fixture
    def camera(self, rig: Rig) -> Camera:
        return rig.camera

    def test_nothing_that_comes_is_silence_at_the_deadline(self, rig: Rig) -> None:
        latest(rig.camera)
        rig.stall()
        assert isinstance(fault_of(rig.camera, within=0.5), Silent)
        rig.heal()
        latest(rig.camera)

    def test_it_recovers_when_it_was_unplugged_and_plugged_in_again(self, rig: Rig) -> None:
        latest(rig.camera)
        rig.unplug()
        fault_of(rig.camera, within=0.5)
        rig.heal()
        asked = time.monotonic()
        assert rig.camera.frame(asked, soon()).at > asked


class FaultyCameraConformance(BreakableCameraConformance):
    """Faults of pictures are faults of the machine: never a picture, and never a verdict."""

    def test_a_frozen_picture_is_a_fault(self, rig: FaultyRig) -> None:
        latest(rig.camera)
        rig.freeze()
        assert fault_of(rig.camera).conditions == (Condition.FROZEN_PICTURE,)
        rig.heal()
        latest(rig.camera)

    def test_a_picture_of_another_size_is_a_fault(self, rig: FaultyRig) -> None:
        latest(rig.camera)
        rig.resize(640, 480)
        assert fault_of(rig.camera).conditions == (Condition.WRONG_SIZE,)
        rig.heal()

    def test_another_size_after_a_power_cut_is_a_fault_too(self, rig: FaultyRig) -> None:
        latest(rig.camera)
        rig.unplug()
        rig.heal()
        rig.resize(640, 480)
        assert fault_of(rig.camera).conditions == (Condition.WRONG_SIZE,)

    def test_half_a_picture_is_a_fault(self, rig: FaultyRig) -> None:
        latest(rig.camera)
        rig.cut_picture()
        assert isinstance(fault_of(rig.camera), (Garbled, Silent))
        rig.heal()
        latest(rig.camera)

    def test_it_can_be_closed_while_unplugged(self, rig: FaultyRig) -> None:
        latest(rig.camera)
        rig.unplug()
        rig.camera.close()
