"""A camera over the place where labels lie: a real HTTP server with a snapshot and a stream.

Whatever a camera can do to a line is ordered by its name, and `heal` undoes all of it:

    camera.freeze()       the same picture again and again
    camera.lag(3)         pictures from three exposures ago
    camera.go_black()     camera.blow_out()     camera.blur(6.0)     camera.resize(640, 480)
    camera.cut_picture()  the first half of each
    camera.stall()        connections stay, and nothing comes
    camera.unplug()       connections break off, until plug_in()
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2

from drivers.simulated.label import PrintedLabel
from drivers.simulated.optics import (
    MILD,
    NO_TROUBLE,
    Optics,
    Picture,
    Trouble,
    developed,
    empty_scene,
    scene,
)
from drivers.simulated.picture_server import PictureServer

JPEG_QUALITY = 92
MOST_LAG = 50


@dataclass(frozen=True, slots=True, eq=False)
class _Exposure:
    """Enough to make the picture of one moment again."""

    view: Picture
    seed: int
    trouble: Trouble


class SimulatedCamera:
    """Shows what lies there now, each exposure with noise of its own. Deterministic by seed.

    `stream_url` serves multipart/x-mixed-replace, `snapshot_url` one JPEG.
    """

    def __init__(
        self,
        *,
        optics: Optics = MILD,
        seed: int = 0,
        fps: int = 25,
        on_exposure: Callable[[float, bytes], None] = lambda _at, _jpeg: None,
    ) -> None:
        """`on_exposure` is told when each picture was taken (monotonic seconds), and its JPEG."""
        self._optics = optics
        self._seed = seed
        self._on_exposure = on_exposure
        self._placed = 0
        self._exposed = 0
        self._lock = threading.Lock()
        self._empty = empty_scene(optics=optics, seed=seed)
        self._scene = self._empty
        self._trouble = NO_TROUBLE
        self._taken: deque[_Exposure] = deque(maxlen=MOST_LAG + 1)
        self._lag = 0
        self._frozen = False
        self._cut = False
        self._server = PictureServer(self.jpeg, seconds_per_frame=1.0 / fps)
        self.stream_url = f"http://{self._server.address}/stream.mjpg"
        self.snapshot_url = f"snapshot+http://{self._server.address}/snapshot.jpg"

    def place(self, label: PrintedLabel) -> None:
        """Lay a label down, each a little differently, over whatever lay there."""
        with self._lock:
            self._placed += 1
            seed = self._seed * 1_000_003 + self._placed
        picture = scene(
            label.picture, dots_per_mm=label.dots_per_mm, optics=self._optics, seed=seed
        )
        with self._lock:
            self._scene = picture

    def take_away(self) -> None:
        with self._lock:
            self._scene = self._empty

    def jpeg(self) -> bytes:
        """One exposure of what lies there now, or what a camera in trouble gives for it."""
        at = time.monotonic()
        with self._lock:
            exposure, cut = self._expose(), self._cut
        shown = developed(
            exposure.view, optics=self._optics, seed=exposure.seed, trouble=exposure.trouble
        )
        data = _encoded(shown)
        self._on_exposure(at, data)
        return data[: len(data) // 2] if cut else data

    def _expose(self) -> _Exposure:
        if not self._frozen or not self._taken:
            self._exposed += 1
            self._taken.append(_Exposure(self._scene, self._exposed, self._trouble))
        return self._taken[max(0, len(self._taken) - 1 - self._lag)]

    def freeze(self) -> None:
        """The last picture comes again and again, at the usual pace."""
        with self._lock:
            self._frozen = True

    def lag(self, frames: int) -> None:
        """Each picture is the one from so many exposures ago; at first the oldest there is."""
        if not 0 <= frames <= MOST_LAG:
            raise ValueError(f"expected a lag of 0 to {MOST_LAG} frames, got {frames}")
        with self._lock:
            self._lag = frames

    def go_black(self) -> None:
        """Somebody put the lens cap on."""
        self._suffer(light=0.0)

    def blow_out(self) -> None:
        """The aperture is open, or a lamp shines into the lens."""
        self._suffer(light=20.0)

    def blur(self, sigma_px: float) -> None:
        """The lens has turned out of focus."""
        self._suffer(blur_pixels=sigma_px)

    def resize(self, width: int, height: int) -> None:
        """The camera has come up in another mode."""
        self._suffer(size=(width, height))

    def cut_picture(self) -> None:
        """Each picture ends in its middle, and says that this is all."""
        with self._lock:
            self._cut = True

    def stall(self) -> None:
        """Connections stay and new ones are taken, and nothing comes."""
        self._server.stall()

    def unplug(self) -> None:
        """Connections break off, and new ones are refused."""
        self._server.unplug()

    def plug_in(self) -> None:
        """At the same address as before."""
        self._server.plug_in()

    def heal(self) -> None:
        """Undo everything that was ordered."""
        with self._lock:
            self._trouble = NO_TROUBLE
            self._frozen = self._cut = False
            self._lag = 0
        self._server.go_on()
        self._server.plug_in()

    def close(self) -> None:
        self._server.close()

    def _suffer(
        self,
        *,
        light: float | None = None,
        blur_pixels: float | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        with self._lock:
            now = self._trouble
            self._trouble = replace(
                now,
                light=now.light if light is None else light,
                blur_pixels=now.blur_pixels if blur_pixels is None else blur_pixels,
                size=size or now.size,
            )


def _encoded(picture: Picture) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
