"""Everything outside the station: the printer, the paper, the place in front of the reader, the
gate, and where each piece of paper lies now.

It is a process of its own, so that no death of the station can change what really happened. What
came out of the printer is read here from its picture (and, where half a label cannot be read, from
the bytes that made it); nothing the station says about itself is believed.

The station reaches the printer by its own TCP port, as a real one; for the rest see answers.py.
"""

import re
import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import DriverError
from drivers.simulated.label import PrintedLabel, prints
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra
from torture.relay import Relay
from torture.truth import Truth

QUIET_SECONDS = 10.0
"""Longest wait until nobody speaks and the printer has nothing left to do."""

_SERIAL = re.compile(rb"21(CN[0-9]{6})")
"""Of the orders of this harness: the serial is the last element, and begins with CN."""


class Fault(StrEnum):
    """What can go wrong outside the station, ordered by the number of the label format."""

    DAMAGED = "damaged"
    """Nothing on the label can be read."""

    CUT_OFF = "accepted, then dead"
    """The printer takes every byte, closes the connection, and prints the label."""

    SWITCHED_OFF = "accepted, then switched off"
    """The printer takes every byte and loses them with the power."""

    HALF_SENT = "switched off half way"
    """The power goes, and comes back, when half the bytes are there."""

    HALF_PRINTED = "half a label"
    """The paper ends in the middle of the label."""

    TWIN = "twin"
    """The label comes out twice at once; both lie before the reader."""

    LATE_TWIN = "late twin"
    """It comes out again by itself when the gate has moved the first."""

    LOST = "lost"
    """No label comes out, and the printer says nothing."""

    SILENT = "silent"
    """The label comes out, and the printer answers nothing any more."""


class Place(StrEnum):
    VIEW = "in view"
    PASSED = "passed"
    BIN = "in the bin"
    DESTROYED = "destroyed"


@dataclass(slots=True, eq=False)
class Paper:
    """One piece of paper that came out of the printer."""

    serial: str
    symbols: tuple[tuple[str, bytes], ...]
    """(AIM identifier, data) of what can be read on it."""

    picture: NDArray[np.uint8]
    format: int
    """Which label format made it; twins come of the same."""

    twin: Fault | None = None
    """Set on a label that the printer made of its own accord."""

    place: Place = Place.VIEW


class World:
    """Thread-safe. A reader sees all that lies in view; the gate takes what lies there first."""

    def __init__(self, faults: dict[int, Fault]) -> None:
        self._faults = faults
        self._formats = self._laid = 0
        """Label formats that came, and the last of them that is on paper."""

        self._lock = threading.Lock()
        self._papers: list[Paper] = []
        self._passed: list[str] = []
        self._twin: Paper | None = None
        """It waits inside the printer until the gate has moved."""

        with ExitStack() as opened:
            self._printer = SimulatedPrinter(on_label=self._lay_down)
            opened.callback(self._printer.close)
            self._printer.rewrite = self._format_comes
            self._printer.transform = self._label_comes
            direct = self._printer.serve_tcp()
            relay = Relay(
                direct,
                whole={n for n, fault in faults.items() if fault == Fault.CUT_OFF},
                half={n for n, fault in faults.items() if fault == Fault.HALF_SENT},
                power_cycle=self._printer.power_cycle,
            )
            opened.callback(relay.close)
            self.printer_url = relay.url
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    # -- what the printer does ---------------------------------------------------------------

    def _format_comes(self, _number: int, zpl: bytes) -> bytes:
        """Runs on the printer's thread, before each format."""
        if not prints(zpl):
            return zpl
        self._formats += 1
        match self._faults.get(self._formats):
            case Fault.SWITCHED_OFF:
                self._printer.power_cycle()
            case Fault.HALF_PRINTED:
                self._printer.run_out_of_paper(after_labels=0, mid_label=True)
            case Fault.TWIN:
                self._printer.print_twin_next()
            case Fault.LOST:
                self._printer.lose_next()
            case Fault.SILENT:
                self._printer.fall_silent()
        return zpl

    def _label_comes(self, label: PrintedLabel) -> PrintedLabel:
        """Runs on the printer's thread, after each label."""
        match self._faults.get(self._formats):
            case Fault.DAMAGED:
                return replace(label, picture=np.full_like(label.picture, 255))
            case Fault.LATE_TWIN:
                self._twin = _paper(label, self._formats, twin=Fault.LATE_TWIN)
        return label

    def _lay_down(self, label: PrintedLabel) -> None:
        again = self._laid == self._formats
        self._laid = self._formats
        paper = _paper(label, self._formats, twin=Fault.TWIN if again else None)
        with self._lock:
            self._papers.append(paper)

    # -- what the station's devices do -------------------------------------------------------

    def look(self) -> tuple[Paper, ...]:
        """All that lies before the reader, the oldest first."""
        with self._lock:
            return tuple(self._at(Place.VIEW))

    def release(self) -> None:
        self._move(Place.PASSED)

    def reject(self) -> None:
        self._move(Place.BIN)

    def _move(self, place: Place) -> None:
        """A gate takes one label at a time."""
        with self._lock:
            for paper in self._at(Place.VIEW)[:1]:
                paper.place = place
                if place == Place.PASSED:
                    self._passed.append(paper.serial)
            if self._twin:
                self._papers.append(self._twin)
                self._twin = None

    # -- what people do and see --------------------------------------------------------------

    def where(self, serial: str) -> tuple[Place, ...]:
        """Where each piece of paper with this serial lies, in the order they came out."""
        with self._lock:
            return tuple(each.place for each in self._papers if each.serial == serial)

    def destroy(self, serial: str) -> None:
        """What has passed the gate is gone; everything else of this serial is destroyed."""
        with self._lock:
            for paper in self._papers:
                if paper.serial == serial and paper.place != Place.PASSED:
                    paper.place = Place.DESTROYED

    def lay(self, serial: str) -> None:
        """The last label of this serial lies before the reader, and nothing else does."""
        self.take_away()
        with self._lock:
            kept = [each for each in self._papers if each.serial == serial]
            if kept and kept[-1].place == Place.BIN:
                kept[-1].place = Place.VIEW

    def take_away(self) -> None:
        """Empty the place before the reader."""
        with self._lock:
            for paper in self._at(Place.VIEW):
                paper.place = Place.BIN

    def mend(self) -> None:
        """Load paper, press the key, and wait until the printer has done what it still can."""
        self._printer.answer_again()
        self._printer.load_paper()
        self._printer.close_head()
        self._printer.wait_idle(seconds=QUIET_SECONDS)

    def quiet(self) -> bool:
        """Wait until the printer has heard all that was sent and done all it can.

        Only while no station is connected: the printer talks to one at a time.
        """
        printer, deadline = Zebra(self.printer_url), Deadline.after(QUIET_SECONDS)
        try:
            status = printer.status(deadline)
            return bool(status.conditions) or self._printer.wait_idle(seconds=deadline.remaining())
        except DriverError:
            return False
        finally:
            printer.close()

    def power_cycle(self) -> None:
        self._printer.power_cycle()

    def truth(self) -> Truth:
        """A twin counts once a copy passed; until then it is scrap that no order knows of."""
        with self._lock:
            loose = [each for each in self._papers if each.twin and self._passed_as_twin(each)]
            return Truth(
                printed=tuple(e.serial for e in self._papers if not e.twin or e in loose),
                passed=tuple(self._passed),
                doubled=tuple(each.serial for each in loose),
            )

    def _passed_as_twin(self, twin: Paper) -> bool:
        """Of two labels that came at once either is the twin; one that came late is it alone."""
        late = twin.twin == Fault.LATE_TWIN
        pair = [twin] if late else [each for each in self._papers if each.format == twin.format]
        return any(each.place == Place.PASSED for each in pair)

    def twins(self) -> tuple[Place, ...]:
        """Where the labels lie that the printer made of its own accord."""
        with self._lock:
            return tuple(each.place for each in self._papers if each.twin)

    def _at(self, place: Place) -> list[Paper]:
        return [each for each in self._papers if each.place == place]


def _paper(label: PrintedLabel, format_number: int, *, twin: Fault | None) -> Paper:
    quiet_zone = np.pad(label.picture, 20, constant_values=255)
    symbols = tuple(
        (each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(quiet_zone)
    )
    found = (_SERIAL.search(data) for data in (*(data for _, data in symbols), label.zpl))
    serial = next((match[1].decode() for match in found if match), "")
    return Paper(serial, symbols, label.picture, format_number, twin)
