"""Good labels of one design, printed or photographed, are measured: limits follow from them."""

import hashlib
import time
from collections.abc import Callable, Sequence

from drivers.deadline import Deadline
from drivers.interface import Printer, print_one
from station.artwork import zpl
from station.artwork.design import Design
from station.artwork.text import Font
from station.core.calibration import LearnedDesign, Setting
from station.core.judge import NothingIssued, Verdict
from station.core.problem import Refused, problem
from station.core.quality import Limits, Quality
from station.line.job import Label
from station.line.reader import Look, Reader, See
from station.line.sheet import sheet_of, symbols_of
from station.line.taught import learned_sheet
from station.line.verdicts import verdict_of, verdict_on
from station.vision.picture import Picture, grey
from station.vision.sheet import Sheet
from station.vision.teach import Shown, Taught, teach


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


def learned(labels: Sequence[tuple[Label, Picture]], *, see: See) -> Taught:
    """What labels of a design in the printer's own fonts have in common. Raises Refused."""
    return teach([_shown(label, pixels, see=see) for label, pixels in labels])


def _shown(label: Label, pixels: Picture, *, see: See) -> Shown:
    found = see(pixels, expected=label.expected.carriers, sheet=None, limits=Limits())
    return Shown(grey(pixels), symbols_of(label.artwork), found.decoding.symbols)


def against(label: Label, pixels: Picture, taught: LearnedDesign, *, see: See) -> Quality:
    """Of one label that has taught, against what all of them have. Raises Refused."""
    sheet = learned_sheet(taught, label.artwork)
    sighting = see(pixels, expected=label.expected.carriers, sheet=sheet, limits=Limits())
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
        look = self._looked(label, sheet_of(label.artwork))
        assert look.quality, "a picture was compared"
        return look.quality

    def photograph(self, label: Label) -> Picture:
        """Of a label whose symbols are right; nothing else is known of it. Raises as `sample`."""
        look = self._looked(label, None)
        assert look.picture is not None, "somebody looked"
        return look.picture

    def _looked(self, label: Label, sheet: Sheet | None) -> Look:
        print_one(self._printer, zpl.standalone(label.artwork), self._deadline())
        look = self._reader.look(label.expected.carriers, printed_at=self._clock(), sheet=sheet)
        if look.picture is None or (sheet and look.quality is None):
            raise Refused(problem("There is no picture of the label: is it where it is looked at?"))
        _check_good(verdict_on(label.expected, look, NothingIssued()))
        height, width = look.picture.shape[:2]
        self.pixels = (width, height)
        return look

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
