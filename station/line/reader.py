"""Looking at one label: with a camera, with a handheld scanner, or with both.

A look ends when every symbol was read, or when looking longer would not help. A picture that
shows a wrong symbol is never replaced by a later one that shows a right one: everything read in
one look is judged.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from numpy import uint8
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import (
    Camera,
    Condition,
    DriverError,
    Frame,
    Garbled,
    NotReady,
    Scanner,
    Silent,
    Symbol,
)
from station.core.judge import Code, Reading
from station.core.problem import Refused
from station.core.quality import Limits, Quality
from station.vision.decode import Decoding
from station.vision.fitness import unfit, unlit
from station.vision.ink import printed
from station.vision.picture import Picture
from station.vision.presence import label_present
from station.vision.see import see
from station.vision.sheet import Sheet
from station.vision.sighting import Finding, Sighting

LOOKS = 3
"""So many pictures at least in which a symbol stays unreadable make it unreadable."""

SETTLING_SECONDS = 0.5
"""Least time between the first and the last of them."""

SLICE_SECONDS = 0.25
"""Of a wait for a person who scans: so often somebody else gets a turn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen of one label. All readings are judged; one bad one rejects the label."""

    readings: tuple[Reading, ...]
    missing: Code | None = None
    """NONE: nothing lies where the label should be. LATE: nobody scanned all of it in time."""

    picture: NDArray[uint8] | None = None
    """The first that told something, or else the last."""

    rescued: bool = False
    """A symbol was read only after image processing."""

    findings: tuple[Finding, ...] = ()
    """What is not as it was meant; of every picture that was compared."""

    quality: Quality | None = None
    """How well it is printed; None where no picture was compared."""


class See(Protocol):
    """`station.vision.see.see`, or a process that runs it."""

    def __call__(
        self,
        pixels: Picture,
        /,
        *,
        expected: tuple[str, ...],
        sheet: Sheet | None,
        limits: Limits,
    ) -> Sighting: ...


class Reader(Protocol):
    def in_view(self) -> bool:
        """Whether a label lies where the next one will be looked at. Raises DriverError."""

    def forget(self) -> None:
        """Drop what was read before the print. Raises DriverError."""

    def look(
        self, carriers: tuple[str, ...], *, printed_at: float, sheet: Sheet | None = None
    ) -> Look:
        """Read the label printed by `printed_at` (monotonic seconds). Raises DriverError.

        `carriers` has the AIM identifier of each symbol on it: of two alike, twice. With a `sheet`
        a camera compares the print with it as well.
        """

    def answer(self, *, good: bool) -> None:
        """Tell whoever holds the reader what became of the label. Never raises."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One picture and what is in it."""

    frame: Frame
    sighting: Sighting
    reading: Reading
    label: bool

    @property
    def tells(self) -> bool:
        return bool(self.reading.symbols or self.reading.disagreements)

    def complete(self, carriers: tuple[str, ...]) -> bool:
        read = Counter(symbol.identifier for symbol in self.reading.symbols)
        return read >= Counter(carriers) or bool(self.reading.disagreements)


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What a look is for."""

    carriers: tuple[str, ...]
    sheet: Sheet | None
    printed_at: float

    def satisfied(self, seen: _Seen) -> bool:
        """Nothing more can be learnt from another picture."""
        compared = self.sheet is None or seen.sighting.compared
        return seen.complete(self.carriers) and (compared or bool(seen.reading.disagreements))


class CameraReader:
    def __init__(
        self,
        camera: Camera,
        *,
        seconds: float,
        empty: NDArray[uint8] | None = None,
        web: bool = False,
        see: See = see,
        limits: Callable[[], Limits] = Limits,
        check_light: Callable[[Quality], None] = lambda _: None,
        idle: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`empty` is a picture of the place without a label, if the fixture has edges itself.

        `web`: there is always a label in view, so only a printed one counts as one. `see` looks at
        one picture, `limits` are those of the label at the line; `check_light` raises NotReady
        where the light is not the one they were set in. `idle` is called while it waits for a label
        that can be read.
        """
        self._camera = camera
        self._seconds = seconds
        self._empty = empty
        self._web = web
        self._see_picture = see
        self._limits = limits
        self._check_light = check_light
        self._idle = idle
        self._clock = clock

    def in_view(self) -> bool:
        with named("camera"):
            frame = self._camera.frame(self._clock(), Deadline.after(self._seconds))
        with _usable_pictures():
            present = self._present(frame)
            _check_fit(unlit(frame.pixels, label=present))
            return present

    def forget(self) -> None:
        """Pictures have times; an old one is never taken for a new one."""

    def look(
        self, carriers: tuple[str, ...], *, printed_at: float, sheet: Sheet | None = None
    ) -> Look:
        """A picture that could be read, but not compared, is followed by others like one that
        could not be read.
        """
        deadline = Deadline.after(self._seconds, clock=self._clock)
        wanted = _Wanted(carriers, sheet, printed_at)
        shown: list[_Seen] = []
        newer_than = printed_at
        while True:
            seen = self._see(wanted, newer_than=newer_than)
            newer_than = seen.frame.at
            if seen.label:
                shown.append(seen)
            if wanted.satisfied(seen) or _unreadable(shown) or deadline.expired:
                self._check_fit(shown, seen)
                self._check_light(seen.sighting.quality)
                return _look(shown, seen, wanted)
            self._idle()

    def _see(self, wanted: _Wanted, *, newer_than: float) -> _Seen:
        # A picture has its own time: one asked for at the last moment is no silent camera.
        with named("camera"):
            frame = self._camera.frame(newer_than, Deadline.after(self._seconds))
        if frame.at <= wanted.printed_at:
            raise NotReady("camera", "the picture is older than the print", Condition.STALE_PICTURE)
        with _usable_pictures():
            sighting = self._see_picture(
                frame.pixels, expected=wanted.carriers, sheet=wanted.sheet, limits=self._limits()
            )
            label = bool(sighting.decoding.symbols) or self._present(frame)
        return _Seen(frame, sighting, reading_of(sighting.decoding), label)

    def _check_fit(self, shown: list[_Seen], last: _Seen) -> None:
        """Where nothing was read, the picture may be to blame. Raises NotReady."""
        if not any(each.tells for each in shown):
            with _usable_pictures():
                _check_fit(unfit(last.frame.pixels, label=last.label, empty=self._empty))

    def answer(self, *, good: bool) -> None:
        """Nobody holds the camera in the hand."""

    def _present(self, frame: Frame) -> bool:
        if self._web:
            return printed(frame.pixels)
        return label_present(frame.pixels, empty=self._empty)

    def close(self) -> None:
        self._camera.close()


class HandheldReader:
    def __init__(
        self, scanner: Scanner, *, seconds: float, idle: Callable[[], None] = lambda: None
    ) -> None:
        """`idle` is called several times a second while it waits for a scan."""
        self._scanner = scanner
        self._seconds = seconds
        self._idle = idle

    def in_view(self) -> bool:
        """A scanner sees nothing."""
        return False

    def forget(self) -> None:
        with named("scanner"):
            self._scanner.discard()

    def look(
        self,
        carriers: tuple[str, ...],
        *,
        printed_at: float,  # noqa: ARG002 - scans have no time; those before the print were forgotten
        sheet: Sheet | None = None,  # noqa: ARG002 - a scanner sees no print
    ) -> Look:
        """Wait until each symbol of the label was scanned, or one that is not on it.

        Two symbols of one kind are told apart by their data: the same one scanned twice is one.
        Copies of one symbol cannot be told apart at all, so a label that has several of them is
        never complete.
        """
        deadline = Deadline.after(self._seconds)
        symbols: list[Symbol] = []
        while not Counter(each.identifier for each in symbols) >= Counter(carriers):
            try:
                symbol = self._scan(deadline)
            except Silent:
                scanned = Reading(tuple(symbols), supplementary=True)
                return Look((scanned,) if symbols else (), Code.LATE)
            if symbol not in symbols:
                symbols.append(symbol)
            if symbol.identifier not in carriers:
                return Look((Reading(tuple(symbols), whole_label=False),))
        return Look((Reading(tuple(symbols)),))

    def _scan(self, deadline: Deadline) -> Symbol:
        """The next scan. Raises Silent at the deadline."""
        while True:
            try:
                with named("scanner"):
                    return self._scanner.read(deadline.at_most(SLICE_SECONDS))
            except Silent:
                self._idle()
                if deadline.expired:
                    raise

    def answer(self, *, good: bool) -> None:
        """A scanner that cannot be told is no reason to stop."""
        try:
            self._scanner.answer(good=good)
        except DriverError as fault:
            _log.warning("the scanner was not told: %s", fault)

    def close(self) -> None:
        self._scanner.close()


class BothReaders:
    """Camera and scanner look at the same label; each reading has to be right."""

    def __init__(self, camera: CameraReader, handheld: HandheldReader) -> None:
        self._camera = camera
        self._handheld = handheld

    def in_view(self) -> bool:
        return self._camera.in_view()

    def forget(self) -> None:
        self._handheld.forget()

    def look(
        self, carriers: tuple[str, ...], *, printed_at: float, sheet: Sheet | None = None
    ) -> Look:
        seen = self._camera.look(carriers, printed_at=printed_at, sheet=sheet)
        if seen.missing:
            return seen
        scanned = self._handheld.look(_once_each(seen, carriers), printed_at=printed_at)
        further = [replace(each, supplementary=True) for each in scanned.readings]
        return replace(seen, readings=(*seen.readings, *further), missing=scanned.missing)

    def answer(self, *, good: bool) -> None:
        self._handheld.answer(good=good)

    def close(self) -> None:
        self._camera.close()
        self._handheld.close()


def _once_each(seen: Look, carriers: tuple[str, ...]) -> tuple[str, ...]:
    """What is left to scan where the camera has counted: of several copies one."""
    shown = [symbol for reading in seen.readings for symbol in reading.symbols]
    different = dict.fromkeys((each.identifier, each.data) for each in shown)
    counted = Counter(identifier for identifier, _ in different) & Counter(carriers)
    return tuple(counted.elements()) or carriers


@contextmanager
def named(role: str) -> Iterator[None]:
    """A fault is told by what the device is to the operator; its address is a detail."""
    try:
        yield
    except DriverError as fault:
        if fault.device != role:
            fault.detail = f"{fault.detail} ({fault.device.removeprefix(role).strip()})"
            fault.device = role
        raise


@contextmanager
def _usable_pictures() -> Iterator[None]:
    """A picture that cannot be one is a fault of the camera, never a verdict."""
    try:
        yield
    except Refused as refused:
        raise Garbled("camera", str(refused)) from None


def _check_fit(condition: Condition | None) -> None:
    """Raises NotReady where something keeps the picture from being judged by."""
    if condition:
        raise NotReady("camera", condition.replace("-", " "), condition)


def reading_of(decoding: Decoding) -> Reading:
    """What was read, less linear symbols that one decoder alone got out of a poor picture.

    Damaged GS1-128 symbols have given wrong text with a valid check character; never Data Matrix.
    """
    doubtful = decoding.unconfirmed if decoding.rescued else ()
    sure = tuple(each for each in decoding.symbols if each not in doubtful)
    return Reading(sure, decoding.disagreements)


def _unreadable(shown: list[_Seen]) -> bool:
    """Several pictures, over some time: a label that still moves into view is not unreadable."""
    return len(shown) >= LOOKS and shown[-1].frame.at - shown[0].frame.at >= SETTLING_SECONDS


def _look(shown: list[_Seen], last: _Seen, wanted: _Wanted) -> Look:
    """All that was read counts; the last picture of the label is taken as the whole of it."""
    if not shown:
        return Look((), Code.NONE, last.frame.pixels)
    earlier = [replace(each.reading, supplementary=True) for each in shown[:-1] if each.tells]
    telling = _telling(shown)
    return Look(
        (*earlier, shown[-1].reading),
        picture=telling.frame.pixels,
        rescued=any(each.sighting.decoding.rescued for each in shown),
        findings=_findings(shown, telling, wanted),
        quality=telling.sighting.quality if wanted.sheet else None,
    )


def _telling(shown: list[_Seen]) -> _Seen:
    """The picture that is kept: the first with something wrong in it, or that was compared, or in
    which something was read.
    """
    for tells in (
        lambda each: bool(each.sighting.rejects),
        lambda each: each.sighting.compared,
        lambda each: each.tells,
    ):
        found = next(filter(tells, shown), None)
        if found:
            return found
    return shown[-1]


def _findings(shown: list[_Seen], telling: _Seen, wanted: _Wanted) -> tuple[Finding, ...]:
    """Of the picture that is kept. A label that was read and never compared has not passed."""
    compared = any(each.sighting.compared for each in shown)
    if wanted.sheet is None or compared or not any(each.tells for each in shown):
        return telling.sighting.findings
    return (*telling.sighting.findings, Finding(Code.NOT_REGISTERED))
