"""The world around the station, in memory: paper, belt, gate, and a process that can be killed.

The devices here take no time, obey no clock and do nothing by chance, so that a run is the same
run every time. What happens to paper happens in the World, which no crash of the station touches:
from it comes the Truth. (What the station writes to its disk is in mortal.py.)

A process dies between two effects. Each effect tells the World before it happens and after it has
happened (`World.point`), and the World raises Crash at the one that was asked for. Nothing in the
station catches it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, PrinterStatus, Silent, Symbol, Warn
from station.core.judge import Code, Reading
from station.line.job import Label
from station.line.reader import Look
from station.records.journal import Head
from station.vision.sheet import Sheet
from torture.truth import Truth


class Crash(BaseException):
    """The process is killed here. No `except Exception` on the way can keep it alive."""


class Mishap(StrEnum):
    """What happens to the next label besides a crash."""

    REFUSED = "the printer refuses before the first byte"
    PAPER_OUT = "the paper ends half way through the label"
    DEAF = "the printer takes the label, prints nothing and says nothing more"
    MUTE = "the printer prints the label and says nothing more"
    COUNTLESS = "the printer does not say how many labels it has made"
    LOST = "the printer says it has printed, and nothing came out"
    TWIN = "the printer prints the label twice"
    SMUDGED = "no symbol of the label can be read"
    STRANGE = "the label carries the data of another one"
    BLIND = "the reader fails"
    DISK_FULL = "the picture cannot be kept"
    DESIGN_LOST = "the design of an order cannot be kept"
    STUCK = "the gate fails and has not moved"
    SILENT_GATE = "the gate moves and says nothing more"
    UNSIGNED = "the second place does not take a head of the journal"


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """One label on paper."""

    label: Label
    half: bool = False


@dataclass(slots=True)
class World:
    """Everything outside the station."""

    ink: dict[bytes, Label] = field(default_factory=dict)
    """What these bytes look like on paper."""

    belt: list[Copy] = field(default_factory=list)
    """What lies in front of the reader."""

    scrap: list[Copy] = field(default_factory=list)
    """What the gate threw out."""

    printed: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    """Serials that had passed, and that people took out again since."""

    mishap: Mishap | None = None
    """Of the next label; whoever it befalls takes it."""

    paper_out: bool = False
    crash_after: int | None = None
    """So many more points are survived; None: all of them."""

    points: int = 0
    """Survived or not, since the world began."""

    written: Head | None = None
    """The last event whose append has returned."""

    signed: Head | None = None
    """What the second place holds of the journal."""

    watch: Callable[[str], None] = lambda _: None
    """Told of every point that is survived."""

    @property
    def truth(self) -> Truth:
        return Truth(tuple(self.printed), tuple(self.passed), tuple(self.doubled))

    def as_it_is(self) -> "World":
        """Another world that is now like this one, and in which nothing is about to happen."""
        return replace(
            self,
            ink=dict(self.ink),
            belt=list(self.belt),
            scrap=list(self.scrap),
            printed=list(self.printed),
            passed=list(self.passed),
            doubled=list(self.doubled),
            taken_back=list(self.taken_back),
            mishap=None,
            crash_after=None,
            watch=lambda _: None,
        )

    def point(self, name: str) -> None:
        """A moment at which the process can die. Raises Crash when it does."""
        self.points += 1
        if self.crash_after == 0:
            self.crash_after = None
            raise Crash(name)
        if self.crash_after is not None:
            self.crash_after -= 1
        self.watch(name)

    def suffers(self, *mishaps: Mishap) -> Mishap | None:
        """The mishap, if it is one of these; it happens once."""
        found = self.mishap if self.mishap in mishaps else None
        if found:
            self.mishap = None
        return found

    def comes_out(self, label: Label, *, half: bool = False) -> None:
        self.printed.append(label.serial)
        self.belt.append(Copy(label, half))

    def clear(self) -> None:
        """Somebody takes away whatever lies in front of the reader."""
        self.belt.clear()


class MemoryPrinter:
    """Prints what the World knows the bytes of."""

    def __init__(self, world: World) -> None:
        self.world = world

    def prepare(self, deadline: Deadline) -> None:
        pass

    def status(self, deadline: Deadline) -> PrinterStatus:  # noqa: ARG002 - answers at once
        return PrinterStatus(paper_out=self.world.paper_out, graphics_stored=1)

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        pass

    def stored(self, deadline: Deadline) -> None:
        """It lists nothing."""

    def identity(self, deadline: Deadline) -> None:
        """It does not say who it is."""

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:  # noqa: ARG002 - answers at once
        return frozenset()

    def finish(self, deadline: Deadline) -> None:
        """All happens when a label is begun."""

    def feed(self, deadline: Deadline) -> None:
        """No web to move."""

    def begin(self, zpl: bytes, deadline: Deadline) -> None:  # noqa: ARG002 - takes no time
        world = self.world
        world.point("before the print")
        if world.suffers(Mishap.REFUSED):
            raise NotReady("printer", "head open", Condition.HEAD_OPEN)
        if world.suffers(Mishap.DEAF):
            raise Silent("printer", "no answer")
        if not world.suffers(Mishap.LOST):
            self._move_paper(world.ink[zpl])
        world.point("after the print")

    def _move_paper(self, label: Label) -> None:
        """A label exists from its first line on, whether it is ever finished or not."""
        world = self.world
        world.comes_out(label, half=True)
        world.point("half way through the print")
        if world.suffers(Mishap.PAPER_OUT):
            world.paper_out = True
            raise NotReady("printer", "paper out", Condition.PAPER_OUT)
        world.belt[-1] = Copy(label)
        if world.suffers(Mishap.TWIN):
            world.comes_out(label)
            world.doubled.append(label.serial)
        if world.suffers(Mishap.MUTE):
            raise Silent("printer", "no answer")

    def odometer(self, deadline: Deadline) -> int:  # noqa: ARG002 - answers at once
        if self.world.suffers(Mishap.COUNTLESS):
            raise Silent("printer", "no answer")
        return len(self.world.printed)

    def close(self) -> None:
        pass


class MemoryReader:
    """Reads what lies on the belt."""

    def __init__(self, world: World) -> None:
        self._world = world

    def in_view(self) -> bool:
        return bool(self._world.belt)

    def forget(self) -> None:
        pass

    def look(
        self,
        carriers: tuple[str, ...],
        *,
        printed_at: float,  # noqa: ARG002 - a belt has no clock
        sheet: Sheet | None = None,  # noqa: ARG002 - the same
    ) -> Look:
        world = self._world
        world.point("before the look")
        if world.suffers(Mishap.BLIND):
            raise Silent("camera", "no picture")
        smudged, strange = world.suffers(Mishap.SMUDGED), world.suffers(Mishap.STRANGE)
        whole = [] if smudged else [copy for copy in world.belt if not copy.half]
        symbols = tuple(
            Symbol(carrier, _data(copy.label, strange=bool(strange)), "zxing")
            for copy in whole
            for carrier in carriers
        )
        world.point("after the look")
        missing = None if world.belt else Code.NONE
        return Look((Reading(symbols),) if world.belt else (), missing, _picture(world.belt))

    def answer(self, *, good: bool) -> None:
        """Nobody hears it."""

    def close(self) -> None:
        pass


class MemoryGate:
    """Lets through, or throws out, whatever lies on the belt."""

    def __init__(self, world: World) -> None:
        self._world = world

    def check(self, deadline: Deadline) -> None:
        """Always at rest."""

    def release(self, deadline: Deadline) -> None:  # noqa: ARG002 - takes no time
        world = self._world
        world.point("before the gate lets through")
        self._move()
        world.passed.extend(copy.label.serial for copy in world.belt)
        self._moved()
        world.point("after the gate let through")

    def reject(self, deadline: Deadline) -> None:  # noqa: ARG002 - takes no time
        world = self._world
        world.point("before the gate throws out")
        self._move()
        world.scrap.extend(world.belt)
        self._moved()
        world.point("after the gate threw out")

    def _move(self) -> None:
        if self._world.suffers(Mishap.STUCK):
            raise Silent("gate", "does not move")

    def _moved(self) -> None:
        self._world.clear()
        if self._world.suffers(Mishap.SILENT_GATE):
            raise Silent("gate", "no answer")

    def close(self) -> None:
        pass


def _data(label: Label, *, strange: bool) -> bytes:
    data = label.elements.encode()
    return data[:-1] + (b"1" if data.endswith(b"0") else b"0") if strange else data


def _picture(belt: list[Copy]) -> NDArray[uint8]:
    """Small, and another one for every label."""
    said = "\n".join(f"{copy.label.digest}{copy.half}" for copy in belt)
    noise = hashlib.shake_128(said.encode()).digest(64)
    return np.frombuffer(noise, dtype=np.uint8).reshape(8, 8)
