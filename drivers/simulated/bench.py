"""The whole virtual bench: what the printer prints lies under the camera until the gate moves it.

With a `window` the labels stay on their web: the camera stands some labels behind the print head,
and each label that comes out moves those before it on by one place.

Faults are ordered by the number of the label format, counted from 1 as the printer receives them:

    Bench(faults={5: BenchFault.DAMAGED, 9: BenchFault.PREVIOUS})
    bench.order("head-open", at=7, step=Step.LOOK)
    bench.play(Script.parse(document))

The station on the other end of the wires cannot see any of this.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from drivers.interface import Symbol
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.faults import FAULTS, Step
from drivers.simulated.gate import SimulatedModbusGate
from drivers.simulated.label import PrintedLabel, prints
from drivers.simulated.optics import MILD, Optics
from drivers.simulated.pile import Pile
from drivers.simulated.play import Order, Play
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.script import Script


class BenchFault(StrEnum):
    """Names of faults that show on the paper; see FAULTS for all that can be ordered."""

    DAMAGED = "damaged"
    """Voids all over the label: no symbol can be read."""

    PREVIOUS = "previous"
    """The label before comes out again instead."""

    WRONG_SERIAL = "wrong-serial"
    """The last character of the encoded data is another one."""

    WRONG_TEXT = "wrong-text"
    """One line of text is that of the label before; the symbol is right."""

    LOST = "lost"
    """No label comes, and the printer says nothing; its odometer stands still."""

    TAKEN = "taken"
    """The label comes out, and somebody takes it before the camera looks."""

    TWIN = "twin"
    """The label comes out twice."""

    PAPER_OUT = "paper-out-mid-label"
    """The paper ends in the middle of the label."""


class Bench:
    """Printer, camera, scanner and gate around one place where a label lies."""

    def __init__(
        self,
        *,
        dots_per_mm: int = 8,
        faults: Mapping[int, BenchFault] | None = None,
        optics: Optics = MILD,
        seed: int = 0,
        window: int = 1,
        seconds_per_label: float = 0.0,
        decode: Callable[[NDArray[np.uint8]], tuple[Symbol, ...]] | None = None,
    ) -> None:
        """`decode` is what the simulated scanner sees with; without it nobody scans.

        `window`: labels from the print head to the camera, the one under it included.
        """
        self._spoilt: set[BenchFault] = set()
        """What becomes of the format that was received last."""

        self._play = Play(self)
        self.pile = Pile()
        self._decode = decode
        self._window = window
        self._web: deque[tuple[int, PrintedLabel]] = deque(maxlen=window)
        """The format that made it, and each label between print head and camera."""

        self._formats = 0
        self._before_zpl = b""
        self._before: PrintedLabel | None = None
        with ExitStack() as opened:
            self.camera: SimulatedCamera = _WatchedCamera(self, optics=optics, seed=seed)
            opened.callback(self.camera.close)
            self.scanner = SimulatedScanner()
            opened.callback(self.scanner.close)
            self.printer = SimulatedPrinter(
                dots_per_mm=dots_per_mm,
                on_label=self._lay_down,
                seconds_per_label=seconds_per_label,
            )
            opened.callback(self.printer.close)
            self.printer.rewrite = self._rewrite
            self.printer.transform = self._transform
            self.printer_url = self.printer.serve_tcp()
            self.gate = SimulatedModbusGate(
                self._sorted, told=self._gate_told, shut=self._gate_shut, pulse_ms=10
            )
            opened.callback(self.gate.close)
            self._opened = opened.pop_all()
        self.camera_url = self.camera.snapshot_url
        self.scanner_url = self.scanner.url
        # On a web what was rejected falls when the web moves on, so there is no eye to wait for.
        self.gate_url = self.gate.url if window == 1 else self.gate.blind_url
        for number, fault in (faults or {}).items():
            self.order(fault, at=number)

    # -- faults ------------------------------------------------------------------------------

    def order(self, fault: str, *, at: int | None = None, step: Step | None = None) -> None:
        """One fault, once: at this label and step, or at the next label that comes there.

        Raises KeyError for a name that is not in FAULTS, ValueError where it cannot strike there.
        """
        found = FAULTS[fault]
        self._play.order(Order(found, step or found.steps[0], at))

    def play(self, script: Script) -> None:
        """All the faults of a script, from now on, in place of those of an earlier one."""
        self._play.begin(script)

    @property
    def received(self) -> int:
        """Formats that make labels, as `order` counts them."""
        return self._formats

    def cancel(self) -> None:
        """Forget the single orders whose moment has not come."""
        self._play.cancel()

    @property
    def ordered(self) -> tuple[Order, ...]:
        """Single orders whose moment has not come."""
        return self._play.waiting

    def spoil(self, name: str) -> None:
        """See BenchFault; for the format that was just received."""
        self._spoilt.add(BenchFault(name))

    def laid(self) -> None:
        """A label came into view, and so to the gate beside the camera."""
        if self._window == 1 and not self.gate.flap.waiting:
            self.gate.flap.arrive()

    def cleared(self) -> None:
        """Nothing is in view; what is on a web has gone on to the gate."""
        if self._window == 1:
            self.gate.flap.clear()

    def exposed(self) -> None:
        """A picture was taken."""
        self._play.reached(Step.JUDGE, self._play.reached_now(Step.LOOK))

    def _gate_told(self) -> None:
        if self._window > 1:
            self.gate.flap.arrive(behind=True)
        self._play.reached(Step.GATE, self._play.reached_now(Step.LOOK))

    # -- what people do ----------------------------------------------------------------------

    def load_paper(self) -> None:
        """What the operator does: tear off the half label, put in a roll, press the key."""
        self.clear_web()
        self.printer.load_paper()

    def take_away(self) -> None:
        """What the operator, or the gate, does with the label in view."""
        if self._window == 1:
            self.camera.take_away()
            self._play.reached(Step.READY, self._formats + 1)

    def clear_web(self) -> None:
        """What the operator does: tear off everything that hangs out of the printer."""
        self._web.clear()
        self.gate.flap.clear()
        self.camera.take_away()
        self._play.reached(Step.READY, self._formats + 1)

    def _sorted(self, released: bool) -> None:  # noqa: FBT001 - the gate's own signature
        """The gate takes the label out of view; from a web the next label does that."""
        if self._window == 1:
            self.camera.take_away()
            if not released:
                self._play.reached(Step.READY, self._formats + 1)

    def _gate_shut(self) -> None:
        """What comes out before would pass with the label for which the gate was opened."""
        if self._window == 1:
            self._play.reached(Step.READY, self._formats + 1)

    def close(self) -> None:
        self._opened.close()

    def _lay_down(self, label: PrintedLabel) -> None:
        self._web.append((self._formats, label))
        if len(self._web) == self._window:
            number, seen = self._web[0]
            self.camera.place(seen)
            if seen.zpl:
                self._play.reached(Step.LOOK, number)
        if self._decode:
            self.scanner.scan_label(label, self._decode)

    def _rewrite(self, _number: int, zpl: bytes) -> bytes:
        """Runs on the printer's thread, before each format."""
        if not prints(zpl):
            return zpl
        self._formats += 1
        before, self._before_zpl = self._before_zpl, zpl
        self._spoilt.clear()
        self._play.reached(Step.PRINT, self._formats)
        if BenchFault.WRONG_SERIAL in self._spoilt:
            zpl = _other_last_character(zpl)
        if BenchFault.WRONG_TEXT in self._spoilt:
            zpl = _one_text_of(before, zpl)
        return zpl

    def _transform(self, label: PrintedLabel) -> PrintedLabel | None:
        """Runs on the printer's thread, after each label."""
        if not label.zpl:  # a blank that was fed
            return label
        before, self._before = self._before, label
        if BenchFault.PREVIOUS in self._spoilt and before:
            label = replace(label, picture=before.picture)
        if BenchFault.DAMAGED in self._spoilt:
            label = replace(label, picture=_voids(label.picture, seed=self._formats))
        self.pile.add(label)
        return None if BenchFault.TAKEN in self._spoilt else label


class _WatchedCamera(SimulatedCamera):
    """Tells the bench what comes and goes before it, and when it has taken a picture."""

    def __init__(self, bench: Bench, *, optics: Optics, seed: int) -> None:
        self._bench = bench
        super().__init__(optics=optics, seed=seed)

    def place(self, label: PrintedLabel) -> None:
        super().place(label)
        self._bench.laid()

    def take_away(self) -> None:
        super().take_away()
        self._bench.cleared()

    def jpeg(self) -> bytes:
        picture = super().jpeg()
        self._bench.exposed()
        return picture


_SYMBOL = re.compile(rb"(\^FH\\\^FD[^^]*?)([0-9A-Za-z])(\^FS)")
_GRAPHIC = re.compile(rb"\^GFA[^^]*\^FS")


def _other_last_character(zpl: bytes) -> bytes:
    def other(found: re.Match[bytes]) -> bytes:
        last = b"8" if found[2] != b"8" else b"7"
        return found[1] + last + found[3]

    return _SYMBOL.sub(other, zpl)


def _one_text_of(before: bytes, zpl: bytes) -> bytes:
    """Put the first graphic that differs back to what it was on the label before."""
    for old, new in zip(_GRAPHIC.findall(before), _GRAPHIC.findall(zpl), strict=False):
        if old != new:
            return zpl.replace(new, old, 1)
    return zpl


def _voids(picture: NDArray[np.uint8], *, seed: int) -> NDArray[np.uint8]:
    """White blots a few dots wide over a third of the label."""
    rng = np.random.default_rng(seed)
    rows, columns = (length // 8 + 1 for length in picture.shape)
    blots = np.kron(rng.random((rows, columns)) < 0.35, np.ones((8, 8), dtype=bool))
    damaged = picture.copy()
    damaged[blots[: picture.shape[0], : picture.shape[1]]] = 255
    return damaged
