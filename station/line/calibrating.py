"""Good labels of one design, printed or photographed, are measured: limits follow from them."""

import hashlib
import time
from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import Printer, print_one
from station.artwork import zpl
from station.artwork.design import Design
from station.artwork.text import Font
from station.core.calibration import Setting
from station.core.judge import NothingIssued, Verdict
from station.core.problem import Refused, problem
from station.core.quality import Limits, Quality
from station.line.job import Label
from station.line.reader import Reader, See
from station.line.sheet import sheet_of
from station.line.verdicts import verdict_of, verdict_on
from station.vision.picture import Picture


def setting_of(
    design: Design, *, font: Font, dots_per_mm: int, camera: str, pixels: tuple[int, int]
) -> Setting:
    """`camera` is all that the camera is told, as one text; `pixels` width and height."""
    width, height = pixels
    return Setting(
        template=design.name,
        revision=design.revision,
        digest=design.digest,
        font=font.digest,
        dots_per_mm=dots_per_mm,
        camera=hashlib.sha256(camera.encode()).hexdigest(),
        width=width,
        height=height,
    )


def on_picture(pixels: Picture, label: Label, *, see: See) -> Quality:
    """Of a photograph of the label. Raises Refused unless it shows a good one."""
    sighting = see(
        pixels,
        expected=label.expected.carriers,
        sheet=sheet_of(label.artwork),
        limits=Limits(),
    )
    _check_good(verdict_of(label.expected, sighting, NothingIssued()))
    return sighting.quality


class Sampler:
    """Prints one label after the other, and looks at each."""

    def __init__(
        self,
        *,
        printer: Printer,
        reader: Reader,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` is the longest time for one label."""
        self._printer = printer
        self._reader = reader
        self._seconds = seconds
        self._clock = clock
        self.pixels = (0, 0)
        """Width and height of the pictures."""

    def prepare(self) -> None:
        """Raises DriverError."""
        self._printer.prepare(self._deadline())

    def sample(self, label: Label) -> Quality:
        """Raises DriverError; Refused unless the label is a good one."""
        print_one(self._printer, zpl.standalone(label.artwork), self._deadline())
        look = self._reader.look(
            label.expected.carriers, printed_at=self._clock(), sheet=sheet_of(label.artwork)
        )
        if look.picture is None or look.quality is None:
            raise Refused(problem("There is no picture of the label: is it where it is looked at?"))
        _check_good(verdict_on(label.expected, look, NothingIssued()))
        height, width = look.picture.shape[:2]
        self.pixels = (width, height)
        return look.quality

    def _deadline(self) -> Deadline:
        return Deadline.after(self._seconds, clock=self._clock)


def _check_good(verdict: Verdict) -> None:
    if not verdict.accepted:
        raise Refused(
            problem(
                "A calibration is made with good labels, and this one is not: {why}.",
                why=", ".join(dict.fromkeys(reason.code.value for reason in verdict.reasons)),
            )
        )
