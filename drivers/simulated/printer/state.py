"""What can be seen of the simulated printer from outside, and what was ordered to happen to it."""

from collections import deque
from dataclasses import dataclass, field

from drivers.interface import PrintMode, Warn
from drivers.zpl.formats import Format

QUEUE_LIMIT = 64
QUEUE_BYTES = 32 << 20


LETTERS = {
    "T": PrintMode.TEAR,
    "P": PrintMode.PEEL,
    "C": PrintMode.CUTTER,
    "A": PrintMode.APPLICATOR,
    "R": PrintMode.REWIND,
}
"""Of ^MM."""


@dataclass(slots=True)
class Supply:
    """Paper or ribbon: how far it reaches, and whether it ends in the middle of a label."""

    out: bool = False
    left: int | None = None
    """Whole labels until it ends; None: plenty."""

    cut_last: bool = False
    """The label after those comes out cut."""

    def end(self, *, after_labels: int, cut_last: bool) -> None:
        """Order its end: at once where that is between labels and no label is left."""
        self.out = after_labels == 0 and not cut_last
        self.left, self.cut_last = None if self.out else after_labels, cut_last

    def use(self) -> tuple[bool, bool]:
        """For one label: does that come out cut, and is the supply at its end after it?"""
        if self.left is None:
            return False, False
        cut = self.left == 0
        last = cut or (self.left == 1 and not self.cut_last)
        self.left = None if last else self.left - 1
        return cut, last


@dataclass(slots=True)
class State:
    """Guarded by the engine's lock."""

    paper: Supply = field(default_factory=Supply)
    ribbon: Supply = field(default_factory=Supply)
    head_open: bool = False
    paused: bool = False
    error: int = 0
    """Bits of ~HQES that ~HS does not tell: cutter, head element, motor."""

    warnings: frozenset[Warn] = frozenset()
    stuffed: bool = False
    """The buffer takes no more formats, whatever is in it."""

    mode: PrintMode = PrintMode.TEAR
    waiting: bool = False
    """A label was peeled and nobody took it."""

    refused: frozenset[str] = frozenset()
    """Settings such as "^JZ" that are taken and not kept."""

    last_job: Format | None = None
    """The format of the last label that came out."""

    printed: int = 0
    odometer: int = 0
    """Like `printed`, without the blanks that it does not count. Outlives the power."""

    remaining: int = 0
    """Labels of the present format that have not come out."""

    queue: deque[Format] = field(default_factory=deque)
    working: bool = False
    """A format has left the queue and is not done."""

    feeds: deque[bool] = field(default_factory=deque)
    """Blank labels still to be fed: does the odometer count this one?"""

    to_lose: int = 0
    to_double: int = 0
    deaths: deque[bool] = field(default_factory=deque)
    """For each of the next labels: the connections die before it; does it still come out?"""

    session: int = 0
    """Counts resets: a format begun in an earlier session is not finished."""

    job: int = 0
    """Counts cancellations: waiting formats of an earlier job are not begun."""

    closing: bool = False

    @property
    def fed(self) -> bool:
        """Paper can move: all but a pause stops it."""
        out = self.paper.out or self.ribbon.out
        return not (out or self.head_open or self.error or self.waiting)

    @property
    def able(self) -> bool:
        return self.fed and not self.paused

    @property
    def peels(self) -> bool:
        return self.mode in {PrintMode.PEEL, PrintMode.APPLICATOR}

    def use_supplies(self) -> tuple[bool, tuple[Supply, ...]]:
        """For one label: does that come out cut, and what is at its end after it?"""
        used = tuple((supply, *supply.use()) for supply in (self.paper, self.ribbon))
        cut = any(each_cut for _supply, each_cut, _last in used)
        return cut, tuple(supply for supply, _cut, last in used if last)

    @property
    def formats(self) -> int:
        return len(self.queue) + self.working

    @property
    def full(self) -> bool:
        return (
            self.stuffed
            or self.formats >= QUEUE_LIMIT
            or sum(len(waiting.zpl) for waiting in self.queue) >= QUEUE_BYTES
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """When a format was taken from the queue: what cancels it came later."""

    session: int
    job: int

    def powered_off(self, state: State) -> bool:
        return state.closing or state.session != self.session

    def goes_on(self, state: State) -> bool:
        return not self.powered_off(state) and state.job == self.job
