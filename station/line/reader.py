"""Looking at one label: with a camera, with a handheld scanner, or with both.

A look ends when every symbol was read, or when looking longer would not help. A picture that
shows a wrong symbol is never replaced by a later one that shows a right one: everything read in
one look is judged.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from numpy import uint8
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Camera, Condition, Garbled, NotReady, Scanner, Silent
from station.core.judge import Code, Reading
from station.core.problem import Refused
from station.vision.decode import Decoding, decode
from station.vision.presence import label_present

LOOKS = 3
"""So many pictures in which a symbol stays unreadable make it unreadable."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen of one label. All readings are judged; one bad one rejects the label."""

    readings: tuple[Reading, ...]
    missing: Code | None = None
    """NONE: nothing lies where the label should be. LATE: nobody scanned it in time."""

    picture: NDArray[uint8] | None = None
    rescued: bool = False
    """A symbol was read only after image processing."""


class Reader(Protocol):
    def in_view(self) -> bool:
        """Whether a label lies there before anything was printed."""

    def look(self, carriers: tuple[str, ...], *, printed_at: float) -> Look:
        """Read the label printed by `printed_at` (monotonic seconds). Raises DriverError."""

    def close(self) -> None: ...


class CameraReader:
    def __init__(
        self,
        camera: Camera,
        *,
        seconds: float,
        empty: NDArray[uint8] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`empty` is a picture of the place without a label, if the fixture has edges itself."""
        self._camera = camera
        self._seconds = seconds
        self._empty = empty
        self._clock = clock

    def in_view(self) -> bool:
        frame = self._camera.frame(self._clock(), Deadline.after(self._seconds))
        with _usable_pictures():
            return label_present(frame.pixels, empty=self._empty)

    def look(self, carriers: tuple[str, ...], *, printed_at: float) -> Look:
        deadline = Deadline.after(self._seconds, clock=self._clock)
        earlier: list[Reading] = []
        newer_than, look, unreadable = printed_at, Look((), Code.NONE), 0
        while unreadable < LOOKS and not (deadline.expired and look.picture is not None):
            # A picture has its own time: one asked for at the last moment is no silent camera.
            frame = self._camera.frame(newer_than, Deadline.after(self._seconds))
            if frame.at <= printed_at:
                raise NotReady(
                    "camera", "the picture is older than the print", Condition.STALE_PICTURE
                )
            newer_than = frame.at
            with _usable_pictures():
                decoding = decode(frame.pixels, expected=carriers)
                seen = bool(decoding.symbols) or label_present(frame.pixels, empty=self._empty)
            look = Look(
                (*earlier, _reading(decoding)),
                None if seen else Code.NONE,
                frame.pixels,
                decoding.rescued,
            )
            if _complete(decoding, carriers):
                break
            unreadable += seen
            if decoding.symbols or decoding.disagreements:
                earlier.append(replace(_reading(decoding), whole_label=False))
        return look

    def close(self) -> None:
        self._camera.close()


class HandheldReader:
    def __init__(self, scanner: Scanner, *, seconds: float) -> None:
        self._scanner = scanner
        self._seconds = seconds

    def in_view(self) -> bool:
        """A scanner sees nothing; scans made before the print are forgotten instead."""
        self._scanner.discard()
        return False

    def look(self, carriers: tuple[str, ...], *, printed_at: float) -> Look:  # noqa: ARG002 - any symbol of the label will do, and what was scanned before the print is discarded
        try:
            symbol = self._scanner.read(Deadline.after(self._seconds))
        except Silent:
            return Look((), Code.LATE)
        return Look((Reading((symbol,), whole_label=False),))

    def close(self) -> None:
        self._scanner.close()


class BothReaders:
    """Camera and scanner look at the same label; each reading has to be right."""

    def __init__(self, camera: CameraReader, handheld: HandheldReader) -> None:
        self._camera = camera
        self._handheld = handheld

    def in_view(self) -> bool:
        self._handheld.in_view()
        return self._camera.in_view()

    def look(self, carriers: tuple[str, ...], *, printed_at: float) -> Look:
        seen = self._camera.look(carriers, printed_at=printed_at)
        if seen.missing:
            return seen
        scanned = self._handheld.look(carriers, printed_at=printed_at)
        return replace(seen, readings=(*seen.readings, *scanned.readings), missing=scanned.missing)

    def close(self) -> None:
        self._camera.close()
        self._handheld.close()


@contextmanager
def _usable_pictures() -> Iterator[None]:
    """A picture that cannot be one is a fault of the camera, never a verdict."""
    try:
        yield
    except Refused as refused:
        raise Garbled("camera", str(refused)) from None


def _reading(decoding: Decoding) -> Reading:
    """What was read, less linear symbols that one decoder alone got out of a poor picture.

    Damaged GS1-128 symbols have given wrong text with a valid check character; never Data Matrix.
    """
    doubtful = decoding.unconfirmed if decoding.rescued else ()
    sure = tuple(each for each in decoding.symbols if each not in doubtful)
    return Reading(sure, decoding.disagreements)


def _complete(decoding: Decoding, carriers: tuple[str, ...]) -> bool:
    read = {symbol.identifier for symbol in decoding.symbols}
    return read >= set(carriers) or bool(decoding.disagreements)
