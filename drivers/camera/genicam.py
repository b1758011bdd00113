"""An industrial camera that speaks GenICam, over GigE Vision or USB3 Vision, through Aravis.

    genicam://Vendor-12345?exposure_us=2000&gain=0      the name that arv-test-0.8 or the viewer
    genicam://192.0.2.31                                shows, or the address of a GigE camera

Pictures are grey. The region of interest is set in the camera: nothing else travels. Settings are
read back; a camera rounds them to its own steps, and one that is further off is not used.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from drivers.camera.aravis import Acquisition, AravisError, Image
from drivers.camera.pace import Lateness
from drivers.camera.region import Region
from drivers.camera.stream import STALL_SECONDS, Taken
from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, Silent, Unreachable

SLICE_US = 5000
"""So exactly is known when no picture was there yet."""

_STEP = 0.02
"""Share of a setting that a camera may round away."""


@dataclass(frozen=True, slots=True)
class Address:
    """What stands in genicam://…: which camera, and how it is to be set."""

    device: str
    exposure_us: float | None = None
    gain: float | None = None

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Raises Unreachable and says what was expected.

        >>> Address.parse("genicam://Aravis-Fake-GV01?exposure_us=2000")
        Address(device='Aravis-Fake-GV01', exposure_us=2000.0, gain=None)
        """
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        exposure, gain = asked.pop("exposure_us", None), asked.pop("gain", None)
        if not parts.netloc or parts.path.strip("/") or asked:
            raise Unreachable(url, "expected genicam://device?exposure_us=2000&gain=0")
        return cls(
            unquote(parts.netloc),
            None if exposure is None else _number(url, "exposure_us", exposure),
            None if gain is None else _number(url, "gain", gain),
        )


class GenICam:
    """A source of pictures for StreamCamera."""

    def __init__(
        self,
        url: str,
        *,
        roi: Region | None = None,
        stall_seconds: float = STALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises Unreachable for an address that is none. The camera itself may come later."""
        self.name = f"camera {url}"
        self._address = Address.parse(url)
        self._roi = roi
        self._stall_seconds = stall_seconds
        self._clock = clock

    def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
        """Until closing is set. Raises Unreachable, Silent, and NotReady for a refused setting."""
        with self._door(), self._opened() as acquisition:
            self._set_up(acquisition)
            acquisition.start()
            lateness, absent = Lateness(), self._clock()
            limit = Deadline.after(self._stall_seconds)
            while not closing.is_set():
                asked = self._clock()
                image = acquisition.image(wait_us=0)
                if not image:
                    absent = asked
                    image = acquisition.image(wait_us=SLICE_US)
                if image:
                    yield self._taken(image, absent, lateness)
                    limit = Deadline.after(self._stall_seconds)
                elif limit.expired:
                    raise Silent(self.name, "no complete picture in time")

    def _taken(self, image: Image, absent: float, lateness: Lateness) -> Taken:
        """When Aravis itself stood still, only the camera's clock tells how late it was."""
        here = self._clock()
        if image.camera_ns:
            absent = min(absent, here - lateness.of(image.camera_ns / 1e9, here))
        return Taken(absent, here, image.data, partial(_pixels, image))

    def _set_up(self, acquisition: Acquisition) -> None:
        if self._roi:
            wish = (self._roi.x, self._roi.y, self._roi.width, self._roi.height)
            got = acquisition.set_region(wish)
            if got != wish:
                raise NotReady(
                    self.name, f"region: expected {wish}, got {got}", Condition.WRONG_SIZE
                )
        if self._address.exposure_us is not None:
            exposure = self._address.exposure_us
            self._check("exposure_us", exposure, acquisition.set_exposure(exposure))
        if self._address.gain is not None:
            self._check("gain", self._address.gain, acquisition.set_gain(self._address.gain))

    def _check(self, setting: str, wish: float, got: float) -> None:
        if abs(got - wish) > max(abs(wish), 1.0) * _STEP:
            raise NotReady(
                self.name,
                f"{setting}: expected {wish:g}, got {got:g}",
                Condition.SETTING_REFUSED,
            )

    @contextmanager
    def _opened(self) -> Iterator[Acquisition]:
        acquisition = Acquisition(self._address.device)
        try:
            yield acquisition
        finally:
            acquisition.close()

    @contextmanager
    def _door(self) -> Iterator[None]:
        try:
            yield
        except AravisError as error:
            raise Unreachable(self.name, str(error)) from None


def _pixels(image: Image) -> NDArray[np.uint8]:
    return np.frombuffer(image.data, np.uint8).reshape(image.height, image.width)


def _number(url: str, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise Unreachable(url, f"expected a number for {name}, got {text[:40]!r}")
    return value
