"""What the station writes down, and dies over: its journal, its pictures, its signed heads.

The first two are the real ones; before and after each write the World is told, and may kill the
process (see memory.py).
"""

import apsw

from drivers.interface import Condition, NotReady
from station.core.events import Event
from station.records.evidence import Evidence
from station.records.journal import Head, Journal
from torture.memory import Crash, Mishap, World


class MortalEvidence(Evidence):
    """The real pictures and designs; the process can die before and after each."""

    world: World

    def keep(self, picture: bytes, *, suffix: str = ".jpg") -> str:
        self.world.point("before a file is kept")
        if self.world.suffers(Mishap.DISK_FULL if suffix == ".jpg" else Mishap.DESIGN_LOST):
            raise NotReady("disk", "no space left", Condition.DISK_FULL)
        name = super().keep(picture, suffix=suffix)
        self.world.point("after a file was kept")
        return name


class MortalJournal(Journal):
    """The real journal; the process can die before, in and after each of its transactions."""

    world: World
    _mortal = _killed = False

    def mortal(self, world: World) -> None:
        """From here on; what was written before happened in peace."""
        self._mortal = True
        self.world = world
        self.db.set_commit_hook(self._committing)

    def append(self, *events: Event, actor: str = "station") -> int:
        if not self._mortal:
            return super().append(*events, actor=actor)
        names = ", ".join(event.type for event in events)
        self.world.point(f"before {names}")
        try:
            seq = super().append(*events, actor=actor)
        except apsw.ConstraintError:
            if self._killed:
                raise Crash("before a commit") from None
            raise
        self.world.written = self.head
        self.world.point(f"after {names}")
        return seq

    def _committing(self) -> bool:
        """No exception gets through SQLite: it takes back the transaction, and append raises."""
        try:
            self.world.point("before a commit")
        except Crash:
            self._killed = True
        return self._killed


class MemoryHeads:
    """The second place of the journal's heads; it survives every crash."""

    def __init__(self, world: World) -> None:
        self._world = world

    def sign(self, *, seq: int, hash: str, at: str, why: str, order: str = "") -> None:  # noqa: A002, ARG002 - as Heads has it
        self._world.point("before a head is kept")
        if self._world.suffers(Mishap.UNSIGNED):
            raise NotReady("second place", "not there", Condition.HEAD_NOT_KEPT)
        self._world.signed = Head(seq, hash)
        self._world.point("after a head was kept")
