"""How old a picture is when it is handed out, and how long one waits for it.

The age runs from the moment of exposure, which the simulated camera tells past the wire, until the
driver returns; the wait from the question until then. Camera and driver share this machine, so the
age has the camera's own work in it: drawing the picture and packing it as JPEG.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable

import cv2
import numpy as np

from drivers.camera import open_camera
from drivers.deadline import Deadline
from drivers.interface import Frame
from drivers.simulated.camera import SimulatedCamera

LOOKS = 300
FPS = 25
_REMEMBERED = 12

_WAYS: dict[str, Callable[[SimulatedCamera], str]] = {
    "snapshot": lambda camera: camera.snapshot_url,
    "MJPEG stream": lambda camera: camera.stream_url,
}


class _Exposures:
    """The latest pictures taken, and when."""

    def __init__(self) -> None:
        self._latest: deque[tuple[float, bytes]] = deque(maxlen=_REMEMBERED)

    def note(self, at: float, jpeg: bytes) -> None:
        self._latest.append((at, jpeg))

    def taken_at(self, frame: Frame) -> float:
        """Monotonic seconds; raises LookupError for a picture that is older than all of them."""
        for at, jpeg in reversed(tuple(self._latest)):
            pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_ANYCOLOR)
            if np.array_equal(np.asarray(pixels), frame.pixels):
                return at
        raise LookupError


def frame_ages(*, looks: int = LOOKS) -> None:
    print("## Pictures: age when handed out\n")
    print(f"1280 × 960, {FPS} a second, {looks} looks at any moment of the camera's pace.\n")
    print("| camera | wait p50 ms | wait p99 ms | age p50 ms | age p99 ms | age max ms | stale |")
    print(f"|{'---|' * 7}")
    for name, address in _WAYS.items():
        print(f"| {name} | {_measured(address, looks)} |")
    print("\nStale: pictures taken before the question. One is too many.\n")


def _measured(address: Callable[[SimulatedCamera], str], looks: int) -> str:
    exposures = _Exposures()
    simulated = SimulatedCamera(fps=FPS, on_exposure=exposures.note)
    camera = open_camera(address(simulated))
    waits, ages, stale = [], [], 0
    drawn, pause = random.Random(1), threading.Event()  # noqa: S311 - no secret
    camera.frame(time.monotonic(), Deadline.after(10.0))
    for _ in range(looks):
        pause.wait(drawn.uniform(0.0, 2.0 / FPS))
        asked = time.monotonic()
        frame = camera.frame(asked, Deadline.after(10.0))
        given = time.monotonic()
        taken = exposures.taken_at(frame)
        waits.append(given - asked)
        ages.append(given - taken)
        stale += taken <= asked
    camera.close()
    simulated.close()
    cells = [*_percentiles(waits), *_percentiles(ages), max(ages)]
    return " | ".join(f"{1000 * cell:.1f}" for cell in cells) + f" | {stale}"


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    return float(np.percentile(seconds, 50)), float(np.percentile(seconds, 99))


if __name__ == "__main__":
    frame_ages()
