"""The seam between wires and labels: four devices, what they say, and every way they fail.

    DriverError
    ├── Unreachable    the device cannot be opened, or the connection is gone
    ├── Silent         it is there and did not answer before the deadline
    ├── Garbled        it answered, but not in its protocol
    └── NotReady       it answered, and says why it cannot work now (paper out, head open …)

A driver is one plain class. Its verbs are idempotent, take a Deadline, and give complete frames:
a frame without its terminator is no reading. Data are bytes, decoded strictly and late.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.deadline import Deadline


class Condition(StrEnum):
    """Everything that can be wrong with a device. Each has an instruction for the operator."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    GARBLED = "garbled"
    PAPER_OUT = "paper-out"
    RIBBON_OUT = "ribbon-out"
    HEAD_OPEN = "head-open"
    PAUSED = "paused"
    BUFFER_FULL = "buffer-full"
    OVER_TEMPERATURE = "over-temperature"
    UNDER_TEMPERATURE = "under-temperature"
    CORRUPT_MEMORY = "corrupt-memory"
    PARTIAL_FORMAT = "partial-format"
    JOB_LEFT = "job-left"
    LABEL_LEFT = "label-left"
    LABEL_WAITING = "label-waiting"
    """A peeled label waits to be taken; the printer does not go on before."""

    PRINTER_ERROR = "printer-error"
    """An error of the head, a motor or the cutter, or one that we have no name for (~HQES)."""

    OTHER_RESOLUTION = "other-resolution"
    """The print head is not the one that the labels were laid out for."""

    SETTING_REFUSED = "setting-refused"
    """A device was told a setting, and says that it has another one."""

    UNEXPLAINED_LABELS = "unexplained-labels"
    """The printer counted labels that the station did not print."""

    IN_USE = "in-use"
    """Somebody else is connected to the device, which serves one at a time."""

    STALE_PICTURE = "stale-picture"
    FROZEN_PICTURE = "frozen-picture"
    BLACK_PICTURE = "black-picture"
    BLOWN_OUT_PICTURE = "blown-out-picture"
    BLURRED_PICTURE = "blurred-picture"
    LIGHT_CHANGED = "light-changed"
    """Pictures are brighter or darker than when the label was calibrated."""

    WRONG_SIZE = "wrong-size"
    """Pictures have another size than before."""

    SEEING_FAILED = "seeing-failed"
    """What looks at the pictures hung or broke on one of them."""

    SCANNER_CHANGES_DATA = "scanner-changes-data"
    """What the challenge card says does not come out of the scanner as it is."""

    GATE_NOT_AT_REST = "gate-not-at-rest"
    GATE_NOT_CONFIRMED = "gate-not-confirmed"
    """Nothing saw the rejected label fall into the bin."""

    DISK_FULL = "disk-full"
    CLOCK = "clock"
    """The time is plainly wrong, or was set while labels were made."""

    HEAD_NOT_KEPT = "head-not-kept"
    """What the journal says cannot be written down in its second place."""


class DriverError(Exception):
    """A fault of a machine. It never says anything about a label."""

    conditions: tuple[Condition, ...]

    def __init__(self, device: str, detail: str, *conditions: Condition) -> None:
        super().__init__(device, detail)
        self.device = device
        self.detail = detail
        self.conditions = conditions or self.conditions

    def __str__(self) -> str:
        return f"{self.device}: {self.detail}"


class Unreachable(DriverError):
    conditions: tuple[Condition, ...] = (Condition.UNREACHABLE,)


class Silent(DriverError):
    conditions: tuple[Condition, ...] = (Condition.SILENT,)


class Garbled(DriverError):
    conditions: tuple[Condition, ...] = (Condition.GARBLED,)


class NotReady(DriverError):
    conditions: tuple[Condition, ...] = ()


Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a reader reports of one barcode."""

    identifier: str
    """AIM symbology identifier (ISO/IEC 15424): "]d2" GS1 DataMatrix, "]C1" GS1-128."""

    data: bytes
    """Raw data, without the leading FNC1; each inner FNC1 is GS (0x1D)."""

    engine: str
    """Who read it: "zxing", "zbar", or the scanner's name."""

    corners: tuple[Point, Point, Point, Point] | None = None
    """Clockwise from the symbol's own top left, in pixels; None where no camera looked."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, and since when it can have been taken."""

    pixels: NDArray[np.uint8]
    """Grey (height, width) or BGR (height, width, 3), 8 bits."""

    at: float
    """Monotonic seconds: the picture was surely not taken before this moment."""


@dataclass(frozen=True, slots=True)
class PrinterIdentity:
    """What `~HI` says (ZPL II Programming Guide, ~HI Host Identification)."""

    model: str
    firmware: str
    dots_per_mm: int


class Warn(StrEnum):
    """What will stop the printer soon, and does not yet (~HQES, WARNINGS)."""

    CALIBRATE = "calibrate"
    CLEAN_HEAD = "clean-head"
    REPLACE_HEAD = "replace-head"
    PAPER_LOW = "paper-low"
    RIBBON_LOW = "ribbon-low"
    OTHER = "other"


class PrintMode(StrEnum):
    """Where a printed label goes (ZPL II Programming Guide, ^MM Print Mode)."""

    TEAR = "tear"
    PEEL = "peel"
    CUTTER = "cutter"
    APPLICATOR = "applicator"
    REWIND = "rewind"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What `~HS` says (ZPL II Programming Guide, ~HS Host Status Return)."""

    paper_out: bool = False
    ribbon_out: bool = False
    head_open: bool = False
    paused: bool = False
    buffer_full: bool = False
    over_temperature: bool = False
    under_temperature: bool = False
    corrupt_memory: bool = False
    partial_format: bool = False
    label_waiting: bool = False
    formats_in_buffer: int = 0
    labels_remaining: int = 0
    graphics_stored: int = 0

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Why the printer cannot print now; empty when it can."""
        flags = (
            (self.head_open, Condition.HEAD_OPEN),
            (self.paper_out, Condition.PAPER_OUT),
            (self.ribbon_out, Condition.RIBBON_OUT),
            (self.over_temperature, Condition.OVER_TEMPERATURE),
            (self.under_temperature, Condition.UNDER_TEMPERATURE),
            (self.corrupt_memory, Condition.CORRUPT_MEMORY),
            (self.buffer_full, Condition.BUFFER_FULL),
            (self.partial_format, Condition.PARTIAL_FORMAT),
            (self.paused, Condition.PAUSED),
        )
        return tuple(condition for present, condition in flags if present)

    @property
    def idle(self) -> bool:
        """Nothing is waiting to be printed."""
        return self.formats_in_buffer == 0 and self.labels_remaining == 0


class Printer(Protocol):
    """A label printer that speaks ZPL and answers for its state."""

    def prepare(self, deadline: Deadline) -> None:
        """Cancel whatever an earlier session left behind and switch reprint-after-error off."""

    def status(self, deadline: Deadline) -> PrinterStatus: ...

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        """Send graphics or formats to keep; prints nothing."""

    def stored(self, deadline: Deadline) -> frozenset[str] | None:
        """Names of everything it keeps in R:, such as "LOGO.GRF"; None where it does not list it.

        Raises DriverError: silence of a printer that did list it is a fault, never None.
        """

    def identity(self, deadline: Deadline) -> PrinterIdentity | None:
        """Who it is; None where it does not say. Raises DriverError."""

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:
        """What will stop it soon; empty where it does not say. Raises DriverError."""

    def begin(self, zpl: bytes, deadline: Deadline) -> None:
        """Start to print exactly one label; returns when every byte was handed over.

        Raises NotReady before the first byte leaves if the printer cannot print, and any
        DriverError afterwards: the label is then in doubt. Never sends anything twice.
        """

    def finish(self, deadline: Deadline) -> None:
        """Return when the printer says that the label begun is done.

        Raises any DriverError: the label is then in doubt.
        """

    def feed(self, deadline: Deadline) -> None:
        """Move the web on by one blank label; returns when it is done. Raises DriverError."""

    def odometer(self, deadline: Deadline) -> int | None:
        """Labels that ever left the head; None where the printer does not count them.

        Unchanged between two questions, no label left. Higher by one, one did: what was on it,
        nobody but a reader knows. Firmware differs in whether a blank label fed by hand counts.
        Raises DriverError: silence of a printer that did count is a fault, never None.
        """

    def close(self) -> None: ...


def print_one(printer: Printer, zpl: bytes, deadline: Deadline) -> None:
    """Begin a label and wait until it is done. Raises DriverError: it is then in doubt."""
    printer.begin(zpl, deadline)
    printer.finish(deadline)


class Camera(Protocol):
    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """A picture that was surely taken after `newer_than` (monotonic seconds)."""

    def close(self) -> None: ...


class Scanner(Protocol):
    def discard(self) -> int:
        """Forget everything scanned so far; how many complete scans that were."""

    def read(self, deadline: Deadline) -> Symbol:
        """The next complete scan. Raises Silent when nobody scanned in time."""

    def answer(self, *, good: bool) -> None:
        """Tell the hand that scanned, by sound and light, what became of it.

        Nothing happens on a scanner that cannot be told. Raises DriverError.
        """

    def close(self) -> None: ...


class Gate(Protocol):
    """Rest position is reject: what is not released does not pass."""

    def check(self, deadline: Deadline) -> None:
        """That it can be reached and is at rest. Raises DriverError."""

    def release(self, deadline: Deadline) -> None:
        """Let one label pass, and go back to rest. Raises DriverError."""

    def reject(self, deadline: Deadline) -> None:
        """Stay at rest, and see the label into the bin where there is an eye that can see it.

        Raises DriverError; NotReady where nothing saw it.
        """

    def close(self) -> None: ...


class Light(StrEnum):
    """What the stack light shows; the page says the same in words and shapes."""

    RUNNING = "running"
    """Green."""

    WAITING = "waiting"
    """Amber: nothing is wrong, and somebody has to do something."""

    STOPPED = "stopped"
    """Red."""


class Signals(Protocol):
    """A stack light and a horn: they help, and nothing depends on them."""

    def show(self, light: Light, *, sound: bool = False) -> None:
        """One light, and the horn until something else is shown. Never waits and never raises."""

    def close(self) -> None:
        """All dark: a station that does not run shows nothing."""


class Trigger(Protocol):
    def wait(self, deadline: Deadline) -> None:
        """Return when the line asks for its next label.

        Requests that came while nobody waited count as one: labels that nobody expects any more
        are a danger. Raises Silent when there was none in time, and any other DriverError.
        """

    def close(self) -> None: ...
