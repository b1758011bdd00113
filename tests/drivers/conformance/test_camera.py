"""Every camera driver passes the same suite, but RTSP: nothing on this machine serves it."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.camera import Region, open_camera
from drivers.camera.aravis import LIBRARY, AravisError, library
from drivers.deadline import Deadline
from drivers.interface import Camera
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.optics import Optics
from tests.drivers.conformance.camera import (
    BreakableCameraConformance,
    CameraConformance,
    FaultyCameraConformance,
)

SMALL = Optics(width=320, height=240)
FAKE = "arv-fake-gv-camera-0.8"


class OverHttp:
    """A simulated camera, and the driver at one of its addresses."""

    def __init__(self, address: Callable[[SimulatedCamera], str]) -> None:
        self._simulated = SimulatedCamera(optics=SMALL, fps=40)
        self.camera = open_camera(address(self._simulated))
        self.stall = self._simulated.stall
        self.unplug = self._simulated.unplug
        self.heal = self._simulated.heal
        self.freeze = self._simulated.freeze
        self.resize = self._simulated.resize
        self.cut_picture = self._simulated.cut_picture

    def close(self) -> None:
        self.camera.close()
        self._simulated.close()


class TestSnapshot(FaultyCameraConformance):
    @pytest.fixture
    def rig(self) -> Iterator[OverHttp]:
        opened = OverHttp(lambda simulated: simulated.snapshot_url)
        yield opened
        opened.close()


class TestMjpeg(FaultyCameraConformance):
    @pytest.fixture
    def rig(self) -> Iterator[OverHttp]:
        opened = OverHttp(lambda simulated: simulated.stream_url)
        yield opened
        opened.close()


class IntoAFolder:
    """A camera that puts each picture into a folder by FTP: under another name, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._simulated = SimulatedCamera(optics=SMALL)
        self.freeze = self._simulated.freeze
        self.resize = self._simulated.resize
        self.cut_picture = self._simulated.cut_picture
        self._stopped = threading.Event()
        self._closing = threading.Event()
        self._dropping = threading.Lock()
        folder.mkdir()
        self.camera = open_camera(f"folder://{folder}")
        self._thread = threading.Thread(target=self._feed)
        self._thread.start()

    def stall(self) -> None:
        with self._dropping:
            self._stopped.set()

    def unplug(self) -> None:
        """The disk of the folder is gone."""
        self.stall()
        shutil.rmtree(self._folder)

    def heal(self) -> None:
        self._simulated.heal()
        self._folder.mkdir(exist_ok=True)
        self._stopped.clear()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self.camera.close()
        self._simulated.close()

    def _feed(self) -> None:
        number = 0
        while not self._closing.wait(0.03):
            number += 1
            with self._dropping:
                if not self._stopped.is_set():
                    part = self._folder / ".part"
                    part.write_bytes(self._simulated.jpeg())
                    part.rename(self._folder / f"{number:06}.jpg")


class TestFolder(FaultyCameraConformance):
    @pytest.fixture
    def rig(self, tmp_path: Path) -> Iterator[IntoAFolder]:
        opened = IntoAFolder(tmp_path / "camera")
        yield opened
        opened.close()


class FakeGenICam:
    """The software camera of Aravis, a program of its own, on loopback."""

    def __init__(self) -> None:
        self._program = self._started()
        # By its address: found by name, it would be asked to send to another network card.
        self.camera = open_camera("genicam://127.0.0.1?exposure_us=2000&gain=0")

    def stall(self) -> None:
        os.kill(self._program.pid, signal.SIGSTOP)

    def unplug(self) -> None:
        self._program.kill()
        self._program.wait()

    def heal(self) -> None:
        if self._program.poll() is None:
            os.kill(self._program.pid, signal.SIGCONT)
        else:
            self._program = self._started()

    def close(self) -> None:
        self.heal()
        self.camera.close()
        self.unplug()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([FAKE, "-i", "127.0.0.1"], stdout=subprocess.DEVNULL)


class TestGenICam(BreakableCameraConformance):
    @pytest.fixture
    def rig(self) -> Iterator[FakeGenICam]:
        try:
            library()
        except AravisError:
            pytest.skip(f"{LIBRARY} is missing: apt-get install libaravis-0.8-0")
        if not shutil.which(FAKE):
            pytest.skip(f"{FAKE} is missing: apt-get install aravis-tools")
        opened = FakeGenICam()
        yield opened
        opened.close()

    def test_the_region_is_cut_in_the_camera(self, rig: FakeGenICam) -> None:
        rig.camera.close()
        cut = open_camera("genicam://127.0.0.1", roi=Region(16, 32, 128, 64))
        frame = cut.frame(time.monotonic(), Deadline.after(20.0))
        cut.close()
        assert frame.pixels.shape == (64, 128)


class TestVideoDevice(CameraConformance):
    @pytest.fixture
    def camera(self) -> Iterator[Camera]:
        devices = sorted(Path("/sys/devices/virtual/video4linux").glob("video*"))
        if not devices:
            pytest.skip("no v4l2loopback device is there, or nobody sends pictures to it")
        opened = open_camera(f"v4l2:///dev/{devices[0].name}")
        yield opened
        opened.close()
